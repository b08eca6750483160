"""Words of reversed items: a figure that counts the other end of the scale never stands under the question as asked."""

from __future__ import annotations

import json
import re

import pytest

from indicators.__main__ import main
from indicators.catalogue import find_indicator, list_indicators
from indicators.gate.disclosure import SCOPES
from indicators.published.show import compute_result
from indicators.published.wording import word_items, word_reversed
from indicators.selection import Selection
from tests.conftest import MakeRelease
from ui.export.handout import Exhibit, Handout
from ui.export.marks import make_chart
from ui.export.rows import list_cells, list_columns
from ui.words.claims import judge_result
from ui.words.numbers import shorten
from ui.words.readings import read_result
from ui.words.tables import table_rows
from warehouse.engine import Engine

AGREE = {1.0: "Strongly disagree", 2.0: "Disagree", 3.0: "Neither", 4.0: "Agree", 5.0: "Strongly agree"}
OFTEN = {1.0: "Never", 2.0: "Rarely", 3.0: "Sometimes", 4.0: "Often", 5.0: "Always"}
LABELS = "|".join(f"{value:g}={word}" for value, word in AGREE.items())
LEAVE, OPPOSITE = "I often think about leaving", "I do not often think about leaving"
WASTE = "Q is a waste of time"
TABLES = {
    "members": "member_id,joined_on\nann,2015-01-05\nbob,2015-01-05\ncat,2015-01-05\n",
    "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\nw2,s,2015-06-01\n",
    "items": "survey_id,item_id,text,construct,kind,scale_min,scale_max,reversed,reversed_text,labels\n"
    f"s,leave,{LEAVE},Staying,likert,1,5,true,{OPPOSITE},{LABELS}\n"
    f"s,waste,{WASTE},Use,likert,1,5,true,,{LABELS}\n"
    f"s,help,Q helps,Use,likert,1,5,false,,{LABELS}\n",
    "answers": "wave_id,respondent_id,item_id,value\n"
    + "".join(
        f"{wave},{member},{item},{value}\n"
        for wave, shift in (("w1", 0), ("w2", 1))
        for member, value in (("ann", 1), ("bob", 2), ("cat", 4))
        for item, value in (("leave", value), ("waste", value + shift), ("help", 3 + shift))
    ),
}


@pytest.fixture(scope="module")
def survey(make_release: MakeRelease) -> Engine:
    return make_release(TABLES)


def test_steps_as_asked_say_of_which_items_the_lower_end_is_favourable(survey: Engine) -> None:
    result = compute_result(
        survey, find_indicator(survey, "item_distribution"), Selection(), SCOPES["evaluator"]
    )
    assert result.items["waste"] == f"{WASTE} (reversed: the lower end is favourable)"
    assert result.items["help"] == "Q helps"
    assert result.reversed_items == {"leave", "waste"}
    assert "not ranked" in read_result(result) or "reversed" not in read_result(result)
    as_asked = compute_result(
        survey, find_indicator(survey, "item_agreement"), Selection(), SCOPES["evaluator"]
    )
    assert (as_asked.items["waste"], as_asked.reversed_items) == (WASTE, frozenset())


@pytest.mark.parametrize(
    ("turned", "steps", "expected"),
    [
        ("half", AGREE, "Q (share who disagree)"),
        ("half", OFTEN, "Q (share who answered “Never” or “Rarely”)"),
        (
            "half",
            {float(step): str(step) for step in range(1, 8)},
            "Q (share who answered “1” or “2” or “3”)",
        ),
        ("half", {}, "Q (share who disagree)"),
        ("top", AGREE, "Q (share who answered “Strongly disagree”)"),
        ("net", AGREE, "Q (those who disagree less those who agree)"),
        ("net", OFTEN, "Q (those who answered “Never” or “Rarely” less those who answered the other end)"),
        ("score", AGREE, "Q (turned round: 5 is “Strongly disagree”)"),
        ("score", {0.0: "0", 1.0: "1"}, "Q (turned round)"),
    ],
)
def test_a_reversed_item_says_what_its_number_counts(
    turned: str, steps: dict[float, str], expected: str
) -> None:
    assert word_reversed("Q", "", steps, turned) == expected  # type: ignore[arg-type]


def test_the_codebooks_own_words_come_first_and_a_mean_says_that_it_is_turned() -> None:
    assert word_reversed(LEAVE, OPPOSITE, AGREE, "half") == OPPOSITE
    assert (
        word_reversed(LEAVE, OPPOSITE, AGREE, "score")
        == f"{OPPOSITE} (turned round: 5 is “Strongly disagree”)"
    )


def test_every_indicator_of_items_that_turns_them_round_says_so(survey: Engine) -> None:
    """What is computed with a reversed item turned round has other words for it; what is as asked has the question."""
    as_asked = {"item_agreement", "item_nonresponse"}
    of_items = {name: one for name, one in list_indicators().items() if "item" in one.measures}
    assert {name for name, one in of_items.items() if not one.turned} == as_asked | {"item_distribution"}
    for name, indicator in of_items.items():
        words = word_items(survey, indicator)
        assert (words["leave"] == LEAVE) == (name in as_asked), name
        assert (words["waste"] == WASTE) == (name in as_asked), name
        assert words["help"] == "Q helps"


def test_no_page_table_chart_claim_or_export_has_the_question_for_the_other_share(survey: Engine) -> None:
    result = compute_result(survey, find_indicator(survey, "item_positive"), Selection(), SCOPES["admin"])
    labels = {"leave": LEAVE, "waste": WASTE, "help": "Q helps"}
    verdict = judge_result(result, {}, labels)
    handout = Handout("Items", (Exhibit(result),), labels)
    told = {
        "sentence": read_result(result, labels),
        "claims": " ".join([verdict.sentence, *(claim.words for claim in verdict.claims)]),
        "table": json.dumps(table_rows(result, labels)),
        "marks": " ".join(mark.label for mark in make_chart(handout, result).marks),
        "cells": json.dumps(list_cells(handout)),
    }
    for place, words in told.items():
        assert OPPOSITE in words or "(share who disagree)" in words, place
        assert not re.search(rf"{LEAVE}|{WASTE}(?! \(share who disagree\))", words), place
    assert "item_text" in list_columns([result])


def test_a_parameter_of_the_definition_changes_the_words(survey: Engine) -> None:
    asked = Selection(settings=(("cut", "top"),))
    result = compute_result(survey, find_indicator(survey, "item_positive"), asked, SCOPES["admin"])
    assert result.items["waste"] == f"{WASTE} (share who answered “Strongly disagree”)"


def test_an_item_that_surveys_ask_both_ways_says_so(make_release: MakeRelease) -> None:
    engine = make_release(
        {
            "members": "member_id,joined_on\nann,2015-01-05\n",
            "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\nw2,t,2015-06-01\n",
            "items": "survey_id,item_id,text,kind,scale_min,scale_max,reversed\ns,q,Hard,likert,1,5,true\nt,q,Hard,likert,1,5,false\n",
        }
    )
    words = word_items(engine, find_indicator(engine, "item_positive"))
    assert words == {"q": "Hard (turned round where it is reversed)"}


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_the_command_line_says_what_is_counted(
    survey: Engine, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(survey.release.path.parent.parent)
    assert main(["value", "item_positive", "--format", form, "--data", data]) == 0
    assert f"{WASTE} (share who disagree)" in capsys.readouterr().out
    assert main(["value", "item_agreement", "--format", form, "--data", data]) == 0
    agreeing = capsys.readouterr().out
    assert WASTE in agreeing
    assert "share who disagree" not in agreeing


def test_a_label_that_is_cut_keeps_what_it_counts() -> None:
    words = shorten(
        "It is hard to find people here who work on the same things as I do. (share who disagree)"
    )
    assert words.endswith(" … (share who disagree)")
    assert len(words) <= 60
    mean = shorten(
        "It is hard to find people here who work as I do. (turned round: 5 is “Strongly disagree”)"
    )
    assert mean == "It is hard to find people here who work … (turned round)"
    assert (
        shorten("I think of leaving. (turned round: 5 is “Strongly disagree”)")
        == "I think of leaving. (turned round)"
    )
    often = shorten("How often do you feel left out here? (share who answered “Never” or “Rarely”)")
    assert often.endswith(" … (share who answered “Never” or “Rarely”)")
    assert shorten("x" * 58) == "x" * 58
