"""Change of attitude: turned and ceased, the tests adjusted for one another, and the split of a change."""

from __future__ import annotations

from math import sqrt

import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_formulas import settle, work_out_mean
from warehouse.engine import Engine

NAMES = ("ann", "bob", "cat", "dan", "eve", "fay")
# By wave, item and person in the order of NAMES; . is no answer. q2 is reversed: 1 counts as 5.
GIVEN = {
    "w1": {"q1": "2 3 4 5 2 .", "q2": "5 4 4 2 . 1", "q3": "3 3 3 3 3 3"},
    "w2": {"q1": "4 4 5 3 . 5", "q2": "1 1 2 1 2 1", "q3": "4 4 4 4 4 4"},
    "w3": {"q1": "5 5 . 3 4 5", "q2": "2 1 . 2 . 1", "q3": "3 2 . 5 4 3"},
}
TABLES = {
    "members": "member_id,joined_on\n" + "".join(f"{name},2015-01-05\n" for name in NAMES),
    "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\nw2,s,2015-06-01\nw3,s,2015-09-01\n",
    "items": "survey_id,item_id,text,construct,kind,scale_min,scale_max,reversed\n"
    "s,q1,Useful?,use,likert,1,5,false\ns,q2,Useless?,use,likert,1,5,true\ns,q3,Hours,,number,,,\n",
    "answers": [
        {"wave_id": wave, "respondent_id": name, "item_id": item, "value": value}
        for wave, items in GIVEN.items()
        for item, values in items.items()
        for name, value in zip(NAMES, values.split(), strict=True)
        if value != "."
    ],
}


@pytest.fixture(scope="module")
def survey(make_release: MakeRelease) -> Engine:
    return make_release(TABLES)


def work_out_t(changes: list[float]) -> float:
    mean, low, high = work_out_mean(changes)
    n = len(changes)
    error = (high - low) / 2 / float(stats.t.ppf(0.975, n - 1))
    return float(2 * stats.t.sf(abs(mean) / error, n - 1))


@pytest.mark.spec("item_positive_change")
def test_turned_favourable_less_ceased_to_be(survey: Engine) -> None:
    # q1, w1 to w2: ann and bob turned, dan ceased, cat stayed favourable; eve and fay answered once.
    cells = read_cells(survey, "item_positive_change", "numerator", "denominator", "value", period="w2")
    assert cells["w2", "q1"] == (2 - 1, 4, (2 - 1) / 4)
    # q2 turned round: ann 1 to 5, bob 2 to 5, cat 2 to 4 turned; dan 4 to 5 and fay 5 to 5 were already.
    assert cells["w2", "q2"] == (3, 5, 3 / 5)
    (record,) = read_records(survey, "item_positive_change", period="w2", where=(("item", "q1"),))
    assert (record["low"], record["high"]) == (None, None)  # of four people no change can be told


@pytest.mark.spec("item_positive_change")
def test_a_change_of_six_people_has_an_interval(make_release: MakeRelease) -> None:
    # Six answered both times: three turned favourable and one ceased to be; then all six turned.
    steps = {"q1": ("1 1 1 5 5 1", "5 5 5 1 5 1"), "q2": ("1 1 1 1 1 1", "5 4 5 4 5 4")}
    answers = [
        {"wave_id": wave, "respondent_id": name, "item_id": item, "value": value}
        for item, waves in steps.items()
        for wave, values in zip(("w1", "w2"), waves, strict=True)
        for name, value in zip(NAMES, values.split(), strict=True)
    ]
    items = [
        {"survey_id": "s", "item_id": item, "text": item, "kind": "likert", "scale_min": 1, "scale_max": 5}
        for item in steps
    ]
    engine = make_release({**TABLES, "items": items, "answers": answers})
    cells = read_cells(engine, "item_positive_change", "value", "low", "high", period="w2")
    half = 1.959963984540054 * sqrt(3 + 1 - (3 - 1) ** 2 / 6) / 6
    assert cells["w2", "q1"] == pytest.approx((1 / 3, 1 / 3 - half, 1 / 3 + half), abs=1e-9)
    assert cells["w2", "q2"] == pytest.approx((1, proportion_confint(6, 6, method="wilson")[0], 1), abs=1e-9)


@pytest.mark.spec("construct_positive_change", "construct_positive_change_since_first")
def test_change_of_the_share_of_favourable_answers_to_a_construct(survey: Engine) -> None:
    # w1 to w2, favourable of answered: ann and bob 0 of 2 to 2 of 2, cat 1 of 2 to 2 of 2, dan 2 of 2 to 1 of 2,
    # eve 0 of 1 (q1) to 1 of 1 (q2), fay 1 of 1 (q2) to 2 of 2.
    moves = [1.0, 1.0, 0.5, -0.5, 1.0, 0.0]
    (record,) = read_records(survey, "construct_positive_change", period="w2")
    assert (record["value"], record["low"], record["high"]) == pytest.approx(
        settle(work_out_mean(moves), -1, 1)
    )
    assert (record["n"], record["denominator"]) == (6, 6)
    # At the top step only: ann, bob and cat 0 of 2 to 1 of 2, dan 1 of 2 then and now, eve none, fay all then and now.
    (top,) = read_records(survey, "construct_positive_change", period="w2", settings=(("cut", "top"),))
    assert top["value"] == pytest.approx(sum([0.5, 0.5, 0.5, 0.0, 0.0, 0.0]) / 6)
    (since,) = read_records(survey, "construct_positive_change_since_first", period="w3")
    assert (since["n"], since["value"]) == (5, pytest.approx((1.0 + 1.0 - 0.5 + 1.0 + 0.0) / 5))


@pytest.mark.spec("item_positive_change_since_first")
def test_turned_since_the_first_wave(survey: Engine) -> None:
    # q1, w1 to w3: ann, bob and eve turned, dan ceased.
    cells = read_cells(survey, "item_positive_change_since_first", "numerator", "denominator", period="w3")
    assert cells["w3", "q1"] == (3 - 1, 4)
    assert read_records(survey, "item_positive_change_since_first", period="w1")[0]["status"] == "no_data"


@pytest.mark.spec("item_positive_change", "item_positive_p")
def test_the_top_step_alone_is_the_other_cut(survey: Engine) -> None:
    # q1, step 5: cat turned, dan ceased.
    cells = read_cells(survey, "item_positive_change", "numerator", period="w2", settings=(("cut", "top"),))
    assert cells["w2", "q1"] == 0
    own = read_cells(survey, "item_positive_p", "numerator", period="w2", settings=(("cut", "top"),))
    assert own["w2", "q1"] == 1


@pytest.mark.spec("item_change_p")
def test_the_paired_t_tests_of_a_wave_are_adjusted_together(survey: Engine) -> None:
    # q1: +2 +1 +1 −2. q2 turned round: +4 +3 +2 +1 0. q3 rose by one for everybody: no t test, so two are tested.
    own = {"q1": work_out_t([2, 1, 1, -2]), "q2": work_out_t([4, 3, 2, 1, 0])}
    assert own["q2"] < own["q1"]
    expected = {"q2": 2 * own["q2"], "q1": max(own["q1"], 2 * own["q2"])}
    cells = read_cells(survey, "item_change_p", "value", "numerator", "denominator", "n", period="w2")
    assert cells == {
        ("w2", "q1"): pytest.approx((expected["q1"], own["q1"], 2, 4), abs=1e-9),
        ("w2", "q2"): pytest.approx((expected["q2"], own["q2"], 2, 5), abs=1e-9),
    }


@pytest.mark.spec("item_change_p_since_first")
def test_the_t_tests_since_the_first_wave(survey: Engine) -> None:
    # q1: +3 +2 −2 +2. q2 turned round: +3 +3 0 0. q3: 0 −1 +2 +1 0.
    own = sorted(work_out_t(changes) for changes in ([3, 2, -2, 2], [3, 3, 0, 0], [0, -1, 2, 1, 0]))
    expected = [3 * own[0], max(3 * own[0], 2 * own[1]), 0.0]
    expected[2] = max(expected[1], own[2])
    found = read_cells(survey, "item_change_p_since_first", period="w3")
    assert sorted(found.values()) == pytest.approx([min(1, p) for p in expected], abs=1e-9)


@pytest.mark.spec("item_positive_p")
def test_mcnemars_exact_test_adjusted(survey: Engine) -> None:
    # q1: 2 turned, 1 ceased: p = 1. q2: 3 turned, none ceased: p = 2 · (1/2)³ = 1/4, times two items. q3 has no half.
    cells = read_cells(survey, "item_positive_p", "value", "numerator", period="w2")
    assert cells == {("w2", "q1"): pytest.approx((1, 1)), ("w2", "q2"): pytest.approx((2 / 4, 1 / 4))}


@pytest.mark.spec("item_positive_p_since_first")
def test_mcnemars_test_since_the_first_wave(survey: Engine) -> None:
    # q1: 3 turned, 1 ceased: 2 · (1 + 4)/16. q2, of ann, bob, dan and fay: ann and bob turned: 2 · 1/4.
    cells = read_cells(survey, "item_positive_p_since_first", "numerator", period="w3")
    assert cells == {("w3", "q1"): pytest.approx(10 / 16), ("w3", "q2"): pytest.approx(2 / 4)}


@pytest.mark.spec("item_sign_p")
def test_the_sign_test_counts_up_and_down(survey: Engine) -> None:
    # q1: 3 up, 1 down: 10/16. q2: 4 up, none down: 2/16. q3: 6 up: 2/64. Three together: times 3, 2 and 1.
    cells = read_cells(survey, "item_sign_p", "value", "denominator", period="w2")
    assert cells == {
        ("w2", "q3"): pytest.approx((3 * 2 / 64, 3)),
        ("w2", "q2"): pytest.approx((2 * 2 / 16, 3)),
        ("w2", "q1"): pytest.approx((10 / 16, 3)),
    }


@pytest.mark.spec("item_sign_p_since_first")
def test_the_sign_test_since_the_first_wave(survey: Engine) -> None:
    # q1: 3 up, 1 down. q2: 2 up. q3: 2 up, 1 down.
    cells = read_cells(survey, "item_sign_p_since_first", "numerator", period="w3")
    assert cells == {
        ("w3", "q1"): pytest.approx(10 / 16),
        ("w3", "q2"): pytest.approx(2 / 4),
        ("w3", "q3"): pytest.approx(1),
    }


# Scores of the construct in w1: ann (2+1)/2, bob (3+2)/2, cat (4+2)/2, dan (5+4)/2, eve 2, fay 5;
# in w2: ann (4+5)/2, bob (4+5)/2, cat (5+4)/2, dan (3+5)/2, eve 4, fay 5.
THEN = {"ann": 1.5, "bob": 2.5, "cat": 3.0, "dan": 4.5, "eve": 2.0, "fay": 5.0}
NOW = {"ann": 4.5, "bob": 4.5, "cat": 4.5, "dan": 4.0, "eve": 4.0, "fay": 5.0}
# In w3, cat did not answer: ann (5+4)/2, bob (5+5)/2, dan (3+4)/2, eve 4, fay (5+5)/2.
LATER = {"ann": 4.5, "bob": 5.0, "dan": 3.5, "eve": 4.0, "fay": 5.0}


def check_sides(found: dict[tuple[str, ...], object], period: str, *sides: list[float]) -> None:
    names = ("Everybody then", "Everybody now", "Panel then", "Panel now")
    assert found == {
        (period, "use", name): pytest.approx((*settle(work_out_mean(scores), 1, 5), len(scores)), abs=1e-9)
        for name, scores in zip(names, sides, strict=True)
    }


@pytest.mark.spec("construct_sides")
def test_everybody_and_the_panel_then_and_now(survey: Engine) -> None:
    found = read_cells(survey, "construct_sides", "value", "low", "high", "n", period="w3")
    panel = [[wave[name] for name in LATER] for wave in (NOW, LATER)]
    check_sides(found, "w3", list(NOW.values()), list(LATER.values()), *panel)


@pytest.mark.spec("construct_sides_since_first")
def test_the_sides_since_the_first_wave(survey: Engine) -> None:
    found = read_cells(survey, "construct_sides_since_first", "value", "low", "high", "n", period="w3")
    panel = [[wave[name] for name in LATER] for wave in (THEN, LATER)]
    check_sides(found, "w3", list(THEN.values()), list(LATER.values()), *panel)


def work_out_influences(then: dict[str, float], now: dict[str, float]) -> dict[str, list[float]]:
    """Each person's influence on the change of everybody, and on that of the panel."""
    mean_then, mean_now = sum(then.values()) / len(then), sum(now.values()) / len(now)
    panel = [name for name in then if name in now]
    inside = sum(now[name] - then[name] for name in panel) / len(panel)
    everybody = list(dict.fromkeys([*then, *now]))
    whole = [
        (now[name] - mean_now) / len(now) * (name in now) - (then[name] - mean_then) / len(then)
        if name in then and name in now
        else (now[name] - mean_now) / len(now)
        if name in now
        else -(then[name] - mean_then) / len(then)
        for name in everybody
    ]
    within = [(now[n] - then[n] - inside) / len(panel) if n in panel else 0.0 for n in everybody]
    return {
        "All who answered": whole,
        "Change in who answered": [a - b for a, b in zip(whole, within, strict=True)],
    }


@pytest.mark.spec("construct_change_split", "construct_change_split_since_first")
@pytest.mark.parametrize(("suffix", "then"), [("", NOW), ("_since_first", THEN)])
def test_the_split_adds_up_with_the_intervals_of_persons(
    survey: Engine, suffix: str, then: dict[str, float]
) -> None:
    indicator = f"construct_change_split{suffix}"
    found = {
        cell[2]: figures
        for cell, figures in read_cells(survey, indicator, "value", "low", "high", "n", period="w3").items()
    }
    within = work_out_mean([LATER[name] - then[name] for name in LATER])
    change = sum(LATER.values()) / 5 - sum(then.values()) / 6
    assert found["Within the panel"] == (pytest.approx(within[0], abs=1e-9), None, None, 5)  # fewer than six
    assert found["All who answered"][0] == pytest.approx(change, abs=1e-12)
    assert found["Change in who answered"][0] == pytest.approx(change - within[0], abs=1e-12)
    assert (found["All who answered"][3], found["Change in who answered"][3]) == (
        6,
        1,
    )  # cat answered in one of them
    for part, influences in work_out_influences(then, LATER).items():
        half = float(stats.t.ppf(0.975, 5)) * sqrt(6 / 5 * sum(one * one for one in influences))
        value, low, high, n = found[part]
        if n < 6:
            assert (low, high) == (None, None)
            continue
        assert (low, high) == pytest.approx((value - half, value + half), abs=1e-9)


@pytest.mark.spec("construct_change_split", "construct_sides")
def test_where_all_answered_twice_nothing_comes_from_who_answered(survey: Engine) -> None:
    found = read_cells(survey, "construct_change_split", "value", "low", "high", period="w2")
    expected = work_out_mean([NOW[name] - THEN[name] for name in NAMES])
    assert found["w2", "use", "All who answered"] == pytest.approx(expected, abs=1e-9)
    assert found["w2", "use", "Within the panel"] == pytest.approx(expected, abs=1e-9)
    assert found["w2", "use", "Change in who answered"] == (pytest.approx(0, abs=1e-9), None, None)
    for name in ("construct_change_split", "construct_sides"):
        assert read_records(survey, name, period="w1")[0]["status"] == "no_data"
