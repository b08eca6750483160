"""The audit of what is sealed: how closely linear programming could bound a hidden count from everything published.

The attacker is taken to know every published table, of this and of earlier extracts, how counts are rounded, and the
minimum below which they are hidden. Of each indicator and period the unknowns are the counts of the groups, of all their
combinations where a table has two dimensions; a table states sums of these. Hundepool et al. 2012, Statistical
Disclosure Control, ch. 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indicators.gate.disclosure import PRIMARY, SCOPES
from indicators.published.closing import hide_rows
from indicators.result import Result

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

NARROWEST = 5.0
WITHHELD = "Hidden: with the other tables it would give away a hidden figure."
_SHARES = ("proportion", "share")
Universe = tuple[str, ...]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One row of a published table: of which groups (by dimension), whether hidden, and its rounded counts."""

    table: tuple[str, ...]
    groups: tuple[tuple[str, str], ...]
    is_share: bool
    is_shown: bool
    is_primary: bool
    counts: Mapping[str, float]


@dataclass(frozen=True)
class Exposed:
    """A hidden count that can be bounded too closely: in which universe and table, of which groups, and how closely."""

    universe: Universe
    table: tuple[str, ...]
    groups: tuple[tuple[str, str], ...]
    count: str
    low: float
    high: float


def read_universes(results: Iterable[Result]) -> dict[Universe, list[Row]]:
    """The rows of some results by indicator, period and measures: within one of these the tables have common sums."""
    universes: dict[Universe, list[Row]] = {}
    for result in results:
        indicator = result.indicator
        if indicator.estimator == "survival":
            continue
        for record in result.table.to_dict(orient="records"):
            if record["status"] == "no_data":
                continue
            measures = [str(record[name]) for name in indicator.measures]
            universe = (indicator.id, str(record["period"]), *measures)
            universes.setdefault(universe, []).append(
                _read_row(record, result.groups, indicator.estimator in _SHARES)
            )
    return universes


def find_exposed(rows: Sequence[Row], earlier: Sequence[Row], universe: Universe) -> list[Exposed]:
    """The hidden counts of one universe whose bounds are less than 5 apart.

    `earlier` are rows published before, taken to describe the same people; where they contradict the new ones, the
    attacker knows that people changed and has to do without them. What was itself shown before is no secret.
    """
    told = {(row.table, row.groups) for row in earlier if row.is_shown}
    hidden = [row for row in rows if not row.is_shown and row.groups and (row.table, row.groups) not in told]
    if not hidden:
        return []
    system = _make_system([*rows, *earlier])
    if earlier and not _is_feasible(system):
        system = _make_system(rows)
    found = []
    for row in hidden:
        for name, objective in _list_targets(row, system).items():
            low, high = _bound(objective, system)
            if high - low < NARROWEST:
                found.append(Exposed(universe, row.table, row.groups, name, low, high))
    return found


def withhold_exposed(
    results: Sequence[Result], earlier: Mapping[Universe, Sequence[Row]]
) -> tuple[Result, ...]:
    """The results without those tables from which, or in which, a hidden count could be bounded too closely.

    A table of one universe is dropped whole, the one that exposes most first, until nothing is exposed.
    """
    kept = list(results)
    for universe, rows in read_universes(kept).items():
        while exposed := find_exposed(rows, earlier.get(universe, ()), universe):
            tables = [one.table for one in exposed]
            shown = {row.table for row in rows if row.is_shown and row.groups}
            candidates = [table for table in tables if table in shown] or sorted(shown)
            if not candidates:
                break
            worst = max(candidates, key=tables.count)
            kept = [_drop(result, universe, worst) for result in kept]
            rows = read_universes(kept)[universe]
    return tuple(kept)


def _drop(result: Result, universe: Universe, table: tuple[str, ...]) -> Result:
    indicator = result.indicator
    if indicator.id != universe[0] or result.groups != table:
        return result
    keys = zip(*(result.table[name].astype(str) for name in ("period", *indicator.measures)), strict=True)
    is_dropped = np.array([key == universe[1:] for key in keys], dtype=bool)
    return replace(result, table=hide_rows(result.table, is_dropped, WITHHELD))


def _read_row(record: Mapping[Any, Any], by: tuple[str, ...], is_share: bool) -> Row:
    is_shown = record["status"] == "ok"
    names = ("n", "numerator", "denominator") if is_share else ("n",)
    return Row(
        table=by,
        groups=tuple((name, str(record[name])) for name in by),
        is_share=is_share,
        is_shown=is_shown,
        is_primary=str(record["reason"]).startswith(PRIMARY),
        counts={name: float(record[name]) for name in names} if is_shown else {},
    )


@dataclass(frozen=True)
class _System:
    """Aᵤ x ≤ b over x ≥ 0: one unknown an atom and count; `places` finds the unknowns of a group's count."""

    matrix: Floats
    limits: Floats
    size: int
    atoms: list[dict[str, str]]
    names: tuple[str, ...]

    def sum_of(self, groups: Sequence[tuple[str, str]], count: str) -> Floats:
        start = self.names.index(count) * len(self.atoms)
        row = np.zeros(self.size)
        for place, atom in enumerate(self.atoms):
            if all(atom[name] == value for name, value in groups):
                row[start + place] = 1.0
        return row


def _make_system(rows: Sequence[Row]) -> _System:
    values: dict[str, list[str]] = {}
    for row in rows:
        for name, value in row.groups:
            if value not in values.setdefault(name, []):
                values[name].append(value)
    atoms = [dict(zip(values, combination, strict=True)) for combination in product(*values.values())]
    is_share = any(row.is_share for row in rows)
    names = ("n", "numerator", "denominator") if is_share else ("n",)
    empty = _System(np.zeros((0, 0)), np.zeros(0), len(atoms) * len(names), atoms, names)
    left: list[Floats] = []
    right: list[float] = []

    def state(sum_: Floats, low: float, high: float) -> None:
        left.extend((sum_, -sum_))
        right.extend((high, -low))

    scope = SCOPES["funder"]
    above = scope.rounding - 1
    for row in rows:
        sums = {name: empty.sum_of(row.groups, name) for name in names}
        for name, count in row.counts.items():
            least = scope.least_of_share if name == "denominator" else scope.minimum
            state(sums[name], max(count, least), count + above)
        if row.is_shown and row.is_share:
            state(sums["denominator"] - sums["numerator"], scope.minimum, np.inf)
        if row.is_primary and not row.is_share:
            state(sums["n"], 0.0, scope.minimum - 1)
    if is_share:
        for place in range(len(atoms)):
            whole = np.zeros(empty.size)
            whole[len(atoms) + place], whole[2 * len(atoms) + place] = 1.0, -1.0
            left.append(whole)
            right.append(0.0)
    limits = np.array(right, dtype=np.float64)
    is_finite = np.isfinite(limits)
    matrix = np.array(left).reshape(-1, empty.size)[is_finite]
    return replace(empty, matrix=matrix, limits=limits[is_finite])


def _list_targets(row: Row, system: _System) -> dict[str, Floats]:
    """What is hidden in a row, as sums of unknowns: people; of a share also those in it and those out of it."""
    sums = {name: system.sum_of(row.groups, name) for name in system.names}
    if not row.is_share:
        return {"n": sums["n"]}
    return {"numerator": sums["numerator"], "complement": sums["denominator"] - sums["numerator"]}


def _minimise(objective: Floats, system: _System) -> OptimizeResult:
    from scipy.optimize import linprog

    return linprog(objective, A_ub=system.matrix, b_ub=system.limits, method="highs")


def _is_feasible(system: _System) -> bool:
    return bool(_minimise(np.zeros(system.size), system).status != 2)


def _bound(objective: Floats, system: _System) -> tuple[float, float]:
    """The least and the greatest value of a sum of unknowns; infinite where nothing bounds it."""
    ends = []
    for sign in (1.0, -1.0):
        solved = _minimise(sign * objective, system)
        ends.append(sign * float(solved.fun or 0.0) if solved.status == 0 else -sign * np.inf)
    return ends[0], ends[1]
