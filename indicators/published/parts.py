"""Each person's part in each row of a table: what a change is told by, and what a check of dominance looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from indicators.engine.plan import join_groups, list_periods_sql
from indicators.engine.rows import rows_sql
from indicators.gate.groups import MEASURED_GROUP, TOGETHER, find_attribute
from indicators.result import Result
from indicators.selection import list_attributes
from warehouse.engine import Engine, quote_name, quote_text

Groups = Mapping[str, Sequence[str]]


def read_parts(engine: Engine, result: Result, groups: Groups) -> pd.DataFrame:
    """One row a person and row of a table: `period`, the dimensions, `member_id`, the sums `x` and `w`.

    `groups` are those that stand alone, by attribute. Of a survival curve the sums are those up to each of its days. Empty for
    an indicator whose figures are computed of no rows.
    """
    return engine.query(_parts_sql(engine, result, groups))


def read_largest(engine: Engine, result: Result, groups: Groups) -> pd.DataFrame:
    """One row a row of a table: `period`, the dimensions, and of what people add to it (`x`, where `w` is not 0) `first`, the
    largest part, `two`, the two largest together, `sum`, and `least`."""
    keys = ", ".join(map(quote_name, ("period", *result.dimensions)))
    return engine.query(
        f"""SELECT {keys}, max(x) AS "first", list_sum(max(x, 2)) AS two, sum(x) AS "sum", min(x) AS "least"
        FROM ({_parts_sql(engine, result, groups)}) WHERE w <> 0 GROUP BY {keys}"""
    )


def _parts_sql(engine: Engine, result: Result, groups: Groups) -> str:
    indicator = result.indicator
    attributes = [name for name in result.groups if name in list_attributes(engine)]
    periods = [str(period) for period in result.table["period"].unique()]
    rows = rows_sql(indicator, list_periods_sql((), periods))
    facts = join_groups(indicator, rows, attributes, as_words=True)
    alone = {name: groups[name] for name in attributes if name in groups}
    if MEASURED_GROUP in indicator.measures and find_attribute(engine, indicator) in groups:
        alone[MEASURED_GROUP] = groups[find_attribute(engine, indicator)]
    listed = [
        f"{_merge_small(name, alone[name])} AS {quote_name(name)}" if name in alone else quote_name(name)
        for name in ("period", "member_id", *result.dimensions)
        if name != "time_days"
    ]
    source, x, w = f"({facts})", "x", "w"
    if indicator.estimator == "survival":
        days = ", ".join(f"({float(day)})" for day in sorted({*result.table["time_days"].astype(float)}))
        source = f"({facts}) CROSS JOIN (VALUES {days or '(0.0)'}) AS d(day)"
        listed.append("CAST(CAST(day AS BIGINT) AS VARCHAR) AS time_days")
        x, w = "CASE WHEN position <= day THEN x ELSE 0 END", "least(position, day) * w"
    return f"SELECT {', '.join(listed)}, sum({x}) AS x, sum({w}) AS w FROM {source} GROUP BY ALL"


def _merge_small(name: str, alone: Sequence[str]) -> str:
    listed = ", ".join(quote_text(value) for value in alone) or "NULL"
    column = quote_name(name)
    return f"CASE WHEN {column} IN ({listed}) THEN {column} ELSE {quote_text(TOGETHER)} END"
