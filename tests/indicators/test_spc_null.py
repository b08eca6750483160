"""How often control charts speak for nothing, against theory, and whether they find what was planted. Seeded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import pytest
from scipy import stats

from indicators.statistics.spc import build_chart
from tests.indicators.test_spc import flag, list_words, observe

SERIES, LENGTH = 4000, 24
RULES = {"limits": "outside", "rising": "trend", "falling": "trend", "2 of 3": "pairs", "run": "run"}


def name_rules(flagged: Iterable[tuple[str, ...]]) -> set[str]:
    words = {word for flags in flagged for word in flags}
    return {rule for part, rule in RULES.items() for word in words if part in word}


def count_rules(charts: Iterable[Iterable[tuple[str, ...]]]) -> dict[str, float]:
    counts: Counter[str] = Counter()
    for flagged in charts:
        found = name_rules(flagged)
        counts.update(found)
        counts["any"] += bool(found)
    return {rule: counts[rule] / SERIES for rule in (*RULES.values(), "any")}


def share_of_long_runs(length: int, run: int) -> float:
    """Chance of `run` or more in a row on one side among `length` fair coins, by recursion over the current run."""
    chances = {1: 1.0}
    for _ in range(length - 1):
        turned = sum(chances.values()) / 2
        chances = {1: turned} | {now + 1: chance / 2 for now, chance in chances.items() if now + 1 < run}
    return 1 - sum(chances.values())


def share_of_trends(length: int, trend: int) -> float:
    """Chance of `trend` or more in a row rising or falling among `length` different figures in random order.

    By recursion over the rank of the last figure among those before it, its direction, and how many run that way.
    """
    chances = {(1, 0, 1): 1.0}
    for count in range(1, length):
        after: Counter[tuple[int, int, int]] = Counter()
        for (rank, side, run), chance in chances.items():
            for drawn in range(1, count + 2):
                new_side = 1 if drawn > rank else -1
                new_run = run + 1 if new_side == side or side == 0 else 2
                if new_run < trend:
                    after[drawn, new_side, new_run] += chance / (count + 1)
        chances = dict(after)
    return 1 - sum(chances.values())


def within(share: float, expected: float, deviations: float = 4.0) -> bool:
    return abs(share - expected) < deviations * (expected * (1 - expected) / SERIES) ** 0.5


def test_the_theory_by_hand() -> None:
    assert share_of_long_runs(7, 7) == 2 / 2**7
    assert share_of_trends(7, 7) == pytest.approx(2 / 5040)
    assert share_of_trends(3, 3) == pytest.approx(2 / 6)


def test_null_rates_with_the_true_limits_are_those_of_theory() -> None:
    random = np.random.default_rng(20151119)
    rates = count_rules(flag(values) for values in random.normal(size=(SERIES, LENGTH)).tolist())
    tail = float(stats.norm.sf(3))
    assert within(rates["outside"], 1 - (1 - 2 * tail) ** LENGTH)
    assert within(rates["run"], share_of_long_runs(LENGTH, 7))
    assert within(rates["trend"], share_of_trends(LENGTH, 7))
    third = float(stats.norm.sf(2)) - tail
    window = 2 * (3 * third**2 * (0.5 - third) + third**3)
    most = (LENGTH - 2) * window
    assert 0.4 * most < rates["pairs"] < most
    assert rates["any"] <= sum(rates[rule] for rule in ("outside", "run", "trend", "pairs"))


def test_null_rates_of_whole_charts_are_as_stated() -> None:
    """Limits from the same 24 points: more lie outside, since the limits err; fewer runs, since the mean is in the middle."""
    random = np.random.default_rng(20151119)
    rates = count_rules(
        list_words(build_chart(observe(values), "up"))
        for values in random.normal(size=(SERIES, LENGTH)).tolist()
    )
    stated = {"outside": 0.099, "run": 0.085, "pairs": 0.034, "trend": 0.0067, "any": 0.187}
    assert {rule: within(rates[rule], share) for rule, share in stated.items()} == dict.fromkeys(stated, True)
    assert rates["run"] < share_of_long_runs(LENGTH, 7)
    assert rates["any"] < 0.21


def test_null_rates_of_run_charts() -> None:
    random = np.random.default_rng(20151119)
    rates = count_rules(
        list_words(build_chart(observe(values), "up")) for values in random.normal(size=(SERIES, 11)).tolist()
    )
    assert within(rates["trend"], share_of_trends(11, 5))
    assert (rates["run"], rates["outside"], rates["pairs"]) == (0, 0, 0), "at most 5 of 11 on one side"


@pytest.mark.parametrize(("shift", "least"), [(2.0, 0.65), (3.0, 0.9)])
def test_a_planted_shift_is_found_on_its_side(shift: float, least: float) -> None:
    random = np.random.default_rng(3)
    found = 0
    for _ in range(400):
        values = random.normal(size=24)
        values[12:] += shift
        chart = build_chart(observe(values), "up")
        found += any(point.meaning == "improving" for point in chart.points[12:])
    assert found / 400 > least


def test_a_planted_spike_and_a_planted_drift_are_found() -> None:
    random = np.random.default_rng(4)
    spikes = drifts = 0
    for _ in range(400):
        values = random.normal(size=24)
        values[17] -= 6
        spikes += "below limits" in build_chart(observe(values), "up").points[17].flags
        values = random.normal(size=24) + np.linspace(0, 6, 24)
        drifts += build_chart(observe(values), "down").variation == "concerning"
    assert spikes / 400 > 0.9
    assert drifts / 400 > 0.8


def test_p_chart_null_rate_of_points_outside() -> None:
    """Of 300 charts of binomial figures, at most 3 points of 100 times 0.27 % lie outside (skew included)."""
    random = np.random.default_rng(11)
    outside = 0
    for _ in range(300):
        n = random.integers(200, 800, 24)
        chart = build_chart(observe(random.binomial(n, 0.4).tolist(), n.tolist()), "up", kind="p")
        outside += sum("limits" in " ".join(point.flags) for point in chart.points)
    expected = 300 * 24 * 0.0027
    assert abs(outside - expected) < 4 * expected**0.5
