"""Reasons and sentences of a load that say what is the matter, and what settles it."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.__main__ import main
from tests.etl.case import BASE, Case, check_case

EVENTS = "event_id,title,starts_at\nE1,Spring day,2015-03-16T09:00:00Z\n"
JOINED = "SELECT joined_on::VARCHAR FROM members ORDER BY joined_on DESC LIMIT 1"
FILES = {
    "members.csv": "member_id,joined_on,left_on\nM1,42399,\nM2,07/01/2015,\nM3,2015-01-05,9999-12-31\nM4,2015-01-05,\nM5,1015-01-05,\n",
    "monkey.csv": "Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,First Name,Last Name,Custom Data 1,The community helps me.,"
    "Which topics interest you?,\n,,,,,,,,,Response,Data,Coaching\n"
    "1.18E+11,1,03/16/2015 01:02:03 PM,03/16/2015 01:05:03 PM,1.1.1.1,,,,,Agree,Data,\n",
    "lime.csv": '"id. Response ID","submitdate. Date submitted","lastpage. Last page","startlanguage. Start language","seed. Seed",'
    '"help_1. The community helps me."\n"1","2015-03-16 09:05:00","2","en","77","Agree"\n"2","","1","en","78","Agree"\n',
    "attendees.csv": "Order ID,Order date,Attendee first name,Attendee last name,Attendee email,Buyer email,Attendee status\n"
    "111,2015-03-01 10:00:00,Ada,Quill,ada.quill@fern.example,x@y.example,Checked In\n",
    "teams.csv": "1. Summary\nMeeting title\tKlinik\nAttended participants\t1\nStart time\t16/3/2558 21:00:00\nEnd time\t16/3/2558 22:05:00\n\n"
    "2. Participants\nName\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole\n"
    "Ada Quill\t16/3/2558 21:00:00\t16/3/2558 22:05:00\t1h 5m\tada.quill@fern.example\t\tAttendee\n",
}
CASES = {
    "members.csv": Case(
        (),
        {"members.csv": (5, 2, 3, 0)},
        [
            "(for example 07/01/2015): say which with --date-order dmy or --date-order mdy. Until then the lines of such dates are set aside.",
            "members.csv has days as a spreadsheet counts them, such as 42399, which was read as 2016-01-30.",
            "line 4: left_on '9999-12-31' is not between 1700 and 2100: leave left_on empty where there is no end",
            "line 6: joined_on '1015-01-05' is not between 1700 and 2100",
        ],
        found={JOINED: [("2016-01-30",)]},
    ),
    "monkey.csv": Case(
        BASE,
        {"monkey.csv": (1, 0, 1, 0)},
        ["monkey.csv line 3: the identifier '1.18E+11' was rounded by a spreadsheet: export again"],
    ),
    "lime.csv": Case(
        BASE,
        {"lime.csv": (2, 1, 1, 0)},
        ["line 3: the day of submission is missing, by which the wave is found: name the wave with --wave"],
    ),
    "attendees.csv": Case(
        BASE, {"attendees.csv": (1, 1, 0, 0)}, unsaid=["neither a name"], arguments=["--event", "E1"]
    ),
    "teams.csv": Case(BASE, said=["teams.csv: starts_at '2558-03-16 "], unsaid=["line 0"]),
}


@pytest.mark.parametrize("name", CASES)
def test_a_load_says_what_is_the_matter(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    case = CASES[name]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_text(FILES[name], encoding="utf-8")
    if "--event" in case.arguments:
        (tmp_path / "in" / "events.csv").write_text(EVENTS, encoding="utf-8")
    given = Case(
        (*case.files, "in"),
        case.counts,
        case.said,
        case.unsaid,
        case.found,
        case.arguments,
        case.refused,
    )
    check_case(given, tmp_path / "data", capsys)


def test_an_order_that_is_given_settles_the_dates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "members.csv").write_text(FILES["members.csv"], encoding="utf-8")
    arguments = [str(tmp_path / "members.csv"), "--date-order", "dmy", "--data", str(tmp_path / "data")]
    assert main(["load", *arguments]) == 0
    printed = capsys.readouterr().out
    assert "07/01/2015" not in printed
    assert "--date-order" not in printed
