"""What may mean two things, or that nobody sees: zones in words, shared addresses, hidden rows, files that are the same."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from case import ITEMS, MEMBERS, WAVES, find
from test_odd_cells import ask, load

from etl.__main__ import main
from etl.reading.mapping import read_mappings
from etl.reading.physical.titles import skip_titles

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
    assert "Their lines in the members list: 2 and 3." in printed
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
        assert "take out what is not meant. Hidden columns: profession." in printed
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


def test_marks_that_nobody_sees_make_no_other_spelling(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    members = "member_id,name,joined_on,region\nM1\u200b,Ann\u00a0Lee,2015-01-05,North\u00a0West\nM2,Bo Kay,2015-01-05,North West\n007,Jay,2015-01-05,\n7,Jay,2015-01-05,\n"
    came = "\ufeffevent_id,member_id,attended,minutes\nE1,M1,true,30\n\ufeffE1,\u200fP01,true,5\nE2\u2060,Ｐ02,true,1\n"
    answers = (
        "wave_id,respondent_id,item_id,value\nW1,x\u200b,nps,8\nW1,x,help_1,4\nW1,p02,nps,1\nW1,07.0,nps,3\n"
    )
    forms = (
        "ID,Start time,Completion time,Email,Name,I get answers here.\n"
        "1,3/16/15 9:00:00,3/16/15 9:05:00,,,Strongly\u00a0agree\n2,3/16/15 9:00:00,3/16/15 9:05:00,,,\u200fAgree\n"
    )
    files = {
        "more.csv": members,
        "events.csv": EVENTS,
        "came.csv": came,
        "answers.csv": answers,
        "f.csv": forms,
    }
    assert load(tmp_path, files, "--survey", "att") == 0
    printed = capsys.readouterr().out
    assert "came.csv line 4: member_id is not in the members list" in printed
    assert "answers.csv: 2 respondents are called as a member is but for capitals, leading zeros" in printed
    assert ask(tmp_path, "SELECT count(DISTINCT region) FROM members WHERE region LIKE 'North%West'") == [
        (1,)
    ]
    assert ask(tmp_path, "SELECT count(*), sum(minutes) FROM attendance") == [(2, 35)]
    assert ask(tmp_path, "SELECT count(*), count(DISTINCT respondent_id) FROM answers") == [(6, 5)]
    assert "1 member_id differs from another in capitals, leading zeros or a .0 behind it only" in printed
    assert ask(tmp_path, "SELECT value FROM answers WHERE item_id = 'help_2' ORDER BY 1") == [(4,), (5,)]


def test_marks_that_nobody_sees_are_none_in_parquet_and_spss_either(tmp_path: Path) -> None:
    rows = pd.DataFrame({"member_id": ["p8", "p9"], "joined_on": ["2015-01-05"] * 2})
    rows.assign(region=["South\u00a0East", "South East"]).to_parquet(tmp_path / "more.parquet")
    answers = pd.DataFrame({"ResponseId": ["R1\u200b", "R2"], "where": ["Leeds\u00a0city", "Leeds city"]})
    pyreadstat.write_sav(answers, str(tmp_path / "where.sav"), column_labels=["", "Where?\u200b"])
    files = [str(tmp_path / "more.parquet"), str(tmp_path / "where.sav")]
    assert load(tmp_path, {}, *files, "--survey", "own", "--wave", "own", "--complete-to", "2015-03-01") == 0
    assert ask(tmp_path, "SELECT DISTINCT region FROM members WHERE region LIKE 'South_East'") == [
        ("South East",)
    ]
    assert ask(tmp_path, "SELECT DISTINCT text FROM answers WHERE text LIKE 'Leeds%'") == [("Leeds city",)]
    assert ask(tmp_path, "SELECT text FROM items WHERE survey_id = 'own'") == [("Where?",)]


def test_a_mapping_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text('[[file]]\nname = "a.csv"\ntable = "ties"\n', encoding="utf-8-sig")
    assert read_mappings(tmp_path / "map.toml")[0].table == "ties"


def test_a_leave_in_the_hour_that_occurs_twice_is_the_one_that_the_minutes_mean(tmp_path: Path) -> None:
    heading = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\n"
    times = [
        ("24/10/2015 23:30:00", "01:30:00", 180),
        ("25/10/2015 01:40:00", "01:20:00", 40),
        ("25/10/2015 01:10:00", "01:30:00", 20),
    ]
    rows = "".join(
        f"P{n},p{n}@x.example,{join},25/10/2015 {left},{m},No\n" for n, (join, left, m) in enumerate(times)
    )
    members = "member_id,name,email,joined_on\n" + "".join(
        f"M{n},,p{n}@x.example,2015-01-05\n" for n in range(3)
    )
    assert (
        load(tmp_path, {"more.csv": members, "events.csv": EVENTS, "z.csv": heading + rows}, "--event", "E1")
        == 0
    )
    found = ask(tmp_path, "SELECT minutes, last_leave_at::VARCHAR FROM attendance ORDER BY 1")
    assert found == [(20, "2015-10-25 00:30:00"), (40, "2015-10-25 01:20:00"), (180, "2015-10-25 01:30:00")]


def test_an_hour_that_clocks_leave_out_is_asked_about_and_an_end_that_occurs_twice_is_after_whoever_was_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = (
        "1. Summary\nMeeting title\tClinic\nStart time\t{day} 00:30:00\nEnd time\t{day} {end}\nMeeting duration\t2h\n\n"
        "2. Participants\nName\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole\n"
        "P0\t{day} 00:30:00\t{day} {end}\t2h\tp0@x.example\tp0@x.example\tPresenter\n"
        "P1\t{day} 01:15:00\t{day} {end}\t5m\tp1@x.example\tp1@x.example\tAttendee\n"
    )
    members = "member_id,email,joined_on\nM0,p0@x.example,2015-01-05\nM1,p1@x.example,2015-01-05\n"
    spring, autumn = (
        report.format(day=day, end=end)
        for day, end in (("29/03/2015", "03:30:00"), ("25/10/2015", "01:30:00"))
    )
    files = {"more.csv": members, "spring.csv": spring, "autumn.csv": autumn}
    assert load(tmp_path, files, "--date-order", "dmy") == 0
    assert (
        "spring.csv line 10: the join time '29/03/2015 01:15:00' is in the hour that clocks in Europe/London leave out: say with --zone"
        in capsys.readouterr().out
    )
    assert ask(tmp_path, "SELECT ends_at::VARCHAR FROM events WHERE event_id LIKE 'teams%' ORDER BY 1") == [
        ("2015-03-29 02:30:00",),
        ("2015-10-25 01:30:00",),
    ]


def test_rows_above_a_heading_that_stands_again_are_no_titles() -> None:
    rows = "who,E1,E2\nAda,1,0\nwho,E1,E2\nBen,0,1\n"
    assert skip_titles(rows, lambda head: head.startswith("who") and head.count("who") == 1) == (rows, 0)
    titled = '"Spring, summer, autumn, and all of the year"\nwho,E1,E2\n'
    assert skip_titles(titled, lambda head: head.startswith("who"))[1] == 2
