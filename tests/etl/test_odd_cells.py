"""Ticks, totals, stand-ins for an identifier and what else people leave in the cells and below the rows of an export."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from case import BASE, MEMBERS, find
from hypothesis import given, settings
from hypothesis import strategies as st
from vendor_samples import list_rows

from etl.__main__ import main
from etl.reading.mapping import read_mappings
from etl.reading.physical.titles import skip_titles
from etl.reading.physical.workbook import write_cell
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


ATTENDANCE = "event_id,member_id,attended,minutes\nE1,P01,true,30\n"
EVENTS = "event_id,title,starts_at\nE1,Spring day,2015-03-16T09:00:00Z\n"


def make_book(folder: Path, rows: Sequence[Sequence[object]], name: str = "book.xlsx") -> bytes:
    """A workbook of one sheet with these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    book.save(folder / name)
    return (folder / name).read_bytes()


@pytest.mark.parametrize("above", ["Attendance of 2015\n\n", "Report:,Attendance\nMade on,2015-04-01\n,\n"])
def test_what_stands_above_a_heading_is_passed_over_and_said(
    above: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(tmp_path, {"events.csv": EVENTS, "came.csv": above + ATTENDANCE + "E9,P02,true,1\n"}) == 0
    printed = capsys.readouterr().out
    line = above.count("\n") + 1
    assert f"came.csv: its heading is on line {line}; what stands above it was passed over." in printed
    assert f"came.csv line {line + 2}: event_id 'E9' is not in events" in printed
    assert ask(tmp_path, "SELECT minutes FROM attendance") == [(30,)]


def test_a_sheet_with_a_title_above_its_heading_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: list[Sequence[object]] = [
        ["Came"],
        [],
        *(line.split(",") for line in ATTENDANCE.splitlines()),
        ["Total", None, None, 30],
    ]
    assert load(tmp_path, {"events.csv": EVENTS, "came.xlsx": make_book(tmp_path, rows)}) == 0
    printed = capsys.readouterr().out
    assert "came.xlsx: its heading is on line 3; what stands above it was passed over." in printed
    assert "came.xlsx line 5: member_id is missing" in printed
    assert ask(tmp_path, "SELECT minutes FROM attendance") == [(30,)]


def test_a_mapped_file_with_a_title_is_read(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(TICKS, encoding="utf-8")
    (mapping,) = read_mappings(tmp_path / "map.toml")
    text = "Our survey\n\nid,Data,Tea\n1,x,\n"
    reading = read_survey(RawFile("s.csv", Path("s.csv"), text, Options()), mapping)
    assert (reading.rows_read, reading.tables["raw_answers"].num_rows) == (1, 2)
    assert reading.warnings == ("s.csv: its heading is on line 3; what stands above it was passed over.",)


def test_a_number_of_which_a_workbook_lost_digits_is_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: list[Sequence[object]] = [
        ["member_id", "joined_on"],
        [118012345670, "2015-01-01"],
        [123456789012345678, "2015-01-01"],
    ]
    assert load(tmp_path, {"members.xlsx": make_book(tmp_path, rows)}) == 0
    assert "members.xlsx line 3: member_id '1.23456789012346E+17' was rounded" in capsys.readouterr().out


def test_durations_of_more_than_a_day_keep_their_hours() -> None:
    assert write_cell(timedelta(hours=25, minutes=5)) == "25:05:00"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n", "is a picture"),
        (b"\x1f\x8b\x08\0", "unpack it, and load the file in it"),
        (b"<table><tr>", "is a web page"),
        ({"word/document.xml": "", "_rels/.rels": ""}, "is a Word document"),
        ({"Index/Document.iwa": "", "preview.jpg": ""}, "export it as CSV or Excel"),
        ({"mimetype": "", "content.xml": ""}, "is an OpenDocument file (.ods)"),
        ({"xl/workbook.bin": ""}, "save it as .xlsx or CSV"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_the_way(
    content: bytes | dict[str, str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if isinstance(content, dict):
        with zipfile.ZipFile(tmp_path / "odd.zip", "w") as archive:
            for name, text in content.items():
                archive.writestr(name, text)
        content = (tmp_path / "odd.zip").read_bytes()
    assert load(tmp_path, {"odd.csv": content}) == 1
    assert words in capsys.readouterr().err


def test_a_workbook_that_its_reader_trips_over_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.Workbook()
    book.create_chartsheet("Chart")
    book.save(tmp_path / "chart.xlsx")
    content = (tmp_path / "chart.xlsx").read_bytes()
    assert load(tmp_path, {"chart.xlsx": content}) == 1
    assert "chart.xlsx is damaged or not an Excel workbook" in capsys.readouterr().err


@pytest.mark.parametrize(
    "heading",
    [
        "ID,Startzeit,Fertigstellungszeit,E-Mail,Name",
        "ID,Heure de début,Heure de fin,Adresse de messagerie,Nom",
        "Id.,Hora de inicio,Hora de finalización,Correo electrónico,Nombre",
        "ID,開始時刻,完了時刻,メール,名前",
    ],
)
def test_microsoft_forms_in_other_languages(heading: str, tmp_path: Path) -> None:
    row = "1,16/03/2015 09:00:00,16/03/2015 09:05:00,ada.quill@fern.example,Ada Quill,8"
    text = f"{heading},How likely are you to recommend us?\n{row}\n"
    assert load(tmp_path, {"f.csv": text}, "--survey", "att") == 0
    assert ask(tmp_path, "SELECT wave_id, value, submitted_at::VARCHAR FROM answers") == [
        ("W1", 8, "2015-03-16 09:05:00")
    ]


def test_days_that_name_their_month_are_read_in_a_table(tmp_path: Path) -> None:
    days = ["05-Mar-15", "5 mars 2015", '"Mar 5, 2015"', "2015年3月5日", "2015-03-05"]
    text = "member_id,name,joined_on\n" + "".join(f"M{number},,{day}\n" for number, day in enumerate(days))
    assert load(tmp_path, {"more.csv": text}) == 0
    assert ask(tmp_path, "SELECT count(*) FROM members WHERE joined_on = DATE '2015-03-05'") == [(5,)]


def test_a_preview_is_known_in_other_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["StartDate", "EndDate", "Status", "Progress", "Finished", "RecordedDate", "ResponseId"]
    ids = ["startDate", "endDate", "status", "progress", "finished", "recordedDate", "_recordId", "QID1"]
    third = ",".join(f'"{{""ImportId"":""{name}""}}"' for name in ids)
    day = "2015-03-16 09:05:00"
    rows = [
        f"{day},{day},{status},100,True,{day},R_{status},7" for status in ("Umfragevorschau", "IP-Adresse")
    ]
    text = "\n".join([",".join([*names, "nps"]), ",".join([*names, "nps"]), third, *rows, ""])
    assert load(tmp_path, {"q.csv": text}, "--survey", "att") == 0
    assert "q.csv line 4: a preview or a test of the survey, not a response" in capsys.readouterr().out
    assert ask(tmp_path, "SELECT value FROM answers") == [(7,)]


def test_an_option_takes_no_value_that_its_labels_do_not_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = "wave_id,respondent_id,item_id,value\nW1,x,topics,1\nW1,y,topics,0\nW1,z,topics,2\n"
    assert load(tmp_path, {"answers.csv": answers}) == 0
    assert (
        "answers.csv line 4: value 2.0 is not on the scale of item topics (0 to 1)" in capsys.readouterr().out
    )
    assert ask(tmp_path, "SELECT value FROM answers ORDER BY 1") == [(0,), (1,)]


def test_a_note_and_a_folder_in_a_folder_are_passed_over_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in" / "2014").mkdir(parents=True)
    (tmp_path / "in" / "none").mkdir()
    (tmp_path / "in" / "events.csv").write_text(EVENTS, encoding="utf-8")
    (tmp_path / "in" / "readme.txt").write_text("Exports of this year.\n", encoding="utf-8")
    (tmp_path / "in" / "2014" / "came.csv").write_text(ATTENDANCE, encoding="utf-8")
    assert main(["load", str(tmp_path / "in"), "--data", str(tmp_path / "data")]) == 0
    printed = capsys.readouterr().out
    assert "readme.txt was passed over: " in printed
    assert "2014 was passed over: it is a folder in a folder: name it beside the other." in printed
    assert "none was passed over" not in printed


@given(st.lists(st.from_regex(r"[A-Z][a-z ]{0,12}(,[0-9]{1,4})?", fullmatch=True), min_size=1, max_size=9))
@settings(max_examples=60, deadline=None)
def test_lines_below_titles_keep_their_numbers(titles: list[str]) -> None:
    whole = "\n".join([*titles, ATTENDANCE])
    text, line = skip_titles(whole, lambda head: head.startswith("event_id"))
    assert line == len(titles) + 1
    assert text.split("\n")[line - 1 :] == whole.split("\n")[line - 1 :]
    assert not text[: text.index("event_id")].strip()
    assert skip_titles(whole, lambda head: False) == (whole, 0)
