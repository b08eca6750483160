"""What programme leads are told of answers, ties and who answered: one fixed set a release, closed as a whole.

A lead knows the programme's own records and keeps every figure of every release. So each protected indicator is there for
everybody and by one attribute at a time, whatever is asked on a page or by a command; groups, scales and counts are the same
in all of them; and a figure changes only when enough people behind it did.
"""

from __future__ import annotations

import fcntl
import json
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from weakref import WeakKeyDictionary

import pandas as pd

from commands import Refusal
from indicators.catalogue import list_indicators
from indicators.definition import Indicator
from indicators.gate.disclosure import SCOPES
from indicators.gate.groups import MEASURED_GROUP, find_attribute
from indicators.published.closing import count_table
from indicators.published.leads.alike import make_alike
from indicators.published.leads.earlier import Earlier
from indicators.published.leads.later.carrying import carry, list_groups_alone
from indicators.published.leads.later.changed import Signs
from indicators.published.leads.named import hide_few_named, leave_out_few_named
from indicators.published.leads.nested import choose_groups
from indicators.published.leads.rules import DISTRIBUTIONS, close, coarsen_answers, hide_what_follows
from indicators.published.leads.steps import Told, choose_steps
from indicators.published.verdict import Verdict, judge, write_verdicts
from indicators.result import FIGURES, Result
from indicators.selection import Selection, list_attributes
from warehouse.engine import Engine
from warehouse.files import write_whole

FOLDER = Path("state") / "leads"
# The names of all files that were ever written there, kept outside it: one that is gone is missed.
REGISTER = Path("state") / "leads.json"
SIGNS = "signs.parquet"
_SCOPE = SCOPES["lead"]
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

    def list_periods(self, tables: Collection[str]) -> set[str]:
        """The periods of which a figure made of one of these tables is told."""
        made_of = {_name(one) for one in list_indicators(()).values() if set(one.tables) & set(tables)}
        told = (self.rows["status"] == "ok") & self.rows["indicator"].isin(made_of)
        return set(self.rows.loc[told, "period"].astype(str))

    @property
    def groups(self) -> dict[str, list[str]]:
        """By attribute the groups that are told of alone."""
        return list_groups_alone(self.rows)


class NoSet(Refusal):
    """What leads were shown before cannot be read, so that nothing can be shown them now: one sentence."""


_RESTORE = (
    "Without it a figure could be told that gives people away beside an earlier one: restore it from the backup, or confirm "
    "that it is lost with python -m sharing new-leads."
)
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
            _check_nothing_is_missing(folder)
            if path.exists():
                return LeadSet(_read(path))
            signs = folder / f"{engine.release.id}.{SIGNS}"
            if not signs.exists():
                _write_file(signs, Signs.of_release(engine).rows)
            earlier = sorted(folder.glob(f"*.{source}.parquet"), key=lambda one: one.stat().st_mtime_ns)
            made = make_set(engine, source, [LeadSet(_read(one)) for one in earlier], progress)
            write_verdicts(path.with_suffix(".verdict.json"), engine.release.id, _SCOPE, made.verdicts)
            _write_file(path, made.rows)
            _write_register(folder)
            return made
    except OSError as fault:
        raise NoSet(
            f"Hidden: what leads are shown cannot be kept in {FOLDER} of the data folder, so that nothing is shown. "
            "Let the server write there."
        ) from fault


def _check_nothing_is_missing(folder: Path) -> None:
    """Raises NoSet where a file is gone that what is told now would have to be compared with."""
    register = folder.parent / REGISTER.name
    try:
        names = json.loads(register.read_text(encoding="utf-8")) if register.exists() else []
        missing = sorted(name for name in names if not (folder / name).exists())
    except (ValueError, TypeError) as fault:
        raise NoSet(f"Hidden: {REGISTER} of the data folder is damaged. {_RESTORE}") from fault
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise NoSet(
            f"Hidden: what leads were shown before is missing from the data folder: {FOLDER / missing[0]}{more}. {_RESTORE}"
        )


def _write_register(folder: Path) -> None:
    with write_whole(folder.parent / REGISTER.name) as fresh:
        names = sorted(path.name for path in folder.glob("*.parquet"))
        fresh.write_text(json.dumps(names, indent=1) + "\n", encoding="utf-8")


def begin_anew(data: Path) -> None:
    """Miss nothing any more of what leads were shown before: what is there counts, and what is gone does not. Raises OSError."""
    folder = data / FOLDER
    with _lock(folder):
        _write_register(folder)


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
    if source == "ties":
        exact = leave_out_few_named(engine, exact, [one.rows for one in before], _SCOPE)
    told: dict[tuple[str, Cut], Told] = {}
    for unit, name in DISTRIBUTIONS.items():
        for by in [by for indicator, by in exact if indicator == name]:
            items = told.get(("item", by)) if unit == "construct" else None
            told[unit, by] = choose_steps(engine, exact[name, by], _SCOPE, items)
    exact = {key: coarsen_answers(one, told) for key, one in exact.items()}
    earlier = Earlier.of_release(engine)
    closed = hide_what_follows([close(one, told, _SCOPE, earlier) for one in exact.values()], _SCOPE)
    if source == "ties":
        closed = hide_few_named(engine, closed, alone, _SCOPE)
    verdicts = [judge(*pair, _SCOPE) for pair in zip(exact.values(), closed, strict=True)]
    alike = make_alike(engine, closed, told)
    rows = _write(alike, engine.release.id)
    if before:
        folder = engine.release.path.parent.parent / FOLDER
        rows = carry(
            engine,
            rows,
            [one.rows for one in before],
            lambda told_by: Signs.of_file(_read(folder / f"{told_by}.{SIGNS}")),
            _SCOPE,
        )
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


def _write(closed: Sequence[Result], release_id: str) -> pd.DataFrame:
    rows = pd.concat(
        [one.table[["period", "is_complete", *FIGURES, "status", "reason"]] for one in closed],
        ignore_index=True,
    )
    cells = [
        (_name(one.indicator), ",".join(one.groups), json.dumps(cell, ensure_ascii=False))
        for one in closed
        for cell in _list_cells(one)
    ]
    names, cuts, told = zip(*cells, strict=True)
    return rows.assign(indicator=names, by=cuts, cell=told, told_by=release_id)


def _list_cells(one: Result) -> Iterator[list[str | None]]:
    """What each row is of; what is missing is None."""
    for row in one.table[list(one.dimensions)].itertuples(index=False, name=None):
        yield [None if pd.isna(value) else str(value) for value in row]


def _name(indicator: Indicator) -> str:
    return f"{indicator.id}:{indicator.version}"
