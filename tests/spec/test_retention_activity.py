"""Staying active: days with something recorded in, lapses worked out; windows of every length against slow Python."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.catalogue import find_indicator
from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_formulas import work_out_proportion
from tests.indicators.random_community import COMPLETE_TO, make_community
from tests.oracles.retention import (
    ALL,
    Q3,
    work_out_activity,
    work_out_kept,
    work_out_lapsed,
    work_out_reactivation,
)
from warehouse.engine import Engine

# Complete to 31 December 2015, 364 days after 1 January. Windows of 90 days.
# ann  1 January and then every other month: never 90 days quiet.
# bob  nothing after 10 January: quiet from then on.
# cat  nothing between 10 January and 10 June, then nothing: quiet twice, and back once.
# dan  nothing ever; joined on 1 March, left on 1 May after 61 days: too short to lapse.
# eve  joined on 1 December: too recent.
# fay  came on 1 January and left on 1 August: quiet from 1 January.
MEMBERS = """
member_id | region | joined_on  | left_on
ann       | Wales  | 2015-01-01 |
bob       | Wales  | 2015-01-01 |
cat       | London | 2015-01-01 |
dan       | London | 2015-03-01 | 2015-05-01
eve       | London | 2015-12-01 |
fay       | London | 2015-01-01 | 2015-08-01
"""
EVENTS = """
event_id | title | starts_at
e1       | One   | 2015-01-10T10:00:00Z
e2       | Two   | 2015-06-10T10:00:00Z
e3       | Three | 2015-12-10T10:00:00Z
"""
ATTENDANCE = """
event_id | member_id | attended
e1       | bob       | yes
e1       | cat       | yes
e2       | cat       | yes
e2       | bob       | no
e3       | eve       | yes
"""
ACTIVITIES = """
member_id | at                   | kind
ann       | 2015-01-01T10:00:00Z | post
ann       | 2015-03-01T10:00:00Z | post
ann       | 2015-05-01T10:00:00Z | post
ann       | 2015-07-01T10:00:00Z | post
ann       | 2015-09-01T10:00:00Z | post
ann       | 2015-11-01T10:00:00Z | post
fay       | 2015-01-01T10:00:00Z | post
"""
IDS = ("lapsed_members", "activity_retention", "reactivation", "activity_kept")
WINDOW = (("window", "90"),)


@pytest.fixture(scope="module")
def programme(make_release: MakeRelease) -> Engine:
    return make_release(
        {"members": MEMBERS, "events": EVENTS, "attendance": ATTENDANCE, "activities": ACTIVITIES},
        complete_to=date(2015, 12, 31),
    )


@pytest.mark.spec("lapsed_members")
def test_lapsed_are_members_of_that_long_with_an_empty_window(programme: Engine) -> None:
    figures = ("numerator", "denominator")
    assert read_cells(programme, "lapsed_members", *figures, grain="quarter", settings=WINDOW) == {
        # On 31 March those who joined on 1 January had been members for 89 days: one too few.
        ("2015-Q2",): (2, 4),  # bob and fay; cat came on 10 June
        ("2015-Q3",): (2, 3),  # bob and cat: from 3 July on nothing
        ("2015-Q4",): (2, 3),  # bob and cat, not eve, who is new
    }
    (record,) = read_records(programme, "lapsed_members", settings=WINDOW)
    assert (record["value"], record["low"], record["high"]) == pytest.approx(work_out_proportion(2, 3))
    assert read_cells(programme, "lapsed_members", by=("region",), settings=WINDOW) == {
        ("all", "London"): 1,
        ("all", "Wales"): 1 / 2,
    }


@pytest.mark.spec("lapsed_members", "activity_retention")
@pytest.mark.parametrize(("day", "lapsed"), [("2015-04-10", False), ("2015-04-11", True)])
def test_a_lapse_takes_the_whole_window(make_release: MakeRelease, day: str, lapsed: bool) -> None:
    """Last seen on 11 January: on 11 April 90 whole days have passed without anything."""
    engine = make_release(
        {
            "members": "member_id,joined_on\nann,2015-01-01\n",
            "activities": "member_id,at,kind\nann,2015-01-01T10:00:00Z,post\nann,2015-01-11T10:00:00Z,post\n",
        },
        complete_to=date.fromisoformat(day),
    )
    assert read_cells(engine, "lapsed_members", settings=WINDOW) == {("all",): lapsed}
    seen = read_cells(engine, "activity_retention", "numerator", "denominator", settings=WINDOW)
    # Not lapsed: censored 90 days before the last day, which is 10 January.
    assert seen == ({("all", "10"): (1, 1)} if lapsed else {("all", "9"): (0, 1)})


@pytest.mark.spec("activity_retention")
def test_the_event_is_the_last_day_before_the_first_lapse(programme: Engine) -> None:
    curve = read_cells(programme, "activity_retention", "value", "numerator", "denominator", settings=WINDOW)
    assert curve == {
        ("all", "0"): (pytest.approx(3 / 4), 1, 4),  # fay, of her, ann, bob and cat
        ("all", "9"): (pytest.approx(1 / 4), 2, 3),  # bob and cat
        ("all", "274"): (pytest.approx(1 / 4), 0, 1),  # ann, censored 90 days before 31 December
    }


@pytest.mark.spec("reactivation")
def test_back_is_who_did_anything_after_the_lapse(programme: Engine) -> None:
    (record,) = read_records(programme, "reactivation", settings=WINDOW)
    assert (record["numerator"], record["denominator"]) == (1, 3)  # cat, of bob, cat and fay
    assert (record["value"], record["low"], record["high"]) == pytest.approx(work_out_proportion(1, 3))


@pytest.mark.spec("activity_kept")
def test_kept_are_those_active_in_both_windows(programme: Engine) -> None:
    figures = ("numerator", "denominator")
    assert read_cells(programme, "activity_kept", *figures, grain="quarter", settings=WINDOW) == {
        # On 30 June: 2 January to 1 April, then to 30 June. Ann and cat, of ann, bob and cat.
        ("2015-Q2",): (2, 3),
        # On 30 September: 4 April to 2 July, then to 30 September. Ann, of ann and cat.
        ("2015-Q3",): (1, 2),
        ("2015-Q4",): (1, 1),  # ann
    }


@pytest.mark.spec(*IDS)
@pytest.mark.parametrize("name", IDS)
def test_the_window_of_a_year_is_longer_than_these_records(programme: Engine, name: str) -> None:
    (record,) = read_records(programme, name)
    assert (record["status"], record["value"]) == ("no_data", None)
    indicator = find_indicator(programme, name)
    assert "365 days" in indicator.needs
    assert indicator.rebuild is not None
    assert "90 days" in indicator.rebuild(window="90").definition


@pytest.mark.spec(*IDS)
def test_without_any_record_nobody_counts_as_lapsed(make_release: MakeRelease) -> None:
    engine = make_release({"members": MEMBERS}, complete_to=date(2015, 12, 31))
    for name in IDS:
        (record,) = read_records(engine, name, settings=WINDOW)
        assert record["status"] == "no_data"


@pytest.mark.spec(*IDS)
def test_who_joined_long_before_the_records_is_not_judged_by_them(make_release: MakeRelease) -> None:
    engine = make_release(
        {
            "members": "member_id,joined_on\nold,2010-01-01\nnew,2015-01-01\n",
            "activities": "member_id,at,kind\nnew,2015-01-05T10:00:00Z,post\n",
        },
        complete_to=date(2015, 12, 31),
    )
    assert read_cells(engine, "activity_retention", "denominator", settings=WINDOW) == {("all", "4"): 1}
    assert read_cells(engine, "reactivation", "denominator", settings=WINDOW) == {("all",): 1}
    # Lapsed members needs only the window itself on record.
    assert read_cells(engine, "lapsed_members", "denominator", grain="year", settings=WINDOW) == {
        ("2015",): 2
    }


@pytest.mark.spec(*IDS)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), size=st.integers(1, 14))
def test_every_window_against_slow_python(make_release: MakeRelease, seed: int, size: int) -> None:
    community = make_community(seed, size)
    engine = make_release(community.tables, complete_to=COMPLETE_TO)
    figures = ("value", "numerator", "denominator")

    def read(name: str, period: str, window: int) -> dict[tuple[str, ...], object]:
        asked = {"period": period, "settings": (("window", str(window)),)}
        cells = read_cells(engine, name, *figures, **asked)
        return {key: value for key, value in cells.items() if value[0] is not None}

    for window in (90, 180):
        for period in (ALL, Q3):
            lapsed, kept = (
                {key: pytest.approx(value) for key, value in work_out(window, period, community).items()}
                for work_out in (work_out_lapsed, work_out_kept)
            )
            assert read("lapsed_members", period[0], window) == lapsed
            assert read("activity_kept", period[0], window) == kept
        curve = {key: pytest.approx(value) for key, value in work_out_activity(window, community).items()}
        assert read("activity_retention", "all", window) == curve
        back = {key: pytest.approx(value) for key, value in work_out_reactivation(window, community).items()}
        assert read("reactivation", "all", window) == back
