"""Attitude: net agreement, promoters, the index, reliability, importance and intention to stay, and their choices."""

from __future__ import annotations

import numpy as np
import pytest

from indicators.catalogue import find_indicator
from indicators.gate.disclosure import SCOPES
from indicators.published.show import compute_result
from indicators.result import Result
from indicators.selection import Selection
from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_formulas import settle, work_out_mean, work_out_share, work_out_wilson
from warehouse.engine import Engine

MEMBERS = (
    "member_id,joined_on\nann,2015-01-05\nbob,2015-01-05\ncat,2015-01-05\ndan,2015-01-05\neve,2015-01-05\n"
)
ITEMS = """
survey_id,item_id,text,construct,kind,scale_min,scale_max,reversed
s,q1,Q helps my work,usefulness,likert,1,5,false
s,q2,Q is a waste of time,usefulness,likert,1,7,true
s,q3,Would you recommend Q?,,nps,0,10,false
s,q4,Is Q important?,importance,likert,1,5,false
s,q5,Is it unimportant to the NHS?,Importance,likert,1,5,true
s,q6,Will you stay?,Intention_To_Stay,likert,1,5,false
s,q7,Would you recommend it on five steps?,,nps,1,5,false
"""
# q2 is reversed, on seven steps: 1 counts as 7, 4 is the middle.
ANSWERS = """
wave_id | respondent_id | item_id | value
w1      | ann           | q1      | 5
w1      | bob           | q1      | 3
w1      | cat           | q1      | 1
w1      | dan           | q1      | 4
w1      | ann           | q2      | 1
w1      | bob           | q2      | 4
w1      | cat           | q2      | 6
w1      | ann           | q3      | 10
w1      | bob           | q3      | 9
w1      | cat           | q3      | 8
w1      | dan           | q3      | 6
w1      | eve           | q3      | 7
w1      | ann           | q4      | 5
w1      | ann           | q5      | 2
w1      | bob           | q4      | 4
w1      | cat           | q4      | 2
w1      | cat           | q5      | 3
w1      | ann           | q6      | 5
w1      | bob           | q6      | 4
w1      | cat           | q6      | 3
w1      | ann           | q7      | 5
"""
TABLES = {
    "members": MEMBERS,
    "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\n",
    "items": ITEMS,
    "answers": ANSWERS,
}
# Five people, three items of one construct; eve answered the first two only. q3 is reversed.
RELIABILITY = {
    "ann": (5, 4, 1),
    "bob": (4, 4, 2),
    "cat": (2, 3, 4),
    "dan": (1, 2, 4),
    "eve": (3, 1, None),
}


@pytest.fixture(scope="module")
def survey(make_release: MakeRelease) -> Engine:
    return make_release(TABLES)


@pytest.mark.spec("item_mean", "construct_mean")
def test_a_score_has_the_ends_of_its_scale(survey: Engine) -> None:
    def ask(name: str) -> Result:
        return compute_result(survey, find_indicator(survey, name), Selection(), SCOPES["evaluator"])

    means = ask("item_mean")
    assert (means.scales["q1"], means.scales["q2"], means.scales["q3"]) == ((1, 5), (1, 7), (0, 10))
    assert means.is_of_scales
    assert ask("construct_mean").scales["usefulness"] == (1, 7)
    assert not ask("item_positive").is_of_scales


@pytest.mark.spec("item_net")
def test_net_agreement_is_favourable_less_unfavourable_of_all_answers(survey: Engine) -> None:
    # q1: ann and dan for, cat against, bob in the middle. q2 of seven, reversed: ann 7, bob 4, cat 2.
    cells = read_cells(survey, "item_net", "numerator", "denominator", "value")
    assert cells["w1", "q1"] == (2 - 1, 4, 1 / 4)
    assert cells["w1", "q2"] == (1 - 1, 3, 0)
    assert {item for _, item in cells} == {"q1", "q2", "q4", "q5", "q6"}, "promoters are counted otherwise"


@pytest.mark.spec("item_net")
def test_the_interval_of_a_net_is_wilsons_at_its_effective_size(survey: Engine) -> None:
    # q1 as scores 1, 0, −1, 1: variance of the mean 4/3 · Σ(x − 1/4)² / 16.
    variance = 4 / 3 * sum((x - 0.25) ** 2 for x in (1, 0, -1, 1)) / 16 / 4
    share = (1 + 0.25) / 2
    low, high = work_out_wilson(share, share * (1 - share) / variance, 3.182446305284263)
    (record,) = read_records(survey, "item_net", where=(("item", "q1"),))
    assert (record["low"], record["high"]) == pytest.approx((2 * low - 1, 2 * high - 1), abs=1e-9)


@pytest.mark.spec("construct_net")
def test_the_net_of_a_construct_is_over_its_answers(survey: Engine) -> None:
    # usefulness: q1 +1 0 −1 +1, q2 +1 0 −1.
    cells = read_cells(survey, "construct_net", "numerator", "denominator", "n")
    assert cells["w1", "usefulness"] == (2 + 1 - 1 - 1, 7, 4)


@pytest.mark.spec("item_nps")
def test_promoters_less_detractors(survey: Engine) -> None:
    # 10 and 9 promote, 6 detracts, 7 and 8 count in the denominator only; an item of five steps is not asked this way.
    assert read_cells(survey, "item_nps", "numerator", "denominator", "value") == {
        ("w1", "q3"): pytest.approx((2 - 1, 5, (2 - 1) / 5))
    }


@pytest.mark.spec("construct_index")
def test_the_index_rescales_each_item_to_0_to_100(survey: Engine) -> None:
    # ann (5−1)/4 and (7−1)/6; bob (3−1)/4 and (4−1)/6; cat 0 and (8−6−1)/6; dan (4−1)/4 alone, half of the items.
    scores = [100 * (1 + 1) / 2, 100 * (0.5 + 0.5) / 2, 100 * (0 + 1 / 6) / 2, 100 * 0.75]
    (record,) = read_records(survey, "construct_index", where=(("construct", "usefulness"),))
    assert (record["value"], record["low"], record["high"]) == pytest.approx(
        settle(work_out_mean(scores), 0, 100), abs=1e-9
    )
    assert record["n"] == 4


@pytest.mark.spec("construct_index", "construct_mean", "construct_change")
@pytest.mark.parametrize(("least", "people"), [("one", 4), ("half", 4), ("all", 3)])
def test_how_many_items_a_respondent_must_have_answered_is_a_choice(
    survey: Engine, least: str, people: int
) -> None:
    for name in ("construct_index", "construct_mean"):
        (record,) = read_records(
            survey, name, where=(("construct", "usefulness"),), settings=(("least", least),)
        )
        assert record["n"] == people


@pytest.mark.spec("construct_mean")
def test_one_answer_of_three_is_enough_only_where_one_is(make_release: MakeRelease) -> None:
    items = ITEMS + "s,q8,Third,usefulness,likert,1,5,false\n"
    engine = make_release({**TABLES, "items": items})
    counts = {
        least: read_cells(engine, "construct_mean", "n", settings=(("least", least),)).get(
            ("w1", "usefulness")
        )
        for least in ("one", "half", "all")
    }
    assert counts == {"one": 4, "half": 3, "all": None}


@pytest.mark.spec("importance")
def test_importance_is_the_share_favourable_over_its_items(survey: Engine) -> None:
    # "importance" and "Importance" are one: ann 5 and 6 − 2, bob 4, cat 2 and 6 − 3.
    (record,) = read_records(survey, "importance")
    assert (record["numerator"], record["denominator"], record["n"]) == (3, 5, 3)
    assert (record["value"], record["low"], record["high"]) == pytest.approx(
        work_out_share([(2, 2), (1, 1), (0, 2)]), abs=1e-12
    )


@pytest.mark.spec("intention_to_stay")
def test_intention_to_stay_whatever_the_spelling(survey: Engine) -> None:
    (record,) = read_records(survey, "intention_to_stay")
    assert (record["numerator"], record["denominator"]) == (2, 3)


@pytest.mark.spec("item_positive", "construct_positive", "importance", "intention_to_stay")
def test_the_top_step_alone_is_the_other_reasonable_cut(survey: Engine) -> None:
    top = (("cut", "top"),)
    assert read_cells(survey, "item_positive", "numerator", settings=top)["w1", "q1"] == 1  # ann
    assert read_cells(survey, "construct_positive", "numerator", settings=top)["w1", "usefulness"] == 2
    assert read_cells(survey, "importance", "numerator", settings=top) == {("w1",): 1}  # ann's q4
    assert read_cells(survey, "intention_to_stay", "numerator", settings=top) == {("w1",): 1}


def make_reliability(make_release: MakeRelease, answers: dict[str, tuple[float | None, ...]]) -> Engine:
    return make_release(
        {
            "members": "member_id,joined_on\n" + "".join(f"{name},2015-01-05\n" for name in answers),
            "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\n",
            "items": "survey_id,item_id,text,construct,kind,scale_min,scale_max,reversed\n"
            + "".join(f"s,q{n},Item {n},scale,likert,1,5,{str(n == 3).lower()}\n" for n in (1, 2, 3, 4)),
            "answers": [
                {"wave_id": "w1", "respondent_id": name, "item_id": f"q{number}", "value": value}
                for name, values in answers.items()
                for number, value in enumerate(values, start=1)
                if value is not None
            ],
        }
    )


@pytest.mark.spec("construct_reliability")
def test_alpha_on_available_pairs_with_the_reversed_item_turned_round(make_release: MakeRelease) -> None:
    engine = make_reliability(make_release, RELIABILITY)
    first, second = [5, 4, 2, 1, 3], [4, 4, 3, 2, 1]
    third = [6 - 1, 6 - 2, 6 - 4, 6 - 4]  # eve left it out; nobody answered q4, so it is none of the items
    between = np.cov(first, second)[0, 1] + np.cov(first[:4], third)[0, 1] + np.cov(second[:4], third)[0, 1]
    whole = np.var(first, ddof=1) + np.var(second, ddof=1) + np.var(third, ddof=1) + 2 * between
    (record,) = read_records(engine, "construct_reliability")
    assert record["value"] == pytest.approx(3 / 2 * 2 * between / whole, abs=1e-12)
    assert (record["numerator"], record["denominator"]) == pytest.approx((2 * between, whole), abs=1e-12)
    # The fewest who answered any two: 4. Feldt: F with 3 and 6 degrees of freedom, of tables 6.5988 and 1/14.7347.
    assert record["n"] == 4
    alpha = record["value"]
    assert record["low"] == pytest.approx(1 - (1 - alpha) * 6.5988, abs=1e-4)
    assert record["high"] == pytest.approx(1 - (1 - alpha) / 14.7347, abs=1e-4)


@pytest.mark.spec("construct_reliability")
def test_alpha_of_complete_answers_leaves_eve_out(make_release: MakeRelease) -> None:
    engine = make_reliability(make_release, RELIABILITY)
    answers = np.array([[5, 4, 5], [4, 4, 4], [2, 3, 2], [1, 2, 2]], dtype=float)
    matrix = np.cov(answers.T)
    (record,) = read_records(engine, "construct_reliability", settings=(("missing", "complete"),))
    assert record["n"] == 4
    assert record["value"] == pytest.approx(3 / 2 * (1 - np.trace(matrix) / matrix.sum()), abs=1e-12)


@pytest.mark.spec("construct_reliability")
def test_a_pair_of_items_that_one_person_answered_has_no_alpha(make_release: MakeRelease) -> None:
    engine = make_reliability(make_release, {"ann": (5, 4, 1), "bob": (4, None, 2), "cat": (2, 3, None)})
    assert {record["status"] for record in read_records(engine, "construct_reliability")} == {"no_data"}
