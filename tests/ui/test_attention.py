"""What needs us, and a decision's figure then and now, by worked examples."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from indicators.catalogue import list_indicators
from indicators.notable.late import Late
from journal.figures import Figure
from journal.store import Entry
from ui.words.attention import (
    Item,
    Standing,
    choose_items,
    judge_checks,
    judge_decisions,
    judge_late,
    judge_target,
    judge_targets,
    tell_finding,
)
from ui.words.decisions import compare_then_and_now

INDICATORS = list_indicators(("profession", "cohort", "organisation"))
LABELS = {"A3": "Attitude wave 3, November 2015", "C1": "Connections wave 1, July 2015"}
TODAY = date(2015, 12, 6)


def find(kind: str, **row: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "by": "",
        "group": "",
        "measure": "",
        "since": "",
        "is_new": True,
        "told_since": "2015-12-06",
    }
    return {**empty, "kind": kind, "low": float("nan"), "high": float("nan"), "n": 45.0, **row}


@pytest.mark.parametrize(
    ("indicator", "finding", "heading", "sentence", "tone"),
    [
        (
            "response_rate_rr1",
            find(
                "rest",
                by="profession",
                group="Doctor",
                period="A3",
                value=0.47,
                low=0.33,
                high=0.61,
                other=0.77,
            ),
            "Doctor: response rate (RR1) below the rest",
            "Response rate (RR1), Attitude wave 3, November 2015: 47 % (95 % interval 33 to 61 %; n = 45) for profession Doctor, "
            "77 % for all others together.",
            "concern",
        ),
        (
            "construct_change_since_first",
            find("change", measure="Connecting", period="A3", value=0.53, low=0.43, high=0.63, other=0.0),
            "Connecting rose",
            "Connecting rose since the first wave, among the same people: +0.53 points of the scale (95 % interval +0.43 to +0.63; n = 45), "
            "Attitude wave 3, November 2015.",
            "good",
        ),
        (
            "cross_organisation",
            find("before", period="A3", since="C1", value=0.76, low=0.73, high=0.79, other=0.53),
            "Ties across organisation rose",
            "Ties across organisation, Attitude wave 3, November 2015: 76 % (95 % interval 73 to 79 %; n = 45), after 53 % in "
            "Connections wave 1, July 2015.",
            "good",
        ),
        (
            "mixing_cross_organisation",
            find("chance", period="C1", value=0.53, other=0.96),
            "Ties across organisation: fewer than at random",
            "Ties across organisation, Connections wave 1, July 2015: 53 %; were ties made at random, 96 % would be.",
            "concern",
        ),
        (
            "membership_retention",
            find(
                "survival", by="cohort", group="Intake 3", period="all", since="185", value=0.82, other=0.98
            ),
            "Intake 3: they leave sooner than the rest",
            "After 185 days 82 % of cohort Intake 3 were still members, 98 % of all others.",
            "concern",
        ),
        (
            "journey_ties_by_attendance",
            find(
                "rest",
                by="attended",
                group="Two or more",
                period="all",
                value=3.0,
                low=2.6,
                high=3.4,
                other=1.4,
            ),
            "New ties: above the rest with two or more events attended",
            "New ties: 3.0 (95 % interval 2.6 to 3.4; n = 45) with two or more events attended, 1.4 for all others together.",
            "know",
        ),
        (
            "active_members",
            find("weeks", period="2015-W49", since="2015-W46", value=0.35, other=0.48),
            "Active members below the usual",
            "Active members from week 46, 2015 to week 49, 2015 on average: 35 %; the mean of all weeks is 48 %.",
            "concern",
        ),
    ],
)
def test_a_comparison_in_words(
    indicator: str, finding: dict[str, Any], heading: str, sentence: str, tone: str
) -> None:
    told = tell_finding(finding, INDICATORS[indicator], LABELS)
    assert (told.heading, told.sentence, told.tone) == (heading, sentence, tone)


def make_decision(**values: Any) -> Entry:
    given = {"due_on": date(2015, 12, 1), "outcome": "", **values}
    return Entry(
        1,
        "decision",
        "",
        "",
        "Ring Intake 3",
        "Ada",
        datetime(2015, 11, 1, tzinfo=UTC),
        release_id="r1",
        **given,
    )


def test_a_decision_is_due_from_its_day_until_somebody_says_how_it_turned_out() -> None:
    found = judge_decisions([make_decision()], TODAY)
    assert found is not None
    assert found.heading == "1 decision is due"
    assert found.sentence == "Say how it turned out: “Ring Intake 3” (Ada, due 1 December 2015)."
    assert judge_decisions([make_decision()], date(2015, 11, 30)) is None
    assert judge_decisions([make_decision(outcome="They came.")], TODAY) is None
    assert judge_decisions([make_decision(due_on=None)], TODAY) is None


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.33, 0.39, "missed"),
        (0.38, 0.44, "cannot tell"),
        (0.40, 0.50, "met"),
        (float("nan"), float("nan"), "missed"),
    ],
)
def test_a_target_is_missed_or_met_by_more_than_the_interval(low: float, high: float, verdict: str) -> None:
    row = {"value": 0.36, "low": low, "high": high}
    assert judge_target(row, INDICATORS["attendance_rate"], 0.4) == verdict
    mirrored = {"value": 0.64, "low": 1 - high, "high": 1 - low}
    assert judge_target(mirrored, INDICATORS["no_show_rate"], 0.6) == verdict, "less is better"


def test_missed_targets_are_named_with_their_numbers() -> None:
    attendance = INDICATORS["attendance_rate"]
    standings = [
        Standing("Attendance rate", {"value": 0.2}, attendance, 0.4, "missed", "December 2015"),
        Standing("Positive: Developing", {"value": 0.42}, INDICATORS["construct_positive"], 0.6, "missed"),
        Standing("Positive: Supporting", {"value": 0.35}, INDICATORS["construct_positive"], 0.6, "missed"),
        Standing("Active members", {"value": 0.5}, INDICATORS["active_members"], 0.5, "met"),
        Standing(
            "Active members", {"value": 0.3}, INDICATORS["active_members"], 0.5, "missed", is_by_chance=True
        ),
    ]
    found = judge_targets(standings)
    assert found is not None
    assert found.heading == "3 of 5 targets are missed"
    assert found.sentence == (
        "By more than the 95 % interval: Attendance rate 20 % (December 2015; target 40 %); Developing 42 % and Supporting 35 % "
        "(target 60 %)."
    )
    assert judge_targets(standings[3:]) is None


def test_late_data_and_failed_checks_are_said() -> None:
    found = judge_late([Late("event", "Community call", TODAY), Late("wave", "Attitude wave 3", TODAY)])
    assert found is not None
    assert found.sentence == (
        "There are no attendance and no answers on record of Community call (6 December 2015) and Attitude wave 3 "
        "(6 December 2015). Load them."
    )
    told = judge_late([Late("wave", "Attitude wave 3", TODAY)], is_closed=True)
    assert told is not None
    assert told.sentence == (
        "There are answers of too few people to be told, or of nobody, on record of Attitude wave 3 (6 December 2015). Load them."
    )
    assert judge_late([]) is None
    failed = judge_checks({"checks": [{"ok": True}, {"ok": False}]})
    assert failed is not None
    assert failed.sentence.startswith("1 of 2 checks of this release failed")
    assert judge_checks({"checks": [{"ok": True}]}) is None


def test_at_most_five_are_told_the_urgent_first() -> None:
    findings = [Item(f"finding {place}", "") for place in range(6)]
    shown, more = choose_items([None, Item("late", ""), Item("targets", "")], findings)
    assert [item.heading for item in shown] == ["late", "targets", "finding 0", "finding 1", "finding 2"]
    assert [item.heading for item in more] == ["finding 3", "finding 4", "finding 5"]
    assert choose_items([None], []) == ([], [])


def make_then(value: float, low: float | None, high: float | None) -> Figure:
    return Figure(
        "response_rate_rr1",
        INDICATORS["response_rate_rr1"].version,
        "",
        "profession",
        "Doctor",
        "C1",
        "admin",
        value,
        low,
        high,
        45.0,
    )


@pytest.mark.parametrize(
    ("then", "now", "judged"),
    [
        ((0.40, 0.30, 0.50), (0.70, 0.60, 0.80), "It rose by more than chance, as hoped;"),
        ((0.70, 0.60, 0.80), (0.40, 0.30, 0.50), "It fell by more than chance, the wrong way;"),
        # The gap is 0.12 and its interval 0.12 ± √(0.1² + 0.1²) = −0.02 to 0.26.
        ((0.40, 0.30, 0.50), (0.52, 0.42, 0.62), "The two intervals leave room for no change at all."),
        ((0.40, None, None), (0.52, 0.42, 0.62), "It is a count:"),
    ],
)
def test_a_decision_s_figure_then_and_now(then: Any, now: Any, judged: str) -> None:
    row = {"status": "ok", "period": "A3", "n": 45.0, **dict(zip(("value", "low", "high"), now, strict=True))}
    told = compare_then_and_now(make_then(*then), row, INDICATORS["response_rate_rr1"], LABELS)
    assert told.startswith("Response rate (RR1), profession Doctor: then ")
    assert "; now " in told
    assert judged in told


def test_what_cannot_be_compared_says_why() -> None:
    indicator, then = INDICATORS["response_rate_rr1"], make_then(0.4, 0.3, 0.5)
    same = {"status": "ok", "period": "C1", "n": 45.0, "value": 0.4, "low": 0.3, "high": 0.5}
    assert "there is no later figure yet" in compare_then_and_now(then, same, indicator, LABELS)
    hidden = {**same, "status": "suppressed", "reason": "Hidden: few.", "value": None}
    assert "now Hidden: few." in compare_then_and_now(then, hidden, indicator, LABELS)
    other = Figure(**{**then.__dict__, "version": 99})
    assert "cannot be compared" in compare_then_and_now(other, same, indicator, LABELS)
