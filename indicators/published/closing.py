"""One table of a fixed set: its small groups counted together, every row of it gated, nobody's absence told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from indicators.definition import Indicator
from indicators.engine.compute import compute_exact
from indicators.gate.curves import fix_days
from indicators.gate.disclosure import Scope, apply_gate
from indicators.gate.groups import TOGETHER
from indicators.published.checks import add_parts, find_failures
from indicators.result import FIGURES, Result
from indicators.selection import Selection
from warehouse.engine import Engine

Alone = Mapping[str, Sequence[str]]


def count_table(
    engine: Engine, indicator: Indicator, selection: Selection, alone: Alone, scope: Scope
) -> Result:
    """A breakdown by one attribute at most, not yet gated, in which every group and every declared value of the measure has a row,
    also one of nobody.

    A period that is still running is left out of a series: it would change with every release. A curve stands at fixed days.
    """
    exact = compute_exact(engine, indicator, selection, alone, scope.rounding)
    table = exact.table
    if selection.grain and table["is_complete"].any():
        table = table[table["is_complete"]].reset_index(drop=True)
    groups = {name: alone[name] for name in exact.groups if alone.get(name)}
    if (groups or indicator.values) and indicator.estimator != "survival":
        table = _complete(table, exact, groups)
    if indicator.estimator == "survival":
        table = fix_days(table, exact.dimensions, scope.minimum)
    return add_parts(engine, replace(exact, table=table), alone)


def close_table(exact: Result, scope: Scope, told: np.ndarray | None = None) -> Result:
    """A table that has passed the gate and ACRO's checks, and its passport without what leads to a file or counts who answered."""
    failed = np.logical_or.reduce(list(find_failures(exact, scope).values()))
    table = apply_gate(exact.table, exact.indicator, exact.dimensions, scope, told, failed)
    is_missing = (table["status"] == "no_data").to_numpy()
    if is_missing.any():
        table = table.assign(**{name: table[name].mask(is_missing) for name in FIGURES})
    passport = replace(exact.passport, sources=(), warnings=(), role=scope.role, selection=exact.selection)
    return replace(exact, table=table, passport=passport)


def hide_rows(table: pd.DataFrame, rows: np.ndarray, reason: str) -> pd.DataFrame:
    """The table with these rows hidden, where they have a figure."""
    is_hidden = rows & (table["status"] == "ok").to_numpy()
    if not is_hidden.any():
        return table
    return table.assign(
        status=table["status"].mask(is_hidden, "suppressed"),
        reason=table["reason"].mask(is_hidden, reason),
        **{name: np.where(is_hidden, np.nan, table[name].to_numpy(dtype=float)) for name in FIGURES},
    )


def _complete(table: pd.DataFrame, exact: Result, groups: Alone) -> pd.DataFrame:
    """Each cell of the measure with a row for every group: where there is nobody, n = 0, which the gate hides like a few."""
    is_known = table[list(exact.dimensions)].notna().all(axis=1)
    if not is_known.any():
        return table
    known = table[is_known].assign(status="ok", reason="")
    keys = ["period", *exact.dimensions]
    whole = known[[*keys, "is_complete"]].drop_duplicates()
    values: dict[str, Sequence[str]] = {
        name: [*alone, *([TOGETHER] if (known[name] == TOGETHER).any() else [])]
        for name, alone in groups.items()
    }
    if exact.indicator.values:
        last = exact.indicator.measures[-1]
        values[last] = list(dict.fromkeys((*exact.indicator.values, *known[last])))
    for name, words in values.items():
        whole = whole.drop(columns=name).drop_duplicates().merge(pd.DataFrame({name: words}), how="cross")
    filled = whole.merge(known.drop(columns="is_complete"), how="left", on=keys)
    nobody = filled["status"].isna()
    numbers = [column for column in filled.select_dtypes("number") if column not in ("value", "low", "high")]
    counted = {str(name): filled[name].mask(nobody, 0.0) for name in numbers}
    filled = filled.assign(**counted, status="ok", reason="")[list(table)]
    return pd.concat([filled, table[~is_known]], ignore_index=True)
