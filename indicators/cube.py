"""From rows to sufficient statistics: one SQL per indicator, for the cube at publish and for free selections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import duckdb

from indicators.definition import MEASURE_DIMENSIONS, Indicator
from warehouse.contracts import NOT_RECORDED
from warehouse.engine import CUBE, quote_name, quote_text

STATISTICS: tuple[str, ...] = ("n", "x", "w", "xx", "xw", "ww")
_SUMS = (
    "count(*) AS n, sum(x) AS x, sum(w) AS w, sum(x * x) AS xx, sum(x * w) AS xw, sum(w * w) AS ww, "
    "min(position) AS position"
)


def facts_sql(indicator: Indicator, attributes: Sequence[str], periods: str) -> str:
    """One row a cluster, with the members' attributes joined on; `periods` is SQL that gives the periods asked for."""
    listed = "".join(
        f", coalesce(CAST(a.{quote_name(name)} AS VARCHAR), {quote_text(NOT_RECORDED)}) AS {quote_name(name)}"
        for name in attributes
    )
    if indicator.attributes == "as_at_wave":
        joined = "LEFT JOIN frames a ON a.wave_id = f.period AND a.member_id = f.member_id"
    else:
        joined = "LEFT JOIN members a ON a.member_id = f.member_id"
    return f"WITH periods AS ({periods}) SELECT f.*{listed} FROM ({indicator.facts}) f {joined}"


def sum_facts(indicator: Indicator, facts: str, groups: Sequence[Sequence[str]]) -> str:
    """Reduce facts to sufficient statistics for each group of dimensions, each counted on its own.

    Gives `breakdown` (the name of the group), `period`, the measures, every dimension of any group (NULL outside its
    group), `position` and the statistics.
    """
    fixed = [quote_name(name) for name in ("period", *indicator.measures)]
    names = list(dict.fromkeys(name for group in groups for name in group))
    dimensions = [quote_name(name) for name in names]
    present = ", ".join(
        f"CASE WHEN grouping({quote_name(name)}) = 0 THEN {quote_text(name)} END" for name in sorted(names)
    )
    breakdown = f"concat_ws(',', {present})" if names else "''"

    def sets(*further: str) -> str:
        return ", ".join(f"({', '.join([*fixed, *further, *map(quote_name, group)])})" for group in groups)

    listed = ", ".join([*fixed, *dimensions])
    if not indicator.breakdowns:
        return f"SELECT {breakdown} AS breakdown, {listed}, {_SUMS} FROM ({facts}) GROUP BY GROUPING SETS ({sets()})"
    clusters = (
        f"SELECT {breakdown} AS breakdown, {listed}, sum(x) AS x, sum(w) AS w, min(position) AS position "
        f"FROM ({facts}) GROUP BY GROUPING SETS ({sets('member_id')})"
    )
    return f"SELECT breakdown, {listed}, {_SUMS} FROM ({clusters}) GROUP BY breakdown, {listed}"


def build_cube(
    connection: duckdb.DuckDBPyConnection,
    indicators: Sequence[Indicator],
    attributes: Sequence[str],
    progress: Callable[[str], None] = lambda title: None,
) -> None:
    """Write the table `cube` of every indicator for no breakdown, each dimension and each pair of dimensions."""
    columns = ", ".join(
        [
            "indicator_id VARCHAR",
            "breakdown VARCHAR",
            "period VARCHAR",
            *(f"{quote_name(name)} VARCHAR" for name in (*MEASURE_DIMENSIONS, *attributes)),
            "position DOUBLE",
            "n BIGINT",
            *(f"{name} DOUBLE" for name in STATISTICS[1:]),
        ]
    )
    connection.execute(f"CREATE TABLE {CUBE} ({columns})")
    for indicator in indicators:
        progress(indicator.title)
        grains = ", ".join(quote_text(grain) for grain in indicator.grains) or "'all'"
        facts = facts_sql(indicator, attributes, f"SELECT * FROM calendar_periods WHERE grain IN ({grains})")
        summed = sum_facts(indicator, facts, list_groups(attributes, indicator.breakdowns))
        connection.execute(
            f"INSERT INTO {CUBE} BY NAME SELECT {quote_text(indicator.id)} AS indicator_id, * FROM ({summed})"
        )


def list_groups(attributes: Sequence[str], breakdowns: Sequence[str] = ()) -> list[tuple[str, ...]]:
    """No breakdown, each dimension, each pair."""
    dimensions = [*breakdowns, *attributes]
    return [(), *((name,) for name in dimensions), *combinations(dimensions, 2)]


def name_breakdown(dimensions: Iterable[str]) -> str:
    """The cube's name for a set of dimensions, independent of their order."""
    return ",".join(sorted(dimensions))
