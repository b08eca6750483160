"""Events: registration, attendance and minutes in; funnel, no-shows, first-timers and patterns worked out."""

from __future__ import annotations

from datetime import date

import pytest

from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_formulas import work_out_proportion, work_out_share
from warehouse.engine import Engine

# dan joins after the first two events; eve leaves before the last.
MEMBERS = """
member_id | region | joined_on  | left_on
ann       | Wales  | 2015-01-01 |
bob       | Wales  | 2015-01-01 |
cat       | London | 2015-01-01 |
dan       | London | 2015-03-01 |
eve       | London | 2015-01-01 | 2015-03-15
"""
EVENTS = """
event_id | title  | kind     | series | starts_at
e1       | First  | workshop | Days   | 2015-01-20T10:00:00Z
e2       | Second | workshop | Days   | 2015-02-20T10:00:00Z
e3       | Third  | workshop | Days   | 2015-03-20T10:00:00Z
c1       | Call   | call     |        | 2015-03-25T10:00:00Z
late     | Later  | call     |        | 2015-12-01T10:00:00Z
"""
# Nothing is known of who registered for c1.
ATTENDANCE = """
event_id | member_id | registered | attended | minutes
e1       | ann       | yes        | yes      | 60
e1       | bob       | yes        | no       |
e1       | cat       | no         | yes      | 30
e2       | ann       | yes        | yes      | 90
e2       | bob       | yes        | yes      |
e3       | ann       | yes        | yes      | 20
e3       | dan       | yes        | no       |
c1       | cat       |            | yes      |
c1       | dan       |            | yes      | 10
"""


@pytest.fixture(scope="module")
def events(make_release: MakeRelease) -> Engine:
    return make_release(
        {"members": MEMBERS, "events": EVENTS, "attendance": ATTENDANCE}, complete_to=date(2015, 4, 10)
    )


@pytest.mark.spec("event_funnel")
def test_the_funnel_counts_member_events_at_each_stage(events: Engine) -> None:
    # Members on the day: e1 and e2 ann bob cat eve; e3 and c1 ann bob cat dan: 16 member-events, 12 with registration.
    # Registered: e1 ann bob, e2 ann bob, e3 ann dan = 6. Attended of these: e1 ann, e2 ann bob, e3 ann = 4, cat
    # not, who came to e1 without registering; c1, of which nobody knows
    # who registered, is not in the funnel: every stage has one denominator.
    assert read_cells(events, "event_funnel", "numerator", "denominator") == {
        ("all", "Invited"): (12, 12),
        ("all", "Registered"): (6, 12),
        ("all", "Registered and attended"): (4, 12),
    }
    (registered,) = [
        one for one in read_records(events, "event_funnel") if one["dimensions"]["stage"] == "Registered"
    ]
    clusters = [(3, 3), (2, 3), (0, 3), (1, 1), (0, 2)]
    assert (registered["value"], registered["low"], registered["high"]) == pytest.approx(
        work_out_share(clusters), abs=1e-12
    )
    by_event = read_cells(events, "event_funnel", "numerator", "denominator", by=("event",))
    assert by_event["all", "Registered", "e3"] == (2, 4)
    assert not [cell for cell in by_event if cell[2] == "c1"]
    by_kind = read_cells(events, "event_funnel", "numerator", "denominator", by=("event_kind",))
    assert by_kind == {
        ("all", "Invited", "workshop"): (12, 12),
        ("all", "Registered", "workshop"): (6, 12),
        ("all", "Registered and attended", "workshop"): (4, 12),
    }


@pytest.mark.spec("no_show_rate")
def test_no_shows_are_registered_and_absent(events: Engine) -> None:
    # Registered: ann 3, bob 2 (absent once), dan 1 (absent).
    (record,) = read_records(events, "no_show_rate")
    assert (record["numerator"], record["denominator"], record["n"]) == (2, 6, 3)
    expected = work_out_share([(0, 3), (1, 2), (1, 1)])
    assert (record["value"], record["low"], record["high"]) == pytest.approx(expected, abs=1e-12)
    assert read_cells(events, "no_show_rate", by=("event",)) == {
        ("all", "e1"): 1 / 2,
        ("all", "e2"): 0,
        ("all", "e3"): 1 / 2,
    }


@pytest.mark.spec("attended_any")
def test_who_ever_came_of_those_who_are_members_at_the_end(events: Engine) -> None:
    # ann, bob, cat and dan came once or more; eve has left.
    assert read_cells(events, "attended_any", "numerator", "denominator") == {("all",): (4, 4)}
    # In January ann and cat came, of ann, bob, cat, eve. In April there was no event: no figure, not 0.
    assert read_cells(events, "attended_any", "numerator", "denominator", grain="month") == {
        ("2015-01",): (2, 4),
        ("2015-02",): (2, 4),
        ("2015-03",): (3, 4),
    }
    (january,) = read_records(events, "attended_any", period="2015-01")
    assert (january["low"], january["high"]) == pytest.approx(work_out_proportion(2, 4)[1:], abs=1e-12)


@pytest.mark.spec("events_attended")
def test_how_many_came_to_how_many(events: Engine) -> None:
    # ann came three times, cat twice, bob and dan once; eve has left. In the second quarter there was no event.
    counts = read_cells(events, "events_attended", "numerator", "denominator")
    assert list(counts.items()) == [
        (("all", "1 event"), (2, 4)),
        (("all", "2 events"), (1, 4)),
        (("all", "3 events"), (1, 4)),
    ]
    assert {period for period, _ in read_cells(events, "events_attended", grain="quarter")} == {"2015-Q1"}
    once = read_records(events, "events_attended")[0]
    assert (once["value"], once["low"], once["high"]) == pytest.approx(work_out_proportion(2, 4), abs=1e-12)


@pytest.mark.spec("first_timers")
def test_first_timers_had_come_to_nothing_before(events: Engine) -> None:
    # January: ann and cat, both new. February: ann again, bob new. March: ann and cat again, dan new.
    assert read_cells(events, "first_timers", "numerator", "denominator", grain="month") == {
        ("2015-01",): (2, 2),
        ("2015-02",): (1, 2),
        ("2015-03",): (1, 3),
    }
    assert read_cells(events, "first_timers") == {("all",): 1}


@pytest.mark.spec("attendance_patterns")
def test_patterns_over_the_last_events_of_a_series(events: Engine) -> None:
    # All three Days: ann, bob and cat were members throughout; dan joined later and eve left earlier.
    assert read_cells(events, "attendance_patterns", "numerator", "denominator") == {
        ("all", "Days", "yes-yes-yes"): (1, 3),
        ("all", "Days", "no-yes-no"): (1, 3),
        ("all", "Days", "yes-no-no"): (1, 3),
    }
    # The last two: dan came to neither and cat not to them; eve left before e3.
    assert read_cells(events, "attendance_patterns", "numerator", settings=(("events", "2"),)) == {
        ("all", "Days", "yes-yes"): 1,
        ("all", "Days", "yes-no"): 1,
        ("all", "Days", "no-no"): 1,
    }
    assert read_cells(events, "attendance_patterns", settings=(("events", "4"),)) == {("all",): None}


@pytest.mark.spec("attendance_minutes")
def test_minutes_are_averaged_over_attendances_with_minutes(events: Engine) -> None:
    # ann 60 + 90 + 20 in three, cat 30 in one, dan 10 in one; bob's and cat's others are not known.
    (record,) = read_records(events, "attendance_minutes")
    assert (record["value"], record["n"]) == ((60 + 90 + 20 + 30 + 10) / 5, 3)
    assert read_cells(events, "attendance_minutes", by=("event_kind",)) == {
        ("all", "workshop"): 200 / 4,
        ("all", "call"): 10,
    }


@pytest.mark.spec("events_held")
def test_events_held_count_also_for_a_viewer_with_a_minimum(events: Engine) -> None:
    # The event after the complete-to day has not been held. A count of events says nothing of a person.
    assert read_cells(events, "events_held") == {("all",): 4}
    assert read_cells(events, "events_held", by=("event_kind",)) == {
        ("all", "workshop"): 3,
        ("all", "call"): 1,
    }
    (record,) = read_records(events, "events_held", role="funder", period="2015-03")
    assert (record["value"], record["status"]) == (2, "ok")


@pytest.mark.spec("events_held")
def test_a_month_without_an_event_has_none(events: Engine) -> None:
    assert read_cells(events, "events_held", grain="month") == {
        ("2015-01",): 1,
        ("2015-02",): 1,
        ("2015-03",): 2,
        ("2015-04",): 0,
    }


@pytest.mark.spec("event_attendance")
def test_people_who_attended_count_once(events: Engine) -> None:
    # Attended: e1 ann cat, e2 ann bob, e3 ann, c1 cat dan: seven attendances of four people.
    assert read_cells(events, "event_attendance") == {("all",): 4}
    assert read_cells(events, "event_attendance", by=("event",)) == {
        ("all", "e1"): 2,
        ("all", "e2"): 2,
        ("all", "e3"): 1,
        ("all", "c1"): 2,
    }
    assert read_cells(events, "event_attendance", by=("event_kind",)) == {
        ("all", "workshop"): 3,
        ("all", "call"): 2,
    }
    assert read_cells(events, "event_attendance", grain="month") == {
        ("2015-01",): 2,
        ("2015-02",): 2,
        ("2015-03",): 3,
        ("2015-04",): 0,
    }
    assert read_cells(events, "event_attendance", by=("region",), where=(("event_kind", "call"),)) == {
        ("all", "London"): 2
    }


@pytest.mark.spec("event_attendance")
def test_without_attendance_nobody_is_counted_not_none(make_release: MakeRelease) -> None:
    engine = make_release({"members": MEMBERS, "events": EVENTS}, complete_to=date(2015, 4, 10))
    (record,) = read_records(engine, "event_attendance")
    assert (record["value"], record["status"]) == (None, "no_data")


@pytest.mark.spec("event_attendance", "first_timers", "event_first_timers")
def test_who_came_before_joining_is_no_member_that_day_but_no_first_timer_later(
    make_release: MakeRelease,
) -> None:
    # ann was a guest at e1 and joined before e2; bob came to e2 first.
    engine = make_release(
        {
            "members": "member_id,joined_on\nann,2015-02-01\nbob,2015-01-01\n",
            "events": EVENTS,
            "attendance": "event_id,member_id,attended\ne1,ann,yes\ne2,ann,yes\ne2,bob,yes\n",
        },
        complete_to=date(2015, 4, 10),
    )
    assert read_cells(engine, "event_attendance", by=("event",)) == {("all", "e2"): 2}
    first = read_cells(engine, "first_timers", "numerator", "denominator", grain="month")
    assert first == {("2015-02",): (1, 2)}
    assert read_cells(engine, "event_first_timers", "numerator", "denominator") == {("all", "e2"): (1, 2)}


@pytest.mark.spec("event_first_timers")
def test_first_timers_at_each_event(events: Engine) -> None:
    # e1 ann and cat; bob is new at e2 and dan at c1.
    assert read_cells(events, "event_first_timers", "numerator", "denominator") == {
        ("all", "e1"): (2, 2),
        ("all", "e2"): (1, 2),
        ("all", "e3"): (0, 1),
        ("all", "c1"): (1, 2),
    }
    (at_e2,) = read_records(events, "event_first_timers", where=(("event", "e2"),))
    assert (at_e2["low"], at_e2["high"]) == pytest.approx(work_out_proportion(1, 2)[1:], abs=1e-12)


@pytest.mark.spec("event_funnel")
def test_the_first_stage_is_everybody_and_gives_nobody_away(make_release: MakeRelease) -> None:
    # 60 members; 36 registered, of whom 24 came: told as 35 to 39 and 20 to 24 of 60 to 64. Nobody was not invited: that is by definition and says nothing.
    names = [f"m{number}" for number in range(60)]
    engine = make_release(
        {
            "members": "member_id,joined_on\n" + "".join(f"{name},2015-01-01\n" for name in names),
            "events": "event_id,title,starts_at\ne1,Day,2015-02-01T10:00:00Z\n",
            "attendance": "event_id,member_id,registered,attended\n"
            + "".join(
                f"e1,{name},yes,{'yes' if place < 24 else 'no'}\n" for place, name in enumerate(names[:36])
            ),
        },
        complete_to=date(2015, 3, 1),
    )
    records = read_records(engine, "event_funnel", role="funder")
    shown = {record["dimensions"]["stage"]: (record["value"], record["status"]) for record in records}
    assert shown == {"Invited": (1, "ok"), "Registered": (0.6, "ok"), "Registered and attended": (0.35, "ok")}
    assert [record["dimensions"]["stage"] for record in records] == [
        "Invited",
        "Registered",
        "Registered and attended",
    ]
    assert (records[0]["low"], records[0]["high"]) == (None, None)
    # A stage of too few people is hidden, and with it the one whose smaller side has the fewest steps: nobody was not invited.
    few = make_release(
        {
            "members": "member_id,joined_on\n" + "".join(f"{name},2015-01-01\n" for name in names),
            "events": "event_id,title,starts_at\ne1,Day,2015-02-01T10:00:00Z\n",
            "attendance": "event_id,member_id,registered,attended\n"
            + "".join(
                f"e1,{name},yes,{'yes' if place < 9 else 'no'}\n" for place, name in enumerate(names[:36])
            ),
        },
        complete_to=date(2015, 3, 1),
    )
    hidden = read_records(few, "event_funnel", role="funder")
    assert [record["status"] for record in hidden] == ["suppressed", "ok", "suppressed"]


@pytest.mark.spec("attendance_patterns")
def test_patterns_come_in_order_from_always_to_never(make_release: MakeRelease) -> None:
    # All four patterns over two events of two series; the last two of three events of Days.
    engine = make_release(
        {
            "members": "member_id,joined_on\n" + "".join(f"{name},2015-01-01\n" for name in "abcd"),
            "events": "event_id,title,series,starts_at\nx0,X,Days,2015-01-10T10:00:00Z\n"
            "x1,X,Days,2015-02-10T10:00:00Z\nx2,X,Days,2015-03-10T10:00:00Z\n",
            "attendance": "event_id,member_id,attended\nx0,d,yes\nx1,a,yes\nx1,b,yes\nx2,a,yes\nx2,c,yes\n",
        },
        complete_to=date(2015, 4, 10),
    )
    found = read_cells(engine, "attendance_patterns", "numerator", settings=(("events", "2"),))
    assert [pattern for _, _, pattern in found] == ["yes-yes", "yes-no", "no-yes", "no-no"]
    assert set(found.values()) == {1}
