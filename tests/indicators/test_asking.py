"""Why there is no figure: what was asked for is said where that is the cause, and what to load only where it is not there."""

from __future__ import annotations

from datetime import date

import pytest

from indicators.catalogue import find_indicator
from indicators.gate.disclosure import SCOPES
from indicators.published.show import compute_result
from indicators.selection import Selection
from tests.conftest import MakeRelease
from warehouse.engine import Engine


@pytest.fixture(scope="module")
def engine(make_release: MakeRelease) -> Engine:
    return make_release(
        {
            "members": "member_id,region,joined_on\na,Wales,2015-01-05\nb,North,2015-01-05\n",
            "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\n",
            "invitations": "wave_id,member_id,disposition\nw1,a,complete\n",
            "events": "event_id,title,starts_at\ne1,Day,2015-02-01T10:00:00Z\n",
            "attendance": "event_id,member_id,attended\ne1,a,yes\n",
        },
        complete_to=date(2015, 6, 30),
    )


@pytest.mark.parametrize(
    ("indicator_id", "selection", "reason"),
    [
        (
            "response_rate_rr1",
            Selection(period="2015-Q2"),
            "No wave of it was opened in 2015-Q2; waves were opened from 2015-03-01 to 2015-03-01: choose all time or another period.",
        ),
        (
            "members",
            Selection(period="2011"),
            "The data have nothing of 2011: choose all time or another period.",
        ),
        (
            "response_rate_rr1",
            Selection(where=(("region", "North"),)),
            "There is nothing for North: choose another group or period.",
        ),
        ("activity_amount", Selection(), "No data: load "),
    ],
)
def test_what_was_asked_for_is_said(
    engine: Engine, indicator_id: str, selection: Selection, reason: str
) -> None:
    table = compute_result(engine, find_indicator(engine, indicator_id), selection, SCOPES["evaluator"]).table
    assert set(table["status"]) == {"no_data"}
    assert all(words.startswith(reason) for words in table["reason"])


def test_a_lead_is_told_of_a_period_without_a_wave_too(engine: Engine) -> None:
    asked = Selection(period="2015-Q2")
    table = compute_result(engine, find_indicator(engine, "response_rate_rr1"), asked, SCOPES["lead"]).table
    assert [row["status"] for row in table.to_dict(orient="records")] == ["no_data"]
    assert str(table["reason"].iloc[0]).startswith("No wave of it was opened in 2015-Q2")
