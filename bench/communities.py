"""Two field communities by their size alone, drawn from a seed: template CSVs, nothing of anybody real.

`write_meetup` is an ordinary Meetup community; `write_calendar` one of many members and events without attendance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

MEETUP = (1_757, 1_391, 10_416)
CALENDAR = (24_591, 19_307)
FIRST, DAYS = np.datetime64("2010-01-04"), 2_600
REGIONS = ("North", "South", "East", "West", "Centre")
KINDS = ("Talk", "Workshop", "Social")
SEED = 2015
Ints = NDArray[np.int64]


def write_meetup(
    folder: Path,
    members: int = MEETUP[0],
    events: int = MEETUP[1],
    attendances: int = MEETUP[2],
    seed: int = SEED,
) -> None:
    """Members, events and exactly `attendances` rows of attendance; few members attend much, no surveys.

    Attendance falls as a power of the member's rank (exponent 0.9); nobody attends before joining or after leaving.
    """
    random = np.random.default_rng([seed, 1])
    (joined, left), held = _write_people(folder, random, members), _write_events(folder, random, events)
    keenness = random.permutation(1.0 / np.arange(1, members + 1) ** 0.9)
    found = np.empty(0, np.int64)
    while len(found) < attendances:
        who = random.choice(members, attendances, p=keenness / keenness.sum())
        which = random.integers(0, events, attendances)
        may = (joined[who] <= held[which]) & (held[which] < left[who])
        found = np.union1d(found, who[may] * events + which[may])
    found = np.sort(random.permutation(found)[:attendances])
    who, which = found // events, found % events
    rows = {"event_id": _name("e", which), "member_id": _name("m", who), "attended": ["true"] * attendances}
    _write(folder, "attendance", rows)


def write_calendar(
    folder: Path, members: int = CALENDAR[0], events: int = CALENDAR[1], seed: int = SEED
) -> None:
    """Members and events, and nothing of who attended."""
    random = np.random.default_rng([seed, 2])
    _write_people(folder, random, members)
    _write_events(folder, random, events)


def _write_people(folder: Path, random: np.random.Generator, members: int) -> tuple[Ints, Ints]:
    """Write members.csv, about one in eight having left; returns the days on which each joined and leaves."""
    folder.mkdir(parents=True, exist_ok=True)
    joined = np.sort((DAYS * random.random(members) ** 1.5).astype(np.int64))
    left = joined + 30 + random.exponential(4 * DAYS, members).astype(np.int64)
    has_left = left < DAYS
    rows = {
        "member_id": _name("m", np.arange(members)),
        "name": [f"Member {number}" for number in range(members)],
        "region": [REGIONS[code] for code in random.integers(0, len(REGIONS), members)],
        "cohort": [str(FIRST + day)[:4] for day in joined],
        "joined_on": [str(FIRST + day) for day in joined],
        "left_on": [str(FIRST + day) if gone else None for day, gone in zip(left, has_left, strict=True)],
    }
    _write(folder, "members", rows)
    return joined, left


def _write_events(folder: Path, random: np.random.Generator, events: int) -> Ints:
    """Write events.csv; returns the day of each event."""
    held = np.sort(random.integers(0, DAYS, events))
    rows = {
        "event_id": _name("e", np.arange(events)),
        "title": [f"Event {number}" for number in range(events)],
        "kind": [KINDS[code] for code in random.integers(0, len(KINDS), events)],
        "starts_at": [f"{FIRST + day}T18:30:00Z" for day in held],
        "ends_at": [f"{FIRST + day}T20:30:00Z" for day in held],
    }
    _write(folder, "events", rows)
    return held


def _name(letter: str, numbers: Ints) -> list[str]:
    return [f"{letter}{number:06d}" for number in numbers]


def _write(folder: Path, table: str, rows: Mapping[str, Sequence[str | None]]) -> None:
    csv.write_csv(
        pa.table({name: pa.array(cells, pa.string()) for name, cells in rows.items()}),
        folder / f"{table}.csv",
    )
