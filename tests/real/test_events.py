"""Public records of events through the commands: how many were held, and how many people came.

The data lie beside the project, see ../shared/real/README.md there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.real.networks import JOINED, REAL, load, read_rows, write_mapping, write_table

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REAL.is_dir(), reason="the public data folder ../shared/real is not there"),
]
HELD = (1, 11, 14, 16, 61, 374, 646, 902, 923, 763, 460, 331, 384, 264, 77)


def test_rladies_events_a_year_and_by_status(tmp_path: Path, ask: Any) -> None:
    """R: 5,227 events of 235 chapters from their own list, without anybody's name."""
    columns = {"event_id": "event_id", "title": "title", "kind": "status", "starts_at": "dateTime"}
    mapping = write_mapping(tmp_path / "mapping.toml", ("events.csv", "events", columns, {}))
    folder = tmp_path / "in"
    write_table(folder, "members", "member_id joined_on", [])
    data = load(folder, REAL / "rladies" / "events.csv", mapping=mapping, complete_to="2026-12-31")
    years = {record["period"]: record["value"] for record in ask(data, "events_held", "--period", "year")}
    assert years == {str(year): held for year, held in enumerate(HELD, 2012)}
    (whole,) = ask(data, "events_held")
    assert (whole["value"], whole["unit"], whole["low"]) == (5227, "events", None)
    by_status = ask(data, "events_held", "--by", "event_kind")
    assert {record["dimensions"]["event_kind"]: record["value"] for record in by_status} == {
        "PAST": 5002,
        "CANCELLED": 223,
        "ACTIVE": 2,
    }
    past = ask(data, "events_held", "--where", "event_kind=PAST", "--period", "year")
    assert sum(record["value"] for record in past) == 5002
    # A count of events says nothing of a person: a funder sees the one event of 2012 too.
    (first,) = ask(data, "events_held", "--period", "2012", "--as", "funder")
    assert (first["value"], first["status"]) == (1, "ok")


def test_southern_women_people_at_each_event(tmp_path: Path, ask: Any) -> None:
    """P: 18 women, 14 events, 89 attendances, and how many of the women were at each (Davis 1941)."""
    folder = tmp_path / "in"
    rows = read_rows("southern_women/attendance.csv")
    women = [row["id"] for row in read_rows("southern_women/nodes.csv") if row["type"] == "FALSE"]
    write_table(folder, "members", "member_id joined_on", [(name, JOINED) for name in women])
    days = {row["from"]: row["date"] for row in rows}
    write_table(
        folder,
        "events",
        "event_id title starts_at",
        [(name, name, f"{day}T12:00:00Z") for name, day in days.items()],
    )
    columns = {"event_id": "from", "member_id": "to"}
    mapping = write_mapping(
        tmp_path / "mapping.toml", ("attendance.csv", "attendance", columns, {"attended": "yes"})
    )
    attendance = REAL / "southern_women" / "attendance.csv"
    data = load(folder, attendance, mapping=mapping, complete_to="1936-12-31")
    by_event = {
        record["dimensions"]["event"]: record["value"]
        for record in ask(data, "event_attendance", "--by", "event")
    }
    assert [by_event[f"E{number}"] for number in range(1, 15)] == [
        3, 3, 6, 4, 8, 8, 10, 14, 12, 5, 4, 6, 3, 3,
    ]  # fmt: skip
    assert sum(by_event.values()) == 89
    (people,) = ask(data, "event_attendance")
    assert people["value"] == 18
    (held,) = ask(data, "events_held")
    assert held["value"] == 14
    (ever,) = ask(data, "attended_any")
    assert (ever["numerator"], ever["denominator"]) == (18, 18)
    # Every woman was once new: the first-timers of all events are the 18 women.
    assert sum(record["numerator"] for record in ask(data, "event_first_timers")) == 18
