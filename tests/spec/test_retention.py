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
        ("all", "30"): (1, pytest.approx(0.025), 1, 1)  # Clopper & Pearson, 1 of 1
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


# In 2016 ann, bob and cat had been members before; dan joined in it. Day 0 of the year is the last of 2015.
BEFORE = """
member_id | region | joined_on  | left_on
ann       | Wales  | 2015-12-22 |
bob       | Wales  | 2015-12-12 | 2016-01-01
cat       | London | 2015-12-02 | 2016-01-31
dan       | London | 2016-01-11 | 2016-01-21
old       | Wales  | 2015-12-01 | 2015-12-31
"""


@pytest.fixture(scope="module")
def years(make_release: MakeRelease) -> Engine:
    return make_release({"members": BEFORE}, complete_to=date(2016, 2, 20))


@pytest.mark.spec("membership_retention")
def test_in_a_year_those_who_were_there_before_enter_late(years: Engine) -> None:
    # Entries: ann after day 9, bob after 19, cat after 29. Exits: dan left on day 10, bob on 20 (1 January), cat on
    # 60; ann is seen to day 60. At risk on day 10: ann and dan; on 20: ann and bob, not dan who has left.
    curve = read_cells(years, "membership_retention", "value", "numerator", "denominator", period="2016")
    assert curve == {
        ("2016", "10"): (1 / 2, 1, 2),
        ("2016", "20"): (1 / 4, 1, 2),
        ("2016", "60"): (1 / 8, 1, 2),
    }
    # In 2015 only old left; on 31 December the three others had been members for 9, 19 and 29 days.
    assert read_cells(years, "membership_retention", "value", "denominator", period="2015") == {
        ("2015", "9"): (1, 4),
        ("2015", "19"): (1, 3),
        ("2015", "29"): (1, 2),
        ("2015", "30"): (0, 1),
    }
    everybody = read_cells(years, "membership_retention", "denominator")
    assert everybody == {("all", "10"): 5, ("all", "20"): 4, ("all", "30"): 3, ("all", "60"): 2}


@pytest.mark.spec("membership_retention", "leavers")
def test_a_year_counts_the_leavers_of_that_year(years: Engine) -> None:
    for period in ("2015", "2016", "2015-12", "2016-01", "2016-02"):
        ended = read_cells(years, "membership_retention", "numerator", period=period)
        assert sum(ended.values()) == read_cells(years, "leavers", period=period)[(period,)]


@pytest.mark.spec("period_retention")
def test_members_kept_are_those_of_the_day_before(years: Engine) -> None:
    assert read_cells(years, "period_retention", "numerator", "denominator", grain="year") == {
        ("2016",): (1, 3)  # ann of ann, bob, cat; nobody was a member before 2015
    }
    (record,) = read_records(years, "period_retention", period="2016")
    assert (record["value"], record["low"], record["high"]) == pytest.approx(work_out_proportion(1, 3))
    assert read_cells(years, "period_retention", "numerator", "denominator", period="2016-02") == {
        ("2016-02",): (1, 1)  # ann; cat's first day away is 31 January
    }
    # For all time: of those on the first day, 1 December 2015, which was old alone.
    assert read_cells(years, "period_retention", "numerator", "denominator") == {("all",): (0, 1)}


@pytest.mark.spec("period_retention")
def test_who_was_back_by_the_end_is_kept_or_lost_by_choice(programme: Engine) -> None:
    # On 31 March ann, eve were members, dan not: he left that day and was back on 5 April.
    # On 28 February ann, bob, dan, eve; on 11 April ann, dan, eve and fay.
    asked = {"period": "2015-Q2"}
    assert read_cells(programme, "period_retention", "numerator", "denominator", **asked) == {
        ("2015-Q2",): (2, 2)
    }
    march = read_cells(programme, "period_retention", "numerator", "denominator", period="2015-03")
    assert march == {("2015-03",): (2, 4)}
    lost = (("returners", "lost"),)
    year = read_cells(programme, "period_retention", "numerator", "denominator", settings=lost)
    assert year == {("all",): (1, 2)}  # ann of ann and bob, who were there on 1 January


@pytest.mark.spec("period_retention")
def test_a_return_within_the_period(make_release: MakeRelease) -> None:
    spells = "member_id,joined_on,left_on\nann,2014-01-01,2015-03-01\nann,2015-06-01,\n"
    engine = make_release(
        {"members": "member_id,joined_on\nann,2014-01-01\n", "memberships": spells},
        complete_to=date(2015, 12, 31),
    )
    for returners, share in (("kept", 1), ("lost", 0)):
        settings = (("returners", returners),)
        assert read_cells(engine, "period_retention", period="2015", settings=settings) == {("2015",): share}


@pytest.mark.spec("cohort_retention")
def test_the_triangle_by_quarter_of_joining(programme: Engine) -> None:
    cells = read_cells(
        programme, "cohort_retention", "numerator", "denominator", settings=(("cohort", "quarter"),)
    )
    assert cells == {
        ("all", "2015-Q1", "0"): (4, 5),  # all but cat
        ("all", "2015-Q1", "1"): (4, 5),
        ("all", "2015-Q1", "2"): (2, 5),  # ann and eve
        ("all", "2015-Q1", "3"): (1, 2),  # ann, and bob who has left
        ("all", "2015-Q2", "0"): (1, 1),
    }
