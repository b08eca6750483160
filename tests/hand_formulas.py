"""The estimators once more, slow and obvious, from lists of observations: what the specs are worked out with."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, log, sqrt

from scipy.stats import norm, t

Z = float(norm.ppf(0.975))
Figures = tuple[float, float, float]


def work_out_wilson(share: float, trials: float, quantile: float = Z) -> tuple[float, float]:
    """Wilson 1927: the roots p of |share − p| = z √(p(1 − p)/n)."""
    a = 1 + quantile**2 / trials
    b = -(2 * share + quantile**2 / trials)
    c = share**2
    root = sqrt(max(b * b - 4 * a * c, 0.0))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def work_out_proportion(successes: int, trials: int) -> Figures:
    """Share and Wilson's interval."""
    return (successes / trials, *work_out_wilson(successes / trials, trials))


def work_out_mean(values: Sequence[float]) -> Figures:
    """Mean and Student's t interval; two values at least."""
    n = len(values)
    mean = sum(values) / n
    deviation = sqrt(sum((value - mean) ** 2 for value in values) / (n - 1))
    half = float(t.ppf(0.975, n - 1)) * deviation / sqrt(n)
    return mean, mean - half, mean + half


def work_out_variance(clusters: Sequence[tuple[float, float]]) -> float:
    """Variance of Σx/Σw over clusters (x, w): n/(n − 1) Σ(x − r w)² / (Σw)² (Cochran 1977, ch. 6)."""
    n = len(clusters)
    ratio = sum(x for x, _ in clusters) / sum(w for _, w in clusters)
    residuals = sum((x - ratio * w) ** 2 for x, w in clusters)
    return n / (n - 1) * residuals / sum(w for _, w in clusters) ** 2


def work_out_share(clusters: Sequence[tuple[float, float]]) -> Figures:
    """Σx/Σw and Wilson's interval at the effective size r(1 − r)/variance, at most Σw; n clusters for 0 and 1."""
    n, total = len(clusters), sum(w for _, w in clusters)
    share = sum(x for x, _ in clusters) / total
    if share in (0, 1):
        size = float(n)
    else:
        variance = work_out_variance(clusters)
        size = total if variance * total <= share * (1 - share) else share * (1 - share) / variance
    return (share, *work_out_wilson(share, size, float(t.ppf(0.975, n - 1))))


def settle(
    figures: Figures, least: float = -inf, most: float = inf
) -> tuple[float, float | None, float | None]:
    """A figure with its interval cut off at what can be; without one where that has no width."""
    value, low, high = figures
    low, high = max(low, least), min(high, most)
    return (value, None, None) if high - low < 1e-9 * max(1, abs(value)) else (value, low, high)


def work_out_survival(
    spells: Sequence[tuple[int, bool]],
) -> dict[int, tuple[float, float | None, float | None]]:
    """Kaplan–Meier by time from (days, has ended): product, Greenwood's sum and the log-log interval; Clopper & Pearson's while all are there."""
    curve: dict[int, tuple[float, float | None, float | None]] = {}
    survival, greenwood = 1.0, 0.0
    for day in sorted({days for days, _ in spells}):
        at_risk = sum(days >= day for days, _ in spells)
        ended = sum(days == day and has_ended for days, has_ended in spells)
        survival *= 1 - ended / at_risk
        if survival == 0:
            curve[day] = (0.0, None, None)
            continue
        greenwood += ended / (at_risk * (at_risk - ended))
        if survival == 1:
            curve[day] = (1.0, 0.025 ** (1 / at_risk), 1.0)
            continue
        spread = Z * sqrt(greenwood) / log(survival)
        curve[day] = (survival, survival ** exp(-spread), survival ** exp(spread))
    return curve
