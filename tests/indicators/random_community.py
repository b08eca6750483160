"""A made-up community out of a seed: every table, with the awkward cases likely. Nothing here is real."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

FIRST = date(2015, 1, 1)
COMPLETE_TO = date(2015, 10, 20)
WAVES = {"w1": date(2015, 3, 1), "w2": date(2015, 6, 1), "w3": date(2015, 9, 1)}
RELATIONS = ("advice", "trust")
ATTRIBUTES = ("profession", "region", "hub")
DISPOSITIONS = ("complete", "complete", "partial", "refused", "non_contact", "other", "ineligible", None)
_ITEMS = (("q1", "use", "likert", False), ("q2", "use", "likert", True), ("q3", None, "nps", False))

Row = dict[str, Any]


@dataclass(frozen=True)
class Community:
    """Rows by table, and each member's spells as (first day, first day away or None)."""

    tables: dict[str, list[Row]]
    spells: dict[str, list[tuple[date, date | None]]]

    def is_member(self, member: str, day: date) -> bool:
        return any(start <= day and (end is None or end > day) for start, end in self.spells[member])


def make_community(seed: int, size: int) -> Community:
    """`size` members with everything they did; the same seed gives the same community."""
    random = Random(seed)
    names = [f"m{number}" for number in range(size)]
    spells = {name: _draw_spells(random) for name in names}
    members = [
        {
            "member_id": name,
            "profession": random.choice(("Nurse", "Doctor", None)),
            "region": random.choice(("Wales", "London")),
            "hub": random.choice(("North", "South", None)),
            "joined_on": spells[name][0][0],
            "left_on": spells[name][0][1],
        }
        for name in names
    ]
    memberships = [
        {"member_id": name, "joined_on": start, "left_on": end}
        for name in names
        if len(spells[name]) > 1
        for start, end in spells[name]
    ]
    tables = {
        "members": members,
        "memberships": memberships,
        **_draw_events(random, names),
        **_draw_survey(random, names),
        "activities": [
            {"member_id": name, "at": f"{_draw_day(random)}T{random.randrange(24):02}:30:00Z", "kind": "post"}
            for name in names
            for _ in range(random.randrange(9))
        ],
    }
    return Community({name: rows for name, rows in tables.items() if rows}, spells)


def _draw_day(random: Random) -> date:
    return FIRST + timedelta(days=random.randrange(290))


def _draw_spells(random: Random) -> list[tuple[date, date | None]]:
    start = FIRST + timedelta(days=random.randrange(120))
    if random.random() < 0.6:
        return [(start, None)]
    end = start + timedelta(days=random.randrange(120))
    if random.random() < 0.5:
        return [(start, end)]
    return [(start, end), (end + timedelta(days=1 + random.randrange(40)), None)]


def _draw_events(random: Random, names: list[str]) -> dict[str, list[Row]]:
    events = [
        {
            "event_id": f"e{number}",
            "title": f"Meeting {number}",
            "kind": random.choice(("workshop", "call", None)),
            "starts_at": f"{_draw_day(random)}T{random.randrange(24):02}:30:00Z",
        }
        for number in range(random.randrange(6))
    ]
    attendance = [
        {"event_id": event["event_id"], "member_id": name, "attended": random.random() < 0.6}
        for event in events
        for name in names
        if random.random() < 0.7
    ]
    return {"events": events, "attendance": attendance}


def _draw_survey(random: Random, names: list[str]) -> dict[str, list[Row]]:
    invited = [wave for wave in WAVES if random.random() < 0.7]
    everybody = [*names, "stranger"]
    ties = {
        (wave, sender, receiver, random.choice(RELATIONS))
        for wave in WAVES
        for sender in names
        for receiver in names
        if sender != receiver and random.random() < 0.3
    }
    return {
        "waves": [{"wave_id": wave, "survey_id": "s", "opened_on": day} for wave, day in WAVES.items()],
        "items": [
            {
                "survey_id": "s",
                "item_id": item,
                "text": item,
                "construct": construct,
                "kind": kind,
                "scale_min": 1,
                "scale_max": 5,
                "reversed": is_reversed,
            }
            for item, construct, kind, is_reversed in _ITEMS
        ],
        "invitations": [
            {
                "wave_id": wave,
                "member_id": name,
                "disposition": random.choice(DISPOSITIONS),
                "region": random.choice((None, None, "Scotland")),
            }
            for wave in invited
            for name in names
            if random.random() < 0.8
        ],
        "answers": [
            {
                "wave_id": wave,
                "respondent_id": name,
                "item_id": item,
                "value": random.choice((1, 2, 3, 4, 5, None)),
            }
            for wave in WAVES
            for name in everybody
            for item, *_ in _ITEMS
            if random.random() < 0.6
        ],
        "ties": [
            {
                "wave_id": wave,
                "from_member_id": sender,
                "to_member_id": receiver,
                "relation": relation,
                "directed": random.choice((True, None, False)),
            }
            for wave, sender, receiver, relation in sorted(ties)
        ],
    }
