"""Control charts: worked sums, the exact rules, invariants, and how often they speak for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.statistics.spc import (
    FEWEST_POINTS,
    BadRebase,
    Observation,
    SpcChart,
    build_chart,
    make_chart,
    make_charts,
)
from indicators.statistics.spc.rules import FLAGS, count_runs, list_flags, list_short_flags
from tests.ui.test_charts import make_result, row

WHOLE = st.integers(-1000, 1000)


def observe(values: Iterable[float], denominators: Sequence[float] = ()) -> list[Observation]:
    listed = list(values)
    if not denominators:
        return [Observation(f"p{place}", float(value)) for place, value in enumerate(listed)]
    return [
        Observation(f"p{place}", x / n if n else nan, True, x, n)
        for place, (x, n) in enumerate(zip(listed, denominators, strict=True))
    ]


def list_words(chart: SpcChart) -> list[tuple[str, ...]]:
    return [point.flags for point in chart.points]


def flag(values: Sequence[float], centre: float = 0.0, reach: float = 3.0) -> list[tuple[str, ...]]:
    return list_flags(np.array(values, dtype=float), centre, np.full(len(values), reach))


# Limits.


def test_xmr_limits_by_hand() -> None:
    # mean 12, ranges 2 4 2 4 … (11 of them: 6 × 2 and 5 × 4, mean 32/11)
    values = [10, 12, 16, 14, 10, 12, 16, 14, 10, 12, 16, 14]
    chart = build_chart(observe(values), "up")
    ranges = [abs(b - a) for a, b in pairwise(values)]
    reach = 2.66 * sum(ranges) / 11
    assert (chart.kind, len(ranges)) == ("xmr", 11)
    for point in chart.points:
        assert (point.centre, point.lower, point.upper) == pytest.approx((13, 13 - reach, 13 + reach))
        assert (point.inner_lower, point.inner_upper) == pytest.approx(
            (13 - 2 * reach / 3, 13 + 2 * reach / 3)
        )
    assert set(list_words(chart)) == {()}
    assert chart.variation == "common cause"


def test_p_limits_follow_each_denominator_and_stay_within_0_and_1() -> None:
    n = [10, 40, 90, 20, 60, 30, 100, 50, 15, 70, 25, 80]
    x = [2, 7, 20, 3, 12, 8, 22, 9, 2, 15, 6, 14]
    chart = build_chart(observe(x, n), "up", kind="p")
    p = sum(x) / sum(n)
    for point, size in zip(chart.points, n, strict=True):
        reach = 3 * (p * (1 - p) / size) ** 0.5
        assert point.centre == pytest.approx(p)
        assert (point.lower, point.upper) == pytest.approx((max(0, p - reach), min(1, p + reach)))
    assert chart.points[0].lower == 0
    assert chart.points[6].lower > 0


def test_limits_follow_unequal_denominators_by_laneys_p_prime() -> None:
    random = np.random.default_rng(7)
    n = [100, 300] * 12
    drawn = [int(random.binomial(size, 0.3)) for size in n]
    assert build_chart(observe(drawn, n), "up", is_proportion=True).kind == "laney"
    assert build_chart(observe(drawn, n), "up").kind == "xmr", "only for an indicator that is a proportion"
    level = [100, 120] * 12
    drawn_level = [int(random.binomial(size, 0.3)) for size in level]
    assert build_chart(observe(drawn_level, level), "up", is_proportion=True).kind == "xmr"
    huge = [100_000, 300_000] * 12
    spread = [size * (0.3 + 0.02 * (-1) ** (place // 2)) for place, size in enumerate(huge)]
    assert build_chart(observe(spread, huge), "up", is_proportion=True).kind == "laney", "over-dispersed"
    same = [size * 0.3 for size in n]
    assert build_chart(observe(same, n), "up", is_proportion=True).kind == "xmr", "no drawing at all"
    assert build_chart(observe([0] * 24, n), "up", is_proportion=True).kind == "xmr"
    assert build_chart(observe(spread, huge), "up", is_proportion=True, kind="p").kind == "p", "asked for"


# The rules, one at a time.


def test_a_point_outside_a_limit_and_none_on_it() -> None:
    assert flag([3.01, -3.01, 3, -3]) == [("above limits",), ("below limits",), (), ()]


def test_seven_in_a_row_on_one_side_and_a_point_on_the_centre_breaks_it() -> None:
    assert flag([-1, 1, 1.5, 1, 1.5, 1, 1.5, 1, -1]) == [(), *[("run above",)] * 7, ()]
    assert flag([1, 1.5, 1, 1.5, 1, 1.5]) == [()] * 6
    assert flag([1, 1.5, 1, 0, 1, 1.5, 1, 1.5, 1]) == [()] * 9
    assert flag([-1, -1.5] * 4)[0] == ("run below",)


def test_seven_rising_or_falling_and_a_tie_breaks_it() -> None:
    rising = [-1.5, -1.0, -0.5, 0.1, 0.5, 1.0, 1.5]
    assert flag(rising) == [("rising",)] * 7
    assert flag(rising[::-1]) == [("falling",)] * 7
    assert flag(rising[:6]) == [()] * 6
    assert flag([-1.5, -1.0, -0.5, -0.5, 0.5, 1.0, 1.5]) == [()] * 7
    both = flag([*rising, *rising[-2::-1]], centre=0.4)
    assert both == [*[("rising",)] * 6, *[("falling",)] * 7], "the turn belongs to what follows"


def test_two_of_three_in_the_outer_third_with_all_three_on_that_side() -> None:
    assert flag([2.5, 1, 2.5]) == [("2 of 3 high",), (), ("2 of 3 high",)]
    assert flag([-2.5, -2.5, -1]) == [("2 of 3 low",), ("2 of 3 low",), ()]
    assert flag([2.5, -1, 2.5]) == [()] * 3, "one of the three lies on the other side"
    assert flag([2.5, -2.5, 2.5]) == [()] * 3
    assert flag([2.5, 1, 1, 2.5]) == [()] * 4
    assert flag([2, 2, 1]) == [()] * 3, "on the line is not beyond it"
    assert flag([3.5, 2.5, 1]) == [("above limits",), (), ()], "a point outside is not in the outer third"


def test_the_run_chart_rules_skip_the_median_and_repeats() -> None:
    def short(values: Sequence[float], centre: float) -> list[tuple[str, ...]]:
        return list_short_flags(np.array(values, dtype=float), centre)

    assert short([1, 2, 0, 1, 2, 1, 2, -1], 0)[:3] == [("run above",), ("run above",), ()]
    assert short([1, 2, 1, 2, 1, -1], 0) == [()] * 6
    assert short([1, 2, 2, 3, 4, 5], 2)[0] == ("rising",)
    assert short([1, 2, 2, 3, 4, 5], 2)[2] == (), "the repeat is neither counted nor flagged"
    assert short([1, 2, 2, 3, 4], 2) == [()] * 5
    assert short([5, 4, 3, 2, 1], 0)[4] == ("falling",)


# Gaps, incomplete periods, rebases.


def test_a_gap_breaks_a_run_and_no_range_is_taken_across_it() -> None:
    values = [-1, 1] * 4 + [nan, 101, 99] + [-1, 1] * 4
    chart = build_chart(observe(values), "up")
    known = [value for value in values if not isnan(value)]
    ranges = [2.0] * 7 + [2.0] + [100.0] + [2.0] * 7
    kept = [one for one in ranges if one <= 3.267 * sum(ranges) / len(ranges)]
    assert chart.points[0].upper == pytest.approx(sum(known) / len(known) + 2.66 * sum(kept) / len(kept)), (
        "101 after the gap gives no range of 100"
    )
    assert chart.points[8].meaning == "none"
    assert list_words(chart)[8] == ()
    assert flag([1, 1.5, 1, nan, 1, 1.5, 1, 1.5]) == [()] * 8
    assert flag([2.5, nan, 2.5]) == [()] * 3


def test_an_incomplete_period_keeps_its_point_and_enters_nothing() -> None:
    whole = observe([10, 12] * 6)
    half = Observation("now", 2.0, is_complete=False)
    chart, without = build_chart([*whole, half], "up"), build_chart(whole, "up")
    assert chart.points[:-1] == without.points
    assert (chart.variation, chart.assurance) == (without.variation, without.assurance)
    last = chart.points[-1]
    assert (last.value, last.flags, last.meaning) == (2.0, (), "none")
    assert (last.centre, last.lower) == (without.points[0].centre, without.points[0].lower)


def test_eleven_complete_points_and_an_incomplete_one_are_a_run_chart() -> None:
    values = [5.0, 4, 6, 5, 4, 6, 5, 4, 6, 5, 4]
    chart = build_chart([*observe(values), Observation("now", 0.0, is_complete=False)], "up", target=9)
    assert chart.kind == "run"
    assert all(point.centre == 5 and isnan(point.lower) and isnan(point.upper) for point in chart.points)
    assert chart.assurance == "none"
    assert build_chart(observe([*values, 5]), "up").kind == "xmr"


def test_a_rebase_starts_limits_and_rules_anew_and_needs_a_note() -> None:
    values = [1.0, 2] * 6 + [11, 12] * 6
    plain = build_chart(observe(values), "up")
    assert {flags[0] for flags in list_words(plain)} <= {
        "below limits",
        "above limits",
        "run below",
        "run above",
    }
    chart = build_chart(observe(values), "up", rebases=[("p12", "New venue")])
    assert set(list_words(chart)) == {()}
    assert [point.centre for point in chart.points] == pytest.approx([1.5] * 12 + [11.5] * 12)
    assert chart.short_groups == ()
    late = build_chart(observe(values), "up", rebases=[("p20", "New venue")])
    assert late.short_groups == ("p20",)
    for rebases, words in (
        ([("p12", " ")], "has no note"),
        ([("p99", "why")], "no period p99"),
        ([("p12", "a"), ("p12", "b")], "given twice"),
    ):
        with pytest.raises(BadRebase, match=words):
            build_chart(observe(values), "up", rebases=rebases)


def test_nothing_and_one_point_can_be_asked() -> None:
    assert build_chart([], "up").points == ()
    one = build_chart(observe([3.0]), "up")
    assert (one.kind, one.points[0].centre, one.variation) == ("run", 3.0, "common cause")
    gaps = build_chart(observe([nan] * 20), "up", target=1)
    assert (gaps.kind, gaps.variation, gaps.assurance) == ("run", "none", "none")
    assert build_chart(observe([1, nan] * 12), "up").kind == "run", "no two in a row: no moving range"


# Words.


@pytest.mark.parametrize(
    ("direction", "high", "low"),
    [
        ("up", "improving", "concerning"),
        ("down", "concerning", "improving"),
        ("neutral", "neutral special cause", "neutral special cause"),
    ],
)
def test_variation_is_that_of_the_latest_point_by_direction(direction: str, high: str, low: str) -> None:
    steady = [10.0, 11] * 8
    for last, word in ((20.0, high), (1.0, low), (10.5, "common cause")):
        chart = build_chart(observe([*steady, last]), direction)  # type: ignore[arg-type]
        assert chart.variation == word


def test_assurance_is_the_side_of_the_target() -> None:
    def assure(direction: str, target: float | None) -> str:
        return build_chart(observe([10, 11] * 8), direction, target=target).assurance  # type: ignore[arg-type]

    # 10.5 ± 2.66: 7.84 to 13.16
    assert [assure("up", target) for target in (7.8, 10, 13.2)] == [
        "consistently hits",
        "hit and miss",
        "consistently misses",
    ]
    assert [assure("down", target) for target in (7.8, 10, 13.2)] == [
        "consistently misses",
        "hit and miss",
        "consistently hits",
    ]
    assert assure("neutral", 10) == assure("up", None) == "none"


# From a result.


def test_a_result_is_one_chart_a_line_with_gaps_for_hidden_figures() -> None:
    rows = []
    for place in range(14):
        for group, value in (("Nurse", 0.4), ("Doctor", 0.8)):
            shown = None if (place, group) == (3, "Nurse") else value + 0.01 * (place % 2)
            rows.append(
                row(f"2015-W{20 + place}", shown, "suppressed", profession=group)
                | {"is_complete": place < 13}
            )
    for entry in rows:
        if "value" in entry:
            entry["status"] = "ok"
    charts = make_charts(make_result("active_members", rows, ("profession",)), target=0.6)
    assert [chart.line for chart in charts] == [("Nurse",), ("Doctor",)]
    assert [len(chart.judged) for chart in charts] == [12, 13]
    assert isnan(charts[0].points[3].value)
    assert [chart.assurance for chart in charts] == ["consistently misses", "consistently hits"]
    with pytest.raises(ValueError, match="too many values"):
        make_chart(make_result("active_members", rows, ("profession",)))


def test_limits_keep_within_what_the_unit_can_be() -> None:
    rows = [row(f"2015-W{20 + place}", 0.02 + 0.9 * (place % 2)) for place in range(14)]
    chart = make_chart(make_result("active_members", rows))
    assert (chart.points[0].lower, chart.points[0].upper) == (0, 1)


# Invariants.


@given(values=st.lists(WHOLE, min_size=FEWEST_POINTS, max_size=40), constant=WHOLE)
def test_adding_a_constant_shifts_the_limits_and_nothing_else(values: list[int], constant: int) -> None:
    before = build_chart(observe(values), "up")
    after = build_chart(observe(value + constant for value in values), "up")
    assert list_words(before) == list_words(after)
    for old, new in zip(before.points, after.points, strict=True):
        assert (new.centre, new.lower, new.upper) == pytest.approx(
            (old.centre + constant, old.lower + constant, old.upper + constant), abs=1e-8
        )


@given(values=st.lists(WHOLE, max_size=40))
def test_upside_down_the_flags_change_sides(values: list[int]) -> None:
    words = list(FLAGS)
    other = {word: words[place ^ 1] for place, word in enumerate(words)}
    before = list_words(build_chart(observe(values), "up"))
    after = list_words(build_chart(observe(-value for value in values), "up"))
    assert [tuple(other[word] for word in flags) for flags in before] == after


@given(
    values=st.lists(WHOLE, max_size=40), size=st.floats(1e-6, 1e6), direction=st.sampled_from(["up", "down"])
)
def test_the_direction_changes_words_and_never_flags(values: list[int], size: float, direction: str) -> None:
    chart = build_chart(observe(values), direction)  # type: ignore[arg-type]
    neutral = build_chart(observe(values), "neutral")
    assert list_words(chart) == list_words(neutral)
    for one, other in zip(chart.points, neutral.points, strict=True):
        assert (one.meaning in ("improving", "concerning")) == (other.meaning == "neutral special cause")


@given(value=st.floats(-1e9, 1e9), length=st.integers(1, 60))
def test_a_flat_series_has_no_flags(value: float, length: int) -> None:
    chart = build_chart(observe([value] * length), "up")
    assert set(list_words(chart)) == {()}


@given(
    values=st.lists(st.one_of(st.just(nan), WHOLE.map(float)), max_size=50),
    ends=st.tuples(st.integers(0, 3), st.integers(0, 3)),
)
def test_gaps_at_either_end_change_nothing_and_gaps_are_never_flagged(
    values: list[float], ends: tuple[int, int]
) -> None:
    chart = build_chart(observe(values), "up")
    assert all(not point.flags for point in chart.points if isnan(point.value))
    padded = build_chart(observe([*[nan] * ends[0], *values, *[nan] * ends[1]]), "up")
    inside = padded.points[ends[0] : len(padded.points) - ends[1]]
    assert [point.flags for point in inside] == list_words(chart)
    for old, new in zip(chart.points, inside, strict=True):
        same = replace(new, period=old.period)
        assert str(same) == str(old), "compared as text, NaN being unequal to itself"


def test_the_order_of_the_points_matters() -> None:
    random = np.random.default_rng(5)
    rising = np.linspace(0, 30, 30)
    assert any("rising" in flags for flags in list_words(build_chart(observe(rising), "up")))
    mixed = build_chart(observe(random.permutation(rising)), "up")
    assert set(list_words(mixed)) == {()}
    assert mixed.points[0].upper > build_chart(observe(rising), "up").points[0].upper


def test_every_chart_of_infinite_bounds_has_ordered_lines() -> None:
    random = np.random.default_rng(9)
    chart = build_chart(observe(random.normal(size=30)), "up", bounds=(-inf, inf))
    for point in chart.points:
        assert point.lower < point.inner_lower < point.centre < point.inner_upper < point.upper


@given(values=st.lists(st.integers(-4, 4), max_size=30))
def test_the_flags_are_those_of_every_window_looked_at_one_by_one(values: list[int]) -> None:
    found: list[set[str]] = [
        {"above limits"} if v > 3 else {"below limits"} if v < -3 else set() for v in values
    ]
    for start in range(len(values)):
        seven, three = range(start, start + 7), range(start, start + 3)
        for sign, up, run, near in ((1, "rising", "run above", "high"), (-1, "falling", "run below", "low")):
            turned = [sign * value for value in values]
            if seven[-1] < len(values):
                window = turned[start : start + 7]
                for word, holds in ((run, min(window) > 0), (up, all(a < b for a, b in pairwise(window)))):
                    for place in seven if holds else ():
                        found[place].add(word)
            close = [place for place in three if place < len(values) and turned[place] == 3]
            if three[-1] < len(values) and len(close) >= 2 and min(turned[start : start + 3]) > 0:
                for place in close:
                    found[place].add(f"2 of 3 {near}")
    if not any({"rising", "falling"} <= words for words in found):
        assert [set(flags) for flags in flag([float(value) for value in values])] == found


@pytest.mark.parametrize("above", [3, 5, 6])
def test_the_chance_of_so_many_runs_is_that_of_all_orders(above: int) -> None:
    orders = [np.isin(np.arange(11), chosen) for chosen in combinations(range(11), above)]
    runs = [1 + int((order[1:] != order[:-1]).sum()) for order in orders]
    found = count_runs(np.where(orders[0], 1.0, -1.0), 0.0)
    assert found is not None
    few = [number for number in range(2, 12) if sum(one <= number for one in runs) <= 0.025 * len(runs)]
    many = [number for number in range(2, 12) if sum(one >= number for one in runs) <= 0.025 * len(runs)]
    assert found.fewest == max(few, default=1) + 1
    assert found.most == min(many, default=12) - 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 1, 2, 1, 8, 9, 8, 9, 8], (2, 10, "too few")),
        ([1, 9, 2, 8, 1, 9, 2, 8, 1, 9], (10, 10, "too many")),
        ([1, 9, 9, 2, 1, 8, 8, 1, 9, 2, 5], (7, 10, "")),
    ],
)
def test_a_run_chart_tells_too_few_and_too_many_runs(
    values: list[float], expected: tuple[int, int, str]
) -> None:
    chart = build_chart([Observation(str(place), value) for place, value in enumerate(values)], "up")
    assert chart.kind == "run"
    assert chart.runs is not None
    assert (chart.runs.count, chart.runs.points, chart.runs.verdict) == expected
    assert (chart.runs.fewest, chart.runs.most) == (3, 9), (
        "Swed & Eisenhart 1943 for 5 and 5: 2 and 10 are beyond chance"
    )
    shorter = build_chart([Observation(str(place), value) for place, value in enumerate(values[:9])], "up")
    assert shorter.runs is None, "of nine points the table has no number"
