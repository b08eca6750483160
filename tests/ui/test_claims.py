"""What may be said of a result, and what not: each claim with the reason that its numbers give."""

from __future__ import annotations

import pytest

from indicators.result import Result
from indicators.statistics.spc import make_chart
from tests.ui.test_charts import make_result, row
from ui.words.claims import Claim, judge_result

LABELS = {"A1": "July 2015", "A2": "September 2015"}
HIGH = {"A1": 0.9, "A2": 0.85}


def judge(result: Result, response: dict[str, float] | None = None) -> dict[str, Claim]:
    verdict = judge_result(result, HIGH if response is None else response, LABELS)
    assert len({claim.words for claim in verdict.claims}) == len(verdict.claims)
    holding = [claim.holds for claim in verdict.claims]
    assert holding == sorted(holding, reverse=True), "what holds comes first"
    return {claim.words: claim for claim in verdict.claims}


def test_a_change_without_zero_may_be_claimed_of_the_panel_only() -> None:
    rose = {**row("A2", 0.5, construct="Connecting"), "low": 0.4, "high": 0.6}
    still = {**row("A2", 0.05, construct="Supporting"), "low": -0.1, "high": 0.2}
    claims = judge(make_result("construct_change", [rose, still]))
    assert claims["“Connecting rose among those who answered both times”"].holds
    flat = claims["“Supporting rose”"]
    assert (flat.holds, flat.reason) == (
        False,
        "its 95 % interval runs from −0.10 to +0.20, which includes 0.",
    )
    assert not claims["“Members changed”"].holds
    assert "50 people at most" in claims["“Members changed”"].reason


@pytest.mark.parametrize(("nurse", "holds"), [(0.2, True), (0.6, False)])
def test_a_group_is_higher_only_where_the_intervals_are_apart(nurse: float, holds: bool) -> None:
    rows = [row("all", nurse, profession="Nurse"), row("all", 0.7, profession="Doctor")]
    claim = judge(make_result("attendance_rate", rows, ("profession",)))["“Doctor is higher than Nurse”"]
    assert claim.holds == holds
    assert ("do not overlap" in claim.reason) == holds


@pytest.mark.parametrize(
    ("last", "words", "holds"), [(0.68, "rose", True), (0.25, "rose", False), (0.1, "fell", False)]
)
def test_a_line_rose_only_where_its_ends_are_apart(last: float, words: str, holds: bool) -> None:
    rows = [row("A1", 0.20, construct="Connecting"), row("A2", last, construct="Connecting")]
    claims = judge(make_result("construct_positive", rows))
    assert claims[f"“It {words} from July 2015 to September 2015”"].holds == holds
    assert not claims["“The same people changed their minds”"].holds


@pytest.mark.parametrize(
    ("rate", "holds", "reason"),
    [
        (0.85, True, "85 % of the invited completed"),
        (0.7, False, "not enough to speak"),
        (0.5, False, "too few to speak"),
    ],
)
def test_a_survey_speaks_for_all_only_with_a_high_response(rate: float, holds: bool, reason: str) -> None:
    result = make_result("construct_positive", [row("A2", 0.5, construct="Connecting")])
    claim = judge(result, {"A2": rate})["“All members think so”"]
    assert claim.holds == holds
    assert reason in claim.reason


def test_without_invitations_nobody_knows_whom_a_survey_leaves_out() -> None:
    result = make_result("ties_per_member", [row("A2", 0.5, relation="knows")])
    claim = judge(result, {})["“This is the whole network”"]
    assert (claim.holds, claim.reason) == (
        False,
        "How many were invited is not recorded, so nobody knows whom it leaves out.",
    )


def test_few_people_carry_nothing_firm() -> None:
    small = {**row("all", 0.4, profession="Nurse"), "n": 4, "numerator": 2, "denominator": 5}
    claims = judge(make_result("attendance_rate", [small], ("profession",)))
    assert claims["Anything firm about Nurse"].reason == "Fewer than 10 people stand behind it: a hint only."


def test_a_period_that_has_not_ended_shows_no_change() -> None:
    rows = [row(f"2015-W{week}", 0.5) for week in range(20, 29)]
    rows[-1] = {**row("2015-W28", 0.1), "is_complete": False}
    claims = judge(make_result("active_members", rows))
    assert not claims["“week 28, 2015 shows a change”"].holds
    assert not any("fell" in words or "rose" in words for words in claims)


def test_no_result_shows_a_cause_and_hidden_groups_say_nothing() -> None:
    rows = [row("all", 0.2, profession="Nurse"), row("all", None, "suppressed", profession="Doctor")]
    claims = judge(make_result("attendance_rate", rows, ("profession",)))
    assert not claims["“The programme caused this”"].holds
    assert claims["Anything about the hidden groups"].reason.startswith("1 figure hidden")


def test_counts_of_the_whole_list_need_no_interval() -> None:
    rows = [
        {**row("2015-01", 0.2), "value": 5, "low": None, "high": None},
        {**row("2015-02", 0.2), "value": 9, "low": None, "high": None},
    ]
    claims = judge(make_result("members", rows))
    assert claims["“It rose from January 2015 to February 2015”"].holds


def test_nothing_is_claimed_of_no_data() -> None:
    verdict = judge_result(make_result("reciprocity", [row("all", None, "no_data", relation=None)]), {})
    assert verdict.claims == ()
    assert verdict.sentence.startswith("No data: load")


def make_months(indicator_id: str, values: list[float]) -> Result:
    months = [f"2015-{month:02d}" for month in range(1, 13)] + [f"2016-{month:02d}" for month in range(1, 13)]
    rows = [row(month, value) for month, value in zip(months, values, strict=False)]
    if indicator_id != "active_members":
        rows = [{**one, "low": None, "high": None, "numerator": None, "denominator": None} for one in rows]
    return make_result(indicator_id, rows)


@pytest.mark.parametrize(
    ("indicator_id", "values", "reason"),
    [
        ("leavers", [0, 0, 0, 0, 0, 3, 2, 6, 7, 3], "Two single periods of a count"),
        ("joiners", [12, 65, 65, 12, 77, 1, 1, 2, 1, 0], "Two single periods of a count"),
        ("active_members", [0.3, 0.5, 0.4, 0.5, 0.6], "Too few periods to judge"),
        ("active_members", [0.3, 0.6] * 8, "The control chart has no signal"),
    ],
)
def test_what_the_control_chart_does_not_say_is_not_claimed(
    indicator_id: str, values: list[float], reason: str
) -> None:
    result = make_months(indicator_id, values)
    assert not any(point.flags for point in make_chart(result).points)
    (claim,) = [one for words, one in judge(result).items() if "rose" in words or "fell" in words]
    assert not claim.holds
    assert claim.reason.startswith(reason)


def test_a_signal_or_a_list_that_is_counted_may_be_claimed() -> None:
    rose = make_months("active_members", [*[0.3, 0.32] * 7, 0.8])
    assert judge(rose)["“It rose from January 2015 to March 2016”"].holds
    assert judge(make_months("members", [12, 30, 50, 90]))["“It rose from January 2015 to April 2015”"].holds
