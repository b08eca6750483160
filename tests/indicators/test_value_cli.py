"""python -m indicators value: what people script against."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from etl.load import load_paths
from indicators.__main__ import main
from indicators.command.printing import write_number
from tests.conftest import MakeRelease, write_drawn

PROJECT = Path(__file__).resolve().parents[2]
KEYS = [
    "release",
    "indicator",
    "definition_version",
    "period",
    "dimensions",
    "value",
    "low",
    "high",
    "n",
    "numerator",
    "denominator",
    "unit",
    "status",
    "is_complete",
]
MEMBERS = """
member_id | profession | region | joined_on  | left_on
ann       | Nurse      | Wales  | 2015-01-05 |
bob       | Nurse      | London | 2015-01-20 | 2015-03-10
cat       | =1+2       | Wales  | 2015-02-01 |
dan       | @dentist   | London | 2015-03-02 |
eve       | -          | London | 2015-03-03 |
"""
INVITATIONS = """
wave_id | member_id | disposition
=w1     | ann       | complete
=w1     | bob       | refused
"""


@pytest.fixture(scope="module")
def data(make_release: MakeRelease) -> Path:
    engine = make_release(
        {
            "members": MEMBERS,
            "waves": "wave_id,survey_id,opened_on\n=w1,s,2015-03-01\n",
            "invitations": INVITATIONS,
        }
    )
    return engine.release.path.parent.parent


Run = Callable[..., "Done"]


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(data: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process, as the subprocesses of the first test do in one of their own."""

    def run_here(*arguments: str, folder: Path = data) -> Done:
        try:
            status = main([*arguments, "--data", str(folder)])
        except SystemExit as stop:
            status = int(stop.code or 0)
        captured = capsys.readouterr()
        return Done(status, captured.out, captured.err)

    return run_here


def read_json(run: Run, *arguments: str) -> list[dict[str, Any]]:
    done = run("value", *arguments, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    records: list[dict[str, Any]] = json.loads(done.stdout)
    assert all(list(record) == KEYS for record in records)
    return records


def check_refused(done: Done, *words: str) -> None:
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.strip().endswith(".")
    for word in words:
        assert word in done.stderr


def test_the_statuses_of_the_command_itself(data: Path) -> None:
    environment = {**os.environ, "EVALUATION_DATA": str(data)}
    for arguments, status, words in (
        (["value", "members", "--format", "json"], 0, '"indicator": "members"'),
        (["value", "happiness"], 1, "There is no indicator happiness"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "indicators", *arguments],
            cwd=PROJECT,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == status
        assert words in (done.stderr if status else done.stdout)
        assert (done.stdout if status else done.stderr) == ""


def test_json_has_the_keys_in_their_order(run: Run, data: Path) -> None:
    (record,) = read_json(run, "members")
    assert record["release"] == (data / "CURRENT").read_text().strip()
    # The latest day in the members file is 10 March, when bob leaves: ann, cat, dan, eve.
    assert {name: record[name] for name in KEYS[1:]} == {
        "indicator": "members",
        "definition_version": 1,
        "period": "all",
        "dimensions": {},
        "value": 4,
        "low": None,
        "high": None,
        "n": 4,
        "numerator": 4,
        "denominator": None,
        "unit": "people",
        "status": "ok",
        "is_complete": True,
    }


def test_two_dimensions_and_a_filter(run: Run) -> None:
    records = read_json(run, "members", "--by", "profession,region", "--where", "region=London")
    listed = {tuple(record["dimensions"].items()): record["value"] for record in records}
    assert listed[("profession", "@dentist"), ("region", "London")] == 1
    assert listed[("profession", "-"), ("region", "London")] == 1
    assert sum(listed.values()) == 2, "bob has left"
    assert {dict(cell)["region"] for cell in listed} == {"London"}
    several = read_json(
        run,
        "members",
        "--where",
        "profession=Nurse",
        "--where",
        "profession=-",
        "--where",
        "region=Wales",
    )
    assert [record["value"] for record in several] == [1], "ann: values of one dimension are alternatives"


def test_a_series_and_a_wave(run: Run) -> None:
    months = read_json(run, "members", "--period", "month")
    assert [(record["period"], record["value"]) for record in months] == [
        ("2015-01", 2),
        ("2015-02", 3),
        ("2015-03", 4),
    ]
    (rate,) = read_json(run, "response_rate_rr1", "--period", "=w1")
    assert (rate["period"], rate["numerator"], rate["denominator"]) == ("=w1", 1, 2)
    (absent,) = read_json(run, "members", "--period", "1999")
    assert (absent["period"], absent["value"], absent["n"], absent["status"]) == ("1999", None, 0, "no_data")


def test_csv_guards_what_a_spreadsheet_would_compute(run: Run) -> None:
    done = run("value", "members", "--by", "profession", "--format", "csv")
    assert done.returncode == 0
    header, *rows = list(csv.reader(io.StringIO(done.stdout)))
    assert header == [*KEYS[:4], "profession", *KEYS[5:]]
    assert {row[4]: row[5] for row in rows} == {
        "'-": "1.0",
        "'=1+2": "1.0",
        "'@dentist": "1.0",
        "Nurse": "1.0",
    }
    done = run("value", "response_rate_rr1", "--format", "csv")
    assert [row[3] for row in csv.reader(io.StringIO(done.stdout))] == ["period", "'=w1"]


def test_the_table_shows_every_row_on_a_line(run: Run) -> None:
    done = run("value", "members", "--by", "region")
    assert done.returncode == 0
    title, header, *rows = done.stdout.splitlines()
    assert title.startswith("Members (people), release ")
    assert header.split() == ["period", "region", *KEYS[5:11], "status"]
    assert [row.split() for row in rows] == [
        ["all", "London", "2", "2", "2", "ok"],
        ["all", "Wales", "2", "2", "2", "ok"],
    ]


def test_what_is_refused_says_what_there_is(run: Run) -> None:
    check_refused(run("value", "happiness"), "happiness", "python -m indicators list")
    check_refused(run("value", "members", "--by", "shoe_size"), "shoe_size", "cohort, profession, region")
    check_refused(run("value", "members", "--where", "item=q1"), "item", "cohort, profession, region")
    check_refused(run("value", "members", "--period", "last year"), "last year", "2015-Q3")
    check_refused(run("value", "response_rate_rr1", "--period", "w9"), "w9", "=w1")
    check_refused(run("value", "members", "--as-of", "20150101"), "20150101", "python -m etl releases")
    check_refused(run("value", "members", "--release", "../../state"), "There is no release")


def test_a_figure_of_an_earlier_release_says_what_has_changed_since(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "data"
    write_drawn(tmp_path / "first", {"members": MEMBERS})
    first = load_paths([tmp_path / "first"], data).release.id
    write_drawn(tmp_path / "later", {"members": f"{MEMBERS.rstrip()}\nfay | Nurse | Leeds | 2015-01-06 |\n"})
    (tmp_path / "later" / "members.csv").rename(tmp_path / "later" / "people.csv")
    live = load_paths([tmp_path / "first", tmp_path / "later"], data).release.id

    def ask(*arguments: str) -> list[str]:
        return run("value", "members", "--as-of", first, *arguments, folder=data).stdout.splitlines()

    assert ask("--by", "region")[4:] == [
        f"As of release {first}; the live release is {live}.",
        "Changed since in 1 of 2 rows: people.csv came in.",
        "all Leeds: no such row then, 1 now",
    ]
    assert ask("--where", "region=Wales")[-1] == "Nothing of it has changed since."
    assert "Changed since" not in run("value", "members", "--as-of", live, folder=data).stdout
    assert json.loads("\n".join(ask("--format", "json")))[0]["value"] == 4


def test_without_a_release_it_says_what_to_do(run: Run, tmp_path: Path) -> None:
    check_refused(run("value", "members", folder=tmp_path), "python -m etl load", "python -m etl demo")


def test_wrong_usage_is_status_2(run: Run) -> None:
    for arguments in (
        ["value"],
        ["value", "members", "--format", "yaml"],
        ["value", "members", "--as", "guest"],
        ["values"],
    ):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert "usage: python -m indicators" in done.stderr


def test_what_is_not_a_pair_is_status_2_with_one_sentence(run: Run) -> None:
    for option, given, sentence in (
        ("--where", "region", "argument --where: region is not of the form DIM=VALUE."),
        ("--set", "window", "argument --set: window is not of the form NAME=VALUE."),
        ("--set", "=90", "argument --set: =90 is not of the form NAME=VALUE."),
        ("--rebase", "2015-02", "argument --rebase: 2015-02 is not of the form PERIOD=NOTE."),
        (
            "--rebase",
            "2015-02=why",
            "argument --rebase: limits start anew only where there are any: add --limits.",
        ),
    ):
        done = run("value", "members", "--period", "month", option, given)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("usage: python -m indicators value")
        assert done.stderr.splitlines()[-1].endswith(f"error: {sentence}")


def test_an_injection_in_a_filter_is_only_a_value_that_there_is_not(run: Run) -> None:
    done = run("value", "members", "--where", "region=Wales' OR '1'='1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("There is no region Wales' OR '1'='1; there are: ")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("members", "--where", "region=walse"), "There is no region walse; there are: "),
        (("item_positive", "--where", "item=q99"), "There is no item q99; there are: "),
        (("item_positive", "--where", "wave=w99"), "There is no wave w99; there are: "),
        (("events_held", "--where", "region=Wales"), "events_held has no groups: it is a figure of everybody. "),
        (("events_held", "--by", "region"), "events_held has no groups: it is a figure of everybody. "),
    ],
)  # fmt: skip
def test_a_value_that_there_is_not_and_a_group_of_a_whole_figure_are_refused(
    run: Run, asked: tuple[str, ...], said: str
) -> None:
    done = run("value", *asked)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(said)


def test_the_list_names_every_indicator_of_the_release(run: Run) -> None:
    done = run("list", "--format", "json")
    listed = json.loads(done.stdout)
    assert {"members", "item_mean", "density", "ei_region"} <= {entry["id"] for entry in listed}
    assert all(entry["definition"] and entry["formula"] and entry["version"] >= 1 for entry in listed)
    assert run("list").stdout.splitlines()[0].split() == ["id", "title", "unit", "by"]


def test_a_library_is_imported_where_it_is_used(data: Path) -> None:
    libraries = {"igraph", "openpyxl", "plotly", "rich", "scipy", "sqlglot", "streamlit"}
    code = (
        "import sys; from indicators.__main__ import main; main(sys.argv[1:]); "
        f"sys.exit(' '.join(sorted({libraries} & set(sys.modules))))"
    )

    def list_imported(*arguments: str) -> str:
        command = [sys.executable, "-c", code, "value", *arguments, "--data", str(data)]
        return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False).stderr

    assert list_imported("members", "--format", "json").strip() == ""
    assert list_imported("response_rate_rr1", "--format", "json").strip() == ""
    assert list_imported("members").strip() == "rich"


def test_who_reads_may_stop_in_the_middle(data: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "indicators", "list", "--format", "json", "--data", str(data)]
    ended = subprocess.run(
        command, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60, check=False
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_name_that_is_nearly_one_is_answered_with_that_one(run: Run) -> None:
    check_refused(run("value", "attendance_rat"), "did you mean attendance_rate?")


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, ""), (25.0, "25"), (1_234_567.0, "1234567"), (22.37683, "22.377"), (0.0008744191, "0.0008744")],
)
def test_a_table_has_no_more_digits_than_can_be_read(value: float | None, words: str) -> None:
    assert write_number(value) == words


def test_a_table_says_that_a_lead_is_told_steps_and_why_a_figure_is_hidden(
    make_release: MakeRelease, capsys: pytest.CaptureFixture[str]
) -> None:
    waves = "wave_id,survey_id,opened_on\nw1,s,2015-03-01\n"
    people = [f"p{number}" for number in range(90)]
    members = "member_id,profession,joined_on\n" + "".join(
        f"{one},{'Nurse' if place < 45 else 'Doctor'},2015-01-05\n" for place, one in enumerate(people)
    )
    invited = "wave_id,member_id,disposition\n" + "".join(
        f"w1,{one},{'complete' if place % 3 else 'refused'}\n" for place, one in enumerate(people)
    )
    engine = make_release({"members": members, "waves": waves, "invitations": invited})
    data = str(engine.release.path.parent.parent)

    def ask(*words: str) -> str:
        assert main(["value", *words, "--data", data]) == 0
        return capsys.readouterr().out

    told = ask("response_rate_rr1", "--as", "lead")
    assert "As lead: counts are in steps of 5 (5 is 5 to 9), shares are from the middle of the steps" in told
    assert "As lead" not in ask("response_rate_rr1")
    assert "As lead" not in ask("members", "--as", "lead"), "what leads keep themselves is told as it is"
    assert ask("response_rate_rr1", "--as", "lead", "--format", "csv").count("\n") == 2
    hidden = ask("refusal_rates", "--as", "lead")
    assert "suppressed" in hidden
    assert any(line.startswith("suppressed") and len(line) > 30 for line in hidden.splitlines())
