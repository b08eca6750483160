"""The merge that would show what is hidden: the groups that the gate hides in a line, counted together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from indicators.gate.disclosure import PRIMARY, Scope, apply_gate
from indicators.gate.groups import TOGETHER
from indicators.result import FIGURES, Result
from indicators.statistics.cells import BEHIND, SUMS, estimate_cells

_SUMMED = ("count", "proportion", "bounds", "share", "index", "net", "paired", "mean", "ratio")
MOST_NAMES = 3
SMALLER = "smaller groups"


def show_together(exact: Result, gated: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Add one row a line for its hidden groups together, where these are enough people, and say so in their reason.

    `exact` is not yet gated and has the sums of every row of `gated`. What is shown together could be had by
    subtraction: all the rest of the line is shown. Only for a breakdown by one attribute without a filter.
    """
    indicator = exact.indicator
    is_filtered = any(name not in indicator.measures for name, _ in exact.selection.where)
    if (
        len(exact.groups) != 1
        or is_filtered
        or indicator.estimator not in _SUMMED
        or not indicator.is_about_people
    ):
        return gated
    (group,) = exact.groups
    is_hidden = gated["status"] == "suppressed"
    keys = ["period", *indicator.measures]
    shown = gated.copy()
    added = []
    for _, line in exact.table[is_hidden].groupby(keys, dropna=False, sort=False, observed=True):
        if len(line) < 2:
            continue
        together = _add_up(exact, line, group)
        row = apply_gate(together, indicator, exact.dimensions, scope)
        if row["status"].iloc[0] != "ok":
            shown.loc[line.index, "reason"] += " All that are hidden here are too few together."
            continue
        row.index = pd.Index([line.index.max() + 0.5])
        added.append(row)
        is_primary = shown.loc[line.index, "reason"].str.contains("Merge it")
        label = str(row[group].iloc[0])
        places = line.index[is_primary.to_numpy()]
        shown.loc[places, "reason"] = f"{PRIMARY} {scope.minimum} people. It is counted in {label}."
    if not added:
        return shown
    return pd.concat([shown, *added]).sort_index(kind="stable").reset_index(drop=True)


def _add_up(exact: Result, line: pd.DataFrame, group: str) -> pd.DataFrame:
    """One row with the sums of some rows, estimated anew."""
    names = [SMALLER if name == TOGETHER else str(name) for name in line[group]]
    label = " + ".join(names) if len(names) <= MOST_NAMES else f"The {len(names)} hidden groups together"
    sums = [name for name in (*SUMS, *BEHIND) if name in line]
    row = line.iloc[[0]].copy()
    row[sums] = line[sums].sum().to_numpy()
    row[group] = label
    row = estimate_cells(exact.indicator, row, exact.dimensions)
    has_value = row["value"].notna().iloc[0]
    row[["status", "reason"]] = ["ok" if has_value else "no_data", ""]
    return row.astype(dict.fromkeys(FIGURES, np.float64))
