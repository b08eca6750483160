"""Limits that follow the base, and those of rare events: Laney's p′, t and g charts, worked out a second time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isnan

import numpy as np
import pytest

from indicators.statistics.spc import build_chart
from tests.indicators.test_spc import observe


def work_out_laney(x: Sequence[float], n: Sequence[float]) -> tuple[float, list[float]]:
    """Laney 2002, slowly: p̄, and for each point 3 σz σᵢ; moving ranges above 3.267 × their mean are dropped."""
    p = sum(x) / sum(n)
    errors = [(p * (1 - p) / size) ** 0.5 for size in n]
    scores = [(one / size - p) / error for one, size, error in zip(x, n, errors, strict=True)]
    ranges = [abs(b - a) for a, b in pairwise(scores)]
    kept = [one for one in ranges if one <= 3.267 * sum(ranges) / len(ranges)]
    sigma = sum(kept) / len(kept) / 1.128
    return p, [3 * sigma * error for error in errors]


def test_p_prime_limits_are_those_of_laney_and_start_where_the_base_is_thirty() -> None:
    n = [12, 20, 29, *[30, 60, 90, 120, 150, 180, 200, 205, 210, 211, 212, 213, 213, 213]]
    x = [11, 2, 28, *[13, 22, 40, 50, 61, 80, 70, 92, 88, 80, 91, 99, 70, 85]]
    chart = build_chart(observe(x, n), "up", is_proportion=True)
    assert chart.kind == "laney"
    p, reach = work_out_laney(x[3:], n[3:])
    for point, half in zip(chart.points[3:], reach, strict=True):
        assert (point.centre, point.upper) == pytest.approx((p, min(1, p + half)))
        assert point.lower == pytest.approx(max(0, p - half))
    for point in chart.points[:3]:
        assert not point.is_judged
        assert all(isnan(one) for one in (point.centre, point.lower, point.upper))
        assert (point.flags, point.meaning) == ((), "none")
    assert chart.points[3].upper - chart.points[3].lower > 2 * (
        chart.points[-1].upper - chart.points[-1].lower
    )


def test_shares_of_fewer_than_thirty_have_no_limits() -> None:
    """Of 8 members mostly nobody, and one or two at times: the limits were 1.34 to 1.41 %, and every week was a signal."""
    n, x = [8, 7] * 20, [0, 0, 0, 1, 0, 0, 2, 0, 0, 0] * 4
    chart = build_chart(observe(x, n), "up", is_proportion=True)
    assert (chart.kind, chart.variation) == ("run", "common cause")
    assert not any(point.flags for point in chart.points)
    assert all(isnan(point.lower) and isnan(point.upper) for point in chart.points)
    larger = build_chart(observe([one + 1 for one in x], [4 * one for one in n]), "up", is_proportion=True)
    assert larger.kind != "run", "positive control"


def test_a_share_that_is_mostly_nobody_has_no_limits() -> None:
    """20 of 58 members came to each of 3 events in 78 weeks: limits of 2 to 2 %, and 78 of 78 weeks stood out."""
    x = [20 if week in (10, 40, 70) else 0 for week in range(78)]
    chart = build_chart(observe(x, [58] * 78), "up", is_proportion=True)
    assert (chart.kind, chart.variation) == ("run", "common cause")
    assert chart.is_mostly_none
    assert not any(point.flags for point in chart.points)


# Hours between failures of a valve and their roots, after Montgomery, Introduction to Statistical Quality Control, ch. 7.
HOURS = (286, 948, 536, 124, 816, 729, 4, 143, 431, 8, 2837, 596, 81, 227, 603, 492, 1199, 1214, 2831, 96)
ROOTS = (
    *(4.80986, 6.70903, 5.72650, 3.81367, 6.43541, 6.23705, 1.46958, 3.96768, 5.39007, 1.78151),
    *(9.09619, 5.89774, 3.38833, 4.51095, 5.91690, 5.59189, 7.16124, 7.18601, 9.09083, 3.55203),
)


def test_a_t_chart_is_an_xmr_of_the_roots_taken_back() -> None:
    assert [hours**0.2777 for hours in HOURS] == pytest.approx(ROOTS, abs=2e-5)
    chart = build_chart(observe(HOURS), "up", kind="t")
    roots = [hours ** (1 / 3.6) for hours in HOURS]
    mean, ranges = sum(roots) / 20, [abs(b - a) for a, b in pairwise(roots)]
    upper = mean + 2.66 * sum(ranges) / 19
    for point in chart.points:
        assert (point.centre, point.upper) == pytest.approx((mean**3.6, upper**3.6))
        assert point.lower == 0, "the mean less its reach lies below 0"
        assert point.flags == ()


def test_a_g_chart_has_the_limits_of_a_geometric_distribution_around_its_median() -> None:
    gaps = [5, 9, 2, 14, 7, 3, 0, 6, 11, 4, 8, 3, 6, 160, 5]
    mean = sum(gaps) / len(gaps)
    chart = build_chart(observe(gaps), "up", kind="g")
    for point in chart.points:
        assert (point.centre, point.lower) == pytest.approx((0.693 * mean, 0))
        assert point.upper == pytest.approx(mean + 3 * (mean * (mean + 1)) ** 0.5)
    assert chart.points[13].flags[0] == "above limits"
    assert chart.points[13].meaning == "improving"
    assert not any(flag.startswith("2 of 3") for point in chart.points for flag in point.flags)


def test_the_centre_of_a_g_chart_is_the_median_of_rare_events() -> None:
    drawn = np.random.default_rng(3).geometric(1 / 500, 20_000) - 1
    chart = build_chart(observe(drawn.tolist()), "up", kind="g")
    assert np.mean(drawn <= chart.points[0].centre) == pytest.approx(0.5, abs=0.01)
    # The tail of an exponential beyond its mean and three more of them: e⁻⁴.
    assert np.mean(drawn > chart.points[0].upper) == pytest.approx(np.exp(-4), abs=0.004)
