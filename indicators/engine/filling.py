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
    if {*groups, *filters} <= set(list_attributes(engine)):
        cells = _list_groups(engine, groups, filters)
    elif indicator.estimator == "total" and rows.empty:
        return rows
    elif indicator.estimator == "total":
        seen = set(rows["period"])
        periods = periods[next(place for place, period in enumerate(periods) if period in seen) :]
        cells = rows[list(groups)].drop_duplicates() if groups else pd.DataFrame({"one": [1]})
    else:
        return rows
    if cells.empty or not periods:
        return rows
    frame = pd.DataFrame({"period": list(periods)}, dtype="str").merge(cells.astype("str"), how="cross")
    keys = ["period", *groups]
    filled = frame.merge(rows.astype(dict.fromkeys(keys, "str")), how="left", on=keys)
    figures = ["position", *STATISTICS]
    return filled.astype(dict.fromkeys(figures, "float64")).fillna(dict.fromkeys(figures, 0.0))


def _list_groups(engine: Engine, groups: Sequence[str], filters: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Every combination of the groups that members have, among those that the filters leave."""
    listed = ", ".join(
        f"coalesce(CAST({quote_name(name)} AS VARCHAR), {quote_text(NOT_RECORDED)}) AS {quote_name(name)}"
        for name in dict.fromkeys((*groups, *filters))
    )
    cells = engine.lookup(f"SELECT DISTINCT {listed or '1 AS one'} FROM members")
    for name, values in filters.items():
        cells = cells[cells[name].isin(list(values))]
    return cells[list(groups)].drop_duplicates() if groups else cells.head(1).assign(one=1)[["one"]]
