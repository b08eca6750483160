"""What changed since a row was last sealed: it is shown anew only when at least ten people behind it changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from indicators.gate.disclosure import SCOPES
from indicators.published.parts import read_parts
from indicators.published.verdict import CARRIED
from indicators.result import Result
from sharing.sealing.ledger import Key, Ledger, Published, name_row, write_figures
from warehouse.engine import Engine
from warehouse.release import NoRelease, find_release

_UNKNOWN_CHANGE = 15


class Earlier:
    """The earlier releases of a data folder, each opened once for all the tables that are compared with it."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._engines: dict[str, Engine | None] = {}

    def open(self, release_id: str) -> Engine | None:
        """The engine of a release; None where it is no longer kept."""
        if release_id not in self._engines:
            try:
                self._engines[release_id] = Engine(find_release(self._data, release_id))
            except (NoRelease, duckdb.Error):
                self._engines[release_id] = None
        return self._engines[release_id]

    def close(self) -> None:
        for engine in self._engines.values():
            if engine is not None:
                engine.close()


def carry_forward(
    engine: Engine, earlier: Earlier, result: Result, ledger: Ledger, groups: Mapping[str, Sequence[str]]
) -> Result:
    """The table with every row as it was last shown (CARRIED), unless at least ten people behind it changed since.

    `groups` are those that stand alone, by dimension. Where the earlier release is no longer kept, a row is shown anew
    when its rounded count moved by 15 or more.
    """
    before = ledger.read_rows(result)
    last = {key: versions[-1] for key, versions in before.items()}
    rows = result.table.to_dict(orient="records")
    keys = [name_row(result, row) for row in rows]
    differing = [
        (key, row)
        for key, row in zip(keys, rows, strict=True)
        if key in last and last[key].figures != write_figures(row)
    ]
    changed: dict[tuple[str, Key], int] = {}
    for release_id in {last[key].release_id for key, _ in differing} - {engine.release.id}:
        before_then = earlier.open(release_id)
        if before_then is not None:
            for key, count in _compare(engine, before_then, result, groups).items():
                changed[release_id, key] = count
    carried = {
        key: last[key]
        for key, row in differing
        if not _may_change(last[key], row, changed.get((last[key].release_id, key)))
    }
    table = result.table.copy()
    for place, key in enumerate(keys):
        for name, value in carried[key].figures.items() if key in carried else ():
            table.loc[table.index[place], name] = np.nan if value is None else value
    return replace(result, table=table.assign(**{CARRIED: [key in carried for key in keys]}))


def _may_change(before: Published, row: Mapping[Any, Any], changed: int | None) -> bool:
    if changed is not None:
        return changed >= SCOPES["funder"].minimum
    counts = before.figures["n"], row["n"]
    if any(count is None or pd.isna(count) for count in counts):
        return False
    return abs(float(counts[0]) - float(counts[1])) >= _UNKNOWN_CHANGE


def _compare(
    engine: Engine, earlier: Engine, result: Result, groups: Mapping[str, Sequence[str]]
) -> dict[Key, int]:
    """How many people's part in each row is not the same in both releases."""
    parts = [read_parts(one, result, groups) for one in (engine, earlier)]
    keys = ["period", *result.dimensions]
    both = parts[0].merge(parts[1], how="outer", on=[*keys, "member_id"], suffixes=("", "_before"))
    both[["x", "w", "x_before", "w_before"]] = both[["x", "w", "x_before", "w_before"]].fillna(np.inf)
    is_changed = (both["x"] != both["x_before"]) | (both["w"] != both["w_before"])
    counts = is_changed.groupby([both[name] for name in keys], dropna=False).sum()
    return {
        tuple(str(part) for part in (key if isinstance(key, tuple) else (key,))): int(count)
        for key, count in counts.items()
    }
