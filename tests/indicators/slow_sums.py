"""The slow, obvious way to the statistics of a selection: every row of the indicator in memory, added up one group at a time."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from indicators.definition import Indicator
from indicators.engine.asking import list_periods
from indicators.engine.plan import join_groups, list_periods_sql
from indicators.engine.rows import rows_sql
from indicators.selection import Selection
from indicators.statistics.cells import STATISTICS
from warehouse.engine import Engine


def add_up(engine: Engine, indicator: Indicator, selection: Selection) -> pd.DataFrame:
    """`period`, the measures, the breakdown and STATISTICS of each cell, by the rows of the indicator alone."""
    periods = list_periods(engine, indicator, selection)
    rows = rows_sql(indicator, list_periods_sql(indicator.grains, periods))
    facts = engine.query(join_groups(indicator, rows, engine.attributes, as_words=True))
    facts = facts[facts["period"].isin(periods)]
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


def _count_things(facts: pd.DataFrame, cell: Sequence[str]) -> pd.DataFrame:
    cells = facts.groupby(list(cell), dropna=False)
    table = pd.DataFrame({"n": cells["member_id"].nunique(), "x": cells["thing"].nunique()}).reset_index()
    return table.assign(people_in=table["n"], **dict.fromkeys(("w", "xx", "xw", "ww", "people_out"), 0.0))
