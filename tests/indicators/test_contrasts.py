"""Tests of figures against figures: held to scipy and statsmodels, to sums by hand, and to a count of all that could be."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import stats

from indicators.statistics.contrasts import (
    Figures,
    adjust_dependent,
)
from indicators.statistics.contrasts import (
    test_against_rest as compare_rest,
)
from indicators.statistics.contrasts import (
    test_difference as compare,
)
from indicators.statistics.contrasts import (
    test_from_zero as compare_zero,
)
from indicators.statistics.estimators import (
    Floats,
    estimate_difference,
    estimate_mean,
    estimate_proportion,
    find_t,
)
from indicators.statistics.survival import compare_survival, compare_with_rest
from tests.adjusting import adjust_p

SEED, ROUNDS = 20151203, 4000


def make_means(n: Floats, mean: Floats, spread: Floats) -> Figures:
    """Means with their t intervals, of groups of this standard deviation."""
    half = find_t(n - 1) * spread / np.sqrt(n)
    return Figures(mean, mean - half, mean + half, n, n - 1)


def test_means_are_compared_as_welch_does() -> None:
    random = np.random.default_rng(SEED)
    n, m = (random.integers(3, 80, 50).astype(float) for _ in range(2))
    mean, other = random.normal(3, 0.5, 50), random.normal(3, 0.5, 50)
    spread, other_spread = random.uniform(0.2, 2, 50), random.uniform(0.2, 2, 50)
    ours = compare(make_means(n, mean, spread), make_means(m, other, other_spread))
    theirs = stats.ttest_ind_from_stats(mean, spread, n, other, other_spread, m, equal_var=False).pvalue
    assert ours == pytest.approx(theirs, rel=1e-9)


def test_shares_differ_just_where_newcombe_s_interval_holds_no_0() -> None:
    grid = np.array(list(product((1.0, 8.0, 19.0), (20.0,), (0.0, 3.0, 15.0, 30.0, 40.0), (40.0,))))
    x, n, y, m = grid.T
    one, other = (
        Figures(*estimate_proportion(k, size), size, np.full_like(size, np.inf))
        for k, size in ((x, n), (y, m))
    )
    between = estimate_difference(x, n, y, m)
    is_told = compare(one, other) < 0.05
    assert list(is_told) == list((between.low > 0) | (between.high < 0))
    assert 0 < is_told.sum() < len(grid)


def test_a_group_against_the_rest_by_hand() -> None:
    # Two families. In the first: n 10, 30, 60, values 1, 2, 4, standard errors 0.3, 0.2, 0.1, normal.
    # The rest of the first group: (30·2 + 60·4)/90 = 3.3333, its error √(6² + 6²)/90 = 0.09428;
    # z = 2.3333/√(0.09 + 0.008889) = 7.4203. The group alone in the second family has no rest.
    n, value = np.array([10.0, 30, 60, 5]), np.array([1.0, 2, 4, 9])
    half = np.array([0.3, 0.2, 0.1, 1]) * find_t(np.array(np.inf))
    groups = Figures(value, value - half, value + half, n, np.full(4, np.inf))
    rest, p = compare_rest(groups, np.array([0, 0, 0, 1]))
    assert rest[:3] == pytest.approx([300 / 90, 250 / 70, 70 / 40])
    assert p[0] == pytest.approx(2 * stats.norm.sf(7.4203), rel=1e-3)
    assert np.isnan(p[3])
    two = Figures(*(column[:2] for column in groups))
    assert compare_rest(two, np.array([0, 0]))[1][0] == pytest.approx(
        compare(Figures(*(column[:1] for column in two)), Figures(*(column[1:] for column in two)))[0]
    )


def test_no_more_groups_are_told_from_the_rest_than_stated() -> None:
    """Means of groups of ten to forty on a five-point scale: p below 5 % and 1 % about as often as that."""
    random = np.random.default_rng(SEED)
    sizes = np.array([10, 14, 25, 40])
    answers = [random.integers(1, 6, (ROUNDS, size)).astype(float) for size in sizes]
    columns = [
        estimate_mean(np.full(ROUNDS, float(size)), one.sum(axis=1), (one**2).sum(axis=1))
        for size, one in zip(sizes, answers, strict=True)
    ]
    value, low, high = (
        np.stack([getattr(one, name) for one in columns], axis=1).ravel() for name in ("value", "low", "high")
    )
    n = np.tile(sizes.astype(float), ROUNDS)
    _, p = compare_rest(Figures(value, low, high, n, n - 1), np.repeat(np.arange(ROUNDS), len(sizes)))
    for level in (0.05, 0.01):
        assert (p < level).sum() <= stats.binom.ppf(0.999, len(p), 1.15 * level)
        assert (p < level).sum() >= stats.binom.ppf(0.001, len(p), 0.85 * level)


@pytest.mark.parametrize("count", [1, 2, 17, 400])
def test_adjusted_p_are_those_of_statsmodels(count: int) -> None:
    p = np.random.default_rng(SEED + count).uniform(size=count) ** 3
    assert adjust_dependent(p) == pytest.approx(adjust_p(p, "fdr_by"), rel=1e-12)


def test_no_error_gives_no_p() -> None:
    assert np.isnan(compare_zero(np.array([1.0]), np.array([0.0]), np.array([9.0]))).all()
    assert len(adjust_dependent(np.array([]))) == 0


def test_survival_against_the_rest_counts_all_that_could_be() -> None:
    # Three events on days with 2 of 5, 1 of 4 and 1 of 3 at risk in the group, which had two of them, then nobody.
    ended = np.array([[1.0, 0, 1, 0], [0, 1, 0, 0]])
    at_risk = np.array([[2.0, 1, 1, 0], [3, 3, 2, 2]])
    chance = np.array([2 / 5, 1 / 4, 1 / 3])
    drawn = {
        events: float(np.prod(np.where(events, chance, 1 - chance)))
        for events in product((True, False), repeat=3)
    }
    high = sum(p for events, p in drawn.items() if sum(events) >= 2)
    found = compare_with_rest(np.arange(4.0), ended, at_risk, least=1)
    assert found.p == pytest.approx([2 * high, 2 * high])
    # The last day on which both have somebody at risk is the third: 1/2 · 0 and 1 · 2/3 · 1 remain.
    assert found.day == pytest.approx([2, 2])
    assert found.value == pytest.approx([0, 2 / 3])
    assert found.other == pytest.approx([2 / 3, 0])
    assert np.isnan(compare_with_rest(np.arange(4.0), ended, at_risk).p).all(), "fewer than ten at risk"
    # 185 days are told as 180, as everywhere: of two days the figures of that before.
    told = compare_with_rest(np.array([100.0, 185, 190, 400]), ended, at_risk, least=1)
    assert told.day == pytest.approx([180, 180])
    assert told.value == pytest.approx([1 / 2, 1])
    assert told.other == pytest.approx([1, 1 / 2])


def test_with_many_events_it_is_about_the_log_rank_test() -> None:
    random = np.random.default_rng(SEED)
    groups = np.repeat([0, 1], 300)
    days = np.ceil(random.exponential(np.where(groups == 0, 80, 100)))
    times = np.unique(days)
    exits = np.stack([[(days[groups == group] == day).sum() for day in times] for group in (0, 1)]).astype(
        float
    )
    at_risk = np.cumsum(exits[:, ::-1], axis=1)[:, ::-1]
    exact = compare_with_rest(times, exits, at_risk).p[0]
    asymptotic = compare_survival(days, groups.astype(np.intp), np.ones(600), np.ones(600))
    assert asymptotic is not None
    assert exact == pytest.approx(asymptotic.p, rel=0.35)
