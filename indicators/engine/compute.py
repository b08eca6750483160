"""From a release and a selection to a Result: sufficient statistics, estimates, gate, passport."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from indicators.definition import ORDERED_DIMENSIONS, Indicator
from indicators.engine.asking import apply_settings, check_dimensions, list_periods
from indicators.engine.cells import ask_cells, read_figures, read_statistics
from indicators.engine.filling import fill_counts
from indicators.gate.disclosure import PRIMARY, Scope, apply_gate
from indicators.gate.groups import TOGETHER, fold_small_groups, is_too_small
from indicators.gate.merging import show_together
from indicators.gate.reliability import list_warnings, withhold
from indicators.result import FIGURES, Passport, Result, SourceFile
from indicators.selection import Selection, split_waves
from indicators.statistics.cells import STATISTICS, estimate_cells
from warehouse.engine import Engine


def compute_result(engine: Engine, indicator: Indicator, selection: Selection, scope: Scope) -> Result:
    """Estimate an indicator for a selection and pass it through the disclosure gate.

    Raises BadSelection for a period or dimension that the indicator does not have.
    """
    exact = compute_exact(engine, indicator, selection, scope.smallest_group)
    gated = apply_gate(exact.table, exact.indicator, exact.dimensions, scope)
    if scope.minimum:
        narrowed, _ = split_waves(selection)
        gated = _hide_filtered(engine, exact.indicator, narrowed, scope, gated, exact.dimensions)
        gated = show_together(exact, gated, scope)
    return replace(exact, table=gated, passport=replace(exact.passport, role=scope.role))


def compute_exact(
    engine: Engine, indicator: Indicator, selection: Selection, smallest_group: int = 0
) -> Result:
    """Estimate an indicator for a selection, not yet gated: for what gates it next, and for nothing that is shown.

    Groups of fewer people than `smallest_group` are one group without a name. Its table has the sums and the counts of
    people (`indicators.statistics.cells.STATISTICS`) beside the figures. Raises as `compute_result` does.
    """
    check_dimensions(engine, indicator, selection)
    indicator = apply_settings(indicator, selection)
    periods = list_periods(engine, indicator, selection)
    asked_for = selection
    selection, waves = split_waves(selection)
    if waves:
        periods = [period for period in periods if period in waves]
    measures = set(indicator.measures)
    asked = [name for name in selection.by if name not in measures]
    dimensions = (*indicator.measures, *dict.fromkeys(asked))
    table = pd.DataFrame()
    if periods:
        table = _estimate(engine, indicator, selection, periods, dimensions, smallest_group)
    table = _finish(engine, indicator, table, periods or [selection.period], dimensions)
    passport = _write_passport(engine, indicator, asked_for, list_warnings(engine, indicator, periods))
    return Result(indicator, asked_for, dimensions, table, passport)


def _estimate(
    engine: Engine,
    indicator: Indicator,
    selection: Selection,
    periods: Sequence[str],
    dimensions: Sequence[str],
    smallest_group: int,
) -> pd.DataFrame:
    """The figures of every cell that there is, but for those that cannot be relied on."""
    filters, measures = _group_filters(selection), indicator.measures
    of_groups = {name: values for name, values in filters.items() if name not in measures}
    cells = ask_cells(engine, indicator, periods, dimensions, of_groups)
    if indicator.estimator == "computed":
        table = read_figures(engine, indicator, cells)
        table = fold_small_groups(engine, indicator, table, dimensions, smallest_group)
    else:
        rows = read_statistics(engine, indicator, cells)
        if indicator.estimator in ("count", "reach", "total"):
            rows = fill_counts(engine, indicator, rows, periods, dimensions, filters)
        rows = fold_small_groups(engine, indicator, rows, dimensions, smallest_group)
        table = estimate_cells(indicator, rows, dimensions)
    table = withhold(engine, indicator, table, periods)
    for name, values in filters.items():
        if name in measures:
            table = table[table[name].isin(values)]
    return table


def _hide_filtered(
    engine: Engine,
    indicator: Indicator,
    selection: Selection,
    scope: Scope,
    gated: pd.DataFrame,
    dimensions: Sequence[str],
) -> pd.DataFrame:
    """Hide what a filter would single out: a row any part of which the breakdown by the filters hides.

    A filter on a group that is too small to be named hides everything, whether or not there is such a group.
    """
    filters = {
        name: values for name, values in _group_filters(selection).items() if name not in indicator.measures
    }
    smallest = scope.smallest_group
    if any(is_too_small(engine, name, values, smallest) for name, values in filters.items()):
        return _hide(gated, np.ones(len(gated), dtype=bool), f"{PRIMARY} {smallest} people.")
    filters = {name: values for name, values in filters.items() if name not in dimensions}
    if not filters:
        return gated
    kept = tuple((name, value) for name, value in selection.where if name not in filters)
    wider = replace(selection, by=(*selection.by, *filters), where=kept)
    parts = compute_result(engine, indicator, wider, scope).table
    for name, values in filters.items():
        parts = parts[parts[name].isin(values)]
    keys = ["period", *dimensions]
    told = set(parts.loc[parts["status"] == "suppressed", keys].itertuples(index=False, name=None))
    is_told = [cell in told for cell in gated[keys].itertuples(index=False, name=None)]
    reason = "Hidden: with the figure for everybody it would give away another hidden one."
    return _hide(gated, np.array(is_told, dtype=bool) & (gated["status"] == "ok").to_numpy(), reason)


def _hide(gated: pd.DataFrame, rows: NDArray[np.bool_], reason: str) -> pd.DataFrame:
    hidden = gated.copy()
    hidden.loc[rows, "status"] = "suppressed"
    hidden.loc[rows, "reason"] = reason
    hidden.loc[rows, list(FIGURES)] = np.nan
    return hidden


def _group_filters(selection: Selection) -> dict[str, list[str]]:
    filters: dict[str, list[str]] = {}
    for name, value in selection.where:
        filters.setdefault(name, []).append(value)
    return filters


def _finish(
    engine: Engine,
    indicator: Indicator,
    table: pd.DataFrame,
    periods: Sequence[str],
    dimensions: Sequence[str],
) -> pd.DataFrame:
    """Order the rows for display, mark incomplete periods, and say no_data where there is nothing."""
    if table.empty:
        table = pd.DataFrame([{"period": period} for period in periods]).reindex(
            columns=["period", *dimensions, "position", *FIGURES]
        )
        table["n"] = 0.0
    if len(table) > 1:
        table = table.take(_order_rows(table, periods, dimensions))
    figures = {name: table[name].to_numpy(dtype="float64", na_value=np.nan) for name in FIGURES}
    found = ~np.isnan(figures["value"])
    incomplete = set(engine.lookup("SELECT period FROM calendar_periods WHERE NOT is_complete")["period"])
    columns = {
        "period": table["period"].array,
        "is_complete": [period not in incomplete for period in table["period"]],
        **{name: table[name].array for name in dimensions},
        **{
            name: figure if name == "n" else np.where(found, figure, np.nan)
            for name, figure in figures.items()
        },
        "status": np.where(found, "ok", "no_data"),
        "reason": "" if found.all() else np.where(found, "", _read_reasons(table, indicator)),
        **{name: table[name].array for name in STATISTICS if name != "n" and name in table},
    }
    return pd.DataFrame(columns)


def _order_rows(table: pd.DataFrame, periods: Sequence[str], dimensions: Sequence[str]) -> NDArray[np.intp]:
    """Rows in order of display: by period, by the words of what has no order of its own, what is together last, by position."""
    places = {period: place for place, period in enumerate(periods)}
    ranks = {name: _rank(table[name]) for name in dimensions}
    keys = [np.array([places[period] for period in table["period"]])]
    for name in dimensions:
        if name not in ORDERED_DIMENSIONS:
            keys += [(table[name] == TOGETHER).to_numpy(dtype="bool"), ranks[name]]
    keys += [table["position"].to_numpy(dtype="float64", na_value=np.nan), *ranks.values()]
    return np.lexsort(keys[::-1])


def _rank(words: pd.Series) -> NDArray[np.intp]:
    """The place of each word in the order of the words; what is missing comes last."""
    ranks, _ = pd.factorize(words, sort=True)
    return np.where(ranks < 0, len(ranks), ranks)


def _read_reasons(table: pd.DataFrame, indicator: Indicator) -> pd.Series:
    """Why a row has no figure: what withheld it, else that there is nothing to compute it from."""
    given = table["reason"] if "reason" in table else pd.Series(np.nan, table.index, dtype="object")
    return given.astype("object").fillna(f"No data: load {indicator.needs}.")


def _write_passport(
    engine: Engine, indicator: Indicator, selection: Selection, warnings: tuple[str, ...]
) -> Passport:
    manifest = engine.release.manifest
    sources = tuple(
        SourceFile(
            file["name"],
            file["sha256"],
            file["title"],
            file["read"],
            file["loaded"],
            file["quarantined"],
            file["duplicates"],
        )
        for file in manifest["files"]
        if set(file["tables"]) & set(indicator.tables)
    )
    passed = [bool(check["ok"]) for check in manifest["checks"]]
    return Passport(
        indicator=indicator,
        selection=selection,
        release=engine.release.id,
        published_at=manifest["published_at"],
        complete_to=engine.release.complete_to,
        attributes="as at the wave" if indicator.attributes == "as_at_wave" else "current in the release",
        sources=sources,
        checks_passed=sum(passed),
        checks_failed=len(passed) - sum(passed),
        role="evaluator",
        is_synthetic=engine.release.is_synthetic,
        warnings=warnings,
    )
