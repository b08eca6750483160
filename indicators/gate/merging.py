"""The merge that would show what is hidden: the groups that the gate hides in a line, counted together."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from indicators.gate.disclosure import PRIMARY, Scope, apply_gate, number_lines
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
    places = np.flatnonzero(gated["status"] == "suppressed")
    hidden = exact.table.take(places)
    lines = _find_lines(hidden, ["period", *indicator.measures])
    if lines.max(initial=-1) < 0:
        return gated
    together = _add_up(exact, hidden[lines >= 0], lines[lines >= 0], group)
    # A dimension of their own keeps each of these rows apart from the others, as it is apart in its line.
    alone = together.assign(line=range(len(together)))
    rows = apply_gate(alone, indicator, (*exact.dimensions, "line"), scope).drop(columns="line")
    is_shown = (rows["status"] == "ok").to_numpy()
    labels = together[group].astype("str").tolist()
    reasons = gated["reason"].to_numpy(dtype=object, copy=True)
    last = np.zeros(len(together))
    for place, line in zip(places[lines >= 0], lines[lines >= 0], strict=True):
        last[line] = place + 0.5
        if not is_shown[line]:
            reasons[place] = f"{reasons[place]} All that are hidden here are too few together."
        elif "Merge it" in reasons[place]:
            reasons[place] = f"{PRIMARY} {scope.minimum} people. It is counted in {labels[line]}."
    shown = gated.assign(reason=pd.Series(reasons, gated.index, gated["reason"].dtype))
    if not is_shown.any():
        return shown
    order = np.argsort(np.concatenate([np.arange(len(shown)), last[is_shown]]), kind="stable")
    return pd.concat([shown, rows[is_shown]]).take(order).reset_index(drop=True)


def _find_lines(hidden: pd.DataFrame, keys: list[str]) -> NDArray[np.intp]:
    """For every hidden row the number of its line among those of several hidden rows, −1 where it is alone in its own."""
    numbers, _ = pd.factorize(number_lines(hidden, keys))
    is_several = np.bincount(numbers) > 1
    return np.where(is_several, np.cumsum(is_several) - 1, -1)[numbers]


def _add_up(exact: Result, hidden: pd.DataFrame, lines: NDArray[np.intp], group: str) -> pd.DataFrame:
    """A row for each line of several hidden rows with their sums, estimated anew."""
    sums = [name for name in (*SUMS, *BEHIND) if name in hidden]
    names: dict[int, list[object]] = {}
    for line, name in zip(lines.tolist(), hidden[group], strict=True):
        names.setdefault(line, []).append(name)
    first = np.unique(lines, return_index=True)[1]
    rows = hidden.take(first).reset_index(drop=True)
    rows[sums] = hidden[sums].groupby(lines).sum().to_numpy()
    rows[group] = [_name_together(listed) for listed in names.values()]
    rows = estimate_cells(exact.indicator, rows, exact.dimensions)
    rows["status"], rows["reason"] = np.where(rows["value"].notna(), "ok", "no_data"), ""
    return rows.astype(dict.fromkeys(FIGURES, np.float64))


def _name_together(groups: list[object]) -> str:
    names = [SMALLER if name == TOGETHER else str(name) for name in groups]
    return " + ".join(names) if len(names) <= MOST_NAMES else f"The {len(names)} hidden groups together"
