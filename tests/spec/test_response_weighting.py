"""Weighted beside unweighted: respondents raked to everybody asked, worked out by hand where one margin matters."""

from __future__ import annotations

from math import sqrt

import pytest
from scipy import stats

from tests.conftest import Drawn, MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_formulas import settle, work_out_mean, work_out_proportion, work_out_wilson
from warehouse.engine import Engine

# Asked: 6 nurses, 4 doctors. Answered: 2 nurses, 3 doctors: weights 5 · 0.6/2 = 1.5 and 5 · 0.4/3 = 2/3.
PROFESSIONS = dict.fromkeys(("n1", "n2", "n3", "n4", "n5", "n6"), "Nurse") | dict.fromkeys(
    ("d1", "d2", "d3", "d4"), "Doctor"
)
SCORES = {"n1": 2, "n2": 4, "d1": 5, "d2": 4, "d3": 3}
NURSE, DOCTOR = 1.5, 2 / 3
WEIGHTS = {name: NURSE if PROFESSIONS[name] == "Nurse" else DOCTOR for name in SCORES}
ITEMS = "survey_id,item_id,text,construct,kind,scale_min,scale_max\ns,q1,Useful?,use,likert,1,5\n"
WAVES = "wave_id,survey_id,opened_on\nw1,s,2015-03-01\nw2,s,2015-06-01\n"


def draw_tables(
    professions: dict[str, str], scores: dict[str, int], regions: dict[str, str]
) -> dict[str, Drawn]:
    return {
        "members": [
            {
                "member_id": name,
                "profession": profession,
                "region": regions.get(name),
                "joined_on": "2015-01-05",
            }
            for name, profession in professions.items()
        ],
        "waves": WAVES,
        "items": ITEMS,
        "invitations": [
            {
                "wave_id": "w1",
                "member_id": name,
                "disposition": "complete" if name in scores else "non_contact",
                "profession": profession,
                "region": regions.get(name),
            }
            for name, profession in professions.items()
        ],
        "answers": [
            {"wave_id": "w1", "respondent_id": name, "item_id": "q1", "value": score}
            for name, score in scores.items()
        ],
    }


@pytest.fixture(scope="module")
def survey(make_release: MakeRelease) -> Engine:
    return make_release(draw_tables(PROFESSIONS, SCORES, {}))


def work_out_variance(values: dict[str, float]) -> float:
    """Weighted, each profession's own mean taken out: n/(n − 1) Σ(w (e − ē_w))² / (Σw)²; ē_w is then 0."""
    total = 0.0
    for profession in ("Nurse", "Doctor"):
        own = [name for name in SCORES if PROFESSIONS[name] == profession]
        mean = sum(values[name] for name in own) / len(own)
        total += sum((WEIGHTS[name] * (values[name] - mean)) ** 2 for name in own)
    return 5 / 4 * total / 5**2


@pytest.mark.spec("construct_mean_weighted")
def test_the_mean_as_it_is_and_weighted_to_everybody_asked(survey: Engine) -> None:
    names = ("value", "low", "high", "n", "denominator")
    cells = read_cells(survey, "construct_mean_weighted", *names)
    plain = settle(work_out_mean(list(SCORES.values())), 1, 5)
    assert cells["w1", "use", "Unweighted"] == pytest.approx((*plain, 5, 5), abs=1e-9)
    mean = (NURSE * (2 + 4) + DOCTOR * (5 + 4 + 3)) / 5
    half = float(stats.t.ppf(0.975, 4)) * sqrt(work_out_variance({k: float(v) for k, v in SCORES.items()}))
    assert cells["w1", "use", "Weighted"] == pytest.approx(
        (*settle((mean, mean - half, mean + half), 1, 5), 5, 5), abs=1e-9
    )


@pytest.mark.spec("item_positive_weighted")
def test_the_positive_share_as_it_is_and_weighted(survey: Engine) -> None:
    cells = read_cells(survey, "item_positive_weighted", "value", "low", "high", "numerator")
    assert cells["w1", "q1", "Unweighted"] == pytest.approx((*work_out_proportion(3, 5), 3), abs=1e-9)
    share = (NURSE * 1 + DOCTOR * 2) / 5
    variance = work_out_variance({name: float(score >= 4) for name, score in SCORES.items()})
    size = min(5, share * (1 - share) / variance)
    low, high = work_out_wilson(share, size, float(stats.t.ppf(0.975, 4)))
    assert cells["w1", "q1", "Weighted"] == pytest.approx((share, low, high, 5 * share), abs=1e-9)
    top = read_cells(survey, "item_positive_weighted", "numerator", settings=(("cut", "top"),))
    assert top["w1", "q1", "Unweighted"] == 1


@pytest.mark.spec("effective_respondents", "design_effect")
def test_what_the_weights_cost(survey: Engine) -> None:
    effective = 5**2 / (2 * NURSE**2 + 3 * DOCTOR**2)
    found = read_cells(survey, "effective_respondents", "value", "n", period="w1")
    assert found == {("w1",): pytest.approx((effective, 5), abs=1e-9)}
    assert read_cells(survey, "design_effect", period="w1") == {
        ("w1",): pytest.approx(5 / effective, abs=1e-9)
    }


@pytest.mark.spec("construct_mean_weighted")
def test_two_margins_are_met_together(make_release: MakeRelease) -> None:
    # Asked 2 of each profession and region, but one doctor of London did not answer: the weights by hand are those
    # of the three respondents a (nurse, London), b (nurse, Wales), c (doctor, Wales): a + b = 1.5, c = 1.5, a = 1.5.
    professions = {"a": "Nurse", "b": "Nurse", "c": "Doctor", "d": "Doctor"}
    regions = {"a": "London", "b": "Wales", "c": "Wales", "d": "London"}
    engine = make_release(draw_tables(professions, {"a": 5, "b": 3, "c": 1}, regions))
    # So b would have weight 0, which no fitting reaches: there are no weights, and only the unweighted mean.
    assert read_cells(engine, "construct_mean_weighted") == {("w1", "use", "Unweighted"): 3}
    assert {record["status"] for record in read_records(engine, "effective_respondents")} == {"no_data"}
    # With d's answer all four count alike.
    engine = make_release(draw_tables(professions, {"a": 5, "b": 3, "c": 1, "d": 1}, regions))
    cells = read_cells(engine, "construct_mean_weighted", "value", period="w1")
    assert cells == {("w1", "use", part): pytest.approx(2.5) for part in ("Unweighted", "Weighted")}


@pytest.mark.spec("weighting_coverage", "construct_mean_weighted")
def test_a_group_in_which_nobody_answered_is_collapsed_and_said_so(make_release: MakeRelease) -> None:
    professions = PROFESSIONS | {"p1": "Patient", "p2": "Patient"}
    engine = make_release(draw_tables(professions, SCORES, {}))
    cells = read_cells(engine, "weighting_coverage", "numerator", "denominator", "value", period="w1")
    assert cells == {
        ("w1", "profession"): pytest.approx((10, 12, 10 / 12)),
        ("w1", "region"): (12, 12, 1),
        ("w1", "cohort"): (12, 12, 1),
    }
    # Nurses and doctors keep 6 to 4: the weights are those without the patients.
    weighted = read_cells(engine, "construct_mean_weighted", period="w1")["w1", "use", "Weighted"]
    assert weighted == pytest.approx((NURSE * 6 + DOCTOR * 12) / 5, abs=1e-9)
