"""Where nothing happens, alarms are no more frequent than stated; what was planted is found. Seeded.

First from rows by the whole engine, then many times over by the estimators and tests alone. Holm's adjustment alone is in
test_estimators_change, mixing in test_network, control charts in test_spc_null.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats

from indicators.catalogue import find_indicator
from indicators.gate.disclosure import SCOPES
from indicators.published.show import compute_result
from indicators.result import Result
from indicators.selection import Selection
from indicators.statistics import change
from indicators.statistics.change import WITHIN_PANEL, Moments, split_change
from indicators.statistics.estimators import (
    Interval,
    estimate_mean,
    estimate_paired,
    estimate_proportion,
    estimate_share,
)
from indicators.statistics.spc import make_charts
from indicators.statistics.survival import compare_survival
from tests.conftest import MakeRelease
from tests.many_communities import COMPLETE_TO, Plan, draw_tables
from warehouse.engine import Engine

PLAN = Plan(
    communities=56, members=80, items=8, events=0, response=0.8, weekly=0.4, last_joining=0, planted=6
)
NULL = [PLAN.name(place) for place in range(PLAN.communities - PLAN.planted)]
PLANTED = [PLAN.name(place) for place in range(PLAN.communities - PLAN.planted, PLAN.communities)]
# A chance of one in a thousand that so many alarms come of nothing at the nominal rate.
SURE = 0.999
OUTSIDE_LIMITS = 0.0027
SEED, ROUNDS, CURVES = 20151119, 4000, 800
MEMBERS, EVENTS = 60, 12
Random = np.random.Generator


@pytest.fixture(scope="module")
def engine(make_release: MakeRelease) -> Engine:
    return make_release(draw_tables(PLAN, seed=1), complete_to=date.fromisoformat(str(COMPLETE_TO)))


def read_communities(engine: Engine, name: str, period: str = "all") -> pd.DataFrame:
    """The rows of status ok by community."""
    result = compute_result(
        engine, find_indicator(engine, name), Selection(period, by=("hub",)), SCOPES["evaluator"]
    )
    return result.table[result.table["status"] == "ok"]


def most_by_chance(count: int, rate: float) -> float:
    return float(stats.binom.ppf(SURE, count, rate))


@pytest.mark.parametrize("name", ["item_change", "item_positive_change"])
def test_changes_told_from_none(engine: Engine, name: str) -> None:
    rows = read_communities(engine, name)
    is_told = (rows["low"] > 0) | (rows["high"] < 0)
    of_null = is_told[rows["hub"].isin(NULL)]
    assert len(of_null) == len(NULL) * PLAN.items
    assert of_null.sum() <= most_by_chance(len(of_null), 0.05)
    assert of_null.sum() >= stats.binom.ppf(1 - SURE, len(of_null), 0.05), "5 % are expected: not far fewer"
    assert is_told[rows["hub"].isin(PLANTED)].mean() > 0.7


@pytest.mark.parametrize("name", ["item_change_p", "item_positive_p", "item_sign_p"])
def test_p_values_of_changes_adjusted_for_many_items(engine: Engine, name: str) -> None:
    """After Holm's adjustment no more than 5 % of the communities have any item below 5 %."""
    rows = read_communities(engine, name)
    smallest = rows.groupby("hub")["value"].min()
    assert (smallest[NULL] < 0.05).sum() <= most_by_chance(len(NULL), 0.05)
    assert (smallest[PLANTED] < 0.05).all()


def test_points_outside_control_limits(engine: Engine) -> None:
    charts = make_charts(weeks_of(engine, Selection(by=("hub",), grain="week")))
    outside = {
        chart.line[0]: [point for point in chart.judged if "limits" in " ".join(point.flags)]
        for chart in charts
    }
    judged = {chart.line[0]: len(chart.judged) for chart in charts}
    assert sum(len(outside[hub]) for hub in NULL) <= most_by_chance(
        sum(judged[hub] for hub in NULL), 2 * OUTSIDE_LIMITS
    )
    for hub in PLANTED:
        assert [point.period for point in outside[hub]][-1:] == ["2015-W52"]


def weeks_of(engine: Engine, selection: Selection) -> Result:
    """Members active by week."""
    return compute_result(engine, find_indicator(engine, "active_members"), selection, SCOPES["evaluator"])


def test_differences_between_communities_that_do_not_differ(engine: Engine) -> None:
    """Half of the communities against the other half by each indicator: intervals that do not overlap are rare."""
    for name in ("active_members", "item_positive", "response_rate_rr1"):
        rows = read_communities(engine, name)
        rows = rows[rows["hub"].isin(NULL)]
        keys = [column for column in ("period", "item") if column in rows]
        pairs = 0
        apart = 0
        for _, same in rows.groupby(keys):
            low, high = same["low"].to_numpy(), same["high"].to_numpy()
            apart += int((low[::2] > high[1::2]).sum() + (low[1::2] > high[::2]).sum())
            pairs += len(low) // 2
        assert pairs >= len(NULL) // 2
        assert apart <= most_by_chance(pairs, 0.05)


def least_by_chance(count: int, power: float) -> float:
    """The least found that a true power gives in 99.9 % of such runs."""
    return float(stats.binom.ppf(1 - SURE, count, power))


def are_apart(one: Interval, other: Interval) -> int:
    """In how many rounds a reader would say that two groups differ: their intervals do not overlap."""
    return int(((one.low > other.high) | (other.low > one.high)).sum())


def count_clear(found: Interval) -> int:
    """In how many rounds the interval does not hold 0."""
    return int(((found.low > 0) | (found.high < 0)).sum())


def draw_answers(random: Random, share: float, people: int = 80) -> Interval:
    positive = random.binomial(people, share, ROUNDS).astype(float)
    return estimate_proportion(positive, np.full(ROUNDS, float(people)))


def draw_attendance(random: Random, share: float) -> tuple[Interval, Interval]:
    """Members with a chance of their own, Beta with correlation 0.5: clustered, and as if events were independent."""
    attended = random.binomial(EVENTS, random.beta(share, 1 - share, (ROUNDS, MEMBERS))).astype(float)
    n, x, xx = np.full(ROUNDS, float(MEMBERS)), attended.sum(axis=1), (attended**2).sum(axis=1)
    w = n * EVENTS
    return estimate_share(n, x, w, xx, x * EVENTS, w * EVENTS), estimate_proportion(x, w)


def draw_turns(random: Random, up: float, down: float, people: int = 110) -> Interval:
    turned = random.multinomial(people, [up, down, 1 - up - down], ROUNDS).astype(float)
    net, moved = turned[:, 0] - turned[:, 1], turned[:, 0] + turned[:, 1]
    return estimate_paired(np.full(ROUNDS, float(people)), net, moved)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.05])
def test_two_groups_alike_are_seldom_said_to_differ(share: float) -> None:
    random = np.random.default_rng(SEED)
    apart = are_apart(draw_answers(random, share), draw_answers(random, share))
    assert apart <= most_by_chance(ROUNDS, 0.05)


def test_two_groups_that_differ_by_30_points_are_said_to() -> None:
    random = np.random.default_rng(SEED)
    assert are_apart(draw_answers(random, 0.35), draw_answers(random, 0.65)) >= least_by_chance(ROUNDS, 0.80)


def test_attendance_of_two_groups_alike_is_seldom_said_to_differ() -> None:
    random = np.random.default_rng(SEED)
    (one, plain), (other, other_plain) = (draw_attendance(random, 0.4) for _ in range(2))
    assert are_apart(one, other) <= most_by_chance(ROUNDS, 0.05)
    # Were a member's events taken for independent the alarms would be many, so the bound bites.
    assert are_apart(plain, other_plain) > 3 * most_by_chance(ROUNDS, 0.05)


def test_attendance_of_two_groups_that_differ_by_35_points_is_said_to() -> None:
    random = np.random.default_rng(SEED)
    (one, _), (other, _) = draw_attendance(random, 0.25), draw_attendance(random, 0.60)
    assert are_apart(one, other) >= least_by_chance(ROUNDS, 0.80)


@pytest.mark.parametrize("turning", [0.05, 0.15, 0.3])
def test_a_share_that_did_not_change_is_clear_of_none_in_one_of_twenty(turning: float) -> None:
    found = draw_turns(np.random.default_rng(SEED), turning, turning)
    assert count_clear(found) <= most_by_chance(ROUNDS, 0.05)


def test_a_change_of_a_share_by_20_points_is_found() -> None:
    found = draw_turns(np.random.default_rng(SEED), 0.30, 0.10)
    assert count_clear(found) >= least_by_chance(ROUNDS, 0.85)
    assert int((found.high < 0).sum()) == 0, "never the other way"


@pytest.mark.parametrize(("shift", "power"), [(0.0, None), (0.3, 0.85)])
def test_the_p_of_an_interval_has_its_level_and_its_power(shift: float, power: float | None) -> None:
    """Changes of 100 people with a standard deviation of 0.9."""
    changes = np.random.default_rng(SEED).normal(shift, 0.9, (ROUNDS, 100))
    n = np.full(ROUNDS, 100.0)
    found = estimate_mean(n, changes.sum(axis=1), (changes**2).sum(axis=1))
    alarms = int((change.test_interval(*found, n - 1) < 0.05).sum())
    assert alarms == count_clear(found)
    if power is None:
        assert alarms <= most_by_chance(ROUNDS, 0.05)
    else:
        assert alarms >= least_by_chance(ROUNDS, power)


def draw_panel_change(random: Random, shift: float) -> tuple[float, float, float]:
    """The change within the panel where those who are content are likelier to answer the second time."""
    outlook = random.normal(size=231)
    then, now = (3.4 + 0.6 * outlook + random.normal(0, 0.6, 231) for _ in range(2))
    now += shift
    first, second = random.random(231) < 0.7, random.random(231) < np.where(outlook > 0, 0.9, 0.4)

    def sum_up(chosen: NDArray[np.bool_]) -> Moments:
        x, w = now[chosen] * second[chosen], then[chosen] * first[chosen]
        return Moments(*map(float, (chosen.sum(), x.sum(), w.sum(), x @ x, x @ w, w @ w)))

    return split_change(sum_up(first & second), sum_up(first & ~second), sum_up(~first & second))[
        WITHIN_PANEL
    ]


@pytest.mark.parametrize(("shift", "power"), [(0.0, None), (0.3, 0.85)])
def test_a_change_within_the_panel_is_told_from_who_answered(shift: float, power: float | None) -> None:
    random = np.random.default_rng(SEED)
    clear = count_clear(Interval(*np.array([draw_panel_change(random, shift) for _ in range(CURVES)]).T))
    if power is None:
        assert clear <= most_by_chance(CURVES, 0.05)
    else:
        assert clear >= least_by_chance(CURVES, power)


def draw_log_rank(random: Random, *yearly: float, people: int = 80) -> float:
    """p of the test between groups with these yearly rates of leaving, joined over two years and watched to their end."""
    groups = np.repeat(np.arange(len(yearly), dtype=np.intp), people)
    usual = np.repeat(-365 / np.log(1 - np.array(yearly)), people)
    watched = random.integers(0, 731, len(groups))
    lasting = np.ceil(random.exponential(usual))
    out = np.minimum(lasting, watched).astype(np.float64)
    test = compare_survival(out, groups, (lasting <= watched).astype(np.float64), np.ones(len(groups)))
    assert test is not None
    assert test.degrees == len(yearly) - 1
    return test.p


@pytest.mark.parametrize("yearly", [(0.2, 0.2), (0.05, 0.05), (0.2, 0.2, 0.2, 0.2)])
def test_equal_retention_is_called_different_in_one_of_twenty(yearly: tuple[float, ...]) -> None:
    random = np.random.default_rng(SEED)
    p = np.array([draw_log_rank(random, *yearly) for _ in range(CURVES)])
    assert int((p < 0.05).sum()) <= most_by_chance(CURVES, 0.05)
    assert stats.binomtest(int((p < 0.5).sum()), CURVES, 0.5).pvalue > 1 - SURE, "p is even on nothing"


def test_leaving_at_40_and_not_15_percent_a_year_is_found() -> None:
    random = np.random.default_rng(SEED)
    p = np.array([draw_log_rank(random, 0.15, 0.40) for _ in range(CURVES)])
    assert int((p < 0.05).sum()) >= least_by_chance(CURVES, 0.90)
