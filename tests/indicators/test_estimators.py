"""Every interval equals a well-kept library, or the slow formula where no library has it."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from indicators.statistics.estimators import (
    Interval,
    estimate_difference,
    estimate_mean,
    estimate_proportion,
    estimate_ratio,
    estimate_share,
    estimate_survival,
    ratio_variance,
)
from tests.hand_formulas import work_out_share, work_out_variance

TRIALS = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
# Halves and quarters, as scores of constructs are: their sums are exact in binary.
SCORES = st.lists(st.integers(-40, 40).map(lambda quarter: quarter / 4), min_size=2, max_size=60)
CLUSTERS = st.lists(
    st.integers(1, 12).flatmap(lambda w: st.tuples(st.integers(0, w), st.just(w))), min_size=2, max_size=40
)
SPELLS = st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=60)


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def first(interval: Interval) -> tuple[float, float, float]:
    return float(interval.value[0]), float(interval.low[0]), float(interval.high[0])


def sum_clusters(clusters: list[tuple[int, int]]) -> list[np.ndarray]:
    """n, Σx, Σw, Σx², Σxw, Σw² as the engine hands them over."""
    x, w = np.array(clusters, dtype=float).T
    return [column(len(clusters)), *(column(total) for total in (sum(x), sum(w), x @ x, x @ w, w @ w))]


@given(TRIALS)
def test_a_proportion_has_wilsons_interval(counted: tuple[int, int]) -> None:
    successes, trials = counted
    low, high = proportion_confint(successes, trials, alpha=0.05, method="wilson")
    expected = (successes / trials, low, high)
    assert first(estimate_proportion(column(successes), column(trials))) == pytest.approx(expected, abs=1e-9)


def test_known_proportions() -> None:
    # Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    cases = [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]
    for successes, trials, low, high in cases:
        _, *interval = first(estimate_proportion(column(successes), column(trials)))
        assert interval == pytest.approx([low, high], abs=5e-5)


@given(TRIALS, TRIALS)
def test_a_difference_of_shares_has_newcombes_interval(one: tuple[int, int], other: tuple[int, int]) -> None:
    found = first(estimate_difference(*(column(figure) for figure in (*one, *other))))
    expected = confint_proportions_2indep(*one, *other, compare="diff", method="newcomb")
    assert found[0] == pytest.approx(one[0] / one[1] - other[0] / other[1], abs=1e-12)
    assert found[1:] == pytest.approx(expected, abs=1e-9)


def test_a_known_difference_of_shares() -> None:
    # Newcombe 1998 (Statistics in Medicine 17:873-890), table II, case (a), method 10: 56/70 less 48/80.
    value, low, high = first(estimate_difference(column(56), column(70), column(48), column(80)))
    assert (value, low, high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_no_trials_is_no_figure() -> None:
    assert all(isnan(figure) for figure in first(estimate_proportion(column(0), column(0))))


@given(SCORES)
def test_a_mean_has_students_interval(scores: list[float]) -> None:
    total, squares = sum(scores), sum(score**2 for score in scores)
    estimated = first(estimate_mean(column(len(scores)), column(total), column(squares)))
    spread = stats.sem(scores)
    mean = float(np.mean(scores))
    low, high = stats.t.interval(0.95, len(scores) - 1, mean, spread) if spread > 0 else (mean, mean)
    # A variance of rounding errors only is 1e-16 of the squares; its root is 1e-8 of the scores.
    tolerance = 1e-9 if spread > 0 else 1e-5
    assert estimated == pytest.approx((mean, low, high), abs=tolerance)


def test_one_score_has_no_interval() -> None:
    value, low, high = first(estimate_mean(column(1), column(4), column(16)))
    assert value == 4
    assert isnan(low)
    assert isnan(high)


@given(CLUSTERS)
def test_the_variance_of_a_ratio_is_cochrans(clusters: list[tuple[int, int]]) -> None:
    expected = work_out_variance(clusters)
    assert float(ratio_variance(*sum_clusters(clusters))[0]) == pytest.approx(expected, abs=1e-9)


@given(CLUSTERS)
def test_a_ratio_has_a_t_interval_over_clusters(clusters: list[tuple[int, int]]) -> None:
    n = len(clusters)
    ratio = sum(x for x, _ in clusters) / sum(w for _, w in clusters)
    variance = work_out_variance(clusters)
    half = stats.t.ppf(0.975, n - 1) * np.sqrt(variance)
    tolerance = 1e-9 if variance > 1e-12 else 1e-5
    expected = (ratio, ratio - half, ratio + half)
    assert first(estimate_ratio(*sum_clusters(clusters))) == pytest.approx(expected, abs=tolerance)


@given(CLUSTERS)
def test_a_share_has_wilsons_interval_at_the_effective_size(clusters: list[tuple[int, int]]) -> None:
    assert first(estimate_share(*sum_clusters(clusters))) == pytest.approx(work_out_share(clusters), abs=1e-9)


@pytest.mark.parametrize(("x", "w"), [(1, 2), (1, 3), (2, 5), (3, 7), (1, 6)])
@pytest.mark.parametrize("n", [2, 3, 7, 10, 11, 231])
def test_clusters_that_are_all_alike_have_the_size_of_all_trials(x: int, w: int, n: int) -> None:
    expected = work_out_share([(x, w)] * n)
    assert first(estimate_share(*sum_clusters([(x, w)] * n))) == pytest.approx(expected, abs=1e-9)


def test_clusters_of_one_are_a_plain_sample_up_to_the_t_quantile() -> None:
    # With one trial a cluster the variance is r(1 − r)/(n − 1): the effective size is n − 1.
    clusters = [(1, 1)] * 30 + [(0, 1)] * 70
    low, high = proportion_confint(
        0.3 * 99, 99, alpha=2 * stats.norm.sf(stats.t.ppf(0.975, 99)), method="wilson"
    )
    assert first(estimate_share(*sum_clusters(clusters))) == pytest.approx((0.3, low, high), abs=1e-9)


def test_one_cluster_has_a_share_and_no_interval() -> None:
    value, low, high = first(estimate_share(*sum_clusters([(1, 4)])))
    assert value == 0.25
    assert isnan(low)
    assert isnan(high)


@given(SPELLS)
def test_survival_is_that_of_lifelines(spells: list[tuple[int, bool]]) -> None:
    days = np.array([day for day, _ in spells])
    has_ended = np.array([ended for _, ended in spells])
    times = np.unique(days)
    at_risk = np.array([(days >= time).sum() for time in times], dtype=float)
    ended = np.array([(has_ended & (days == time)).sum() for time in times], dtype=float)
    estimated = estimate_survival(ended, at_risk)
    fitted = KaplanMeierFitter().fit(days, has_ended)
    expected = fitted.survival_function_.loc[times].to_numpy()[:, 0]
    assert estimated.value == pytest.approx(expected, abs=1e-9)
    low, high = fitted.confidence_interval_.loc[times].to_numpy().T
    between = (expected > 1e-9) & (expected < 1 - 1e-9)
    assert estimated.low[between] == pytest.approx(low[between], abs=1e-9)
    assert estimated.high[between] == pytest.approx(high[between], abs=1e-9)


def test_survival_at_its_ends() -> None:
    estimated = estimate_survival(column(0, 1, 1), column(3, 2, 1))
    assert estimated.value == pytest.approx([1, 0.5, 0])
    assert (estimated.low[0], estimated.high[0]) == (
        pytest.approx(0.025 ** (1 / 3)),
        1,
    )  # Clopper & Pearson, 3 of 3
    assert isnan(estimated.low[2])
    assert isnan(estimated.high[2])


@given(st.integers(1, 300), st.integers(1, 300), st.integers(2, 60))
def test_what_does_not_vary_has_an_interval_of_no_width(part: int, whole: int, n: int) -> None:
    """Thirds are not exact in binary: Σx² − nx̄² is then not 0, and its root is a millionth of the figure."""
    scores = np.full(n, 100 * part / whole)
    people = np.array([float(n)])
    total, squares = np.array([scores.sum()]), np.array([(scores**2).sum()])
    mean = estimate_mean(people, total, squares)
    assert (mean.low[0], mean.high[0]) == pytest.approx((scores[0], scores[0]), abs=1e-9)
    weights = np.arange(1.0, n + 1)
    x = weights * part / whole
    sums = [np.array([one.sum()]) for one in (x, weights, x * x, x * weights, weights * weights)]
    ratio = estimate_ratio(people, *sums)
    assert (ratio.low[0], ratio.high[0]) == pytest.approx((part / whole, part / whole), abs=1e-9)
