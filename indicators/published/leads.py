"""What programme leads are told of answers, ties and who answered: one fixed set a release, closed as a whole.

A lead knows the programme's own records and keeps every figure of every release. So each protected indicator is there for
everybody and by one attribute at a time, whatever is asked on a page or by a command; groups, scales and counts are the same
in all of them; and a figure changes only when enough people behind it did.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from indicators.catalogue import list_indicators
from indicators.definition import Indicator
from indicators.gate.disclosure import SCOPES
from indicators.gate.groups import MEASURED_GROUP, TOGETHER, find_attribute
from indicators.published.changed import Changed
from indicators.published.closing import close_table, count_table, hide_rows
from indicators.published.nested import choose_groups
from indicators.published.steps import EVERYBODY, HALVES, SIDES, Told, choose_steps, coarsen
from indicators.result import FIGURES, Result
from indicators.selection import Selection, list_attributes
from warehouse.engine import Engine
from warehouse.release import NoRelease, find_release

FOLDER = Path("state") / "leads"
HIDDEN = "Hidden: too few people are behind it, or behind what could be worked out with it."
UNCHANGED = 15.0
_SCOPE = SCOPES["lead"]
_FINEST = {"item_net": SIDES, "item_nps": SIDES, "construct_net": SIDES}
_DISTRIBUTIONS = {"item": "item_distribution", "construct": "construct_distribution"}
# Figures that say no more of the answers than how many there are of each part of the scale.
_OF_ALL_ANSWERS = frozenset(
    (
        *_DISTRIBUTIONS.values(),
        *_FINEST,
        "item_positive",
        "item_positive_bounds",
        "item_mean",
        "construct_positive",
        "construct_mean",
        "construct_index",
    )
)
_ANSWERED = "response_rate_rr1"
_COLUMNS = ["indicator", "by", "period", "is_complete", "cell", *FIGURES, "status", "reason", "told_by"]

Source = Literal["answers", "ties"]
SOURCES: tuple[Source, ...] = ("answers", "ties")
Cut = tuple[str, ...]
Block = tuple[str, str, str, str]
Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class LeadSet:
    """The figures of a release: by indicator, version and breakdown the rows as they are told, and of which release they tell."""

    rows: pd.DataFrame

    def read(self, indicator: Indicator, by: Cut) -> pd.DataFrame | None:
        """The table of a breakdown, of the columns of a Result; None where it is not in the set."""
        rows = self.rows[(self.rows["indicator"] == _name(indicator)) & (self.rows["by"] == ",".join(by))]
        if rows.empty:
            return None
        dimensions = (*indicator.measures, *by)
        cells = pd.DataFrame([json.loads(cell) for cell in rows["cell"]], columns=list(dimensions))
        figures = rows[["period", "is_complete", *FIGURES, "status", "reason"]].reset_index(drop=True)
        table = pd.concat(
            [figures[["period", "is_complete"]], cells, figures[[*FIGURES, "status", "reason"]]], axis=1
        )
        return table

    @property
    def groups(self) -> dict[str, list[str]]:
        """By attribute the groups that are told of alone."""
        found: dict[str, set[str]] = {}
        for by, cells in self.rows.groupby("by")["cell"]:
            if by:
                found.setdefault(str(by), set()).update(str(json.loads(cell)[-1]) for cell in cells)
        return {name: sorted(values - {TOGETHER, "None"}) for name, values in found.items()}


class NoSet(Exception):
    """What leads were shown before cannot be read, so that nothing can be shown them now: one sentence."""


_SETS: WeakKeyDictionary[Engine, dict[Source, LeadSet]] = WeakKeyDictionary()
_MAKING = threading.Lock()


def find_source(indicator: Indicator) -> Source:
    """What an indicator is told from. What people answered and what ties they named are never counted in one table."""
    return "ties" if "ties" in indicator.tables else "answers"


def read_set(engine: Engine, source: Source, progress: Progress = lambda done, total: None) -> LeadSet:
    """The figures of a release from one source, made when they are first asked for and then never again. Raises NoSet."""
    with _MAKING:
        sets = _SETS.setdefault(engine, {})
        if source not in sets:
            sets[source] = _find_or_make(engine, source, progress)
        return sets[source]


def _find_or_make(engine: Engine, source: Source, progress: Progress) -> LeadSet:
    folder = engine.release.path.parent.parent / FOLDER
    path = folder / f"{engine.release.id}.{source}.parquet"
    with _lock(folder):
        if path.exists():
            return _read(path)
        earlier = sorted(folder.glob(f"*.{source}.parquet"), key=lambda one: one.stat().st_mtime_ns)
        before = [_read(one) for one in earlier]
        made = make_set(engine, source, before, progress)
        with suppress(OSError):
            fresh = path.with_name(f".{path.name}")
            os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
            made.rows.to_parquet(fresh, index=False)
            os.replace(fresh, path)
        return made


def _read(path: Path) -> LeadSet:
    try:
        return LeadSet(pd.read_parquet(path, columns=_COLUMNS))
    except (OSError, ValueError, KeyError) as fault:
        raise NoSet(
            f"Hidden: what leads were shown before cannot be read. Restore {FOLDER / path.name} of the data folder from a copy."
        ) from fault


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Of several processes one makes the set; where nothing can be written each makes its own."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = (folder / "lock").open("a")
    except OSError:
        yield
        return
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def make_set(
    engine: Engine, source: Source, before: Sequence[LeadSet], progress: Progress = lambda done, total: None
) -> LeadSet:
    """Count, close and compare with what was shown `before` every table that leads are shown of what is protected."""
    fixed = {name: groups for one in before for name, groups in one.groups.items()}
    alone = choose_groups(engine, list_attributes(engine), _SCOPE, fixed)
    asked = [
        (indicator, by)
        for indicator in list_indicators(list_attributes(engine)).values()
        if _SCOPE.covers(indicator)
        and find_source(indicator) == source
        and _has_groups(engine, indicator, alone)
        for by in _list_cuts(indicator, list(alone))
    ]
    exact: dict[tuple[str, Cut], Result] = {}
    for done, (indicator, by) in enumerate(asked):
        progress(done, len(asked))
        exact[indicator.id, by] = count_table(engine, indicator, Selection(by=by), alone)
    told: dict[tuple[str, Cut], Told] = {}
    for unit, name in _DISTRIBUTIONS.items():
        for by in [by for indicator, by in exact if indicator == name]:
            items = told.get(("item", by)) if unit == "construct" else None
            told[unit, by] = choose_steps(engine, exact[name, by], _SCOPE, items)
    closed = [_close(one, told) for one in exact.values()]
    closed = _hide_groups_that_did_not_answer(closed)
    rows = pd.concat([_write(one, engine.release.id) for one in closed], ignore_index=True)
    if before:
        rows = _carry(engine, rows, before[-1].rows)
    return LeadSet(rows[_COLUMNS])


def _has_groups(engine: Engine, indicator: Indicator, alone: Mapping[str, Sequence[str]]) -> bool:
    """Whether the groups that an indicator tells of by itself, if any, are told of at all."""
    return MEASURED_GROUP not in indicator.measures or find_attribute(engine, indicator) in alone


def _list_cuts(indicator: Indicator, attributes: Sequence[str]) -> list[Cut]:
    """Everybody, each attribute, and each breakdown of the measure. The shape of a network is told of everybody: of a group it
    would count the few ties that other figures hide."""
    is_shape = indicator.estimator == "computed" and find_source(indicator) == "ties"
    is_whole = is_shape or indicator.is_whole or MEASURED_GROUP in indicator.measures
    by_attribute = () if is_whole else attributes
    return [(), *((name,) for name in by_attribute), *((name,) for name in indicator.breakdowns)]


def _close(exact: Result, told: Mapping[tuple[str, Cut], Told]) -> Result:
    """A table through the gate; of answers what the scale of the question tells, and of changes what both do."""
    indicator = exact.indicator
    unit = next((one for one in _DISTRIBUTIONS if one in indicator.measures), "")
    scale = told.get((unit, exact.groups))
    if scale is None:
        return _say_why(close_table(exact, _SCOPE))
    if indicator.id == _DISTRIBUTIONS[unit]:
        exact = replace(exact, table=coarsen(exact, scale))
    table = exact.table
    groups = table[exact.groups[0]].astype(str) if exact.groups else [EVERYBODY] * len(table)
    cells = list(zip(table["period"].astype(str), table[unit].astype(str), groups, strict=True))
    fineness = _FINEST.get(indicator.id, HALVES)
    is_told = np.array([scale.tells(*cell, fineness) for cell in cells], dtype=bool)
    has_scale = np.array([cell[1] in scale.steps for cell in cells], dtype=bool)
    if indicator.id in _OF_ALL_ANSWERS and has_scale.any():
        closed = close_table(exact, _SCOPE, is_told)
        if not has_scale.all():
            rest = close_table(exact, _SCOPE).table
            closed = replace(
                closed, table=pd.concat([closed.table[has_scale], rest[~has_scale]]).sort_index()
            )
        return _say_why(closed)
    closed = close_table(exact, _SCOPE)
    return _say_why(replace(closed, table=hide_rows(closed.table, ~is_told, HIDDEN)))


def _say_why(closed: Result) -> Result:
    """The same words for all that is hidden: why it is would tell how many there are."""
    is_hidden = closed.table["status"] == "suppressed"
    return replace(closed, table=closed.table.assign(reason=closed.table["reason"].mask(is_hidden, HIDDEN)))


def _hide_groups_that_did_not_answer(closed: Sequence[Result]) -> list[Result]:
    """What says of a group how many of it answered is hidden where its response rate is."""
    shown = {
        (str(row["period"]), str(row[one.groups[0]]))
        for one in closed
        if one.indicator.id == _ANSWERED and one.groups
        for row in one.table[one.table["status"] == "ok"].to_dict(orient="records")
    }
    listed = []
    for one in closed:
        if MEASURED_GROUP in one.indicator.measures:
            cells = zip(one.table["period"].astype(str), one.table[MEASURED_GROUP].astype(str), strict=True)
            is_hidden = np.array([cell not in shown for cell in cells], dtype=bool)
            one = replace(one, table=hide_rows(one.table, is_hidden, HIDDEN))
        listed.append(one)
    return listed


def _write(closed: Result, release_id: str) -> pd.DataFrame:
    table = closed.table
    cells = [
        json.dumps([None if pd.isna(value) else str(value) for value in row], ensure_ascii=False)
        for row in table[list(closed.dimensions)].itertuples(index=False, name=None)
    ]
    figures = table[["period", "is_complete", *FIGURES, "status", "reason"]]
    return figures.assign(
        indicator=_name(closed.indicator),
        by=",".join(closed.groups),
        cell=cells,
        told_by=release_id,
    )


def _name(indicator: Indicator) -> str:
    return f"{indicator.id}:{indicator.version}"


def _carry(engine: Engine, rows: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """What was told before stays where fewer than enough people behind it changed: a group of a period, whole."""
    attributes = list_attributes(engine)
    known = list_indicators(attributes)
    now, then = _list_blocks(rows, set(attributes)), _list_blocks(before, set(attributes))
    alone = LeadSet(rows).groups
    earlier = _Earlier(engine)
    kept = []
    for key, block in now.items():
        name, by, period, group = key
        previous = then.get(key)
        if previous is not None and _are_same(block, previous):
            kept.append(previous)
            continue
        compared = previous if previous is not None else then.get((name, "", period, EVERYBODY))
        if compared is None:
            kept.append(block)
            continue
        changed = earlier.compare(str(compared["told_by"].iloc[0]))
        if changed is None:
            count = _SCOPE.minimum if previous is not None and _moved(block, previous) else 1
        else:
            own = [each for each in attributes if known[name.split(":")[0]].id.endswith(f"_{each}")]
            values = changed.list_values(by) - set(alone[by]) if group == TOGETHER else {group}
            among = (by, values) if group else None
            count = changed.count(known[name.split(":")[0]].tables, period, own, among)
        if previous is not None:
            kept.append(block if count >= _SCOPE.minimum else previous)
        else:
            # What was not told before tells of the people as they were, or of enough who changed.
            kept.append(block if count == 0 or count >= _SCOPE.minimum else _hide(block))
    earlier.close()
    return pd.concat(kept, ignore_index=True)


def _hide(block: pd.DataFrame) -> pd.DataFrame:
    return hide_rows(block, np.ones(len(block), dtype=bool), HIDDEN)


def _list_blocks(rows: pd.DataFrame, attributes: set[str]) -> dict[Block, pd.DataFrame]:
    """The rows of each table, period and group of members; '' where a table has none."""
    groups = [
        str(json.loads(cell)[-1]) if by in attributes else EVERYBODY
        for by, cell in zip(rows["by"], rows["cell"], strict=True)
    ]
    keys = [rows["indicator"], rows["by"], rows["period"], pd.Series(groups, rows.index)]
    return {tuple(map(str, key)): block for key, block in rows.groupby(keys, sort=False)}  # type: ignore[misc]


def _are_same(block: pd.DataFrame, previous: pd.DataFrame) -> bool:
    compared = ["cell", *FIGURES, "status"]
    return bool(block[compared].reset_index(drop=True).equals(previous[compared].reset_index(drop=True)))


def _moved(block: pd.DataFrame, previous: pd.DataFrame) -> bool:
    """Whether so many more or fewer are behind it that enough must have changed, where the release is no longer kept."""
    counts = [one["n"].max() for one in (block, previous)]
    return bool(abs(counts[0] - counts[1]) >= UNCHANGED)


class _Earlier:
    """The releases that earlier figures tell of, each opened and compared once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._engines: list[Engine] = []
        self._compared: dict[str, Changed | None] = {engine.release.id: None}

    def compare(self, release_id: str) -> Changed | None:
        if release_id not in self._compared:
            data = self._engine.release.path.parent.parent
            try:
                earlier = Engine(find_release(data, release_id))
            except (NoRelease, OSError):
                self._compared[release_id] = None
            else:
                self._engines.append(earlier)
                self._compared[release_id] = Changed(self._engine, earlier)
        return self._compared[release_id]

    def close(self) -> None:
        for engine in self._engines:
            engine.close()
