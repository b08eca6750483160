"""The audit: bounds by linear programming against every whole number tried, and what it withholds."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.catalogue import list_indicators
from indicators.gate.disclosure import SCOPES, apply_gate
from indicators.result import FIGURES, Passport, Result
from indicators.selection import Selection
from sharing.sealing.audit import NARROWEST, WITHHELD, Row, find_exposed, read_universes, withhold_exposed

MEMBERS = list_indicators()["members"]
UNIVERSE = ("members", "all")


def show(group: str, count: float) -> Row:
    groups = (("region", group),) if group else ()
    return Row(("region",) if group else (), groups, False, True, False, {"n": count})


def hide(group: str, *, is_primary: bool = True) -> Row:
    return Row(("region",), (("region", group),), False, False, is_primary, {})


def make_result(counts: dict[str, int], by: tuple[str, ...] = ("region",)) -> Result:
    """A gated table of members by region, or of all of them."""
    rows = [
        {
            "period": "all",
            **({"region": group} if by else {}),
            "value": count,
            "n": count,
            "numerator": count,
            "status": "ok",
            "reason": "",
        }
        for group, count in counts.items()
    ]
    table = pd.DataFrame(rows, columns=["period", *by, *FIGURES, "status", "reason"])
    table = table.astype(dict.fromkeys(FIGURES, "float64"))
    passport = Passport(MEMBERS, Selection(by=by), "r1", "", None, "", (), 0, 0, "funder", False)
    gated = apply_gate(table, MEMBERS, by, SCOPES["funder"])
    return Result(MEMBERS, Selection(by=by), by, gated, passport)


def test_a_count_that_the_rest_leaves_no_room_for_is_exposed() -> None:
    # All are 20 to 24, two groups at least 10 each: what is left for the two hidden ones together is 0 to 4.
    rows = [show("", 20), show("A", 10), show("B", 10), hide("C"), hide("D", is_primary=False)]
    exposed = find_exposed(rows, (), UNIVERSE)
    assert {(one.groups[0][1], one.low, one.high) for one in exposed} == {("C", 0, 4), ("D", 0, 4)}


def test_a_count_with_room_is_not_exposed() -> None:
    # All are 40 to 44, A is 25 to 29: C and D are 11 to 19 together, C at most 9.
    rows = [show("", 40), show("A", 25), hide("C"), hide("D", is_primary=False)]
    assert find_exposed(rows, (), UNIVERSE) == []


def test_an_earlier_table_can_expose_what_the_new_one_hides() -> None:
    now = [show("", 40), show("A", 25), hide("C"), hide("D", is_primary=False)]
    # D was shown before as 10 to 14: that leaves C 0 to 9. As 15 to 19: 0 to 4.
    assert find_exposed(now, [show("D", 10)], UNIVERSE) == []
    (exposed,) = find_exposed(now, [show("D", 15)], UNIVERSE)
    assert (exposed.groups, exposed.low, exposed.high) == ((("region", "C"),), 0, 4)
    # An earlier table that contradicts the new one describes other people.
    assert find_exposed(now, [show("D", 15), show("", 400)], UNIVERSE) == []


@settings(max_examples=60)
@given(counts=st.lists(st.integers(0, 24), min_size=2, max_size=4))
def test_no_whole_number_lies_outside_the_bounds(counts: list[int]) -> None:
    groups = {f"g{place}": count for place, count in enumerate(counts)}
    table, whole = make_result(groups), make_result({"": sum(counts)}, ())
    rows = read_universes([whole, table]).get(UNIVERSE, [])
    above, minimum = 4, 10
    hidden = [row.groups[0][1] for row in rows if row.groups and not row.is_shown]
    spans: dict[str, list[int]] = {name: [] for name in hidden}
    ranges = []
    for name in groups:
        row = next(row for row in rows if row.groups and row.groups[0][1] == name)
        if row.is_shown:
            least = int(row.counts["n"])
            ranges.append(range(max(least, minimum), least + above + 1))
        else:
            ranges.append(range(minimum if row.is_primary else 40))
    total = next((row for row in rows if not row.groups and row.is_shown), None)
    for tried in product(*ranges):
        if total is None or 0 <= sum(tried) - total.counts["n"] <= above:
            for name, value in zip(groups, tried, strict=True):
                if name in spans:
                    spans[name].append(value)
    exposed = {one.groups[0][1]: one for one in find_exposed(rows, (), UNIVERSE)}
    for name, values in spans.items():
        width = max(values) - min(values)
        if name in exposed:
            assert exposed[name].low <= min(values) + 1e-6
            assert exposed[name].high >= max(values) - 1e-6
            assert width < NARROWEST
        else:
            assert width >= NARROWEST


def test_an_exposing_table_is_withheld_and_says_so() -> None:
    table, whole = make_result({"A": 11, "B": 10, "C": 1, "D": 0}), make_result({"": 22}, ())
    assert list(table.table["status"]) == ["ok", "ok", "suppressed", "suppressed"]
    _, kept = withhold_exposed([whole, table], {})
    assert list(kept.table["status"]) == ["suppressed"] * 4
    assert list(kept.table["reason"][:2]) == [WITHHELD] * 2
    assert kept.table[list(FIGURES)].isna().all(axis=None)
    assert find_exposed(read_universes([whole, kept])[UNIVERSE], (), UNIVERSE) == []


def test_a_table_that_exposes_nothing_stays_as_it_is() -> None:
    table, whole = make_result({"A": 25, "B": 12, "C": 6, "D": 11}), make_result({"": 54}, ())
    kept = withhold_exposed([whole, table], {})
    pd.testing.assert_frame_equal(kept[1].table, table.table)


def test_broken_suppression_fails_the_audit() -> None:
    """One hidden row among visible ones: the second one, which the gate hides with it, is shown after all."""
    table, whole = make_result({"A": 11, "B": 11, "C": 11, "D": 1}), make_result({"": 34}, ())
    assert list(table.table["status"]) == ["suppressed", "ok", "ok", "suppressed"]
    assert find_exposed(read_universes([whole, table])[UNIVERSE], (), UNIVERSE) == []
    broken = table.table.copy()
    broken.loc[0, ["value", "n", "numerator"]] = 10.0
    broken.loc[0, ["status", "reason"]] = ["ok", ""]
    rows = read_universes([whole, replace(table, table=broken)])[UNIVERSE]
    (exposed,) = find_exposed(rows, (), UNIVERSE)
    assert (exposed.groups, exposed.low, exposed.high) == ((("region", "D"),), 0, 4)


@pytest.mark.parametrize("estimator", ["mean", "paired"])
def test_means_are_audited_by_their_people(estimator: str) -> None:
    indicator = next(
        one for one in list_indicators().values() if one.estimator == estimator and one.is_about_people
    )
    table = make_result({"A": 11, "B": 10, "C": 1, "D": 0})
    whole = make_result({"": 22}, ())
    results = [replace(one, indicator=replace(indicator, measures=())) for one in (whole, table)]
    assert list(withhold_exposed(results, {})[1].table["status"]) == ["suppressed"] * 4
