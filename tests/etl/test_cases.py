"""Situations that evaluators report, each with its files in `cases/`: what is loaded, what is set aside and what is said."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from vendor_samples import QUALTRICS, ZOOM_TOTALS

from etl.__main__ import main
from warehouse.engine import open_connection
from warehouse.release import find_release

CASES = Path(__file__).parent / "cases"
MEMBERS, ITEMS, WAVES = (f"00-base/{name}.csv" for name in ("members", "items", "waves"))
BASE = (MEMBERS, ITEMS, WAVES)


@dataclass(frozen=True)
class Case:
    """Files and arguments of a load; (read, loaded, quarantined, duplicates) of files, rows of queries, and what is printed.

    `refused` is what a load says that takes nothing.
    """

    files: Sequence[str]
    counts: Mapping[str, tuple[int, int, int, int]] = field(default_factory=dict)
    said: Sequence[str] = ()
    unsaid: Sequence[str] = ()
    found: Mapping[str, Sequence[tuple[object, ...]]] = field(default_factory=dict)
    arguments: Sequence[str] = ()
    refused: str = ""


LIMESURVEY = "SELECT wave_id, item_id, value FROM answers ORDER BY ALL"
CASE_LIST: dict[str, Case] = {
    "01 the second and third heading rows deleted": Case(
        (*BASE, "01-*/att.csv"),
        {"att.csv": (3, 3, 0, 0)},
        found={"SELECT count(DISTINCT respondent_id) FROM answers": [(3,)]},
    ),
    "12 participants": Case(
        (*BASE, "12-*/tokens.csv"),
        {"tokens.csv": (2, 2, 0, 0)},
        found={
            "SELECT disposition, reminders, invited_at::VARCHAR FROM invitations ORDER BY 1": [
                ("complete", 0, "2015-03-01 09:00:00"),
                ("non_contact", 1, "2015-03-01 09:00:00"),
            ]
        },
        arguments=["--wave", "W1"],
    ),
    "12 participants of no wave": Case(
        (*BASE, "12-*/tokens.csv"),
        refused="tokens.csv is a LimeSurvey participant table: name the wave it is of with --wave.",
    ),
    "17 SurveyMonkey without its second heading row": Case(
        ("17-*/sm.csv",),
        refused="sm.csv is a SurveyMonkey export without its second heading row",
        arguments=["--survey", "s", "--wave", "w"],
    ),
    "40 a workbook of Kumu": Case(
        (MEMBERS, WAVES, "40-*/kumu.xlsx"),
        {"kumu.xlsx": (1, 1, 0, 0)},
        ["the sheet Elements was passed over"],
        found={"SELECT strength, directed FROM ties": [(3.5, True)] * 2},
        arguments=["--wave", "W1"],
    ),
    "40 a workbook of Kumu without a day": Case(
        (MEMBERS, WAVES, "40-*/kumu.xlsx"),
        refused="name their wave with --wave, or their day with --complete-to.",
    ),
    "51 Microsoft Forms": Case(
        (MEMBERS, "51-*/resp-forms.csv"),
        {"resp-forms.csv": (3, 2, 1, 0)},
        ["resp-forms.csv line 4: no question answered"],
        found={
            "SELECT i.text, a.value, a.submitted_at::VARCHAR FROM answers a JOIN items i USING (item_id) ORDER BY 3, 1": [
                ("The community helps me.", 1, "2015-03-16 09:05:00"),
                ("The community helps me. (2)", 2, "2015-03-16 09:05:00"),
                ("Which topics interest you? [Coaching]", 1, "2015-03-16 09:05:00"),
                ("Which topics interest you? [Data]", 1, "2015-03-16 09:05:00"),
                ("The community helps me.", 1, "2015-03-16 09:07:12"),
                ("The community helps me. (2)", 4, "2015-03-16 09:07:12"),
                ("Which topics interest you? [Coaching]", 0, "2015-03-16 09:07:12"),
                ("Which topics interest you? [Data]", 1, "2015-03-16 09:07:12"),
            ]
        },
        arguments=["--survey", "mf", "--wave", "F1"],
    ),
    "51 mapped, with semicolons and two equal headings": Case(
        (MEMBERS, "51-*/resp-forms.csv", "51-*/resp-semi.csv"),
        {"resp-forms.csv": (3, 1, 2, 0), "resp-semi.csv": (1, 1, 0, 0)},
        [
            "resp-forms.csv has the column The community helps me. twice: the first was read",
            "the date of submission '42079.38' is not a date and time",
        ],
        arguments=["--mapping", "51-*/map.toml"],
    ),
    "53 Eventbrite": Case(
        (MEMBERS, "53-*/events.csv", "53-*/attendees.csv"),
        {"attendees.csv": (4, 4, 0, 0)},
        ["2 attendees share an address with another name and are known by their names"],
        found={
            "SELECT registered, attended, count(*) FROM attendance GROUP BY ALL ORDER BY ALL": [
                (False, False, 2),
                (True, False, 1),
                (True, True, 1),
            ]
        },
        arguments=["--event", "E1"],
    ),
    "53 Eventbrite of no event": Case(
        (MEMBERS, "53-*/events.csv", "53-*/attendees.csv"), refused="name the event it is of with --event."
    ),
    "53 mapped, with statuses in words": Case(
        (MEMBERS, "53-*/events.csv", "53-*/attendees.csv"),
        {"attendees.csv": (4, 0, 4, 0)},
        ["lines 2, 3, 4 and 1 other (4 lines): attended 'Checked In' is not yes or no"],
        arguments=["--mapping", "53-*/map.toml"],
    ),
    "88 Microsoft Forms with a word for a time": Case(
        (*BASE, "88-*/forms.xlsx"),
        {"forms.xlsx": (1, 0, 1, 0)},
        ["the date of submission 'y' is not a date and time"],
        arguments=["--survey", "att", "--wave", "W1"],
    ),
    "02 several choices in one cell": Case(
        (*BASE, "02-*/att.csv"),
        {"att.csv": (3, 3, 0, 0)},
        [
            "att.csv lines 5, 6, 7 (3 lines): the answer '1,2,3' is not on the scale of item topics: export several choices"
        ],
        found={"SELECT count(*) FROM answers WHERE item_id = 'topics'": [(0,)]},
    ),
    "04 preview, unfinished, -99": Case(
        (*BASE, "04-*/att.csv"),
        {"att.csv": (4, 2, 2, 0)},
        ["line 5: a preview or a test", "line 8: no question answered"],
        found={"SELECT item_id, value, text FROM answers ORDER BY 1": [("help_1", 4, None)] * 2},
    ),
    "10 N/A of questions not shown": Case(
        (*BASE, "10-*/r.csv"),
        {"r.csv": (3, 2, 1, 0)},
        ["the answer 'A4' is not on the scale", "the answer '3,5' is not on the scale of item hours"],
        found={
            "SELECT item_id, value, text FROM answers ORDER BY 1, 2": [
                ("comment", None, "line one\r\nline two"),
                ("help_1", 2, None),
                ("help_2", 4, None),
                ("hours", 4, None),
            ]
        },
    ),
    "14 one token twice": Case(
        (*BASE, "14-*/r.csv"),
        {"r.csv": (3, 2, 1, 0)},
        ["r.csv line 2: the same respondent answered again: the complete response in r.csv line 3 counts"],
        found={
            "SELECT item_id, value FROM answers ORDER BY ALL": [("help_1", 4)] * 2 + [("help_2", 5)] * 2,
        },
        arguments=["--wave", "W1"],
    ),
    "21 the host drops and comes back": Case(
        (MEMBERS, "21-*/meetings.csv"),
        {"meetings.csv": (4, 4, 0, 0)},
        ["meetings called Q clinic that followed each other within 15 minutes were read as one"],
        found={
            "SELECT count(*), min(starts_at)::VARCHAR, max(ends_at)::VARCHAR FROM events": [
                (1, "2015-03-16 09:00:00", "2015-03-16 10:00:00")
            ],
            "SELECT minutes FROM attendance": [(58,), (58,)],
        },
    ),
    "32 one title twice a day": Case(
        (MEMBERS, "32-*/morning.csv", "32-*/afternoon.csv"),
        {"morning.csv": (1, 1, 0, 0), "afternoon.csv": (2, 2, 0, 0)},
        found={
            "SELECT event_id, count(*), sum(minutes) FROM attendance GROUP BY 1 ORDER BY 1": [
                ("teams-2015-03-16-drop-in", 1, 60),
                ("teams-2015-03-16-drop-in-140000", 2, 120),
            ]
        },
    ),
    "35 a webinar with people who did not come": Case(
        (MEMBERS, "35-*/w.csv"),
        {"w.csv": (2, 2, 0, 0)},
        found={
            "SELECT registered, attended, minutes FROM attendance ORDER BY 2": [
                (True, False, None),
                (True, True, 60),
            ]
        },
    ),
    "47 two-digit years": Case(
        ("47-*/members.csv",),
        {"members.csv": (4, 3, 1, 0)},
        ["members.csv line 5: left_on is before joined_on"],
        found={
            "SELECT joined_on::VARCHAR FROM members ORDER BY 1": [
                ("1968-02-01",),
                ("1998-09-03",),
                ("1998-09-14",),
            ]
        },
    ),
    "47 bare years": Case(
        ("47-*/bare/members.csv",),
        {"members.csv": (10, 0, 10, 0)},
        ["lines 2, 3, 4 and 6 others (9 lines): joined_on '2014' is not a date (write it as 2015-09-30)"],
    ),
    "54 the zone of a mapping": Case(
        (MEMBERS, "54-*/calls.csv"),
        {"calls.csv": (2, 2, 0, 0)},
        found={
            "SELECT event_id, starts_at::VARCHAR FROM events ORDER BY 1": [
                ("C1", "2015-04-01 00:00:00"),
                ("C2", "2015-04-01 00:00:00"),
            ]
        },
        arguments=["--mapping", "54-*/map.toml"],
    ),
    "87 cut off in section 3": Case(
        (MEMBERS, "87-*/t.csv"),
        {"t.csv": (3, 3, 0, 0)},
        ["t.csv: people of section 2 who are not in section 3: 2", "seems to be cut off"],
        found={"SELECT count(*), sum(minutes) FROM attendance WHERE attended": [(3, 180)]},
    ),
    "87 section 3 empty": Case(
        (MEMBERS, "87-*/t2.csv"),
        {"t2.csv": (3, 3, 0, 0)},
        found={"SELECT count(*), sum(minutes) FROM attendance WHERE attended": [(3, 180)]},
    ),
    **{
        f"30 durations in {name}": Case(
            (MEMBERS, f"30-*/{name}.csv"), found={"SELECT round(minutes, 2) FROM attendance": [(minutes,)]}
        )
        for name, minutes in {
            **dict.fromkeys(("ar", "de", "es", "fr", "ja", "pt", "ru", "zh"), 25.5),
            **dict.fromkeys(("da", "it", "nl2"), 65.5),
            **dict.fromkeys(("de2", "sv"), 65.05),
            "nl": 20.5,
        }.items()
    },
    "70 a stray quotation mark in a table": Case(
        (MEMBERS, "70-*/events.csv", "70-*/attendance.csv"),
        {"attendance.csv": (400, 399, 1, 0)},
        ["attendance.csv line 11: a quotation mark is opened and never closed"],
        found={"SELECT count(*) FROM attendance": [(399,)]},
    ),
    "71 a stray quotation mark and a comma in mapped tables": Case(
        (MEMBERS, "71-*/events.csv", "71-*/list.csv", "71-*/comma.csv"),
        {"list.csv": (400, 399, 1, 0), "comma.csv": (4, 1, 3, 0)},
        [
            "list.csv line 11: a quotation mark is opened and never closed",
            "comma.csv lines 3, 4 (2 lines): the line has more cells than the heading",
            "comma.csv line 5: the line has fewer cells than the heading",
        ],
        arguments=["--mapping", "71-*/map.toml"],
    ),
    "77 waves without a closing day": Case(
        (MEMBERS, ITEMS, "77-*/waves.csv", "77-*/ten.csv"),
        {"ten.csv": (10, 10, 0, 0)},
        found={
            "SELECT wave_id, avg(value), count(*) FROM answers GROUP BY 1 ORDER BY 1": [
                ("W1", 2, 10),
                ("W2", 5, 10),
            ]
        },
    ),
    "77 waves that overlap": Case(
        (MEMBERS, ITEMS, "77-*/waves-overlap/waves.csv", "77-*/r.csv"),
        {"r.csv": (3, 3, 0, 0)},
        ["the waves W1 and W2 of att were open on the same days; a response of those days counts in W2"],
        found={"SELECT wave_id, count(*) FROM answers GROUP BY 1 ORDER BY 1": [("W1", 2), ("W2", 4)]},
    ),
    "79 partial, then complete in a later download": Case(
        (*BASE, "79-*/attitude-2015-03-06.csv", "79-*/attitude-2015-03-20.csv"),
        {"attitude-2015-03-06.csv": (1, 0, 1, 0), "attitude-2015-03-20.csv": (2, 2, 0, 0)},
        ["the complete response in attitude-2015-03-20.csv line 4 counts"],
        found={
            "SELECT item_id, value, count(*) FROM answers GROUP BY ALL ORDER BY ALL": [
                ("help_1", 4, 2),
                ("help_2", 5, 2),
            ]
        },
    ),
    "80 respondents who match nobody": Case(
        (*BASE, "80-*/r.csv"), {"r.csv": (3, 3, 0, 0)}, ["r.csv: 0 of 3 respondents are members"]
    ),
    "40 several people in one cell": Case(
        (MEMBERS, WAVES, "40-*/connections.csv"),
        {"connections.csv": (6, 3, 3, 0)},
        [
            "connections.csv line 3: from_member_id and to_member_id are the same",
            "connections.csv line 7: the same wave_id and from_member_id and to_member_id and relation",
        ],
        found={"SELECT count(*) FROM ties": [(4,)]},
        arguments=["--mapping", "40-*/map.toml"],
    ),
    "41 a sheet of notes": Case(
        ("41-*/members.xlsx",),
        {"members.xlsx": (1, 1, 0, 0)},
        ["members.xlsx: the sheet Notes (ignore) was passed over, because its name is in brackets"],
    ),
    "41 a hidden sheet": Case(
        ("41-*/hidden.xlsx",),
        {"hidden.xlsx": (1, 1, 0, 0)},
        ["hidden.xlsx: the hidden sheet old list was passed over"],
        found={"SELECT count(*) FROM events": [(0,)]},
    ),
    "42 two sheets of one table": Case(
        (MEMBERS, "42-*/attendance.xlsx"),
        {"attendance.xlsx": (5, 5, 0, 0)},
        found={"SELECT event_id, count(*) FROM attendance GROUP BY 1 ORDER BY 1": [("E1", 2), ("E2", 1)]},
    ),
    "43 formulas without values": Case(
        ("43-*/members.xlsx",),
        {"members.xlsx": (4, 0, 4, 0)},
        [
            "line 2: the cell D2 is a formula without a stored value: open the file in Excel and save it again",
            "lines 3, 4 (2 lines): a cell holds '#N/A', an error of a spreadsheet: correct it",
        ],
    ),
    "74 a folder with what is not read": Case(
        ("74-*/in",),
        {"members.csv": (10, 10, 0, 0)},
        [
            "Attitude_2015.zip was passed over: it is none of the known kinds of file",
            "kumu.json was passed over: it is JSON, but of no tool that is known: export it as CSV or .xlsx.",
            "old.xls was passed over: it is in Excel's old format: save it as .xlsx or CSV.",
        ],
    ),
    "74 a web page called .xls": Case(
        ("74-*/html.xls",),
        refused="html.xls is a web page, whatever its name says: open it in Excel and save it as .xlsx or CSV.",
    ),
    "74 an old workbook": Case(("74-*/in/old.xls",), refused="old.xls is in the old format of Excel (.xls)"),
    "74 an archive": Case(
        ("74-*/in/Attitude_2015.zip",),
        refused="Attitude_2015.zip is none of the known kinds of file",
    ),
    "88 Qualtrics as a workbook": Case(
        (*BASE, "88-*/attitude.xlsx"),
        {"attitude.xlsx": (1, 1, 0, 0)},
        found={"SELECT item_id, value FROM answers ORDER BY 1": [("help_1", 4), ("help_2", 4)]},
    ),
    "88 a mapped survey as a workbook": Case(
        (*BASE, "88-*/forms.xlsx"),
        {"forms.xlsx": (1, 1, 0, 0)},
        found={"SELECT item_id, value FROM answers": [("help_1", 4)]},
        arguments=["--mapping", "88-*/map.toml"],
    ),
    "88 a mapped table as a workbook": Case(
        ("88-*/list.xlsx",),
        {"list.xlsx": (1, 0, 1, 0)},
        ["list.xlsx line 2: joined_on 'x' is not a date"],
        arguments=["--mapping", "88-*/map.toml"],
    ),
    "89 only questions that are not in the codebook": Case(
        (*BASE, "89-*/r.csv"),
        {"r.csv": (3, 1, 2, 0)},
        ["r.csv lines 3, 4 (2 lines): only questions that are not in the codebook were answered"],
    ),
    "91 equal anonymous answers in two files": Case(
        (*BASE, "91-*/gf-north.csv", "91-*/gf-south.csv"),
        {"gf-north.csv": (3, 3, 0, 0), "gf-south.csv": (3, 3, 0, 0)},
        found={"SELECT count(DISTINCT respondent_id) FROM answers": [(6,)]},
        arguments=["--mapping", "91-*/map.toml"],
    ),
    "91 the same people said": Case(
        (*BASE, "91-*/gf-north.csv", "91-*/gf-south.csv"),
        {"gf-north.csv": (3, 2, 1, 0), "gf-south.csv": (3, 1, 0, 2)},
        found={"SELECT count(DISTINCT respondent_id) FROM answers": [(3,)]},
        arguments=["--mapping", "91-*/map.toml", "--same-people"],
    ),
}


def find(pattern: str) -> str:
    """The path that a pattern stands for; other arguments as they are."""
    return str(next(CASES.glob(pattern), pattern)) if "/" in pattern else pattern


@pytest.mark.parametrize("name", CASE_LIST)
def test_case(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = CASE_LIST[name]
    status = main(["load", *map(find, (*case.files, *case.arguments)), "--data", str(tmp_path)])
    printed = capsys.readouterr()
    if case.refused:
        assert (status, case.refused in printed.err) == (1, True), printed.err
        assert "Traceback" not in printed.err
        return
    assert status == 0, printed.err
    release = find_release(tmp_path)
    counts = {
        file["name"]: tuple(file[key] for key in ("read", "loaded", "quarantined", "duplicates"))
        for file in release.manifest["files"]
    }
    assert {key: counts.get(key) for key in case.counts} == case.counts, printed.out
    for words in case.said:
        assert words in printed.out
    for words in case.unsaid:
        assert words not in printed.out
    with open_connection(release.path) as connection:
        for sql, rows in case.found.items():
            assert connection.execute(sql).fetchall() == rows, sql


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
