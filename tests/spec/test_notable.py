"""What stands out of drawn comparisons, with the worked order: adjusted, told once, new before old, each theme before a second."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from indicators.notable.ranking import REMEMBERED, rank
from indicators.statistics.contrasts import adjust_dependent

DAY = date(2015, 12, 6)
NOTHING = pd.DataFrame(columns=REMEMBERED)
# kind, indicator, by, group, measure, subject, theme, p
ROWS = [
    ("rest", "response_rate_rr1", "profession", "Doctor", "", "response", "response", 1e-5),
    ("rest", "response_rate_rr1", "profession", "Analyst", "", "response", "response", 1e-4),
    ("change", "construct_change", "", "", "Connecting", "construct", "attitude", 1e-9),
    ("change", "construct_change_since_first", "", "", "Connecting", "construct", "attitude", 1e-12),
    ("rest", "construct_mean", "profession", "Manager", "Supporting", "construct", "attitude", 1e-6),
    ("chance", "mixing_cross_organisation", "", "", "", "boundary", "connections", 1e-200),
    ("before", "cross_organisation", "", "", "", "boundary", "connections", 1e-11),
    ("rest", "construct_mean", "region", "North", "Connecting", "construct", "attitude", 0.01),
    ("week", "active_members", "", "", "", "active", "engagement", 0.7),
]


def draw(rows: list[tuple[str, str, str, str, str, str, str, float]]) -> pd.DataFrame:
    columns = ["kind", "indicator", "by", "group", "measure", "subject", "theme", "p"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(adjusted=adjust_dependent(table["p"].to_numpy(dtype=float)))


def tell(found: pd.DataFrame) -> list[str]:
    return [f"{row.indicator} {row.group}{row.measure}".strip() for row in found.itertuples()]


def test_the_worked_order() -> None:
    # Nine comparisons: Σ 1/k to 9 is 2.829, so the i-th smallest p becomes p · 9/i · 2.829. The eighth, 0.01, is 0.01 · 9/8 ·
    # 2.829 = 0.0318 and is told; the ninth, 0.7, is not. Of what lies below 1e-6 all is equally certain, a change before a state:
    # of the boundary the change is told. Doctor is adjusted to 1e-5 · 9/6 · 2.829 = 4.2e-5; Analyst is of Doctor's rest.
    # The first of each theme comes first, then the seconds.
    scanned = draw(ROWS)
    assert scanned["adjusted"].to_numpy()[7] == pytest.approx(0.01 * 9 / 8 * 2.8289682, rel=1e-6)
    assert scanned["adjusted"].to_numpy()[0] == pytest.approx(1e-5 * 9 / 6 * 2.8289682, rel=1e-6)
    found = rank(scanned, DAY, NOTHING)
    assert tell(found) == [
        "construct_change_since_first Connecting",
        "cross_organisation",
        "response_rate_rr1 Doctor",
        "construct_mean ManagerSupporting",
        "construct_mean NorthConnecting",
    ]
    assert set(found["told_since"]) == {"2015-12-06"}
    assert found["is_new"].all()


def test_what_has_been_told_for_five_weeks_comes_after_what_is_new() -> None:
    first = rank(draw(ROWS[:5]), date(2015, 10, 4), NOTHING)
    found = rank(draw(ROWS), DAY, first)
    assert tell(found)[0] == "cross_organisation"
    assert tell(found[~found["is_new"]])[0] == "construct_change_since_first Connecting"
    assert (
        dict(zip(tell(found), found["told_since"], strict=True))["response_rate_rr1 Doctor"] == "2015-10-04"
    )
    assert rank(draw(ROWS), date(2015, 11, 7), first)["is_new"].all(), "34 days later it is still new"


def test_nothing_stands_out_of_nothing() -> None:
    assert rank(draw(ROWS[-1:]), DAY, NOTHING).empty
    assert rank(draw([]), None, NOTHING).empty
