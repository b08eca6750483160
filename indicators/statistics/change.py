"""Tests of a change between two waves, and its split into within the panel and who answered. Beside the estimators."""

from __future__ import annotations

from dataclasses import dataclass
from math import atanh, nan, sqrt, tanh

import numpy as np

from indicators.statistics.estimators import Floats, find_t

Figures = tuple[float, float, float]
ALL_WHO_ANSWERED, WITHIN_PANEL, WHO_ANSWERED = (
    "All who answered",
    "Within the panel",
    "Change in who answered",
)
_ROUNDING = 1e-13


@dataclass(frozen=True)
class Moments:
    """Of n people the sums of the score now (x) and of the score then (w), of their squares and of the product."""

    n: float = 0.0
    x: float = 0.0
    w: float = 0.0
    xx: float = 0.0
    xw: float = 0.0
    ww: float = 0.0


def find_p_of_means(n: Floats, total: Floats, squares: Floats) -> Floats:
    """Two-sided p of the paired t test, one an item, from n, Σd and Σd² of the changes d.

    NaN where there is no such test: n < 2, or changes that are all alike.
    """
    from scipy import special

    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        variance = (squares - n * mean * mean) / (n - 1)
        is_known = (n >= 2) & (variance > _ROUNDING * np.maximum(squares, 1.0))
        statistic = np.abs(mean) / np.sqrt(np.where(is_known, variance, nan) / n)
    return np.asarray(2 * special.stdtr(np.maximum(n - 1, 1), -statistic), dtype=np.float64)


def find_p_of_counts(up: Floats, down: Floats) -> Floats:
    """Two-sided exact p, one an item, that up and down are equally likely: McNemar 1947 for a share, the sign test.

    min(1, 2 P(X ≤ min(up, down))), X binomial with up + down trials and one half; 1 where there are none.
    """
    from scipy import special

    return np.asarray(
        np.minimum(1.0, 2 * special.bdtr(np.minimum(up, down), (up + down).astype(np.int64), 0.5))
    )


def find_p_of_turns(up: Floats, down: Floats) -> Floats:
    """Two-sided asymptotic p, one an item, that up and down are equally likely (McNemar 1947, without continuity correction).

    χ² = (up − down)² / (up + down) on one degree of freedom; NaN where there are none.
    """
    from scipy import special

    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(special.chdtrc(1, (up - down) ** 2 / (up + down)), dtype=np.float64)


def find_p_of_symmetry(table: Floats) -> float:
    """p that as many moved from i to j as from j to i, for all i and j, of a square table then × now (Bowker 1948).

    χ² = Σ (n_ij − n_ji)² / (n_ij + n_ji) over the pairs i < j between which anybody moved, each one degree of freedom; NaN
    where nobody moved.
    """
    from scipy import special

    upper, lower = table[np.triu_indices(len(table), 1)], table.T[np.triu_indices(len(table), 1)]
    is_met = upper + lower > 0
    upper, lower = upper[is_met], lower[is_met]
    statistic = float(((upper - lower) ** 2 / (upper + lower)).sum())
    return float(special.chdtrc(len(upper), statistic)) if len(upper) else nan


def find_p_of_margins(table: Floats) -> float:
    """p that the distribution did not change, of a square table then × now (Stuart 1955, Maxwell 1970).

    χ² = d'S⁻d of the differences d of the margins, S with n_i. + n_.i − 2n_ii on the diagonal and −(n_ij + n_ji) off it, S⁻
    its pseudo-inverse and its rank the degrees of freedom: k − 1 where all k answers are joined by moves. NaN where nobody moved.
    """
    from scipy import special

    there, back = table.sum(axis=1), table.sum(axis=0)
    spread = -(table + table.T)
    np.fill_diagonal(spread, there + back - 2 * table.diagonal())
    rank = int(np.linalg.matrix_rank(spread, hermitian=True))
    if not rank:
        return nan
    gap = there - back
    return float(special.chdtrc(rank, gap @ np.linalg.pinv(spread, hermitian=True) @ gap))


def correlate(n: float, x: float, w: float, xx: float, xw: float, ww: float) -> Figures:
    """Pearson's correlation from sums, with Fisher's z interval for n > 3 (Fisher 1921); NaN without variance or below n = 3."""
    spread = [max(square - total * total / n, 0.0) if n else 0.0 for square, total in ((xx, x), (ww, w))]
    if n < 3 or any(one <= _ROUNDING * max(size, 1.0) for one, size in zip(spread, (xx, ww), strict=True)):
        return nan, nan, nan
    value = min(max((xw - x * w / n) / sqrt(spread[0] * spread[1]), -1.0), 1.0)
    if n <= 3 or abs(value) > 1 - 1e-12:
        return value, nan, nan
    reach = float(find_t(np.array(np.inf))) / sqrt(n - 3)
    return value, tanh(atanh(value) - reach), tanh(atanh(value) + reach)


def standardise_change(n: float, total: float, squares: float) -> Figures:
    """Cohen's d_z = d̄ / s_d of the changes d from n, Σd and Σd² (Cohen 1988), NaN below n = 2 or where all changed alike.

    Its interval is exact for normal changes: √n d_z is a noncentral t, whose centre is found (Steiger & Fouladi 1997).
    """
    from scipy import special

    spread = max(squares - total * total / n, 0.0) / (n - 1) if n > 1 else 0.0
    if spread <= _ROUNDING * max(squares, 1.0):
        return nan, nan, nan
    value = total / n / sqrt(spread)
    low, high = (
        float(special.nctdtrinc(n - 1, level, value * sqrt(n))) / sqrt(n) for level in (0.975, 0.025)
    )
    return value, low, high


def test_interval(value: Floats, low: Floats, high: Floats, degrees: Floats) -> Floats:
    """Two-sided p of no difference, from an estimate and its 95 % t interval; normal where `degrees` is inf.

    The standard error is read off the side that faces 0, so that p is below 5 % just where the interval holds no 0.
    """
    from scipy import special

    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where(value > 0, value - low, high - value) / find_t(degrees)
        p = 2 * special.stdtr(np.maximum(degrees, 1), -np.abs(value) / error)
    return np.asarray(np.where(error > 0, p, np.where(value == 0, 1.0, 0.0) + 0 * error), dtype=np.float64)


def adjust_holm(p: Floats) -> Floats:
    """Holm's step-down adjustment (Holm 1979) of p-values tested together: the chance of any false alarm stays 5 %."""
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def estimate_score(n: float, total: float, squares: float) -> Figures:
    """Mean of a score with Student's t interval from n, Σx and Σx²; NaN for n = 0, no interval for n < 2."""
    mean = total / n if n else nan
    spread = max(squares - n * mean * mean, 0.0) if n else nan
    return _add_interval(mean, spread / n / n if n else nan, n)


def split_change(panel: Moments, then_only: Moments, now_only: Moments) -> dict[str, Figures]:
    """A change of the mean in three parts: all who answered = within the panel + who answered.

    `panel` are those who answered in both waves, the others those who answered then or now only. All who answered:
    the mean of everybody now less that of everybody then. Within the panel: the mean change of those in both. Who
    answered: the rest, which comes from people who joined in and who dropped out. The variance is linearised over
    persons, so that both scores of a person go together: m/(m − 1) Σψ² with ψ = (b − b̄)/n_b − (a − ā)/n_a, less
    (d − d̄)/n_p for who answered, over the m persons of either wave; within the panel it is that of the paired t
    test. t with m − 1 degrees of freedom. NaN where there is no such figure.
    """
    now, then, persons = panel.n + now_only.n, panel.n + then_only.n, panel.n + then_only.n + now_only.n
    if not now or not then:
        return dict.fromkeys((ALL_WHO_ANSWERED, WITHIN_PANEL, WHO_ANSWERED), (nan, nan, nan))
    mean_now, mean_then = (panel.x + now_only.x) / now, (panel.w + then_only.w) / then
    outside = _square(now_only, 1 / now, 0.0, -mean_now / now)
    outside += _square(then_only, 0.0, 1 / then, mean_then / then)
    shift = mean_then / then - mean_now / now
    change, spread = mean_now - mean_then, outside + _square(panel, 1 / now, 1 / then, shift)
    if not panel.n:
        nothing = (nan, nan, nan)
        everybody = _add_interval(change, spread, persons)
        return {ALL_WHO_ANSWERED: everybody, WITHIN_PANEL: nothing, WHO_ANSWERED: nothing}
    inside, each = (panel.x - panel.w) / panel.n, 1 / panel.n
    own = _square(panel, each, each, -inside * each)
    rest = outside + _square(panel, 1 / now - each, 1 / then - each, shift + inside * each)
    return {
        ALL_WHO_ANSWERED: _add_interval(change, spread, persons),
        WITHIN_PANEL: _add_interval(inside, own, panel.n),
        WHO_ANSWERED: _add_interval(change - inside, rest, persons),
    }


def _square(people: Moments, by_now: float, by_then: float, shift: float) -> float:
    """Σ (by_now x − by_then w + shift)² over people; what is only rounding error is 0."""
    size = by_now**2 * people.xx + by_then**2 * people.ww + people.n * shift**2
    total = size - 2 * by_now * by_then * people.xw
    total += 2 * shift * (by_now * people.x - by_then * people.w)
    return total if total > _ROUNDING * size else 0.0


def _add_interval(value: float, spread: float, persons: float) -> Figures:
    """The interval of a value whose influences have `spread` Σψ² over this many persons."""
    if persons < 2:
        return value, nan, nan
    half = float(find_t(np.array(persons - 1))) * sqrt(persons / (persons - 1) * spread)
    return value, value - half, value + half
