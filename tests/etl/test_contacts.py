"""Ties that are contacts: repeated rows of a relation that says so are summed into the strength of one tie, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.__main__ import main
from etl.load import Loaded, load_paths
from etl.reading.mapping import read_mappings
from etl.reading.types import Options
from tests.figures import read_cells
from tests.released import list_rows
from warehouse.engine import Engine

MEMBERS = "member_id,joined_on\n" + "".join(f"{name},2015-01-05\n" for name in "abcd")
WAVES = "wave_id,survey_id,opened_on\nw1,s,2015-03-01\nw2,s,2015-06-01\n"
# a → b: 3 + 1 + 1 = 5; b → a 1; a → c in each wave; d → a and d → a the other way; openness twice.
TIES = """wave_id,from_member_id,to_member_id,relation,strength,directed
w1,a,b,emails,3,
w1,b,a,emails,,
w1,a,b,emails,,true
w1,a,c,emails,2,
w2,a,c,emails,2.5,
w1,a,b,emails,,
w1,d,a,emails,1,false
w1,d,a,emails,1,true
w1,x,a,emails,1,
w1,a,b,openness,2,
w1,a,b,openness,2,
"""
# a hundred good rows, which would go straight to codes: a → b 99 times of ½, c → d once without a strength
CLEAN = (
    TIES.splitlines()[0]
    + "\n"
    + "w1,a,b,emails,0.5,\n" * 59
    + "w1,c,d,emails,,\n"
    + "w1,a,b,emails,0.5,\n" * 40
)
MAPPING = """[[file]]
name = "mail.csv"
table = "ties"
[file.columns]
wave_id = "when"
from_member_id = "sender"
to_member_id = "receivers"
[file.constants]
relation = "emails"
[file.options]
sum_ties = ["emails", "meetings"]
"""


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in {"members": MEMBERS, "waves": WAVES, **files}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def count(loaded: Loaded, name: str) -> tuple[int, int, int, int, int]:
    (file,) = [one for one in loaded.files if one.staged.name == name]
    assert file.read == file.accounted
    return file.read, file.loaded, file.quarantined, file.duplicates, file.summed


def list_strengths(loaded: Loaded, relation: str = "emails") -> list[object]:
    return [row[4] for row in sorted(list_rows(loaded.release.path, "ties")) if row[3] == relation]


def test_contacts_of_a_relation_that_says_so_are_summed_and_others_stay_duplicates(tmp_path: Path) -> None:
    loaded = load_paths(
        [write(tmp_path / "in", ties=TIES)], tmp_path / "data", options=Options(sum_ties="emails")
    )
    assert count(loaded, "ties.csv") == (11, 6, 2, 1, 2)
    assert sorted(list_strengths(loaded)) == [1, 1, 2, 2.5, 5]
    assert list_strengths(loaded, "openness") == [2]
    (file,) = [one for one in loaded.files if one.staged.name == "ties.csv"]
    assert "ties.csv: 3 repeated contacts of relation emails were summed into 1 tie." in file.warnings
    assert [aside.lines for aside in file.asides if "run both ways" in aside.reason] == [(9,)]
    assert any(
        check["check"] == "Every row is accounted for" and check["ok"]
        for check in loaded.release.manifest["checks"]
    )
    engine = Engine(loaded.release)
    assert read_cells(engine, "tie_strength", "numerator", "denominator", period="w1")["w1", "emails"] == (
        5 + 1 + 2 + 1,
        4,
    )
    engine.close()


def test_where_nothing_says_so_they_are_duplicates_or_contradict(tmp_path: Path) -> None:
    loaded = load_paths([write(tmp_path / "in", ties=TIES)], tmp_path / "data")
    assert count(loaded, "ties.csv") == (11, 6, 4, 1, 0)


def test_contacts_are_summed_over_files_in_any_order_and_a_file_again_changes_nothing(tmp_path: Path) -> None:
    heading, *rows = CLEAN.splitlines(keepends=True)
    one, two = heading + "".join(rows[:60]), heading + "".join(rows[60:])
    said = Options(sum_ties="emails|meetings")
    first = write(tmp_path / "in", ties_1=one)
    load_paths([first], tmp_path / "data", options=said)
    (tmp_path / "ties_2.csv").write_text(two, encoding="utf-8")
    whole = load_paths([tmp_path / "ties_2.csv"], tmp_path / "data")
    assert [count(whole, name) for name in ("ties_1.csv", "ties_2.csv")] == [
        (60, 2, 0, 0, 58),
        (40, 0, 0, 0, 40),
    ]
    assert sorted(list_strengths(whole)) == [1, 99 / 2]
    assert not load_paths([tmp_path / "ties_2.csv"], tmp_path / "data").is_new
    (file,) = [one for one in whole.files if one.staged.name == "ties_1.csv"]
    assert (
        "ties_1.csv: no tie has the relation meetings, whose contacts were to be summed: write it as in the file."
        in file.warnings
    )
    load_paths([write(tmp_path / "other", ties_2=two)], tmp_path / "again")
    other = load_paths([first], tmp_path / "again", options=said)
    assert sorted(list_strengths(other)) == sorted(list_strengths(whole))


def test_a_mapping_says_it_also_where_a_cell_names_several(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path / "in", mail="when,sender,receivers\nw1,a,b|c\nw1,a,b|c\nw1,a,b|d\n")
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    (mapping,) = read_mappings(tmp_path / "map.toml")
    assert mapping.options == {"sum_ties": "emails|meetings"}
    arguments = [
        "load",
        str(folder),
        "--data",
        str(tmp_path / "data"),
        "--mapping",
        str(tmp_path / "map.toml"),
    ]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "mail.csv: 5 repeated contacts of relation emails were summed into 2 ties." in said
    assert next(line.split()[-5:] for line in said.splitlines() if line.startswith("mail.csv")) == [
        "3",
        "2",
        "0",
        "0",
        "1",
    ]
    assert sorted(list_strengths(load_paths([folder / "members.csv"], tmp_path / "data"))) == [1, 2, 3]


def test_the_command_says_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "in", ties=CLEAN)
    assert main(["check", str(folder), "--data", str(tmp_path / "data"), "--sum-ties", "emails"]) == 0
    said = capsys.readouterr().out
    assert "ties.csv: 99 repeated contacts of relation emails were summed into 1 tie." in said
    assert next(line.split()[-5:] for line in said.splitlines() if line.startswith("ties.csv")) == [
        "100",
        "2",
        "0",
        "0",
        "98",
    ]
