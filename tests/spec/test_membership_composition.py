"""Organisations, and who the members are against the programme's frame: drawn tables in, the worked shares out."""

from __future__ import annotations

from datetime import date

import pytest

from etl.load import load_paths
from etl.reading.types import Options
from indicators.catalogue import find_indicator
from tests.conftest import MakeRelease, write_drawn
from tests.figures import read_cells, read_records
from tests.hand_formulas import work_out_proportion
from warehouse.contracts import MEMBER_DIMENSIONS
from warehouse.engine import Engine

MEMBERS = """
member_id | organisation | organisation_type | profession | region | cohort | hub   | joined_on  | left_on
ann       | Trust A      | Trust             | Nurse      | Wales  | One    | North | 2015-01-05 |
bob       | Trust A      | Trust             | Nurse      | London | One    | North | 2015-01-20 |
cat       | Charity      | Charity           | Doctor     | Wales  | Two    | North | 2015-02-01 |
dan       | Trust B      | Trust             | Doctor     | Wales  | Two    | South | 2014-11-10 | 2015-02-15
eve       |              |                   |            |        |        |       | 2015-01-10 |
"""
# Of all members half should be nurses, a third doctors, a tenth pharmacists; in 2014 the frame was another.
TARGETS = """
indicator_id           | period | group      | baseline | target
composition_profession | all    | Nurse      | 0.5      |
composition_profession | all    | Doctor     | 0.33     |
composition_profession | all    | Pharmacist | 0.1      |
composition_profession | all    |            | 0.9      |
composition_profession | 2014   | Doctor     | 0.25     |
composition_region     | all    | Wales      |          | 0.5
members                | all    |            |          | 10
"""
SPECIFIED = [f"composition_{name}" for name in (*MEMBER_DIMENSIONS, "hub")]
GAPS = [f"composition_gap_{name}" for name in (*MEMBER_DIMENSIONS, "hub")]


@pytest.fixture(scope="module")
def programme(make_release: MakeRelease) -> Engine:
    return make_release({"members": MEMBERS, "targets": TARGETS}, complete_to=date(2015, 3, 20))


@pytest.mark.spec("organisations_reached")
def test_organisations_count_once_however_many_members_they_have(programme: Engine) -> None:
    assert read_cells(programme, "organisations_reached", grain="year") == {
        ("2014",): 1,  # Trust B: dan
        ("2015",): 2,  # Trust A: ann and bob; Charity: cat; dan has left; eve's is not recorded
    }
    assert read_cells(programme, "organisations_reached", period="2015-01") == {("2015-01",): 2}  # A and B
    (record,) = read_records(programme, "organisations_reached")
    assert (record["value"], record["n"], record["unit"]) == (2, 3, "organisations")
    assert read_cells(programme, "organisations_reached", by=("region",)) == {
        ("all", "London"): 1,
        ("all", "Wales"): 2,  # Trust A counts in both: groups do not add up
        ("all", "Not recorded"): 0,
    }


@pytest.mark.spec(*SPECIFIED)
def test_the_composition_is_that_of_the_members_on_the_last_day(programme: Engine) -> None:
    figures = ("value", "low", "high", "numerator", "denominator")
    assert read_cells(programme, "composition_profession", *figures) == {
        ("all", "Doctor"): (*map(pytest.approx, work_out_proportion(1, 4)), 1, 4),  # cat
        ("all", "Not recorded"): (*map(pytest.approx, work_out_proportion(1, 4)), 1, 4),  # eve
        ("all", "Nurse"): (*map(pytest.approx, work_out_proportion(2, 4)), 2, 4),  # ann, bob
    }
    assert read_cells(programme, "composition_profession", "numerator", "denominator", period="2014") == {
        ("2014", "Doctor"): (1, 1)  # dan alone
    }
    assert read_cells(programme, "composition_region", "numerator", "denominator", by=("cohort",)) == {
        ("all", "London", "One"): (1, 2),
        ("all", "Wales", "One"): (1, 2),
        ("all", "Wales", "Two"): (1, 1),
        ("all", "Not recorded", "Not recorded"): (1, 1),
    }
    shares = {name: sum(read_cells(programme, name).values()) for name in SPECIFIED}
    assert shares == dict.fromkeys(SPECIFIED, pytest.approx(1))


@pytest.mark.spec(*GAPS)
def test_the_gap_is_the_share_less_that_of_the_frame(programme: Engine) -> None:
    figures = ("value", "low", "high", "numerator", "denominator")

    def move(successes: int, frame: float) -> tuple[object, ...]:
        moved = (figure - frame for figure in work_out_proportion(successes, 3))
        return (*map(pytest.approx, moved), successes, 3)

    # Three of the four members have a profession on record; there is no pharmacist among them.
    assert read_cells(programme, "composition_gap_profession", *figures) == {
        ("all", "Doctor"): move(1, 0.33),
        ("all", "Nurse"): move(2, 0.5),
        ("all", "Pharmacist"): move(0, 0.1),
    }
    # 2014 has a frame of its own, for doctors only; 2015 takes that for all time.
    assert read_cells(programme, "composition_gap_profession", "value", grain="year") == {
        ("2014", "Doctor"): pytest.approx(0.75),
        ("2015", "Doctor"): pytest.approx(1 / 3 - 0.33),
        ("2015", "Nurse"): pytest.approx(2 / 3 - 0.5),
        ("2015", "Pharmacist"): pytest.approx(-0.1),
    }
    assert read_cells(programme, "composition_gap_profession", period="2015-Q1") != {}


@pytest.mark.spec(*GAPS)
@pytest.mark.parametrize("name", [name for name in GAPS if name != "composition_gap_profession"])
def test_without_a_frame_there_is_no_gap_and_the_reason_says_what_to_state(
    programme: Engine, name: str
) -> None:
    # That of the regions has a target and no share.
    (record,) = read_records(programme, name)
    assert (record["status"], record["value"]) == ("no_data", None)
    needs = find_indicator(programme, name).needs
    assert "targets.csv" in needs
    assert name.replace("_gap", "") in needs


@pytest.mark.spec("composition_organisation", "composition_gap_organisation")
def test_an_attribute_of_too_many_values_has_no_composition(make_release: MakeRelease) -> None:
    rows = "".join(f"m{number},Trust {number},2015-01-01\n" for number in range(61))
    frame = "indicator_id,period,group,baseline\ncomposition_organisation,all,Trust 7,0.1\n"
    engine = make_release(
        {"members": f"member_id,organisation,joined_on\n{rows}", "targets": frame},
        complete_to=date(2015, 1, 31),
    )
    (record,) = read_records(engine, "composition_organisation")
    assert record["status"] == "no_data"
    # Against a frame it has: the programme names the groups.
    assert read_cells(engine, "composition_gap_organisation") == {
        ("all", "Trust 7"): pytest.approx(1 / 61 - 0.1)
    }
    assert read_cells(engine, "organisations_reached") == {("all",): 61}


def test_a_target_for_the_whole_and_one_for_a_group_are_two(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same row twice counts as a duplicate and another value is set aside, with or without a group."""
    folder = tmp_path_factory.mktemp("targets")
    targets = """
    indicator_id           | period | group | baseline | target
    members                | all    |       | 1        | 10
    members                | all    |       | 1        | 10
    members                | all    |       | 1        | 20
    composition_profession | all    | Nurse | 0.5      |
    composition_profession | all    | Nurse | 0.6      |
    composition_profession | all    |       | 0.5      |
    """
    write_drawn(folder / "in", {"members": "member_id,joined_on\nann,2015-01-01\n", "targets": targets})
    loaded = load_paths([folder / "in"], folder / "data", options=Options(complete_to=date(2015, 1, 31)))
    engine = Engine(loaded.release)
    try:
        kept = engine.query('SELECT indicator_id, "group", baseline, target FROM targets ORDER BY ALL')
        (file,) = [one for one in loaded.release.manifest["files"] if one["name"] == "targets.csv"]
    finally:
        engine.close()
    assert kept["indicator_id"].tolist() == ["composition_profession", "composition_profession", "members"]
    assert kept["group"].fillna("").tolist() == ["Nurse", "", ""]
    assert kept["target"].tolist()[2] == 10
    assert (file["read"], file["loaded"], file["duplicates"], file["quarantined"]) == (6, 3, 1, 2)
