"""The disclosure gate: what of an estimate may be shown to whom, before any view, export or link is chosen.

Lives here, below `sharing`, because every Result passes through it, those of the command line too
(docs/decisions/0002). `sharing` decides who has which Scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from indicators.definition import PROTECTED, Indicator
from indicators.result import FIGURES
from indicators.statistics.cells import BEHIND
from indicators.statistics.estimators import estimate_proportion
from warehouse.contracts import SETTLED

Role = Literal["evaluator", "lead", "admin", "funder"]
INTERVAL_STEP = 0.05
PRIMARY = "Hidden: fewer than"
_SHARES = ("proportion", "composition", "bounds", "share", "index", "survival")
_MEANS = ("score", "difference", "ties", "points", "minutes")
_STEPS = {"points": 2.5, "coefficient": 0.01}
_DOMINATED = 4.0
# Different questions, of which no row is what is left over of the others.
_QUESTIONS = ("item", "construct")
_SPREAD = frozenset({"numerator", "xx"})
_PUBLIC = ("period", "is_complete", *FIGURES, "status", "reason")


@dataclass(frozen=True)
class Scope:
    """What a viewer may see: counts below `minimum` are hidden (0 hides nothing), the rest told in steps of `rounding`.

    `minimum` is where a step begins, so that the least count told leaves as much open as any other.

    A share needs `least_of_share` people, a mean `least_of_mean`. Groups of fewer people than `smallest_group` are counted
    together and not named, with larger ones while they are fewer than `smallest_together`. Who keeps the programme's records sees figures made of these alone as they are.
    """

    role: Role
    minimum: int = 0
    rounding: int = 0
    least_of_share: int = 0
    least_of_mean: int = 0
    smallest_group: int = 0
    smallest_together: int = 0
    keeps_records: bool = False

    def covers(self, indicator: Indicator) -> bool:
        """Whether figures of this indicator pass the gate for this viewer."""
        is_known = self.keeps_records and not indicator.is_protected
        return self.minimum > 0 and indicator.is_about_people and not is_known


SCOPES: dict[Role, Scope] = {
    "evaluator": Scope("evaluator"),
    "admin": Scope("admin"),
    "lead": Scope(
        "lead",
        minimum=5,
        rounding=5,
        least_of_share=10,
        least_of_mean=10,
        smallest_group=36,
        smallest_together=45,
        keeps_records=True,
    ),
    "funder": Scope(
        "funder",
        minimum=10,
        rounding=5,
        least_of_share=20,
        least_of_mean=10,
        smallest_group=28,
        smallest_together=10,
    ),
}


def is_closed(role: str, indicator: Indicator) -> bool:
    """Whether figures of an indicator pass the gate for a role; one that has been sealed names no tables any more."""
    scope = SCOPES[role]  # type: ignore[index]
    return scope.covers(indicator) or (scope.minimum > 0 and not indicator.tables)


def is_closed_file(scope: Scope, tables: Iterable[str]) -> bool:
    """Whether a file with rows of these tables has some of what is protected, be it on one sheet of a workbook, or says who people
    are. Its hash would confirm a guess of one answer, and a number of its rows, also in steps, one more who answered."""
    return scope.minimum > 0 and bool((PROTECTED | {SETTLED}) & set(tables))


def apply_gate(
    table: pd.DataFrame,
    indicator: Indicator,
    dimensions: Sequence[str],
    scope: Scope,
    told: NDArray[np.bool_] | None = None,
    failed: NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    """Hide what the scope may not see and round the rest; a hidden row keeps no figure and says why.

    Hidden are rows whose own count, or whose complement, is below the minimum, in people as in what they did
    (`people_in` did any of it, `people_out` not all of it); and then, wherever a dimension would leave exactly one row
    hidden beside visible ones, the smallest visible row as well, so that no total gives it away. Where `told` says which rows
    may be shown, that has been decided for several tables at once. Rows that `failed` another check are hidden too. The table that comes out has no columns beyond the figures.
    """
    public = [name for name in table if name in dimensions or name in _PUBLIC]
    if not scope.covers(indicator):
        return table[public]
    is_known = (table["status"] == "ok").to_numpy()
    behind = [table[name].to_numpy(dtype=float) for name in BEHIND if name in table]
    count = table["n"].to_numpy(dtype=float)
    if indicator.estimator == "computed":
        count = np.fmin.reduce([count, *behind])
    small = count < (scope.least_of_mean if is_mean(indicator) else scope.minimum)
    small |= indicator.is_of_one or indicator.is_for_evaluators
    if indicator.estimator == "ratio" and behind:
        small |= (behind[0] > 0) & (behind[0] < scope.minimum)
    if set(table) >= _SPREAD:
        small |= _are_alike(table, indicator, scope.minimum)
    if indicator.estimator in _SHARES:
        numerator = table["numerator"].to_numpy(dtype=float)
        denominator = table["denominator"].to_numpy(dtype=float)
        if indicator.estimator == "index":
            numerator = (denominator + numerator) / 2
        count = np.minimum(numerator, denominator - numerator)
        if indicator.estimator in ("share", "index"):
            count = np.fmin.reduce([count, *behind])
        if indicator.baseline:
            count = np.where(table[indicator.measures[-1]] == indicator.baseline, denominator, count)
        small |= denominator < scope.least_of_share
        small |= count < scope.minimum
    if failed is not None:
        small |= failed
        told = None if told is None else told & ~failed
    hidden = (small if told is None else ~told) & is_known
    secondary = np.zeros(len(table), dtype=bool)
    if told is None:
        # What a link shows is audited by linear programming besides, which needs no such rest.
        least = scope.minimum if scope.keeps_records else 0
        step = max(scope.rounding, 1)
        steps = np.floor(count / step)
        if indicator.estimator in _SHARES and indicator.estimator != "index":
            inside, of = np.floor(numerator / step), np.floor(denominator / step)
            steps = np.minimum(inside, of - inside)
        secondary = _hide_complements(table, indicator, dimensions, hidden, steps, is_known, least)
    is_hidden = hidden | secondary
    small_reason = f"{PRIMARY} {scope.minimum} people. Merge it with a neighbouring group to show it."
    reasons = np.where(hidden, small_reason, table["reason"].to_numpy(dtype=object))
    reasons[secondary] = "Hidden: it would give away another hidden figure by subtraction."
    statuses = np.where(is_hidden, "suppressed", table["status"].to_numpy(dtype=object))
    gated = table[public].assign(
        status=pd.Series(statuses, table.index, table["status"].dtype),
        reason=pd.Series(reasons, table.index, table["reason"].dtype),
        **{name: np.where(is_hidden, np.nan, table[name].to_numpy(dtype=float)) for name in FIGURES},
    )
    gated = _coarsen_means(gated, indicator)
    return _round_figures(gated, indicator, scope) if scope.rounding else gated


def _are_alike(table: pd.DataFrame, indicator: Indicator, minimum: int) -> np.ndarray:
    """Rows in which all have the same value, or of which fewer than `minimum` changed one way, or not at all."""
    n, x, xx = (table[name].to_numpy(dtype=float) for name in ("n", "numerator", "xx"))
    if indicator.estimator == "mean":
        # One so far from the others that it makes up most of the spread could be read off the mean.
        is_dominated = (
            xx * n > _DOMINATED * x * x if indicator.unit == "score" else np.zeros(len(n), dtype=bool)
        )
        return np.asarray((n * xx - x * x <= 1e-9 * np.maximum(1.0, n * xx)) | is_dominated)
    if indicator.estimator == "paired":
        ways = np.array([(xx + x) / 2, (xx - x) / 2, n - xx])
        return np.asarray((ways < minimum).any(axis=0))
    return np.zeros(len(table), dtype=bool)


def _hide_complements(
    table: pd.DataFrame,
    indicator: Indicator,
    dimensions: Sequence[str],
    hidden: np.ndarray,
    steps: np.ndarray,
    is_known: np.ndarray,
    minimum: int,
) -> np.ndarray:
    """Rows to hide so that no line of the table has exactly one hidden row among visible ones.

    Of groups, which make up a whole, one of the hidden ones at least has `minimum`, of each side of a share. For whom nothing
    is audited besides (`minimum`), what is hidden of one question hides nothing of another: it would tell of that one.

    Which row is hidden says no more than what is told: it is the one of the fewest `steps` in which the rows are told, of several the
    first in the order of the words. How many there are of what is too few to be told decides nothing (simulatable auditing:
    Kenthapadi, Mishra & Nissim 2005).
    """
    secondary = np.zeros(len(table), dtype=bool)
    changed = bool(hidden.any())
    n = np.nan_to_num(table["n"].to_numpy(dtype=float))
    sides = [n]
    if indicator.estimator in ("proportion", "share"):
        inside = np.nan_to_num(table["numerator"].to_numpy(dtype=float))
        sides = [inside, np.nan_to_num(table["denominator"].to_numpy(dtype=float)) - inside]
    elif indicator.estimator == "composition":
        sides = [np.nan_to_num(table["numerator"].to_numpy(dtype=float))]
    lines: list[tuple[np.ndarray, bool]] = []
    place = number_lines(table, dimensions)
    apart = ("time_days", *(_QUESTIONS if minimum else ()))
    for dimension in (name for name in dimensions if changed and name not in apart):
        number = number_lines(table, ["period", *(name for name in dimensions if name != dimension)])
        order = np.lexsort((place, number))
        is_whole = dimension not in indicator.measures
        lines += [(line, is_whole) for line in np.split(order, np.flatnonzero(np.diff(number[order])) + 1)]
    while changed:
        changed = False
        for line, is_whole in lines:
            gone = (hidden | secondary)[line]
            visible = line[~gone & is_known[line]]
            is_short = (
                minimum > 0
                and is_whole
                and any(np.floor(side[line[gone]] / minimum).sum() < 1 for side in sides)
            )
            if gone.any() and len(visible) and (gone.sum() == 1 or is_short):
                secondary[visible[np.argmin(steps[visible])]] = True
                changed = True
    return secondary


def number_lines(table: pd.DataFrame, keys: Sequence[str]) -> NDArray[np.intp]:
    """The number of each row's line, alike in all the keys, in the order of these; what is missing comes last."""
    number = np.zeros(len(table), dtype=np.intp)
    for name in keys:
        codes, words = pd.factorize(table[name], sort=True)
        number = number * (len(words) + 1) + np.where(codes < 0, len(words), codes)
        number = np.unique(number, return_inverse=True)[1]
    return number


def is_mean(indicator: Indicator) -> bool:
    """Whether a figure is a mean of what people have, so that as few as tell of each other need more to hide among."""
    return indicator.estimator in ("mean", "ratio") or (
        indicator.estimator == "computed" and indicator.unit in _MEANS
    )


def _coarsen_means(table: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """Means to one decimal, intervals out to the next, and without their sum, so that two of them do not give away who came between."""
    if not is_mean(indicator):
        return table
    step = _STEPS.get(indicator.unit, 0.1)
    coarse = table.copy()
    for name, to_step in (("value", np.round), ("low", np.floor), ("high", np.ceil)):
        coarse[name] = np.round(to_step(np.round(coarse[name].to_numpy(dtype=float) / step, 6)) * step, 2)
    coarse["numerator"] = np.nan
    return coarse


def _round_figures(table: pd.DataFrame, indicator: Indicator, scope: Scope) -> pd.DataFrame:
    """Counts down to the step that they begin; shares to whole per cents from the middles of the steps.

    Rounded to the nearest step, the least counts shown would be known almost exactly: with a minimum of 5, a 5 could be 5, 6
    or 7 only. An interval says no more about the counts than the steps do, and holds whatever they were before: a proportion's
    is computed anew from the least and the most that they can be, those of other shares are widened to whole steps.
    """
    above = scope.rounding - 1
    told = {name: table[name].to_numpy(dtype=float) for name in FIGURES}
    for name in ("n", "numerator", "denominator"):
        told[name] = np.floor(told[name] / scope.rounding + 1e-9) * scope.rounding
    n, least_in, least_of = told["n"], told["numerator"], told["denominator"]
    middle = np.round((least_in + above / 2) / (least_of + above / 2), 2)
    match indicator.estimator:
        case "count":
            told["value"] = n
        case "reach" | "total":
            told["value"] = least_in
        case "proportion" | "composition":
            told["value"] = middle
            most_in = np.minimum(least_in + above, least_of)
            told["low"] = np.floor(100 * estimate_proportion(least_in, least_of + above).low) / 100
            told["high"] = np.ceil(100 * estimate_proportion(most_in, least_of).high) / 100
        case "bounds":
            # Nobody else asked, or everybody else, in it: of the least and the most that both can be.
            told["value"], told["low"] = middle, least_in / (n + above)
            told["high"] = 1 - np.maximum(least_of - least_in - above, 0) / (n + above)
        case "share" | "index" | "net" | "paired":
            told["value"] = middle
        case "survival":
            told["value"] = np.round(told["value"], 2)
        case "computed":
            for name in ("value", "low", "high"):
                told[name] = _coarsen_computed(told[name], indicator, scope)
            told["numerator"] = told["denominator"] = np.full(len(table), np.nan)
    if indicator.estimator in ("share", "bounds", "index", "net", "paired", "survival"):
        told["low"] = np.round(np.floor((told["low"] + 1e-9) / INTERVAL_STEP) * INTERVAL_STEP, 2)
        told["high"] = np.round(np.ceil((told["high"] - 1e-9) / INTERVAL_STEP) * INTERVAL_STEP, 2)
    # Where one person counts for more than a step, such as for all others whom they could name, steps would tell of one.
    is_more_than_one = least_of > scope.rounding * n
    for name in ("numerator", "denominator"):
        told[name] = np.where(is_more_than_one, np.nan, told[name])
    # Whether a change has an interval says no more about how many it rests on than its rounded count.
    is_few = (n <= indicator.least_n) & (indicator.least_n > 0)
    low, high = (np.where(is_few, np.nan, told[name]) for name in ("low", "high"))
    told["low"], told["high"] = np.minimum(low, told["value"]), np.maximum(high, told["value"])
    # No figure is −0.
    return table.assign(**{name: figure + 0.0 for name, figure in told.items()})


def _coarsen_computed(
    figures: NDArray[np.float64], indicator: Indicator, scope: Scope
) -> NDArray[np.float64]:
    """Numbers to one decimal, large ones in steps (two of them multiply to how many people there are), the rest to two."""
    if indicator.unit != "number":
        return np.round(figures, 2)
    stepped = np.floor(figures / scope.rounding + 1e-9) * scope.rounding
    return np.where(figures >= 4 * scope.rounding, stepped, np.round(figures, 1))
