"""Engagement: events, attendance and activity in, the rate over member-events and the ladder worked out."""

from __future__ import annotations

from datetime import date

import pytest

from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_formulas import work_out_proportion, work_out_share
from warehouse.engine import Engine

# bob's first day away is the day of e2, and cat joined after e1.
MEMBERS = """
member_id | region | joined_on  | left_on
ann       | Wales  | 2015-01-01 |
bob       | Wales  | 2015-01-01 | 2015-02-10
cat       | London | 2015-02-01 |
"""
# e3 starts at 00:30 on 1 July in London.
EVENTS = """
event_id | title        | kind      | starts_at
e1       | First day    | workshop  | 2015-01-15T10:00:00Z
e2       | Second day   | workshop  | 2015-02-10T10:00:00Z
e3       | Night call   |           | 2015-06-30T23:30:00Z
"""
ATTENDANCE = """
event_id | member_id | registered | attended
e1       | ann       | yes        | yes
e1       | bob       | yes        | yes
e1       | cat       | yes        | yes
e2       | ann       | yes        | no
e2       | bob       | yes        | yes
e2       | cat       | no         | yes
e3       | ann       | no         | yes
"""


@pytest.fixture(scope="module")
def events(make_release: MakeRelease) -> Engine:
    return make_release(
        {"members": MEMBERS, "events": EVENTS, "attendance": ATTENDANCE}, complete_to=date(2015, 7, 15)
    )


@pytest.mark.spec("attendance_rate")
def test_the_rate_counts_members_on_the_day_of_each_event(events: Engine) -> None:
    # e1: ann and bob of ann, bob. e2: cat of ann, cat. e3: ann of ann, cat. What non-members did counts nowhere.
    (record,) = read_records(events, "attendance_rate")
    assert (record["numerator"], record["denominator"]) == (2 + 1 + 1, 2 + 2 + 2)
    # By member, (attended, held): ann (2, 3), bob (1, 1), cat (1, 2).
    expected = work_out_share([(2, 3), (1, 1), (1, 2)])
    assert (record["value"], record["low"], record["high"]) == pytest.approx(expected, abs=1e-12)
    assert record["n"] == 3


@pytest.mark.spec("attendance_rate")
def test_the_rate_by_event_and_kind(events: Engine) -> None:
    assert read_cells(events, "attendance_rate", "numerator", "denominator", by=("event",)) == {
        ("all", "e1"): (2, 2),
        ("all", "e2"): (1, 2),
        ("all", "e3"): (1, 2),
    }
    assert read_cells(events, "attendance_rate", "numerator", "denominator", "n", by=("event_kind",)) == {
        ("all", "Not recorded"): (1, 2, 2),
        ("all", "workshop"): (3, 4, 3),  # ann 1 of 2, bob 1 of 1, cat 1 of 1
    }


@pytest.mark.spec("attendance_rate")
def test_days_are_counted_in_london(events: Engine) -> None:
    # The call at 23:30 UTC on 30 June is on 1 July: June has no event, so no figure.
    assert read_cells(events, "attendance_rate", grain="month") == {
        ("2015-01",): 1,
        ("2015-02",): 1 / 2,
        ("2015-07",): 1 / 2,
    }


@pytest.mark.spec("attendance_rate")
def test_a_dimension_with_a_filter_on_another(events: Engine) -> None:
    assert read_cells(events, "attendance_rate", by=("event_kind",), where=(("region", "Wales"),)) == {
        ("all", "Not recorded"): 1,  # ann
        ("all", "workshop"): 2 / 3,  # ann 1 of 2, bob 1 of 1
    }


@pytest.mark.spec("attendance_rate")
def test_members_who_all_attend_alike_have_the_interval_of_that_many_member_events(
    make_release: MakeRelease,
) -> None:
    # Ten members, each at 1 of 2 events: no variance between members, so the effective size is all 20 member-events.
    names = [f"m{number}" for number in range(10)]
    engine = make_release(
        {
            "members": "member_id,joined_on\n" + "".join(f"{name},2015-01-01\n" for name in names),
            "events": "event_id,title,starts_at\ne0,One,2015-02-01T10:00:00Z\ne1,Two,2015-02-02T10:00:00Z\n",
            "attendance": "event_id,member_id,attended\n"
            + "".join(f"e{place % 2},{name},yes\n" for place, name in enumerate(names)),
        }
    )
    (record,) = read_records(engine, "attendance_rate")
    expected = work_out_share([(1, 2)] * 10)
    assert (record["value"], record["low"], record["high"]) == pytest.approx(expected, abs=1e-9)


# ann: two days in July; bob left on 10 August; cat only attends; dan does nothing; eve joins on 3 August.
ACTIVE_MEMBERS = """
member_id | joined_on  | left_on
ann       | 2015-06-29 |
bob       | 2015-06-29 | 2015-08-10
cat       | 2015-06-29 |
dan       | 2015-06-29 |
eve       | 2015-08-03 |
"""
ACTIVITIES = """
member_id | at                   | kind
ann       | 2015-07-05T23:30:00Z | post
ann       | 2015-07-06T09:00:00Z | post
bob       | 2015-07-07T09:00:00Z | post
bob       | 2015-08-12T09:00:00Z | post
eve       | 2015-08-19T09:00:00Z | post
"""
ACTIVE_TABLES = {
    "members": ACTIVE_MEMBERS,
    "activities": ACTIVITIES,
    "events": "event_id,title,starts_at\ne1,Call,2015-08-04T10:00:00Z\ne2,Call,2015-08-18T10:00:00Z\n",
    "attendance": "event_id,member_id,attended\ne1,cat,yes\ne1,dan,no\ne2,cat,yes\n",
}


@pytest.fixture(scope="module")
def activity(make_release: MakeRelease) -> Engine:
    return make_release(ACTIVE_TABLES, complete_to=date(2015, 8, 20))


@pytest.mark.spec("active_members")
def test_active_members_by_week(activity: Engine) -> None:
    weeks = read_cells(activity, "active_members", "numerator", "denominator", grain="week")
    assert weeks["2015-W27",] == (0, 4)  # ann's post on Sunday night is on Monday in London
    assert weeks["2015-W28",] == (2, 4)  # ann, bob
    assert weeks["2015-W32",] == (
        1,
        5,
    )  # cat at the call; dan did not come; bob is still there on Sunday 9 August
    assert weeks["2015-W33",] == (0, 4)  # bob's post comes after his last day
    assert weeks["2015-W34",] == (2, 4)  # eve's post and cat's call, up to Thursday 20 August
    assert len(weeks) == 8


@pytest.mark.spec("active_members")
def test_active_members_over_all_time(activity: Engine) -> None:
    # On 20 August: ann, cat, dan, eve; all but dan did something.
    (record,) = read_records(activity, "active_members")
    assert (record["numerator"], record["denominator"]) == (3, 4)
    assert (record["value"], record["low"], record["high"]) == pytest.approx(
        work_out_proportion(3, 4), abs=1e-12
    )


@pytest.mark.spec("active_members")
def test_what_happened_last_counts_on_its_day_in_london(make_release: MakeRelease) -> None:
    # Nothing says to which day the files are complete: it is the day, in London, of the last thing recorded.
    engine = make_release(
        {
            "members": "member_id,joined_on\nann,2015-07-01\n",
            "activities": "member_id,at,kind\nann,2015-07-31T23:30:00Z,post\n",
        }
    )
    assert read_cells(engine, "active_members", grain="month") == {("2015-07",): 0, ("2015-08",): 1}


@pytest.mark.spec("engagement_ladder")
def test_the_ladder_places_every_member_on_one_rung(activity: Engine) -> None:
    # Quarter 3 up to 20 August: weeks since joining are 8 (51 days from 1 July) and 3 for eve (18 days).
    # ann 1 active week of 8: occasional. cat 2 events, no active week: active. dan: dormant.
    # eve 1 active week of 3 is at least a quarter: active.
    placed = read_cells(activity, "engagement_ladder", "numerator", "denominator", period="2015-Q3")
    assert placed == {
        ("2015-Q3", "Core"): (0, 4),
        ("2015-Q3", "Active"): (2, 4),
        ("2015-Q3", "Occasional"): (1, 4),
        ("2015-Q3", "Dormant"): (1, 4),
    }
    assert [cell[1] for cell in placed] == ["Core", "Active", "Occasional", "Dormant"]
    active = read_records(activity, "engagement_ladder", period="2015-Q3")[1]
    assert (active["value"], active["low"], active["high"]) == pytest.approx(
        work_out_proportion(2, 4), abs=1e-12
    )


@pytest.mark.spec("engagement_ladder")
def test_core_needs_two_events_and_a_quarter_of_the_weeks(make_release: MakeRelease) -> None:
    # 1 to 28 July are four weeks from joining: one active week is a quarter of them.
    post = "ann,2015-07-08T09:00:00Z,post\n"
    tables = {
        "members": "member_id,joined_on\nann,2015-07-01\n",
        "events": "event_id,title,starts_at\ne1,Call,2015-07-14T10:00:00Z\ne2,Call,2015-07-21T10:00:00Z\n",
        "attendance": "event_id,member_id,attended\ne1,ann,yes\ne2,ann,yes\n",
        "activities": "member_id,at,kind\n" + post,
    }
    four_weeks = make_release(tables, complete_to=date(2015, 7, 28))
    assert read_cells(four_weeks, "engagement_ladder", period="2015-Q3")["2015-Q3", "Core"] == 1
    five_weeks = make_release(tables, complete_to=date(2015, 7, 29))
    assert read_cells(five_weeks, "engagement_ladder", period="2015-Q3")["2015-Q3", "Active"] == 1


@pytest.mark.spec("attendance_rate", "active_members", "engagement_ladder")
def test_everybody_left_and_nobody_is_engaged(make_release: MakeRelease) -> None:
    members = "member_id,joined_on,left_on\nann,2015-06-29,2015-07-20\n"
    engine = make_release({**ACTIVE_TABLES, "members": members}, complete_to=date(2015, 8, 20))
    for name in ("attendance_rate", "active_members", "engagement_ladder"):
        assert {record["status"] for record in read_records(engine, name)} == {"no_data"}
    # While she was a member there is a figure: W28 with her post, W29 without.
    weeks = read_cells(engine, "active_members", "numerator", "denominator", grain="week")
    assert (weeks["2015-W28",], weeks["2015-W29",]) == ((1, 1), (0, 1))


@pytest.mark.spec("active_members", "engagement_ladder")
def test_nothing_is_said_of_the_time_before_the_first_record(make_release: MakeRelease) -> None:
    # ann and bob joined in 2014; the first day on record is 15 January 2015, so that 2014 and its weeks have no figure, not 0 %.
    engine = make_release(
        {
            "members": "member_id,joined_on\nann,2014-01-06\nbob,2014-01-06\n",
            "events": "event_id,title,starts_at\ne1,First,2015-01-15T10:00:00Z\n",
            "attendance": "event_id,member_id,attended\ne1,ann,yes\n",
        },
        complete_to=date(2015, 1, 31),
    )
    assert read_cells(engine, "active_members", grain="month") == {("2015-01",): 0.5}
    assert list(read_cells(engine, "active_members", grain="week")) == [
        ("2015-W03",),
        ("2015-W04",),
        ("2015-W05",),
    ]
    assert {period for period, _ in read_cells(engine, "engagement_ladder", grain="quarter")} == {"2015-Q1"}
    (record,) = read_records(engine, "active_members", period="2014")
    assert (record["value"], record["status"]) == (None, "no_data")


@pytest.mark.spec("active_members", "engagement_ladder", "weekly_active")
def test_of_members_alone_nobody_is_called_inactive(make_release: MakeRelease) -> None:
    engine = make_release({"members": "member_id,joined_on\nann,2014-01-06\n"}, complete_to=date(2015, 1, 31))
    for name in ("active_members", "engagement_ladder", "weekly_active"):
        for record in read_records(engine, name):
            assert (record["value"], record["status"]) == (None, "no_data"), name
