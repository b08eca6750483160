"""Two groups, or two periods, of one figure side by side: their difference and its interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from indicators.definition import COMPARED, PARTS
from indicators.result import Result
from indicators.statistics.estimators import Interval, subtract_intervals

PERIOD = "period"
DAYS = "time_days"
# Days at which two curves are read off, so far as both still have people at risk.
READ_AT = (90, 180, 365, 730, 1095)
HIDDEN = "At least one of the two is hidden, so that their difference is too."
MISSING = "At least one of the two has no figure."
NO_INTERVAL = "At least one of the two has no confidence interval, so that the difference has none."


def list_comparable(result: Result) -> dict[str, list[str]]:
    """What can be set side by side in a result: values in order of display, by dimension; the period where there are several."""
    known = result.table[result.table["status"] != "no_data"]
    apart = [name for name in result.telling if name in result.groups or name in COMPARED | PARTS]
    listed = {name: [str(one) for one in known[name].dropna().unique()] for name in (*apart, PERIOD)}
    return {name: values for name, values in listed.items() if len(values) > 1}


def compare_two(result: Result, dimension: str, first: str, second: str) -> pd.DataFrame:
    """First less second of a result's `dimension` (or PERIOD), one row a combination of its other dimensions.

    Columns: those dimensions, `first` and `second` (the values), `difference` with `low` and `high` (95 %, as for independent
    estimates: `subtract_intervals`), `reason` why something of it is missing. Groups are compared in the latest period of both;
    curves at READ_AT and at the last day on which both have people at risk.
    """
    table = result.table
    rows = {name: table[table[dimension].astype(str) == name] for name in (first, second)}
    if dimension != PERIOD:
        shared = [
            period
            for period in table["period"].unique()
            if all(period in set(one["period"]) for one in rows.values())
        ]
        rows = {name: one[one["period"].isin(shared[-1:])] for name, one in rows.items()}
    others = [name for name in result.telling if name != dimension]
    if DAYS in others:
        rows = _read_off(rows, [name for name in others if name != DAYS])
    one, other = (rows[name].set_index(others or [dimension]) for name in (first, second))
    if not others:
        one, other = one.reset_index(drop=True), other.reset_index(drop=True)
    paired = one.join(other, how="inner", lsuffix="_first", rsuffix="_second")
    compared = [_subtract(dict(row), result) for row in paired.to_dict(orient="records")]
    return pd.concat([paired.index.to_frame(index=False)[others], pd.DataFrame(compared)], axis=1)


def _read_off(rows: Mapping[str, pd.DataFrame], others: list[str]) -> dict[str, pd.DataFrame]:
    """Of curves the rows that hold at the days at which both can be read."""
    last = min((int(one[DAYS].astype(int).max()) for one in rows.values() if len(one)), default=0)
    days = sorted({*(day for day in READ_AT if day < last), last})
    found = {}
    for name, one in rows.items():
        steps = one.assign(**{DAYS: one[DAYS].astype(int)})
        at = [
            held.tail(1).assign(**{DAYS: day})
            for _, curve in (steps.groupby(others, sort=False) if others else (("", steps),))
            for day in days
            if len(held := curve[curve[DAYS] <= day])
        ]
        found[name] = pd.concat(at) if at else steps.head(0)
    return found


def _subtract(row: Mapping[Any, Any], result: Result) -> dict[str, object]:
    statuses = {row["status_first"], row["status_second"]}
    values = {"first": row["value_first"], "second": row["value_second"]}
    nothing = {"difference": np.nan, "low": np.nan, "high": np.nan}
    if statuses != {"ok"}:
        return {**values, **nothing, "reason": HIDDEN if "suppressed" in statuses else MISSING}
    sides = [
        Interval(*(np.array([row[f"{name}_{side}"]], dtype=np.float64) for name in ("value", "low", "high")))
        for side in ("first", "second")
    ]
    difference = subtract_intervals(*sides)
    value, low, high = (float(one[0]) for one in difference)
    if not result.indicator.is_interval or np.isnan(low) or np.isnan(high):
        return {**values, **nothing, "difference": value, "reason": NO_INTERVAL}
    return {**values, "difference": value, "low": low, "high": high, "reason": ""}
