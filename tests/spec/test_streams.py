"""The programme's other streams: activities in, members in each, coffee trials and the funding round worked out."""

from __future__ import annotations

from datetime import date

import pytest

from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_formulas import work_out_share
from warehouse.engine import Engine

MEMBERS = "member_id,joined_on,left_on\nann,2015-01-01,\nbob,2015-01-01,\ncat,2015-01-01,\ndan,2015-01-01,2015-05-01\n"
# bob was matched twice and met once; dan met without a match; cat's two ideas are one activity.
ACTIVITIES = """
member_id | at                   | kind                 | amount
ann       | 2015-02-02T10:00:00Z | coffee_matched       |
ann       | 2015-02-09T10:00:00Z | coffee_met           |
bob       | 2015-02-02T10:00:00Z | coffee_matched       |
bob       | 2015-03-02T10:00:00Z | coffee_matched       |
bob       | 2015-02-09T10:00:00Z | coffee_met           |
dan       | 2015-02-09T10:00:00Z | coffee_met           |
ann       | 2015-04-01T10:00:00Z | exchange_idea        |
ann       | 2015-04-10T10:00:00Z | exchange_submitted   |
cat       | 2015-04-01T10:00:00Z | exchange_idea        | 2
cat       | 2015-04-10T10:00:00Z | exchange_submitted   | 2
cat       | 2015-05-10T10:00:00Z | exchange_shortlisted |
cat       | 2015-06-10T10:00:00Z | exchange_funded      |
bob       | 2015-06-10T10:00:00Z | exchange_funded      |
"""


@pytest.fixture(scope="module")
def streams(make_release: MakeRelease) -> Engine:
    return make_release({"members": MEMBERS, "activities": ACTIVITIES}, complete_to=date(2015, 6, 30))


@pytest.mark.spec("stream_members")
def test_members_in_each_stream_of_those_still_members(streams: Engine) -> None:
    # dan has left: three members. Kinds of a period without any activity of them are not listed.
    assert read_cells(streams, "stream_members", "numerator", "denominator") == {
        ("all", "coffee_matched"): (2, 3),
        ("all", "coffee_met"): (2, 3),
        ("all", "exchange_funded"): (2, 3),
        ("all", "exchange_idea"): (2, 3),
        ("all", "exchange_shortlisted"): (1, 3),
        ("all", "exchange_submitted"): (2, 3),
    }
    assert read_cells(streams, "stream_members", "numerator", "denominator", period="2015-02") == {
        ("2015-02", "coffee_matched"): (2, 4),
        ("2015-02", "coffee_met"): (3, 4),
    }


@pytest.mark.spec("coffee_trials")
def test_matches_that_met(streams: Engine) -> None:
    # ann 1 of 1, bob 1 of 2; dan met nobody he was matched with.
    (record,) = read_records(streams, "coffee_trials")
    assert (record["numerator"], record["denominator"], record["n"]) == (2, 3, 2)
    assert (record["value"], record["low"], record["high"]) == pytest.approx(
        work_out_share([(1, 1), (1, 2)]), abs=1e-12
    )
    assert read_cells(streams, "coffee_trials", grain="month") == {("2015-02",): 1, ("2015-03",): 0}


@pytest.mark.spec("exchange_funnel")
def test_ideas_at_each_stage(streams: Engine) -> None:
    # Three ideas: one of ann's and two of cat's. bob's funding has no idea and counts nowhere.
    assert read_cells(streams, "exchange_funnel", "numerator", "denominator") == {
        ("all", "Idea"): (3, 3),
        ("all", "Submitted"): (3, 3),
        ("all", "Shortlisted"): (1, 3),
        ("all", "Funded"): (1, 3),
    }


@pytest.mark.spec("activity_amount")
def test_amounts_add_up_and_count_one_where_there_is_none(streams: Engine) -> None:
    cells = read_cells(streams, "activity_amount", "value", "n")
    assert cells["all", "exchange_idea"] == (3, 2)
    assert cells["all", "coffee_matched"] == (3, 2)
    monthly = read_cells(
        streams, "activity_amount", grain="month", where=(("activity_kind", "exchange_idea"),)
    )
    assert monthly == {(f"2015-0{month}", "exchange_idea"): 3 if month == 4 else 0 for month in range(2, 7)}
    hidden = read_records(streams, "activity_amount", role="funder")
    assert {record["status"] for record in hidden} == {"suppressed"}
