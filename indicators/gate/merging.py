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
    hidden = exact.table[gated["status"] == "suppressed"]
    together, place = _add_up(exact, hidden, group)
    if together.empty:
        return gated
    # A dimension of their own keeps each of these rows apart from the others, as it is apart in its line.
    alone = together.assign(line=range(len(together)))
    rows = apply_gate(alone, indicator, (*exact.dimensions, "line"), scope).drop(columns="line")
    is_shown = (rows["status"] == "ok").to_numpy()
    shown = gated.copy()
    of_several = place[place >= 0].index
    numbers = place[of_several].to_numpy()
    reasons = shown.loc[of_several, "reason"].astype("object").to_numpy()
    labels = together[group].astype("str").to_numpy()[numbers]
    is_primary = np.array(["Merge it" in reason for reason in reasons], dtype=bool)
    merged = [f"{PRIMARY} {scope.minimum} people. It is counted in {label}." for label in labels]
    too_few = [f"{reason} All that are hidden here are too few together." for reason in reasons]
    shown.loc[of_several, "reason"] = np.where(
        ~is_shown[numbers], too_few, np.where(is_primary, merged, reasons)
    )
    if not is_shown.any():
        return shown
    last = pd.Series(of_several, index=numbers).groupby(level=0).max().to_numpy() + 0.5
    added = rows[is_shown].set_axis(pd.Index(last[is_shown]))
    return pd.concat([shown, added]).sort_index(kind="stable").reset_index(drop=True)


def _add_up(exact: Result, hidden: pd.DataFrame, group: str) -> tuple[pd.DataFrame, pd.Series]:
    """A row for each line of several hidden rows with their sums, estimated anew; and for every hidden row the number of
    its line, −1 where it is alone in it."""
    lines = hidden.groupby(["period", *exact.indicator.measures], dropna=False, sort=False, observed=True)
    number = lines.ngroup()
    is_several = lines[group].size().to_numpy() > 1
    sums = [name for name in (*SUMS, *BEHIND) if name in hidden]
    rows = hidden.groupby(number, sort=True).head(1).copy()
    rows[sums] = lines[sums].sum().to_numpy()
    rows[group] = [_name_together(list(names)) for _, names in lines[group]]
    rows = rows[is_several].reset_index(drop=True)
    places = np.where(is_several, np.cumsum(is_several) - 1, -1)
    place = pd.Series(places[number.to_numpy()], index=hidden.index)
    if rows.empty:
        return rows, place
    rows = estimate_cells(exact.indicator, rows, exact.dimensions)
    rows["status"], rows["reason"] = np.where(rows["value"].notna(), "ok", "no_data"), ""
    return rows.astype(dict.fromkeys(FIGURES, np.float64)), place


def _name_together(groups: list[object]) -> str:
    names = [SMALLER if name == TOGETHER else str(name) for name in groups]
    return " + ".join(names) if len(names) <= MOST_NAMES else f"The {len(names)} hidden groups together"
