"""The slow, obvious way to the statistics of a selection: every row of the indicator in memory, added up one group at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from indicators.definition import Indicator
from indicators.engine.asking import list_periods
from indicators.engine.cells import ask_cells, read_statistics
from indicators.engine.plan import join_groups, list_periods_sql
from indicators.engine.rows import rows_sql
from indicators.selection import Selection
from indicators.statistics.cells import STATISTICS
from warehouse.engine import Engine


def read_rows(engine: Engine, indicator: Indicator) -> pd.DataFrame:
    """Every row of an indicator in all its periods, with the attributes of the member in words."""
    rows = rows_sql(indicator, list_periods_sql(indicator.grains))
    return engine.query(join_groups(indicator, rows, engine.attributes, as_words=True))


def add_up(engine: Engine, indicator: Indicator, selection: Selection, rows: pd.DataFrame) -> pd.DataFrame:
    """`period`, the measures, the breakdown and STATISTICS of each cell, by the rows of the indicator alone."""
    facts = rows[rows["period"].isin(list_periods(engine, indicator, selection))]
    for name, value in selection.where:
        facts = facts[facts[name] == value]
    cell = ["period", *indicator.measures, *(name for name in selection.by if name not in indicator.measures)]
    if indicator.estimator == "reach":
        return _count_things(facts, cell)
    people = facts.groupby([*cell, "member_id"], dropna=False, as_index=False)[["x", "w"]].sum()
    people["xx"], people["xw"], people["ww"] = (
        people["x"] * people["x"],
        people["x"] * people["w"],
        people["w"] * people["w"],
    )
    people["n"], people["people_in"], people["people_out"] = 1, people["x"] > 0, people["x"] < people["w"]
    return people.groupby(cell, dropna=False, as_index=False)[list(STATISTICS)].sum()


def _read_fast(engine: Engine, indicator: Indicator, selection: Selection) -> pd.DataFrame:
    filters: dict[str, list[str]] = {}
    for name, value in selection.where:
        filters.setdefault(name, []).append(value)
    dimensions = (*indicator.measures, *(name for name in selection.by if name not in indicator.measures))
    cells = ask_cells(engine, indicator, list_periods(engine, indicator, selection), dimensions, filters)
    return read_statistics(engine, indicator, cells)


def check_counts(
    engine: Engine, indicator: Indicator, selection: Selection, rows: pd.DataFrame | None = None
) -> int:
    """Hold both ways equal; returns how many cells there are."""
    cell = ["period", *indicator.measures, *(name for name in selection.by if name not in indicator.measures)]
    rows = read_rows(engine, indicator) if rows is None else rows
    slow, fast = add_up(engine, indicator, selection, rows), _read_fast(engine, indicator, selection)
    keys = dict.fromkeys(cell, "str")
    both = slow.astype(keys).merge(
        fast.astype(keys), how="outer", on=cell, suffixes=("", "_fast"), indicator=True
    )
    assert (both["_merge"] == "both").all(), (indicator.id, selection, both[both["_merge"] != "both"].head())
    for name in STATISTICS:
        np.testing.assert_allclose(
            both[f"{name}_fast"].astype(float),
            both[name].astype(float),
            rtol=1e-9,
            atol=1e-9,
            err_msg=f"{indicator.id} {selection} {name}",
        )
    return len(both)


def _count_things(facts: pd.DataFrame, cell: Sequence[str]) -> pd.DataFrame:
    cells = facts.groupby(list(cell), dropna=False)
    table = pd.DataFrame({"n": cells["member_id"].nunique(), "x": cells["thing"].nunique()}).reset_index()
    return table.assign(people_in=table["n"], **dict.fromkeys(("w", "xx", "xw", "ww", "people_out"), 0.0))
