"""What of a protected table programme leads are told: as much as the scale of its question tells, and nothing that follows from
what is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from indicators.definition import Indicator
from indicators.gate.disclosure import Scope
from indicators.gate.groups import MEASURED_GROUP
from indicators.published.closing import close_table, hide_rows
from indicators.published.leads.earlier import Earlier
from indicators.published.leads.steps import HALVES, SIDES, Told, coarsen, name_groups
from indicators.result import Result, list_words

HIDDEN = "Hidden: too few people are behind it, or behind what could be worked out with it."
_FINEST = {"item_net": SIDES, "item_agreement": SIDES, "item_nps": SIDES, "construct_net": SIDES}
DISTRIBUTIONS = {"item": "item_distribution", "construct": "construct_distribution"}
# Figures that say no more of the answers than how many there are of each part of the scale.
_OF_ALL_ANSWERS = frozenset(
    (
        *DISTRIBUTIONS.values(),
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
# Of these the second are some of the first, who answered the same question.
_NESTED = (
    ("Everybody then", "Panel then"),
    ("Everybody now", "Panel now"),
    ("All who answered", "Within the panel"),
)
_ANSWERED = "response_rate_rr1"


def coarsen_answers(exact: Result, told: Mapping[tuple[str, tuple[str, ...]], Told]) -> Result:
    """A table of distributions with the answers together that the scale of its question tells together."""
    for unit, name in DISTRIBUTIONS.items():
        if exact.indicator.id == name and (unit, exact.groups) in told:
            return replace(exact, table=coarsen(exact, told[unit, exact.groups]))
    return exact


def close(
    exact: Result, told: Mapping[tuple[str, tuple[str, ...]], Told], scope: Scope, earlier: Earlier
) -> Result:
    """A table through the gate; of answers what the scale of the question tells, and of changes what it tells in both waves."""
    indicator = exact.indicator
    unit = next((one for one in DISTRIBUTIONS if one in indicator.measures), "")
    scale = told.get((unit, exact.groups))
    constructs = told.get(("construct", exact.groups))
    if constructs and _TOPIC.search(indicator.where):
        return _close_topic(exact, constructs, scope)
    if scale is None:
        return _say_why(close_table(exact, scope))
    table = exact.table
    groups = name_groups(exact, table)
    periods = table["period"].astype(str).tolist()
    cells = list(zip(periods, table[unit].astype(str), groups, strict=True))
    fineness = _FINEST.get(indicator.id, HALVES)
    is_told = np.array(
        [
            scale.tells(*cell, fineness) and scale.tells(then, *cell[1:], fineness)
            for cell, then in zip(cells, earlier.list_waves(indicator, periods), strict=True)
        ],
        dtype=bool,
    )
    has_scale = np.array([cell[1] in scale.steps for cell in cells], dtype=bool)
    if indicator.id in _OF_ALL_ANSWERS and has_scale.any():
        closed = close_table(exact, scope, is_told)
        if not has_scale.all():
            rest = close_table(exact, scope).table
            closed = replace(
                closed, table=pd.concat([closed.table[has_scale], rest[~has_scale]]).sort_index()
            )
        return _say_why(closed)
    closed = close_table(exact, scope)
    if "part" in exact.dimensions:
        is_told &= ~_may_differ_by_few(exact.table, ["period", unit], scope)
    return _say_why(replace(closed, table=hide_rows(closed.table, ~is_told, HIDDEN)))


def find_topic(indicator: Indicator, constructs: Iterable[str]) -> str:
    """The construct whose share an indicator gives under a name of its own; "" for none."""
    topic = _TOPIC.search(indicator.where)
    named = (one for one in constructs if topic and one.strip().lower().replace("_", " ") == topic[1])
    return next(named, "")


def _close_topic(exact: Result, scale: Told, scope: Scope) -> Result:
    """The share of a construct under a name of its own: told where the construct is."""
    construct = find_topic(exact.indicator, scale.steps)
    table = exact.table
    cells = zip(table["period"].astype(str), name_groups(exact, table), strict=True)
    is_told = [scale.tells(period, construct, group) for period, group in cells]
    return _say_why(close_table(exact, scope, np.array(is_told, dtype=bool)))


def _may_differ_by_few(table: pd.DataFrame, keys: list[str], scope: Scope) -> np.ndarray:
    """Rows of a question of which everybody, less the panel, may be a few people, whose mean could be worked out.

    That is judged by the steps that are told of both, and not by how many there are: that a row is hidden then says no more
    than these steps do (simulatable auditing: Kenthapadi, Mishra & Nissim 2005).
    """
    few = np.zeros(len(table), dtype=bool)
    for _, rows in table.reset_index(drop=True).groupby(keys, dropna=False):
        steps = dict(zip(rows["part"], rows["n"] // scope.rounding, strict=True))
        apart = [steps[all_] - steps[some] for all_, some in _NESTED if all_ in steps and some in steps]
        few[rows.index] = bool(apart) and min(apart) < 2
    return few


def _say_why(closed: Result) -> Result:
    """The same words for all that is hidden: why it is would tell how many there are."""
    is_hidden = closed.table["status"] == "suppressed"
    return replace(closed, table=closed.table.assign(reason=closed.table["reason"].mask(is_hidden, HIDDEN)))


def hide_what_follows(closed: Sequence[Result], scope: Scope) -> list[Result]:
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
            cells = list_words(one.table, ["period", MEASURED_GROUP])
            least = scope.smallest_group
            is_hidden = [cell not in shown or answered.get(cell[0], 0.0) < least for cell in cells]
            one = replace(one, table=hide_rows(one.table, np.array(is_hidden, dtype=bool), HIDDEN))
        if one.indicator.unit == "p" and "item" in one.dimensions:
            tested = "item_positive_change" + (
                "_since_first" if one.indicator.id.endswith("_since_first") else ""
            )
            cells = list_words(one.table, ["period", "item"])
            is_hidden = [(tested, *cell) not in changes for cell in cells]
            one = replace(one, table=hide_rows(one.table, np.array(is_hidden, dtype=bool), HIDDEN))
        listed.append(one)
    return listed
