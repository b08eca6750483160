"""A made-up community out of a seed: every table, with the awkward cases likely. Nothing here is real."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from warehouse.contracts import TABLES

FIRST = date(2014, 1, 1)
COMPLETE_TO = date(2015, 10, 20)
WAVES = {"w1": date(2015, 3, 1), "w2": date(2015, 6, 1), "w3": date(2015, 9, 1)}
RELATIONS = ("openness", "influence")
ATTRIBUTES = ("profession", "region", "hub")
DISPOSITIONS = ("complete", "complete", "partial", "refused", "non_contact", "other", "ineligible", None)
WEIGHTS = (None, 0.004, 0.01, 0.025, 0.0125)
RUNGS = "1=Dormant|2=Occasional|3=Active|4=Core"
KINDS = (
    "post",
    "post",
    "group_call",
    "coffee_matched",
    "coffee_met",
    "group_meeting",
    "exchange_idea",
    "exchange_submitted",
    "exchange_shortlisted",
    "exchange_funded",
    "site_visit",
)
NOT_APPLICABLE = "Not applicable"
REPEATED = ("attendance", "answers", "activities")
FRAMES = {
    "profession": {"Nurse": 0.6, "Doctor": 0.3, "Manager": 0.1},
    "region": {"Wales": 0.05, "London": 0.2},
    "hub": {"North": 0.5, "South": 0.5},
    "organisation": {"Trust A": 0.01, "Charity": 0.02},
    "organisation_type": {"Trust": 0.9, "Charity": 0.1},
    "cohort": {"First": 0.4, "Second": 0.6},
}
SPECIAL = ("empty", "one_member", "all_left", "nobody_answered", "no_ties")


@dataclass(frozen=True)
class Item:
    """An item of the made-up survey."""

    item_id: str
    construct: str | None
    kind: str
    low: int
    high: int
    is_reversed: bool = False
    labels: str | None = None


ITEMS = (
    Item("q1", "use", "likert", 1, 5),
    Item("q2", "use", "likert", 1, 5, is_reversed=True),
    Item("q3", None, "nps", 0, 10),
    Item("q4", "use", "likert", 1, 5),
    Item("imp1", "Importance", "likert", 1, 5),
    Item("stay1", "Intention to stay", "likert", 1, 5),
    Item("want1", "Wanted engagement", "likert", 1, 4, labels=RUNGS),
)

Row = dict[str, Any]


@dataclass(frozen=True)
class Community:
    """Rows by table, and each member's spells as (first day, first day away or None)."""

    tables: dict[str, list[Row]]
    spells: dict[str, list[tuple[date, date | None]]]

    def is_member(self, member: str, day: date) -> bool:
        return any(start <= day and (end is None or end > day) for start, end in self.spells[member])

    def export(self) -> dict[str, list[Row] | str]:
        """The tables as they are sent: with ties to oneself and rows sent twice, all of which the load sets aside.

        Without a row in any table it is the headings of all of them.
        """
        if not self.tables:
            headings = {name: ",".join(table.column_names) for name, table in TABLES.items()}
            headings["members"] += ",hub"
            return {name: heading + "\n" for name, heading in headings.items()}
        sent: dict[str, list[Row] | str] = {**self.tables}
        for name in REPEATED:
            rows = self.tables.get(name, [])
            sent[name] = [*rows, *rows[::4]]
        ties = self.tables.get("ties", [])
        selves = {
            (row["wave_id"], row["from_member_id"], row["relation"]): {
                **row,
                "to_member_id": row["from_member_id"],
            }
            for row in ties[::3]
        }
        sent["ties"] = [*selves.values(), *ties, *ties[::4]]
        return {name: rows for name, rows in sent.items() if rows}


def make_community(seed: int, size: int) -> Community:
    """`size` members with everything they did; the same seed gives the same community."""
    random = Random(seed)
    names = [f"m{number}" for number in range(size)]
    spells = {name: _draw_spells(random) for name in names}
    members: list[Row] = [
        {
            "member_id": name,
            "profession": random.choice(("Nurse", "Doctor", None)),
            "region": random.choice(("Wales", "London")),
            "hub": random.choice(("North", "South", None)),
            "organisation": random.choice(("Trust A", "Trust B", "Charity", None)),
            "joined_on": spells[name][0][0],
            "left_on": spells[name][0][1],
        }
        for name in names
    ]
    for row in members:
        row["cohort"] = "First" if row["joined_on"] < FIRST + timedelta(days=150) else "Second"
        row["organisation_type"] = {"Trust A": "Trust", "Trust B": "Trust", "Charity": "Charity"}.get(
            row["organisation"]
        )
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
            {
                "member_id": name,
                "at": f"{_draw_day(random)}T{random.randrange(24):02}:30:00Z",
                "kind": random.choice(KINDS),
                "amount": random.choice((None, 1, 2, 3)),
            }
            for name in names
            for _ in range(random.randrange(9))
        ],
        "targets": [
            {"indicator_id": "members", "period": "2015", "baseline": 0, "target": size},
            {"indicator_id": "attendance_rate", "period": "2015", "baseline": 0.4, "target": 0.6},
            *(
                {"indicator_id": f"composition_{name}", "period": "all", "group": group, "baseline": share}
                for name, frame in FRAMES.items()
                for group, share in frame.items()
            ),
        ],
        "measurements": _draw_measurements(Random(seed)),
    }
    tables["activities"] = _keep_first(tables["activities"], "member_id", "at", "kind")
    return Community({name: rows for name, rows in tables.items() if rows}, spells)


def _draw_measurements(random: Random) -> list[Row]:
    """Two series of counts and one of shares, in some months and weeks of 2015."""
    periods = [f"2015-{month:02}" for month in range(1, 10)] + ["2015-W10", "2015-Q2"]
    return [
        {
            "series": series,
            "period": period,
            "value": random.randrange(9),
            "denominator": 9 if series == "Opened" else None,
        }
        for series in ("Opened", "Posts", "Visits")
        for period in periods
        if random.random() < 0.6
    ]


def make_special(kind: str) -> Community:
    """A community at the edge, one of SPECIAL."""
    if kind == "empty":
        return Community({}, {})
    community = make_community(seed=7, size=1 if kind == "one_member" else 8)
    tables = dict(community.tables)
    spells = community.spells
    if kind == "all_left":
        away = date(2015, 8, 1)
        spells = {name: [(found[0][0], away)] for name, found in spells.items()}
        tables["members"] = [{**row, "left_on": away} for row in tables["members"]]
        tables.pop("memberships", None)
    if kind == "nobody_answered":
        for name in ("answers", "ties"):
            tables.pop(name, None)
        tables["invitations"] = [
            {"wave_id": wave, "member_id": name, "disposition": "non_contact"}
            for wave in WAVES
            for name in spells
        ]
    if kind == "no_ties":
        tables.pop("ties", None)
    return Community(tables, spells)


def _keep_first(rows: list[Row], *key: str) -> list[Row]:
    """Rows of the same key are one row: the load would set the others aside."""
    return list({tuple(row[name] for name in key): row for row in rows[::-1]}.values())[::-1]


def _draw_day(random: Random) -> date:
    return FIRST + timedelta(days=random.randrange((COMPLETE_TO - FIRST).days))


def _draw_spells(random: Random) -> list[tuple[date, date | None]]:
    start = FIRST + timedelta(days=random.randrange(300))
    if random.random() < 0.6:
        return [(start, None)]
    end = start + timedelta(days=random.randrange(300))
    if random.random() < 0.5:
        return [(start, end)]
    return [(start, end), (end + timedelta(days=1 + random.randrange(40)), None)]


def _draw_events(random: Random, names: list[str]) -> dict[str, list[Row]]:
    events = [
        {
            "event_id": f"e{number}",
            "title": f"Meeting {number}",
            "kind": random.choice(("workshop", "call", None)),
            "series": random.choice(("Design", "Calls", None)),
            "starts_at": f"{_draw_day(random)}T{random.randrange(24):02}:30:00Z",
        }
        for number in range(random.randrange(8))
    ]
    for event in events[:3]:
        event["series"] = "Design"
    attendance = [
        {
            "event_id": event["event_id"],
            "member_id": name,
            "registered": random.choice((True, True, False, None)),
            "attended": random.random() < 0.6,
            "minutes": random.choice((None, 15, 40, 90)),
            "role": random.choice((None, "Attendee", "Presenter")),
        }
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
                "item_id": item.item_id,
                "text": item.item_id,
                "construct": item.construct,
                "kind": item.kind,
                "scale_min": item.low,
                "scale_max": item.high,
                "reversed": item.is_reversed,
                "labels": item.labels,
            }
            for item in ITEMS
        ],
        "invitations": [
            {
                "wave_id": wave,
                "member_id": name,
                "disposition": _divide(random.choice(DISPOSITIONS), name),
                "region": random.choice((None, None, "Scotland")),
                "invited_at": f"{WAVES[wave]}T08:00:00Z",
                "reminders": random.choice((None, 0, 1, 3)),
                "weight": WEIGHTS[(int(name[1:]) + int(wave[1:])) % len(WEIGHTS)],
            }
            for wave in invited
            for name in names
            if random.random() < 0.8
        ],
        "answers": [
            {"wave_id": wave, "respondent_id": name, "item_id": item.item_id, **_draw_answer(random, item)}
            for wave in WAVES
            for name in everybody
            for item in ITEMS
            if random.random() < 0.6
        ],
        "ties": [
            {
                "wave_id": wave,
                "from_member_id": sender,
                "to_member_id": receiver,
                "relation": relation,
                "directed": random.choice((True, None, False)),
                "strength": random.choice((None, 1, 2, 3, 4)),
            }
            for wave, sender, receiver, relation in sorted(ties)
        ],
    }


def _divide(disposition: str | None, name: str) -> str | None:
    """Every second member of whom something else is known is one whose eligibility is not."""
    is_unknown = disposition == "other" and int(name[1:]) % 2
    return "unknown_eligibility" if is_unknown else disposition


def _draw_answer(random: Random, item: Item) -> Row:
    """A value of the scale, nothing, or words that are an answer without a value."""
    if random.random() < 0.1:
        return {"value": None, "text": NOT_APPLICABLE}
    return {"value": random.choice((None, *range(item.low, item.high + 1))), "text": None}
