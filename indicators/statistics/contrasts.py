"""Tests of one figure against others, from figures and their intervals alone, and their adjustment for how many are looked at.

Each test recovers standard errors from the sides of the two 95 % intervals that face one another (MOVER: Zou & Donner 2008; for
shares that is Newcombe 1998, method 10), so that p is below 5 % just where the interval of the difference holds no 0. Nothing
behind the figures is read: what is rounded or hidden for a viewer is so in the test too. Columns of equal length.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indicators.statistics.estimators import Floats, find_t


class Figures(NamedTuple):
    """Figures with their 95 % intervals, the people behind each, and the degrees of freedom of its interval (inf: normal)."""

    value: Floats
    low: Floats
    high: Floats
    n: Floats
    degrees: Floats

    @property
    def errors(self) -> tuple[Floats, Floats]:
        """The standard errors below and above the figure."""
        reach = find_t(self.degrees)
        return (self.value - self.low) / reach, (self.high - self.value) / reach


def test_difference(one: Figures, other: Figures) -> Floats:
    """Two-sided p that two figures of different people are the same: t on Welch–Satterthwaite degrees of freedom.

    Of the same people, who mostly do alike both times, p is larger than it need be.
    """
    (below, above), (other_below, other_above) = one.errors, other.errors
    gap = one.value - other.value
    own, rest = np.where(gap > 0, below, above), np.where(gap > 0, other_above, other_below)
    return _find_p(gap, own, rest, own**4 / one.degrees + rest**4 / other.degrees)


def test_against_rest(groups: Figures, family: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Each group against all others of its family: what the others have on average, and the two-sided p of no difference.

    The others are put together by their numbers of people: Σ nᵢvᵢ / Σ nᵢ with the error √Σ (nᵢeᵢ)² / Σ nᵢ. NaN for one that is alone.
    """

    def add(column: Floats) -> Floats:
        """The sum over the others."""
        return np.asarray(np.bincount(family, column)[family] - column, dtype=np.float64)

    n, (below, above) = groups.n, groups.errors
    with np.errstate(divide="ignore", invalid="ignore"):
        people = add(n)
        rest = add(n * groups.value) / people
        gap = groups.value - rest
        is_above = gap > 0
        own = np.where(is_above, below, above)
        squares = [np.maximum(add((n * error) ** 2), 0.0) for error in (above, below)]
        fourths = [np.maximum(add((n * error) ** 4 / groups.degrees), 0.0) for error in (above, below)]
        error = np.sqrt(np.where(is_above, *squares)) / people
        spread = own**4 / groups.degrees + np.where(is_above, *fourths) / people**4
    return rest, _find_p(gap, own, error, spread)


def test_from_zero(value: Floats, error: Floats, degrees: Floats) -> Floats:
    """Two-sided p that a figure with this standard error is 0; NaN where the error is 0 or unknown."""
    from scipy import special

    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(error > 0, np.abs(value) / error, np.nan)
    return np.asarray(2 * special.stdtr(np.maximum(degrees, 1.0), -statistic), dtype=np.float64)


def adjust_dependent(p: Floats) -> Floats:
    """Benjamini & Yekutieli's (2001) adjustment: of what is told below 5 % at most 5 % is false on average, however the tests
    hang together; where nothing happened at all, anything is told in at most 5 % of scans.

    The i-th smallest of m becomes p · m/i · Σ 1/k, never above the next, at most 1. Groups of one attribute differ from the rest
    against each other and the same people stand in all attributes, so that Benjamini & Hochberg's (1995) weaker condition fails.
    """
    count = len(p)
    order = np.argsort(p, kind="stable")
    ranks = np.arange(1, count + 1)
    stepped = p[order] * count / ranks * (1 / ranks).sum()
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    return adjusted


def _find_p(gap: Floats, own: Floats, rest: Floats, spread: Floats) -> Floats:
    variance = own**2 + rest**2
    with np.errstate(divide="ignore", invalid="ignore"):
        degrees = np.where(spread > 0, variance**2 / spread, np.inf)
    return test_from_zero(gap, np.sqrt(variance), degrees)
