"""The front door of figures: as they are for those who may see them, else the rows of a fixed set that a selection picks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pandas as pd

from indicators.catalogue import find_indicator
from indicators.codebook.questions import list_questions
from indicators.codebook.sentences import tell_harmonised
from indicators.definition import Indicator
from indicators.engine.asking import apply_settings, check_dimensions, explain_nothing, list_periods
from indicators.engine.compute import compute_exact, find_scales, group_filters, write_passport
from indicators.gate.disclosure import Scope, apply_gate, is_closed_file
from indicators.gate.groups import MEASURED_GROUP, TOGETHER, find_attribute, list_alone
from indicators.published.closing import close_table, count_table, hide_rows
from indicators.published.leads.sets import NoSet, find_source, read_set
from indicators.published.order import order_rows
from indicators.published.wording import REVERSED, word_items
from indicators.result import FIGURES, Passport, Result
from indicators.selection import Selection, list_attributes, split_waves
from warehouse.engine import Engine

_ANSWERED = "response_rate_rr2"
OTHER_DEFINITION = "Hidden: other definitions of what people answered are for evaluators."
FOR_EVALUATORS = "Hidden: this is for evaluators, because it tells of single members or pairs of them."
ONE_AT_A_TIME = (
    "Hidden: what people answered is shown by one attribute at a time. Take away a filter or the breakdown."
)
ONE_GROUP = "Hidden: what people answered is shown of one group at a time. Choose one."
SMALL_GROUP = "Hidden: this group is told of among the smaller groups together only. Take away the filter and break down by it."
NOT_IN_SET = "Hidden: this is not among the figures that are shown of what people answered. Take away the filter or choose all time."


def compute_result(engine: Engine, indicator: Indicator, selection: Selection, scope: Scope) -> Result:
    """Estimate an indicator for a selection and show of it what the scope may see.

    Raises BadSelection for a period or dimension that the indicator does not have.
    """
    check_dimensions(engine, indicator, selection, scope)
    if scope.covers(indicator):
        result = _pick(engine, indicator, selection, scope)
        if scope.keeps_records and indicator.of_records:
            result = _add_records(engine, result)
    else:
        exact = compute_exact(engine, indicator, selection)
        table = apply_gate(exact.table, exact.indicator, exact.dimensions, scope)
        result = replace(exact, table=table, passport=_close_passport(engine, exact.passport, scope))
    if scales := find_scales(engine, indicator):
        result = replace(result, scales=scales)
    if "item" not in result.dimensions:
        return result
    items = word_items(engine, apply_settings(indicator, selection))
    are_reversed = frozenset(item for item, words in items.items() if words.endswith(REVERSED))
    passport = replace(result.passport, harmonised=_tell_harmonised(engine, result, scope))
    return replace(result, items=items, reversed_items=are_reversed, passport=passport)


def _tell_harmonised(engine: Engine, result: Result, scope: Scope) -> str:
    """How the answers to a result's items were brought together, of its waves."""
    codebook = list_questions(engine, scope)
    items, waves = set(result.table["item"].astype(str)), set(result.table["period"].astype(str))
    return "" if codebook is None else tell_harmonised(codebook, items, waves)


def _close_passport(engine: Engine, passport: Passport, scope: Scope) -> Passport:
    """The passport of a figure of the programme's own records, without the files that hold answers too."""
    closed = {
        str(file["name"])
        for file in engine.release.manifest["files"]
        if is_closed_file(scope, file["tables"])
    }
    sources = tuple(
        replace(file, quarantined=file.quarantined + file.guests, guests=0) if scope.minimum else file
        for file in passport.sources
        if file.name not in closed
    )
    left_out = len(passport.sources) - len(sources)
    return replace(passport, role=scope.role, sources=sources, closed_files=left_out)


def _pick(engine: Engine, indicator: Indicator, selection: Selection, scope: Scope) -> Result:
    """The rows of the fixed set that a selection asks for. It is never cut anew: what is not in it is hidden."""
    is_default = apply_settings(indicator, selection) == indicator
    periods = list_periods(engine, indicator, selection)
    narrowed, waves = split_waves(selection)
    periods = [period for period in periods if not waves or period in waves]
    filters = group_filters(narrowed)
    asked = [name for name in dict.fromkeys(narrowed.by) if name not in indicator.measures]
    cut = tuple(dict.fromkeys((*asked, *(name for name in filters if name not in indicator.measures))))
    table, everybody, reason = None, None, "" if is_default else OTHER_DEFINITION
    if len(cut) > 1:
        reason = ONE_AT_A_TIME
    if indicator.is_for_evaluators:
        reason = FOR_EVALUATORS
    whole = replace(narrowed, by=(), where=(), settings=())
    try:
        if not indicator.is_for_evaluators:
            table = None if len(cut) > 1 else _read(engine, indicator, replace(whole, by=cut), scope)
            everybody = _read(engine, indicator, whole, scope) if table is None else table
    except NoSet as fault:
        reason = str(fault)
    picked = pd.DataFrame() if everybody is None else everybody[everybody["period"].isin(periods)]
    for name, values in filters.items():
        if name in picked:
            picked = picked[picked[name].isin(values)]
        if name in cut and name not in asked:
            reason = reason or (ONE_GROUP if len(values) > 1 else "")
            picked = picked.drop(columns=name, errors="ignore").drop_duplicates(
                ["period", *indicator.measures]
            )
    dimensions = (*indicator.measures, *asked)
    if periods and (table is None or picked.empty):
        is_group = table is not None and bool(set(filters) & set(cut))
        reason = reason or (SMALL_GROUP if is_group else NOT_IN_SET)
    picked = _fill(picked, periods or [selection.period], dimensions, "ok" if periods else "no_data")
    if not periods:
        picked["reason"] = explain_nothing(engine, indicator, selection, periods)
    picked = order_rows(engine, indicator, picked, periods or [selection.period], dimensions)
    if reason:
        picked = hide_rows(picked, np.ones(len(picked), dtype=bool), reason)
    passport = write_passport(engine, indicator, selection, periods, _read_rates(engine, scope))
    rounding = (
        f"Counts are rounded down to a multiple of {scope.rounding} ({scope.rounding} is {scope.rounding} to "
        f"{2 * scope.rounding - 1}), and shares are taken from the middle of these steps."
    )
    # How many rows a file has is how many answered, and its hash whether one more did.
    passport = replace(passport, role=scope.role, sources=(), warnings=(*passport.warnings, rounding))
    return Result(indicator, selection, dimensions, picked.assign(step=scope.rounding), passport)


def _add_records(engine: Engine, picked: Result) -> Result:
    """The picked rows with those of the programme's own records as they are, for each group that there is."""
    indicator, dimensions = picked.indicator, list(picked.dimensions)
    measure, groups = indicator.measures[-1], [name for name in dimensions if name not in indicator.measures]
    exact = compute_exact(engine, indicator, picked.selection).table
    known = exact[exact["status"] == "ok"]
    if known.empty:
        return picked
    is_own = known[measure].isin(indicator.of_records).to_numpy()
    told = picked.table[picked.table[measure].notna() & ~picked.table[measure].isin(indicator.of_records)]
    reason = next(iter(picked.table.loc[picked.table["status"] == "suppressed", "reason"]), SMALL_GROUP)
    others = hide_rows(known.assign(step=0), ~is_own, SMALL_GROUP if len(told) else reason)[
        list(picked.table)
    ]
    whole = pd.concat([others[is_own], told, others[~is_own]], ignore_index=True)
    whole = whole.drop_duplicates(["period", *dimensions])
    stages = list(dict.fromkeys(known[measure]))
    order = whole.assign(
        **{measure: whole[measure].map(stages.index)},
        **{name: whole[name].mask(whole[name] == TOGETHER) for name in groups},
    ).sort_values(["period", *groups, measure], na_position="last", kind="stable")
    return replace(picked, table=whole.loc[order.index].reset_index(drop=True))


def _read(engine: Engine, indicator: Indicator, asked: Selection, scope: Scope) -> pd.DataFrame | None:
    """A table of the leads' set; for funders one as a link would seal it, without what has been sealed before."""
    if scope.role == "lead":
        return read_set(engine, find_source(indicator)).read(indicator, asked.by)
    attributes = list_attributes(engine)
    named = [find_attribute(engine, indicator)] if MEASURED_GROUP in indicator.measures else []
    alone = {name: list_alone(engine, name, scope) for name in (*asked.by, *named) if name in attributes}
    return close_table(count_table(engine, indicator, asked, alone, scope), scope).table


def _read_rates(engine: Engine, scope: Scope) -> dict[str, float]:
    """By wave the share of those asked who answered at least in part, as it is told: for leads not anew before enough did."""
    asked = find_indicator(engine, _ANSWERED)
    with suppress(NoSet):
        table = _read(engine, asked, Selection(), scope)
        if table is not None:
            told = table[table["status"] == "ok"]
            return dict(zip(told["period"].astype(str), told["value"].astype(float), strict=True))
    return {}


def _fill(
    picked: pd.DataFrame, periods: Sequence[str], dimensions: Sequence[str], status: str
) -> pd.DataFrame:
    """The rows with every column of a Result; of nothing one row a period."""
    if picked.empty:
        picked = pd.DataFrame({"period": list(periods)}).assign(is_complete=True, status=status, reason="")
    columns = ["period", "is_complete", *dimensions, *FIGURES, "status", "reason"]
    return picked.reindex(columns=columns).astype(dict.fromkeys(FIGURES, np.float64))
