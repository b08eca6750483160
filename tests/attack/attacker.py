"""An attacker who has read a shared page and tries to work out what is hidden, by linear and integer programming.

It knows what everybody can read: the tables, in which steps counts are told, the minimum below which they are hidden, that groups
are disjoint and make up the whole, that counts are whole numbers, and that the share of active members is one of all
members. It shares no code with the audit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from indicators.result import Result

MINIMUM, LEAST_OF_SHARE, MOST = 10, 20, 100_000
NARROW = 4
Floats = NDArray[np.float64]


@dataclass
class Haul:
    """What an attack found: cells shown, cells hidden, and those hidden ones bounded to a width of 4 or less."""

    shown: int = 0
    hidden: int = 0
    recovered: list[str] = field(default_factory=list)

    @property
    def published(self) -> float:
        """The share of cells that are shown."""
        return self.shown / max(self.shown + self.hidden, 1)

    def add(self, other: Haul) -> None:
        self.shown += other.shown
        self.hidden += other.hidden
        self.recovered += other.recovered


@dataclass(frozen=True)
class _Cell:
    table: str
    group: str
    is_share: bool
    row: Mapping[Any, Any]
    people: float | None

    @property
    def is_shown(self) -> bool:
        return bool(self.row["status"] == "ok")


def attack(results: Iterable[Result], *, is_whole: bool = True, base: int = 5) -> Haul:
    """Try every hidden cell of every table; `is_whole` asks for whole numbers, else the linear relaxation.

    `base` is how wide the steps are that counts are told in: 1 for tables that show exact counts.
    """
    lines: dict[tuple[str, ...], list[_Cell]] = defaultdict(list)
    haul, results = Haul(), list(results)
    sizes = {
        (str(row["period"]), *((name, str(row[name])) for name in result.selection.by)): float(row["n"])
        for result in results
        if result.indicator.id == "members"
        for row in result.table[result.table["status"] == "ok"].to_dict(orient="records")
    }
    for result in results:
        indicator = result.indicator
        by = [name for name in result.dimensions if name not in indicator.measures]
        is_share = indicator.estimator in ("proportion", "share")
        for row in result.table.to_dict(orient="records"):
            if row["status"] == "no_data":
                continue
            measures = [str(row[name]) for name in indicator.measures]
            groups = [str(row[name]) for name in by]
            is_of_all = indicator.id == "active_members"
            people = sizes.get((str(row["period"]), *zip(by, groups, strict=True))) if is_of_all else None
            cell = _Cell(",".join(by), "/".join(groups), is_share, row, people)
            haul.shown += cell.is_shown
            haul.hidden += not cell.is_shown
            if indicator.estimator != "survival":
                lines[(indicator.id, str(row["period"]), *measures)].append(cell)
    for name, cells in lines.items():
        found = _solve(cells, is_whole, base - 1)
        haul.recovered += [f"{'/'.join(name)}: {one}" for one in found]
    return haul


def _solve(cells: Sequence[_Cell], is_whole: bool, above: int) -> list[str]:
    """The hidden counts of tables of the same people that are bounded to a width of 4 or less."""
    groups = [cell for cell in cells if cell.table]
    hidden = [place for place, cell in enumerate(groups) if not cell.is_shown]
    if not hidden:
        return []
    place_of = {id(cell): place for place, cell in enumerate(groups)}
    tables: dict[str, list[int]] = defaultdict(list)
    for place, cell in enumerate(groups):
        tables[cell.table].append(place)
    kinds = ("numerator", "denominator") if groups[0].is_share else ("n",)
    # Unknowns: each group's counts, then, of each hidden share, which of the three reasons hides it.
    counts, reasons = len(groups) * len(kinds), 3 * len(hidden) if len(kinds) == 2 else 0
    rows: list[Floats] = []
    low: list[float] = []
    high: list[float] = []

    def state(weights: Mapping[int, float], least: float, most: float) -> None:
        row = np.zeros(counts + reasons)
        for place, weight in weights.items():
            row[place] += weight
        rows.append(row)
        low.append(least)
        high.append(most)

    for cell in cells:
        wholes = list(tables.values()) if not cell.table else [[place_of[id(cell)]]]
        for kind, name in enumerate(kinds):
            for places in wholes if cell.is_shown else ():
                weights = dict.fromkeys((place * len(kinds) + kind for place in places), 1.0)
                value = float(cell.row[name])
                state(weights, value, value + above)
    for first_table, second_table in pairwise(tables.values()):
        for kind in range(len(kinds)):
            weights = {place * len(kinds) + kind: 1.0 for place in first_table}
            weights |= {place * len(kinds) + kind: -1.0 for place in second_table}
            state(weights, 0.0, 0.0)
    for number, place in enumerate(hidden):
        first = place * len(kinds)
        if len(kinds) == 1:
            is_small = str(groups[place].row["reason"]).startswith("Hidden: fewer")
            state({first: 1.0}, 0.0, MINIMUM - 1 if is_small else np.inf)
            continue
        state({first: -1.0, first + 1: 1.0}, 0.0, np.inf)
        people = groups[place].people
        if people is not None:
            state({first + 1: 1.0}, people, people + above)
        if not str(groups[place].row["reason"]).startswith("Hidden: fewer"):
            continue
        why = counts + 3 * number
        state({why: 1.0, why + 1: 1.0, why + 2: 1.0}, 1.0, 3.0)
        state({first: 1.0, why: MOST}, -np.inf, MINIMUM - 1 + MOST)
        state({first + 1: 1.0, first: -1.0, why + 1: MOST}, -np.inf, MINIMUM - 1 + MOST)
        state({first + 1: 1.0, why + 2: MOST}, -np.inf, LEAST_OF_SHARE - 1 + MOST)
    least = np.zeros(counts + reasons)
    for place, cell in enumerate(groups):
        if cell.is_shown:
            least[place * len(kinds)] = MINIMUM
            if len(kinds) == 2:
                least[place * len(kinds) + 1] = LEAST_OF_SHARE
                state({place * 2: -1.0, place * 2 + 1: 1.0}, MINIMUM, np.inf)
    most = np.concatenate([np.full(counts, float(MOST)), np.ones(reasons)])
    constraints = LinearConstraint(np.array(rows), np.array(low), np.array(high))
    whole = np.full(counts + reasons, int(is_whole))
    found = []
    for place in hidden:
        first = place * len(kinds)
        targets = {"n": {first: 1.0}}
        if len(kinds) == 2:
            targets = {"numerator": {first: 1.0}, "the others": {first + 1: 1.0, first: -1.0}}
        for name, weights in targets.items():
            objective = np.zeros(counts + reasons)
            for position, weight in weights.items():
                objective[position] = weight
            ends = []
            for sign in (1.0, -1.0):
                solved = milp(
                    sign * objective,
                    constraints=constraints,
                    bounds=Bounds(least, most),
                    integrality=whole,
                    options={"mip_rel_gap": 0.0, "time_limit": 10.0},
                )
                ends.append(sign * solved.fun if solved.status == 0 else -sign * np.inf)
            if ends[1] - ends[0] <= NARROW + 1e-6:
                group = groups[place]
                found.append(f"{name} of {group.table} {group.group} is {ends[0]:.0f} to {ends[1]:.0f}")
    return found
