"""Two groups or two periods side by side: the difference worked out by hand, and nothing of what is hidden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from indicators.catalogue import find_indicator
from indicators.comparison import HIDDEN, PERIOD, compare_two, list_comparable
from indicators.engine.compute import compute_exact
from indicators.result import Result
from indicators.selection import Selection
from indicators.statistics.estimators import estimate_mean, subtract_intervals
from tests.conftest import MakeRelease
from warehouse.engine import Engine

WALES, LONDON, SCOTLAND = ["m0", "m1", "m2", "m3"], ["m4", "m5", "m6", "m7", "m8", "m9"], ["m10"]


@pytest.fixture
def engine(make_release: MakeRelease) -> Engine:
    """Of four in Wales one has gone after 100 days, of six in London three: after 50, 100 and 150; two design events."""
    regions = {
        **dict.fromkeys(WALES, "Wales"),
        **dict.fromkeys(LONDON, "London"),
        **dict.fromkeys(SCOTLAND, "Scotland"),
    }
    left = {"m0": "2015-04-11", "m4": "2015-02-20", "m5": "2015-04-11", "m6": "2015-05-31"}
    members = [
        {"member_id": name, "region": region, "joined_on": "2015-01-01", "left_on": left.get(name, "")}
        for name, region in regions.items()
    ]
    events = [
        {"event_id": "e1", "title": "One", "starts_at": "2015-01-10T09:00:00Z"},
        {"event_id": "e2", "title": "Two", "starts_at": "2015-12-20T09:00:00Z"},
    ]
    came = {("e1", name) for name in (*WALES[:3], *LONDON[:2])} | {
        ("e2", name) for name in (*WALES[1:2], *LONDON[3:])
    }
    attendance = [
        {"event_id": event, "member_id": name, "attended": "true" if (event, name) in came else "false"}
        for event in ("e1", "e2")
        for name in regions
    ]
    return make_release({"members": members, "events": events, "attendance": attendance})


def compute(engine: Engine, indicator_id: str, **asked: object) -> Result:
    return compute_exact(engine, find_indicator(engine, indicator_id), Selection(**asked))  # type: ignore[arg-type]


def test_two_groups_differ_by_what_is_between_them(engine: Engine) -> None:
    result = compute(engine, "attendance_rate", by=("region",), period="2015-01")
    assert list_comparable(result)["region"] == ["London", "Scotland", "Wales"]
    (row,) = compare_two(result, "region", "Wales", "London").to_dict(orient="records")
    assert row["difference"] == pytest.approx(3 / 4 - 2 / 6)
    one, other = (result.table[result.table["region"] == name].iloc[0] for name in ("Wales", "London"))
    below = np.hypot(one["value"] - one["low"], other["high"] - other["value"])
    above = np.hypot(one["high"] - one["value"], other["value"] - other["low"])
    assert row["low"] == pytest.approx(row["difference"] - below)
    assert row["high"] == pytest.approx(row["difference"] + above)


def test_two_periods_are_compared_group_by_group(engine: Engine) -> None:
    result = compute(engine, "attendance_rate", by=("region",), grain="month")
    table = compare_two(result, PERIOD, "2015-12", "2015-01").set_index("region")
    assert table.loc["Wales", "difference"] == pytest.approx(1 / 3 - 3 / 4)
    assert table.loc["London", "difference"] == pytest.approx(3 / 3 - 2 / 6)


def test_curves_are_read_off_where_both_still_have_people_at_risk(engine: Engine) -> None:
    result = compute(engine, "membership_retention", by=("region",))
    table = compare_two(result, "region", "Wales", "London").set_index("time_days")
    assert table.loc[180, "first"] == pytest.approx(3 / 4)
    assert table.loc[180, "second"] == pytest.approx(1 / 2)
    assert table.loc[180, "difference"] == pytest.approx(1 / 4)
    assert max(table.index) == min(
        int(rows["time_days"].astype(int).max())
        for region, rows in result.table.groupby("region")
        if region in ("Wales", "London")
    )


def test_nothing_is_told_of_what_is_hidden(engine: Engine) -> None:
    result = compute(engine, "attendance_rate", by=("region",), period="2015-01")
    table = result.table.copy()
    figures = ["value", "low", "high", "n", "numerator", "denominator"]
    table.loc[table["region"] == "London", figures] = np.nan
    table.loc[table["region"] == "London", "status"] = "suppressed"
    (row,) = compare_two(replace(result, table=table), "region", "Wales", "London").to_dict(orient="records")
    assert row["reason"] == HIDDEN
    assert np.isnan([row["difference"], row["low"], row["high"], row["second"]]).all()


def test_what_has_no_interval_has_a_difference_without(engine: Engine) -> None:
    result = compute(engine, "members", by=("region",), period="2015-12")
    (row,) = compare_two(result, "region", "London", "Wales").to_dict(orient="records")
    assert (row["difference"], np.isnan(row["low"])) == (0.0, True)


def test_the_interval_of_a_difference_of_means_is_near_welch_s() -> None:
    """Zou and Donner's interval of two t intervals is a little wider than Welch's, and never narrower."""
    draw = np.random.default_rng(7)
    for size, other_size in ((12, 30), (40, 40), (8, 200)):
        one, other = draw.normal(3, 1, size), draw.normal(3.4, 2, other_size)
        estimates = [
            estimate_mean(np.array([float(len(x))]), np.array([x.sum()]), np.array([(x * x).sum()]))
            for x in (one, other)
        ]
        difference = subtract_intervals(*estimates)
        welch = stats.ttest_ind(one, other, equal_var=False).confidence_interval()
        assert difference.low[0] <= welch.low + 1e-12
        assert difference.high[0] >= welch.high - 1e-12
        assert difference.high[0] - difference.low[0] < 1.15 * (welch.high - welch.low)
