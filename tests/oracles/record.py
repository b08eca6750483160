"""What a made-up community did in a span of days, and shares over it: slow Python over days, members and events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from math import sqrt
from zoneinfo import ZoneInfo

from scipy.stats import t

from tests.hand_formulas import work_out_mean, work_out_proportion, work_out_share, work_out_variance
from tests.indicators.random_community import COMPLETE_TO, FIRST, WAVES, Community
from tests.oracles.oracle import Cells, Oracle

LONDON = ZoneInfo("Europe/London")
FIGURES = ("value", "low", "high", "n")
SLOW = "slow Python"
Figures = tuple[float, float | None, float | None, int]


def find_day(moment: str) -> date:
    """The day in London of a UTC time such as 2015-06-30T23:30:00Z."""
    return datetime.fromisoformat(moment).astimezone(LONDON).date()


def find_first_day(community: Community) -> date:
    """The first day of the record: of anything that is dated."""
    days = [row["joined_on"] for row in community.tables.get("members", [])]
    days += list(WAVES.values()) if community.tables.get("waves") else []
    moments = [row["starts_at"] for row in community.tables.get("events", [])]
    moments += [row["at"] for row in community.tables.get("activities", [])]
    return min([*days, *(datetime.fromisoformat(moment).date() for moment in moments)], default=FIRST)


@dataclass(frozen=True)
class Record:
    """What was recorded of a community from one day to another, both among them."""

    community: Community
    period: str
    since: date
    until: date

    def is_inside(self, day: date) -> bool:
        return self.since <= day <= self.until

    @property
    def members(self) -> list[str]:
        """Everybody who is a member on the last day."""
        return [name for name in self.community.spells if self.community.is_member(name, self.until)]

    @property
    def events(self) -> dict[str, date]:
        """The day of every event that was held."""
        days = {
            row["event_id"]: find_day(row["starts_at"]) for row in self.community.tables.get("events", [])
        }
        return {event: day for event, day in days.items() if self.is_inside(day)}

    @property
    def visits(self) -> list[tuple[str, str, date]]:
        """Every attendance: event, member, day."""
        held = self.events
        return [
            (row["event_id"], row["member_id"], held[row["event_id"]])
            for row in self.community.tables.get("attendance", [])
            if row["attended"] and row["event_id"] in held
        ]

    @property
    def visits_of_members(self) -> list[tuple[str, str, date]]:
        """Attendances by people who were members on the day."""
        return [visit for visit in self.visits if self.community.is_member(visit[1], visit[2])]

    @property
    def acts(self) -> list[tuple[str, date, str, float]]:
        """Every activity: member, day, kind, amount."""
        acts = [
            (row["member_id"], find_day(row["at"]), row["kind"], float(row["amount"] or 1))
            for row in self.community.tables.get("activities", [])
        ]
        return [act for act in acts if self.is_inside(act[1])]

    @property
    def deeds(self) -> list[tuple[str, date, str, float]]:
        """Every activity of a member's own: not being matched, shortlisted or funded."""
        received = ("coffee_matched", "exchange_shortlisted", "exchange_funded")
        return [act for act in self.acts if act[2] not in received]

    @property
    def things(self) -> list[tuple[str, date, str]]:
        """Everything that a member did: member, day, kind of thing."""
        kinds = {row["event_id"]: f"event {row['kind']}" for row in self.community.tables.get("events", [])}
        visits = [(member, day, kinds[event]) for event, member, day in self.visits]
        return visits + [(member, day, kind) for member, day, kind, _ in self.deeds]

    @property
    def member_events(self) -> Iterator[tuple[str, str, dict[str, object]]]:
        """For each event, everybody who was a member on the day, with the row of attendance if there is one."""
        rows = {
            (row["event_id"], row["member_id"]): row for row in self.community.tables.get("attendance", [])
        }
        for event, day in self.events.items():
            for name in self.community.spells:
                if self.community.is_member(name, day):
                    yield event, name, rows.get((event, name), {})


PERIODS: dict[str, tuple[date, date]] = {
    "2015-Q2": (date(2015, 4, 1), date(2015, 6, 30)),
    "2015-Q4": (date(2015, 10, 1), COMPLETE_TO),
}


def read_record(community: Community, period: str = "all") -> Record:
    """The record of a period; of the whole, from the first day to the complete-to day."""
    return Record(community, period, *PERIODS.get(period, (find_first_day(community), COMPLETE_TO)))


def make_oracles(
    indicator: str,
    work_out: Callable[[Record], Cells],
    names: tuple[str, ...] = FIGURES,
    periods: Iterable[str] = PERIODS,
) -> tuple[Oracle, ...]:
    """One oracle over all time, and one a period: a quarter in the middle, and the quarter that is not over."""

    def over(period: str) -> Oracle:
        return Oracle(
            indicator, SLOW, lambda community: work_out(read_record(community, period)), names, period=period
        )

    return tuple(over(period) for period in ("all", *periods))


def give_share(clusters: dict[str, tuple[float, float]]) -> Figures:
    """A share with the member as the cluster; no interval for a single member."""
    values = list(clusters.values())
    if len(values) < 2:
        return sum(x for x, _ in values) / sum(w for _, w in values), None, None, len(values)
    return (*work_out_share(values), len(values))


def give_whole(clusters: dict[str, tuple[float, float]]) -> Figures:
    """The first stage of a funnel: everybody, by definition, so without an interval."""
    return 1.0, None, None, len(clusters)


def give_ratio(clusters: dict[str, tuple[float, float]]) -> Figures:
    """Σx/Σw with the linearised variance and Student's t."""
    values = list(clusters.values())
    ratio = sum(x for x, _ in values) / sum(w for _, w in values)
    if len(values) < 2:
        return ratio, None, None, len(values)
    half = float(t.ppf(0.975, len(values) - 1)) * sqrt(work_out_variance(values))
    return ratio, ratio - half, ratio + half, len(values)


def give_mean(values: list[float]) -> Figures:
    return (*work_out_mean(values), len(values)) if len(values) > 1 else (values[0], None, None, 1)


def give_proportion(successes: int, trials: int) -> Figures:
    return (*work_out_proportion(successes, trials), trials)


def add_up(rows: Iterable[tuple[str, float, float]]) -> dict[str, tuple[float, float]]:
    """By member the sums of x and w."""
    clusters: dict[str, tuple[float, float]] = {}
    for name, x, w in rows:
        before = clusters.get(name, (0.0, 0.0))
        clusters[name] = (before[0] + x, before[1] + w)
    return clusters


def over_members(record: Record, doers: set[str]) -> Cells:
    """The share of the members at the end who are among the doers."""
    members = record.members
    if not members:
        return {}
    return {(record.period,): give_proportion(sum(name in doers for name in members), len(members))}
