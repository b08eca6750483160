"""What changed since a row was sealed: it is shown anew only when at least ten people behind it differ from all that was ever shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from indicators.gate.disclosure import SCOPES
from indicators.published.closing import hide_rows
from indicators.published.parts import read_parts
from indicators.published.verdict import CARRIED
from indicators.result import Result
from sharing.sealing.ledger import Key, Ledger, Published, name_row, write_figures
from warehouse.engine import Engine
from warehouse.release import NoRelease, find_release

_UNKNOWN_CHANGE = 15
RENAMED = "Hidden: it is what was shown under another name, but for a few people."


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
    """The table with every row as it was last shown (CARRIED), unless at least ten people behind it differ from each time it was
    shown, or nobody from one before the last: after one that was wrong and is mended again the first would tell of a few.

    `groups` are those that stand alone, by dimension. Where an earlier release is no longer kept, a row is shown anew
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
    # What this release showed itself it shows again.
    changed = {(engine.release.id, key): 0 for key, _ in differing}
    shown_by = {one.release_id for key, _ in differing for one in before[key]}
    read_now = cache(partial(read_parts, engine, result, groups))
    for release_id in shown_by - {engine.release.id}:
        before_then = earlier.open(release_id)
        if before_then is not None:
            then = read_parts(before_then, result, groups)
            for key, count in _compare(read_now(), then, result).items():
                changed[release_id, key] = count
    carried = {
        key: last[key]
        for key, row in differing
        if not all(
            _may_change(one, row, changed.get((one.release_id, key)), is_last=one is last[key])
            for one in before[key]
        )
    }
    table = result.table.copy()
    for place, key in enumerate(keys):
        for name, value in carried[key].figures.items() if key in carried else ():
            table.loc[table.index[place], name] = np.nan if value is None else value
    renamed = _find_renamed(engine, earlier, result, before, groups, read_now)
    table = hide_rows(table, np.array([key in renamed for key in keys], dtype=bool), RENAMED)
    return replace(result, table=table.assign(**{CARRIED: [key in carried for key in keys]}))


def _find_renamed(
    engine: Engine,
    earlier: Earlier,
    result: Result,
    before: Mapping[Key, Sequence[Published]],
    groups: Mapping[str, Sequence[str]],
    read_now: Callable[[], pd.DataFrame],
) -> set[Key]:
    """The rows never shown under this name that are, but for fewer than ten people, what a row was that has gone; and all new ones
    where a release is no longer kept of which rows have gone."""
    keys = {name_row(result, row) for row in result.table.to_dict(orient="records")}
    new, gone = keys - set(before), set(before) - keys
    found: set[Key] = set()
    if not new or not gone or result.indicator.estimator == "survival":
        return found
    now = _split_parts(read_now(), result)
    periods = pd.DataFrame({"period": sorted({key[0] for key in new | gone})})
    for release_id in {one.release_id for key in gone for one in before[key]} - {engine.release.id}:
        opened = earlier.open(release_id)
        if opened is None:
            return new
        then = _split_parts(read_parts(opened, replace(result, table=periods), groups), result)
        for key in new & set(now):
            counts = [_count_differing(now[key], then[other]) for other in {*gone, key} & set(then)]
            if any(0 < count < SCOPES["funder"].minimum for count in counts):
                found.add(key)
    return found


def _split_parts(parts: pd.DataFrame, result: Result) -> dict[Key, pd.DataFrame]:
    """Each person's part by the row that it is in."""
    names = ["period", *result.dimensions]
    return {
        tuple(map(str, key)): rows.set_index("member_id")[["x", "w"]]
        for key, rows in parts.groupby(names, dropna=False)
    }


def _count_differing(now: pd.DataFrame, then: pd.DataFrame) -> int:
    both = now.join(then, how="outer", rsuffix="_then").fillna(np.inf)
    return int(((both["x"] != both["x_then"]) | (both["w"] != both["w_then"])).sum())


def _may_change(before: Published, row: Mapping[Any, Any], changed: int | None, *, is_last: bool) -> bool:
    """Whether enough differ from what was shown before; nobody may only where it has been shown otherwise since."""
    if changed is not None:
        return changed >= SCOPES["funder"].minimum or (changed == 0 and not is_last)
    counts = before.figures["n"], row["n"]
    if any(count is None or pd.isna(count) for count in counts):
        return False
    return abs(float(counts[0]) - float(counts[1])) >= _UNKNOWN_CHANGE


def _compare(now: pd.DataFrame, then: pd.DataFrame, result: Result) -> dict[Key, int]:
    """How many people's part in each row is not the same in both releases."""
    keys = ["period", *result.dimensions]
    both = now.merge(then, how="outer", on=[*keys, "member_id"], suffixes=("", "_before"))
    both[["x", "w", "x_before", "w_before"]] = both[["x", "w", "x_before", "w_before"]].fillna(np.inf)
    is_changed = (both["x"] != both["x_before"]) | (both["w"] != both["w_before"])
    counts = is_changed.groupby([both[name] for name in keys], dropna=False).sum()
    return {
        tuple(str(part) for part in (key if isinstance(key, tuple) else (key,))): int(count)
        for key, count in counts.items()
    }
