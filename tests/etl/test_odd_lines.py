"""Long headings, stray quotation marks, NUL characters, sheets, roundings of spreadsheets: lines are named and none is lost."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from case import BASE, MEMBERS, find
from vendor_samples import QUALTRICS, ZOOM_TOTALS

from etl.__main__ import main
from warehouse.engine import open_connection
from warehouse.release import find_release


def test_07_a_heading_of_93_kb_is_read(tmp_path: Path) -> None:
    names = [f"m{number}" for number in range(220)]
    rows = [
        ["StartDate", "EndDate", "Status", "Finished", "RecordedDate", "ResponseId", *names],
        [
            "Start Date",
            "End Date",
            "Response Type",
            "Finished",
            "Recorded Date",
            "Response ID",
            *["stem " * 80] * 220,
        ],
        ["", "", "", "", "", "", *[f'{{"ImportId":"QID1_{number}"}}' for number in range(220)]],
        ["2015-03-05 10:00:00", "2015-03-05 10:05:00", "0", "1", "2015-03-05 10:05:00", "R_1", *["4"] * 220],
    ]
    rows[2][:6] = [
        f'{{"ImportId":"{name}"}}'
        for name in ("startDate", "endDate", "status", "finished", "recordedDate", "_recordId")
    ]
    path = tmp_path / "wide.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    assert path.stat().st_size > 93_000
    assert main(["load", str(path), "--survey", "s", "--wave", "w", "--data", str(tmp_path / "data")]) == 0
    with open_connection(find_release(tmp_path / "data").path) as connection:
        assert connection.execute("SELECT count(*), sum(value) FROM answers").fetchall() == [(220, 880)]


@pytest.mark.parametrize("cell", ["first", "x" * 140_000])
def test_72_a_stray_quotation_mark_in_a_long_mapped_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cell: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        f'No,Joined,Notes\nP01,2015-01-05,"{cell}\n'
        + "".join(f"P{i:05d},2015-01-05,note {i}\n" for i in range(2, 7000)),
        encoding="utf-8",
    )
    mapping = find("72-*/map.toml")
    assert main(["load", str(path), "--mapping", mapping, "--data", str(tmp_path / "data")]) == 0
    printed = capsys.readouterr().out
    assert [line.split()[-4:] for line in printed.splitlines() if line.startswith("list.csv  ")] == [
        ["6999", "6998", "1", "0"]
    ]
    assert "list.csv line 2: a quotation mark is opened and never closed" in printed


def test_74_a_lock_file_is_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(find(MEMBERS), tmp_path / "in")
    lock = tmp_path / "in" / "~$attendance.xlsx"
    shutil.copy(find("74-*/lockfile"), lock)
    assert main(["load", str(tmp_path / "in"), "--data", str(tmp_path / "data")]) == 0
    assert "~$attendance.xlsx was passed over: it is the lock file" in capsys.readouterr().out
    assert main(["load", str(lock), "--data", str(tmp_path / "data")]) == 1
    assert "Close it, and load attendance.xlsx." in capsys.readouterr().err


def test_duplicates_are_named_with_their_twins_and_a_file_of_strangers_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text(
        "event_id,member_id,attended\nE1,P01,true\nE1,P01,true\nE1,P02,true\nE1,P01,true\n", encoding="utf-8"
    )
    (tmp_path / "b.csv").write_text("event_id,member_id,attended\nE1,X1,true\nE1,X2,true\n", encoding="utf-8")
    files = [find(MEMBERS), find("53-*/events.csv"), str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]
    assert main(["load", *files, "--data", str(tmp_path / "data")]) == 0
    printed = capsys.readouterr().out
    assert "a.csv lines 3, 5 (2 lines): a duplicate of a.csv line 2, 2" in printed
    assert "b.csv: nobody in this file is in the members list" in printed


def test_identifiers_that_a_spreadsheet_rounded_are_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    survey = Path(find("14-*/r.csv")).read_text(encoding="utf-8")
    (tmp_path / "r.csv").write_text(survey.replace("P01", "1.18E+11"), encoding="utf-8")
    answers = "wave_id,respondent_id,item_id,value\nW1,1.18E+11,help_1,4\nW1,118000000001,help_1,4\n"
    (tmp_path / "answers.csv").write_text(answers, encoding="utf-8")
    files = [*map(find, BASE), str(tmp_path / "r.csv"), str(tmp_path / "answers.csv"), "--wave", "W1"]
    assert main(["load", *files, "--data", str(tmp_path / "data")]) == 0
    printed = capsys.readouterr().out
    assert "r.csv lines 2, 3 (2 lines): the identifier '1.18E+11' was rounded by a spreadsheet" in printed
    assert "answers.csv line 2: respondent_id '1.18E+11' was rounded by a spreadsheet" in printed


def test_lines_of_several_sheets_are_named_by_their_sheet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, person in (("March", "X1"), ("April", "X2"), ("members", "")):
        sheet = book.create_sheet(title)
        sheet.append(
            ["member_id", "joined_on"] if title == "members" else ["event_id", "member_id", "attended"]
        )
        for row in (
            (["P91", "03/04/2015"], ["P92", "14/04/2015"])
            if title == "members"
            else (["E1", "P01", True], ["E1", person, True])
        ):
            sheet.append(row)
    book.save(tmp_path / "all.xlsx")
    files = [find(MEMBERS), find("53-*/events.csv"), str(tmp_path / "all.xlsx")]
    assert main(["load", *files, "--data", str(tmp_path / "data")]) == 0
    printed = capsys.readouterr().out
    assert "all.xlsx line 3: sheet March: member_id is not in the members list" in printed
    assert "all.xlsx line 3: sheet April: member_id is not in the members list" in printed
    assert "all.xlsx line 2: a duplicate of all.xlsx line 2" in printed
    with open_connection(find_release(tmp_path / "data").path) as connection:
        joined = "SELECT joined_on::VARCHAR FROM members ORDER BY joined_on DESC LIMIT 2"
        assert connection.execute(joined).fetchall() == [("2015-04-14",), ("2015-04-03",)]


@pytest.mark.parametrize(
    "first", ["sep=;\n", "\n", "\ufeff", "sep=;\r\n", '"sep=;"\n', "sep=;;;\n", "\ufeffSEP=;\n"]
)
def test_a_line_before_the_heading_is_no_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], first: str
) -> None:
    rows = "member_id;joined_on\nP1;2015-01-05\nP2;soon\n"
    path = tmp_path / "members.csv"
    path.write_text(first + rows, encoding="utf-8", newline="")
    assert main(["load", str(path), "--data", str(tmp_path / "data")]) == 0
    printed = capsys.readouterr().out
    line = 3 + first.endswith("\n")
    assert f"members.csv line {line}: joined_on 'soon' is not a date" in printed
    assert [one.split()[-4:] for one in printed.splitlines() if one.startswith("members.csv  ")] == [
        ["2", "1", "1", "0"]
    ]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_cell_with_nul_characters_is_set_aside_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    cells = ["P1", "P\0" + "2", "P3"]
    path = tmp_path / f"members.{kind}"
    if kind == "csv":
        rows = "".join(f"{cell},2015-01-05\n" for cell in cells)
        path.write_text(f"member_id,joined_on\n{rows}" + "\0" * 9, encoding="utf-8")
    else:
        pq.write_table(pa.table({"member_id": cells, "joined_on": ["2015-01-05"] * 3}), path)
    assert main(["load", str(path), "--data", str(tmp_path / "data")]) == 0
    printed = capsys.readouterr().out
    assert f"members.{kind} line 3: the line has NUL characters" in printed
    assert [one.split()[-4:] for one in printed.splitlines() if one.startswith(f"members.{kind}  ")] == [
        ["3", "2", "1", "0"]
    ]


@pytest.mark.parametrize("first", ["", "sep=,\n"])
def test_lines_that_are_named_are_those_of_the_file_also_after_line_breaks_in_cells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], first: str
) -> None:
    files = {
        "members.csv": 'member_id,joined_on,motto\nP1,2015-01-05,"one\ntwo\n\nfour"\nP2,soon,x\n'
        'P3,2015-01-05,"a\r\nb"\nP4,soon,\n',
        "waves.csv": "wave_id,survey_id,opened_on\nw1,s,2015-01-01\n",
        "items.csv": "survey_id,item_id,text,kind\ns,Q1,How,text\n",
        "answers.csv": 'wave_id,respondent_id,item_id,text\nw1,P1,Q1,"a\nb\nc"\nw1,P1,QX,x\n'
        'w1,P3,Q1,"a ""b""\nc"\nw9,P3,Q1,x\nw1,P3,Q1,x,y\nw1,P3,Q1,z\n',
    }
    for name, text in files.items():
        (tmp_path / name).write_text(first + text, encoding="utf-8", newline="")
    assert main(["check", str(tmp_path), "--data", str(tmp_path / "data")]) == 0
    printed = capsys.readouterr().out
    one, two = (number + bool(first) for number in (6, 9))
    assert f"members.csv lines {one}, {two} (2 lines): joined_on" in printed
    for number, words in ((5, "item_id 'QX'"), (8, "wave_id 'w9'"), (9, "the line has more cells")):
        assert f"answers.csv line {number + bool(first)}: {words}" in printed
    twin = 6 + bool(first)
    assert f"answers.csv line {10 + bool(first)}: the same wave_id" in printed
    assert f"is in answers.csv line {twin} with other values" in printed


@pytest.mark.parametrize("text", [ZOOM_TOTALS, QUALTRICS], ids=["zoom", "qualtrics"])
def test_excels_first_line_and_nul_characters_in_a_tools_export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    path = tmp_path / "export.csv"
    counts = []
    for content in (text, "sep=,\n" + text, f"{text.rstrip()}\0\n"):
        path.write_text(content, encoding="utf-8")
        main(["check", str(path), "--survey", "s", "--data", str(tmp_path / "data")])
        printed = capsys.readouterr().out
        counts.append(next(one.split()[-4] for one in printed.splitlines() if one.startswith("export.csv  ")))
    assert len(set(counts)) == 1
    assert "the line has NUL characters" in printed


def test_empty_columns_at_the_end_do_no_harm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "members.csv"
    path.write_text("member_id,joined_on,,\nP1,2015-01-05,,\nP2,2015-01-06\nP3\n", encoding="utf-8")
    assert main(["load", str(path), "--data", str(tmp_path / "data")]) == 0
    printed = capsys.readouterr().out
    assert "members.csv line 4: the line has fewer cells than the heading" in printed
    assert [one.split()[-4:] for one in printed.splitlines() if one.startswith("members.csv  ")] == [
        ["3", "2", "1", "0"]
    ]
    path.write_text("member_id,joined_on,,\nP1,2015-01-05,,left\n", encoding="utf-8")
    assert main(["load", str(path), "--data", str(tmp_path / "data")]) == 1
    assert "members.csv has a column without a heading (number 3)" in capsys.readouterr().err
