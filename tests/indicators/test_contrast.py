"""A group against the rest from published figures alone, held to what the rows of both give."""

from __future__ import annotations

import numpy as np

from indicators.statistics.change import adjust_holm
from indicators.statistics.change import test_interval as find_p
from indicators.statistics.contrast import contrast_rest
from indicators.statistics.estimators import Floats, Interval, estimate_difference, estimate_proportion

GROUPS, MEMBERS = 8, 20


def contrast_counts(x: Floats, n: Floats) -> Interval:
    """The contrast of each group from its figures and those of everybody; groups along the last axis."""
    whole = estimate_proportion(x.sum(-1, keepdims=True), n.sum(-1, keepdims=True))
    return contrast_rest(estimate_proportion(x, n), n, whole, n.sum(-1, keepdims=True))


def test_it_is_the_difference_of_two_independent_shares() -> None:
    """Against Newcombe's interval from the counts of both, which the figures of everybody do not hold."""
    random = np.random.default_rng(1)
    n = random.integers(10, 60, (300, GROUPS)).astype(float)
    x = random.binomial(n.astype(int), random.uniform(0.2, 0.8, (300, 1))).astype(float)
    found = contrast_counts(x, n)
    exact = estimate_difference(x, n, x.sum(-1, keepdims=True) - x, n.sum(-1, keepdims=True) - n)
    assert np.allclose(found.value, exact.value)
    assert np.abs(found.low - exact.low).max() < 0.02
    assert np.abs(found.high - exact.high).max() < 0.02


def test_where_there_are_no_differences_seldom_one_is_found() -> None:
    """Over 1,000 programmes without any, the share with a difference that stands after Holm is about 5 %."""
    random = np.random.default_rng(2)
    n = np.full((1000, GROUPS), float(MEMBERS))
    gap = contrast_counts(random.binomial(MEMBERS, 0.4, n.shape).astype(float), n)
    p = find_p(gap.value, gap.low, gap.high, np.full_like(n, np.inf))
    false = np.mean([(adjust_holm(row) < 0.05).any() for row in p])
    assert 0.01 < false < 0.08


def test_without_a_rest_there_is_no_figure() -> None:
    alone = Interval(*(np.array([value]) for value in (0.5, 0.4, 0.6)))
    assert np.isnan(contrast_rest(alone, np.array([20.0]), alone, np.array([20.0]))).all()
