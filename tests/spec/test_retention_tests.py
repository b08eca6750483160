"""The median, the log-rank test and the other intervals: worked out by hand, and held equal to well-kept libraries."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from math import exp, isinf, isnan, nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines.statistics import multivariate_logrank_test
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

from indicators.catalogue import find_indicator
from indicators.definition import Band
from indicators.engine.compute import compute_exact
from indicators.selection import Selection
from indicators.statistics.estimators import estimate_survival
from indicators.statistics.survival import compare_survival, estimate_median
from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_formulas import Z
from tests.oracles.retention import fit_curve
from warehouse.contracts import MEMBER_DIMENSIONS
from warehouse.engine import Engine

LOGRANK = [f"logrank_{name}" for name in (*MEMBER_DIMENSIONS, "hub")]
BANDS: dict[Band, str] = {"log-log": "cloglog", "log": "log", "plain": "linear"}
EXITS = st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=40)

# Days of the first spell. Nurses left on days 1 and 3; doctors on day 2, and one was seen to day 4.
MEMBERS = """
member_id | profession | region | hub   | cohort | organisation | organisation_type | joined_on  | left_on
ann       | Nurse      | Wales  | North | One    | A            | Trust             | 2015-01-01 | 2015-01-02
bob       | Nurse      | Wales  | North | One    | A            | Trust             | 2015-01-01 | 2015-01-04
cat       | Doctor     | Wales  | South | Two    | B            | Charity           | 2015-01-01 | 2015-01-03
dan       | Doctor     | Wales  | South | Two    | B            | Charity           | 2015-01-01 |
eve       |            | Wales  |       |        |              |                   | 2015-01-01 | 2015-01-02
"""


@pytest.fixture(scope="module")
def programme(make_release: MakeRelease) -> Engine:
    return make_release({"members": MEMBERS}, complete_to=date(2015, 1, 5))


@pytest.mark.spec(*LOGRANK)
def test_the_log_rank_test_compares_the_groups_whose_members_are_known(programme: Engine) -> None:
    # Nurses expected: day 1 2/4, day 2 1/3, day 3 1/2; observed 2. Variance n₁n₂d(n − d)/n²(n − 1):
    # 4/16 + 2/9 + 1/4.
    surplus = 2 - (1 / 2 + 1 / 3 + 1 / 2)
    chi_square = surplus**2 / (1 / 4 + 2 / 9 + 1 / 4)
    expected = (stats.chi2.sf(chi_square, 1), chi_square, 1, 4)
    for name in LOGRANK:
        figures = read_cells(programme, name, "value", "numerator", "denominator", "n")
        # All of the region are in Wales: nothing to compare.
        assert figures.get(("all",), ()) == (
            (None, None, None, 0) if "region" in name else pytest.approx(expected)
        )
    (record,) = read_records(programme, "logrank_hub")
    assert (record["unit"], record["low"], record["high"]) == ("p", None, None)


@pytest.mark.spec(*LOGRANK)
@pytest.mark.parametrize("left", ["", "2015-01-02"])
def test_no_test_where_nothing_can_differ(make_release: MakeRelease, left: str) -> None:
    """Nobody has left; or everybody has, on the same day of membership."""
    rows = "".join(f"{kind}{n},{kind},2015-01-01,{left}\n" for kind in "ab" for n in range(3))
    engine = make_release(
        {"members": f"member_id,hub,joined_on,left_on\n{rows}"}, complete_to=date(2015, 2, 1)
    )
    (record,) = read_records(engine, "logrank_hub")
    assert (record["status"], record["value"]) == ("no_data", None)


@pytest.mark.spec("membership_median")
def test_the_median_is_the_first_day_by_which_half_have_left(
    programme: Engine, make_release: MakeRelease
) -> None:
    # Of five: after day 1 three are left, after day 2 two: 2/5.
    (record,) = read_records(programme, "membership_median")
    assert (record["value"], record["n"], record["numerator"], record["denominator"]) == (2, 5, 4, 5)
    assert read_cells(programme, "membership_median", by=("profession",)) == {
        ("all", "Doctor"): 2,  # exactly a half
        ("all", "Not recorded"): 1,
        ("all", "Nurse"): 1,
    }
    few = make_release(
        {
            "members": "member_id,joined_on,left_on\nann,2015-01-01,2015-01-11\nbob,2015-01-01,\ncat,2015-01-01,\n"
        },
        complete_to=date(2015, 2, 28),
    )
    (record,) = read_records(few, "membership_median")
    assert (record["status"], record["value"]) == ("no_data", None)
    (reason,) = compute_exact(few, find_indicator(few, "membership_median"), Selection()).table["reason"]
    assert reason.startswith("No figure yet: more than half were still members"), "nothing is to be loaded"


@pytest.mark.spec("membership_retention", "membership_median")
def test_the_interval_can_be_that_of_another_tool(programme: Engine) -> None:
    # Day 1: 2 of 5 left. Greenwood: 2/(5·3).
    spread = Z * sqrt(2 / 15)
    bands = {
        "plain": (3 / 5 - 3 / 5 * spread, 3 / 5 + 3 / 5 * spread),
        "log": (3 / 5 * exp(-spread), 1),
        "log-log": (0.6 ** exp(spread / -np.log(0.6)), 0.6 ** exp(-spread / -np.log(0.6))),
    }
    for band, limits in bands.items():
        settings = (("interval", band),)
        curve = read_cells(programme, "membership_retention", "low", "high", settings=settings)
        assert curve["all", "1"] == pytest.approx((max(limits[0], 0), min(limits[1], 1)))
        assert read_cells(programme, "membership_median", settings=settings) == {("all",): 2}


def count(exits: list[tuple[int, bool]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    times = np.unique([day for day, _ in exits]).astype(float)
    ended = np.array([sum(day == time and has for day, has in exits) for time in times], dtype=float)
    return times, ended, np.array([sum(day == time for day, _ in exits) for time in times], dtype=float)


def work_out_quantile(exits: list[tuple[int, bool]], band: Band) -> tuple[float, float, float]:
    days, ended = zip(*exits, strict=True)
    fitted = SurvfuncRight(np.array(days, dtype=float), np.array(ended, dtype=int))
    with np.errstate(all="ignore"):
        low, high = fitted.quantile_ci(0.5, method=BANDS[band])
        return fitted.quantile(0.5), low, nan if isinf(high) else high


@given(EXITS, st.sampled_from(list(BANDS)))
def test_the_interval_of_the_median_is_that_of_statsmodels(exits: list[tuple[int, bool]], band: Band) -> None:
    found = estimate_median(*count(exits), band)
    survival = Fraction(1)
    for time, d, _ in zip(*count(exits), strict=True):
        survival *= 1 - Fraction(int(d), sum(day >= time for day, _ in exits))
        if survival == Fraction(1, 2):
            return  # statsmodels compares the product with a half as it is in binary
    if not any(has for _, has in exits):
        assert all(map(isnan, found))
        return
    expected = work_out_quantile(exits, band)
    assert (isnan(found[0]) and isnan(expected[0])) or found[0] == expected[0]
    if survival > 0 and not isnan(expected[1]) and not isnan(found[0]):
        assert found[1] == expected[1]
        assert (isnan(found[2]) and isnan(expected[2])) or found[2] == expected[2]


@given(EXITS, st.sampled_from(["log", "plain"]))
def test_the_other_bands_stand_on_the_standard_error_of_statsmodels(
    exits: list[tuple[int, bool]], band: Band
) -> None:
    times, ended, leaving = count(exits)
    value, low, high = estimate_survival(ended, np.cumsum(leaving[::-1])[::-1], band)
    days, has_ended = zip(*exits, strict=True)
    if not any(has_ended):
        assert (value.tolist(), high.tolist()) == ([1.0] * len(times),) * 2
        clopper_pearson = [proportion_confint(n, n, method="beta")[0] for n in np.cumsum(leaving[::-1])[::-1]]
        assert low.tolist() == pytest.approx(clopper_pearson, abs=1e-9)
        return
    fitted = SurvfuncRight(np.array(days, dtype=float), np.array(has_ended, dtype=int))
    with np.errstate(all="ignore"):
        for place, time in enumerate(fitted.surv_times):
            share, error = fitted.surv_prob[place], fitted.surv_prob_se[place]
            at = int(np.flatnonzero(times == time)[0])
            assert value[at] == pytest.approx(share, abs=1e-9)
            if not 1e-9 < share < 1 - 1e-9:
                continue
            limits = (
                (share - Z * error, share + Z * error)
                if band == "plain"
                else (share * exp(-Z * error / share), share * exp(Z * error / share))
            )
            assert (low[at], high[at]) == pytest.approx((max(limits[0], 0), min(limits[1], 1)), abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 12), st.booleans(), st.integers(0, 3)), min_size=2, max_size=50))
def test_the_log_rank_test_is_that_of_lifelines(rows: list[tuple[int, bool, int]]) -> None:
    days, ended, groups = (np.array(column) for column in zip(*rows, strict=True))
    codes = np.unique(groups, return_inverse=True)[1]
    found = compare_survival(days.astype(float), codes, ended.astype(float), np.ones(len(rows)))
    first = days[ended].min() if ended.any() else np.inf
    kept = (
        days >= first
    )  # a group that was gone before anybody left says nothing, and costs no degree of freedom
    kinds = len(set(groups[kept]))
    if kinds < 2 or (ended & (days == first))[kept].all():
        assert found is None
        return
    test = multivariate_logrank_test(days[kept], groups[kept], ended[kept])
    assert found is not None
    assert found.degrees == kinds - 1
    assert (found.chi_square, found.p) == pytest.approx(
        (test.test_statistic, test.p_value), rel=1e-7, abs=1e-9
    )


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20), st.booleans()), min_size=1, max_size=40),
    st.integers(1, 6),
)
def test_late_entries_are_those_of_lifelines(rows: list[tuple[int, int, bool]], founders: int) -> None:
    """Founders are there from the start to the end, so that the curve never lacks members."""
    observed = [(entry, entry + stay, ended) for entry, stay, ended in rows] + [(-1, 60, False)] * founders
    times = np.arange(-1, 61, dtype=float)
    ended = np.array([sum(out == time and has for _, out, has in observed) for time in times], dtype=float)
    at_risk = np.array(
        [sum(entry < time <= out for entry, out, _ in observed) for time in times], dtype=float
    )
    fitted = fit_curve(observed)
    found = estimate_survival(ended, at_risk)
    for place, time in enumerate(times[1:], 1):
        if time + 1 not in fitted.survival_function_.index:
            continue
        share = fitted.survival_function_.loc[time + 1].iloc[0]
        assert found.value[place] == pytest.approx(share, abs=1e-9)
        if 1e-9 < share < 1 - 1e-9:
            limits = fitted.confidence_interval_.loc[time + 1].tolist()
            assert [found.low[place], found.high[place]] == pytest.approx(limits, abs=1e-9)


@pytest.mark.spec("membership_retention")
def test_everybody_who_left_is_in_the_curve_of_one_year_on_the_same_day(make_release: MakeRelease) -> None:
    start = date(2014, 6, 1)
    members = [
        {
            "member_id": f"m{n}",
            "joined_on": start + timedelta(days=13 * n),
            "left_on": None if n % 3 else start + timedelta(days=13 * n + 29 * n % 600),
        }
        for n in range(40)
    ]
    engine = make_release({"members": members}, complete_to=date(2016, 8, 1))
    left: Counter[int] = Counter()
    for period in ("2014", "2015", "2016"):
        cells = read_cells(engine, "membership_retention", "numerator", period=period)
        left.update({int(day): int(ended) for (_, day), ended in cells.items()})
    whole = read_cells(engine, "membership_retention", "numerator")
    assert +left == Counter({int(day): int(ended) for (_, day), ended in whole.items() if ended})
    assert left.total() == 12
