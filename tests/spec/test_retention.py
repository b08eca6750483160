"""Retention: spells in, the survival curve and the cohort triangle worked out."""

from __future__ import annotations

from datetime import date

import pytest

from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_formulas import work_out_proportion, work_out_survival
from warehouse.engine import Engine

# Complete to 11 April. Days of the first spell: ann 100 and still there, bob 59 left, cat 0 left on the day she joined,
# dan 59 left (his return does not count), eve 69 and still there, fay 10 and still there.
MEMBERS = """
member_id | region | joined_on  | left_on
ann       | Wales  | 2015-01-01 |
bob       | Wales  | 2015-01-01 | 2015-03-01
cat       | Wales  | 2015-02-01 | 2015-02-01
dan       | London | 2015-01-31 | 2015-03-31
eve       | London | 2015-02-01 |
fay       | London | 2015-04-01 | 2015-05-01
"""
MEMBERSHIPS = """
member_id | joined_on  | left_on
dan       | 2015-01-31 | 2015-03-31
dan       | 2015-04-05 |
"""
SPELLS = [(100, False), (59, True), (0, True), (59, True), (69, False), (10, False)]


@pytest.fixture(scope="module")
def programme(make_release: MakeRelease) -> Engine:
    return make_release({"members": MEMBERS, "memberships": MEMBERSHIPS}, complete_to=date(2015, 4, 11))


@pytest.mark.spec("membership_retention")
def test_survival_is_the_product_over_the_days_on_which_somebody_left(programme: Engine) -> None:
    curve = read_cells(programme, "membership_retention", "value", "numerator", "denominator", "n")
    assert curve == {
        ("all", "0"): (pytest.approx(5 / 6), 1, 6, 6),  # cat of six
        ("all", "10"): (pytest.approx(5 / 6), 0, 5, 5),  # fay, observed for ten days; her leaving lies ahead
        ("all", "59"): (pytest.approx(5 / 6 * 2 / 4), 2, 4, 4),  # bob and dan of four
        ("all", "69"): (pytest.approx(5 / 6 * 2 / 4), 0, 2, 2),
        ("all", "100"): (pytest.approx(5 / 6 * 2 / 4), 0, 1, 1),
    }
    assert [cell[1] for cell in curve] == ["0", "10", "59", "69", "100"], "in order of time, not of the text"


@pytest.mark.spec("membership_retention")
def test_the_interval_is_log_log_with_greenwoods_variance(programme: Engine) -> None:
    expected = work_out_survival(SPELLS)
    for record in read_records(programme, "membership_retention"):
        figures = (record["value"], record["low"], record["high"])
        assert figures == pytest.approx(expected[int(record["dimensions"]["time_days"])], abs=1e-12)


@pytest.mark.spec("membership_retention")
def test_each_group_has_a_curve_of_its_own(programme: Engine) -> None:
    assert read_cells(programme, "membership_retention", by=("region",)) == {
        ("all", "10", "London"): 1,
        ("all", "59", "London"): 1 / 2,  # dan of dan, eve
        ("all", "69", "London"): 1 / 2,
        ("all", "0", "Wales"): pytest.approx(2 / 3),  # cat of ann, bob, cat
        ("all", "59", "Wales"): pytest.approx(2 / 3 * 1 / 2),  # bob of ann, bob
        ("all", "100", "Wales"): pytest.approx(2 / 3 * 1 / 2),
    }


@pytest.mark.spec("membership_retention", "cohort_retention")
def test_one_member_and_everybody_left(make_release: MakeRelease) -> None:
    one = make_release({"members": "member_id,joined_on\nann,2015-01-01\n"}, complete_to=date(2015, 1, 31))
    assert read_cells(one, "membership_retention", "value", "low", "high", "n") == {
        ("all", "30"): (1, 1, 1, 1)
    }
    assert read_cells(one, "cohort_retention", "numerator", "denominator") == {
        ("all", "2015-01", "0"): (1, 1)
    }
    gone = make_release(
        {"members": "member_id,joined_on,left_on\nann,2015-01-01,2015-01-11\nbob,2015-01-01,2015-01-21\n"},
        complete_to=date(2015, 2, 28),
    )
    curve = read_cells(gone, "membership_retention", "value", "low", "high")
    assert curve["all", "10"] == pytest.approx(work_out_survival([(10, True), (20, True)])[10])
    assert curve["all", "20"] == (0, None, None)
    assert read_cells(gone, "cohort_retention") == {("all", "2015-01", "0"): 1, ("all", "2015-01", "1"): 0}


@pytest.mark.spec("cohort_retention")
def test_the_triangle_counts_those_observed_for_so_many_months(programme: Engine) -> None:
    # January: ann, bob (until 1 March), dan (joined on the 31st, until 31 March). A month after 31 January is 28 February.
    # Month 2 is 1 March for bob, his first day away: gone. For dan it is 31 March: gone. Month 3 only ann has reached.
    # February: cat left on the day itself; eve has been observed for two months. April: fay.
    assert read_cells(programme, "cohort_retention", "numerator", "denominator") == {
        ("all", "2015-01", "0"): (3, 3),
        ("all", "2015-01", "1"): (3, 3),
        ("all", "2015-01", "2"): (1, 3),
        ("all", "2015-01", "3"): (1, 2),
        ("all", "2015-02", "0"): (1, 2),
        ("all", "2015-02", "1"): (1, 2),
        ("all", "2015-02", "2"): (1, 2),
        ("all", "2015-04", "0"): (1, 1),
    }
    records = read_records(programme, "cohort_retention")
    third = next(record for record in records if record["dimensions"]["periods_since"] == "2")
    assert (third["value"], third["low"], third["high"]) == pytest.approx(
        work_out_proportion(1, 3), abs=1e-12
    )
