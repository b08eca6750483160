from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vendor_samples import (
    ZOOM_ADMIN,
    ZOOM_JOINS,
    ZOOM_LOWER,
    ZOOM_TOTALS,
    ZOOM_WEBINAR,
    list_rows,
    read_text,
)

from etl.__main__ import main
from etl.reading.types import Refused
from etl.sources.meetings import zoom
from etl.sources.meetings.zoom import choose_name


def pick(rows: list[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


def test_a_meeting_with_its_block_and_totals() -> None:
    reading = read_text(zoom, ZOOM_TOTALS)
    assert list_rows(reading, "events") == [
        {
            "line": 0,
            "event_id": "zoom-2015-07-14-community-call",
            "title": "Community call",
            "mode": "online",
            "starts_at": "2015-07-14 08:30:00",
            "ends_at": "2015-07-14 09:30:00",
        }
    ]
    assert pick(
        list_rows(reading, "attendance"), "line", "person_email", "person_name", "minutes", "first_join_at"
    ) == [
        (5, "ada@trust.example", "Ada Okoro", "60.0", ""),
        (6, "", "Ben Marsh", "53.0", ""),
        (7, "", "Cara", "41.0", ""),
    ]
    assert reading.warnings == ()


def test_joins_without_a_block_give_the_meeting_its_times_and_waiting_is_not_attending() -> None:
    reading = read_text(zoom, ZOOM_JOINS)
    assert pick(list_rows(reading, "events"), "event_id", "title", "starts_at", "ends_at") == [
        ("zoom-2015-07-14-0930", "Zoom meeting", "2015-07-14 08:30:00", "2015-07-14 09:00:00")
    ]
    assert pick(
        list_rows(reading, "attendance"), "line", "attended", "minutes", "first_join_at", "last_leave_at"
    ) == [
        (2, "true", "15.0", "2015-07-14 08:30:00", "2015-07-14 08:45:00"),
        (3, "true", "20.0", "2015-07-14 08:40:00", "2015-07-14 09:00:00"),
        (4, "false", "", "", ""),
    ]


def test_lower_case_headings() -> None:
    reading = read_text(zoom, ZOOM_LOWER)
    assert list_rows(reading, "events")[0]["event_id"] == "zoom-2015-07-14-community-call"
    assert pick(list_rows(reading, "attendance"), "person_email", "last_leave_at") == [
        ("ada@trust.example", "2015-07-14 08:45:00")
    ]


def test_the_admin_report_holds_many_meetings_and_repeats_headings() -> None:
    reading = read_text(zoom, ZOOM_ADMIN)
    assert pick(list_rows(reading, "events"), "event_id") == [
        ("zoom-2015-07-14-call-a",),
        ("zoom-2015-07-15-call-b",),
    ]
    assert pick(list_rows(reading, "attendance"), "event_id", "person_email", "person_name", "minutes") == [
        ("zoom-2015-07-14-call-a", "ada@trust.example", "Ada Okoro", "60.0"),
        ("zoom-2015-07-14-call-a", "", "Ben Marsh", "50.0"),
        ("zoom-2015-07-15-call-b", "ada@trust.example", "Ada Okoro", "10.0"),
    ]
    with pytest.raises(Refused, match="holds 2 meetings"):
        read_text(zoom, ZOOM_ADMIN, event_id="E7")


def test_meetings_of_one_title_on_one_day_are_told_apart() -> None:
    twice = (
        ZOOM_ADMIN.replace("Call B", "Call A")
        .replace("07/15/2015 09:30", "07/14/2015 02:30")
        .replace("07/15/2015 09:40", "07/14/2015 02:40")
    )
    assert pick(list_rows(read_text(zoom, twice), "events"), "event_id") == [
        ("zoom-2015-07-14-call-a~093000",),
        ("zoom-2015-07-14-call-a~023000",),
    ]


def test_a_webinar_with_no_shows() -> None:
    reading = read_text(zoom, ZOOM_WEBINAR)
    assert pick(list_rows(reading, "events"), "event_id", "starts_at", "ends_at") == [
        ("zoom-2015-07-14-q-webinar", "2015-07-14 07:30:00", "2015-07-14 08:30:00")
    ]
    assert pick(
        list_rows(reading, "attendance"), "line", "person_name", "role", "registered", "attended", "minutes"
    ) == [
        (7, "Host", "host", "", "true", "60.0"),
        (10, "Ada Okoro", "panelist", "true", "false", ""),
        (13, "Ben Marsh", "attendee", "true", "true", "10.0"),
        (14, "Cara Dow", "attendee", "true", "false", ""),
        (15, "Dai Rees", "attendee", "false", "false", ""),
    ]


def test_a_claimed_count_that_fits_neither_rows_nor_people_is_said() -> None:
    reading = read_text(zoom, ZOOM_TOTALS.replace(",60,3,", ",60,170,"))
    assert "says 170 participants, but the list has 3 rows of 3 people" in reading.warnings[0]
    assert reading.rows_read == 3


def test_a_second_list_pasted_below_is_read_by_its_own_heading_which_is_listed() -> None:
    first, *rows = ZOOM_JOINS.splitlines()
    turned = [",".join(reversed(line.split(","))) for line in (first, rows[0])]
    reading = read_text(zoom, "\n".join([first, *rows, *turned]))
    line = len(rows) + 2
    assert [(reject.line, reject.reason) for reject in reading.rejects] == [
        (line, "another heading amid the rows: those below it are read by it")
    ]
    (again,) = [row for row in list_rows(reading, "attendance") if row["line"] == line + 1]
    whole = next(row for row in list_rows(reading, "attendance") if row["line"] == 2)
    assert {**again, "line": 2} == whole
    assert reading.rows_read == len(rows) + 2


def test_a_list_without_any_time_needs_the_event() -> None:
    text = "Name (Original Name),User Email,Total Duration (Minutes),Guest\nAda Okoro,ada@trust.example,60,\n"
    with pytest.raises(Refused, match="--event"):
        read_text(zoom, text)
    reading = read_text(zoom, text, event_id="E7")
    assert pick(list_rows(reading, "attendance"), "event_id", "minutes") == [("E7", "60.0")]
    assert "events" not in reading.tables


def test_lines_that_cannot_be_taken_are_rejected() -> None:
    text = ZOOM_JOINS.replace("07/14/2015 09:40:00 AM", "later").replace("Ben Marsh,", ",")
    reading = read_text(zoom, text)
    assert [(reject.line, reject.reason) for reject in reading.rejects] == [
        (3, "the join time 'later' is not a date and time"),
        (4, "the line has neither a name nor an e-mail address"),
    ]
    broken = ZOOM_JOINS.replace(
        "\nAda Okoro,ada@trust.example,07/14/2015 09:40", '\n"Ada "O" Okoro,,07/14/2015'
    )
    assert (3, "a quotation mark is out of place") in [
        (reject.line, reject.reason) for reject in read_text(zoom, broken).rejects
    ]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Ada Okoro", "Ada Okoro"),
        ("Ada (Ada Mary O’Okoro)", "Ada Mary O’Okoro"),
        ("Eric's iPad (Clapton)", "Eric's iPad"),
        ("Ada Okoro (she/her)", "Ada Okoro"),
        ("Ada Okoro (NHS England)", "Ada Okoro"),
        ("Ada Okoro (she/her) (Guest)", "Ada Okoro"),
        ("(Ada Okoro)", "(Ada Okoro)"),
    ],
)
def test_display_and_original_names(written: str, name: str) -> None:
    assert choose_name(written) == name


NAMES = st.text(st.sampled_from("abŁ \",'-\n"), min_size=1, max_size=10).filter(
    lambda name: name.strip(' ,"\n') not in ("", "--")
)


@settings(deadline=None)
@given(
    st.lists(st.tuples(NAMES, st.integers(0, 90), st.integers(0, 90)), min_size=1, max_size=8), st.booleans()
)
def test_a_generated_report_comes_back(people: list[tuple[str, int, int]], has_block: bool) -> None:
    start = datetime(2015, 7, 14, 9, 30)

    def write(moment: datetime) -> str:
        return moment.strftime("%m/%d/%Y %I:%M:%S %p")

    out = io.StringIO()
    writer = csv.writer(out)
    if has_block:
        writer.writerow(["Meeting ID", "Topic", "Start Time", "End Time", "Participants"])
        writer.writerow(["1", "Call", write(start), write(start + timedelta(hours=3)), len(people)])
        writer.writerow([])
    writer.writerow(
        ["Name (Original Name)", "User Email", "Join Time", "Leave Time", "Duration (Minutes)", "Guest"]
    )
    for number, (name, wait, stay) in enumerate(people):
        joined = start + timedelta(minutes=wait)
        writer.writerow(
            [name, f"p{number}@x.example", write(joined), write(joined + timedelta(minutes=stay)), stay, "No"]
        )
    reading = read_text(zoom, out.getvalue())
    rows = list_rows(reading, "attendance")
    assert [(row["person_name"], float(row["minutes"])) for row in rows] == [
        (name.strip(), float(stay)) for name, _, stay in people
    ]
    assert [row["first_join_at"] for row in rows] == [
        str(start + timedelta(minutes=wait, hours=-1)) for _, wait, _ in people
    ]
    assert reading.warnings == ()


@pytest.mark.parametrize(("starts_at", "is_said"), [("12:00", False), ("18:00", True)])
def test_a_meeting_far_from_the_event_of_its_title_is_asked_about(
    starts_at: str, is_said: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    report = (
        "Topic,ID,Host,Duration (minutes),Start time,End time,Participants\n"
        "Clinic,86 1,Gwen,60,16/03/2015 09:00:00,16/03/2015 10:00:00,1\n\n"
        "Name (original name),Email,Join time,Leave time,Duration (minutes),Guest\n"
        "Ada,ada@x.example,16/03/2015 09:00:00,16/03/2015 10:00:00,60,No\n"
    )
    events = f"event_id,title,starts_at\nE1,Clinic,2015-03-16T{starts_at}:00Z\n"
    members = "member_id,email,joined_on\nM1,ada@x.example,2015-01-05\n"
    for name, text in {"z": report, "events": events, "members": members}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    assert main(["load", str(folder), "--data", str(tmp_path / "data")]) == 0
    said = "z.csv: the meeting Clinic of 09:00 was taken for the event E1, which is at 18:00 on that day"
    assert (said in capsys.readouterr().out) is is_said
