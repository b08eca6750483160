"""Targets that nothing is held against, or that nothing can reach."""

from __future__ import annotations

from datetime import date

from indicators.targets import Target, find_target, list_unfit_targets
from tests.conftest import MakeRelease

MEMBERS = "member_id,joined_on\nann,2015-01-01\n"
TARGETS = """indicator_id,period,baseline,target
members,2015,1,50
response_rate_rr1,all,0.4,1
"""
UNFIT = """nonsense,2015,1,2
response_rate_rr1,2015,10,50
"""


def test_targets_of_no_indicator_and_shares_in_per_cent_are_said(make_release: MakeRelease) -> None:
    engine = make_release({"members": MEMBERS, "targets": TARGETS + UNFIT})
    assert list_unfit_targets(engine) == [
        "1 target is of no indicator that there is (nonsense): nothing is held against them. Write indicator_id as python -m "
        "indicators list has it.",
        "2 baselines or targets of response_rate_rr1 cannot be reached, such as 10: it is from 0 to 1. Write a share of 50 % as 0.5.",
    ]


def test_nothing_is_said_of_targets_that_can_be_reached(make_release: MakeRelease) -> None:
    engine = make_release({"members": MEMBERS, "targets": TARGETS})
    assert list_unfit_targets(engine) == []


def test_a_target_of_a_month_is_that_of_no_year_where_a_wave_is_called_like_the_year(
    make_release: MakeRelease,
) -> None:
    engine = make_release(
        {
            "members": "member_id,joined_on\nann,2026-01-05\n",
            "waves": "wave_id,survey_id,opened_on\n2026,s,2026-10-05\n",
            "targets": "indicator_id,period,target\nattendance_rate,2026-10,0.15\nresponse_rate_rr1,2026-10,0.5\n",
        },
        complete_to=date(2026, 11, 7),
    )
    assert find_target(engine, "attendance_rate", "2026") is None
    assert find_target(engine, "attendance_rate", "2026-10") == Target(None, 0.15)
    assert find_target(engine, "response_rate_rr1", "2026") == Target(None, 0.5)
