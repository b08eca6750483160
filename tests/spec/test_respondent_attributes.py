"""What answers say of whoever answered: groups of people whom no list knows, and weights without an invitation, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.load import check_paths
from indicators.catalogue import find_indicator
from indicators.gate.disclosure import SCOPES, Role
from indicators.gate.groups import list_named
from indicators.published.show import compute_result
from indicators.selection import BadSelection, Selection
from tests.conftest import MakeRelease, write_drawn
from tests.figures import read_cells
from warehouse.engine import Engine

# a is a member in Wales and b in no region; x, y and z are in no list. Only w1 says where and with which weight.
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


def test_the_lists_say_where_members_are_and_the_answers_where_others_are(survey: Engine) -> None:
    counts = read_cells(survey, "item_positive", "numerator", "denominator", by=("region",))
    # a is from Wales and b from nowhere in the list, whatever they say; x says so, in w1 only; y says nothing.
    assert counts == {
        ("w1", "q1", "Wales"): (2.0, 2.0),
        ("w1", "q1", "Not recorded"): (0.0, 2.0),
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


def test_a_lead_is_told_no_group_that_one_respondent_alone_named(
    survey: Engine, make_release: MakeRelease
) -> None:
    secret = TABLES["answers"].replace("w1,x,region,,Wales", "w1,x,region,,Isle of Secret")
    told = make_release({**TABLES, "answers": secret})
    asked = Selection(where=(("region", "Isle of Secret"),))

    def refuse(engine: Engine, role: Role) -> str:
        with pytest.raises(BadSelection) as refused:
            compute_result(engine, find_indicator(engine, "members"), asked, SCOPES[role])
        return str(refused.value)

    assert (
        refuse(told, "lead")
        == refuse(survey, "lead")
        == "There is no region Isle of Secret; there are: London, Not recorded, Wales."
    )
    named = list_named(told, "region", SCOPES["evaluator"])
    assert "Isle of Secret" in named, "positive control: an evaluator is told"


def test_an_attribute_is_written_as_the_members_list_writes_it_and_what_says_nothing_is_none(
    make_release: MakeRelease,
) -> None:
    said = (
        TABLES["answers"]
        .replace("w1,x,region,,Wales", "w1,x,region,, wales")
        .replace("w1,b,region,,Wales", "w1,b,region,,n/a")
    )
    counts = read_cells(
        make_release({**TABLES, "answers": said}), "item_positive", "denominator", by=("region",), period="w1"
    )
    assert counts == {("w1", "q1", "Wales"): 2.0, ("w1", "q1", "Not recorded"): 2.0}
    said = TABLES["answers"].replace("w1,x,region,,Wales", "w1,x,region,,n/a")
    counts = read_cells(
        make_release({**TABLES, "answers": said}), "item_positive", "denominator", by=("region",), period="w1"
    )
    assert counts == {("w1", "q1", "Wales"): 1.0, ("w1", "q1", "Not recorded"): 3.0}


@pytest.mark.parametrize("written", ["-3", "0", "nan", "inf", "1e400", "1,5", "heavy"])
def test_a_weight_that_is_none_is_set_aside(written: str, tmp_path: Path) -> None:
    said = TABLES["answers"].replace("w1,b,weight,,2", f'w1,b,weight,,"{written}"')
    write_drawn(tmp_path / "raw", {**TABLES, "answers": said})
    counts, rejects, _ = check_paths([tmp_path / "raw"], tmp_path / "data")
    assert [(name, reason) for name, _, reason in rejects] == [
        ("answers.csv", f"the weight '{written}' is no number above 0")
    ]
    assert {count.staged.name: count.loaded for count in counts}["answers.csv"] == 11


def test_a_weight_in_the_column_for_numbers_counts(make_release: MakeRelease) -> None:
    said = TABLES["answers"].replace("w1,b,weight,,2", "w1,b,weight,2,")
    cells = read_cells(
        make_release({**TABLES, "answers": said}), "item_positive_survey_weighted", "denominator"
    )
    assert cells == {("w1", "q1"): 3.5}
