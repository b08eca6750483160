"""Raking against another way to the same weights, and every variance against one worked out person by person."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from indicators.statistics.estimators import estimate_adjusted, estimate_from_variance, estimate_mean
from indicators.statistics.weighting import count_effective, estimate_gaps, estimate_weighted, rake_cells
from tests.hand_formulas import work_out_wilson

SEEDS = st.integers(0, 100_000)
Drawn = tuple[list[np.ndarray], np.ndarray, np.ndarray]


def draw_cells(seed: int, *, is_full: bool = True) -> Drawn:
    """Two margins of three and four groups: codes, people asked and people who answered, by cell."""
    random = np.random.default_rng(seed)
    one, other = (codes.ravel() for codes in np.meshgrid(range(3), range(4), indexing="ij"))
    answered = random.integers(1 if is_full else 0, 9, 12).astype(float)
    return [one, other], answered + random.integers(0, 12, 12), answered


def find_weights_by_entropy(margins: list[np.ndarray], asked: np.ndarray, answered: np.ndarray) -> np.ndarray:
    """The weights nearest to 1 in Kullback and Leibler's sense: exp(Σ u_g), the u by minimising the dual."""
    size = answered.sum()
    design = np.column_stack([np.eye(codes.max() + 1)[codes] for codes in margins])
    target = design.T @ asked * size / asked.sum()
    found = optimize.minimize(
        lambda u: float(answered @ np.exp(design @ u) - target @ u),
        np.zeros(design.shape[1]),
        jac=lambda u: design.T @ (answered * np.exp(design @ u)) - target,
        method="BFGS",
        options={"gtol": 1e-9},
    )
    return np.asarray(np.exp(design @ found.x))


@given(SEEDS)
def test_raked_weights_are_those_of_least_entropy(seed: int) -> None:
    margins, asked, answered = draw_cells(seed)
    weights = rake_cells(margins, asked, answered)
    assert weights is not None
    assert weights == pytest.approx(find_weights_by_entropy(margins, asked, answered), abs=1e-5)


@given(SEEDS, st.booleans())
def test_every_margin_of_the_weighted_respondents_is_that_of_those_asked(seed: int, is_full: bool) -> None:
    margins, asked, answered = draw_cells(seed, is_full=is_full)
    weights = rake_cells(margins, asked, answered)
    if weights is None:
        assert (answered == 0).any()
        return
    assert (weights * answered).sum() == pytest.approx(answered.sum(), abs=1e-6)
    for codes in margins:
        target = np.where(np.bincount(codes, answered) > 0, np.bincount(codes, asked), 0.0)
        reached = np.bincount(codes, weights * answered)
        assert reached / reached.sum() == pytest.approx(target / target.sum(), abs=1e-9)


def test_one_margin_is_post_stratification() -> None:
    # Asked 30 and 70, answered 20 and 20: weights 30/100 · 40/20 and 70/100 · 40/20.
    weights = rake_cells([np.array([0, 1])], np.array([30.0, 70.0]), np.array([20.0, 20.0]))
    assert weights == pytest.approx([0.6, 1.4], abs=1e-12)
    assert weights is not None
    assert count_effective(weights, np.array([20.0, 20.0])) == pytest.approx(40**2 / (20 * (0.36 + 1.96)))


def test_raking_cells_is_raking_people() -> None:
    margins, asked, answered = draw_cells(5)
    weights = rake_cells(margins, asked, answered)
    # Each person a cell of his own: those who answered, then those who did not.
    repeats = [answered.astype(int), (asked - answered).astype(int)]
    people = [np.concatenate([np.repeat(codes, count) for count in repeats]) for codes in margins]
    has_answered = np.repeat([1.0, 0.0], [int(count.sum()) for count in repeats])
    each = rake_cells(people, np.ones(len(has_answered)), has_answered)
    assert weights is not None
    assert each is not None
    assert each[has_answered > 0] == pytest.approx(np.repeat(weights, repeats[0]), abs=1e-9)


def test_a_group_in_which_nobody_answered_is_spread_over_the_others() -> None:
    weights = rake_cells([np.array([0, 1, 2])], np.array([10.0, 30.0, 60.0]), np.array([5.0, 5.0, 0.0]))
    assert weights == pytest.approx([0.5, 1.5, 0.0], abs=1e-12)


def test_margins_that_no_weights_can_give_have_none() -> None:
    # Answers only from (0, 0) and (1, 1), but the margins differ: the first group cannot be 20 % and 50 %.
    codes = [np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])]
    assert rake_cells(codes, np.array([10.0, 10.0, 40.0, 40.0]), np.array([5.0, 0.0, 0.0, 5.0])) is None
    assert rake_cells(codes, np.ones(4), np.zeros(4)) is None


def test_no_margin_leaves_everybody_at_one() -> None:
    assert rake_cells([], np.array([9.0]), np.array([4.0])) == pytest.approx([1.0])


@given(SEEDS)
def test_weights_never_tell_more_than_the_respondents(seed: int) -> None:
    margins, asked, answered = draw_cells(seed)
    weights = rake_cells(margins, asked, answered)
    assert weights is not None
    assert 1 <= count_effective(weights, answered) <= answered.sum() + 1e-9


@given(SEEDS)
def test_the_weighted_mean_and_its_variance_person_by_person(seed: int) -> None:
    margins, asked, answered = draw_cells(seed)
    weights = rake_cells(margins, asked, answered)
    assert weights is not None
    place = np.repeat(np.arange(12), answered.astype(int))
    scores = np.random.default_rng(seed).integers(1, 6, len(place)).astype(float)
    total, squares = (np.bincount(place, part, 12) for part in (scores, scores**2))
    mean, variance = estimate_weighted(weights, answered, total, squares, margins)
    w = weights[place]
    expected = np.average(scores, weights=w)
    marks = np.column_stack([np.eye(codes.max() + 1)[codes[place]] for codes in margins])
    residual = scores - marks @ np.linalg.pinv(marks) @ scores
    influence = w * (residual - np.average(residual, weights=w)) / w.sum()
    n = len(place)
    assert mean == pytest.approx(expected, abs=1e-9)
    assert variance == pytest.approx(n / (n - 1) * (influence**2).sum(), abs=1e-9)


@given(st.lists(st.integers(1, 5), min_size=2, max_size=40))
def test_without_margins_it_is_the_plain_mean(scores: list[int]) -> None:
    n, total, squares = (
        np.array([float(part)]) for part in (len(scores), sum(scores), sum(x * x for x in scores))
    )
    mean, variance = estimate_weighted(np.ones(1), n, total, squares, [])
    found = estimate_from_variance(n, np.array([mean]), np.array([variance]))
    plain = estimate_mean(n, total, squares)
    for one, other in zip(found, plain, strict=True):
        assert one == pytest.approx(other, abs=1e-6)


def test_one_respondent_has_a_mean_and_no_interval() -> None:
    one = np.ones(1)
    mean, variance = estimate_weighted(one, one, 4 * one, 16 * one, [])
    value, low, high = (float(bound[0]) for bound in estimate_from_variance(one, mean * one, variance * one))
    assert value == 4
    assert isnan(low)
    assert isnan(high)
    nobody, _ = estimate_weighted(one, 0 * one, 0 * one, 0 * one, [])
    assert isnan(nobody)


def test_an_adjusted_share_is_wilsons_at_its_effective_size() -> None:
    share, variance, n = np.array([0.3, 0.0, 1.0, 0.4]), np.array([0.01, 0.0, 0.0, 1e-9]), np.full(4, 50.0)
    found = estimate_adjusted(n, share, variance)
    quantile = float(stats.t.ppf(0.975, 49))
    for place, size in enumerate((0.21 / 0.01, 50, 50, 50)):
        expected = work_out_wilson(float(share[place]), size, quantile)
        assert (found.low[place], found.high[place]) == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=5))
def test_a_gap_and_its_interval_person_by_person(groups: list[tuple[int, int]]) -> None:
    answered = np.array([float(one) for one, _ in groups])
    asked = answered + np.array([float(other) for _, other in groups])
    gap, low, high = estimate_gaps(asked, answered)
    if not answered.sum():
        assert np.isnan(gap).all()
        return
    of_group = np.repeat(np.arange(len(groups)), asked.astype(int))
    responded = np.concatenate([np.repeat([1.0, 0.0], pair) for pair in groups])
    n = len(responded)
    for group in range(len(groups)):
        is_in = (of_group == group).astype(float)
        among, share = is_in[responded > 0].mean(), is_in.mean()
        influence = responded * (is_in - among) / responded.sum() - (is_in - share) / n
        assert gap[group] == pytest.approx(among - share, abs=1e-12)
        if n < 2:
            assert isnan(low[group])
            continue
        half = stats.t.ppf(0.975, n - 1) * np.sqrt(n / (n - 1) * (influence**2).sum())
        assert (low[group], high[group]) == pytest.approx(
            (max(among - share - half, -1.0), min(among - share + half, 1.0)), abs=1e-9
        )
