"""The journey a second time: slow Python over members, waves and the ties that they named."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import fmean

from tests.indicators.random_community import COMPLETE_TO, WAVES, Community
from tests.oracles.connections import list_networks
from tests.oracles.membership import list_memberships
from tests.oracles.oracle import Cells, Oracle
from tests.oracles.retention import list_attended

STAGES = ("Joined", "Attended an event", "Named a new tie", "Still a member")


def list_new_ties(community: Community) -> dict[str, dict[str, int]]:
    """By member and later wave the ties, of all relations, that only the later of two waves in a row has."""
    networks = {(net.wave, net.relation): net for net in list_networks(community)}
    found: dict[str, dict[str, int]] = {}
    for then, now in zip(list(WAVES), list(WAVES)[1:], strict=False):
        for relation in {relation for _, relation in networks}:
            before, after = networks.get((then, relation)), networks.get((now, relation))
            if before is None or after is None:
                continue
            asked = before.asked & after.asked
            for sender in asked & before.responded & after.responded:
                new = sum(a == sender and b in asked for a, b in after.arcs - before.arcs)
                waves = found.setdefault(sender, {})
                waves[now] = waves.get(now, 0) + new
    return found


def _stages(community: Community) -> Cells:
    attended, ties = list_attended(community), list_new_ties(community)
    if not any(attended.values()) or not ties:
        return {}
    reached = []
    for name, spells in list_memberships(community).items():
        came = [day for day, _ in attended[name] if spells[0][0] <= day <= COMPLETE_TO]
        has_named = bool(came) and any(
            new and WAVES[wave] >= min(came) for wave, new in ties.get(name, {}).items()
        )
        still = has_named and community.is_member(name, COMPLETE_TO)
        reached.append((True, bool(came), has_named, still))
    return {
        ("all", stage): (sum(counts), len(counts))
        for stage, counts in zip(STAGES, zip(*reached, strict=True), strict=True)
    }


def _ties_by_attendance(community: Community) -> Cells:
    attended = list_attended(community)
    if not any(attended.values()):
        return {}
    groups: dict[tuple[str, ...], list[int]] = {}
    for name, waves in list_new_ties(community).items():
        last = max(waves, key=lambda wave: WAVES[wave])
        events = sum(day < WAVES[last] for day, _ in attended[name])
        label = ("None", "One", "Two or more")[min(events, 2)]
        groups.setdefault(("all", label), []).append(waves[last])
    return {key: (fmean(counts), len(counts)) for key, counts in groups.items()}


def work_out_staying(days: int | None, community: Community) -> Cells:
    """Share still members so many days after the wave, or on the complete-to day where `days` is None."""
    cells: dict[tuple[str, ...], tuple[int, int]] = {}
    for name, waves in list_new_ties(community).items():
        ends = {wave: _find_end(WAVES[wave], days) for wave in waves}
        seen = [wave for wave in waves if ends[wave] <= COMPLETE_TO]
        if not seen:
            continue
        last = max(seen, key=lambda wave: WAVES[wave])
        if community.is_member(name, WAVES[last]):
            key = ("all", "Some" if waves[last] else "None")
            still, trials = cells.get(key, (0, 0))
            cells[key] = (still + community.is_member(name, ends[last]), trials + 1)
    return cells


def _find_end(day: date, days: int | None) -> date:
    return COMPLETE_TO if days is None else day + timedelta(days=days)


def _staying(community: Community) -> Cells:
    return work_out_staying(None, community)


ORACLES: tuple[Oracle, ...] = (
    Oracle("journey_stages", "slow Python", _stages, ("numerator", "denominator")),
    Oracle("journey_ties_by_attendance", "slow Python", _ties_by_attendance, ("value", "n")),
    Oracle("journey_staying_by_ties", "slow Python", _staying, ("numerator", "denominator")),
)
