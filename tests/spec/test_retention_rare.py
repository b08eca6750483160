"""From one leaving to the next: days and member-days worked out, and their control charts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from indicators.catalogue import find_indicator
from indicators.gate.disclosure import SCOPES
from indicators.published.show import compute_result
from indicators.selection import Selection
from indicators.statistics.spc import make_chart, make_charts
from tests.conftest import MakeRelease
from tests.figures import read_cells
from warehouse.engine import Engine

# Complete to 31 March. bob leaves on 11 January, cat and dan on 21 January, eve on 20 February; dan is back from 1 March to
# 16 March; fay leaves later.
MEMBERS = """
member_id | region | joined_on  | left_on
ann       | Wales  | 2015-01-01 |
bob       | Wales  | 2015-01-01 | 2015-01-11
cat       | Wales  | 2015-01-06 | 2015-01-21
dan       | London | 2015-01-01 | 2015-01-21
eve       | London | 2015-02-10 | 2015-02-20
fay       | London | 2015-01-31 | 2015-05-01
"""
MEMBERSHIPS = """
member_id | joined_on  | left_on
dan       | 2015-01-01 | 2015-01-21
dan       | 2015-03-01 | 2015-03-16
"""


@pytest.fixture(scope="module")
def programme(make_release: MakeRelease) -> Engine:
    return make_release({"members": MEMBERS, "memberships": MEMBERSHIPS}, complete_to=date(2015, 3, 31))


@pytest.mark.spec("days_between_leavers")
def test_days_from_one_day_with_a_leaving_to_the_next(programme: Engine) -> None:
    assert read_cells(programme, "days_between_leavers", "value", "n") == {
        ("all", "2015-01-21"): (10, 2),  # cat and dan, on one day
        ("all", "2015-02-20"): (30, 1),
        ("all", "2015-03-16"): (24, 1),  # dan for the second time; fay's leaving lies ahead
    }
    assert read_cells(programme, "days_between_leavers", by=("region",)) == {
        ("all", "2015-02-20", "London"): 30,
        ("all", "2015-03-16", "London"): 24,
        ("all", "2015-01-21", "Wales"): 10,
    }


@pytest.mark.spec("member_days_between_leavers")
def test_member_days_from_one_leaving_to_the_next(programme: Engine) -> None:
    assert read_cells(programme, "member_days_between_leavers") == {
        ("all", "2015-01-21"): 3 * 10,  # ann, cat and dan, 11 to 20 January
        ("all", "2015-01-21 (2)"): 0,
        # 21 January to 19 February: ann 30, fay from 31 January 20, eve from 10 February 10.
        ("all", "2015-02-20"): 30 + 20 + 10,
        # 20 February to 15 March: ann and fay 24 each, dan from 1 March 15.
        ("all", "2015-03-16"): 24 + 24 + 15,
    }


@pytest.mark.spec("days_between_leavers", "member_days_between_leavers")
def test_nobody_or_one_leaving_is_no_gap(make_release: MakeRelease) -> None:
    engine = make_release(
        {"members": "member_id,joined_on,left_on\nann,2015-01-01,2015-02-01\nbob,2015-01-01,\n"},
        complete_to=date(2015, 3, 31),
    )
    for name in ("days_between_leavers", "member_days_between_leavers"):
        result = compute_result(engine, find_indicator(engine, name), Selection(), SCOPES["evaluator"])
        assert result.is_empty


@pytest.mark.spec("days_between_leavers", "member_days_between_leavers")
def test_a_long_gap_after_many_short_ones_stands_out(make_release: MakeRelease) -> None:
    gaps = [5, 9, 4, 7, 6, 8, 5, 10, 6, 7, 9, 5, 8, 120]
    first = date(2014, 1, 1)
    days = [first + timedelta(days=30 + sum(gaps[:place])) for place in range(len(gaps) + 1)]
    rows = [f"m{place},{first},{day}" for place, day in enumerate(days)]
    stays = [f"s{place},{first}," for place in range(40)]
    table = "\n".join(["member_id,joined_on,left_on", *rows, *stays]) + "\n"
    engine = make_release({"members": table}, complete_to=date(2015, 3, 31))
    for name, kind in (("days_between_leavers", "t"), ("member_days_between_leavers", "g")):
        result = compute_result(engine, find_indicator(engine, name), Selection(), SCOPES["evaluator"])
        chart = make_chart(result)
        assert chart.kind == kind
        assert [point.period for point in chart.points] == [str(day) for day in days[1:]]
        assert chart.points[-1].flags[0] == "above limits"
        assert chart.points[-1].meaning == "improving"
        assert len(make_charts(result)) == 1
    shown = compute_result(
        engine, find_indicator(engine, "days_between_leavers"), Selection(), SCOPES["funder"]
    )
    assert set(shown.table["status"]) == {"suppressed"}, "a gap is of one who left"
