"""Tests of change against scipy and statsmodels, their false alarms on nothing, and the split that adds up."""

from __future__ import annotations

from math import isnan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.descriptivestats import sign_test

from indicators.statistics.change import (
    ALL_WHO_ANSWERED,
    WHO_ANSWERED,
    WITHIN_PANEL,
    Moments,
    adjust_holm,
    estimate_score,
    find_p_of_counts,
    find_p_of_means,
    split_change,
)
from tests.adjusting import adjust_p
from tests.hand_formulas import work_out_mean

STEPS = st.integers(4, 20).map(lambda quarter: quarter / 4)
PAIRS = st.lists(st.tuples(STEPS, STEPS), min_size=1, max_size=30)
ALONE = st.lists(STEPS, max_size=20)


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def sum_up(pairs: list[tuple[float, float]]) -> Moments:
    """Sums of (score now, score then)."""
    return Moments(
        len(pairs),
        sum(now for now, _ in pairs),
        sum(then for _, then in pairs),
        sum(now * now for now, _ in pairs),
        sum(now * then for now, then in pairs),
        sum(then * then for _, then in pairs),
    )


@given(st.lists(st.integers(-4, 4), min_size=2, max_size=60).filter(lambda changes: len(set(changes)) > 1))
def test_the_p_of_means_is_that_of_the_paired_t_test(changes: list[int]) -> None:
    d = np.array(changes, dtype=float)
    found = find_p_of_means(column(len(d)), column(d.sum()), column((d * d).sum()))
    assert found[0] == pytest.approx(stats.ttest_rel(d, np.zeros(len(d))).pvalue, abs=1e-9)


@pytest.mark.parametrize("changes", [[1], [0, 0, 0], [2, 2], [0.1] * 7])
def test_changes_that_are_all_alike_have_no_t_test(changes: list[float]) -> None:
    d = np.array(changes)
    assert isnan(find_p_of_means(column(len(d)), column(d.sum()), column((d * d).sum()))[0])


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_p_of_counts_is_mcnemars_and_that_of_the_sign_test(up: int, down: int) -> None:
    found = float(find_p_of_counts(column(up), column(down))[0])
    assert found == pytest.approx(min(1, mcnemar([[3, up], [down, 5]], exact=True).pvalue), abs=1e-12)
    if up + down:
        assert found == pytest.approx(sign_test([1] * up + [-1] * down)[1], abs=1e-12)
        assert found == pytest.approx(stats.binomtest(up, up + down).pvalue, abs=1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_is_that_of_statsmodels(p: list[float]) -> None:
    assert adjust_holm(np.array(p)) == pytest.approx(adjust_p(p, "holm"), abs=1e-12)


def test_no_tests_need_no_adjustment() -> None:
    assert len(adjust_holm(np.array([]))) == 0


@given(PAIRS, ALONE, ALONE)
def test_the_two_parts_add_up_to_the_change(
    pairs: list[tuple[float, float]], then: list[float], now: list[float]
) -> None:
    parts = split_change(
        sum_up(pairs), sum_up([(0.0, score) for score in then]), sum_up([(score, 0.0) for score in now])
    )
    whole, within, who = (parts[name][0] for name in (ALL_WHO_ANSWERED, WITHIN_PANEL, WHO_ANSWERED))
    everybody_now = [*(score for score, _ in pairs), *now]
    everybody_then = [*(score for _, score in pairs), *then]
    assert whole == pytest.approx(np.mean(everybody_now) - np.mean(everybody_then), abs=1e-12)
    assert within == pytest.approx(np.mean([score - before for score, before in pairs]), abs=1e-12)
    assert within + who == pytest.approx(whole, abs=1e-12)


@given(PAIRS, ALONE, ALONE)
def test_each_part_has_the_interval_of_influences_worked_out_person_by_person(
    pairs: list[tuple[float, float]], then: list[float], now: list[float]
) -> None:
    parts = split_change(
        sum_up(pairs), sum_up([(0.0, score) for score in then]), sum_up([(score, 0.0) for score in now])
    )
    everybody_now = [*(score for score, _ in pairs), *now]
    everybody_then = [*(score for _, score in pairs), *then]
    mean_now, mean_then = np.mean(everybody_now), np.mean(everybody_then)
    inside = np.mean([score - before for score, before in pairs])
    whole, within = [], []
    for score, before in pairs:
        whole.append((score - mean_now) / len(everybody_now) - (before - mean_then) / len(everybody_then))
        within.append((score - before - inside) / len(pairs))
    whole += [-(before - mean_then) / len(everybody_then) for before in then]
    whole += [(score - mean_now) / len(everybody_now) for score in now]
    within += [0.0] * (len(then) + len(now))
    influences = {
        ALL_WHO_ANSWERED: (whole, len(whole)),
        WITHIN_PANEL: (within, len(pairs)),
        WHO_ANSWERED: ([one - other for one, other in zip(whole, within, strict=True)], len(whole)),
    }
    for name, (influence, persons) in influences.items():
        value, low, high = parts[name]
        if persons < 2:
            assert isnan(low)
            assert isnan(high)
            continue
        variance = persons / (persons - 1) * sum(one * one for one in influence)
        half = stats.t.ppf(0.975, persons - 1) * sqrt(variance)
        assert (low, high) == pytest.approx((value - half, value + half), abs=1e-5 if half < 1e-5 else 1e-8)


@given(st.lists(st.tuples(STEPS, STEPS), min_size=2, max_size=30))
def test_where_the_same_people_answer_all_of_the_change_is_within_the_panel(
    pairs: list[tuple[float, float]],
) -> None:
    parts = split_change(sum_up(pairs), Moments(), Moments())
    expected = work_out_mean([now - then for now, then in pairs])
    for name in (ALL_WHO_ANSWERED, WITHIN_PANEL):
        assert parts[name] == pytest.approx(expected, abs=1e-6)
    assert parts[WHO_ANSWERED] == pytest.approx((0, 0, 0), abs=1e-6)


def test_without_a_panel_there_is_only_the_whole_change() -> None:
    parts = split_change(Moments(), sum_up([(0, 3), (0, 4)]), sum_up([(5, 0)]))
    assert parts[ALL_WHO_ANSWERED][0] == 1.5
    assert isnan(parts[WITHIN_PANEL][0])
    assert isnan(parts[WHO_ANSWERED][0])
    nothing = split_change(Moments(), Moments(), sum_up([(5, 0)]))
    assert all(isnan(figure) for figures in nothing.values() for figure in figures)


@given(st.lists(STEPS, min_size=2, max_size=30))
def test_a_score_has_students_interval(scores: list[float]) -> None:
    found = estimate_score(len(scores), sum(scores), sum(score * score for score in scores))
    tolerance = 1e-9 if len(set(scores)) > 1 else 1e-5
    assert found == pytest.approx(work_out_mean(scores), abs=tolerance)


def draw_changes(random: np.random.Generator, rounds: int, items: int, people: int) -> np.ndarray:
    """Answers of 1 to 5 twice, alike up to chance: rounds × items × people changes."""
    then, now = (random.binomial(4, 0.6, (rounds, items, people)) for _ in range(2))
    return (now - then).astype(float)


def find_false_alarms(changes: np.ndarray, *, is_sign: bool) -> int:
    alarms = 0
    for round_ in changes:
        if is_sign:
            own = find_p_of_counts((round_ > 0).sum(axis=1) * 1.0, (round_ < 0).sum(axis=1) * 1.0)
        else:
            n = np.full(len(round_), float(round_.shape[1]))
            own = find_p_of_means(n, round_.sum(axis=1), (round_**2).sum(axis=1))
        alarms += bool((adjust_holm(own) < 0.05).any())
    return alarms


@pytest.mark.parametrize("is_sign", [False, True])
def test_where_nothing_changed_an_alarm_is_raised_in_one_of_twenty_waves_at_most(is_sign: bool) -> None:
    rounds = 1000
    changes = draw_changes(np.random.default_rng(20151119), rounds, items=12, people=80)
    alarms = find_false_alarms(changes, is_sign=is_sign)
    # The most that a true rate of 5 % gives in 99.9 % of such runs.
    assert alarms <= stats.binom.ppf(0.999, rounds, 0.05)
    # Without the adjustment it would be 1 − 0.95¹² = 46 %, so the bound bites.
    n = np.full(12, 80.0)
    raw = sum(
        bool((find_p_of_means(n, one.sum(axis=1), (one**2).sum(axis=1)) < 0.05).any()) for one in changes
    )
    assert raw > stats.binom.ppf(0.999, rounds, 0.05)


def test_a_planted_change_is_found_and_only_that_one() -> None:
    changes = draw_changes(np.random.default_rng(7), 1, items=12, people=150)[0]
    changes[4] += 0.6
    n = np.full(12, 150.0)
    adjusted = adjust_holm(find_p_of_means(n, changes.sum(axis=1), (changes**2).sum(axis=1)))
    assert list(np.flatnonzero(adjusted < 0.05)) == [4]
