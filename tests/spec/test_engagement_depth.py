"""Between events: weeks with activity, breadth, recency, contribution, and wanted against actual, worked out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from indicators.catalogue import find_indicator
from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_formulas import settle, work_out_mean, work_out_proportion, work_out_share
from warehouse.engine import Engine

# 2015-01-05 is a Monday. The record is complete to Sunday 1 February: four whole weeks.
MEMBERS = """
member_id | joined_on  | left_on
ann       | 2015-01-05 |
bob       | 2015-01-05 |
cat       | 2015-01-19 |
dan       | 2015-01-05 | 2015-01-28
"""
ACTIVITIES = """
member_id | at                   | kind
ann       | 2015-01-06T10:00:00Z | post
ann       | 2015-01-08T10:00:00Z | call
ann       | 2015-01-14T10:00:00Z | call
ann       | 2015-01-30T10:00:00Z | call
bob       | 2015-01-20T10:00:00Z | Case study
dan       | 2015-01-06T10:00:00Z | call
"""
EVENTS = "event_id,title,kind,starts_at\ne1,Meeting,workshop,2015-01-22T10:00:00Z\n"
ATTENDANCE = "event_id,member_id,attended,role\ne1,ann,yes,Attendee\ne1,dan,yes,Speaker\ne1,bob,no,Speaker\n"
ITEMS = (
    "survey_id,item_id,text,construct,kind,scale_min,scale_max,labels\n"
    "s,w,How engaged would you like to be?,Wanted engagement,likert,1,4,1=Dormant|2=Occasional|3=Active|4=Core\n"
)
ANSWERS = "wave_id,respondent_id,item_id,value\nw1,ann,w,4\nw1,bob,w,3\nw1,cat,w,1\nw1,dan,w,1\n"


@pytest.fixture(scope="module")
def january(make_release: MakeRelease) -> Engine:
    return make_release(
        {
            "members": MEMBERS,
            "activities": ACTIVITIES,
            "events": EVENTS,
            "attendance": ATTENDANCE,
            "waves": "wave_id,survey_id,opened_on\nw1,s,2015-01-27\n",
            "items": ITEMS,
            "answers": ANSWERS,
        },
        complete_to=date(2015, 2, 1),
    )


@pytest.mark.spec("weekly_active")
def test_member_weeks_with_activity(january: Engine) -> None:
    # Sundays 11, 18, 25 January and 1 February. ann: weeks 1, 2, 3 (the event) and 4 of 4. bob: week 3 of 4.
    # cat: none of the 2 since joining. dan: weeks 1 and 3 of the 3 before leaving.
    (record,) = read_records(january, "weekly_active")
    assert (record["numerator"], record["denominator"], record["n"]) == (4 + 1 + 0 + 2, 4 + 4 + 2 + 3, 4)
    expected = work_out_share([(4, 4), (1, 4), (0, 2), (2, 3)])
    assert (record["value"], record["low"], record["high"]) == pytest.approx(expected, abs=1e-12)
    # The Sunday of the last week is in February.
    assert read_cells(january, "weekly_active", "numerator", "denominator", grain="month") == {
        ("2015-01",): (3 + 1 + 0 + 2, 3 + 3 + 1 + 3),
        ("2015-02",): (1, 3),
    }


@pytest.mark.spec("breadth")
def test_kinds_of_thing_done(january: Engine) -> None:
    # ann: post, call, workshop = 3; bob: case study = 1 (he did not come); cat 0; dan has left.
    (record,) = read_records(january, "breadth")
    assert (record["value"], record["low"], record["high"]) == pytest.approx(
        settle(work_out_mean([3, 1, 0]), 0), abs=1e-12
    )


@pytest.mark.spec("recency")
def test_days_since_the_last_thing(january: Engine) -> None:
    # On 1 February: ann 2 days ago, bob 12 days ago, cat never.
    assert read_cells(january, "recency", "numerator", "denominator") == {
        ("all", "Up to 7 days"): (1, 3),
        ("all", "8 to 30 days"): (1, 3),
        ("all", "Never"): (1, 3),
    }


@pytest.mark.spec("recency")
def test_the_last_day_of_a_class_belongs_to_it(make_release: MakeRelease) -> None:
    # On 31 December 2016, by days ago: 0 and 7; 8 and 30; 31 and 90; 91 and 365; 366; and one who never did anything.
    end = date(2016, 12, 31)
    ago = (0, 7, 8, 30, 31, 90, 91, 365, 366)
    engine = make_release(
        {
            "members": "member_id,joined_on\nnobody,2015-01-01\n"
            + "".join(f"m{days},2015-01-01\n" for days in ago),
            "activities": "member_id,at,kind\n"
            + "".join(f"m{days},{end - timedelta(days)}T12:00:00Z,post\n" for days in ago)
            + "m0,2015-03-01T12:00:00Z,post\n",
        },
        complete_to=end,
    )
    found = read_cells(engine, "recency", "numerator", "denominator")
    assert found == {
        ("all", "Up to 7 days"): (2, 10),
        ("all", "8 to 30 days"): (2, 10),
        ("all", "31 to 90 days"): (2, 10),
        ("all", "91 to 365 days"): (2, 10),
        ("all", "More than a year"): (1, 10),
        ("all", "Never"): (1, 10),
    }
    assert [recency for _, recency in found][:2] == ["Up to 7 days", "8 to 30 days"]
    # At the end of 2015 only the post of March had been made, 305 days before, and that of 366 days before the end.
    then = read_cells(engine, "recency", "numerator", period="2015")
    assert then == {
        ("2015", "Up to 7 days"): 1,
        ("2015", "91 to 365 days"): 1,
        ("2015", "Never"): 8,
    }


@pytest.mark.spec("contribution_rate")
def test_who_gave_something_to_others(january: Engine) -> None:
    # ann posted, bob wrote a case study; his name on the programme of an event he did not come to is no part in it.
    (record,) = read_records(january, "contribution_rate")
    assert (record["numerator"], record["denominator"]) == (2, 3)
    assert (record["low"], record["high"]) == pytest.approx(work_out_proportion(2, 3)[1:], abs=1e-12)


@pytest.mark.spec("wanted_against_actual")
def test_wanted_is_compared_with_the_rung_before_the_wave(january: Engine) -> None:
    # Before 27 January: ann 1 event and 3 of 4 weeks: Active, wants Core. bob 1 of 4 weeks: Active, as wanted.
    # cat did nothing: Dormant, as wanted. dan 1 event: Active, wants Dormant.
    assert read_cells(january, "wanted_against_actual", "numerator", "denominator") == {
        ("w1", "Less than wanted"): (1, 4),
        ("w1", "As wanted"): (2, 4),
        ("w1", "More than wanted"): (1, 4),
    }
    # With one event enough for Core, ann is where she wants to be.
    moved = read_cells(january, "wanted_against_actual", "numerator", settings=(("core_events", "1"),))
    assert moved == {("w1", "As wanted"): 3, ("w1", "More than wanted"): 1}


@pytest.mark.spec("wanted_against_actual")
def test_the_labels_say_which_rung_is_wanted(make_release: MakeRelease) -> None:
    # The scale runs the other way. bob left before the wave and eve joined on its day: neither is compared.
    engine = make_release(
        {
            "members": "member_id,joined_on,left_on\nann,2015-01-05,\nbob,2015-01-05,2015-01-20\neve,2015-01-27,\n",
            "activities": "member_id,at,kind\nann,2015-01-06T10:00:00Z,post\n",
            "waves": "wave_id,survey_id,opened_on\nw1,s,2015-01-27\n",
            "items": ITEMS.replace(
                "1=Dormant|2=Occasional|3=Active|4=Core", "1=Core|2=active|3=Occasional|4=Dormant"
            ),
            "answers": "wave_id,respondent_id,item_id,value\nw1,ann,w,2\nw1,bob,w,4\nw1,eve,w,4\n",
        },
        complete_to=date(2015, 2, 1),
    )
    # ann was active in 1 of 4 weeks: Active, as wanted. With half of the weeks asked for she is Occasional.
    assert read_cells(engine, "wanted_against_actual", "denominator") == {("w1", "As wanted"): 1}
    strict = read_cells(engine, "wanted_against_actual", settings=(("active_week_share", "0.5"),))
    assert strict == {("w1", "Less than wanted"): 1}


@pytest.mark.spec("engagement_ladder")
def test_the_rule_that_is_printed_is_the_rule_that_runs(january: Engine) -> None:
    ladder = find_indicator(january, "engagement_ladder")
    assert ladder.rebuild is not None
    assert "at least 2 events and active in at least one week in 4" in ladder.definition
    other = ladder.rebuild(core_events="1", active_week_share="0.5")
    assert "at least 1 event and active in at least one week in 2" in other.definition
    # bob was active in 1 of 4 weeks: with half of the weeks asked for he is occasional.
    half = read_cells(january, "engagement_ladder", "numerator", settings=(("active_week_share", "0.5"),))
    assert half["all", "Occasional"] == 1


@pytest.mark.spec("engagement_ladder")
def test_another_rule_moves_members_on_the_ladder(january: Engine) -> None:
    # ann: 1 event, 3 active weeks (events are none) of 4. With one event enough she is core.
    strict = read_cells(january, "engagement_ladder", "numerator")
    loose = read_cells(january, "engagement_ladder", "numerator", settings=(("core_events", "1"),))
    assert strict == {
        ("all", "Core"): 0,
        ("all", "Active"): 2,
        ("all", "Occasional"): 0,
        ("all", "Dormant"): 1,
    }
    assert loose == {**strict, ("all", "Core"): 1, ("all", "Active"): 1}


@pytest.mark.spec("active_by_attendance")
def test_activity_by_whether_somebody_had_attended_before(make_release: MakeRelease) -> None:
    # ann came in June, cat in July, bob and dan never; eve joined in August and came in May, before she was a member.
    # July: ann posts, cat comes to the call (which is activity, and attendance from August on), bob posts. August: cat and eve post.
    engine = make_release(
        {
            "members": "member_id,joined_on,left_on\nann,2015-05-01,\nbob,2015-05-01,2015-08-10\ncat,2015-05-01,\n"
            "dan,2015-05-01,\neve,2015-08-01,\n",
            "events": "event_id,title,starts_at\ne0,Early,2015-05-20T10:00:00Z\ne1,June,2015-06-10T10:00:00Z\n"
            "e2,July,2015-07-10T10:00:00Z\n",
            "attendance": "event_id,member_id,attended\ne0,eve,yes\ne1,ann,yes\ne1,dan,no\ne2,cat,yes\n",
            "activities": "member_id,at,kind\nann,2015-07-05T10:00:00Z,post\nbob,2015-07-06T10:00:00Z,post\n"
            "cat,2015-08-06T10:00:00Z,post\neve,2015-08-07T10:00:00Z,post\n",
        },
        complete_to=date(2015, 8, 31),
    )
    cells = read_cells(engine, "active_by_attendance", "numerator", "denominator", grain="month")
    assert cells == {
        # The first attendance is eve's, on 20 May: June is the first month after it, and she is not a member yet.
        ("2015-06", "Not yet"): (1, 4),  # ann, at the event
        ("2015-07", "Had attended"): (1, 1),  # ann
        ("2015-07", "Not yet"): (2, 3),  # bob, cat, dan
        ("2015-08", "Had attended"): (2, 3),  # ann, cat, eve; bob has left
        ("2015-08", "Not yet"): (0, 1),  # dan
    }
    record = next(
        one
        for one in read_records(engine, "active_by_attendance", period="2015-07")
        if one["dimensions"]["attended"] == "Not yet"
    )
    assert (record["value"], record["low"], record["high"]) == pytest.approx(work_out_proportion(2, 3))
