"""The sentence under a chart says what the numbers support, and no more."""

from __future__ import annotations

import pytest

from indicators.catalogue import list_indicators
from indicators.catalogue.connections.formation import ADVISED
from indicators.definition import COMPARED, PARTS
from tests.ui.test_charts import make_result, row
from ui.charts.kinds.rows import draw_change
from ui.words.changes import judge_changes
from ui.words.claims import judge_result
from ui.words.numbers import name_dimension
from ui.words.readings import read_result, say_returns
from ui.words.tables import table_rows

LABELS = {"A1": "July 2015", "A2": "September 2015"}


def test_two_waves_with_overlapping_intervals_show_no_difference() -> None:
    result = make_result(
        "cross_region", [row("A1", 0.40, relation="knows"), row("A2", 0.48, relation="knows")]
    )
    assert read_result(result, LABELS) == (
        "In September 2015: 48 % (95 % interval 38 to 58 %; 24 of 50). In July 2015 it was 40 %; "
        "the intervals overlap, so this alone does not show a difference."
    )


def test_two_waves_with_separate_intervals_say_so() -> None:
    result = make_result(
        "cross_region", [row("A1", 0.20, relation="knows"), row("A2", 0.68, relation="knows")]
    )
    assert read_result(result, LABELS).endswith("In July 2015 it was 20 %; the intervals do not overlap.")


def test_groups_are_compared_by_their_ends() -> None:
    rows = [
        row("all", value, profession=name)
        for name, value in (("Nurse", 0.2), ("Doctor", 0.7), ("Analyst", 0.5))
    ]
    assert read_result(make_result("attendance_rate", rows, ("profession",))) == (
        "Highest is Doctor 70 % (95 % interval 60 to 80 %; 35 of 50), "
        "lowest Nurse 20 % (95 % interval 10 to 30 %; 10 of 50); the intervals do not overlap."
    )


def test_a_change_whose_interval_holds_zero_does_not_stand() -> None:
    still = {**row("A2", 0.05, construct="Supporting"), "low": -0.1, "high": 0.2}
    rose = {**row("A2", 0.5, construct="Connecting"), "low": 0.4, "high": 0.6}
    fell = {**row("A2", -0.3, construct="Learning"), "low": -0.5, "high": -0.1}
    assert read_result(make_result("construct_change", [still]), LABELS) == (
        "By September 2015 no change in the matched panel stands: the 95 % interval includes 0."
    )
    assert read_result(make_result("construct_change", [rose, still, fell]), LABELS) == (
        "By September 2015, of 3 changes looked at in the matched panel, 2 stand: "
        "Connecting rose by 0.50 (95 % interval +0.40 to +0.60; n = 50); "
        "Learning fell by 0.30 (95 % interval −0.50 to −0.10; n = 50)."
    )


def test_an_incomplete_period_is_not_compared() -> None:
    rows = [row(f"2015-W{week}", 0.5) for week in range(20, 29)]
    rows[-1] = {**row("2015-W28", 0.1), "is_complete": False}
    assert read_result(make_result("active_members", rows)).startswith("In week 27, 2015: 50 %")


def test_few_people_are_named() -> None:
    result = make_result("attendance_rate", [{**row("all", 0.4), "n": 4, "numerator": 2, "denominator": 5}])
    assert "Fewer than 10 people stand behind this: read it as a hint only." in read_result(result)


def test_response_rates_of_several_waves_are_not_compared_as_one_survey() -> None:
    result = make_result("response_rate_rr1", [row("A1", 0.7), row("A2", 0.5)])
    assert read_result(result, LABELS) == (
        "In September 2015: 50 % (95 % interval 40 to 60 %; 25 of 50). "
        "Of 2 waves the lowest is 50 % in September 2015, the highest 70 % in July 2015."
    )


def test_still_members_are_read_at_a_fixed_day() -> None:
    rows = [row("all", value, time_days=str(day)) for day, value in ((10, 0.9), (80, 0.8), (120, 0.75))]
    assert read_result(make_result("membership_retention", rows)) == (
        "Still members 90 days after joining: 80 % (70 % to 90 %)."
    )
    assert read_result(make_result("activity_retention", rows)).startswith(
        "Still active 90 days after joining"
    )


def test_no_data_says_what_to_load() -> None:
    result = make_result("reciprocity", [row("all", None, "no_data", relation=None)])
    assert read_result(result).startswith("No data: load who is connected to whom")


def test_one_of_many_items_outside_its_interval_is_not_told_from_chance() -> None:
    # p of about .04 alone; with eleven others tested beside it, Holm's adjustment makes it .45.
    barely = {**row("A2", 0.2, item="q0"), "low": 0.01, "high": 0.39}
    still = [{**row("A2", 0.0, item=f"q{number}"), "low": -0.2, "high": 0.2} for number in range(1, 12)]
    assert read_result(make_result("item_change", [barely]), LABELS).startswith(
        "By September 2015 in the matched panel: q0 rose by 0.20"
    )
    together = make_result("item_change", [barely, *still])
    assert read_result(together, LABELS) == (
        "By September 2015, of 12 changes looked at in the matched panel, none can be told from chance. "
        "One interval does not include 0 and still does not stand: among so many changes some leave 0 out by chance, so all "
        "are judged together."
    )
    assert judge_changes(together) == ["could be chance"] * 12
    assert judge_changes(make_result("item_change", [barely])) == ["stands"]
    (dots,) = [trace for trace in draw_change(together, LABELS).data if trace.mode == "markers"]
    assert set(dots.marker.symbol) == {"circle-open"}
    labels = [str(label.text) for label in draw_change(together, LABELS).layout.annotations]
    assert [label for label in labels if "could be chance" in label] == ["<b>+0.20</b> could be chance:  q0"]
    assert {one["Note"] for one in table_rows(together, LABELS)} == {
        "Could be chance, judged with all others"
    }


def test_the_parts_of_a_change_are_judged_each_by_itself_as_they_are_drawn() -> None:
    # p of about .02 alone: beside three other parts of the same change Holm's adjustment would make it .06.
    rose = {**row("A2", 1.13, part="Within the panel", construct="Connected"), "low": 0.2, "high": 2.06}
    others = [
        {**row("A2", 0.0, part=part, construct="Connected"), "low": -0.2, "high": 0.2}
        for part in ("Who answered", "All who answered")
    ]
    assert judge_changes(make_result("construct_change_split", [rose, *others])) == [
        "stands",
        *["could be chance"] * 2,
    ]


def test_a_mark_stands_just_where_the_interval_of_one_change_is_clear_of_zero() -> None:
    for value, low, high in (
        (0.10, 0.001, 0.3),
        (0.10, -0.001, 0.2),
        (-0.2, -0.5, -0.01),
        (-0.2, -0.25, 0.01),
    ):
        one = make_result(
            "representation_profession", [{**row("A2", value, group="Nurse"), "low": low, "high": high}]
        )
        assert judge_changes(one) == ["could be chance" if low <= 0 <= high else "stands"]


@pytest.mark.parametrize("indicator_id", list_indicators())
def test_parts_of_a_whole_and_different_questions_are_never_ranked(indicator_id: str) -> None:
    indicator = list_indicators()[indicator_id]
    if indicator.chart not in ("bars", "line") or not indicator.measures:
        return
    name = indicator.measures[-1]
    values = {"Two or more": 0.9, "One": 0.1, "None": 0.2, "Other": 0.3, "Fifth": 0.25}
    result = make_result(indicator_id, [row("all", value, **{name: word}) for word, value in values.items()])
    is_ranked = name in COMPARED and indicator.estimator != "composition"
    if name in PARTS:
        assert "parts of a whole" in read_result(result, LABELS) or "largest parts" in read_result(
            result, LABELS
        )
    words = read_result(result, LABELS)
    assert ("ighest is" in words) == is_ranked, words
    claims = [claim.words for claim in judge_result(result, {}).claims]
    assert any("is higher than" in claim for claim in claims) == is_ranked, claims


def test_a_difference_that_is_no_change_speaks_of_no_panel() -> None:
    more = {**row("A2", 0.2, group="Nurse"), "low": 0.15, "high": 0.25}
    assert read_result(make_result("representation_profession", [more]), LABELS) == (
        "In September 2015: Nurse is over-represented by 20 points (95 % interval +15 to +25 points; n = 50 asked)."
    )


def test_the_parts_of_a_figure_are_listed_and_not_ranked() -> None:
    rows = [row("all", value, stage=stage) for stage, value in (("Invited", 1.0), ("Attended", 0.4))]
    assert read_result(make_result("event_funnel", rows)) == (
        "Invited 100 % (95 % interval 90 to 100 %; 50 of 50); Attended 40 % (95 % interval 30 to 50 %; 20 of 50)."
    )


def test_figures_of_few_people_are_neither_ranked_nor_claimed() -> None:
    rows = [
        row("all", value, attended=word)
        for word, value in (("None", 0.3), ("One", 0.1), ("Two or more", 0.7))
    ]
    rows[1] |= {"n": 3, "low": 0.0, "high": 0.15}
    result = make_result("journey_ties_by_attendance", rows)
    assert read_result(result).startswith(
        "Highest is Two or more 0.7 (95 % interval 0.6 to 0.8; n = 50), lowest None 0.3"
    )
    assert read_result(result).endswith("1 figure rests on fewer than 10 people and is not ranked or judged.")
    claims = [claim.words for claim in judge_result(result, {}).claims]
    assert [words for words in claims if "higher" in words] == [
        "“New ties by events attended: Two or more is higher than None”"
    ]
    rows[0]["n"] = 4
    alone = make_result("journey_ties_by_attendance", rows)
    assert read_result(alone).startswith("3 figures, all but one of too few people to be ranked.")
    few = {**row("A2", 0.5, construct="Connecting"), "low": 0.4, "high": 0.6, "n": 9}
    change = make_result("construct_change", [few])
    assert "no change in the matched panel can be judged: too few people." in read_result(change, LABELS)
    assert not any("Connecting rose" in claim.words for claim in judge_result(change, {}).claims)
    assert judge_changes(change) == ["could be chance"]


def test_joiners_by_the_month_say_who_came_back() -> None:
    months = [{**row(month, 0.5), "value": value} for month, value in (("2015-03", 12), ("2015-04", 65))]
    whole = make_result("joiners", [{**row("all", 0.5), "value": 74}])
    by_month = make_result("joiners", months)
    assert say_returns(whole, by_month) == "3 came back: counted once here, and again in their month below"
    assert not say_returns(make_result("joiners", [{**row("all", 0.5), "value": 77}]), by_month)
    assert not say_returns(make_result("joiners", [{**row("2015", 0.5), "value": 74}]), by_month)
    assert not say_returns(whole, make_result("joiners", [*months, row("2015-05", None, "suppressed")]))


def test_gaps_are_told_with_days_in_words() -> None:
    rows = [row("all", value, leaving=day) for day, value in (("2015-09-03", 5), ("2015-10-16 (2)", 9))]
    assert read_result(make_result("member_days_between_leavers", rows)) == (
        "2 gaps, half of them up to 7 member-days; the last, to 16 October 2015 (2), is 9 member-days."
    )


def test_of_many_parts_that_add_up_the_largest_are_told() -> None:
    shares = {
        "003": 0.8,
        "012": 0.1,
        "102": 0.04,
        "021D": 0.03,
        "021U": 0.01,
        "021C": 0.01,
        "111D": 0.005,
        "111U": 0.005,
        "300": 0.0,
    }
    rows = [row("A2", share, relation="knows", part=code) for code, share in shares.items()]
    assert read_result(make_result("triad_census", rows), LABELS | {"003": "003 (no ties)"}).startswith(
        "In September 2015: the largest parts are 003 (no ties) 80 %; 012 10 %; 102 4 %; the other 6 are smaller."
    )


def test_whether_waves_can_carry_a_model_is_answered() -> None:
    def read(*values: float) -> str:
        rows = [
            row("A2", value, relation="knows", part=part) for part, value in zip(ADVISED, values, strict=True)
        ]
        return read_result(make_result("tie_change_adequacy", rows), LABELS)

    assert read(0.41, 0.85, 3.2, 4.9) == "In September 2015 yes: every figure lies within what is advised."
    assert read(0.41, 0.55, 3.2, 4.9) == (
        "In September 2015 no: outside of what is advised are Answered both waves 0.55 (advised: at least 0.8)."
    )


def test_groups_stand_in_their_own_order_and_not_in_that_of_their_words() -> None:
    words = ("Less than wanted", "As wanted", "More than wanted")
    rows = [row(wave, 0.3, direction=word) for wave in ("A1", "A2") for word in words]
    result = make_result("wanted_against_actual", rows)
    assert list(dict.fromkeys(result.gather(result.table)["direction"])) == list(words)


def test_items_that_do_not_belong_together_are_named() -> None:
    rows = [row("A2", value, construct=name) for name, value in (("Staying", -0.45), ("Use", 0.6))]
    assert "Below 0 for Staying: its items do not belong together" in read_result(
        make_result("construct_reliability", rows)
    )
    assert "belong together" not in read_result(make_result("construct_reliability", rows[1:]))


def test_answers_are_not_read_as_people() -> None:
    words = read_result(make_result("intention_to_stay", [row("A2", 0.74)]), LABELS)
    assert words.startswith("In September 2015: 74 % (95 % interval 64 to 84 %; 37 of 50 answers).")


def test_what_is_not_reached_yet_is_nothing_to_be_loaded() -> None:
    reason = "No figure yet: more than half were still members."
    result = make_result("membership_median", [{**row("all", None, "no_data"), "reason": reason}])
    assert read_result(result) == reason
    assert table_rows(result, LABELS)[0]["Note"] == reason


def test_an_abbreviation_keeps_its_capitals_within_a_sentence() -> None:
    assert [name_dimension(name) for name in ("qi_experience", "organisation_type", "time_days")] == [
        "QI experience",
        "Organisation type",
        "Days since joining",
    ]
    assert name_dimension("qi_experience", is_within=True) == "QI experience"
    assert name_dimension("organisation_type", is_within=True) == "organisation type"
    assert list_indicators(["nhs_region"])["cross_nhs_region"].title == "Ties across NHS region"


def test_a_curve_of_which_nobody_has_left_yet_is_at_all() -> None:
    only = make_result("membership_retention", [row("all", 1.0, time_days="158")])
    assert "Still members 90 days after joining: 100 %." in read_result(only, {})
