"""Members, joiners and leavers: drawn tables in, the worked count out."""

from __future__ import annotations

from datetime import date

import pytest

from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from warehouse.engine import Engine

MEMBERS = """
member_id | profession | region | joined_on  | left_on
ann       | Nurse      | Wales  | 2015-01-05 |
bob       | Nurse      |        | 2015-01-20 | 2015-03-10
cat       | Doctor     | Wales  | 2015-02-01 | 2015-02-01
dan       | Doctor     | Wales  | 2015-01-10 | 2015-02-15
"""
# cat left on the day she joined; dan came back on 1 March.
MEMBERSHIPS = """
member_id | joined_on  | left_on
dan       | 2015-01-10 | 2015-02-15
dan       | 2015-03-01 |
"""


@pytest.fixture(scope="module")
def programme(make_release: MakeRelease) -> Engine:
    return make_release(
        {"members": MEMBERS, "memberships": MEMBERSHIPS}, complete_to=date.fromisoformat("2015-03-20")
    )


@pytest.mark.spec("members")
def test_members_are_counted_on_the_last_day_of_the_period(programme: Engine) -> None:
    assert read_cells(programme, "members", grain="month") == {
        ("2015-01",): 3,  # ann, bob, dan on 31 January
        ("2015-02",): 2,  # ann, bob on 28 February
        ("2015-03",): 2,  # ann and dan, who is back; on 20 March, the last complete day
    }
    (record,) = read_records(programme, "members")
    assert (record["value"], record["n"], record["numerator"]) == (2, 2, 2)
    assert (record["low"], record["high"], record["denominator"]) == (None, None, None)


@pytest.mark.spec("members")
def test_members_in_a_week_which_is_no_grain_of_theirs(programme: Engine) -> None:
    # Sunday 8 March: ann, bob and dan.
    assert read_cells(programme, "members", period="2015-W10") == {("2015-W10",): 3}


@pytest.mark.spec("members")
def test_members_by_a_dimension_say_where_it_is_not_recorded(programme: Engine) -> None:
    assert read_cells(programme, "members", period="2015-01", by=("region",)) == {
        ("2015-01", "Not recorded"): 1,  # bob
        ("2015-01", "Wales"): 2,  # ann, dan; cat has not joined
    }


@pytest.mark.spec("joiners")
def test_joiners_count_people_once_a_period_and_returners_again_later(programme: Engine) -> None:
    assert read_cells(programme, "joiners", grain="month") == {
        ("2015-01",): 3,  # ann, bob, dan
        ("2015-02",): 1,  # cat, though she left the same day
        ("2015-03",): 1,  # dan, for the second time
    }
    assert read_cells(programme, "joiners", period="2015") == {("2015",): 4}  # dan once


@pytest.mark.spec("leavers")
def test_leavers_count_in_the_period_of_their_first_day_away(programme: Engine) -> None:
    assert read_cells(programme, "leavers", grain="month") == {
        ("2015-01",): 0,
        ("2015-02",): 2,  # cat, dan
        ("2015-03",): 1,  # bob
    }
    assert read_cells(programme, "leavers", by=("profession",)) == {
        ("all", "Doctor"): 2,
        ("all", "Nurse"): 1,
    }


@pytest.mark.spec("leavers")
def test_no_leaver_in_any_group_is_zero_and_not_missing(make_release: MakeRelease) -> None:
    engine = make_release(
        {"members": "member_id,profession,joined_on\nann,Nurse,2015-01-05\nbob,Doctor,2015-01-06\n"}
    )
    assert read_cells(engine, "leavers") == {("all",): 0}
    assert read_cells(engine, "leavers", "value", "status", by=("profession",)) == {
        ("all", "Doctor"): (0, "ok"),
        ("all", "Nurse"): (0, "ok"),
    }


@pytest.mark.spec("members", "joiners", "leavers")
def test_everybody_left(make_release: MakeRelease) -> None:
    engine = make_release(
        {"members": "member_id,joined_on,left_on\nann,2015-01-05,2015-01-31\nbob,2015-01-06,2015-01-31\n"}
    )
    counts = {name: read_cells(engine, name) for name in ("members", "joiners", "leavers")}
    assert counts == {"members": {("all",): 0}, "joiners": {("all",): 2}, "leavers": {("all",): 2}}


@pytest.mark.spec("members")
def test_a_period_outside_the_release_has_no_data_and_keeps_its_name(programme: Engine) -> None:
    (record,) = read_records(programme, "members", period="2013")
    assert (record["period"], record["value"], record["status"]) == ("2013", None, "no_data")


@pytest.mark.spec("members")
def test_touching_and_overlapping_spells_are_one_membership(make_release: MakeRelease) -> None:
    spells = """
    member_id | joined_on  | left_on
    ann       | 2015-01-05 | 2015-02-10
    ann       | 2015-02-10 | 2015-02-20
    ann       | 2015-02-15 | 2015-03-01
    """
    engine = make_release(
        {"members": "member_id,joined_on\nann,2015-01-05\n", "memberships": spells},
        complete_to=date.fromisoformat("2015-03-15"),
    )
    assert read_cells(engine, "joiners", grain="month") == {
        ("2015-01",): 1,
        ("2015-02",): 0,
        ("2015-03",): 0,
    }
    assert read_cells(engine, "leavers", grain="month") == {
        ("2015-01",): 0,
        ("2015-02",): 0,
        ("2015-03",): 1,
    }
