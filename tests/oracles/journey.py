"""The journey a second time: slow Python over members, waves and the ties that they named."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import fmean, pvariance

from lifelines import KaplanMeierFitter
from scipy.stats import ttest_ind
from statsmodels.stats.proportion import confint_proportions_2indep

from tests.indicators.random_community import COMPLETE_TO, WAVES, Community
from tests.oracles.connections import list_networks
from tests.oracles.membership import list_memberships
from tests.oracles.oracle import Cells, Oracle
from tests.oracles.retention import list_attended, read_day

STAGES = ("Joined", "Attended an event", "Answered two waves in a row", "Named a new tie")
LANDMARK, FOLLOWED = 90, 90


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
        seen = [new for wave, new in ties.get(name, {}).items() if came and WAVES[wave] >= min(came)]
        reached.append((True, bool(came), bool(seen), any(seen)))
    return {
        ("all", stage): (sum(counts), len(counts))
        for stage, counts in zip(STAGES, zip(*reached, strict=True), strict=True)
    }


def _group_new_ties(community: Community) -> dict[tuple[str, ...], list[int]]:
    """New ties of each member's last two waves, by how many events they had attended before the later one."""
    attended = list_attended(community)
    groups: dict[tuple[str, ...], list[int]] = {}
    if not any(attended.values()):
        return groups
    for name, waves in list_new_ties(community).items():
        last = max(waves, key=lambda wave: WAVES[wave])
        events = sum(day < WAVES[last] for day, _ in attended[name])
        label = ("None", "One", "Two or more")[min(events, 2)]
        groups.setdefault(("all", label), []).append(waves[last])
    return groups


def _ties_by_attendance(community: Community) -> Cells:
    return {key: (fmean(counts), len(counts)) for key, counts in _group_new_ties(community).items()}


def _ties_gap(community: Community) -> Cells:
    groups = _group_new_ties(community)
    some, none = (groups.get(("all", label), []) for label in ("Two or more", "None"))
    if min(len(some), len(none)) < 2:
        return {}
    value = fmean(some) - fmean(none)
    low, high = value, value
    if pvariance(some) + pvariance(none):
        low, high = ttest_ind(some, none, equal_var=False).confidence_interval(0.95)
    return {("all", "Attended two or more"): (value, low, high, len(some) + len(none))}


def work_out_staying(days: int | None, community: Community) -> dict[tuple[str, ...], tuple[int, int]]:
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


def _staying(community: Community) -> dict[tuple[str, ...], tuple[int, int]]:
    return work_out_staying(None, community)


def _follow(community: Community) -> dict[str, list[tuple[int, bool]]]:
    """Of the first stays that reach the landmark, by whether the member had come: days from then to the exit, and whether it was one."""
    attended = list_attended(community)
    held = {read_day(row["starts_at"]) for row in community.tables.get("events", [])}
    groups: dict[str, list[tuple[int, bool]]] = {}
    if not any(attended.values()):
        return groups
    for name, spells in list_memberships(community).items():
        start, end = spells[0]
        landmark = start + timedelta(days=LANDMARK)
        last = landmark + timedelta(days=FOLLOWED)
        if last > COMPLETE_TO or (end is not None and end <= landmark):
            continue
        if any(start <= day <= landmark for day in held):
            came = any(start <= day <= landmark for day, _ in attended[name])
            out = last if end is None else min(end, last)
            has_left = end is not None and end <= last
            groups.setdefault("One or more" if came else "None", []).append(((out - landmark).days, has_left))
    return groups


def _staying_by_attendance(community: Community) -> Cells:
    """lifelines' curve from the landmark at the end of the days followed: nobody is lost on the way."""
    cells: dict[tuple[str, ...], tuple[float, int]] = {}
    for group, observed in _follow(community).items():
        days, ended = zip(*observed, strict=True)
        share = KaplanMeierFitter().fit(days, ended).predict(FOLLOWED)
        cells["all", group] = (float(share), len(observed))
    return cells


def _staying_by_ties_gap(community: Community) -> Cells:
    cells = _staying(community)
    if len(cells) < 2:
        return {}
    (stayed, n), (others, of_others) = cells["all", "Some"], cells["all", "None"]
    low, high = confint_proportions_2indep(stayed, n, others, of_others, compare="diff", method="newcomb")
    return {("all", "Named new ties"): (stayed / n - others / of_others, low, high, n + of_others)}


def _staying_gap(community: Community) -> Cells:
    groups = _follow(community)
    if len(groups) < 2:
        return {}
    stayed, n = (
        {group: count(observed) for group, observed in groups.items()}
        for count in (lambda observed: sum(not left for _, left in observed), len)
    )
    some, none = "One or more", "None"
    low, high = confint_proportions_2indep(
        stayed[some], n[some], stayed[none], n[none], compare="diff", method="newcomb"
    )
    value = stayed[some] / n[some] - stayed[none] / n[none]
    return {("all", "Attended early"): (value, low, high, n[some] + n[none])}


ORACLES: tuple[Oracle, ...] = (
    Oracle("journey_stages", "slow Python", _stages, ("numerator", "denominator")),
    Oracle("journey_ties_by_attendance", "slow Python", _ties_by_attendance, ("value", "n")),
    Oracle("journey_staying_by_ties", "slow Python", _staying, ("numerator", "denominator")),
    Oracle(
        "journey_staying_by_attendance", "lifelines KaplanMeierFitter", _staying_by_attendance, ("value", "n")
    ),
    Oracle(
        "journey_staying_gap",
        "statsmodels confint_proportions_2indep",
        _staying_gap,
        ("value", "low", "high", "n"),
    ),
    Oracle(
        "journey_ties_gap", "scipy.stats.ttest_ind", _ties_gap, ("value", "low", "high", "n"), also=("24-1",)
    ),
    Oracle(
        "journey_staying_by_ties_gap",
        "statsmodels confint_proportions_2indep",
        _staying_by_ties_gap,
        ("value", "low", "high", "n"),
    ),
)
