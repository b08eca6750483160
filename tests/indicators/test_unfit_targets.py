"""Targets that nothing is held against, or that nothing can reach."""

from __future__ import annotations

from indicators.targets import list_unfit_targets
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
