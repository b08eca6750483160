"""ACRO's checks: drawn tables, a second and slow implementation, and that what fails is not told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.catalogue import list_indicators
from indicators.gate.disclosure import SCOPES
from indicators.published import verdict
from indicators.published.checks import CHECKS, PART, find_failures
from indicators.published.leads import sets as leads
from indicators.result import Passport, Result
from indicators.selection import Selection
from tests.conftest import MakeRelease
from tests.figures import read_cells

LEAD, FUNDER = SCOPES["lead"], SCOPES["funder"]
BURDEN = list_indicators()["survey_burden"]
RESPONSE = list_indicators()["response_rate_rr1"]
MEMBERS = list_indicators()["members"]


def draw(indicator: object, n: float, x: float, w: float, parts: list[float] | None = None) -> Result:
    """One row of a table before it is closed, with what each person adds where that is given."""
    row: dict[str, object] = {"period": "all", "value": 1.0, "n": n, "numerator": x, "denominator": w}
    if parts:
        largest = sorted(parts, reverse=True)
        row |= {"first": largest[0], "two": sum(largest[:2]), "sum": sum(parts), "least": largest[-1]}
        row = {
            f"{PART}{name}" if name in ("first", "two", "sum", "least") else name: row[name] for name in row
        }
    table = pd.DataFrame([row]).assign(status="ok", reason="", low=np.nan, high=np.nan, is_complete=True)
    passport = Passport(indicator, Selection(), "r1", "", None, "", (), 0, 0, "lead", False)  # type: ignore[arg-type]
    return Result(indicator, Selection(), (), table, passport)  # type: ignore[arg-type]


def list_failed(exact: Result, scope: object) -> set[str]:
    return {name for name, failed in find_failures(exact, scope).items() if failed.any()}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("exact", "failed"),
    [
        (draw(MEMBERS, 10, 10, np.nan), set()),
        (draw(MEMBERS, 9, 9, np.nan), {"threshold"}),
        (draw(MEMBERS, 0, 0, np.nan), {"threshold", "zeros"}),
        (draw(RESPONSE, 40, 30, 40), set()),
        (draw(RESPONSE, 40, 31, 40), {"threshold"}),
        (draw(RESPONSE, 19, 9, 19), {"threshold"}),
        (draw(RESPONSE, 40, 40, 40), {"threshold", "zeros"}),
        (draw(BURDEN, 10, 20, 10, [2.0, 4.0, *[1.75] * 8]), set()),
        (draw(BURDEN, 9, 9, 9, [0.5, 1.5, *[1.0] * 7]), {"threshold", "degrees of freedom"}),
        # 50 and 41 are 91 of 100.
        (draw(BURDEN, 11, 100, 11, [50.0, 41.0, *[1.0] * 9]), {"dominance"}),
        # All but 100 and 1 are 9: 9 % of the largest.
        (draw(BURDEN, 11, 110, 11, [100.0, 1.0, *[1.0] * 9]), {"dominance", "p-ratio"}),
        (draw(BURDEN, 20, 40, 20, [2.0] * 20), {"all same"}),
        # Of numbers below 0 dominance is not defined.
        (draw(BURDEN, 11, 98, 11, [100.0, -1.0, -1.0, *[0.0] * 8]), set()),
    ],
)
def test_each_check_on_a_drawn_row(exact: Result, failed: set[str]) -> None:
    assert list_failed(exact, FUNDER) == failed


def test_a_threshold_inside_a_step_of_counts_is_told_by_its_rounding() -> None:
    # Of counts from 7 on in steps of 5, a 5 is 7, 8 or 9 only.
    uneven = replace(LEAD, minimum=7)
    assert list_failed(draw(MEMBERS, 8, 8, np.nan), uneven) == {"rounding"}
    assert list_failed(draw(MEMBERS, 10, 10, np.nan), uneven) == set()
    for scope in (LEAD, FUNDER):
        assert scope.minimum % scope.rounding == 0, "a step begins where counts begin to be shown"


@given(st.lists(st.integers(0, 30), min_size=10, max_size=40))
def test_dominance_and_p_ratio_are_those_of_acro(parts: list[int]) -> None:
    """The expressions of acro 1.0.2 (`sdcchecks.py`): largest two over the sum, the rest over the largest."""
    values = pd.Series(parts, dtype=float)
    top, total = values.nlargest(2, keep="all")[0:2].sum(), values.sum()
    expected = set()
    if total > 0 and top / total >= 0.9:
        expected.add("dominance")
    if values.max() > 0 and (total - top) / values.max() < 0.1:
        expected.add("p-ratio")
    if (values.iloc[0] == values).all():
        expected.add("all same")
    exact = draw(BURDEN, len(parts), total, len(parts), [float(part) for part in parts])
    assert list_failed(exact, FUNDER) - {"threshold"} == expected


def test_a_sum_that_two_people_make_is_not_told(make_release: MakeRelease) -> None:
    # In the North two of 30 did 950 of 978; in Wales and in the East everybody did some.
    regions = {
        f"{region[0]}{number}": region for region in ("North", "Wales", "East") for number in range(30)
    }
    amounts = {who: 475 if who in ("N0", "N1") else 1 + len(who) % 2 for who in regions}
    engine = make_release(
        {
            "members": "member_id,region,joined_on\n"
            + "".join(f"{who},{region},2015-01-01\n" for who, region in regions.items()),
            "activities": "member_id,at,kind,amount\n"
            + "".join(f"{who},2015-02-01T10:00:00Z,post,{amount}\n" for who, amount in amounts.items()),
        },
        complete_to=date(2015, 6, 1),
    )
    seen = {
        role: read_cells(engine, "activity_amount", "status", role=role, by=("region",))
        for role in ("evaluator", "funder")
    }
    assert set(seen["evaluator"].values()) == {"ok"}
    hidden = {cell[-1] for cell, status in seen["funder"].items() if status == "suppressed"}
    assert "North" in hidden
    assert len(hidden) == 2, "and one more, so that the whole does not tell it"


def test_what_leads_are_told_has_its_verdict_beside_it(make_release: MakeRelease) -> None:
    people = [f"m{number}" for number in range(60)]
    engine = make_release(
        {
            "members": "member_id,joined_on\n" + "".join(f"{who},2015-01-01\n" for who in people),
            "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\n",
            "invitations": "wave_id,member_id,disposition\n"
            + "".join(
                f"w1,{who},{'complete' if place < 40 else 'refused'}\n" for place, who in enumerate(people)
            ),
        },
        complete_to=date(2015, 6, 1),
    )
    judged = leads.read_set(engine, "answers").verdicts
    assert sum(one.shown for one in judged) > 0
    assert all(one.is_passed for one in judged)
    path = engine.release.path.parent.parent / leads.FOLDER / f"{engine.release.id}.answers.verdict.json"
    written = json.loads(path.read_text(encoding="utf-8"))
    assert (written["verdict"], written["for"], set(written["checks"])) == ("passed", "lead", set(CHECKS))
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_row_told_in_spite_of_a_check_is_a_failure() -> None:
    exact = draw(MEMBERS, 9, 9, np.nan)
    assert verdict.judge(exact, exact, FUNDER).checks["threshold"] == "failed"
    hidden = Result(MEMBERS, exact.selection, (), exact.table.assign(status="suppressed"), exact.passport)
    judged = verdict.judge(exact, hidden, FUNDER)
    assert (judged.checks["threshold"], judged.is_passed) == ("hidden", True)
    assert judged.checks["dominance"] == "not for this figure"
    carried = Result(
        MEMBERS, exact.selection, (), exact.table.assign(**{verdict.CARRIED: True}), exact.passport
    )
    assert verdict.judge(exact, carried, FUNDER).is_passed, "it was judged when it was told first"
