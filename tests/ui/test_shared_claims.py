"""The claims of a shared page: what each says of figures that are known, and what it is held against."""

from __future__ import annotations

from dataclasses import replace
from math import nan

import pytest

from sharing.store.story import Story
from tests.ui.test_funder import make_extract, make_result, show
from ui.charts.parts import BLUE, GREY
from ui.share.claims import can_claim, list_claims
from ui.share.files.report import lay_out
from ui.share.sealed_chart import LATEST, draw_figure


def show_ties(period: str, value: float) -> dict[str, object]:
    return show(period, value, 100 * value, 100, relation="collaborates")


def test_what_lies_apart_from_the_first_time_rose_and_what_overlaps_did_not() -> None:
    across = make_result("cross_region", [show_ties("w1", 0.42), show_ties("w2", 0.59)])
    (claim,) = list_claims(make_extract(across))
    assert claim.heading == "Ties across region rose from 42 % to 59 %"
    assert claim.basis == (
        "From Spring wave to Autumn wave; the 95 % intervals 37 to 47 % and 54 to 64 % lie apart."
    )
    near = make_result("cross_region", [show_ties("w1", 0.42), show_ties("w2", 0.50)])
    (claim,) = list_claims(make_extract(near))
    assert claim.heading == "Ties across region: 50 %"
    assert claim.basis == (
        "Autumn wave, after 42 % in Spring wave; 95 % interval 45 to 55 %: no change can be told from these figures."
    )


def test_of_several_constructs_those_that_moved_are_named() -> None:
    rows = [
        show("w1", 0.35, 35, 100, construct="Connecting"),
        show("w1", 0.50, 50, 100, construct="Supporting"),
        show("w2", 0.58, 58, 100, construct="Connecting"),
        show("w2", 0.52, 52, 100, construct="Supporting"),
    ]
    (claim,) = list_claims(make_extract(make_result("construct_positive", rows)))
    assert claim.heading == "Connecting rose from 35 % to 58 %"
    assert claim.basis.endswith("the intervals of the two lie apart; of the other no change can be told.")
    assert list(claim.earlier["value"]) == [0.35, 0.50]
    assert list(claim.rows["value"]) == [0.58, 0.52]
    latest, _ = draw_figure(claim.result, claim.rows, {}, claim.earlier).data
    assert list(latest.marker.color) == [BLUE, GREY], "what the heading says is what the colour shows"


def test_a_figure_is_held_against_its_target() -> None:
    rows = [show("2015-Q3", 0.32, 320, 1000), show("2015-Q4", 0.25, 250, 1000)]
    extract = make_extract(make_result("attendance_rate", rows))
    for target, said in (
        (0.4, "below the target of 40 %"),
        (0.1, "above the target of 10 %"),
        (0.28, "not told apart from the target of 28 %"),
    ):
        (claim,) = list_claims(replace(extract, targets={"attendance_rate": target}))
        assert claim.heading == f"Attendance rate: 25 %, {said}"
        assert claim.target == target
    figure = draw_figure(claim.result, claim.rows, {}, claim.earlier, claim.target)
    assert list(figure.data[0].marker.color) == [GREY, LATEST]
    assert [one.text for one in figure.layout.annotations] == ["target 28 %"]
    assert figure.layout.shapes[0].x0 == pytest.approx(28)


def test_what_can_be_held_against_nothing_or_is_hidden_is_no_claim() -> None:
    once = make_result("cross_region", [show_ties("w2", 0.59)])
    hidden = make_result("cross_profession", [{"period": "w1"}, {"period": "w2"}])
    curve = make_result("membership_retention", [show("all", 0.85, nan, 85, time_days="180")])
    extract = make_extract(once, hidden, curve)
    assert list_claims(extract) == []
    assert not any(can_claim(one, extract) for one in extract.results)


def test_a_period_that_has_not_ended_is_not_claimed() -> None:
    rows = [
        show("2015-Q3", 0.2, 20, 100),
        show("2015-Q4", 0.5, 50, 100),
        show("2016-Q1", 0.1, 1, 10, is_complete=False),
    ]
    (claim,) = list_claims(make_extract(make_result("attendance_rate", rows)))
    assert claim.heading == "Attendance rate rose from 20 % to 50 %"


def test_the_programme_s_choice_goes_before_the_usual_ones_and_its_words_into_the_report() -> None:
    results = [
        make_result(name, [show_ties("w1", 0.4), show_ties("w2", 0.6)])
        for name in ("cross_region", "cross_profession", "response_rate_rr1")
    ]
    story = Story(
        "The circle",
        "Who we are.",
        "What we did.",
        "What follows.",
        ("response_rate_rr1", "cross_profession", "ties_new"),
    )
    extract = replace(make_extract(*results), story=story)
    assert [one.result.indicator.id for one in list_claims(extract)] == [
        "response_rate_rr1",
        "cross_profession",
    ]
    handout = lay_out(extract)
    assert handout.title == "The circle"
    assert all(words in handout.lead for words in ("Who we are.", "What we did.", "What follows."))
    assert len(handout.exhibits) == 2
