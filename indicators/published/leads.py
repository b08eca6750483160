"""What programme leads are told of answers, ties and who answered: one fixed set a release, closed as a whole.

A lead knows the programme's own records and keeps every figure of every release. So each protected indicator is there for
everybody and by one attribute at a time, whatever is asked on a page or by a command; groups, scales and counts are the same
in all of them; and a figure changes only when enough people behind it did.
"""

from __future__ import annotations

import fcntl
import json
import re
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from commands import Refusal
from indicators.catalogue import list_indicators
from indicators.definition import MEASURE_DIMENSIONS, Indicator
from indicators.gate.disclosure import SCOPES
from indicators.gate.groups import MEASURED_GROUP, TOGETHER, find_attribute
from indicators.published.changed import Changed, Signs
from indicators.published.closing import close_table, count_table, hide_rows
from indicators.published.nested import choose_groups
from indicators.published.steps import HALVES, SIDES, Told, choose_steps, coarsen, name_groups
from indicators.published.verdict import Verdict, judge, write_verdicts
from indicators.result import FIGURES, Result
from indicators.selection import Selection, list_attributes
from warehouse.engine import Engine
from warehouse.files import write_whole

FOLDER = Path("state") / "leads"
HIDDEN = "Hidden: too few people are behind it, or behind what could be worked out with it."
SIGNS = "signs.parquet"
_SCOPE = SCOPES["lead"]
_FINEST = {"item_net": SIDES, "item_agreement": SIDES, "item_nps": SIDES, "construct_net": SIDES}
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
_TOPIC = re.compile(r"topic = '([^']+)'")
_ANSWERED = "response_rate_rr1"
_COLUMNS = ["indicator", "by", "period", "is_complete", "cell", *FIGURES, "status", "reason", "told_by"]

Source = Literal["answers", "ties"]
SOURCES: tuple[Source, ...] = ("answers", "ties")
Cut = tuple[str, ...]
Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class LeadSet:
    """The figures of a release: by indicator, version and breakdown the rows as they are told, of which release they tell, and
    how the checks ended when they were made."""

    rows: pd.DataFrame
    verdicts: tuple[Verdict, ...] = ()

    def read(self, indicator: Indicator, by: Cut) -> pd.DataFrame | None:
        """The table of a breakdown, of the columns of a Result; None where it is not in the set."""
        rows = self.rows[(self.rows["indicator"] == _name(indicator)) & (self.rows["by"] == ",".join(by))]
        if rows.empty:
            return None
        dimensions = (*indicator.measures, *by)
        cells = pd.DataFrame([json.loads(cell) for cell in rows["cell"]], columns=list(dimensions))
        figures = rows[["period", "is_complete", *FIGURES, "status", "reason"]].reset_index(drop=True)
        return pd.concat(
            [figures[["period", "is_complete"]], cells, figures[[*FIGURES, "status", "reason"]]], axis=1
        )

    @property
    def groups(self) -> dict[str, list[str]]:
        """By attribute the groups that are told of alone."""
        found: dict[str, set[str]] = {}
        for by, cells in self.rows.groupby("by")["cell"]:
            if by and by not in MEASURE_DIMENSIONS:
                found.setdefault(str(by), set()).update(str(json.loads(cell)[-1]) for cell in cells)
        return {name: sorted(values - {TOGETHER, "None"}) for name, values in found.items()}


class NoSet(Refusal):
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
    try:
        with _lock(folder):
            if path.exists():
                return LeadSet(_read(path))
            signs = folder / f"{engine.release.id}.{SIGNS}"
            if not signs.exists():
                _write_file(signs, Signs.of_release(engine).rows)
            earlier = sorted(folder.glob(f"*.{source}.parquet"), key=lambda one: one.stat().st_mtime_ns)
            made = make_set(engine, source, [LeadSet(_read(one)) for one in earlier], progress)
            write_verdicts(path.with_suffix(".verdict.json"), engine.release.id, _SCOPE, made.verdicts)
            _write_file(path, made.rows)
            return made
    except OSError as fault:
        raise NoSet(
            f"Hidden: what leads are shown cannot be kept in {FOLDER} of the data folder, so that nothing is shown. "
            "Let the server write there."
        ) from fault


def forget_missing(engine: Engine) -> None:
    """Leave of what earlier releases were signed with only those who are members of this one. Raises OSError."""
    members = set(engine.query("SELECT member_id FROM members")["member_id"])
    for path in (engine.release.path.parent.parent / FOLDER).glob(f"*.{SIGNS}"):
        rows = _read(path)
        _write_file(path, rows[rows["member_id"].isin(members)])


def _read(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError, KeyError) as fault:
        raise NoSet(
            f"Hidden: what leads were shown before cannot be read. Restore {FOLDER / path.name} of the data folder from a copy."
        ) from fault


def _write_file(path: Path, rows: pd.DataFrame) -> None:
    with write_whole(path) as fresh:
        rows.to_parquet(fresh, index=False)


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Of several processes one makes the set."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("a") as handle:
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
        and not indicator.is_for_evaluators
        and find_source(indicator) == source
        and _has_groups(engine, indicator, alone)
        for by in _list_cuts(indicator, list(alone))
    ]
    exact: dict[tuple[str, Cut], Result] = {}
    for done, (indicator, by) in enumerate(asked):
        progress(done, len(asked))
        exact[indicator.id, by] = count_table(engine, indicator, Selection(by=by), alone, _SCOPE)
    told: dict[tuple[str, Cut], Told] = {}
    for unit, name in _DISTRIBUTIONS.items():
        for by in [by for indicator, by in exact if indicator == name]:
            items = told.get(("item", by)) if unit == "construct" else None
            told[unit, by] = choose_steps(engine, exact[name, by], _SCOPE, items)
    exact = {key: _coarsen(one, told) for key, one in exact.items()}
    closed = _hide_what_follows([_close(one, told) for one in exact.values()])
    verdicts = [judge(*pair, _SCOPE) for pair in zip(exact.values(), closed, strict=True)]
    rows = pd.concat([_write(one, engine.release.id) for one in closed], ignore_index=True)
    if before:
        rows = _carry(engine, rows, before)
    return LeadSet(rows[_COLUMNS], tuple(verdicts))


def _has_groups(engine: Engine, indicator: Indicator, alone: Mapping[str, Sequence[str]]) -> bool:
    """Whether the groups that an indicator tells of by itself, if any, are told of at all."""
    return MEASURED_GROUP not in indicator.measures or find_attribute(engine, indicator) in alone


def _list_cuts(indicator: Indicator, attributes: Sequence[str]) -> list[Cut]:
    """Everybody, each attribute, and each breakdown of the measure. Of a group the shape of a network would count the few ties,
    a p-value the few changes, and the sides of a change the few who came or went, that other figures hide."""
    is_exact = indicator.estimator == "computed" and (
        find_source(indicator) == "ties" or indicator.unit == "p" or "part" in indicator.measures
    )
    is_whole = is_exact or indicator.is_whole or MEASURED_GROUP in indicator.measures
    by_attribute = () if is_whole else attributes
    return [(), *((name,) for name in by_attribute), *((name,) for name in indicator.breakdowns)]


def _coarsen(exact: Result, told: Mapping[tuple[str, Cut], Told]) -> Result:
    """A table of distributions with the answers together that the scale of its question tells together."""
    for unit, name in _DISTRIBUTIONS.items():
        if exact.indicator.id == name and (unit, exact.groups) in told:
            return replace(exact, table=coarsen(exact, told[unit, exact.groups]))
    return exact


def _close(exact: Result, told: Mapping[tuple[str, Cut], Told]) -> Result:
    """A table through the gate; of answers what the scale of the question tells, and of changes what both do."""
    indicator = exact.indicator
    unit = next((one for one in _DISTRIBUTIONS if one in indicator.measures), "")
    scale = told.get((unit, exact.groups))
    topic = _TOPIC.search(indicator.where)
    if topic and ("construct", exact.groups) in told:
        return _close_topic(exact, told["construct", exact.groups], topic[1])
    if scale is None:
        return _say_why(close_table(exact, _SCOPE))
    table = exact.table
    groups = name_groups(exact, table)
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
    if "part" in exact.dimensions:
        is_told &= ~_differ_by_few(exact.table, ["period", unit])
    return _say_why(replace(closed, table=hide_rows(closed.table, ~is_told, HIDDEN)))


def _close_topic(exact: Result, scale: Told, topic: str) -> Result:
    """The share of a construct under a name of its own: told where the construct is."""
    construct = next((one for one in scale.steps if one.strip().lower().replace("_", " ") == topic), "")
    table = exact.table
    cells = zip(table["period"].astype(str), name_groups(exact, table), strict=True)
    is_told = [scale.tells(period, construct, group) for period, group in cells]
    return _say_why(close_table(exact, _SCOPE, np.array(is_told, dtype=bool)))


def _differ_by_few(table: pd.DataFrame, keys: list[str]) -> np.ndarray:
    """Rows beside which another of the same question stands with a few people more or fewer, whose mean could be worked out."""
    few = np.zeros(len(table), dtype=bool)
    for _, rows in table.reset_index(drop=True).groupby(keys, dropna=False):
        n = rows["n"].to_numpy(dtype=float)
        apart = np.abs(n[:, None] - n[None, :])
        few[rows.index] = ((apart > 0) & (apart < _SCOPE.minimum)).any(axis=1)
    return few


def _say_why(closed: Result) -> Result:
    """The same words for all that is hidden: why it is would tell how many there are."""
    is_hidden = closed.table["status"] == "suppressed"
    return replace(closed, table=closed.table.assign(reason=closed.table["reason"].mask(is_hidden, HIDDEN)))


def _hide_what_follows(closed: Sequence[Result]) -> list[Result]:
    """What says of a group how many of it answered is hidden where its response rate is, or where few answered at all; a
    p-value where the change that it tests is."""
    answered = {
        str(row["period"]): row["numerator"]
        for one in closed
        if one.indicator.id == _ANSWERED and not one.groups
        for row in one.table[one.table["status"] == "ok"].to_dict(orient="records")
    }
    changes = {
        (one.indicator.id, str(row["period"]), str(row["item"]))
        for one in closed
        if one.indicator.id.startswith("item_positive_change") and not one.groups
        for row in one.table[one.table["status"] == "ok"].to_dict(orient="records")
    }
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
            least = _SCOPE.smallest_group
            is_hidden = [cell not in shown or answered.get(cell[0], 0.0) < least for cell in cells]
            one = replace(one, table=hide_rows(one.table, np.array(is_hidden, dtype=bool), HIDDEN))
        if one.indicator.unit == "p" and "item" in one.dimensions:
            tested = "item_positive_change" + (
                "_since_first" if one.indicator.id.endswith("_since_first") else ""
            )
            cells = zip(one.table["period"].astype(str), one.table["item"].astype(str), strict=True)
            is_hidden = [(tested, *cell) not in changes for cell in cells]
            one = replace(one, table=hide_rows(one.table, np.array(is_hidden, dtype=bool), HIDDEN))
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


def _carry(engine: Engine, rows: pd.DataFrame, before: Sequence[LeadSet]) -> pd.DataFrame:
    """What was told before of a period stays, a table as a whole, unless it differs from all that was ever told of it by
    enough people in every group, or by nobody in it."""
    attributes = list_attributes(engine)
    known = list_indicators(attributes)
    alone = LeadSet(rows).groups
    then = [_list_tables(one.rows) for one in before]
    compared: dict[str, Changed] = {}
    folder = engine.release.path.parent.parent / FOLDER
    now = Signs(_read(folder / f"{engine.release.id}.{SIGNS}"))
    kept = []
    for key, table in _list_tables(rows).items():
        name, by, period = key
        own = [one[key] for one in then if key in one]
        if own and _are_same(table, own[-1]):
            kept.append(own[-1])
            continue
        whole = [one[name, "", period] for one in then if (name, "", period) in one]
        indicator = known[name.split(":")[0]]
        counts = []
        for told_by in {str(one["told_by"].iloc[0]) for one in own or whole}:
            if told_by not in compared:
                compared[told_by] = Changed(now, Signs(_read(folder / f"{told_by}.{SIGNS}")))
            matter = [each for each in attributes if indicator.id.endswith(f"_{each}")]
            for among in _list_groups(compared[told_by], by, alone):
                counts.append(compared[told_by].count(indicator.tables, period, matter, among))
        is_enough = all(count == 0 or count >= _SCOPE.minimum for count in counts)
        if own:
            kept.append(table if is_enough and any(counts) else own[-1])
        else:
            kept.append(table if is_enough else hide_rows(table, np.ones(len(table), dtype=bool), HIDDEN))
    return pd.concat(kept, ignore_index=True)


def _list_groups(
    changed: Changed, by: str, alone: Mapping[str, Sequence[str]]
) -> list[tuple[str, Collection[str]] | None]:
    """The groups of a table, each with the values of the attribute that it stands for; everybody as None."""
    if by not in alone:
        return [None]
    rest = changed.list_values(by) - set(alone[by])
    return [*((by, (group,)) for group in alone[by]), (by, rest)]


def _list_tables(rows: pd.DataFrame) -> dict[tuple[str, str, str], pd.DataFrame]:
    """The rows of each indicator, breakdown and period."""
    return {
        (str(name), str(by), str(period)): table
        for (name, by, period), table in rows.groupby(["indicator", "by", "period"], sort=False)
    }


def _are_same(block: pd.DataFrame, previous: pd.DataFrame) -> bool:
    compared = ["cell", *FIGURES, "status"]
    return bool(block[compared].reset_index(drop=True).equals(previous[compared].reset_index(drop=True)))
