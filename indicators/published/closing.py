"""One table of a fixed set: its small groups counted together, every row of it gated, nobody's absence told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
    is_known: NDArray[np.bool_] = np.all(table[list(exact.dimensions)].notna().to_numpy(), axis=1)
    if not is_known.any():
        return table
    known = {str(name): table[name].to_numpy()[is_known] for name in table}
    words: dict[str, Sequence[str]] = {
        name: [*alone, *([TOGETHER] if TOGETHER in known[name] else [])] for name, alone in groups.items()
    }
    if exact.indicator.values:
        last = exact.indicator.measures[-1]
        words[last] = list(dict.fromkeys((*exact.indicator.values, *known[last])))
    keys = ("period", *exact.dimensions)
    others = [name for name in (*keys, "is_complete") if name not in words]
    cells = [
        (*rest, *values)
        for rest in dict.fromkeys(zip(*(known[name] for name in others), strict=True))
        for values in product(*words.values())
    ]
    whole = dict(zip((*others, *words), zip(*cells, strict=True), strict=True))
    places = {key: place for place, key in enumerate(zip(*(known[name] for name in keys), strict=True))}
    place = np.array([places.get(key, -1) for key in zip(*(whole[name] for name in keys), strict=True)])
    nobody = place < 0
    figures = {
        name: np.where(nobody, np.nan if name in ("value", "low", "high") else 0.0, column[place])
        if nobody.any()
        else column[place]
        for name, column in known.items()
        if column.dtype.kind in "if"
    }
    filled = pd.DataFrame({**whole, **figures, "status": "ok", "reason": ""})[list(table)]
    return pd.concat([filled, table[~is_known]], ignore_index=True)
