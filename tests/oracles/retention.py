"""Retention a second time: lifelines for curves, medians and tests, slow Python over spells and days for the rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise
from zoneinfo import ZoneInfo

from lifelines import KaplanMeierFitter
from lifelines.exceptions import StatError
from lifelines.statistics import multivariate_logrank_test

from tests.indicators.random_community import COMPLETE_TO, Community
from tests.oracles.membership import ATTRIBUTES, list_memberships
from tests.oracles.oracle import Cells, Oracle

ZONE = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
ALL = ("all", date.min, COMPLETE_TO)
Q3 = ("2015-Q3", date(2015, 7, 1), date(2015, 9, 30))
Period = tuple[str, date, date]
Observed = tuple[int, int, bool]


def read_day(stamp: object) -> date:
    """The day of a time stamp in the programme's zone."""
    return datetime.fromisoformat(str(stamp).replace("Z", "+00:00")).astimezone(ZONE).date()


def list_attended(community: Community) -> dict[str, set[tuple[date, str]]]:
    """By member the days and events that they were at."""
    days = {row["event_id"]: read_day(row["starts_at"]) for row in community.tables.get("events", [])}
    found: dict[str, set[tuple[date, str]]] = {name: set() for name in community.spells}
    for row in community.tables.get("attendance", []):
        if row["attended"]:
            found[row["member_id"]].add((days[row["event_id"]], row["event_id"]))
    return found


def list_days(community: Community) -> dict[str, list[date]]:
    """By member the days on which anything is recorded, in order."""
    found = {name: {day for day, _ in days} for name, days in list_attended(community).items()}
    for row in community.tables.get("activities", []):
        if row["kind"] not in ("coffee_matched", "exchange_shortlisted", "exchange_funded"):
            found[row["member_id"]].add(read_day(row["at"]))
    return {name: sorted(days) for name, days in found.items()}


def _observe(community: Community, period: Period) -> dict[str, Observed]:
    """Of each first spell: days at entry (−1 on joining in the period), days at exit, whether it ended then."""
    _, first, last = period
    observed = {}
    for name, spells in list_memberships(community).items():
        start, end = spells[0]
        if start > last or (end is not None and end < first):
            continue
        has_ended = end is not None and end <= last
        out = end if has_ended and end is not None else last
        entry = (first - DAY - start).days if start < first else -1
        observed[name] = (entry, (out - start).days, has_ended)
    return observed


def fit_curve(observed: list[Observed], **how: object) -> KaplanMeierFitter:
    """lifelines with entries; a day later each, because lifelines has nobody enter before day 0."""
    entries, exits, ended = zip(*observed, strict=True)
    late = None if max(entries) < 0 else [day + 1 for day in entries]
    return KaplanMeierFitter(**how).fit([day + 1 for day in exits], ended, entry=late)


def work_out_curve(observed: list[Observed]) -> dict[int, float]:
    """Share by day of exit; the product by hand where lifelines refuses, as it does once a curve with entries is 0."""
    days = sorted({out for _, out, _ in observed})
    try:
        survival = fit_curve(observed).survival_function_.iloc[:, 0]
    except StatError:
        share, curve = 1.0, {}
        for day in days:
            left = sum(out == day and ended for _, out, ended in observed)
            share *= 1 - left / sum(entry < day <= out for entry, out, _ in observed)
            curve[day] = share
        return curve
    return {day: float(survival.loc[day + 1]) for day in days}


def _curve(period: Period, community: Community) -> Cells:
    observed = list(_observe(community, period).values())
    if not observed:
        return {}
    return {
        (period[0], str(day)): (
            share,
            sum(out == day and ended for _, out, ended in observed),
            sum(entry < day <= out for entry, out, _ in observed),
        )
        for day, share in work_out_curve(observed).items()
    }


def _median(community: Community) -> Cells:
    curve = work_out_curve(list(_observe(community, ALL).values()))
    reached = [day for day, share in curve.items() if share <= 0.5 + 1e-9]
    return {("all",): min(reached)} if reached else {}


def _logrank(attribute: str, community: Community) -> Cells:
    groups = {row["member_id"]: row.get(attribute) for row in community.tables["members"]}
    observed = {
        name: (groups[name], days, ended)
        for name, (_, days, ended) in _observe(community, ALL).items()
        if groups[name] is not None
    }
    first = min((days for _, days, ended in observed.values() if ended), default=None)
    if first is None:
        return {}
    rows = [row for row in observed.values() if row[1] >= first]
    kinds = {group for group, _, _ in rows}
    if len(kinds) < 2 or all(days == first and ended for _, days, ended in rows):
        return {}
    names, days, ended = zip(*rows, strict=True)
    test = multivariate_logrank_test(days, names, ended)
    return {("all",): (test.p_value, test.test_statistic, len(kinds) - 1, len(observed))}


def _kept(period: Period, community: Community) -> Cells:
    name, first, last = period
    before = _find_first_day(community) if name == "all" else first - DAY
    there = [member for member in community.spells if community.is_member(member, before)]
    still = sum(community.is_member(member, last) for member in there)
    return {(name,): (still / len(there), still, len(there))} if there else {}


def _find_first_day(community: Community) -> date:
    tables = community.tables
    days = [row["joined_on"] for row in (*tables["members"], *tables.get("memberships", []))]
    days += [row["opened_on"] for row in tables.get("waves", [])]
    days += [date.fromisoformat(row["starts_at"][:10]) for row in tables.get("events", [])]
    days += [date.fromisoformat(row["at"][:10]) for row in tables.get("activities", [])]
    return min(days)


def _add_months(day: date, months: int) -> date:
    place = day.month - 1 + months
    year, month = day.year + place // 12, place % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - DAY).day
    return date(year, month, min(day.day, last))


def _triangle(community: Community) -> Cells:
    cells: dict[tuple[str, ...], tuple[int, int]] = {}
    for spells in list_memberships(community).values():
        start, end = spells[0]
        for months in range(24):
            day = _add_months(start, months)
            if day <= COMPLETE_TO:
                key = ("all", f"{start:%Y-%m}", str(months))
                kept, joined = cells.get(key, (0, 0))
                cells[key] = (kept + (end is None or end > day), joined + 1)
    return cells


def work_out_lapsed(window: int, period: Period, community: Community) -> Cells:
    """Share of members of that long with an empty window up to the period's end."""
    name, _, last = period
    days = list_days(community)
    begun = min((day for own in days.values() for day in own), default=None)
    if begun is None or begun > last - (window - 1) * DAY:
        return {}
    trials = [
        member
        for member, spells in list_memberships(community).items()
        for start, end in spells
        if start <= last - window * DAY and (end is None or end > last)
    ]
    empty = [
        member for member in trials if not any(last - window * DAY < day <= last for day in days[member])
    ]
    return {(name,): (len(empty) / len(trials), len(empty), len(trials))} if trials else {}


def work_out_kept(window: int, period: Period, community: Community) -> Cells:
    """Of those active in the window before the last, the share active in the last."""
    name, _, last = period
    days = list_days(community)
    trials, active = 0, 0
    for member, spells in list_memberships(community).items():
        for start, end in spells:
            if start > last or (end is not None and end <= last):
                continue
            own = [day for day in days[member] if day >= start]
            if any(last - 2 * window * DAY < day <= last - window * DAY for day in own):
                trials += 1
                active += any(last - window * DAY < day <= last for day in own)
    return {(name,): (active / trials, active, trials)} if trials else {}


def _list_lapses(window: int, community: Community) -> Iterator[tuple[date, date, date | None, bool]]:
    """Of each first spell: joining, last day observed, day before the first lapse, whether anything came after it."""
    days = list_days(community)
    begun = min((day for own in days.values() for day in own), default=None)
    for member, spells in list_memberships(community).items():
        start, end = spells[0]
        last = COMPLETE_TO if end is None else min(end - DAY, COMPLETE_TO)
        if begun is None or start < begun - window * DAY:
            continue
        done = {start, *(day for day in days[member] if start <= day <= last)}
        lapse, quiet, day = None, 0, start
        while day <= last and lapse is None:
            quiet = 0 if day in done else quiet + 1
            if quiet == window:
                lapse = day - window * DAY
            day += DAY
        yield start, last, lapse, lapse is not None and any(one > lapse for one in done)


def work_out_activity(window: int, community: Community) -> Cells:
    """Kaplan–Meier of the days from joining to the first lapse, by lifelines."""
    observed = [
        (-1, ((lapse or last - window * DAY) - start).days, lapse is not None)
        for start, last, lapse, _ in _list_lapses(window, community)
        if last - window * DAY >= start
    ]
    if not observed:
        return {}
    return {
        ("all", str(day)): (
            share,
            sum(out == day and ended for _, out, ended in observed),
            sum(out >= day for _, out, _ in observed),
        )
        for day, share in work_out_curve(observed).items()
    }


def work_out_reactivation(window: int, community: Community) -> Cells:
    """Of those who lapsed, the share with anything afterwards."""
    back = [is_back for _, _, lapse, is_back in _list_lapses(window, community) if lapse is not None]
    return {("all",): (sum(back) / len(back), sum(back), len(back))} if back else {}


def _gaps(community: Community, *, is_by_member: bool) -> Cells:
    """From one leaving to the next, day by day."""
    spells = [spell for own in community.spells.values() for spell in own if spell[0] <= COMPLETE_TO]
    ends = sorted(end for _, end in spells if end is not None and end <= COMPLETE_TO)
    cells: dict[tuple[str, ...], object] = {}
    for before, end in pairwise(ends if is_by_member else sorted(set(ends))):
        days = [before + DAY * place for place in range((end - before).days)]
        if not is_by_member:
            cells["all", str(end)] = len(days)
            continue
        same = sum(key[1].startswith(str(end)) for key in cells) + (ends[0] == end)
        lived = sum(start <= day and (last is None or last > day) for day in days for start, last in spells)
        cells["all", str(end) if not same else f"{end} ({same + 1})"] = lived
    return cells


_COUNTED = ("value", "numerator", "denominator")
ORACLES: tuple[Oracle, ...] = (
    *(
        Oracle(
            "membership_retention",
            "lifelines.KaplanMeierFitter",
            partial(_curve, period),
            _COUNTED,
            period[0],
        )
        for period in (ALL, Q3)
    ),
    Oracle("membership_median", "lifelines.KaplanMeierFitter", _median),
    *(
        Oracle(
            f"logrank_{attribute}",
            "lifelines.statistics.multivariate_logrank_test",
            partial(_logrank, attribute),
            ("value", "numerator", "denominator", "n"),
        )
        for attribute in ATTRIBUTES
    ),
    *(
        Oracle("period_retention", "slow Python", partial(_kept, period), _COUNTED, period[0])
        for period in (ALL, Q3)
    ),
    Oracle("cohort_retention", "slow Python", _triangle, ("numerator", "denominator")),
    *(
        Oracle(name, "slow Python", partial(figures, 365, period), _COUNTED, period[0])
        for name, figures in (("lapsed_members", work_out_lapsed), ("activity_kept", work_out_kept))
        for period in (ALL, Q3)
    ),
    Oracle("activity_retention", "lifelines.KaplanMeierFitter", partial(work_out_activity, 365), _COUNTED),
    Oracle("days_between_leavers", "slow Python", partial(_gaps, is_by_member=False)),
    Oracle("member_days_between_leavers", "slow Python, day by day", partial(_gaps, is_by_member=True)),
    Oracle("reactivation", "slow Python", partial(work_out_reactivation, 365), _COUNTED),
)
