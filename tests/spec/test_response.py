"""Response rates: one invitation of every disposition, worked out by AAPOR's formulas."""

from __future__ import annotations

from datetime import date

import pytest

from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_formulas import work_out_proportion
from warehouse.engine import Engine

NAMES = ("ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal", "ivy")
MEMBERS = "member_id,profession,joined_on\n" + "".join(f"{name},Nurse,2015-01-05\n" for name in NAMES)
# hal and ivy have no disposition: hal answered, ivy did not. bob was a doctor when the wave opened.
INVITATIONS = """
wave_id | member_id | disposition | profession
w1      | ann       | complete    |
w1      | bob       | complete    | Doctor
w1      | cat       | partial     |
w1      | dan       | refused     |
w1      | eve       | non_contact |
w1      | fay       | other       |
w1      | gus       | ineligible  |
w1      | hal       |             |
w1      | ivy       |             | Doctor
w2      | ann       | complete    |
"""
TABLES = {
    "members": MEMBERS,
    "invitations": INVITATIONS,
    "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\nw2,s,2015-06-01\nw3,s,2015-09-01\n",
    "items": "survey_id,item_id,text,kind,scale_min,scale_max\ns,q1,Useful?,likert,1,5\n",
    "answers": "wave_id,respondent_id,item_id,value\nw1,hal,q1,4\n",
}


@pytest.fixture(scope="module")
def survey(make_release: MakeRelease) -> Engine:
    return make_release(TABLES)


@pytest.mark.spec("response_rate_rr1")
def test_rr1_is_complete_over_all_eligible(survey: Engine) -> None:
    # I = ann, bob, hal = 3; P = cat; R = dan; NC = eve, ivy; O = fay: 3 / ((3 + 1) + (1 + 2 + 1)); gus is ineligible.
    (record,) = read_records(survey, "response_rate_rr1", period="w1")
    assert (record["numerator"], record["denominator"], record["n"]) == (3, 8, 8)
    assert (record["value"], record["low"], record["high"]) == pytest.approx(
        work_out_proportion(3, 8), abs=1e-12
    )


@pytest.mark.spec("response_rate_rr2")
def test_rr2_counts_partial_answers_too(survey: Engine) -> None:
    (record,) = read_records(survey, "response_rate_rr2", period="w1")
    assert (record["numerator"], record["denominator"], record["value"]) == (3 + 1, 8, 4 / 8)
    assert (record["low"], record["high"]) == pytest.approx(work_out_proportion(4, 8)[1:], abs=1e-12)


@pytest.mark.spec("response_rate_rr1", "response_rate_rr2")
def test_one_invitation_and_a_wave_without_any(survey: Engine) -> None:
    # w3 invited nobody, so it has no rate: not 0 and not 1. Wilson for 1 of 1: low = 1 / (1 + z²).
    for name in ("response_rate_rr1", "response_rate_rr2"):
        assert read_cells(survey, name) == {
            ("w1",): pytest.approx(4 / 8 if "rr2" in name else 3 / 8),
            ("w2",): 1,
        }
        (record,) = read_records(survey, name, period="w2")
        assert (record["low"], record["high"]) == pytest.approx((1 / (1 + 1.959963984540054**2), 1))
        (missing,) = read_records(survey, name, period="w3")
        assert (missing["value"], missing["status"]) == (None, "no_data")


@pytest.mark.spec("response_rate_rr1")
def test_the_profession_is_the_one_at_the_wave(survey: Engine) -> None:
    # Doctors as invited: bob complete, ivy not. Nurses: ann, hal of ann, cat, dan, eve, fay, hal.
    by_profession = read_cells(
        survey, "response_rate_rr1", "numerator", "denominator", period="w1", by=("profession",)
    )
    assert by_profession == {("w1", "Doctor"): (1, 2), ("w1", "Nurse"): (2, 6)}


@pytest.mark.spec("response_rate_rr1")
def test_a_wave_that_is_called_like_a_year_is_a_wave(make_release: MakeRelease) -> None:
    # The data end in November 2026: the year is not over, the wave 2026 is. Asked for by its name it is that wave alone.
    waves = "wave_id,survey_id,opened_on,closed_on\n2025,s,2025-09-01,2025-09-30\nspring,s,2026-03-01,2026-03-31\n2026,s,2026-09-01,2026-10-25\n"
    invited = "".join(f"{wave},{name},complete\n" for wave in ("2025", "spring", "2026") for name in NAMES)
    engine = make_release(
        {
            "members": MEMBERS,
            "waves": waves,
            "invitations": f"wave_id,member_id,disposition\n{invited}",
        },
        complete_to=date(2026, 11, 7),
    )
    assert [(one["period"], one["is_complete"]) for one in read_records(engine, "response_rate_rr1")] == [
        ("2025", True),
        ("spring", True),
        ("2026", True),
    ]
    assert list(read_cells(engine, "response_rate_rr1", period="2026")) == [("2026",)]
