"""A count of nothing is 0 and not missing: the cells that a count or a total has beside those with rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from indicators.definition import Indicator
from indicators.selection import list_attributes
from indicators.statistics.cells import STATISTICS
from warehouse.contracts import NOT_RECORDED
from warehouse.engine import Engine, quote_name, quote_text


def fill_counts(
    engine: Engine,
    indicator: Indicator,
    rows: pd.DataFrame,
    periods: Sequence[str],
    groups: Sequence[str],
    filters: Mapping[str, Sequence[str]],
) -> pd.DataFrame:
    """The statistics with a row of 0 for every further cell: period, and group that has members at all.

    A total by a dimension of its measure has the values of that dimension which the rows have, from the first period
    of any of them on: before it nothing may have been recorded. Nothing is filled
    where the first of the indicator's tables is empty, nor a count by event, because an event is in one period only.
    """
    if engine.lookup(f"SELECT 1 AS one FROM {quote_name(indicator.tables[0])} LIMIT 1").empty:
        return rows
    keys = ["period", *groups]
    found = list(zip(*(rows[name].tolist() for name in keys), strict=True))
    if {*groups, *filters} <= set(list_attributes(engine)):
        cells = _list_groups(engine, groups, filters)
    elif indicator.estimator == "total" and found:
        seen = {cell[0] for cell in found}
        periods = periods[next(place for place, period in enumerate(periods) if period in seen) :]
        cells = list(dict.fromkeys(cell[1:] for cell in found))
    else:
        return rows
    wanted = {(period, *cell): None for period in periods for cell in cells}
    if not wanted:
        return rows
    missing = wanted.keys() - set(found)
    zeros = pd.DataFrame([cell for cell in wanted if cell in missing], columns=keys).assign(
        **dict.fromkeys(("position", *STATISTICS), 0.0)
    )
    known = rows[[cell in wanted for cell in found]]
    return pd.concat([known, zeros], ignore_index=True) if missing else known


def _list_groups(
    engine: Engine, groups: Sequence[str], filters: Mapping[str, Sequence[str]]
) -> list[tuple[str, ...]]:
    """Every combination of the groups that members have, among those that the filters leave."""
    names = list(dict.fromkeys((*groups, *filters)))
    listed = ", ".join(
        f"coalesce(CAST({quote_name(name)} AS VARCHAR), {quote_text(NOT_RECORDED)}) AS {quote_name(name)}"
        for name in names
    )
    cells = engine.lookup(f"SELECT DISTINCT {listed or '1 AS one'} FROM members")
    for name, values in filters.items():
        cells = cells[cells[name].isin(list(values))]
    if not groups:
        return [()] if len(cells) else []
    return list(dict.fromkeys(zip(*(cells[name].tolist() for name in groups), strict=True)))
