"""Signal or noise: statistical process control over a series of figures. Pure: no engine, no queries.

The kinds of chart, each with its rules inside every rebase group:

- xmr, the default, as NHS England's "Making data count" teaches it and the R package NHSRplotthedots computes it:
  mean ± 2.66 × mean moving range, moving ranges above 3.267 × their mean dropped before the limits are set;
- laney, the p′ chart (Laney 2002), for an indicator of estimator proportion whose denominators reach more than 25 % from their
  mean (below that equal limits serve as well): p̄ ± 3 σz √(p̄(1 − p̄)/nᵢ), within 0 and 1, σz the mean moving range of the
  z-scores over 1.128. With σz = 1 it is the p chart, kind p, which has to be asked for; σz is larger where the figures
  vary more than the drawing of people alone makes them, and smaller where the same members are counted every time.
  Centre and limits start where the base is at least LEAST_BASE = 30: of fewer, one member moves the share by more than three
  points and the limits leave nearly everything possible, while it weighs in σz like the others;
- t and g, for the days, or the member-days, from one rare event to the next: XmR of t^(1/3.6), taken back (Nelson 1994); and
  ḡ ± 3√(ḡ(ḡ + 1)) around 0.693 ḡ, the median (Benneyan 2001; Provost & Murray 2011), without the rule of 2 of 3, which
  is for what is symmetric;
- run, below 12 points in all, or of a proportion below 12 with such a base, or of a proportion most of whose points are 0: the median and
  no limits.

A point without a figure (missing, hidden) is a gap, and an incomplete period is treated as one: it enters no limit
and no rule, no moving range is taken across it, and what lies on both sides of it is not in a row. The rules, and how
often they speak for nothing, are in `indicators.statistics.spc.rules`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from commands import Refusal
from indicators.definition import Direction
from indicators.result import Result
from indicators.statistics.spc.limits import (
    Floats,
    Kind,
    average_range,
    find_lines,
    find_sigma,
    find_spread_p,
    is_mostly_none,
)
from indicators.statistics.spc.rules import FLAGS, Runs, count_runs

Variation = Literal["improving", "concerning", "neutral special cause", "common cause", "none"]
Assurance = Literal["consistently hits", "consistently misses", "hit and miss", "none"]
Rebase = tuple[str, str]

FEWEST_POINTS = 12
UNEQUAL = 0.25
LEAST_BASE = 30


class BadRebase(Refusal, ValueError):
    """A rebase that cannot be made: one sentence that says which and why."""


@dataclass(frozen=True)
class Observation:
    """One figure of a series; NaN where there is none. A proportion brings its numerator and denominator."""

    period: str
    value: float
    is_complete: bool = True
    numerator: float = np.nan
    denominator: float = np.nan


@dataclass(frozen=True)
class SpcPoint:
    """A figure with its limits, in the unit of the indicator; `inner_lower` and `inner_upper` bound the middle two thirds.

    `flags` are the rules that it is part of, in the order of FLAGS; `meaning` is "none" for a point that is not judged.
    """

    period: str
    value: float
    is_complete: bool
    group: int
    centre: float
    lower: float
    upper: float
    inner_lower: float
    inner_upper: float
    flags: tuple[str, ...]
    meaning: Variation
    has_base: bool = True

    @property
    def is_judged(self) -> bool:
        """Whether it has a figure of a complete period, on a base that is large enough."""
        return self.is_complete and self.has_base and not np.isnan(self.value)


@dataclass(frozen=True)
class SpcChart:
    """A series with limits and signals.

    `variation` is the meaning of the latest judged point, `assurance` says on which side of its limits the target
    lies; "none" without points, without target or limits, or where no direction is better. `line` are the values of
    the result's dimensions; `short_groups` are the first periods of rebase groups of fewer than 12 points, whose
    limits are provisional.
    """

    kind: Kind
    direction: Direction
    points: tuple[SpcPoint, ...]
    target: float | None
    rebases: tuple[Rebase, ...]
    variation: Variation
    assurance: Assurance
    short_groups: tuple[str, ...]
    line: tuple[str, ...] = ()

    @property
    def judged(self) -> tuple[SpcPoint, ...]:
        """The points that limits and rules rest on."""
        return tuple(point for point in self.points if point.is_judged)

    @property
    def is_mostly_none(self) -> bool:
        """Whether most of its points are 0, and some are not."""
        return is_mostly_none(np.array([point.value for point in self.judged], dtype=np.float64))

    @property
    def runs(self) -> Runs | None:
        """The runs of a run chart of one group around its median; None where there are too few points, and of other charts."""
        if self.kind != "run" or self.rebases or not self.judged:
            return None
        return count_runs(np.array([point.value for point in self.judged]), self.judged[0].centre)


def make_charts(
    result: Result, rebases: Sequence[Rebase] = (), target: float | None = None
) -> tuple[SpcChart, ...]:
    """One chart for each line of a result: a line is a value of its dimensions, in the order of the result.

    Limits keep within what the unit can be. Raises BadRebase as `build_chart` does.
    """
    indicator = result.indicator
    charts = []
    for line, rows in split_lines(result):
        observations = [
            Observation(
                str(place),
                float(value) if status == "ok" else np.nan,
                bool(is_complete),
                float(numerator),
                float(denominator),
            )
            for place, value, is_complete, numerator, denominator, status in rows[
                [indicator.axis, "value", "is_complete", "numerator", "denominator", "status"]
            ].itertuples(index=False, name=None)
        ]
        chart = build_chart(
            observations,
            indicator.direction,
            target=target,
            rebases=rebases,
            is_proportion=indicator.estimator == "proportion",
            kind=_choose_rare(indicator.chart, observations),
            bounds=indicator.limits,
        )
        charts.append(replace(chart, line=line))
    return tuple(charts)


def make_chart(result: Result, rebases: Sequence[Rebase] = (), target: float | None = None) -> SpcChart:
    """The chart of a result of one line. Raises ValueError for several, BadRebase as `build_chart` does."""
    (chart,) = make_charts(result, rebases, target)
    return chart


def list_lines(result: Result) -> list[str]:
    """The dimensions whose values are lines of their own: all but what a series runs along."""
    return [name for name in result.dimensions if name != result.indicator.axis]


def split_lines(result: Result) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    """Each line of a result with its rows in order of time, their index kept."""
    lines = list_lines(result)
    if not lines:
        yield (), result.table
        return
    for line, rows in result.table.groupby(lines, sort=False, dropna=False):
        yield tuple(str(name) if isinstance(name, str) else "" for name in line), rows


def build_chart(
    observations: Sequence[Observation],
    direction: Direction,
    *,
    target: float | None = None,
    rebases: Sequence[Rebase] = (),
    is_proportion: bool = False,
    kind: Kind | None = None,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> SpcChart:
    """Limits, flags, variation and assurance of a series in order of time.

    `rebases` are (first period of a new group, note); `kind` overrides the choice of chart; limits keep within
    `bounds`. Raises BadRebase for a rebase without a note, at a period that the series lacks, or given twice.
    """
    groups = _number_groups([one.period for one in observations], rebases)
    values, numerators, denominators = (
        np.array(
            [getattr(one, name) if one.is_complete else np.nan for one in observations], dtype=np.float64
        )
        for name in ("value", "numerator", "denominator")
    )
    kind = kind or _choose_kind(values, numerators, denominators, groups, is_proportion)
    drawn_from = np.array([one.denominator for one in observations], dtype=np.float64)
    has_base = drawn_from >= LEAST_BASE if kind == "laney" else np.ones(len(values), dtype=bool)
    for figures in (values, numerators, denominators, drawn_from):
        figures[~has_base] = np.nan
    kept_within = (0.0, 1.0) if kind in ("p", "laney") else bounds
    points: list[SpcPoint] = []
    short_groups = []
    for group in dict.fromkeys(groups):
        places = [place for place, own in enumerate(groups) if own == group]
        known = values[places]
        lines = find_lines(kind, known, numerators[places], denominators[places], drawn_from[places])
        if kind != "run" and np.isfinite(known).sum() < FEWEST_POINTS:
            short_groups.append(observations[places[0]].period)
        for place, below, above, flagged in zip(places, lines.below, lines.above, lines.flags, strict=True):
            one, is_based = observations[place], bool(has_base[place])
            lower, inner_lower, inner_upper, upper = (
                float(np.clip(lines.read(lines.centre + part), *kept_within))
                for part in (-below, -below * 2 / 3, above * 2 / 3, above)
            )
            points.append(
                SpcPoint(
                    period=one.period,
                    value=one.value,
                    is_complete=one.is_complete,
                    group=group,
                    centre=lines.read(lines.centre) if is_based else np.nan,
                    lower=lower,
                    upper=upper,
                    inner_lower=inner_lower,
                    inner_upper=inner_upper,
                    flags=flagged,
                    meaning=_judge(flagged, direction) if np.isfinite(values[place]) else "none",
                    has_base=is_based,
                )
            )
    judged = [point for point in points if point.is_judged]
    return SpcChart(
        kind=kind,
        direction=direction,
        points=tuple(points),
        target=target,
        rebases=tuple(rebases),
        variation=judged[-1].meaning if judged else "none",
        assurance=_assure(judged[-1], direction, target) if judged else "none",
        short_groups=tuple(short_groups),
    )


def _choose_rare(chart: str, observations: Sequence[Observation]) -> Kind | None:
    """The kind of chart of what is told from one rare event to the next; None for any other."""
    if chart not in ("g", "t"):
        return None
    known = sum(one.is_complete and np.isfinite(one.value) for one in observations)
    return "run" if known < FEWEST_POINTS else "g" if chart == "g" else "t"


def _choose_kind(
    values: Floats, numerators: Floats, denominators: Floats, groups: Sequence[int], is_proportion: bool
) -> Kind:
    """The kind of chart that the data support: see the head of this module."""
    is_known = np.isfinite(values)
    of_group = [np.array(groups) == group for group in sorted(set(groups))]
    if is_known.sum() < FEWEST_POINTS or np.isnan(average_range([values[own] for own in of_group])):
        return "run"
    if is_proportion and is_mostly_none(values):
        return "run"
    n, x = denominators[is_known], numerators[is_known]
    if not is_proportion or not np.isfinite(x + n).all() or (n <= 0).any():
        return "xmr"
    if (n >= LEAST_BASE).sum() < FEWEST_POINTS:
        return "run"
    if np.abs(n / n.mean() - 1).max() <= UNEQUAL:
        return "xmr"
    for own in of_group:
        centre, spread = find_spread_p(numerators[own], denominators[own], denominators[own])
        if not 0 < centre < 1 or not find_sigma([(values[own] - centre) / (spread / 3)]) > 0:
            return "xmr"
    return "laney"


def _number_groups(periods: Sequence[str], rebases: Sequence[Rebase]) -> list[int]:
    """The rebase group of each period, from 0."""
    starts = [period for period, _ in rebases]
    for period, note in rebases:
        if not note.strip():
            raise BadRebase(f"The rebase at {period} has no note: say what changed.")
        if period not in periods:
            raise BadRebase(f"The series has no period {period}, so limits cannot start anew there.")
        if starts.count(period) > 1:
            raise BadRebase(f"The rebase at {period} is given twice: keep one.")
    number, groups = 0, []
    for place, period in enumerate(periods):
        number += period in starts and place > 0
        groups.append(number)
    return groups


def _judge(flags: Sequence[str], direction: Direction) -> Variation:
    if not flags:
        return "common cause"
    if direction == "neutral":
        return "neutral special cause"
    return "improving" if (FLAGS[flags[0]] > 0) == (direction == "up") else "concerning"


def _assure(point: SpcPoint, direction: Direction, target: float | None) -> Assurance:
    if target is None or direction == "neutral" or np.isnan(point.lower + point.upper):
        return "none"
    if point.lower <= target <= point.upper:
        return "hit and miss"
    return "consistently hits" if (target < point.lower) == (direction == "up") else "consistently misses"
