"""Survival beyond the curve: the median with its interval and the log-rank test, from counts of exits by time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indicators.definition import Band
from indicators.statistics.estimators import Floats, estimate_survival

HALF = 0.5
# Days after joining of which figures are told, the same everywhere, so that two of them can be set side by side.
USUAL_DAYS = (90.0, 180.0, 365.0, 730.0, 1095.0, 1460.0, 1825.0)
# Products of fractions that are a half exactly, such as 4/5 · 5/8, are not so in binary.
_NEARLY = 1e-12


class LogRank(NamedTuple):
    """The statistic, its degrees of freedom and its p value."""

    chi_square: float
    degrees: int
    p: float


def estimate_median(
    times: Floats, ended: Floats, exits: Floats, band: Band = "log-log"
) -> tuple[float, float, float]:
    """First time at which the Kaplan–Meier curve is at most a half, with Brookmeyer & Crowley's (1982) interval.

    `exits` are all who went at each of the increasing `times`, `ended` those of them with the event. The interval
    runs from the first time at which the curve's lower limit is at most a half to the first time of its upper limit;
    NaN where it is never reached. Before anybody left there is nothing to cross yet.
    """
    at_risk = np.cumsum(exits[::-1])[::-1]
    value, low, high = estimate_survival(ended, at_risk, band)
    low = np.where(value >= 1, 1.0, np.where(value <= 0, 0.0, low))
    return _cross(times, value), _cross(times, low), _cross(times, high)


def compare_survival(times: Floats, groups: NDArray[np.intp], ended: Floats, exits: Floats) -> LogRank | None:
    """Log-rank test of equal survival in all groups (Mantel 1966), columns of equal length, one element a count.

    χ² = U′V⁻¹U with U = Σ(d_g − d·n_g/n) and V = Σ d(n − d)/(n − 1) · (diag(q) − qq′), q = n_g/n, over the times with
    an event; the degrees of freedom are the groups that could have had one, less one. None where there are fewer
    than two such groups or nothing can differ.
    """
    places, time = np.unique(times, return_inverse=True)
    size = int(groups.max()) + 1 if len(groups) else 0
    events, leaving = np.zeros((size, len(places))), np.zeros((size, len(places)))
    np.add.at(events, (groups, time), ended)
    np.add.at(leaving, (groups, time), exits)
    at_risk = np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1]
    has_event = events.sum(axis=0) > 0
    events, at_risk = events[:, has_event], at_risk[:, has_event]
    d, n = events.sum(axis=0), at_risk.sum(axis=0)
    parts = at_risk / n
    expected = (parts * d).sum(axis=1)
    from scipy import special

    kept = expected > 0
    degrees = int(kept.sum()) - 1
    weight = d * (n - d) / np.maximum(n - 1, 1.0)
    if degrees < 1 or not weight.any():
        return None
    parts = parts[kept][:-1]
    spread = np.diag((parts * weight).sum(axis=1)) - (parts * weight) @ parts.T
    surplus = (events.sum(axis=1) - expected)[kept][:-1]
    chi_square = float(surplus @ np.linalg.solve(spread, surplus))
    return LogRank(chi_square, degrees, float(special.chdtrc(degrees, chi_square)))


def _cross(times: Floats, curve: Floats) -> float:
    reached = times[curve <= HALF + _NEARLY]
    return float(reached[0]) if len(reached) else float("nan")


class Rest(NamedTuple):
    """Of each group: the exact p, and the curves of it and of all others on the last usual day on which both have enough at risk, or
    where none is reached on the last such day."""

    p: Floats
    day: Floats
    value: Floats
    other: Floats


def compare_with_rest(days: Floats, ended: Floats, at_risk: Floats, least: float = 10.0) -> Rest:
    """Each group's survival against that of all others together, by an exact log-rank test.

    `ended` and `at_risk` have a row a group and a column for each of the increasing `days`. Given who is at risk, each of the d
    events of a day falls into the group with probability q = n_g/n, so that the group's events are a sum of Bernoulli draws;
    p is twice the smaller tail of that, at most 1. χ² with few events finds differences where there are none (Kellerer &
    Chmelevsky 1983). NaN where a group, or its rest, has no day with `least` at risk in both.
    """
    all_ended, all_at_risk = ended.sum(axis=0), at_risk.sum(axis=0)
    chance = np.repeat(at_risk / np.maximum(all_at_risk, 1.0), all_ended.astype(np.intp), axis=1)
    spread = np.zeros((len(ended), chance.shape[1] + 1))
    spread[:, 0] = 1.0
    for draw in chance.T[:, :, np.newaxis]:
        spread[:, 1:] = spread[:, 1:] * (1 - draw) + spread[:, :-1] * draw
        spread[:, :1] *= 1 - draw
    counted, own = np.arange(spread.shape[1]), ended.sum(axis=1)[:, np.newaxis]
    tails = [(spread * (counted <= own)).sum(axis=1), (spread * (counted >= own)).sum(axis=1)]
    p = np.minimum(1.0, 2 * np.minimum(*tails))
    rest_ended, rest_at_risk = all_ended - ended, all_at_risk - at_risk
    enough = (at_risk >= least) & (rest_at_risk >= least)
    last = np.where(enough.any(axis=1), enough.shape[1] - 1 - enough[:, ::-1].argmax(axis=1), 0)
    rows = np.arange(len(ended))
    usual = np.searchsorted(USUAL_DAYS, days[last], side="right") - 1
    day = np.where(usual >= 0, np.array(USUAL_DAYS)[np.maximum(usual, 0)], days[last])
    last = np.maximum(np.searchsorted(days, day, side="right") - 1, 0)
    curves = [
        np.cumprod(1 - np.divide(d, n, out=np.zeros_like(n), where=n > 0), axis=1)[rows, last]
        for d, n in ((ended, at_risk), (rest_ended, rest_at_risk))
    ]
    is_known = enough.any(axis=1)
    return Rest(*(np.where(is_known, column, np.nan) for column in (p, day, *curves)))
