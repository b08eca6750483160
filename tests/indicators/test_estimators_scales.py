"""Cronbach's alpha in its other form, and how often Feldt's interval holds the alpha that was planted."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from indicators.statistics.scales import estimate_alpha


@given(st.integers(2, 8), st.integers(5, 60), st.integers(0, 10_000))
def test_alpha_is_that_of_the_variance_of_the_sum(items: int, people: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    answers = random.normal(size=(people, items)) + random.normal(size=(people, 1))
    variances, whole = answers.var(axis=0, ddof=1), answers.sum(axis=1).var(ddof=1)
    expected = items / (items - 1) * (1 - variances.sum() / whole)
    assert estimate_alpha(np.cov(answers.T), people)[0] == pytest.approx(expected, abs=1e-9)


def test_items_that_are_all_alike_are_perfectly_reliable() -> None:
    assert estimate_alpha(np.ones((4, 4)), 20) == (1, 1, 1)


def test_one_item_or_no_variance_has_no_reliability() -> None:
    assert all(isnan(figure) for figure in estimate_alpha(np.ones((1, 1)), 20))
    assert all(isnan(figure) for figure in estimate_alpha(np.zeros((3, 3)), 20))
    value, low, high = estimate_alpha(np.array([[2.0, 1.0], [1.0, 2.0]]), 1)
    assert value == pytest.approx(2 * 2 / 6)
    assert isnan(low)
    assert isnan(high)


def test_a_known_interval() -> None:
    # Feldt 1965: α̂ = 0.79, 41 people, 26 items. F(0.975; 40, 1000) = 1.5015 and F(0.025; 40, 1000) = 0.6039 of tables.
    items, alpha = 26, 0.79
    share = alpha * (items - 1) / items
    between = share / (1 - share) / (items - 1)
    matrix = np.full((items, items), between) + np.eye(items) * (1 - between)
    value, low, high = estimate_alpha(matrix, 41)
    assert value == pytest.approx(alpha)
    assert (low, high) == pytest.approx((1 - 0.21 * 1.5015, 1 - 0.21 * 0.6039), abs=1e-3)


def test_the_interval_holds_the_true_alpha_in_95_of_100_samples() -> None:
    random = np.random.default_rng(19650101)
    items, people, rounds, spread = 5, 60, 1000, 0.8
    true = items / (items - 1) * (1 - (items * (1 + spread)) / (items**2 * spread + items))
    held = 0
    for _ in range(rounds):
        answers = random.normal(size=(people, items)) + np.sqrt(spread) * random.normal(size=(people, 1))
        _, low, high = estimate_alpha(np.cov(answers.T), people)
        held += low <= true <= high
    assert stats.binom.ppf(0.001, rounds, 0.95) <= held <= stats.binom.ppf(0.999, rounds, 0.95)
