"""Exports of meetings, networks, tables and workbooks as evaluators report them: what is loaded, set aside and said."""

from __future__ import annotations

from pathlib import Path

import pytest
from case import MEMBERS, WAVES, Case, check_case

CASE_LIST: dict[str, Case] = {
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
        {"members.csv": (10, 1, 9, 0)},
        ["lines 2, 3, 4 and 5 others (8 lines): joined_on '2014' is not a date (write it as 2015-09-30)"],
        found={"SELECT joined_on::VARCHAR FROM members": [("2014-09-12",)]},
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
    "88 a mapped table as a workbook": Case(
        ("88-*/list.xlsx",),
        {"list.xlsx": (1, 0, 1, 0)},
        ["list.xlsx line 2: joined_on 'x' is not a date"],
        arguments=["--mapping", "88-*/map.toml"],
    ),
}


@pytest.mark.parametrize("name", CASE_LIST)
def test_case(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_case(CASE_LIST[name], tmp_path, capsys)
