"""Engagement a second time: slow Python over days, members and events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from indicators.catalogue.engagement.activity import CONTRIBUTIONS, ROLES
from tests.indicators.random_community import WAVES, Community
from tests.oracles.oracle import Cells, Oracle
from tests.oracles.record import (
    FIGURES,
    SLOW,
    Record,
    add_up,
    give_mean,
    give_proportion,
    give_ratio,
    give_share,
    give_whole,
    make_oracles,
    over_members,
    read_record,
)
from tests.oracles.streams import ORACLES as STREAMS

BOUNDS = ((7, "Up to 7 days"), (30, "8 to 30 days"), (90, "31 to 90 days"), (365, "91 to 365 days"))
RUNGS = ("Dormant", "Occasional", "Active", "Core")


def over_member_events(wanted: Callable[..., tuple[float, float] | None], record: Record) -> Cells:
    clusters = add_up(
        (name, *counted) for _, name, row in record.member_events if (counted := wanted(row)) is not None
    )
    return {(record.period,): give_share(clusters)} if clusters else {}


def count_attended(row: dict[str, object]) -> tuple[float, float]:
    return float(bool(row.get("attended"))), 1.0


def count_no_show(row: dict[str, object]) -> tuple[float, float] | None:
    return (float(not row["attended"]), 1.0) if row.get("registered") else None


def work_out_funnel(record: Record) -> Cells:
    rows = record.community.tables.get("attendance", [])
    known = {row["event_id"] for row in rows if row["registered"] is not None}
    cells = {}
    passed = {
        "Invited": (),
        "Registered": ("registered",),
        "Registered and attended": ("registered", "attended"),
    }
    for stage, needed in passed.items():
        clusters = add_up(
            (name, float(all(row.get(column) for column in needed)), 1.0)
            for event, name, row in record.member_events
            if event in known
        )
        if clusters:
            cells[record.period, stage] = give_whole(clusters) if stage == "Invited" else give_share(clusters)
    return cells


def work_out_minutes(record: Record) -> Cells:
    clusters = add_up(
        (name, float(str(row["minutes"])), 1.0)
        for _, name, row in record.member_events
        if row.get("attended") and row["minutes"] is not None
    )
    return {(record.period,): give_ratio(clusters)} if clusters else {}


def work_out_attended_any(record: Record) -> Cells:
    return over_members(record, {member for _, member, _ in record.visits}) if record.events else {}


def find_first_visits(community: Community) -> dict[str, tuple[date, str, str]]:
    """By member the first attendance ever: day, time, event."""
    starts = {row["event_id"]: row["starts_at"] for row in community.tables.get("events", [])}
    first: dict[str, tuple[date, str, str]] = {}
    for event, member, day in read_record(community).visits:
        visit = (day, starts[event], event)
        first[member] = min(visit, first.get(member, visit))
    return first


def work_out_first_timers(record: Record) -> Cells:
    came = {member for _, member, _ in record.visits_of_members}
    first = find_first_visits(record.community)
    new = sum(first[name][0] >= record.since for name in came)
    return {(record.period,): give_proportion(new, len(came))} if came else {}


def work_out_event_first_timers(record: Record) -> Cells:
    first = find_first_visits(record.community)
    visits = record.visits_of_members
    return {
        (record.period, event): give_proportion(
            sum(first[name][2] == event for other, name, _ in visits if other == event),
            sum(other == event for other, _, _ in visits),
        )
        for event in {event for event, _, _ in visits}
    }


def count_people(record: Record) -> Cells:
    if not record.community.tables.get("attendance"):
        return {}
    return {(record.period,): len({name for _, name, _ in record.visits_of_members})}


def count_events(record: Record) -> Cells:
    return {(record.period,): len(record.events)} if record.community.tables.get("events") else {}


def work_out_patterns(community: Community) -> Cells:
    record = read_record(community)
    came = {(event, member) for event, member, _ in record.visits}
    cells: dict[tuple[str, ...], object] = {}
    for series in ("Design", "Calls"):
        events = sorted(
            (record.events[row["event_id"]], row["event_id"])
            for row in community.tables.get("events", [])
            if row["series"] == series and row["event_id"] in record.events
        )[-3:]
        if len(events) < 3:
            continue
        patterns = Counter(
            "-".join("yes" if (event, name) in came else "no" for _, event in events)
            for name in community.spells
            if all(community.is_member(name, day) for day, _ in events)
        )
        for pattern, count in patterns.items():
            cells["all", series, pattern] = give_proportion(count, sum(patterns.values()))
    return cells


def work_out_active(record: Record) -> Cells:
    return over_members(record, {member for member, _, _ in record.things})


def work_out_weeks(record: Record) -> Cells:
    whole = read_record(record.community)
    active = {(member, day - timedelta(day.weekday())) for member, day, _ in whole.things}
    days = [record.since + timedelta(number) for number in range((record.until - record.since).days + 1)]
    clusters = add_up(
        (name, float((name, sunday - timedelta(6)) in active), 1.0)
        for sunday in days
        for name in record.community.spells
        if sunday.weekday() == 6 and record.community.is_member(name, sunday)
    )
    return {(record.period,): give_share(clusters)} if clusters else {}


def work_out_breadth(record: Record) -> Cells:
    kinds: dict[str, set[str]] = {name: set() for name in record.members}
    for member, _, thing in record.things:
        if member in kinds:
            kinds[member].add(thing)
    counts = [float(len(found)) for found in kinds.values()]
    return {(record.period,): give_mean(counts)} if counts else {}


def work_out_recency(record: Record) -> Cells:
    things = read_record(record.community).things
    classes: Counter[str] = Counter()
    for name in record.members:
        days = [
            (record.until - day).days for member, day, _ in things if member == name and day <= record.until
        ]
        if not days:
            classes["Never"] += 1
            continue
        classes[next((label for bound, label in BOUNDS if min(days) <= bound), "More than a year")] += 1
    total = sum(classes.values())
    return {(record.period, label): give_proportion(count, total) for label, count in classes.items()}


def work_out_contribution(record: Record) -> Cells:
    given = {member for member, _, kind, _ in record.acts if kind in CONTRIBUTIONS}
    roles = {
        (row["event_id"], row["member_id"]): row["role"]
        for row in record.community.tables.get("attendance", [])
    }
    given |= {member for event, member, _ in record.visits if (roles[event, member] or "").lower() in ROLES}
    return over_members(record, given)


def find_rung(record: Record, name: str) -> int:
    """The rung of a member on the last day by the rule as it is printed, Dormant 0 to Core 3."""
    joined = max(start for start, _ in record.community.spells[name] if start <= record.until)
    events = sum(member == name for _, member, _ in record.visits)
    weeks = len({day - timedelta(day.weekday()) for member, day, _, _ in record.deeds if member == name})
    is_regular = weeks >= 0.25 * (((record.until - max(record.since, joined)).days + 7) // 7)
    if events >= 2 and is_regular:
        return 3
    if events >= 1 or is_regular:
        return 2
    return 1 if weeks else 0


def work_out_ladder(record: Record) -> Cells:
    rungs = Counter(find_rung(record, name) for name in record.members)
    total = sum(rungs.values())
    if not total:
        return {}
    return {(record.period, RUNGS[rung]): give_proportion(rungs[rung], total) for rung in range(4)}


def work_out_counts(record: Record) -> Cells:
    if not record.events or not record.members:
        return {}
    came = Counter(member for _, member, _ in record.visits)
    counts = Counter(min(came[name], 10) for name in record.members)
    words = {0: "No event", 1: "1 event", 10: "10 or more events"}
    return {
        (record.period, words.get(events, f"{events} events")): give_proportion(count, counts.total())
        for events, count in counts.items()
    }


def work_out_wanted(days: int, community: Community) -> Cells:
    cells: dict[tuple[str, ...], object] = {}
    for wave, opened in WAVES.items():
        sides: Counter[str] = Counter()
        before = Record(community, wave, opened - timedelta(days), opened - timedelta(1))
        for row in community.tables.get("answers", []):
            asked = (row["wave_id"], row["item_id"]) == (wave, "want1") and row["value"] is not None
            if not asked or row["respondent_id"] not in before.members:
                continue
            side = find_rung(before, row["respondent_id"]) + 1 - row["value"]
            sides["Less than wanted" if side < 0 else "More than wanted" if side else "As wanted"] += 1
        for side_name, count in sides.items():
            cells[wave, side_name] = give_proportion(count, sum(sides.values()))
    return cells


def work_out_by_attendance(record: Record) -> Cells:
    """The share of the active among the members at the end who had come to an event before the period, and of the others."""
    came = {name for name, (day, _, _) in find_first_visits(record.community).items() if day < record.since}
    doers = {name for name, _, _ in record.things}
    groups = {
        word: [name for name in record.members if (name in came) == has_come]
        for word, has_come in (("Had attended", True), ("Not yet", False))
    }
    return {
        (record.period, word): give_proportion(sum(name in doers for name in names), len(names))
        for word, names in groups.items()
        if came and names
    }


ORACLES = (
    *make_oracles("attendance_rate", partial(over_member_events, count_attended)),
    *make_oracles("event_funnel", work_out_funnel),
    *make_oracles("no_show_rate", partial(over_member_events, count_no_show)),
    *make_oracles("attended_any", work_out_attended_any),
    *make_oracles("first_timers", work_out_first_timers),
    Oracle(
        "event_first_timers",
        SLOW,
        lambda community: work_out_event_first_timers(read_record(community)),
        FIGURES,
    ),
    Oracle("attendance_patterns", SLOW, work_out_patterns, FIGURES),
    *make_oracles("attendance_minutes", work_out_minutes),
    *make_oracles("event_attendance", count_people, ("value",)),
    *make_oracles("events_held", count_events, ("value",)),
    *make_oracles("active_members", work_out_active),
    # Over all time nobody had attended before the first day.
    *make_oracles("active_by_attendance", work_out_by_attendance)[1:],
    *make_oracles("weekly_active", work_out_weeks),
    *make_oracles("engagement_ladder", work_out_ladder),
    Oracle("wanted_against_actual", SLOW, partial(work_out_wanted, 365), FIGURES),
    *make_oracles("events_attended", work_out_counts),
    *make_oracles("recency", work_out_recency),
    *make_oracles("breadth", work_out_breadth),
    *make_oracles("contribution_rate", work_out_contribution),
    *STREAMS,
)
