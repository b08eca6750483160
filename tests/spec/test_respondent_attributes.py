"""What answers say of whoever answered: groups of people whom no list knows, and weights without an invitation, worked out by hand."""

from __future__ import annotations

import pytest

from tests.conftest import MakeRelease
from tests.figures import read_cells
from warehouse.engine import Engine

# a is known from Wales and b from nowhere; x and y are in no list. Only w1 says where and with which weight.
TABLES = {
    "members": "member_id,region,joined_on\na,Wales,2015-01-05\nb,,2015-01-05\nc,London,2015-01-05\n",
    "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\nw2,s,2015-06-01\n",
    "items": "survey_id,item_id,text,construct,kind,scale_min,scale_max\ns,q1,Useful?,use,likert,1,5\n"
    "s,region,Where?,,attribute,,\ns,weight,Weight,,weight,,\n",
    "answers": "wave_id,respondent_id,item_id,value,text\n"
    "w1,a,q1,5,\nw1,a,region,,London\nw1,a,weight,,1\nw1,b,q1,1,\nw1,b,region,,Wales\nw1,b,weight,,2\n"
    "w1,x,q1,4,\nw1,x,region,,Wales\nw1,x,weight,,0.5\nw1,y,q1,2,\nw1,z,region,,Wales\n"
    "w2,x,q1,5,\n",
}


@pytest.fixture(scope="module")
def survey(make_release: MakeRelease) -> Engine:
    return make_release(TABLES)


def test_the_lists_say_where_somebody_is_and_the_answers_where_the_lists_do_not(survey: Engine) -> None:
    counts = read_cells(survey, "item_positive", "numerator", "denominator", by=("region",))
    # a is from Wales in the list, whatever a says; b and x say so; y says nothing, and x said it in w1 only.
    assert counts == {
        ("w1", "q1", "Wales"): (2.0, 3.0),
        ("w1", "q1", "Not recorded"): (0.0, 1.0),
        ("w2", "q1", "Not recorded"): (1.0, 1.0),
    }


def test_what_is_said_of_somebody_is_no_answer_and_no_question(survey: Engine) -> None:
    given = survey.query("SELECT count(*) AS people FROM people_given")
    assert given["people"].tolist() == [5], "a, b, x and y in w1 and x in w2, but not z"
    items = {item for _, item in read_cells(survey, "item_nonresponse", "n")}
    assert items == {"q1"}


def test_weights_of_the_answers_are_those_of_everybody_who_answered_where_nobody_was_invited(
    survey: Engine,
) -> None:
    # Σwx/Σw with 5, 1 and 4: (1·1 + 2·0 + 0.5·1) / 3.5
    cells = read_cells(survey, "item_positive_survey_weighted", "value", "numerator", "denominator")
    assert cells == {("w1", "q1"): pytest.approx((1.5 / 3.5, 1.5, 3.5))}
    parts = read_cells(survey, "survey_weights", "value")
    assert parts["w1", "Respondents with a weight"] == 3.0
    assert parts["w1", "Respondents without a weight"] == 1.0
    assert {wave for wave, _ in parts} == {"w1"}


def test_a_weight_of_the_invitation_stands_before_one_of_the_answers(make_release: MakeRelease) -> None:
    invited = "wave_id,member_id,disposition,weight\nw1,a,complete,3\nw1,b,complete,\nw1,c,refused,9\n"
    cells = read_cells(
        make_release({**TABLES, "invitations": invited}),
        "item_positive_survey_weighted",
        "numerator",
        "denominator",
    )
    assert cells == {("w1", "q1"): (3.0, 5.0)}, (
        "a with 3 of the invitation, b with 2 of the answers, x was not invited"
    )
