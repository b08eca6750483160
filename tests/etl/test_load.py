"""The load as a whole: what is quarantined and why, the reconciliation, and that loading is repeatable."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import duckdb
import pytest

from etl.__main__ import main
from etl.load import load_paths
from etl.reading.types import Options, Refused
from tests.released import list_rows
from warehouse.release import current_id, find_release, list_releases

MEMBERS = """member_id,name,email,profession,joined_on,left_on
M1,Ann Able,ann@example.org,Nurse,2015-01-05,
M2,Bob Baker,Bob@Example.org,Doctor,2015-01-06,2015-06-01
M3,Cat Cole,cat@example.org,Nurse,2015-02-05,
"""
EVENTS = """event_id,title,starts_at,ends_at
E1,First meeting,2015-03-14T09:00:00Z,2015-03-14T12:00:00Z
"""


def write_files(folder: Path, **texts: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def read_quarantine(data: Path) -> list[tuple[str, int, str]]:
    path = find_release(data).path / "quarantine.parquet"
    return duckdb.execute(f"SELECT file, line, reason FROM '{path}' ORDER BY file, line").fetchall()


def read_table(data: Path, name: str) -> list[tuple[object, ...]]:
    return list_rows(find_release(data).path, name)


def test_five_faults_are_quarantined_with_their_reasons_and_the_rest_is_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    attendance = "\n".join(
        [
            "event_id,member_id,attended,minutes",
            "E1,M1,yes,120",
            "E1,M9,yes,10",  # no such member
            "E7,M2,yes,10",  # no such event
            "E1,M2,perhaps,10",  # not yes or no
            "E1,M3,yes,-5",  # below 0
            ",M3,yes,5",  # event missing
            "E1,M3,no,",
        ]
    )
    folder = write_files(tmp_path / "in", members=MEMBERS, events=EVENTS, attendance=attendance)

    assert main(["load", str(folder), "--data", str(tmp_path / "data")]) == 0

    assert read_quarantine(tmp_path / "data") == [
        (
            "attendance.csv",
            3,
            "member_id is not in the members list: add the member, or an alias of kind external",
        ),
        ("attendance.csv", 4, "event_id 'E7' is not in events"),
        ("attendance.csv", 5, "attended 'perhaps' is not yes or no (write true or false)"),
        ("attendance.csv", 6, "minutes '-5' is below 0"),
        ("attendance.csv", 7, "event_id is missing"),
    ]
    assert len(read_table(tmp_path / "data", "attendance")) == 2
    file = next(f for f in find_release(tmp_path / "data").manifest["files"] if f["name"] == "attendance.csv")
    assert (file["read"], file["loaded"], file["quarantined"], file["duplicates"]) == (7, 2, 5, 0)
    printed = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("attendance.csv"))
    assert printed.split()[-4:] == ["7", "2", "5", "0"]


def test_an_unknown_file_is_refused_with_one_sentence_and_nothing_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    load_paths([write_files(tmp_path / "in", members=MEMBERS)], data)
    before = current_id(data)
    stranger = tmp_path / "shopping.csv"
    stranger.write_text("bread,milk\n1,2\n", encoding="utf-8")

    assert main(["load", str(stranger), "--data", str(data)]) == 1

    error = capsys.readouterr().err.strip()
    assert error.startswith("shopping.csv is none of the known kinds of file")
    assert "\n" not in error
    assert current_id(data) == before
    assert len(list_releases(data)) == 1


def test_a_table_with_a_missing_column_is_named_with_the_column(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("member_id,name\nM1,Ann\n", encoding="utf-8")
    with pytest.raises(Refused, match="looks like the table members but has no column joined_on"):
        load_paths([path], tmp_path / "data")


def test_loading_twice_and_in_any_order_gives_byte_equal_tables(tmp_path: Path) -> None:
    folder = write_files(
        tmp_path / "in",
        members=MEMBERS,
        events=EVENTS,
        attendance="event_id,member_id,attended\nE1,M1,yes\nE1,M3,no\n",
    )
    key = tmp_path / "key"
    hashes = set()
    for number, order in enumerate(itertools.permutations(sorted(folder.iterdir()))):
        data = tmp_path / f"data{number}"
        (data / "state").mkdir(parents=True)
        if key.exists():
            (data / "state" / "pseudonym.key").write_text(key.read_text())
        load_paths([order[0]] if order[0].name == "members.csv" else [folder / "members.csv", order[0]], data)
        for path in order[1:]:
            load_paths([path], data)
        again = load_paths([folder], data)
        assert not again.is_new
        key.write_text((data / "state" / "pseudonym.key").read_text())
        hashes.add(
            json.dumps({n: h for n, h in again.release.manifest["hashes"].items() if n.startswith("tables/")})
        )
    assert len(hashes) == 1


def test_a_corrected_file_of_the_same_name_takes_the_place_of_the_earlier_one(tmp_path: Path) -> None:
    data = tmp_path / "data"
    load_paths([write_files(tmp_path / "in", members=MEMBERS)], data)
    corrected = MEMBERS.replace(
        "M3,Cat Cole,cat@example.org,Nurse,2015-02-05,",
        "M3,Cat Cole,cat@example.org,Nurse,2015-02-05,2015-04-01",
    )
    loaded = load_paths([write_files(tmp_path / "in", members=corrected)], data)
    assert loaded.is_new
    assert [file.staged.name for file in loaded.files] == ["members.csv"]
    assert sum(row[-1] is not None or row[7] is not None for row in read_table(data, "members")) == 2


def test_contradicting_rows_name_each_other_and_exact_repeats_are_duplicates(tmp_path: Path) -> None:
    rows = "M1,Ann Able,ann@example.org,Nurse,2015-01-05,\nM2,Bob Baker,Bob@Example.org,Doctor,2015-01-06,2015-07-01\n"
    data = tmp_path / "data"
    loaded = load_paths([write_files(tmp_path / "in", members=MEMBERS + rows)], data)
    assert read_quarantine(data) == [
        (
            "members.csv",
            6,
            "the same member_id is in members.csv line 3 with other values: correct one of them",
        )
    ]
    (file,) = loaded.files
    assert (file.read, file.loaded, file.quarantined, file.duplicates) == (5, 3, 1, 1)


def test_people_are_found_by_id_email_and_alias(tmp_path: Path) -> None:
    aliases = "member_id,kind,value\nM3,external,HR-77\nM3,email,c.cole@other.example\n"
    attendance = (
        "event_id,member_id,attended\nE1,BOB@example.org ,yes\nE1,HR-77,yes\nE1,C.Cole@other.example,yes\n"
    )
    data = tmp_path / "data"
    load_paths(
        [
            write_files(
                tmp_path / "in", members=MEMBERS, events=EVENTS, aliases=aliases, attendance=attendance
            )
        ],
        data,
    )
    assert len({row[1] for row in read_table(data, "attendance")}) == 2
    assert read_quarantine(data) == []


def test_no_identity_reaches_the_release(tmp_path: Path) -> None:
    data = tmp_path / "data"
    attendance = "event_id,member_id,attended\nE1,nobody@example.org,yes\nE1,M1,yes\n"
    release = load_paths(
        [write_files(tmp_path / "in", members=MEMBERS, events=EVENTS, attendance=attendance)], data
    ).release
    secrets = ("M1", "M2", "M3", "Ann", "Baker", "example.org", "nobody")
    held = ""
    for path in release.path.rglob("*.parquet"):
        held += duckdb.execute(f"SELECT * FROM '{path}'").df().to_csv()
    assert [secret for secret in secrets if secret in held] == []
    assert "Nurse" in held, "positive control: what may be there is found"
    identity = duckdb.execute(f"SELECT name FROM '{data}/state/identity.parquet'").fetchall()
    assert ("Ann Able",) in identity, "positive control: the identity file does hold names"
    assert (data / "state" / "identity.parquet").stat().st_mode & 0o077 == 0
    assert (data / "state" / "pseudonym.key").stat().st_mode & 0o077 == 0


def test_pseudonyms_need_the_key(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "in", members=MEMBERS)
    for name in ("one", "two"):
        load_paths([folder], tmp_path / name)
    first, second = ({row[0] for row in read_table(tmp_path / name, "members")} for name in ("one", "two"))
    assert first.isdisjoint(second)


def test_ambiguous_dates_are_refused_and_settled_by_the_option(tmp_path: Path) -> None:
    text = "member_id,name,joined_on\nM1,Ann,03/04/2015\nM2,Bob,05/06/2015\n"
    folder = write_files(tmp_path / "in", members=text)
    with pytest.raises(Refused, match="--date-order"):
        load_paths([folder], tmp_path / "data")
    load_paths([folder], tmp_path / "data", options=Options(date_order="dmy"))
    joined = {str(row[6]) for row in read_table(tmp_path / "data", "members")}
    assert joined == {"2015-04-03", "2015-06-05"}


def test_dates_that_settle_themselves_are_read(tmp_path: Path) -> None:
    text = "member_id,name,joined_on\nM1,Ann,03/04/2015\nM2,Bob,25/06/2015\n"
    load_paths([write_files(tmp_path / "in", members=text)], tmp_path / "data")
    assert {str(row[6]) for row in read_table(tmp_path / "data", "members")} == {"2015-04-03", "2015-06-25"}


def test_an_encoding_is_never_guessed(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_bytes("member_id,name,joined_on,region\nM1,Zoë,2015-01-05,Übersee\n".encode("cp1252"))
    with pytest.raises(Refused, match="--encoding"):
        load_paths([path], tmp_path / "data")
    load_paths([path], tmp_path / "data", options=Options(encoding="cp1252"))
    assert "Übersee" in read_table(tmp_path / "data", "members")[0]


def test_broken_lines_are_set_aside_with_their_line_numbers(tmp_path: Path) -> None:
    text = "member_id,name,joined_on\nM1,Ann,2015-01-05\nM2,Bob\nM3,Cat,2015-01-06\nM4,Dan,2015-01-07,x\nM5,Eve,2015-02-31\n"
    data = tmp_path / "data"
    load_paths([write_files(tmp_path / "in", members=text)], data)
    assert [(line, reason[:24]) for _, line, reason in read_quarantine(data)] == [
        (3, "the line has fewer cells"),
        (5, "the line has more cells "),
        (6, "joined_on '2015-02-31' i"),
    ]


def test_check_says_what_would_happen_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_files(tmp_path / "in", members=MEMBERS + "M4,Dan,,Nurse,2015-02-30,\n")
    assert main(["check", str(folder), "--data", str(tmp_path / "data")]) == 0
    out = capsys.readouterr().out
    assert "members.csv line 5: joined_on '2015-02-30' is not a date" in out
    assert not (tmp_path / "data").exists()


def test_check_looks_at_files_beside_those_already_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    folder = write_files(tmp_path / "in", members=MEMBERS, events=EVENTS)
    before = load_paths([folder], data).release.id
    attendance = write_files(
        tmp_path / "more", attendance="event_id,member_id,attended\nE1,M1,yes\nE1,M8,yes\n"
    )
    assert main(["check", str(folder / "members.csv"), str(attendance), "--data", str(data)]) == 0
    out = capsys.readouterr().out
    assert "attendance.csv line 3: member_id is not in the members list" in out
    assert "line 2" not in out, "M1 and E1 are known from what was loaded before"
    assert current_id(data) == before


def test_rollback_and_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    first = load_paths([write_files(tmp_path / "in", members=MEMBERS)], data).release
    second = load_paths([write_files(tmp_path / "in", events=EVENTS)], data).release
    assert current_id(data) == second.id
    assert main(["rollback", first.id, "--data", str(data)]) == 0
    assert current_id(data) == first.id
    assert main(["verify", "--data", str(data)]) == 0
    target = first.path / "tables" / "members.parquet"
    damaged = bytearray(target.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    target.write_bytes(damaged)
    capsys.readouterr()
    assert main(["verify", "--data", str(data)]) == 1
    assert "tables/members.parquet" in capsys.readouterr().err
    assert main(["rollback", "../../etc", "--data", str(data)]) == 1


def test_a_mapping_turns_another_layout_into_a_table(tmp_path: Path) -> None:
    folder = write_files(
        tmp_path / "in", members=MEMBERS, waves="wave_id,survey_id,opened_on\n1,net,2015-03-01\n"
    )
    edges = tmp_path / "friends.csv"
    edges.write_text('"wave","from","to"\n1,M1,M3\n1,M3,M1\n', encoding="utf-8")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        '[[file]]\nname = "friends*.csv"\ntable = "ties"\n[file.columns]\nwave_id = "wave"\n'
        'from_member_id = "from"\nto_member_id = "to"\n[file.constants]\nrelation = "friendship"\n',
        encoding="utf-8",
    )
    arguments = ["load", str(folder), str(edges), "--mapping", str(mapping), "--data", str(tmp_path / "data")]
    assert main(arguments) == 0
    assert {row[3] for row in read_table(tmp_path / "data", "ties")} == {"friendship"}
    assert len(read_table(tmp_path / "data", "ties")) == 2


@pytest.mark.parametrize("word", ["infinity", "-infinity", "epoch", "0015-01-01", "2105-01-01"])
def test_a_day_that_no_programme_can_mean_is_set_aside(tmp_path: Path, word: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "members.csv").write_text(f"member_id,joined_on\nm1,1970-01-01\nm2,{word}\n", encoding="utf-8")
    good = "m1,1970-01-01T00:00:00Z,post\n" + "".join(
        f"m1,2015-03-01T10:{minute:02}:00Z,post\n" for minute in range(60)
    )
    (folder / "activities.csv").write_text(f"member_id,at,kind\n{good}m1,{word},post\n", encoding="utf-8")
    loaded = load_paths([folder], tmp_path / "data")
    counts = {file.staged.name: (file.read, file.loaded, file.quarantined) for file in loaded.files}
    assert counts == {"activities.csv": (62, 61, 1), "members.csv": (2, 1, 1)}
    assert str(loaded.files[0].complete_to) == "2015-03-01"


def test_one_odd_date_among_plain_ones_sets_its_own_line_aside(tmp_path: Path) -> None:
    text = "member_id,name,joined_on\nM1,Ann,2015-01-05\nM2,Bob,12/03/2015\nM3,Cat,2015-01-06\n"
    data = tmp_path / "data"
    load_paths([write_files(tmp_path / "in", members=text)], data)
    assert read_quarantine(data) == [
        ("members.csv", 3, "joined_on '12/03/2015' is not a date (write it as 2015-09-30)")
    ]
    assert {str(row[6]) for row in read_table(data, "members")} == {"2015-01-05", "2015-01-06"}


def test_check_says_of_a_file_that_cannot_be_taken_why_and_looks_at_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    waves = "wave_id,survey_id,label,opened_on,closed_on\nw1,s,Spring,03/04/2015,05/06/2015\n"
    folder = write_files(tmp_path / "in", members=MEMBERS + "M4,Dan,,Nurse,2015-02-30,\n", waves=waves)
    assert main(["check", str(folder), "--data", str(tmp_path / "data")]) == 1
    out = capsys.readouterr().out
    assert "members.csv line 5: joined_on '2015-02-30' is not a date" in out
    assert "waves.csv: no date in it shows whether the day or the month comes first (for example 0" in out
    assert "A load of these files would stop at waves.csv" in out
    with pytest.raises(Refused, match="no date in it shows"):
        load_paths([folder], tmp_path / "data")
    assert main(["check", str(folder / "waves.csv"), "--data", str(tmp_path / "data")]) == 1
    assert "--date-order" in capsys.readouterr().err


def test_check_says_of_a_survey_that_fits_no_codebook_why_and_looks_at_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form = "Timestamp,Do you take part?\n2015/03/01 9:00:00 AM GMT,Yes\n2015/03/02 9:00:00 AM GMT,No\n"
    folder = write_files(tmp_path / "in", members=MEMBERS + "M4,Dan,,Nurse,2015-02-30,\n", form=form)
    assert main(["check", str(folder), "--data", str(tmp_path / "data")]) == 1
    out = capsys.readouterr().out
    assert "members.csv line 5: joined_on '2015-02-30' is not a date" in out
    assert (
        "No question of form.csv is in the codebook: load its items, or name the survey with --survey (a new name begins a survey)."
        in out
    )
    assert "A load of these files would stop at form.csv" in out
    assert main(["check", str(folder / "form.csv"), "--data", str(tmp_path / "data")]) == 1
    assert "No question of form.csv is in the codebook" in capsys.readouterr().err
    with pytest.raises(Refused, match="No question of form"):
        load_paths([folder], tmp_path / "data")
    named = ["--survey", "s", "--wave", "w", "--data", str(tmp_path / "data")]
    assert main(["check", str(folder), *named]) == 0
    assert "would stop" not in capsys.readouterr().out, "positive control"


def test_lines_that_rest_on_a_line_set_aside_say_so(tmp_path: Path) -> None:
    events = EVENTS.replace("E1,", "E2,") + "E1,Second meeting,2015-13-14,\n"
    attendance = "event_id,member_id,attended\nE1,M1,yes\nE2,M1,yes\nE7,M1,yes\n"
    data = tmp_path / "data"
    load_paths([write_files(tmp_path / "in", members=MEMBERS, events=events, attendance=attendance)], data)
    assert [(line, reason) for file, line, reason in read_quarantine(data) if file == "attendance.csv"] == [
        (2, "event_id 'E1' is in events, and its line there is set aside: correct that one first"),
        (4, "event_id 'E7' is not in events"),
    ]


def test_values_that_are_alike_but_for_case_are_said(tmp_path: Path) -> None:
    members = MEMBERS.replace("Cat Cole,cat@example.org,Nurse", "Cat Cole,cat@example.org,nurse")
    remarks = load_paths([write_files(tmp_path / "in", members=members)], tmp_path / "data").release.manifest[
        "remarks"
    ]
    assert remarks == [
        "profession of members is written 'Nurse' (1) and 'nurse' (1): they count as groups of their own. "
        "Write it in one way where one is meant."
    ]
