"""AAPOR's further outcome rates: eighteen invitations of every disposition, by the formulas of the Standard Definitions."""

from __future__ import annotations

import pytest

from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_formulas import work_out_proportion
from warehouse.engine import Engine

# I = 6, P = 2, R = 3, NC = 1, O = 2, U = 4; 2 ineligible: e = 14 / 16 = 0.875, e U = 3.5.
COUNTS = {"complete": 6, "partial": 2, "refused": 3, "non_contact": 1, "other": 2, "unknown_eligibility": 4, "ineligible": 2}  # fmt: skip
ASKED = [disposition for disposition, count in COUNTS.items() for _ in range(count)]
TABLES = {
    "members": "member_id,joined_on\n" + "".join(f"m{number},2015-01-05\n" for number in range(len(ASKED))),
    "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\nw2,s,2015-06-01\n",
    "invitations": "wave_id,member_id,disposition\n"
    + "".join(f"w1,m{number},{disposition}\n" for number, disposition in enumerate(ASKED))
    + "w2,m0,unknown_eligibility\n",
}


@pytest.fixture(scope="module")
def survey(make_release: MakeRelease) -> Engine:
    return make_release(TABLES)


def read_rates(engine: Engine, name: str, **asked: object) -> dict[str, tuple[float, float]]:
    cells = read_cells(engine, name, "numerator", "denominator", period="w1", **asked)
    return {part: counts for (_, part), counts in cells.items()}


@pytest.mark.spec("response_rates")
def test_response_with_unknown_eligibility(survey: Engine) -> None:
    assert read_rates(survey, "response_rates") == {
        "RR3": (6, 14 + 3.5),
        "RR4": (8, 14 + 3.5),
        "RR5": (6, 14),
        "RR6": (8, 14),
    }
    row = next(one for one in read_records(survey, "response_rates") if one["dimensions"]["part"] == "RR3")
    assert (row["value"], row["low"], row["high"]) == pytest.approx(work_out_proportion(6, 17.5), abs=1e-12)
    assert row["n"] == 20
    stated = read_rates(survey, "response_rates", settings=(("eligible", "0.5"),))
    assert (stated["RR3"], stated["RR5"]) == ((6, 16), (6, 14))


@pytest.mark.spec("cooperation_rates")
def test_cooperation(survey: Engine) -> None:
    assert read_rates(survey, "cooperation_rates") == {
        "COOP1": (6, 13),
        "COOP2": (8, 13),
        "COOP3": (6, 11),
        "COOP4": (8, 11),
    }


@pytest.mark.spec("refusal_rates")
def test_refusal(survey: Engine) -> None:
    assert read_rates(survey, "refusal_rates") == {"REF1": (3, 18), "REF2": (3, 17.5), "REF3": (3, 14)}
    assert read_rates(survey, "refusal_rates", settings=(("eligible", "1"),))["REF2"] == (3, 18)


@pytest.mark.spec("contact_rates")
def test_contact(survey: Engine) -> None:
    assert read_rates(survey, "contact_rates") == {"CON1": (13, 18), "CON2": (13, 17.5), "CON3": (13, 14)}


@pytest.mark.spec("response_rates", "contact_rates")
def test_who_is_not_known_to_be_eligible_counts_in_rr1_and_of_nobody_else_there_is_no_rate(
    survey: Engine,
) -> None:
    assert read_cells(survey, "response_rate_rr1", "numerator", "denominator")["w1",] == (6, 18)
    assert read_cells(survey, "dispositions", "numerator", period="w2") == {("w2", "unknown_eligibility"): 1}
    # All that is known of w2 is one of unknown eligibility: without any other, all of such are taken for eligible.
    assert read_cells(survey, "contact_rates", period="w2") == {("w2", "CON1"): 0, ("w2", "CON2"): 0}
