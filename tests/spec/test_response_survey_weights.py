"""The weights that came with a survey: four respondents with a weight, one without, two who did not answer, worked out by hand."""

from __future__ import annotations

from math import sqrt
from pathlib import Path

import pytest
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

from etl.load import check_paths
from indicators.catalogue import find_indicator
from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_formulas import work_out_wilson
from warehouse.engine import Engine

NAMES = ("a", "b", "c", "d", "e", "f", "g")
SCORES = {"a": 5, "b": 4, "c": 2, "d": 1, "e": 5}
# e has no weight; f's counts nowhere, because f did not answer.
WEIGHTS = {"a": 0.5, "b": 1.5, "c": 1.0, "d": 1.0}
TABLES = {
    "members": "member_id,region,joined_on\n"
    + "".join(f"{name},{'Wales' if name in 'ab' else 'London'},2015-01-05\n" for name in NAMES),
    "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\nw2,s,2015-06-01\n",
    "items": "survey_id,item_id,text,construct,kind,scale_min,scale_max\ns,q1,Useful?,use,likert,1,5\n",
    "invitations": "wave_id,member_id,disposition,weight\n"
    + "".join(
        f"w1,{name},{'complete' if name in SCORES else 'refused'},{({**WEIGHTS, 'f': 9}).get(name, '')}\n"
        for name in NAMES
    ),
    "answers": "wave_id,respondent_id,item_id,value\n"
    + "".join(f"w1,{name},q1,{score}\n" for name, score in SCORES.items()),
}


@pytest.fixture(scope="module")
def survey(make_release: MakeRelease) -> Engine:
    return make_release(TABLES)


def work_out_variance(values: list[float]) -> float:
    """n/(n − 1) Σ(w (x − x̄_w))² / (Σw)², Σw = 4."""
    mean = sum(w * x for w, x in zip(WEIGHTS.values(), values, strict=True)) / 4
    return 4 / 3 * sum((w * (x - mean)) ** 2 for w, x in zip(WEIGHTS.values(), values, strict=True)) / 4**2


@pytest.mark.spec("construct_mean_survey_weighted")
def test_the_mean_with_the_weights_as_they_came(survey: Engine) -> None:
    scores = [5.0, 4.0, 2.0, 1.0]
    mean = (0.5 * 5 + 1.5 * 4 + 1 * 2 + 1 * 1) / 4
    assert mean == DescrStatsW(scores, list(WEIGHTS.values())).mean == 2.875
    half = float(stats.t.ppf(0.975, 3)) * sqrt(work_out_variance(scores))
    cells = read_cells(
        survey, "construct_mean_survey_weighted", "value", "low", "high", "n", "numerator", "denominator"
    )
    low, high = max(mean - half, 1), min(mean + half, 5)
    assert cells["w1", "use"] == pytest.approx((mean, low, high, 4, 11.5, 4), abs=1e-9)
    grouped = read_cells(survey, "construct_mean_survey_weighted", by=("region",), period="w1")
    assert grouped == {
        ("w1", "use", "Wales"): pytest.approx((0.5 * 5 + 1.5 * 4) / 2),
        ("w1", "use", "London"): pytest.approx(1.5),
    }


@pytest.mark.spec("item_positive_survey_weighted")
def test_the_share_with_the_weights_as_they_came(survey: Engine) -> None:
    share = (0.5 + 1.5) / 4
    size = min(4, share * (1 - share) / work_out_variance([1.0, 1.0, 0.0, 0.0]))
    low, high = work_out_wilson(share, size, float(stats.t.ppf(0.975, 3)))
    cells = read_cells(survey, "item_positive_survey_weighted", "value", "low", "high", "n")
    assert cells["w1", "q1"] == pytest.approx((share, low, high, 4), abs=1e-9)
    top = read_cells(survey, "item_positive_survey_weighted", settings=(("cut", "top"),))
    assert top["w1", "q1"] == 0.5 / 4


@pytest.mark.spec("item_positive_survey_weighted")
def test_the_scale_of_the_weights_is_of_no_matter(survey: Engine, make_release: MakeRelease) -> None:
    thousandth = (
        TABLES["invitations"].replace("0.5", "0.0005").replace("1.5", "0.0015").replace("1.0", "0.001")
    )
    names = ("item_positive_survey_weighted", "value", "low", "high")
    assert read_cells(make_release(TABLES | {"invitations": thousandth}), *names, period="w1") == {
        key: pytest.approx(figures, abs=1e-9)
        for key, figures in read_cells(survey, *names, period="w1").items()
    }


@pytest.mark.spec("survey_weights")
def test_what_the_weights_are_and_cost(survey: Engine) -> None:
    effective = 4**2 / (0.5**2 + 1.5**2 + 1 + 1)
    cells = read_cells(survey, "survey_weights", "value", "n", period="w1")
    assert {part: figures for (_, part), figures in cells.items()} == {
        "Respondents with a weight": (4, 4),
        "Respondents without a weight": (1, 4),
        "Effective number of respondents": pytest.approx((effective, 4)),
        "Design effect": pytest.approx((4 / effective, 4)),
        "Smallest weight": (0.5, 4),
        "Largest weight": (1.5, 4),
    }


@pytest.mark.spec("survey_weights", "construct_mean_survey_weighted", "item_positive_survey_weighted")
@pytest.mark.parametrize("column", ["", ",weight"])
def test_without_weights_it_says_what_to_load(make_release: MakeRelease, column: str) -> None:
    rows = "".join(f"w1,{name},complete{column and ','}\n" for name in NAMES)
    engine = make_release(TABLES | {"invitations": f"wave_id,member_id,disposition{column}\n{rows}"})
    for name in ("survey_weights", "construct_mean_survey_weighted", "item_positive_survey_weighted"):
        assert {record["status"] for record in read_records(engine, name)} == {"no_data"}
        assert "load invitations.csv with the column weight" in find_indicator(engine, name).needs


@pytest.mark.spec("survey_weights")
def test_only_an_evaluator_is_told(survey: Engine) -> None:
    for name in ("survey_weights", "construct_mean_survey_weighted", "item_positive_survey_weighted"):
        for role in ("lead", "funder"):
            records = read_records(survey, name, role=role)
            assert all(record["value"] is None for record in records)


@pytest.mark.parametrize("people", [6, 100], ids=["judged line by line", "straight to codes"])
def test_a_weight_that_is_none_is_set_aside_with_its_line(tmp_path: Path, people: int) -> None:
    given = ["0", "-1.5", "heavy", " ", "0.2", "inf", *["1.25"] * (people - 6)]
    rows = "".join(f"w1,m{number},{weight}\n" for number, weight in enumerate(given))
    members = "".join(f"m{number},2015-01-05\n" for number in range(people))
    (tmp_path / "invitations.csv").write_text(f"wave_id,member_id,weight\n{rows}", encoding="utf-8")
    (tmp_path / "members.csv").write_text(f"member_id,joined_on\n{members}", encoding="utf-8")
    (tmp_path / "waves.csv").write_text(TABLES["waves"], encoding="utf-8")
    counts, rejects, _ = check_paths([tmp_path], tmp_path / "data")
    (found,) = [count for count in counts if count.staged.name == "invitations.csv"]
    assert (found.read, found.loaded, found.quarantined) == (people, people - 4, 4)
    assert rejects == [
        ("invitations.csv", 2, "weight '0' is not above 0"),
        ("invitations.csv", 3, "weight '-1.5' is not above 0"),
        ("invitations.csv", 4, "weight 'heavy' is not a number"),
        ("invitations.csv", 7, "weight 'inf' is not a number"),
    ]
