"""Estimates with their intervals from sufficient statistics. The only home of an interval or a test.

Every function takes columns of equal length (one element a cell) and returns value, low and high as arrays of
float64, NaN where there is nothing to estimate. Intervals are two-sided 95 %.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indicators.definition import Band

LEVEL = 0.95
_Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)
_ROUNDING = 1e-12
Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """Value and 95 % interval of each cell."""

    value: Floats
    low: Floats
    high: Floats


def estimate_proportion(successes: Floats, trials: Floats) -> Interval:
    """Wilson's score interval (Wilson 1927) for independent trials; NaN where there are none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = successes / trials
    return Interval(share, *_wilson(share, trials, np.full_like(share, _Z)))


def estimate_difference(successes: Floats, trials: Floats, others: Floats, of_others: Floats) -> Interval:
    """Difference of two independent shares with Newcombe's hybrid score interval (Newcombe 1998, method 10), in −1 to 1."""
    return subtract_intervals(estimate_proportion(successes, trials), estimate_proportion(others, of_others))


def subtract_intervals(one: Interval, other: Interval) -> Interval:
    """Difference of two independent estimates, its interval recovered from theirs (Zou and Donner 2008).

    d ± √((θ₁ − l₁)² + (u₂ − θ₂)²) below, √((u₁ − θ₁)² + (θ₂ − l₂)²) above; NaN where either has none.
    """
    value = one.value - other.value
    low = value - np.sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
    high = value + np.sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
    return Interval(value, low, high)


def estimate_mean(n: Floats, total: Floats, squares: Floats) -> Interval:
    """Mean with Student's t interval from n, Σx and Σx²; the interval is NaN for n < 2."""
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        variance = _drop_rounding(squares - n * mean * mean, squares) / (n - 1)
        half = find_t(n - 1) * np.sqrt(variance / n)
    half = np.where(n >= 2, half, np.nan)
    return Interval(mean, mean - half, mean + half)


def estimate_mean_difference(one: Floats, other: Floats) -> Interval:
    """Mean of `one` less that of `other`, values of independent people, with Welch's interval (Welch 1947), one figure.

    The degrees of freedom are Satterthwaite's; the interval is NaN with fewer than two people in either.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.array([side.var(ddof=1) / len(side) if len(side) > 1 else np.nan for side in (one, other)])
        freedom = parts.sum() ** 2 / (parts**2 / np.array([len(one) - 1, len(other) - 1])).sum()
        half = find_t(np.array([freedom])) * np.sqrt(parts.sum()) if parts.sum() else np.zeros(1)
    value = np.array([one.mean() - other.mean()])
    return Interval(value, value - half, value + half)


def ratio_variance(n: Floats, x: Floats, w: Floats, xx: Floats, xw: Floats, ww: Floats) -> Floats:
    """Linearised variance of Σx/Σw over n clusters (Cochran 1977, ch. 6): n/(n−1) Σ(xᵢ − r wᵢ)² / (Σw)²."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = x / w
        residual = _drop_rounding(xx - 2 * ratio * xw + ratio * ratio * ww, xx + ratio * ratio * ww)
        return np.asarray(n / (n - 1) * residual / (w * w), dtype=np.float64)


def estimate_ratio(n: Floats, x: Floats, w: Floats, xx: Floats, xw: Floats, ww: Floats) -> Interval:
    """Σx/Σw with clusters and a t interval on n − 1 degrees of freedom; the interval is NaN for n < 2."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = x / w
        half = np.where(n >= 2, find_t(n - 1) * np.sqrt(ratio_variance(n, x, w, xx, xw, ww)), np.nan)
    return Interval(ratio, ratio - half, ratio + half)


def estimate_share(n: Floats, x: Floats, w: Floats, xx: Floats, xw: Floats, ww: Floats) -> Interval:
    """Σx/Σw in 0–1 with clusters: Wilson's interval at the effective sample size (Korn & Graubard 1998).

    The effective size is r(1 − r)/variance, at most Σw; a share of 0 or 1 has no variance and takes the n clusters.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = x / w
        effective = share * (1 - share) / ratio_variance(n, x, w, xx, xw, ww)
    is_degenerate = (share <= 0) | (share >= 1)
    effective = np.where(is_degenerate, n, np.minimum(effective, w))
    low, high = _wilson(share, effective, find_t(n - 1))
    is_known = (w > 0) & (n >= 2)
    return Interval(share, np.where(is_known, low, np.nan), np.where(is_known, high, np.nan))


def estimate_adjusted(n: Floats, share: Floats, variance: Floats) -> Interval:
    """A share whose variance is known otherwise, of n people: Wilson's interval at its effective size, at most n."""
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = np.minimum(share * (1 - share) / variance, n)
    low, high = _wilson(share, np.where((share <= 0) | (share >= 1), n, effective), find_t(n - 1))
    is_known = np.isfinite(share) & (n >= 2)
    return Interval(share, np.where(is_known, low, np.nan), np.where(is_known, high, np.nan))


def estimate_from_variance(n: Floats, value: Floats, variance: Floats) -> Interval:
    """A value with a known variance and a t interval on n − 1 degrees of freedom; the interval is NaN for n < 2."""
    half = np.where(n >= 2, find_t(n - 1) * np.sqrt(variance), np.nan)
    return Interval(value, value - half, value + half)


def estimate_net(n: Floats, x: Floats, w: Floats, xx: Floats, xw: Floats, ww: Floats) -> Interval:
    """Σx/Σw in −1…1, such as positive less negative answers: Wilson's interval of (1 + r)/2 at its effective size.

    The effective size is s(1 − s)/variance of s = (1 + r)/2 (Korn & Graubard 1998, not capped, because answers in the
    middle make the variance smaller than that of a share); without any variance it is the n clusters.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (1 + x / w) / 2
        variance = ratio_variance(n, x, w, xx, xw, ww) / 4
        effective = np.where(variance > 0, share * (1 - share) / variance, n)
    low, high = _wilson(share, effective, find_t(n - 1))
    is_known = (w > 0) & (n >= 2)
    return Interval(
        2 * share - 1, np.where(is_known, 2 * low - 1, np.nan), np.where(is_known, 2 * high - 1, np.nan)
    )


def estimate_paired(n: Floats, x: Floats, xx: Floats) -> Interval:
    """Change of a share within a panel: (b − c)/n with the standard error √(b + c − (b − c)²/n)/n.

    `x` is b − c and `xx` b + c, of b people who turned to it and c who turned from it. Without either the interval
    is that of Wilson for 0 of n on both sides; where all n turned to it, or from it, that of Wilson for n of n.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        change = x / n
        half = _Z * np.sqrt(np.maximum(xx - x * x / n, 0.0)) / n
        wilson = _Z * _Z / (n + _Z * _Z)
        half = np.where((xx == 0) | (np.abs(x) == n), wilson, half)
    return Interval(change, np.maximum(change - half, -1.0), np.minimum(change + half, 1.0))


def estimate_bounds(n: Floats, x: Floats, w: Floats) -> Interval:
    """Σx/Σw of those known, and what it would be if each of the n − w others were 0 (low) or 1 (high): Manski 1989."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return Interval(x / w, x / n, (x + n - w) / n)


def estimate_survival(ended: Floats, at_risk: Floats, band: Band = "log-log") -> Interval:
    """Kaplan–Meier over increasing times of one group: Π(1 − d/n), Greenwood's variance G, an interval by `band`.

    `ended` are the events dᵢ and `at_risk` the members nᵢ just before each time, 0 where nobody is there yet. Bands
    (Kalbfleisch & Prentice 1980): log-log S^exp(±z√G/log S), log S·exp(±z√G), plain S ± z·S√G, each within 0–1. While
    nobody has left the estimate is 1 and Greenwood's variance says nothing: the interval is that of Clopper & Pearson
    for n of n, [0.025^(1/n), 1], n the fewest at risk up to there, which is what the beta product confidence procedure
    gives before the first event (Fay, Brittain & Proschan 2013). Once everybody at risk has left it is 0 and the
    interval is NaN.
    """
    has_ended = ended > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        survival: Floats = np.cumprod(np.where(has_ended, 1 - ended / at_risk, 1.0), dtype=np.float64)
        greenwood = np.cumsum(np.where(has_ended, ended / (at_risk * (at_risk - ended)), 0.0))
        half = _Z * np.sqrt(greenwood)
        if band == "plain":
            low, high = survival - half * survival, survival + half * survival
        elif band == "log":
            low, high = survival * np.exp(-half), survival * np.exp(half)
        else:
            spread = half / np.log(survival)
            low, high = survival ** np.exp(-spread), survival ** np.exp(spread)
    with np.errstate(divide="ignore"):
        fewest = np.minimum.accumulate(np.where(at_risk > 0, at_risk, np.inf))
        exact = ((1 - LEVEL) / 2) ** (1 / fewest)
    is_whole = survival >= 1
    is_over = survival <= 0
    low = np.where(is_whole, exact, np.where(is_over, np.nan, np.maximum(low, 0.0)))
    high = np.where(is_whole, 1.0, np.where(is_over, np.nan, np.minimum(high, 1.0)))
    return Interval(survival, low, high)


def _drop_rounding(spread: Floats, size: Floats) -> Floats:
    """A sum of squares that is no more than the rounding error of differences of sums of this size is 0."""
    return np.where(spread > _ROUNDING * size, spread, 0.0)


def _wilson(share: Floats, trials: Floats, quantile: Floats) -> tuple[Floats, Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        q2 = quantile * quantile
        centre = (share + q2 / (2 * trials)) / (1 + q2 / trials)
        half = (
            quantile / (1 + q2 / trials) * np.sqrt(share * (1 - share) / trials + q2 / (4 * trials * trials))
        )
    low = np.where(share <= 0, 0.0, centre - half)
    high = np.where(share >= 1, 1.0, centre + half)
    is_known = trials > 0
    return np.where(is_known, low, np.nan), np.where(is_known, high, np.nan)


def find_t(degrees: Floats) -> Floats:
    """How many standard errors the interval reaches to each side; no fewer than one degree of freedom."""
    from scipy import special

    with np.errstate(invalid="ignore"):
        return np.asarray(special.stdtrit(np.maximum(degrees, 1.0), 0.5 + LEVEL / 2), dtype=np.float64)
