"""Signal or noise: statistical process control over a series of figures. Pure: no engine, no queries.

Three kinds of chart, each with its rules inside every rebase group:

- xmr, the default, as NHS England's "Making data count" teaches it and the R package NHSRplotthedots computes it:
  mean ± 2.66 × mean moving range, moving ranges above 3.267 × their mean dropped before the limits are set;
- p, for an indicator of estimator proportion whose denominators reach more than 25 % from their mean (below that
  equal limits serve as well): p̄ ± 3√(p̄(1 − p̄)/nᵢ), within 0 and 1. It is taken only where the figures vary about as
  much as the drawing of people alone makes them: with Laney's σz (2002) outside 1/1.5 to 1.5, as with huge
  denominators or with the same members counted every time, its limits would be wrong, and the chart stays an XmR;
- run, below 12 points in all: the median and no limits.

A point without a figure (missing, hidden) is a gap, and an incomplete period is treated as one: it enters no limit
and no rule, no moving range is taken across it, and what lies on both sides of it is not in a row. The rules, and how
often they speak for nothing, are in `indicators.statistics.spc_rules`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from commands import Refusal
from indicators.definition import Direction
from indicators.result import Result
from indicators.statistics.spc_rules import FLAGS, list_flags, list_short_flags

Kind = Literal["xmr", "p", "run"]
Variation = Literal["improving", "concerning", "neutral special cause", "common cause", "none"]
Assurance = Literal["consistently hits", "consistently misses", "hit and miss", "none"]
Floats = NDArray[np.float64]
Rebase = tuple[str, str]

FEWEST_POINTS = 12
REACH = 2.66
OUTLYING = 3.267
UNEQUAL = 0.25
OVERDISPERSED = 1.5
RANGE_TO_SIGMA = 1.128


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

    @property
    def is_judged(self) -> bool:
        """Whether it has a figure of a complete period."""
        return self.is_complete and not np.isnan(self.value)


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
                str(period),
                float(value) if status == "ok" else np.nan,
                bool(is_complete),
                float(numerator),
                float(denominator),
            )
            for period, value, is_complete, numerator, denominator, status in rows[
                ["period", "value", "is_complete", "numerator", "denominator", "status"]
            ].itertuples(index=False, name=None)
        ]
        chart = build_chart(
            observations,
            indicator.direction,
            target=target,
            rebases=rebases,
            is_proportion=indicator.estimator == "proportion",
            bounds=indicator.limits,
        )
        charts.append(replace(chart, line=line))
    return tuple(charts)


def make_chart(result: Result, rebases: Sequence[Rebase] = (), target: float | None = None) -> SpcChart:
    """The chart of a result of one line. Raises ValueError for several, BadRebase as `build_chart` does."""
    (chart,) = make_charts(result, rebases, target)
    return chart


def split_lines(result: Result) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    """Each line of a result with its rows in order of time, their index kept."""
    if not result.dimensions:
        yield (), result.table
        return
    for line, rows in result.table.groupby(list(result.dimensions), sort=False, dropna=False):
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
    kept_within = (0.0, 1.0) if kind == "p" else bounds
    points: list[SpcPoint] = []
    short_groups = []
    for group in dict.fromkeys(groups):
        places = [place for place, own in enumerate(groups) if own == group]
        known = values[places]
        centre, spread, flags = _find_lines(
            kind, known, numerators[places], denominators[places], drawn_from[places]
        )
        if kind != "run" and np.isfinite(known).sum() < FEWEST_POINTS:
            short_groups.append(observations[places[0]].period)
        for place, reach, flagged in zip(places, spread, flags, strict=True):
            one = observations[place]
            lower, inner_lower, inner_upper, upper = (
                float(np.clip(centre + part * reach, *kept_within)) for part in (-1, -2 / 3, 2 / 3, 1)
            )
            points.append(
                SpcPoint(
                    period=one.period,
                    value=one.value,
                    is_complete=one.is_complete,
                    group=group,
                    centre=centre,
                    lower=lower,
                    upper=upper,
                    inner_lower=inner_lower,
                    inner_upper=inner_upper,
                    flags=flagged,
                    meaning=_judge(flagged, direction) if np.isfinite(values[place]) else "none",
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


def find_usual_range(
    values: Sequence[float], bounds: tuple[float, float] = (0.0, 1.0)
) -> tuple[float, float] | None:
    """The XmR limits of a series within `bounds`; None below 12 points, where a run chart is all that the data support."""
    if len(values) < FEWEST_POINTS:
        return None
    centre, reach = _find_reach(np.asarray(values, dtype=np.float64))
    return max(bounds[0], centre - reach), min(bounds[1], centre + reach)


def _find_lines(
    kind: Kind, values: Floats, numerators: Floats, denominators: Floats, drawn_from: Floats
) -> tuple[float, Floats, list[tuple[str, ...]]]:
    """Centre, distance from it to a limit, and flags of each point of one group."""
    if kind == "run":
        known = values[np.isfinite(values)]
        centre = float(np.median(known)) if len(known) else np.nan
        return centre, np.full(len(values), np.nan), list_short_flags(values, centre)
    if kind == "p":
        centre, spread = _find_spread_p(numerators, denominators, drawn_from)
    else:
        centre, reach = _find_reach(values)
        spread = np.full(len(values), reach)
    return centre, spread, list_flags(values, centre, spread)


def _find_reach(values: Floats) -> tuple[float, float]:
    """Mean, and 2.66 × the mean moving range; NaN without points, or without two in a row."""
    known = values[np.isfinite(values)]
    return (float(known.mean()) if len(known) else np.nan), REACH * _average_range([values])


def _average_range(series: Sequence[Floats]) -> float:
    """Mean moving range within each series, those above 3.267 × the mean dropped; NaN where there is none."""
    ranges = np.concatenate([np.abs(np.diff(values)) for values in series])
    ranges = ranges[np.isfinite(ranges)]
    if not len(ranges):
        return np.nan
    return float(ranges[ranges <= OUTLYING * ranges.mean()].mean())


def _find_spread_p(numerators: Floats, denominators: Floats, drawn_from: Floats) -> tuple[float, Floats]:
    """p̄ of the complete points, and 3√(p̄(1 − p̄)/nᵢ) for each point; NaN where nᵢ is not known."""
    drawn = np.nansum(denominators)
    if not drawn:
        return np.nan, np.full(len(drawn_from), np.nan)
    centre = float(np.nansum(numerators) / drawn)
    with np.errstate(divide="ignore", invalid="ignore"):
        return centre, np.asarray(3 * np.sqrt(centre * (1 - centre) / drawn_from), dtype=np.float64)


def _choose_kind(
    values: Floats, numerators: Floats, denominators: Floats, groups: Sequence[int], is_proportion: bool
) -> Kind:
    """The kind of chart that the data support: see the head of this module."""
    is_known = np.isfinite(values)
    of_group = [np.array(groups) == group for group in sorted(set(groups))]
    if is_known.sum() < FEWEST_POINTS or np.isnan(_average_range([values[own] for own in of_group])):
        return "run"
    n, x = denominators[is_known], numerators[is_known]
    if not is_proportion or not np.isfinite(x + n).all() or (n <= 0).any():
        return "xmr"
    if np.abs(n / n.mean() - 1).max() <= UNEQUAL:
        return "xmr"
    scores = []
    for own in of_group:
        centre, spread = _find_spread_p(numerators[own], denominators[own], denominators[own])
        if not 0 < centre < 1:
            return "xmr"
        scores.append((values[own] - centre) / (spread / 3))
    sigma = _average_range(scores) / RANGE_TO_SIGMA
    return "p" if 1 / OVERDISPERSED <= sigma <= OVERDISPERSED else "xmr"


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
