"""Tests of a changed distribution, retest correlation and standardised change: one item of twenty people, worked out."""

from __future__ import annotations

from math import atanh, sqrt, tanh

import numpy as np
import pytest
from scipy import stats

from tests.conftest import MakeRelease
from tests.figures import read_cells
from tests.oracles.panel import find_dz
from warehouse.engine import Engine

# Answers then (rows) and now (columns), 1 to 3 of a scale of three; q2 is the same for everybody in both waves.
MOVES = np.array([[3, 4, 2], [1, 4, 3], [0, 1, 2]])
PAIRS = [(a + 1, b + 1) for a in range(3) for b in range(3) for _ in range(MOVES[a, b])]
TABLES = {
    "members": "member_id,joined_on\n" + "".join(f"m{n},2015-01-05\n" for n in range(len(PAIRS))),
    "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\nw2,s,2015-06-01\nw3,s,2015-09-01\n",
    "items": "survey_id,item_id,text,construct,kind,scale_min,scale_max,reversed\n"
    "s,q1,Useful?,use,likert,1,3,true\ns,q2,Clear?,clarity,likert,1,3,false\n",
    "answers": [
        {"wave_id": wave, "respondent_id": f"m{n}", "item_id": item, "value": value}
        for n, pair in enumerate(PAIRS)
        for wave, own in zip(("w1", "w2", "w3"), (*pair, pair[0]), strict=True)
        for item, value in (("q1", own), ("q2", 2))
    ],
}


@pytest.fixture(scope="module")
def survey(make_release: MakeRelease) -> Engine:
    return make_release(TABLES)


def read_raw_p(engine: Engine, name: str, period: str) -> dict[tuple[str, ...], tuple[float, ...]]:
    return read_cells(engine, name, "numerator", "denominator", "n", period=period)


@pytest.mark.spec("item_symmetry_p", "item_symmetry_p_since_first")
def test_bowkers_test(survey: Engine) -> None:
    # 1 and 2: 4 against 1; 1 and 3: 2 against 0; 2 and 3: 3 against 1. On q2 nobody moved: no test.
    statistic = (4 - 1) ** 2 / 5 + (2 - 0) ** 2 / 2 + (3 - 1) ** 2 / 4
    expected = {("w2", "q1"): pytest.approx((stats.chi2.sf(statistic, 3), 1, 20))}
    assert read_raw_p(survey, "item_symmetry_p", "w2") == expected
    # Since the first wave everybody is back where they were.
    back = read_cells(survey, "item_symmetry_p_since_first", period="w3")
    assert set(back.values()) == {None}
    assert read_raw_p(survey, "item_symmetry_p_since_first", "w2")["w2", "q1"] == expected["w2", "q1"]


@pytest.mark.spec("item_distribution_p", "item_distribution_p_since_first")
def test_stuart_and_maxwells_test(survey: Engine) -> None:
    # Then 9, 8, 3 and now 4, 9, 7. Fleiss's form for three answers: (m23 d1² + m13 d2² + m12 d3²) / (2 (m12 m13 + m12 m23 + m13 m23)),
    # m the mean of the two moves between a pair of answers.
    d1, d2, d3 = 9 - 4, 8 - 9, 3 - 7
    m12, m13, m23 = 5 / 2, 2 / 2, 4 / 2
    statistic = (m23 * d1**2 + m13 * d2**2 + m12 * d3**2) / (2 * (m12 * m13 + m12 * m23 + m13 * m23))
    expected = pytest.approx((stats.chi2.sf(statistic, 2), 1, 20))
    for name in ("item_distribution_p", "item_distribution_p_since_first"):
        assert read_raw_p(survey, name, "w2") == {("w2", "q1"): expected}


@pytest.mark.spec("item_positive_mcnemar_p", "item_positive_mcnemar_p_since_first")
def test_mcnemars_asymptotic_test(survey: Engine) -> None:
    # q1 is reversed: favourable is 1. Turned: 1 from 2, none from 3; ceased: 4 + 2. χ² = (1 − 6)² / 7.
    expected = pytest.approx((stats.chi2.sf(25 / 7, 1), 1, 20))
    for name in ("item_positive_mcnemar_p", "item_positive_mcnemar_p_since_first"):
        assert read_raw_p(survey, name, "w2") == {("w2", "q1"): expected}


@pytest.mark.spec(
    "item_retest", "construct_retest", "item_retest_since_first", "construct_retest_since_first"
)
def test_the_correlation_of_then_and_now(survey: Engine) -> None:
    then, now = (np.array(side, dtype=float) for side in zip(*PAIRS, strict=True))
    r = ((then - then.mean()) * (now - now.mean())).mean() / (then.std() * now.std())
    low, high = (tanh(atanh(r) + side * 1.959963984540054 / sqrt(20 - 3)) for side in (-1, 1))
    for kind, name in (("item", "q1"), ("construct", "use")):
        for suffix in ("", "_since_first"):
            cells = read_cells(survey, f"{kind}_retest{suffix}", "value", "low", "high", "n", period="w2")
            assert cells == {("w2", name): pytest.approx((r, low, high, 20))}
    back = read_cells(survey, "item_retest_since_first", "value", "low", "high", period="w3")
    assert back == {("w3", "q1"): (pytest.approx(1), None, None)}


@pytest.mark.spec("item_dz", "construct_dz", "item_dz_since_first", "construct_dz_since_first")
def test_the_change_over_the_spread_of_the_changes(survey: Engine) -> None:
    # Turned round: from −2 (twice) to +1: seven fell by one, two by two, two rose by one, nine stayed.
    changes = [-1.0] * 7 + [-2.0] * 2 + [1.0] * 2 + [0.0] * 9
    value = -9 / 20 / sqrt((7 + 8 + 2 - 9 * 9 / 20) / 19)
    expected = find_dz(changes)
    assert expected[0] == pytest.approx(value)
    for kind, name in (("item", "q1"), ("construct", "use")):
        for suffix in ("", "_since_first"):
            cells = read_cells(survey, f"{kind}_dz{suffix}", "value", "low", "high", "n", period="w2")
            assert cells == {("w2", name): pytest.approx(expected, abs=1e-7)}
