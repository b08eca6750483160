"""Centre and limits of one rebase group, by the kinds of chart of `indicators.statistics.spc`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indicators.statistics.spc.rules import list_flags, list_short_flags

Kind = Literal["xmr", "p", "laney", "t", "g", "run"]
Floats = NDArray[np.float64]

REACH = 2.66
OUTLYING = 3.267
RANGE_TO_SIGMA = 1.128
POWER = 3.6
MEDIAN = 0.693


class Lines(NamedTuple):
    """Of one group, on the scale that it is judged on: centre, distances to the limits, flags, and the way back to the unit."""

    centre: float
    below: Floats
    above: Floats
    flags: list[tuple[str, ...]]
    read: Callable[[float], float] = float


def find_lines(
    kind: Kind, values: Floats, numerators: Floats, denominators: Floats, drawn_from: Floats
) -> Lines:
    """The lines and flags of one group."""
    if kind == "run":
        known = values[np.isfinite(values)]
        centre = float(np.median(known)) if len(known) else np.nan
        nothing = np.full(len(values), np.nan)
        return Lines(centre, nothing, nothing, list_short_flags(values, centre))
    if kind == "g":
        return _find_lines_g(values)
    if kind in ("p", "laney"):
        centre, spread = find_spread_p(numerators, denominators, drawn_from)
        if kind == "laney":
            spread = spread * find_sigma([(values - centre) / (spread / 3)])
        return Lines(centre, spread, spread, list_flags(values, centre, spread))
    judged = values ** (1 / POWER) if kind == "t" else values
    centre, reach = find_reach(judged)
    spread = np.full(len(values), reach)
    read = _take_back if kind == "t" else float
    return Lines(centre, spread, spread, list_flags(judged, centre, spread), read)


def _take_back(root: float) -> float:
    """A length from its 3.6th root; what lies below 0 is 0."""
    return float(max(root, 0.0) ** POWER)


def _find_lines_g(values: Floats) -> Lines:
    """Around the median 0.693 ḡ of a geometric distribution, the limits ḡ ± 3√(ḡ(ḡ + 1)), not below 0."""
    known = values[np.isfinite(values)]
    mean = float(known.mean()) if len(known) else np.nan
    centre, reach = MEDIAN * mean, 3 * float(np.sqrt(mean * (mean + 1)))
    above = np.full(len(values), mean + reach - centre)
    below = np.full(len(values), centre - max(mean - reach, 0.0))
    spread = np.where(values >= centre, above, below)
    flags = [
        tuple(flag for flag in flagged if not flag.startswith("2 of 3"))
        for flagged in list_flags(values, centre, spread)
    ]
    return Lines(centre, below, above, flags)


def find_reach(values: Floats) -> tuple[float, float]:
    """Mean, and 2.66 × the mean moving range; NaN without points, or without two in a row."""
    known = values[np.isfinite(values)]
    return (float(known.mean()) if len(known) else np.nan), REACH * average_range([values])


def average_range(series: Sequence[Floats]) -> float:
    """Mean moving range within each series, those above 3.267 × the mean dropped; NaN where there is none."""
    ranges = np.concatenate([np.abs(np.diff(values)) for values in series])
    ranges = ranges[np.isfinite(ranges)]
    if not len(ranges):
        return np.nan
    return float(ranges[ranges <= OUTLYING * ranges.mean()].mean())


def is_mostly_none(values: Floats) -> bool:
    """Whether most points are 0 and some are not: moving ranges are then mostly 0 too, and say nothing of how far a change goes."""
    known = values[np.isfinite(values)]
    return len(known) > 0 and 0.5 < float(np.mean(known == 0)) < 1


def find_spread_p(numerators: Floats, denominators: Floats, drawn_from: Floats) -> tuple[float, Floats]:
    """p̄ of the complete points, and 3√(p̄(1 − p̄)/nᵢ) for each point; NaN where nᵢ is not known."""
    drawn = np.nansum(denominators)
    if not drawn:
        return np.nan, np.full(len(drawn_from), np.nan)
    centre = float(np.nansum(numerators) / drawn)
    with np.errstate(divide="ignore", invalid="ignore"):
        return centre, np.asarray(3 * np.sqrt(centre * (1 - centre) / drawn_from), dtype=np.float64)


def find_sigma(scores: Sequence[Floats]) -> float:
    """Laney's σz: the mean moving range of z-scores over 1.128; NaN where there is none."""
    return average_range(scores) / RANGE_TO_SIGMA
