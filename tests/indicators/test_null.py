"""Where nothing happens, alarms are no more frequent than stated; what was planted is found. From rows, seeded."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from scipy import stats

from indicators.compute import compute_result, find_indicator
from indicators.disclosure import SCOPES
from indicators.result import Result
from indicators.selection import Selection
from indicators.spc import make_charts
from tests.conftest import MakeRelease
from tests.many_communities import COMPLETE_TO, Plan, draw_tables
from ui.attention import judge_response, judge_week
from warehouse.engine import Engine

PLAN = Plan(
    communities=56, members=80, items=8, events=0, response=0.8, weekly=0.4, last_joining=0, planted=6
)
NULL = [PLAN.name(place) for place in range(PLAN.communities - PLAN.planted)]
PLANTED = [PLAN.name(place) for place in range(PLAN.communities - PLAN.planted, PLAN.communities)]
# A chance of one in a thousand that so many alarms come of nothing at the nominal rate.
SURE = 0.999
OUTSIDE_LIMITS = 0.0027


@pytest.fixture(scope="module")
def engine(make_release: MakeRelease) -> Engine:
    return make_release(draw_tables(PLAN, seed=1), complete_to=date.fromisoformat(str(COMPLETE_TO)))


def read_communities(engine: Engine, name: str, **selection: str) -> pd.DataFrame:
    """The rows of status ok by community."""
    result = compute_result(
        engine, find_indicator(engine, name), Selection(by=("hub",), **selection), SCOPES["evaluator"]
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


def test_the_week_is_flagged_where_it_was_quiet_and_nowhere_else(engine: Engine) -> None:
    def is_flagged(hub: str) -> bool:
        return judge_week(weeks_of(engine, Selection(where=(("hub", hub),), grain="week"))) is not None

    assert sum(map(is_flagged, NULL)) <= most_by_chance(len(NULL), 2 * OUTSIDE_LIMITS)
    assert all(map(is_flagged, PLANTED))


def test_response_is_flagged_only_below_the_limit(engine: Engine) -> None:
    indicator = find_indicator(engine, "response_rate_rr1")
    for hub in (*NULL, *PLANTED):
        result = compute_result(
            engine, indicator, Selection(period="w2", where=(("hub", hub),)), SCOPES["evaluator"]
        )
        assert judge_response(result, {}) is None


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
