"""Attitude: answers in, distributions, positive shares, means and the panel's change worked out."""

from __future__ import annotations

import pytest

from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_formulas import settle, work_out_mean, work_out_proportion, work_out_share
from warehouse.engine import Engine

MEMBERS = """
member_id | region | joined_on
ann       | Wales  | 2015-01-05
bob       | Wales  | 2015-01-05
cat       | London | 2015-01-05
dan       | London | 2015-01-05
eve       | London | 2015-01-05
"""
ITEMS = """
survey_id,item_id,text,construct,kind,scale_min,scale_max,reversed,labels
s,q1,Q helps my work,usefulness,likert,1,5,false,1=No|2=Rather not|3=Neither|4=Rather|5=Yes
s,q2,Q is a waste of time,usefulness,likert,1,5,true,
s,q3,Q is worth recommending,usefulness,likert,1,5,false,
s,q4,How likely are you to stay?,,nps,0,10,false,
s,q5,Hours given in a month,,number,,,,
s,q6,Anything else?,,text,,,,
"""
# cat answered q2 with "Not applicable": an answer without a value. q2 is reversed: 1 counts as 5.
ANSWERS = """
wave_id | respondent_id | item_id | value | text
w1      | ann           | q1      | 5     |
w1      | ann           | q2      | 1     |
w1      | ann           | q3      | 4     |
w1      | bob           | q1      | 3     |
w1      | bob           | q2      | 2     |
w1      | cat           | q1      | 4     |
w1      | cat           | q2      |       | Not applicable
w1      | dan           | q1      | 2     |
w1      | dan           | q2      | 5     |
w1      | dan           | q3      | 1     |
w1      | ann           | q4      | 9     |
w1      | bob           | q4      | 0     |
w1      | ann           | q5      | 7.5   |
w1      | ann           | q6      |       | Thank you
w2      | ann           | q1      | 4     |
w2      | ann           | q2      | 2     |
w2      | bob           | q1      | 5     |
w2      | bob           | q2      | 2     |
w2      | eve           | q1      | 3     |
w3      | ann           | q1      | 3     |
w3      | cat           | q1      | 5     |
w3      | cat           | q3      | 5     |
w3      | dan           | q1      | 3     |
w3      | dan           | q2      | 3     |
"""
TABLES = {
    "members": MEMBERS,
    "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\nw2,s,2015-06-01\nw3,s,2015-09-01\n",
    "items": ITEMS,
    "answers": ANSWERS,
}


@pytest.fixture(scope="module")
def survey(make_release: MakeRelease) -> Engine:
    return make_release(TABLES)


def find_record(engine: Engine, indicator_id: str, period: str, cell: str) -> dict[str, object]:
    (record,) = [
        record
        for record in read_records(engine, indicator_id, period=period)
        if cell in record["dimensions"].values()
    ]
    return record


def check_interval(record: dict[str, object], expected: tuple[float, float | None, float | None]) -> None:
    assert (record["value"], record["low"], record["high"]) == pytest.approx(expected, abs=1e-12)


def check_without_interval(record: dict[str, object], changes: list[float]) -> None:
    """A mean change of fewer than six people stands without an interval."""
    mean = sum(changes) / len(changes)
    assert (record["value"], record["low"], record["high"]) == (pytest.approx(mean, abs=1e-12), None, None)
    assert record["n"] == len(changes)


@pytest.mark.spec("item_distribution")
def test_the_distribution_has_one_row_an_answer_in_the_order_of_the_scale(survey: Engine) -> None:
    records = [
        record
        for record in read_records(survey, "item_distribution", period="w1")
        if record["dimensions"]["item"] == "q1"
    ]
    counted = [(record["dimensions"]["answer"], record["numerator"]) for record in records]
    assert counted == [("No", 0), ("Rather not", 1), ("Neither", 1), ("Rather", 1), ("Yes", 1)]
    assert {record["denominator"] for record in records} == {4}
    check_interval(records[1], work_out_proportion(1, 4))
    check_interval(records[0], work_out_proportion(0, 4))


@pytest.mark.spec("item_agreement")
def test_agreement_with_a_reversed_item_is_as_asked_and_the_favourable_share_the_other_end(
    survey: Engine,
) -> None:
    # q2 as asked: ann 1, bob 2, dan 5. Of three, dan agrees and two disagree.
    assert read_cells(survey, "item_agreement", "numerator", "denominator", period="w1") == {
        ("w1", "q1"): (2, 4),
        ("w1", "q2"): (1, 3),
        ("w1", "q3"): (1, 2),
    }
    assert find_record(survey, "item_positive", "w1", "q2")["numerator"] == 2
    check_interval(find_record(survey, "item_agreement", "w1", "q2"), work_out_proportion(1, 3))


@pytest.mark.spec("item_distribution")
def test_a_reversed_item_is_shown_as_asked_and_not_applicable_counts_apart(survey: Engine) -> None:
    counted = read_cells(survey, "item_distribution", "numerator", "denominator", period="w1")
    # q2 as asked: ann 1, bob 2, dan 5; cat's answer has no value.
    assert {cell[2]: figures for cell, figures in counted.items() if cell[1] == "q2"} == {
        "1": (1, 3),
        "2": (1, 3),
        "3": (0, 3),
        "4": (0, 3),
        "5": (1, 3),
    }
    assert counted["w1", "q4", "9"] == (1, 2)
    assert {cell[1] for cell in counted} == {"q1", "q2", "q3", "q4"}, "numbers and texts have no distribution"


@pytest.mark.spec("item_positive")
def test_positive_is_the_top_two_of_five_after_reversing(survey: Engine) -> None:
    assert read_cells(survey, "item_positive", "numerator", "denominator", period="w1") == {
        ("w1", "q1"): (2, 4),  # ann 5, cat 4; bob 3 and dan 2 are not
        ("w1", "q2"): (2, 3),  # ann 6 − 1 = 5, bob 6 − 2 = 4; dan 6 − 5 = 1
        ("w1", "q3"): (1, 2),  # ann 4; dan 1
    }
    check_interval(find_record(survey, "item_positive", "w1", "q2"), work_out_proportion(2, 3))


@pytest.mark.spec("item_positive")
def test_the_favourable_half_of_every_scale(make_release: MakeRelease) -> None:
    # Steps of the scale: the first favourable one. Five: the top two; seven: the top three; eleven: the top five.
    first_positive = {2: 2, 3: 3, 4: 3, 5: 4, 7: 5, 11: 7}
    engine = make_release(
        {
            "members": "member_id,joined_on\nm1,2015-01-05\n",
            "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\n",
            "items": "survey_id,item_id,text,kind,scale_min,scale_max\n"
            + "".join(f"s,q{steps},Useful?,likert,1,{steps}\n" for steps in first_positive),
            "answers": "wave_id,respondent_id,item_id,value\n"
            + "".join(
                f"w1,m{step},q{steps},{step}\n" for steps in first_positive for step in range(1, steps + 1)
            ),
        }
    )
    assert read_cells(engine, "item_positive", "numerator", "denominator") == {
        ("w1", f"q{steps}"): (steps - first + 1, steps) for steps, first in first_positive.items()
    }


@pytest.mark.spec("item_positive", "item_mean")
def test_a_scale_given_by_its_labels_alone_is_a_scale(make_release: MakeRelease) -> None:
    labels = "1=Never|2=Seldom|3=Sometimes|4=Often|5=Always"
    engine = make_release(
        {
            "members": "member_id,joined_on\nann,2015-01-05\nbob,2015-01-05\n",
            "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\n",
            "items": "survey_id,item_id,text,kind,reversed,labels\n"
            f"s,q1,Useful?,likert,false,{labels}\ns,q2,Useless?,likert,true,{labels}\n",
            "answers": "wave_id,respondent_id,item_id,value\nw1,ann,q1,5\nw1,bob,q1,2\nw1,ann,q2,1\n",
        }
    )
    assert read_cells(engine, "item_positive", "numerator", "denominator") == {
        ("w1", "q1"): (1, 2),
        ("w1", "q2"): (1, 1),  # 6 − 1 = 5
    }
    assert read_cells(engine, "item_mean") == {("w1", "q1"): 3.5, ("w1", "q2"): 5}


@pytest.mark.spec("item_positive", "construct_positive")
def test_an_item_without_a_scale_has_no_favourable_half(make_release: MakeRelease) -> None:
    # Whether the item is set aside at load or has no figure: it never counts as 0 % favourable.
    engine = make_release(
        {
            "members": "member_id,joined_on\nann,2015-01-05\n",
            "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\n",
            "items": "survey_id,item_id,text,construct,kind\ns,q1,Useful?,use,likert\ns,q2,Hours,,number\n",
            "answers": "wave_id,respondent_id,item_id,value\nw1,ann,q1,5\n",
        }
    )
    for name in ("item_positive", "construct_positive"):
        assert {record["status"] for record in read_records(engine, name)} == {"no_data"}


@pytest.mark.spec("item_mean")
def test_the_mean_turns_reversed_items_round(survey: Engine) -> None:
    check_interval(find_record(survey, "item_mean", "w1", "q1"), settle(work_out_mean([5, 3, 4, 2]), 1, 5))
    check_interval(
        find_record(survey, "item_mean", "w1", "q2"), settle(work_out_mean([6 - 1, 6 - 2, 6 - 5]), 1, 5)
    )
    check_interval(find_record(survey, "item_mean", "w1", "q4"), settle(work_out_mean([9, 0]), 0, 10))
    alone = find_record(survey, "item_mean", "w1", "q5")
    assert (alone["value"], alone["low"], alone["high"], alone["n"]) == (7.5, None, None, 1)


@pytest.mark.spec("item_mean")
def test_the_mean_by_region(survey: Engine) -> None:
    assert read_cells(
        survey, "item_mean", "value", "n", period="w1", by=("region",), where=(("item", "q1"),)
    ) == {
        ("w1", "q1", "London"): ((4 + 2) / 2, 2),
        ("w1", "q1", "Wales"): ((5 + 3) / 2, 2),
    }


@pytest.mark.spec("item_change")
def test_change_since_the_wave_before_is_the_panels(survey: Engine) -> None:
    # w2, q1: ann 4 − 5, bob 5 − 3; eve has no earlier answer.
    check_without_interval(find_record(survey, "item_change", "w2", "q1"), [4 - 5, 5 - 3])
    # w2, q2 reversed: ann (6 − 2) − (6 − 1) = −1, bob 0.
    check_without_interval(find_record(survey, "item_change", "w2", "q2"), [-1, 0])
    # w3, q1: only ann answered in both w2 and w3.
    assert read_cells(survey, "item_change", "value", "low", "n", period="w3") == {
        ("w3", "q1"): (3 - 4, None, 1)
    }
    assert read_records(survey, "item_change", period="w1")[0]["status"] == "no_data"


@pytest.mark.spec("item_change_since_first")
def test_change_since_the_first_wave(survey: Engine) -> None:
    # w3, q1: ann 3 − 5, cat 5 − 4, dan 3 − 2. q2: dan (6 − 3) − (6 − 5) = 2; cat's first answer had no value.
    check_without_interval(find_record(survey, "item_change_since_first", "w3", "q1"), [-2, 1, 1])
    assert read_cells(survey, "item_change_since_first", "value", "n", period="w3")["w3", "q2"] == (2, 1)


@pytest.mark.spec("construct_mean")
def test_a_respondent_needs_half_of_the_constructs_items(survey: Engine) -> None:
    # ann (5 + 5 + 4)/3, bob (3 + 4)/2, dan (2 + 1 + 1)/3; cat answered 1 of 3.
    expected = settle(work_out_mean([14 / 3, 7 / 2, 4 / 3]), 1, 5)
    check_interval(find_record(survey, "construct_mean", "w1", "usefulness"), expected)
    # w3: cat (5 + 5)/2, dan (3 + 3)/2; ann answered 1 of 3.
    check_interval(
        find_record(survey, "construct_mean", "w3", "usefulness"), settle(work_out_mean([5, 3]), 1, 5)
    )


@pytest.mark.spec("construct_positive")
def test_construct_positive_is_over_answers_with_the_respondent_as_the_cluster(survey: Engine) -> None:
    # ann 5, 5, 4 of 3; bob 3, 4: 1 of 2; cat 4: 1 of 1; dan 2, 1, 1: 0 of 3.
    record = find_record(survey, "construct_positive", "w1", "usefulness")
    assert (record["numerator"], record["denominator"], record["n"]) == (3 + 1 + 1 + 0, 9, 4)
    check_interval(record, work_out_share([(3, 3), (1, 2), (1, 1), (0, 3)]))


@pytest.mark.spec("construct_distribution")
def test_construct_distribution_is_in_favourable_steps(survey: Engine) -> None:
    counted = read_cells(survey, "construct_distribution", "numerator", "denominator", period="w1")
    # Favourable steps: ann 5 5 4, bob 3 4, cat 4, dan 2 1 1.
    assert counted == {
        ("w1", "usefulness", "1"): (2, 9),
        ("w1", "usefulness", "2"): (1, 9),
        ("w1", "usefulness", "3"): (1, 9),
        ("w1", "usefulness", "4"): (3, 9),
        ("w1", "usefulness", "5"): (2, 9),
    }
    check_interval(
        find_record(survey, "construct_distribution", "w1", "5"),
        work_out_share([(2, 3), (0, 2), (0, 1), (0, 3)]),
    )


@pytest.mark.spec("construct_change")
def test_change_of_a_construct_since_the_wave_before(survey: Engine) -> None:
    # w2: ann (4 + 4)/2 − 14/3, bob (5 + 4)/2 − 7/2; eve answered 1 of 3.
    record = find_record(survey, "construct_change", "w2", "usefulness")
    check_without_interval(record, [4 - 14 / 3, 9 / 2 - 7 / 2])


@pytest.mark.spec("construct_change_since_first")
def test_change_of_a_construct_since_the_first_wave(survey: Engine) -> None:
    # w3: dan 3 − 4/3; cat has no score in w1 and ann none in w3.
    record = find_record(survey, "construct_change_since_first", "w3", "usefulness")
    assert (record["value"], record["n"], record["low"]) == (pytest.approx(3 - 4 / 3), 1, None)


@pytest.mark.spec("item_mean")
def test_a_respondent_who_is_no_member_counts_and_has_no_region(make_release: MakeRelease) -> None:
    engine = make_release({**TABLES, "answers": ANSWERS + "w1 | stranger | q1 | 1 |\n"})
    assert read_cells(
        engine, "item_mean", "value", "n", period="w1", by=("region",), where=(("item", "q1"),)
    ) == {
        ("w1", "q1", "London"): (3, 2),
        ("w1", "q1", "Not recorded"): (1, 1),
        ("w1", "q1", "Wales"): (4, 2),
    }
