"""Lists of people and ties (Eventbrite, LimeSurvey participants, Kumu) and Microsoft Forms: what each line becomes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from vendor_samples import EVENTBRITE, KUMU, MICROSOFT_FORMS, PARTICIPANTS, list_rows, read_text

from etl.load import load_paths
from etl.reading.types import Refused
from etl.sources.lists import eventbrite, kumu, matrix, participants
from etl.sources.surveys import microsoft_forms
from tests.released import list_rows as list_released


def test_a_ticket_says_who_came_and_a_shared_address_whose_it_is_not() -> None:
    reading = read_text(eventbrite, EVENTBRITE, event_id="E1")
    assert [
        (row["line"], row["person_email"], row["person_name"], row["registered"], row["attended"])
        for row in list_rows(reading, "attendance")
    ] == [(2, "", "Ada Okoro", "true", "true"), (3, "", "Ben Marsh", "true", "false")]
    assert [(one.line, one.reason) for one in reading.rejects] == [
        (4, "the attendee status 'Sold' is none of Eventbrite's")
    ]
    assert "2 attendees share an address" in reading.warnings[0]


def test_where_nobody_is_checked_in_it_is_said() -> None:
    reading = read_text(eventbrite, EVENTBRITE.replace("Checked In", "Attending"), event_id="E1")
    assert "nobody is checked in" in reading.warnings[0]


def test_participants_are_invitations_with_their_dispositions() -> None:
    reading = read_text(participants, PARTICIPANTS, wave_id="w1")
    assert [
        (row["person_external"], row["invited_at"], row["reminders"], row["disposition"])
        for row in list_rows(reading, "invitations")
    ] == [("aaa", "2015-07-01 08:00:00", "0", "complete"), ("bbb", "2015-07-01 08:00:00", "1", "refused")]
    assert [(one.line, one.reason) for one in reading.rejects] == [(4, "not invited yet")]


def test_connections_are_ties_to_each_of_several() -> None:
    reading = read_text(kumu, KUMU, complete_to=date(2015, 7, 14))
    assert list_rows(reading, "ties")[1] == {
        "line": 2,
        "observed_on": "2015-07-14",
        "from_member_id": "Ada Okoro",
        "to_member_id": "Cara",
        "relation": "advice",
        "strength": "3.5",
        "directed": "true",
    }
    assert [(one.line, one.reason) for one in reading.rejects] == [
        (3, "the line has no From or no To"),
        (4, "the direction 'sideways' is none of Kumu's"),
    ]


@pytest.mark.parametrize(
    ("source", "text", "option"),
    [
        (eventbrite, EVENTBRITE, "--event"),
        (participants, PARTICIPANTS, "--wave"),
        (kumu, KUMU, "--complete-to"),
    ],
)
def test_what_a_list_does_not_say_is_asked_for(source: object, text: str, option: str) -> None:
    with pytest.raises(Refused, match=option):
        read_text(source, text)  # type: ignore[arg-type]


def test_forms_split_choices_read_serial_times_and_leave_anonymous_people_so() -> None:
    reading = read_text(microsoft_forms, MICROSOFT_FORMS)
    assert [
        (row["line"], row["person_email"], row["item_id"], row["answer"], row["submitted_at"])
        for row in list_rows(reading, "raw_answers")
    ] == [
        (2, "", "q01", "5", "2015-07-14 08:05:00"),
        (2, "", "q02_01", "Coaching", "2015-07-14 08:05:00"),
        (2, "", "q02_02", "Data", "2015-07-14 08:05:00"),
        (3, "ada@trust.example", "q01", "4", "2015-07-14 08:07:12"),
        (3, "ada@trust.example", "q02_01", "Not chosen", "2015-07-14 08:07:12"),
        (3, "ada@trust.example", "q02_02", "Data", "2015-07-14 08:07:12"),
    ]
    assert [(item.item_id, item.kind) for item in reading.items] == [
        ("q01", "number"),
        ("q02_01", "multiple"),
        ("q02_02", "multiple"),
    ]


@pytest.mark.parametrize(
    ("text", "first", "rejected"),
    [
        ("Member,E1,E2,Total\nAda,1,0,1\nBen,1,1,2\nTotal,2,1,3\n", "Ada", [(4, matrix.SUMMED)]),
        ("Name,Email,E1,E2\nAda,ada@x.example,1,0\nBen,ben@x.example,1,1\n", "ada@x.example", []),
        ("id,E1,E2\nP1,1,0\nP2,1,1\nP3,n/a,\n", "P1", [(4, "the row has no visit")]),
    ],
)
def test_totals_and_cells_without_a_word_do_not_make_a_matrix_unknown(
    text: str, first: str, rejected: list[tuple[int, str]]
) -> None:
    reading = read_text(matrix, text)
    rows = list_rows(reading, "attendance")
    assert [(row["event_id"], row["attended"]) for row in rows] == [
        ("E1", "true"),
        ("E2", "false"),
        ("E1", "true"),
        ("E2", "true"),
    ]
    assert rows[0]["member_id"] == first
    assert [(one.line, one.reason) for one in reading.rejects] == rejected


def test_members_of_a_matrix_by_events_are_met_by_name_and_by_address(tmp_path: Path) -> None:
    for name, text in {
        "members": "member_id,name,email,joined_on\nM1,Ada Quill,ada@x.example,2015-01-05\nM2,Ben Osei,,2015-01-05\n",
        "events": "event_id,title,starts_at\nE1,One,2015-03-16\nE2,Two,2015-03-17\n",
        "came": "Name,E1,E2\nada@x.example,1,0\nBen Osei,1,1\n",
    }.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    release = load_paths([tmp_path], tmp_path / "data").release
    assert [row[3] for row in list_released(release.path, "attendance")].count(True) == 3


@pytest.mark.parametrize(
    ("cells", "is_said"), [(",,1,1\nP2,,,1\nP3,,,", True), (",,1,1\nP2,1,,1\nP3,,,", False)]
)
def test_a_matrix_with_one_side_only_is_asked_about(cells: str, is_said: bool) -> None:
    reading = read_text(matrix, f",P1,P2,P3\nP1{cells}\n", wave_id="W1")
    assert any("one side of the diagonal" in words for words in reading.warnings) is is_said


_DATED = """Order #,First Name,Surname,Email,Attendee Status,Event Name,Event Start Date
1,Ada,Okoro,ada@trust.example,Checked In,Spring day,10/04/2025 10:00
2,Ben,Marsh,ben@trust.example,Attending,Spring day,10/04/2025 10:00
3,Cara,Dale,cara@trust.example,Checked In,Autumn day,18/09/2025 14:00
4,Dan,Ek,dan@trust.example,Checked In,,
"""


def test_an_attendee_list_says_itself_of_which_events_it_is() -> None:
    reading = read_text(eventbrite, _DATED)
    spring, autumn = "eventbrite-2025-04-10-spring-day", "eventbrite-2025-09-18-autumn-day"
    assert [tuple(row.values()) for row in list_rows(reading, "events")] == [
        (0, spring, "Spring day", "2025-04-10 09:00:00"),
        (0, autumn, "Autumn day", "2025-09-18 13:00:00"),
    ]
    assert [row["event_id"] for row in list_rows(reading, "attendance")] == [spring, spring, autumn]
    assert [one.line for one in reading.rejects] == [5]
    named = read_text(eventbrite, _DATED, event_id="E1")
    assert "events" not in named.tables
    assert {row["event_id"] for row in list_rows(named, "attendance")} == {"E1"}


def test_an_attendee_list_of_no_event_asks_for_it() -> None:
    with pytest.raises(Refused, match="Event Name and Event Start Date"):
        read_text(eventbrite, EVENTBRITE)
    with pytest.raises(Refused, match="'soon' is not a date and time"):
        read_text(eventbrite, _DATED.replace("10/04/2025 10:00", "soon"))
    with pytest.raises(Refused, match="--date-order"):
        read_text(eventbrite, _DATED.replace("18/09/2025 14:00", ""))


def test_the_days_of_orders_show_the_order_of_day_and_month() -> None:
    ordered = (
        _DATED.replace("18/09/2025 14:00", "")
        .replace("Order #,", "Order #,Order Date,")
        .replace("1,Ada", "1,28/02/2025,Ada")
    )
    reading = read_text(
        eventbrite, ordered.replace("2,Ben", "2,,Ben").replace("3,Cara", "3,,Cara").replace("4,Dan", "4,,Dan")
    )
    assert [row["starts_at"] for row in list_rows(reading, "events")] == ["2025-04-10 09:00:00"]
