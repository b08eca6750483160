"""From sufficient statistics to figures: each cell by the estimator that its indicator names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from indicators.definition import Band, Indicator
from indicators.statistics import estimators

SUMS = ("n", "x", "w", "xx", "xw", "ww")
BEHIND = ("people_in", "people_out")
STATISTICS: tuple[str, ...] = (*SUMS, *BEHIND)


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
    if indicator.unit == "ties":
        table["low"] = table["low"].clip(lower=0.0)
    return table


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
