from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vendor_samples import (
    TEAMS_ACTIONS,
    TEAMS_COMMA,
    TEAMS_NUMBERED,
    TEAMS_OLDER,
    TEAMS_POLISH,
    list_rows,
    read_text,
)

from etl.reading.types import Refused
from etl.sources.meetings import teams


def pick(rows: list[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


def test_one_row_a_join_and_one_event() -> None:
    reading = read_text(teams, TEAMS_NUMBERED)
    assert list_rows(reading, "events") == [
        {
            "line": 0,
            "event_id": "teams-2015-07-14-q-design-event-1",
            "title": "Q design event 1",
            "mode": "online",
            "starts_at": "2015-07-14 08:30:00",
            "ends_at": "2015-07-14 10:00:00",
        }
    ]
    rows = list_rows(reading, "attendance")
    assert pick(rows, "line", "person_name", "first_join_at", "last_leave_at") == [
        (17, "Okoro, Ada (EXT)", "2015-07-14 08:30:00", "2015-07-14 09:00:00"),
        (18, "Okoro, Ada (EXT)", "2015-07-14 09:10:00", "2015-07-14 09:55:00"),
        (19, "Ben Marsh", "2015-07-14 08:40:00", "2015-07-14 09:00:07"),
        (20, "Cara", "2015-07-14 08:30:00", "2015-07-14 09:35:05"),
    ]
    assert [float(row["minutes"]) * 60 for row in rows] == pytest.approx([1800, 2700, 1207, 3905], abs=0.01)
    assert pick(rows[:1], "person_email", "person_upn", "role", "attended", "registered") == [
        ("ada@trust.example", "ada.okoro@trust.example", "Organizer", "true", "")
    ]
    assert {row["event_id"] for row in rows} == {"teams-2015-07-14-q-design-event-1"}
    assert reading.rows_read == 4
    assert reading.warnings == ()


def test_headings_and_units_of_another_language() -> None:
    reading = read_text(teams, TEAMS_POLISH)
    row = list_rows(reading, "attendance")[0]
    assert (row["person_name"], row["person_email"], row["role"]) == (
        "Ewa Łęcka",
        "ewa@trust.example",
        "Prezenter",
    )
    assert float(row["minutes"]) == pytest.approx(72.75)
    assert list_rows(reading, "events")[0]["event_id"] == "teams-2015-07-14-spotkanie-q"
    assert reading.warnings == ()


def test_a_total_without_joins_stands_although_it_has_gaps() -> None:
    reading = read_text(teams, TEAMS_COMMA)
    row = list_rows(reading, "attendance")[0]
    assert row["person_name"] == "Okoro, Ada"
    assert float(row["minutes"]) == pytest.approx(180 + 26 / 60)
    assert (row["first_join_at"], row["last_leave_at"]) == ("2015-07-14 08:30:00", "")
    assert list_rows(reading, "events")[0]["event_id"] == "teams-2015-07-14-design-part-2"


def test_the_older_report() -> None:
    reading = read_text(teams, TEAMS_OLDER)
    assert pick(list_rows(reading, "attendance"), "line", "person_upn", "last_leave_at") == [
        (9, "ada@trust.example", "2015-07-14 08:59:22"),
        (10, "ben@charity.example", "2015-07-14 08:32:00"),
    ]
    assert list_rows(reading, "events")[0]["title"] == "Community call"
    assert reading.warnings == ()


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_joined_and_left_become_intervals(delimiter: str) -> None:
    text = "\n".join(
        delimiter.join(f'"{cell}"' if "," in cell else cell for cell in line.split("\t"))
        for line in TEAMS_ACTIONS.splitlines()
    )
    reading = read_text(teams, text)
    assert pick(
        list_rows(reading, "attendance"), "line", "person_name", "first_join_at", "last_leave_at", "minutes"
    ) == [
        (2, "Ada Okoro", "2015-07-14 08:30:00", "", ""),
        (3, "Ben Marsh", "2015-07-14 08:31:00", "2015-07-14 08:41:00", "10.0"),
        (5, "Ben Marsh", "2015-07-14 08:45:00", "2015-07-14 08:50:30", "5.5"),
    ]
    assert [(reject.line, reject.reason) for reject in reading.rejects] == [
        (7, "the person left without having joined")
    ]
    assert list_rows(reading, "events")[0]["event_id"] == "teams-2015-07-14-0930"
    assert "had left: 1." in " ".join(reading.warnings)


def test_a_named_event_needs_no_row_of_its_own() -> None:
    reading = read_text(teams, TEAMS_NUMBERED, event_id="E7")
    assert "events" not in reading.tables
    assert {row["event_id"] for row in list_rows(reading, "attendance")} == {"E7"}


def test_differing_totals_and_counts_are_said_without_names() -> None:
    text = TEAMS_NUMBERED.replace("1h 15m\t", "1h 16m\t").replace("participants\t3", "participants\t30")
    warnings = read_text(teams, text).warnings
    assert "(line 11)" in warnings[0]
    assert "says that 30 people took part, but lists 3" in warnings[1]
    assert "Okoro" not in " ".join(warnings)


def test_a_second_a_join_is_no_difference() -> None:
    assert read_text(teams, TEAMS_NUMBERED.replace("1h 15m\t", "1h 15m 2s\t")).warnings == ()
    assert len(read_text(teams, TEAMS_NUMBERED.replace("1h 15m\t", "1h 15m 3s\t")).warnings) == 1


def test_unreadable_lines_are_rejected_and_the_rest_is_read() -> None:
    text = TEAMS_NUMBERED.replace("14/07/15, 10:10:00", "soon").replace(
        "Cara\t14/07/15, 09:30:00\t14/07/15, 10:35:05\t1h 5m 5s\t\tP",
        "\t14/07/15, 09:30:00\t14/07/15, 10:35:05\t1h 5m 5s\t\tP",
    )
    reading = read_text(teams, text)
    assert [(reject.line, reject.reason) for reject in reading.rejects] == [
        (18, "the join time 'soon' is not a date and time"),
        (20, "the line has neither a name nor an e-mail address"),
    ]
    assert [row["line"] for row in list_rows(reading, "attendance")] == [13, 17, 19]
    assert "people of section 2 who are not in section 3: 1" in " ".join(reading.warnings)


def test_a_day_that_could_be_a_month_is_refused_until_said() -> None:
    text = TEAMS_NUMBERED.replace("14/07/15", "04/07/15")
    with pytest.raises(Refused, match="--date-order dmy or --date-order mdy"):
        read_text(teams, text)
    event = list_rows(read_text(teams, text, date_order="mdy"), "events")[0]
    assert event["starts_at"] == "2015-04-07 08:30:00"
    titled = text.replace("Q design event 1", "13/12/2015 planning")
    with pytest.raises(Refused, match="04/07/15"):
        read_text(teams, titled)


NAMES = st.text(st.sampled_from("abcß Ł'-,()"), min_size=1, max_size=12).filter(
    lambda name: name.strip(" ,'")
)
JOINS = st.lists(st.tuples(NAMES, st.integers(0, 3000), st.integers(0, 3000)), min_size=1, max_size=8)


@settings(deadline=None)
@given(JOINS, st.sampled_from(["\t", ";"]), st.sampled_from(["\n", "\r\n"]))
def test_a_generated_report_comes_back(joins: list[tuple[str, int, int]], delimiter: str, end: str) -> None:
    start = datetime(2015, 7, 14, 9, 30)

    def write(moment: datetime) -> str:
        return moment.strftime("%d/%m/%Y, %H:%M:%S")

    lines = [["1. Summary"], ["Meeting title", "Call"], ["Start time", write(start)], ["2. Participants"]]
    heading = [
        "Name",
        "First join",
        "Last leave",
        "In-meeting duration",
        "Email",
        "Participant ID (UPN)",
        "Role",
    ]
    lines += [heading, ["3. In-Meeting activities"], [*heading[:5], "Role"]]
    lines[-1][1:4] = ["Join time", "Leave time", "Duration"]
    truth = []
    for number, (name, wait, stay) in enumerate(joins):
        joined = start + timedelta(seconds=wait)
        left = joined + timedelta(seconds=stay)
        lines.append(
            [name, write(joined), write(left), f"{stay // 60}m {stay % 60}s", f"p{number}@x.example", "A"]
        )
        truth.append((name.strip(), joined - timedelta(hours=1), left - timedelta(hours=1), stay))
    reading = read_text(teams, end.join(delimiter.join(line) for line in lines) + end)
    found = [
        (
            row["person_name"],
            datetime.fromisoformat(row["first_join_at"]),
            datetime.fromisoformat(row["last_leave_at"]),
            round(float(row["minutes"]) * 60),
        )
        for row in list_rows(reading, "attendance")
    ]
    assert found == truth


TEAMS_GERMAN = """1. Zusammenfassung
Titel\tKlinik
Teilnehmer\t2
Startzeit\t16.03.2015, 09:00:00
Endzeit\t16.03.2015, 11:00:00

2. Teilnehmer
Name\tErster Beitritt\tLetztes Verlassen\tDauer der Besprechung\tMail-Anschrift\tTeilnehmer-ID (UPN)\tRolle
Ada Okoro\t16.03.2015, 09:00:00\t16.03.2015, 11:00:00\t1 Std. 5 Min.\tada@trust.example\t\tOrganisator
Ben Marsh\t16.03.2015, 09:00:00\t16.03.2015, 11:00:00\t1 ora e mezza\tben@charity.example\t\tReferent
"""


def test_where_some_headings_are_known_the_others_are_in_their_usual_places() -> None:
    reading = read_text(teams, TEAMS_GERMAN)
    rows = list_rows(reading, "attendance")
    assert [(row["person_email"], row["minutes"], row["last_leave_at"]) for row in rows] == [
        ("ada@trust.example", "65.0", ""),
        ("ben@charity.example", "", ""),
    ]
    assert (
        "the duration '1 ora e mezza' is in a language that is not known, as on 1 lines"
        in reading.warnings[0]
    )
