"""Ticks, totals, stand-ins for an identifier and what else people leave in the cells and below the rows of an export."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from case import BASE, MEMBERS, find
from hypothesis import given, settings
from hypothesis import strategies as st
from vendor_samples import list_rows

from etl.__main__ import main
from etl.reading.mapping import read_mappings
from etl.reading.types import Options, RawFile, Refused
from etl.reading.written.ticks import is_nothing, read_tick
from etl.sources.mapped_survey import read_survey
from warehouse.engine import open_connection
from warehouse.release import find_release

TICKS = """[[file]]
name = "s.csv"
[file.several.topics]
columns = ["Data", "Tea"]
[file.columns]
respondent_id = "id"
"""
FORMS = "ID,Start time,Completion time,Email,Name,How likely are you to recommend us?\n"
MONKEY = (
    "Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,First Name,Last Name,Custom Data 1,"
    "How likely are you to recommend us?\n,,,,,,,,,Response\n"
    "118012345670,4001,03/15/2015 09:00:00 AM,03/15/2015 09:01:00 AM,,,,,,8\n"
)


def load(folder: Path, files: Mapping[str, str | bytes], *arguments: str) -> int:
    """The status of a load of the base and of files with these contents."""
    for name, content in files.items():
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    paths = [*map(find, BASE), *(str(folder / name) for name in files)]
    return main(["load", *paths, *arguments, "--data", str(folder / "data")])


def ask(folder: Path, sql: str) -> list[tuple[object, ...]]:
    """Rows of the release that was loaded."""
    with open_connection(find_release(folder / "data").path) as connection:
        return connection.execute(sql).fetchall()


def read_ticks(rows: str, folder: Path, more: str = "") -> dict[tuple[int, str], str]:
    """What was said of each option, by line and item."""
    (folder / "map.toml").write_text(TICKS + more, encoding="utf-8")
    (mapping,) = read_mappings(folder / "map.toml")
    file = RawFile("s.csv", Path("s.csv"), f"id,Data,Tea\n{rows}", Options())
    said = list_rows(read_survey(file, mapping), "raw_answers")
    return {(int(row["line"]), str(row["item_id"])): str(row["answer"]) for row in said}


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        ("1", "0"),
        ("1.0", "0.0"),
        ("☑", "☐"),
        ("✓", "✗"),
        ("x", "-"),
        ("Ja", "Nein"),
        ("OUI", "Non"),
        ("Data", "N/A"),
        ("TRUE", "FALSE"),
        ("Selected", "Not selected"),
    ],
)
def test_an_option_that_was_left_is_not_chosen_in_any_spelling(
    chosen: str, left: str, tmp_path: Path
) -> None:
    said = read_ticks(f"1,{chosen},{left}\n2,{left},{chosen}\n3,,\n", tmp_path)
    assert said == {
        (2, "topics_01"): "Data",
        (2, "topics_02"): "Not chosen",
        (3, "topics_01"): "Not chosen",
        (3, "topics_02"): "Tea",
    }


def test_codes_of_which_either_may_mean_chosen_are_asked_about(tmp_path: Path) -> None:
    rows = "1,1,2\n2,2,1\n"
    with pytest.raises(
        Refused, match=r"the column Data has '1', '2'.*\[file.values.topics\] with \"2\" = \"0\""
    ):
        read_ticks(rows, tmp_path)
    said = read_ticks(rows, tmp_path, '[file.values.topics]\n"2" = "0"\n')
    assert [key for key, answer in said.items() if answer != "Not chosen"] == [
        (2, "topics_01"),
        (3, "topics_02"),
    ]


@given(st.text(max_size=6))
@settings(max_examples=200, deadline=None)
def test_no_cell_is_both_a_tick_and_nothing(cell: str) -> None:
    assert not (is_nothing(cell) and read_tick(cell) is not None)
    assert read_tick(f" {cell.upper()} ") == read_tick(cell.upper())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("forms.csv", f"{FORMS}1,3/16/15 9:00:00,3/16/15 9:05:00,anonymous,,8\nTotal,,,,,8\n,,,,,8\n"),
        ("monkey.csv", f"{MONKEY}Average:,,,,,,,,,8\n,,,,,,,,,8\n"),
    ],
)
def test_totals_below_the_responses_are_no_respondents(
    name: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(tmp_path, {name: text}, "--survey", "att", "--wave", "W1") == 0
    printed = capsys.readouterr().out
    assert "a total or an average, not a response" in printed
    assert "neither a number nor a time nor a person" in printed
    assert ask(tmp_path, "SELECT item_id, value FROM answers") == [("nps", 8)]


def test_stand_ins_for_an_identifier_are_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = (
        "wave_id,respondent_id,item_id,value\nW1,x1,nps,9\nW1,N/A,nps,1\nW1,NULL,nps,1\nW1,Total,nps,9\n"
    )
    responses = "id,submitdate,lastpage,startlanguage,nps\n" + "".join(
        f"{number},2015-03-05 10:00:00,3,en,7\n" for number in ("N/A", "N/A", "-", "-")
    )
    assert load(tmp_path, {"answers.csv": answers, "r.csv": responses}, "--survey", "att") == 0
    assert (
        "answers.csv lines 3, 4, 5 (3 lines): respondent_id 'N/A' is no identifier" in capsys.readouterr().out
    )
    assert ask(
        tmp_path, "SELECT value, count(*), count(DISTINCT respondent_id) FROM answers GROUP BY 1 ORDER BY 1"
    ) == [
        (7, 4, 4),
        (9, 1, 1),
    ]


def test_a_member_called_total_is_set_aside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "members.csv"
    path.write_text(
        Path(find(MEMBERS)).read_text(encoding="utf-8") + "Total,,,,,,,2015-01-01,\n", encoding="utf-8"
    )
    assert main(["load", str(path), "--data", str(tmp_path / "data")]) == 0
    assert "member_id 'Total' is no identifier" in capsys.readouterr().out
