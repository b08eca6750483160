"""From sufficient statistics to figures: each cell by the estimator that its indicator names.

Whatever made it, an interval lies within what can be, has a width, and rests on enough people; where there is none, why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from indicators.definition import MADE_UP, POSSIBLE, Band, Indicator
from indicators.statistics import estimators
from indicators.statistics.estimators import Floats

SUMS = ("n", "x", "w", "xx", "xw", "ww")
BEHIND = ("people_in", "people_out")
STATISTICS: tuple[str, ...] = (*SUMS, *BEHIND)
_NO_WIDTH = 1e-9
_NO_RANGE = {
    POSSIBLE: "No range: everybody asked answered, so that nothing is left open.",
    MADE_UP: "No range: nobody's ties are missing, or there are too many to make up.",
}


def estimate_cells(indicator: Indicator, rows: pd.DataFrame, dimensions: Sequence[str]) -> pd.DataFrame:
    """Add the figures of `indicators.result.FIGURES` to the statistics of each cell (`STATISTICS`)."""
    sums = (rows[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in SUMS)
    n, x, w, xx, xw, ww = sums
    table = rows.copy()
    table["numerator"], table["denominator"] = x, w
    match indicator.estimator:
        case "count":
            nothing = np.full(len(rows), np.nan)
            interval = estimators.Interval(n, nothing, nothing)
            table["numerator"], table["denominator"] = n, nothing
        case "reach" | "total":
            nothing = np.full(len(rows), np.nan)
            interval = estimators.Interval(x, nothing, nothing)
            table["denominator"] = nothing
        case "proportion":
            interval = estimators.estimate_proportion(x, w)
        case "composition":
            whole = ["period", *(name for name in dimensions if name != indicator.measures[-1])]
            total = rows.groupby(whole, dropna=False)["n"].transform("sum").to_numpy(dtype=np.float64)
            interval = estimators.estimate_proportion(n, total)
            table["numerator"], table["denominator"], table["n"] = n, total, total
        case "bounds":
            interval = estimators.estimate_bounds(n, x, w)
        case "net":
            interval = estimators.estimate_net(n, x, w, xx, xw, ww)
        case "paired":
            interval = estimators.estimate_paired(n, x, xx)
            table["denominator"] = n
        case "mean":
            interval = estimators.estimate_mean(n, x, xx)
            table["denominator"] = n
        case "ratio":
            interval = estimators.estimate_ratio(n, x, w, xx, xw, ww)
        case "share":
            interval = estimators.estimate_share(n, x, w, xx, xw, ww)
        case "index":
            share = estimators.estimate_share(n, x, w, xx, xw, ww)
            interval = estimators.Interval(*(2 * part - 1 for part in share))
            table["numerator"] = 2 * x - w
        case "survival":
            return _estimate_survival(table, dimensions, indicator.band)
    table["value"], table["low"], table["high"] = interval
    if indicator.baseline:
        table.loc[table[indicator.measures[-1]] == indicator.baseline, ["low", "high"]] = np.nan
    return table


def settle_ranges(
    indicator: Indicator, table: pd.DataFrame, least: Floats | float, most: Floats | float
) -> pd.DataFrame:
    """The figures with their intervals cut off at what can be, and without those that say nothing.

    An interval without width does not say that the figure is certain, but that what it is made of is all alike, or one;
    of fewer than `least_n` none can tell a change from none. `least` and `most` are limits a row, beside the indicator's.
    """
    value, low, high, n = (table[name].to_numpy(dtype=np.float64) for name in ("value", "low", "high", "n"))
    if indicator.is_interval:
        floor, ceiling = indicator.limits
        low = np.maximum(low, np.minimum(np.fmax(floor, least), value))
        high = np.minimum(high, np.maximum(np.fmin(ceiling, most), value))
    is_void = (high - low <= _NO_WIDTH * np.maximum(1.0, np.abs(value))) | (n < indicator.least_n)
    return table.assign(low=np.where(is_void, np.nan, low), high=np.where(is_void, np.nan, high))


def explain_no_range(indicator: Indicator, row: Mapping[Any, Any]) -> str:
    """Why a figure that is shown stands without its interval, in a sentence; empty where it has one, or never has."""
    never = indicator.interval_words.startswith("None")
    if never or row["status"] != "ok" or not (pd.isna(row["low"]) and pd.isna(row["high"])):
        return ""
    if not indicator.is_interval:
        return _NO_RANGE.get(indicator.range_words, "")
    if indicator.baseline and str(row.get(indicator.measures[-1])) == indicator.baseline:
        return "No interval: it is everybody by definition."
    if indicator.estimator == "survival" and row["value"] <= 0:
        return "No interval: nobody is left to observe."
    if row["n"] < indicator.least_n:
        return f"No interval: with fewer than {indicator.least_n} people no change can be told from chance."
    if row["n"] < 2:
        return "No interval: it rests on one person."
    return "No interval: what it rests on is all alike, or too little to work one out."


def _estimate_survival(table: pd.DataFrame, dimensions: Sequence[str], band: Band) -> pd.DataFrame:
    """A curve for each group over its times of exit; a time at which some only enter (n + w = 0) has no row."""
    groups = ["period", *(name for name in dimensions if name != "time_days")]
    curves = []
    for _, group in table.sort_values("position").groupby(groups, dropna=False, sort=True):
        at_risk = group["w"].to_numpy()[::-1].cumsum()[::-1]
        ended = group["x"].to_numpy()
        value, low, high = estimators.estimate_survival(ended, at_risk, band)
        has_exit = (group["n"] + group["w"] > 0).to_numpy()
        figures = {"value": value, "low": low, "high": high, "numerator": ended, "denominator": at_risk}
        curves.append(group.assign(**figures, n=at_risk)[has_exit])
    return pd.concat(curves) if curves else table.assign(value=np.nan, low=np.nan, high=np.nan)
