"""Curves at fixed days: what a funder sees of who left when."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.catalogue import list_indicators
from indicators.gate.curves import FIXED_DAYS, fix_days
from indicators.gate.disclosure import SCOPES, apply_gate

RETENTION = list_indicators()["membership_retention"]


def draw_curve(left: dict[int, int], size: int, last: int) -> pd.DataFrame:
    """A curve of so many members of whom some left on some days, the others seen until `last`."""
    rows, at_risk, value = [], size, 1.0
    for day, count in sorted({**left, last: 0}.items()):
        value *= 1 - count / at_risk
        rows.append((str(day), value, float(at_risk), float(count), float(at_risk)))
        at_risk -= count
    table = pd.DataFrame(rows, columns=["time_days", "value", "n", "numerator", "denominator"])
    return table.assign(period="all", is_complete=True, low=0.0, high=1.0, status="ok", reason="")


def list_shown(table: pd.DataFrame, minimum: int) -> dict[str, float]:
    fixed = fix_days(table, ("time_days",), minimum)
    return dict(zip(fixed["time_days"], fixed["value"].round(3), strict=True))


def test_a_fixed_day_waits_until_enough_have_left() -> None:
    # Of 20, 3 left on day 40 and 3 on day 100: 6 by day 120, so 14 of 20; 1 more on day 200 is too few.
    table = draw_curve({40: 3, 100: 3, 200: 1}, 20, 400)
    assert list_shown(table, 5) == {"120": 0.7}
    assert list_shown(table, 3) == {"60": 0.85, "120": 0.7}


@pytest.mark.parametrize("left", [{40: 3}, {399: 3}, {}])
def test_a_curve_of_few_who_left_is_hidden_and_says_so(left: dict[int, int]) -> None:
    fixed = fix_days(draw_curve(left, 20, 400), ("time_days",), SCOPES["funder"].minimum)
    gated = apply_gate(fixed, RETENTION, ("time_days",), SCOPES["funder"])
    assert gated["status"].tolist() == ["suppressed"]
    assert gated["value"].isna().all()


@given(
    st.dictionaries(st.integers(1, 2000), st.integers(1, 8), max_size=30),
    st.integers(0, 40),
    st.sampled_from([5, 10]),
)
def test_between_two_shown_days_enough_left(left: dict[int, int], stayed: int, minimum: int) -> None:
    last = max([*left, 30]) + 1
    table = draw_curve(left, sum(left.values()) + stayed + 1, last)
    fixed = fix_days(table, ("time_days",), minimum)
    shown = fixed[fixed["n"] > 0]
    counts = []
    before = 0
    for day in shown["time_days"].astype(int):
        assert day in FIXED_DAYS
        counts.append(sum(count for when, count in left.items() if before < when <= day))
        before = day
        true = np.prod(
            [1 - row.numerator / row.denominator for row in table.itertuples() if int(row.time_days) <= day]
        )
        assert np.isclose(float(shown.loc[shown["time_days"] == str(day), "value"].iloc[0]), float(true))
    assert all(count >= minimum for count in counts)
