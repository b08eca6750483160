"""A drawn community whose hidden figures are known and found nowhere else, and handouts made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from indicators.catalogue import find_indicator
from indicators.engine.compute import compute_exact
from indicators.gate.disclosure import SCOPES, Role, apply_gate
from indicators.published.show import compute_result
from indicators.result import Result
from indicators.selection import Selection
from ui.export import Exhibit, Handout
from warehouse.engine import Engine

GROUPS = {"Nurse": 40, "Doctor": 30, "Manager": 20, "Porter": 8, "Midwife": 6, "Dentist": 5}
AWAY = {"Midwife": 2, "Dentist": 2}
MINUTES = {"Nurse": 41, "Doctor": 52, "Manager": 63, "Porter": 7412, "Midwife": 9531, "Dentist": 8637}
# Mean, sum and single values of the groups that a role may not see, as any format could write them.
PORTERS = ("7412", "7,412", "59296", "59,296")
DENTISTS = ("8637", "8,637", "25911", "25,911")
MIDWIVES = ("9531", "9,531", "38124", "38,124")
HOSTILE = "=HYPERLINK(A1)"


def draw_community(*, nurse: str = "Nurse") -> dict[str, Sequence[dict[str, object]]]:
    """109 members in six professions of whom all but those AWAY were at one event for as many minutes as MINUTES says."""
    professions = [name for name, count in GROUPS.items() for _ in range(count)]
    named = {"Nurse": nurse}
    members = [
        {
            "member_id": f"m{number}",
            "name": f"Person {number}",
            "email": f"m{number}@example.org",
            "profession": named.get(name, name),
            "region": "Ynys Môn a'r Ŵyr" if number % 2 else "Nürnberg ≥ 1",
            "joined_on": f"2015-0{1 + number % 6}-05",
        }
        for number, name in enumerate(professions)
    ]
    events = [{"event_id": "e1", "title": "First meeting", "starts_at": "2015-07-14T09:00:00Z"}]
    attendance = [
        {"event_id": "e1", "member_id": f"m{number}", "attended": "true", "minutes": MINUTES[name]}
        for number, name in enumerate(professions)
        if professions[number:].count(name) > AWAY.get(name, 0)
    ]
    activities = [
        {"member_id": f"m{number}", "at": f"2015-{month:02d}-10T09:00:00Z", "kind": "post"}
        for number in range(0, len(professions), 3)
        for month in range(7, 13)
    ]
    return {"members": members, "events": events, "attendance": attendance, "activities": activities}


def compute(engine: Engine, role: Role, indicator_id: str, **asked: Any) -> Result:
    """A result gated for a role; a lead is shown the figures as if they came from what people answered."""
    indicator, selection = find_indicator(engine, indicator_id), Selection(**asked)
    if role != "lead":
        return compute_result(engine, indicator, selection, SCOPES[role])
    indicator = replace(indicator, tables=(*indicator.tables, "answers"))
    exact = compute_exact(engine, indicator, selection)
    scope = replace(SCOPES["lead"], rounding=0, least_of_mean=5, least_of_share=5)
    table = apply_gate(exact.table, indicator, exact.dimensions, scope)
    return replace(exact, table=table, passport=replace(exact.passport, role=role))


def make_handout(engine: Engine, role: Role) -> Handout:
    """Minutes by profession, members as single figures, groups, a series, and a curve."""
    results = [
        compute(engine, role, "attendance_minutes", by=("profession",)),
        compute(engine, role, "members"),
        compute(engine, role, "joiners"),
        compute(engine, role, "members", by=("profession",)),
        compute(engine, role, "active_members", grain="month"),
        compute(engine, role, "attendance_rate", by=("region",)),
        compute(engine, role, "membership_retention"),
    ]
    exhibits = tuple(Exhibit(result) for result in results)
    return Handout("Everything", exhibits, lead="What is shown here.", rules=("A rule.",))
