"""From a release and a selection to a Result, not yet gated: sufficient statistics, estimates, passport."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from indicators.definition import ORDERED_DIMENSIONS, Indicator
from indicators.engine.asking import apply_settings, check_dimensions, explain_nothing, list_periods
from indicators.engine.cells import ask_cells, read_figures, read_statistics
from indicators.engine.filling import fill_counts
from indicators.gate.groups import TOGETHER, fold_groups
from indicators.gate.reliability import list_warnings, withhold
from indicators.result import FIGURES, Passport, Result, SourceFile
from indicators.selection import Selection, split_waves
from indicators.statistics.cells import STATISTICS, estimate_cells, settle_ranges
from indicators.statistics.estimators import Floats
from warehouse.engine import Engine

# The ends of the scale that a mean score, or a change of one, is on: no figure and no interval lies outside.
_ENDS = """SELECT {column} AS word, min(scale_min) AS least, max(scale_max) AS most FROM items
WHERE {column} IS NOT NULL AND kind IN ({kinds}) GROUP BY {column}
HAVING count(*) = count(scale_min) AND count(*) = count(scale_max)"""

_RATED = {"item": ("item_id", "'likert', 'nps', 'number'"), "construct": ("construct", "'likert', 'number'")}


def compute_exact(
    engine: Engine,
    indicator: Indicator,
    selection: Selection,
    alone: Mapping[str, Sequence[str]] = MappingProxyType({}),
    rounding: int = 0,
) -> Result:
    """Estimate an indicator for a selection, not yet gated: for what gates it next, and for nothing that is shown.

    Of an attribute in `alone` all other groups are one group without a name; `rounding` is the step in which it will be told how
    many answered. Its table has the sums and the counts of people
    (`indicators.statistics.cells.STATISTICS`) beside the figures. Raises BadSelection for a period or dimension that the
    indicator does not have.
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
        table = _estimate(engine, indicator, selection, periods, dimensions, alone, rounding)
    explain = partial(explain_nothing, engine, indicator, asked_for, periods)
    table = _finish(engine, table, periods or [selection.period], dimensions, explain, indicator.unreached)
    passport = write_passport(engine, indicator, asked_for, periods)
    return Result(indicator, asked_for, dimensions, table, passport)


def _estimate(
    engine: Engine,
    indicator: Indicator,
    selection: Selection,
    periods: Sequence[str],
    dimensions: Sequence[str],
    alone: Mapping[str, Sequence[str]],
    rounding: int,
) -> pd.DataFrame:
    """The figures of every cell that there is, but for those that cannot be relied on."""
    filters, measures = group_filters(selection), indicator.measures
    of_groups = {name: values for name, values in filters.items() if name not in measures}
    cells = ask_cells(engine, indicator, periods, dimensions, of_groups)
    if indicator.estimator == "computed":
        table = read_figures(engine, indicator, cells)
        table = fold_groups(engine, indicator, table, dimensions, alone)
    else:
        rows = read_statistics(engine, indicator, cells)
        if indicator.estimator in ("count", "reach", "total"):
            rows = fill_counts(engine, indicator, rows, periods, dimensions, filters)
        rows = fold_groups(engine, indicator, rows, dimensions, alone)
        table = estimate_cells(indicator, rows, dimensions)
    table = settle_ranges(indicator, table, *_find_ends(engine, indicator, table))
    table = withhold(engine, indicator, table, periods, rounding)
    for name, values in filters.items():
        if name in measures:
            table = table[table[name].isin(values)]
    return table


def find_scales(engine: Engine, indicator: Indicator) -> dict[str, tuple[float, float]]:
    """The ends of the scale of each item or construct of which an indicator gives a score, or a change of one, where it has one."""
    name = next((one for one in _RATED if one in indicator.measures), "")
    if not name or indicator.unit not in ("score", "difference"):
        return {}
    column, kinds = _RATED[name]
    ends = engine.lookup(_ENDS.format(column=column, kinds=kinds))
    return {
        str(word): (float(least), float(most))
        for word, least, most in ends.itertuples(index=False, name=None)
    }


def _find_ends(engine: Engine, indicator: Indicator, table: pd.DataFrame) -> tuple[Floats, Floats]:
    """The least and the most that each row of a score or of a change can be; NaN where there is no scale."""
    scales = find_scales(engine, indicator)
    if not scales:
        nothing = np.full(len(table), np.nan)
        return nothing, nothing
    name = next(one for one in _RATED if one in indicator.measures)
    ends = np.array([scales.get(str(word), (np.nan, np.nan)) for word in table[name]], dtype=np.float64)
    least, most = ends.reshape(-1, 2).T
    if indicator.unit == "score":
        return least, most
    # Who answered is what is left of one change after another: it can be twice as far.
    span = (most - least) * (2 if "part" in indicator.measures else 1)
    return -span, span


def group_filters(selection: Selection) -> dict[str, list[str]]:
    """The values that a selection filters by, by dimension."""
    filters: dict[str, list[str]] = {}
    for name, value in selection.where:
        filters.setdefault(name, []).append(value)
    return filters


def _finish(
    engine: Engine,
    table: pd.DataFrame,
    periods: Sequence[str],
    dimensions: Sequence[str],
    explain: Callable[[], str],
    unreached: str,
) -> pd.DataFrame:
    """Order the rows for display, mark incomplete periods, and say no_data, and why, where there is nothing."""
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
        "reason": "" if found.all() else np.where(found, "", _read_reasons(table, explain(), unreached)),
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


def _read_reasons(table: pd.DataFrame, nothing: str, unreached: str) -> pd.Series:
    """Why a row has no figure: what withheld it, else that there is nothing to compute it from."""
    given = table["reason"] if "reason" in table else pd.Series(np.nan, table.index, dtype="object")
    is_unreached = (table["n"] > 0) & bool(unreached)
    given = given.astype("object").mask(given.isna() & is_unreached, f"No figure yet: {unreached}.")
    return given.fillna(nothing)


def write_passport(
    engine: Engine,
    indicator: Indicator,
    selection: Selection,
    periods: Sequence[str],
    told: Mapping[str, float] | None = None,
) -> Passport:
    """Where the figures of a selection come from and how they may be read; of who answered no more than the rates that are `told`."""
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
            file["summed"],
            file.get("guests", 0),
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
        warnings=list_warnings(engine, indicator, periods, told),
    )
