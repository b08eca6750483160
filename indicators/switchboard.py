"""The definition switchboard: an indicator over its reasonable definitions, and whether its conclusion survives.

What Simonsohn, Simmons & Nelson 2020 call a specification curve: every reasonable choice, side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product

import pandas as pd

from indicators.definition import Indicator
from indicators.gate.disclosure import Scope
from indicators.published.show import compute_result
from indicators.result import Result
from indicators.selection import Selection
from warehouse.engine import Engine

MOST_DEFINITIONS = 60
SIGNIFICANT = 0.05
Settings = tuple[tuple[str, str], ...]
Conclusion = frozenset[tuple[str, ...]]


@dataclass(frozen=True)
class Sweep:
    """An indicator under several definitions: the default's result first, each with what it concludes.

    `agreeing` counts the definitions, without the default, whose conclusion is that of the default; those that give
    no figure at all are in `silent` and say nothing for or against it. Without `concludes` the default says how large
    something is and no more: another definition counts something else, and can neither agree nor differ.
    """

    indicator: Indicator
    results: tuple[tuple[Settings, Result], ...]
    agreeing: int
    differing: tuple[Settings, ...]
    silent: tuple[Settings, ...]
    concludes: bool = True

    @property
    def survives(self) -> bool:
        """Whether every definition that gives a figure concludes what the default concludes."""
        return not self.differing


def sweep_definitions(
    engine: Engine,
    indicator: Indicator,
    selection: Selection,
    scope: Scope,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Sweep:
    """Compute an indicator for every combination of the reasonable values of its parameters.

    With more than MOST_DEFINITIONS combinations one parameter at a time is varied. Raises BadSelection as
    `compute_result` does.
    """
    definitions = list_definitions(indicator)
    results = []
    for done, settings in enumerate(definitions):
        progress(done, len(definitions))
        results.append(
            (settings, compute_result(engine, indicator, replace(selection, settings=settings), scope))
        )
    conclusion = draw_conclusion(results[0][1])
    silent = [settings for settings, result in results[1:] if not has_figure(result)]
    differing = [
        settings
        for settings, result in results[1:]
        if conclusion and settings not in silent and draw_conclusion(result) != conclusion
    ]
    agreeing = len(results) - 1 - len(silent) - len(differing)
    return Sweep(indicator, tuple(results), agreeing, tuple(differing), tuple(silent), bool(conclusion))


def list_definitions(indicator: Indicator) -> list[Settings]:
    """Every combination of reasonable values, the default first."""
    names = [parameter.name for parameter in indicator.parameters]
    default = tuple((parameter.name, parameter.default) for parameter in indicator.parameters)
    combinations = [
        tuple(zip(names, values, strict=True))
        for values in product(*(parameter.reasonable for parameter in indicator.parameters))
    ]
    if len(combinations) > MOST_DEFINITIONS:
        combinations = [
            tuple((name, value if name == parameter.name else standard) for name, standard in default)
            for parameter in indicator.parameters
            for value in parameter.reasonable
        ]
    return [default, *dict.fromkeys(one for one in combinations if one != default)]


def has_figure(result: Result) -> bool:
    """Whether a result shows any figure."""
    return bool((result.table["status"] == "ok").any())


def draw_conclusion(result: Result) -> Conclusion:
    """What a result says, as comparable facts: which figures are up or down, which group leads, which way a line goes.

    - differences and net changes: each figure's sign, or "none" where its interval includes 0;
    - a p-value: whether it is below 0.05;
    - several figures of groups in the latest period: which is highest, and whether its interval is clear of the lowest's;
    - every other line over several complete periods: up, down, or "none" where the intervals of its ends overlap.

    Empty for levels: a single figure, or the parts of a whole, which a stricter definition makes smaller by necessity.
    """
    shown = result.table[result.table["status"] == "ok"]
    if shown.empty:
        return frozenset()
    latest = shown[shown["period"] == shown["period"].iloc[-1]]
    if result.indicator.chart == "change":
        return frozenset((*_name_cell(result, row), _read_sign(row)) for _, row in latest.iterrows())
    if result.indicator.unit == "p":
        return frozenset(
            (*_name_cell(result, row), "clear" if row["value"] < SIGNIFICANT else "none")
            for _, row in latest.iterrows()
        )
    if len(latest) > 1 and result.can_compare(latest):
        ordered = latest.sort_values("value", kind="stable")
        low, high = ordered.iloc[0], ordered.iloc[-1]
        return frozenset({(*_name_cell(result, high), "highest", _compare(high, low))})
    complete = shown[shown["is_complete"]]
    names = list(result.dimensions)
    lines = complete.groupby(names, sort=False, dropna=False) if names else [((), complete)]
    return frozenset(
        ("line", *_name_cell(result, rows.iloc[0]), _compare(rows.iloc[-1], rows.iloc[0]))
        for _, rows in lines
        if len(rows) > 1
    )


def _name_cell(result: Result, row: pd.Series) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in result.dimensions)


def _read_sign(row: pd.Series) -> str:
    if pd.isna(row["low"]) or row["low"] <= 0 <= row["high"]:
        return "none"
    return "up" if row["value"] > 0 else "down"


def _compare(one: pd.Series, other: pd.Series) -> str:
    if any(pd.isna(row["low"]) for row in (one, other)):
        return "up" if one["value"] > other["value"] else "down" if one["value"] < other["value"] else "none"
    if one["low"] > other["high"]:
        return "up"
    return "down" if one["high"] < other["low"] else "none"
