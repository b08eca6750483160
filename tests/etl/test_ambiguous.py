"""What may mean two things, or that nobody sees: zones in words, shared addresses, hidden rows, files that are the same."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from case import ITEMS, MEMBERS, WAVES, find
from test_odd_cells import ask, load

from etl.__main__ import main

EVENTS = "event_id,title,starts_at\nE1,Spring day,2015-03-16T09:00:00Z\nE2,Summer day,2015-07-16T09:00:00Z\n"
SHARED = "member_id,name,email,joined_on\nM1,Ann Lee,desk@fern.example,2015-01-05\nM2,Bo Kay,Desk@fern.example,2015-01-05\n"


def test_a_zone_in_words_is_that_of_exports_or_is_asked_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zones = {"BST": 9, "EST": 15, "EDT": 14, "UTC": 10, "Europe/London": 9, "GMT+1": 9}
    rows = "".join(f"P01,2015-07-14 10:00:00.5 {zone},call\n" for zone in zones)
    aside = "".join(f"P01,2015-07-14 10:00 {zone},call\n" for zone in ("IST", "CST", "AST", "ist"))
    assert (
        load(tmp_path, {"calls.csv": f"member_id,at,kind\nP01,2015-07-14T10:30:00Z,call\n{rows}{aside}"}) == 0
    )
    printed = capsys.readouterr().out
    assert (
        "calls.csv lines 9, 10, 11 and 1 other (4 lines): at '2015-07-14 10:00 IST' is not a time of one zone"
        in printed
    )
    assert "(write it as 2015-09-30 14:00+01:00)" in printed
    found = {row[0] for row in ask(tmp_path, 'SELECT "at"::VARCHAR FROM activities')}
    assert found == {"2015-07-14 10:30:00", *(f"2015-07-14 {hour:02}:00:00" for hour in zones.values())}


def test_an_address_of_two_members_is_nobody_alone_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = (
        "wave_id,respondent_id,item_id,value\nW1,desk@fern.example,nps,1\nW1,DESK@fern.example,nps,2\n"
        "W1,New@fern.example,nps,8\nW1,new@fern.example,help_1,4\n"
    )
    came = "event_id,person_email,person_name,attended\nE1,desk@fern.example,Bo Kay,true\nE1,desk@fern.example,,true\n"
    asked = "wave_id,member_id\nW1,desk@fern.example\n"
    files = {
        "more.csv": SHARED,
        "events.csv": EVENTS,
        "answers.csv": answers,
        "came.csv": came,
        "asked.csv": asked,
    }
    assert load(tmp_path, files) == 0
    printed = capsys.readouterr().out
    for place in ("answers.csv lines 2, 3 (2 lines)", "came.csv line 3", "asked.csv line 2"):
        assert f"{place}: more than one member has this identifier, address or name" in printed
    assert "1 e-mail address is that of more than one member: whoever a file names by it alone" in printed
    assert "0 failed" in printed
    assert "desk@" not in printed
    assert ask(tmp_path, "SELECT count(*), count(DISTINCT respondent_id) FROM answers") == [(2, 1)]
    assert ask(tmp_path, "SELECT count(*) FROM attendance") == [(1,)]


def test_what_is_hidden_or_merged_in_a_sheet_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["member_id", "joined_on", "region", "profession"])
    for number in range(4):
        sheet.append([f"M{number}", "2015-01-05", None if number == 1 else "North", "Nurse"])
    for line in (3, 5, 40):
        sheet.row_dimensions[line].hidden = True
    sheet.column_dimensions["D"].hidden = True
    sheet.merge_cells("C2:C3")
    book.save(tmp_path / "m.xlsx")
    (tmp_path / "map.toml").write_text(
        '[[file]]\nname = "m.xlsx"\ntable = "members"\n[file.columns]\nmember_id = "member_id"\njoined_on = "joined_on"\n',
        encoding="utf-8",
    )
    for mapping in ([], ["--mapping", str(tmp_path / "map.toml")]):
        assert main(["check", str(tmp_path / "m.xlsx"), *mapping, "--data", str(tmp_path / "data")]) == 0
        printed = capsys.readouterr().out
        assert "m.xlsx, sheet Sheet: 2 rows and 1 column, hidden by a filter or by hand, were read" in printed
        assert "1 cell is merged over several rows, of which only the first has the value" in printed


def test_the_same_content_of_two_events_is_two_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "Order #,First Name,Last Name,Email,Attendee Status\n1,Ada,Quill,ada.quill@fern.example,Checked In\n"
    )
    (tmp_path / "events.csv").write_text(EVENTS, encoding="utf-8")
    for name in ("spring", "summer", "copy"):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    base = [find(path) for path in (MEMBERS, ITEMS, WAVES)]
    given = [([*base, "events.csv", "spring.csv"], "E1"), (["summer.csv"], "E2"), (["copy.csv"], "E2")]
    for names, event in given:
        paths = [name if "/" in name else str(tmp_path / name) for name in names]
        assert main(["load", *paths, "--event", event, "--data", str(tmp_path / "data")]) == 0
    assert ask(tmp_path, "SELECT event_id FROM attendance ORDER BY 1") == [("E1",), ("E2",)]
    assert (
        main(["check", str(tmp_path / "summer.csv"), "--event", "E2", "--data", str(tmp_path / "data")]) == 0
    )
    capsys.readouterr()
    both = [str(tmp_path / "spring.csv"), str(tmp_path / "copy.csv")]
    assert main(["load", *both, "--event", "E1", "--data", str(tmp_path / "data")]) == 0
    assert "spring.csv is the same file as copy.csv, and is read once." in capsys.readouterr().out
