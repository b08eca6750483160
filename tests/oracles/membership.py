"""Membership a second time: slow Python over everybody's spells."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import partial

from tests.hand_formulas import work_out_proportion
from tests.indicators.random_community import COMPLETE_TO, FIRST, Community
from tests.oracles.oracle import Cells, Oracle
from warehouse.contracts import MEMBER_DIMENSIONS

ATTRIBUTES = (*MEMBER_DIMENSIONS, "hub")
Q2 = ("2015-Q2", date(2015, 4, 1), date(2015, 6, 30))
ALL = ("all", FIRST, COMPLETE_TO)
Period = tuple[str, date, date]


def _members(period: Period, community: Community) -> Cells:
    name, _, last = period
    return {(name,): sum(community.is_member(member, last) for member in community.spells)}


def _joiners(period: Period, community: Community) -> Cells:
    name, first, last = period
    joined = (
        any(first <= start <= last for start, _ in spells) for spells in list_memberships(community).values()
    )
    return {(name,): sum(joined)}


def _leavers(period: Period, community: Community) -> Cells:
    name, first, last = period
    left = (
        any(end is not None and first <= end <= last for _, end in spells)
        for spells in list_memberships(community).values()
    )
    return {(name,): sum(left)}


def list_memberships(community: Community) -> dict[str, list[tuple[date, date | None]]]:
    """Spells that touch are one membership."""
    merged: dict[str, list[tuple[date, date | None]]] = {}
    for member, spells in community.spells.items():
        whole: list[tuple[date, date | None]] = []
        for start, end in sorted(spells, key=lambda spell: spell[0]):
            before = whole[-1][1] if whole else None
            if whole and (before is None or start <= before):
                whole[-1] = (whole[-1][0], None if before is None or end is None else max(before, end))
            else:
                whole.append((start, end))
        merged[member] = whole
    return merged


def _list_current(community: Community, attribute: str, day: date) -> list[str | None]:
    return [
        row.get(attribute)
        for row in community.tables["members"]
        if community.is_member(row["member_id"], day)
    ]


def _organisations(period: Period, community: Community) -> Cells:
    name, _, last = period
    return {(name,): len(set(_list_current(community, "organisation", last)) - {None})}


def _composition(attribute: str, period: Period, community: Community) -> Cells:
    name, _, last = period
    if not any(row.get(attribute) is not None for row in community.tables["members"]):
        return {}
    groups = Counter(group or "Not recorded" for group in _list_current(community, attribute, last))
    whole = groups.total()
    return {(name, group): (*work_out_proportion(n, whole), n, whole) for group, n in groups.items()}


def _gaps(attribute: str, community: Community) -> Cells:
    frame = {
        row["group"]: row["baseline"]
        for row in community.tables.get("targets", [])
        if row["indicator_id"] == f"composition_{attribute}" and row["period"] == "all" and row.get("group")
    }
    groups = [group for group in _list_current(community, attribute, COMPLETE_TO) if group is not None]
    if not groups:
        return {}
    return {
        ("all", group): tuple(
            figure - share for figure in work_out_proportion(groups.count(group), len(groups))
        )
        for group, share in frame.items()
        if share is not None
    }


_COMPOSED = ("value", "low", "high", "numerator", "denominator")
ORACLES: tuple[Oracle, ...] = (
    *(
        Oracle(name, "slow Python", partial(figures, period), period=period[0])
        for name, figures in (
            ("members", _members),
            ("joiners", _joiners),
            ("leavers", _leavers),
            ("organisations_reached", _organisations),
        )
        for period in (ALL, Q2)
    ),
    *(
        Oracle(
            f"composition_{attribute}",
            "slow Python",
            partial(_composition, attribute, period),
            _COMPOSED,
            period[0],
        )
        for attribute in ATTRIBUTES
        for period in (ALL, Q2)
    ),
    *(
        Oracle(
            f"composition_gap_{attribute}",
            "slow Python",
            partial(_gaps, attribute),
            ("value", "low", "high"),
        )
        for attribute in ATTRIBUTES
    ),
)
