"""The journey: members, events and two waves of ties in, stages and associations worked out."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind
from statsmodels.stats.proportion import confint_proportions_2indep

from indicators.catalogue import find_indicator
from indicators.gate.disclosure import SCOPES
from indicators.published.show import compute_result
from indicators.selection import Selection
from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_formulas import work_out_mean, work_out_proportion
from tests.indicators.random_community import COMPLETE_TO, make_community
from tests.oracles.journey import work_out_staying
from warehouse.engine import Engine

# w2 compares with w1, w3 with w2. Everybody was asked and answered in every wave, but fay not in w3.
# ann  came on 1 February and 1 May; named bob anew in w2, cat anew in w3; still there.
# bob  came on 1 February; named nobody anew; still there.
# cat  came on 1 June only, after w2; named ann anew in w2, nobody in w3; still there.
# dan  never came; named cat anew in w3; left on 20 July.
# eve  came on 1 February, named ann anew in w3; left on 10 July.
# fay  came on 1 February; named ann anew in w2, did not answer w3; still there.
MEMBERS = """
member_id | cohort | joined_on  | left_on
ann       | One    | 2015-01-01 |
bob       | One    | 2015-01-01 |
cat       | One    | 2015-01-01 |
dan       | Two    | 2015-01-01 | 2015-07-20
eve       | Two    | 2015-01-01 | 2015-07-10
fay       | Two    | 2015-01-01 |
"""
EVENTS = """
event_id | title | starts_at
e1       | One   | 2015-02-01T10:00:00Z
e2       | Two   | 2015-05-01T10:00:00Z
e3       | Three | 2015-06-01T10:00:00Z
"""
ATTENDANCE = """
event_id | member_id | attended
e1       | ann       | yes
e1       | bob       | yes
e1       | dan       | no
e1       | eve       | yes
e1       | fay       | yes
e2       | ann       | yes
e3       | cat       | yes
"""
WAVES = """
wave_id | survey_id | opened_on  | closed_on
w1      | net       | 2015-01-10 | 2015-01-20
w2      | net       | 2015-03-01 | 2015-03-10
w3      | net       | 2015-06-20 | 2015-06-30
"""
TIES = """
wave_id | from_member_id | to_member_id | relation
w1      | ann            | dan          | advice
w2      | ann            | dan          | advice
w2      | ann            | bob          | advice
w2      | cat            | ann          | advice
w2      | fay            | ann          | advice
w2      | dan            | ann          | trust
w3      | ann            | bob          | advice
w3      | ann            | cat          | advice
w3      | cat            | ann          | advice
w3      | dan            | cat          | advice
w3      | dan            | cat          | trust
w3      | eve            | ann          | advice
"""
INVITATIONS = "wave_id,member_id,disposition\n" + "".join(
    f"{wave},{name},{'refused' if (wave, name) == ('w3', 'fay') else 'complete'}\n"
    for wave in ("w1", "w2", "w3")
    for name in ("ann", "bob", "cat", "dan", "eve", "fay")
)
TABLES = {
    "members": MEMBERS,
    "events": EVENTS,
    "attendance": ATTENDANCE,
    "waves": WAVES,
    "ties": TIES,
    "invitations": INVITATIONS,
}
DAY = date(2015, 10, 1)


@pytest.fixture(scope="module")
def programme(make_release: MakeRelease) -> Engine:
    return make_release(TABLES, complete_to=DAY)


@pytest.mark.spec("journey_stages")
def test_each_stage_counts_those_who_reached_all_before_it(programme: Engine) -> None:
    cells = read_cells(programme, "journey_stages", "numerator", "denominator")
    assert cells == {
        ("all", "Joined"): (6, 6),
        ("all", "Attended an event"): (5, 6),  # all but dan
        ("all", "Answered two waves in a row"): (5, 6),
        ("all", "Named a new tie"): (3, 6),  # ann, eve, fay; cat named ann before she first came
    }
    assert [stage for _, stage in cells] == [
        "Joined",
        "Attended an event",
        "Answered two waves in a row",
        "Named a new tie",
    ]
    joined, *_, last = read_records(programme, "journey_stages")
    assert (last["value"], last["low"], last["high"]) == pytest.approx(work_out_proportion(3, 6))
    assert (joined["value"], joined["low"], joined["high"]) == (1, None, None), "everybody, by definition"
    assert read_cells(programme, "journey_stages", "numerator", by=("cohort",)) == {
        ("all", "Joined", "One"): 3,
        ("all", "Attended an event", "One"): 3,
        ("all", "Answered two waves in a row", "One"): 3,
        ("all", "Named a new tie", "One"): 1,
        ("all", "Joined", "Two"): 3,
        ("all", "Attended an event", "Two"): 2,
        ("all", "Answered two waves in a row", "Two"): 2,
        ("all", "Named a new tie", "Two"): 2,
    }


@pytest.mark.spec("journey_ties_by_attendance")
def test_new_ties_are_those_of_the_last_two_waves_that_a_member_answered(programme: Engine) -> None:
    # Before w3: ann 2 events, bob 1, cat 1, eve 1, dan none. Fay's last pair ends with w2: 1 event, 1 tie.
    # Trust was asked in w2 and w3 only, so that dan's tie to cat is new twice.
    assert read_cells(programme, "journey_ties_by_attendance", "value", "n", "numerator") == {
        ("all", "None"): (2, 1, 2),  # dan
        ("all", "One"): (1 / 2, 4, 2),  # bob 0, cat 0, eve 1, fay 1
        ("all", "Two or more"): (1, 1, 1),  # ann: cat
    }
    one = read_records(programme, "journey_ties_by_attendance")[1]
    _, low, high = work_out_mean([0, 0, 1, 1])
    assert (one["low"], one["high"]) == pytest.approx((max(low, 0), high))
    assert read_cells(programme, "journey_ties_by_attendance", by=("relation",)) == {
        ("all", "None", "advice"): 1,
        ("all", "One", "advice"): 1 / 2,
        ("all", "Two or more", "advice"): 1,
        ("all", "None", "trust"): 1,
        ("all", "One", "trust"): 0,
        ("all", "Two or more", "trust"): 0,
    }


@pytest.mark.spec("journey_staying_by_ties")
def test_staying_is_compared_between_those_with_and_without_new_ties(programme: Engine) -> None:
    figures = ("numerator", "denominator")
    # New in the last pair: ann, dan, eve (w3), fay (w2). None: bob, cat.
    assert read_cells(programme, "journey_staying_by_ties", *figures) == {
        ("all", "None"): (2, 2),
        ("all", "Some"): (2, 4),  # ann and fay; dan and eve have left
    }
    # 90 days after 30 June is 28 September: w3 has been observed for so long. 180 days: only w2, which closed on
    # 10 March: 6 September. New in w2: ann, cat, fay; none: bob, dan, eve, of whom dan and eve have left.
    days = (("until", "180"),)
    assert read_cells(programme, "journey_staying_by_ties", *figures, settings=days) == {
        ("all", "None"): (1, 3),
        ("all", "Some"): (3, 3),
    }
    days = (("until", "90"),)
    assert read_cells(programme, "journey_staying_by_ties", *figures, settings=days) == {
        ("all", "None"): (2, 2),
        ("all", "Some"): (2, 4),
    }


@pytest.mark.spec("journey_staying_by_ties")
def test_90_days_are_observed_on_the_90th_day(make_release: MakeRelease) -> None:
    # 27 September is 89 days after w3 closed: everybody's pair is then that of w2, seen on 8 June.
    engine = make_release(TABLES, complete_to=date(2015, 9, 27))
    cells = read_cells(
        engine, "journey_staying_by_ties", "numerator", "denominator", settings=(("until", "90"),)
    )
    assert cells == {("all", "None"): (3, 3), ("all", "Some"): (3, 3)}


@pytest.mark.spec("journey_staying_by_attendance", "journey_staying_gap")
def test_staying_is_followed_from_a_day_on_which_it_is_known_who_had_attended(
    make_release: MakeRelease,
) -> None:
    """Landmark: 60 days after joining on 1 January, 2 March; still a member 90 days later, on 31 May."""
    engine = make_release(
        {
            "members": """
member_id | joined_on  | left_on    | region
ann       | 2015-01-01 |            | North
bob       | 2015-01-01 | 2015-05-31 | North
cat       | 2015-01-01 | 2015-06-01 | North
dan       | 2015-01-01 | 2015-04-01 | North
eve       | 2015-01-01 | 2015-03-02 | North
fay       | 2015-01-01 |            | North
gus       | 2015-01-01 |            | South
hal       | 2015-03-02 |            | South
ivy       | 2014-10-01 |            | South
""",
            "events": "event_id,title,starts_at\ne1,A,2015-03-02T10:00:00Z\ne2,B,2015-03-03T10:00:00Z\n",
            "attendance": "event_id,member_id,attended\n"
            + "".join(f"e1,{name},yes\n" for name in ("ann", "bob", "cat", "ivy"))
            + "e1,fay,no\ne2,gus,yes\ne2,hal,yes\n",
        },
        complete_to=date(2015, 7, 1),
    )
    # Attended by 2 March: ann and cat stayed, bob left on the day itself. None by then: dan left; fay and gus stayed, gus's
    # event came a day late. Not followed: eve, who left on the landmark; hal, joined 121 days ago; ivy, in whose first 60
    # days there was no event.
    days = (("landmark", "60"),)
    figures = ("numerator", "denominator")
    assert read_cells(engine, "journey_staying_by_attendance", *figures, settings=days) == {
        ("all", "None"): (2, 3),
        ("all", "One or more"): (2, 3),
    }
    assert read_cells(engine, "journey_staying_by_attendance", *figures, by=("region",), settings=days) == {
        ("all", "None", "North"): (1, 2),
        ("all", "One or more", "North"): (2, 3),
        ("all", "None", "South"): (1, 1),
    }
    _, some = read_records(engine, "journey_staying_by_attendance", settings=days)
    assert (some["value"], some["low"], some["high"]) == pytest.approx(work_out_proportion(2, 3))
    # North: 2 of 3 less 1 of 2, Newcombe: Wilson 0.2077 to 0.9385 and 0.0945 to 0.9055.
    gap = {
        record["dimensions"]["region"]: record
        for record in read_records(engine, "journey_staying_gap", by=("region",), settings=days)
    }
    expected = confint_proportions_2indep(2, 3, 1, 2, compare="diff", method="newcomb")
    assert (gap["North"]["value"], gap["North"]["n"]) == (pytest.approx(1 / 6), 5)
    assert (gap["North"]["low"], gap["North"]["high"]) == pytest.approx(expected)
    assert "South" not in gap or gap["South"]["status"] == "no_data", (
        "without both groups there is nothing to compare"
    )


IDS = ("journey_stages", "journey_ties_by_attendance", "journey_staying_by_ties")


@pytest.mark.spec(*IDS)
@pytest.mark.parametrize("missing", ["ties", "attendance"])
def test_what_was_not_loaded_is_no_zero(make_release: MakeRelease, missing: str) -> None:
    engine = make_release({name: drawn for name, drawn in TABLES.items() if name != missing}, complete_to=DAY)
    for name in IDS:
        records = read_records(engine, name)
        has_figure = missing == "attendance" and name == "journey_staying_by_ties"
        assert {record["status"] for record in records} == {"ok" if has_figure else "no_data"}


@pytest.mark.spec(*IDS)
def test_everybody_left_and_everybody_alone(make_release: MakeRelease) -> None:
    gone = MEMBERS.replace("2015-01-01 |\n", "2015-01-01 | 2015-07-25\n")
    engine = make_release({**TABLES, "members": gone}, complete_to=DAY)
    assert set(read_cells(engine, "journey_staying_by_ties").values()) == {0}


@pytest.mark.spec("journey_staying_by_ties")
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), size=st.integers(2, 14))
def test_every_follow_up_against_slow_python(make_release: MakeRelease, seed: int, size: int) -> None:
    community = make_community(seed, size)
    engine = make_release(community.tables, complete_to=COMPLETE_TO)
    for until, days in (("complete-to", None), ("90", 90), ("180", 180)):
        cells = read_cells(
            engine, "journey_staying_by_ties", "numerator", "denominator", settings=(("until", until),)
        )
        cells.pop(("all",), None)
        assert cells == work_out_staying(days, community)


@pytest.mark.spec("journey_ties_gap")
def test_new_ties_of_those_who_attended_less_those_who_did_not(make_release: MakeRelease) -> None:
    # Before w3 ann, bob and hal attended e1 and e2, dan, eve and gus none, cat e1 only. New in w3: ann 2, bob 1, hal 0; dan 1, eve 0, gus 0.
    names = ("ann", "bob", "cat", "dan", "eve", "gus", "hal")
    attended = [(event, name) for event in ("e1", "e2") for name in ("ann", "bob", "hal")] + [("e1", "cat")]
    engine = make_release(
        {
            "members": "member_id,joined_on\n" + "".join(f"{name},2015-01-01\n" for name in names),
            "events": EVENTS,
            "attendance": "event_id,member_id,attended\n"
            + "".join(f"{event},{name},yes\n" for event, name in attended),
            "waves": "wave_id,survey_id,opened_on\nw2,net,2015-03-01\nw3,net,2015-06-20\n",
            "invitations": "wave_id,member_id,disposition\n"
            + "".join(f"{wave},{name},complete\n" for wave in ("w2", "w3") for name in names),
            "ties": "wave_id,from_member_id,to_member_id,relation\nw2,cat,dan,advice\nw3,ann,bob,advice\n"
            "w3,ann,cat,advice\nw3,bob,cat,advice\nw3,dan,eve,advice\n",
        },
        complete_to=DAY,
    )
    (record,) = read_records(engine, "journey_ties_gap")
    expected = ttest_ind([2, 1, 0], [1, 0, 0], equal_var=False).confidence_interval(0.95)
    assert (record["value"], record["n"], record["unit"]) == (pytest.approx(2 / 3), 6, "difference")
    assert (record["low"], record["high"]) == pytest.approx(tuple(expected))


@pytest.mark.spec("journey_staying_by_ties_gap")
def test_staying_of_those_with_new_ties_less_those_without(programme: Engine) -> None:
    cells = read_cells(programme, "journey_staying_by_ties", "numerator", "denominator")
    (stayed, n), (others, of_others) = cells["all", "Some"], cells["all", "None"]
    (record,) = read_records(programme, "journey_staying_by_ties_gap")
    expected = confint_proportions_2indep(stayed, n, others, of_others, compare="diff", method="newcomb")
    assert record["value"] == pytest.approx(stayed / n - others / of_others)
    assert (record["low"], record["high"]) == pytest.approx(expected)


@pytest.mark.spec("journey_ties_gap", "journey_staying_by_ties_gap")
def test_a_difference_of_what_was_told_in_confidence_is_for_evaluators(programme: Engine) -> None:
    for name in ("journey_ties_gap", "journey_staying_by_ties_gap"):
        indicator = find_indicator(programme, name)
        for role in ("lead", "funder"):
            table = compute_result(programme, indicator, Selection(), SCOPES[role]).table
            assert set(table["status"]) == {"suppressed"}
            assert table["value"].isna().all()
