"""What needs attention, by worked examples."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import pytest

from indicators.catalogue import list_indicators
from indicators.result import Passport, Result
from indicators.selection import Selection
from ui.words.attention import (
    judge_checks,
    judge_quarantine,
    judge_response,
    judge_week,
    list_attention,
    name_incomplete_week,
)

COMPLETE_TO = date(2015, 11, 18)
CLEAN: dict[str, Any] = {"files": [], "checks": []}


def make_result(indicator_id: str, rows: Sequence[dict[str, Any]]) -> Result:
    indicator = list_indicators()[indicator_id]
    selection = Selection()
    passport = Passport(indicator, selection, "r1", "", COMPLETE_TO, "", (), 1, 0, "admin", True)
    filled = [
        {"is_complete": True, "status": "ok", "reason": "", "n": 100.0, "denominator": 100.0, **row}
        for row in rows
    ]
    return Result(indicator, selection, (), pd.DataFrame(filled), passport)


def make_weeks(values: Sequence[float], *, last_complete: bool = True) -> Result:
    rows = [
        {
            "period": f"2015-W{30 + place}",
            "value": value,
            "low": value - 0.05,
            "high": value + 0.05,
            "numerator": value * 100,
            "is_complete": last_complete or place < len(values) - 1,
        }
        for place, value in enumerate(values)
    ]
    return make_result("active_members", rows)


def make_response(value: float, status: str = "ok") -> Result:
    row = {"period": "w1", "value": value, "low": value - 0.1, "high": value + 0.1, "numerator": value * 100}
    return make_result("response_rate_rr1", [{**row, "status": status}])


def test_a_week_below_the_usual_range_is_named_with_its_numbers() -> None:
    found = judge_week(make_weeks([0.39, 0.41] * 6 + [0.20]))
    assert found is not None
    assert found.sentence == (
        "In week 42, 2015 (12 to 18 October 2015) members active: 20 % (95 % interval 15 to 25 %; 20 of 100)."
        " The usual range, from the 12 complete weeks before, is 35 to 45 %."
    )


def test_a_week_whose_interval_reaches_the_usual_range_says_so() -> None:
    found = judge_week(make_weeks([0.39, 0.41] * 6 + [0.33]))
    assert found is not None
    assert found.sentence.endswith("The interval reaches into that range, so chance alone could do this.")


@pytest.mark.parametrize("values", [[0.39, 0.41] * 6 + [0.36], [0.4] * 5 + [0.1], [0.39, 0.41] * 6 + [0.9]])
def test_a_usual_week_a_short_series_and_a_busy_week_say_nothing(values: list[float]) -> None:
    assert judge_week(make_weeks(values)) is None


def test_an_incomplete_week_is_named_and_never_judged() -> None:
    weeks = make_weeks([0.39, 0.41] * 6 + [0.05], last_complete=False)
    assert judge_week(weeks) is None
    found = name_incomplete_week(weeks, COMPLETE_TO)
    assert found is not None
    assert found.sentence == (
        "Data for week 42, 2015 end on Wednesday 18 November 2015. So far members active: "
        "5 % (95 % interval 0 to 10 %; 5 of 100). It is not compared with whole weeks."
    )


def test_a_response_below_sixty_per_cent_is_named() -> None:
    found = judge_response(make_response(0.5), {"w1": "July survey"})
    assert found is not None
    assert found.sentence.startswith(
        "July survey: 50 % (95 % interval 40 to 60 %; 50 of 100) of those invited"
    )


@pytest.mark.parametrize(
    ("value", "status"), [(0.60, "ok"), (0.9, "ok"), (0.1, "suppressed"), (0.1, "no_data")]
)
def test_a_good_hidden_or_missing_response_says_nothing(value: float, status: str) -> None:
    assert judge_response(make_response(value, status), {}) is None


def test_quarantined_rows_are_counted_over_all_files() -> None:
    files = [
        {"name": "members.csv", "read": 60, "quarantined": 2},
        {"name": "ties.csv", "read": 1000, "quarantined": 35},
        {"name": "waves.csv", "read": 2, "quarantined": 0},
    ]
    found = judge_quarantine({"files": files})
    assert found is not None
    assert found.sentence == (
        "37 rows of 1,062 read are in quarantine and not in any figure: ties.csv, members.csv. "
        "Data and methods lists each with its reason."
    )
    assert judge_quarantine({"files": files[2:]}) is None


def test_a_failed_check_comes_first() -> None:
    manifest = {"files": [], "checks": [{"check": "a", "ok": True}, {"check": "b", "ok": False}]}
    found = list_attention(make_weeks([0.4]), make_response(0.5), manifest, {}, COMPLETE_TO)
    assert [attention.heading for attention in found] == ["A check failed", "Response below 60 %"]
    assert judge_checks(CLEAN) is None


def test_nothing_is_said_when_nothing_stands_out() -> None:
    assert list_attention(make_weeks([0.4]), make_response(0.9), CLEAN, {}, COMPLETE_TO) == []
