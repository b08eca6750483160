"""Response: dispositions, items left out, bounds, burden, and who answered beside who was asked."""

from __future__ import annotations

from math import sqrt

import pytest
from scipy import stats

from indicators.catalogue import find_indicator
from indicators.engine.compute import compute_exact
from indicators.gate.disclosure import Scope, apply_gate
from indicators.result import FIGURES
from indicators.selection import Selection
from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_formulas import settle, work_out_mean, work_out_proportion
from warehouse.contracts import MEMBER_DIMENSIONS
from warehouse.engine import Engine

ATTRIBUTES = (*MEMBER_DIMENSIONS, "hub")
# Profession as invited; gus is ineligible and zoe a member who was not invited.
MEMBERS = "member_id,hub,joined_on\n" + "".join(
    f"{name},North,2015-01-05\n" for name in ("ann", "bob", "cat", "dan", "eve", "fay", "gus", "zoe")
)
INVITATIONS = """
wave_id | member_id | disposition | profession | reminders
w1      | ann       | complete    | Nurse      |
w1      | bob       | complete    | Nurse      | 1
w1      | cat       | partial     | Doctor     | 2
w1      | dan       | refused     | Nurse      | 2
w1      | eve       | non_contact | Doctor     | 2
w1      | fay       | non_contact |            | 2
w1      | gus       | ineligible  | Doctor     |
w2      | ann       | complete    | Nurse      | 1
w2      | dan       | non_contact | Nurse      | 3
"""
ITEMS = """
survey_id,item_id,text,kind,scale_min,scale_max,reversed
s,q1,Useful?,likert,1,5,false
s,q2,Useless?,likert,1,5,true
s,q3,Which?,multiple,,,
s,q4,Anything else?,text,,,
s,q5,Never shown,likert,1,5,false
"""
# cat says not applicable to q1; dan's row is empty, so he answered nothing.
ANSWERS = """
wave_id | respondent_id | item_id | value | text
w1      | ann           | q1      | 5     |
w1      | ann           | q2      | 1     |
w1      | bob           | q1      | 2     |
w1      | bob           | q4      |       | Thanks
w1      | cat           | q1      |       | Not applicable
w1      | dan           | q1      |       |
w1      | zoe           | q1      | 4     |
w1      | zoe           | q2      | 5     |
"""
TABLES = {
    "members": MEMBERS,
    "invitations": INVITATIONS,
    "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\nw2,s,2015-12-01\nw3,s,2016-03-01\n",
    "items": ITEMS,
    "answers": ANSWERS,
}


@pytest.fixture(scope="module")
def survey(make_release: MakeRelease) -> Engine:
    return make_release(TABLES)


@pytest.mark.spec("dispositions")
def test_dispositions_of_all_invited_in_aapors_order(survey: Engine) -> None:
    records = read_records(survey, "dispositions", period="w1")
    counted = [(record["dimensions"]["disposition"], record["numerator"]) for record in records]
    assert counted == [("complete", 2), ("partial", 1), ("refused", 1), ("non_contact", 2), ("ineligible", 1)]
    assert {record["denominator"] for record in records} == {7}
    figures = (records[0]["value"], records[0]["low"], records[0]["high"])
    assert figures == pytest.approx(work_out_proportion(2, 7), abs=1e-12)


@pytest.mark.spec("item_nonresponse")
def test_left_unanswered_by_those_who_answered_anything(survey: Engine) -> None:
    # Respondents: ann, bob, cat, zoe. q1 has an answer of all, cat's without a value. q2 lacks bob and cat.
    # Ticks and texts may be left empty; q5 nobody answered.
    assert read_cells(survey, "item_nonresponse", "numerator", "denominator", period="w1") == {
        ("w1", "q1"): (0, 4),
        ("w1", "q2"): (2, 4),
    }


@pytest.mark.spec("item_positive_bounds")
def test_bounds_if_all_others_asked_were_against_or_for(survey: Engine) -> None:
    # Asked: ann to fay, 6. q1: ann of ann and bob is favourable; 4 unknown, cat's among them. zoe was not asked.
    names = ("value", "low", "high", "numerator", "denominator", "n")
    assert read_cells(survey, "item_positive_bounds", *names, period="w1") == {
        ("w1", "q1"): pytest.approx((1 / 2, 1 / 6, (1 + 4) / 6, 1, 2, 6)),
        ("w1", "q2"): pytest.approx((1, 1 / 6, 1, 1, 1, 6)),
    }
    top = read_cells(survey, "item_positive_bounds", period="w1", settings=(("cut", "top"),))
    assert top["w1", "q1"] == 1 / 2


@pytest.mark.spec("survey_burden")
def test_contacts_in_the_twelve_months_up_to_the_wave(survey: Engine) -> None:
    # w1: ann 1, bob 2, cat, dan, eve and fay 3, gus 1.
    names = ("value", "low", "high", "numerator", "n")
    cells = read_cells(survey, "survey_burden", *names)
    assert cells["w1",] == pytest.approx((*work_out_mean([1, 2, 3, 3, 3, 3, 1]), 16, 7))
    # w2: ann 1 + 2, dan 3 + 4.
    assert cells["w2",] == pytest.approx((*settle(work_out_mean([3, 7]), 0), 10, 2))
    # w2 opened nine months after w1: with six months only its own invitations count.
    shorter = read_cells(survey, "survey_burden", "value", period="w2", settings=(("window", "6"),))
    assert shorter == {("w2",): (2 + 4) / 2}


@pytest.mark.spec("survey_burden")
def test_a_wave_exactly_twelve_months_earlier_no_longer_counts(make_release: MakeRelease) -> None:
    engine = make_release({**TABLES, "invitations": INVITATIONS + "w3 | bob | complete | Nurse | 4\n"})
    # bob was asked in w1 (2015-03-01) and w3 (2016-03-01): one and four reminders now, nothing of a year ago.
    assert read_cells(engine, "survey_burden", "numerator", period="w3") == {("w3",): 5}


@pytest.mark.spec(*(f"representation_{attribute}" for attribute in ATTRIBUTES))
def test_a_groups_share_among_respondents_less_its_share_in_the_frame(survey: Engine) -> None:
    # Asked 6: Nurse 3, Doctor 2, fay not recorded. Respondents ann, bob, cat. n are those asked of the group.
    cells = read_cells(
        survey, "representation_profession", "value", "low", "high", "n", "numerator", period="w1"
    )
    assert {cell[1]: (figures[0], *figures[3:]) for cell, figures in cells.items()} == {
        "Nurse": pytest.approx((2 / 3 - 3 / 6, 3, 2)),
        "Doctor": pytest.approx((1 / 3 - 2 / 6, 2, 1)),
        "Not recorded": pytest.approx((0 - 1 / 6, 1, 0)),
    }
    # Nurses: each person's influence is responded · (nurse − 2/3)/3 − (nurse − 1/2)/6.
    people = [(1, 1), (1, 1), (1, 0), (0, 1), (0, 0), (0, 0)]
    squares = sum((r * (g - 2 / 3) / 3 - (g - 1 / 2) / 6) ** 2 for r, g in people)
    half = float(stats.t.ppf(0.975, 5)) * sqrt(6 / 5 * squares)
    assert cells["w1", "Nurse"][1:3] == pytest.approx((1 / 6 - half, 1 / 6 + half), abs=1e-9)


@pytest.mark.parametrize("name", ["representation_profession", "respondents_profession"])
def test_the_fewer_of_who_answered_and_who_did_not_decide_what_may_be_shown(
    survey: Engine, name: str
) -> None:
    # Three nurses were asked and one did not answer: n is 3, and the figure would tell of that one.
    exact = compute_exact(survey, find_indicator(survey, name), Selection(period="w1"))
    assert set(exact.table["n"]) == ({3, 2, 1} if name.startswith("representation") else {3, 6})
    shown = apply_gate(exact.table, exact.indicator, exact.dimensions, Scope("lead", minimum=2))
    assert set(shown["status"]) == {"suppressed"}
    assert set(shown) == {"period", "is_complete", *exact.dimensions, *FIGURES, "status", "reason"}


@pytest.mark.spec(*(f"representation_{attribute}" for attribute in ATTRIBUTES))
@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_one_group_for_everybody_is_neither_over_nor_under_represented(
    survey: Engine, attribute: str
) -> None:
    if attribute == "profession":
        return
    cells = read_cells(survey, f"representation_{attribute}", "value", "n", period="w1")
    group = "North" if attribute == "hub" else "Not recorded"
    assert cells == {("w1", group): (0, 6)}


@pytest.mark.spec(*(f"respondents_{attribute}" for attribute in ATTRIBUTES))
def test_both_shares_side_by_side(survey: Engine) -> None:
    cells = read_cells(
        survey, "respondents_profession", "value", "low", "numerator", "denominator", period="w1"
    )
    low = work_out_proportion(2, 3)[1]
    assert cells["w1", "Nurse", "Respondents"] == pytest.approx((2 / 3, low, 2, 3), abs=1e-9)
    assert cells["w1", "Nurse", "Frame"] == (3 / 6, None, 3, 6)
    assert cells["w1", "Not recorded", "Respondents"][2] == 0
    assert read_records(survey, "respondents_profession", period="w3")[0]["status"] == "no_data"
    for attribute in ATTRIBUTES:
        shares = read_cells(survey, f"respondents_{attribute}", period="w1")
        for part in ("Respondents", "Frame"):
            assert sum(value for cell, value in shares.items() if cell[2] == part) == pytest.approx(1)


@pytest.mark.spec("representation_hub", "respondents_hub")
def test_without_invitations_the_members_of_the_day_are_the_frame(make_release: MakeRelease) -> None:
    members = "member_id,hub,joined_on\nann,North,2015-01-05\nbob,South,2015-01-05\nnew,South,2015-06-01\n"
    tables = {name: table for name, table in TABLES.items() if name != "invitations"}
    engine = make_release({**tables, "members": members})
    cells = read_cells(engine, "respondents_hub", "numerator", "denominator", period="w1")
    assert cells == {
        ("w1", "North", "Respondents"): (1, 2),
        ("w1", "North", "Frame"): (1, 2),
        ("w1", "South", "Respondents"): (1, 2),
        ("w1", "South", "Frame"): (1, 2),
    }
