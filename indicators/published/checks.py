"""The checks of ACRO on every row of a closed table, before it is told.

Green, E., Ritchie, F. & Smith, J. 2021, Automatic checking of research outputs (ACRO), and its package of version 1.0, whose
limits of dominance are used; its thresholds are those of the scope. docs/decisions/0015 says why the package itself is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from indicators.gate.disclosure import Scope, is_mean
from indicators.published.parts import read_largest
from indicators.result import Result, list_words
from indicators.statistics.cells import BEHIND
from warehouse.engine import Engine

CHECKS: dict[str, str] = {
    "threshold": "fewer people than the least count, in it, out of it or in all",
    "degrees of freedom": "a mean of too few people less one",
    "dominance": "the two largest parts are 90 % or more of the sum",
    "p-ratio": "all but the two largest parts are less than 10 % of the largest",
    "zeros": "nobody at all, or nobody on one side of a share",
    "all same": "everybody has the same value",
    "rounding": "a count told in a step that the threshold cuts, so that it is known more closely than the step",
}
DOMINANCE, P_RATIO = 0.9, 0.1
PART = "part_"
_PARTS = ("first", "two", "sum", "least")
_SHARES = ("proportion", "composition", "share", "survival")
_MAGNITUDES = ("total", "mean", "ratio", "share")

Flags = NDArray[np.bool_]


def add_parts(engine: Engine, exact: Result, alone: Mapping[str, Sequence[str]]) -> Result:
    """The table with the largest, the two largest, the sum, the least and the most of what each person adds to a row
    (`part_…`), where the figure is made of sums that people add to unequally; where some are below 0 only the last two."""
    indicator = exact.indicator
    if indicator.estimator not in _MAGNITUDES or not (indicator.facts or indicator.base) or exact.is_empty:
        return exact
    keys = ["period", *exact.dimensions]
    parts = read_largest(engine, exact, alone)
    found = dict(zip(list_words(parts, keys), parts[list(_PARTS)].to_numpy(dtype=float), strict=True))
    nothing = np.full(len(_PARTS), np.nan)
    added = np.array([found.get(cell, nothing) for cell in list_words(exact.table, keys)])
    columns = {f"{PART}{name}": added[:, place] for place, name in enumerate(_PARTS)}
    return replace(exact, table=exact.table.assign(**columns))


def find_failures(exact: Result, scope: Scope) -> dict[str, Flags]:
    """By check the rows of an exact table that do not pass it; a row without a figure passes all."""
    table, indicator = exact.table, exact.indicator
    is_known = (table["status"] == "ok").to_numpy()
    n, numerator, denominator = (table[name].to_numpy(float) for name in ("n", "numerator", "denominator"))
    counts = [n]
    sides: list[NDArray[np.float64]] = []
    if indicator.estimator in _SHARES:
        sides = [numerator, denominator - numerator]
        if indicator.estimator == "share":
            sides += [table[name].to_numpy(float) for name in BEHIND if name in table]
        if indicator.baseline:
            is_everybody = (table[indicator.measures[-1]] == indicator.baseline).to_numpy()
            sides = [np.where(is_everybody, denominator, side) for side in sides]
        counts += [numerator, denominator]
    found = {name: np.zeros(len(table), dtype=bool) for name in CHECKS}
    is_computed = indicator.estimator == "computed"
    behind = [table[name].to_numpy(float) for name in BEHIND if is_computed and name in table]
    least = np.fmin.reduce([n, *sides, *behind])
    found["threshold"] = least < scope.minimum
    if sides:
        found["threshold"] |= denominator < scope.least_of_share
    found["zeros"] = least <= 0
    if is_mean(indicator):
        found["degrees of freedom"] = n - 1 < scope.least_of_mean - 1
    if f"{PART}sum" in table:
        first, two, total, lowest = (
            table[f"{PART}{name}"].to_numpy(float) for name in ("first", "two", "sum", "least")
        )
        has_size = (lowest >= 0) & (total > 0)
        found["dominance"] = has_size & (two >= DOMINANCE * total)
        found["p-ratio"] = has_size & (total - two < P_RATIO * first)
        if indicator.estimator == "mean":
            found["all same"] = (n > 0) & (first == lowest)
    for count in counts if scope.rounding else ():
        step = np.floor(count / scope.rounding) * scope.rounding
        found["rounding"] |= (count >= scope.minimum) & (step < scope.minimum)
    return {name: failed & is_known for name, failed in found.items()}
