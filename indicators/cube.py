"""From rows to sufficient statistics: one SQL per indicator, for the cube at publish and for free selections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import duckdb

from indicators.computed import compute_cells
from indicators.definition import MEASURE_DIMENSIONS, Indicator
from indicators.result import FIGURES
from warehouse.contracts import NOT_RECORDED
from warehouse.engine import COMPUTED, CUBE, quote_name, quote_text

MOST_VALUES = 60
STATISTICS: tuple[str, ...] = ("n", "x", "w", "xx", "xw", "ww")
_SUMS = (
    "count(*) AS n, sum(x) AS x, sum(w) AS w, sum(x * x) AS xx, sum(x * w) AS xw, sum(w * w) AS ww, "
    "min(position) AS position"
)

_RESUMS = (
    "CAST(sum(n) AS BIGINT) AS n, sum(x) AS x, sum(w) AS w, sum(xx) AS xx, sum(xw) AS xw, sum(ww) AS ww, "
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
    group), `position` and the statistics. Where the indicator has breakdowns, facts are first summed to one row a
    member for each of those asked for; a member has one value of each attribute, so the attributes go along.
    """
    if indicator.estimator == "reach":
        return _count_things(indicator, facts, groups)
    parts = []
    by_breakdown: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for group in groups:
        asked = tuple(name for name in group if name in indicator.breakdowns)
        by_breakdown.setdefault(asked, []).append(tuple(name for name in group if name not in asked))
    for asked, subgroups in by_breakdown.items():
        fixed = ("period", *indicator.measures, *asked)
        attributes = sorted({name for subgroup in subgroups for name in subgroup})
        source = f"({facts})"
        if indicator.breakdowns:
            cluster = ", ".join(quote_name(name) for name in (*fixed, "member_id", *attributes))
            source = f"(SELECT {cluster}, sum(x) AS x, sum(w) AS w, min(position) AS position FROM {source} GROUP BY {cluster})"
        parts.append(_sum_groups(source, fixed, attributes, subgroups, asked))
    return " UNION ALL BY NAME ".join(parts)


def _count_things(indicator: Indicator, facts: str, groups: Sequence[Sequence[str]]) -> str:
    """Members and different things of each group: never summed, because a thing can be in several groups."""
    fixed = ("period", *indicator.measures)
    attributes = sorted({name for group in groups for name in group})
    flags = [f"CASE WHEN grouping({quote_name(name)}) = 0 THEN {quote_text(name)} END" for name in attributes]
    breakdown = f"concat_ws(',', {', '.join(flags)})" if flags else "''"
    listed = ", ".join(quote_name(name) for name in (*fixed, *attributes))
    sets = ", ".join(f"({', '.join(quote_name(name) for name in (*fixed, *group))})" for group in groups)
    return (
        f"SELECT {breakdown} AS breakdown, {listed}, count(DISTINCT member_id) AS n, "
        "CAST(count(DISTINCT thing) AS DOUBLE) AS x, 0.0 AS w, 0.0 AS xx, 0.0 AS xw, 0.0 AS ww, "
        f"min(position) AS position FROM ({facts}) GROUP BY GROUPING SETS ({sets})"
    )


def _sum_groups(
    source: str,
    fixed: Sequence[str],
    attributes: Sequence[str],
    groups: Sequence[Sequence[str]],
    asked: Sequence[str],
) -> str:
    """Sums for each group, by way of the sums for all attributes together: a cluster is in one of those only."""
    named = [quote_text(name) for name in asked]
    flags = [f"CASE WHEN grouping({quote_name(name)}) = 0 THEN {quote_text(name)} END" for name in attributes]
    present = ", ".join(part for _, part in sorted(zip([*asked, *attributes], [*named, *flags], strict=True)))
    breakdown = f"concat_ws(',', {present})" if present else "''"
    sets = ", ".join(f"({', '.join(quote_name(name) for name in (*fixed, *group))})" for group in groups)
    listed = ", ".join(quote_name(name) for name in (*fixed, *attributes))
    cells = f"SELECT {listed}, {_SUMS} FROM {source} GROUP BY {listed}"
    return (
        f"SELECT {breakdown} AS breakdown, {listed}, {_RESUMS} FROM ({cells}) GROUP BY GROUPING SETS ({sets})"
    )


def build_cube(
    connection: duckdb.DuckDBPyConnection,
    indicators: Sequence[Indicator],
    attributes: Sequence[str],
    progress: Callable[[str], None] = lambda title: None,
) -> None:
    """Write the tables `cube`, of every indicator for no breakdown, each dimension and each pair of dimensions,
    and `computed`, of the figures of those indicators that are not sums, for no breakdown and each dimension.
    """
    dimensions = [f"{quote_name(name)} VARCHAR" for name in (*MEASURE_DIMENSIONS, *attributes)]
    fixed = ["indicator_id VARCHAR", "breakdown VARCHAR", "period VARCHAR", *dimensions, "position DOUBLE"]
    sums = ["n BIGINT", *(f"{name} DOUBLE" for name in STATISTICS[1:])]
    connection.execute(f"CREATE TABLE {CUBE} ({', '.join([*fixed, *sums])})")
    figures = [f"{name} DOUBLE" for name in FIGURES]
    connection.execute(f"CREATE TABLE {COMPUTED} ({', '.join([*fixed, *figures])})")
    held = list_held(connection, attributes)
    for indicator in indicators:
        progress(indicator.title)
        grains = ", ".join(quote_text(grain) for grain in indicator.grains) or "'all'"
        facts = facts_sql(indicator, attributes, f"SELECT * FROM calendar_periods WHERE grain IN ({grains})")
        connection.execute(f"CREATE TEMP TABLE cube_facts AS {facts}")
        if connection.execute("SELECT 1 FROM cube_facts LIMIT 1").fetchall():
            if indicator.estimator == "computed":
                _hold_computed(connection, indicator, held)
            else:
                _hold_sums(connection, indicator, held)
        connection.execute("DROP TABLE cube_facts")


def _hold_sums(connection: duckdb.DuckDBPyConnection, indicator: Indicator, held: Sequence[str]) -> None:
    summed = sum_facts(indicator, "SELECT * FROM cube_facts", list_groups(held, indicator.breakdowns))
    connection.execute(
        f"INSERT INTO {CUBE} BY NAME SELECT {quote_text(indicator.id)} AS indicator_id, * FROM ({summed})"
    )


def _hold_computed(connection: duckdb.DuckDBPyConnection, indicator: Indicator, held: Sequence[str]) -> None:
    rows = connection.execute("SELECT * FROM cube_facts").df()
    for group in [(), *((name,) for name in held if not indicator.is_whole)]:
        figures = compute_cells(indicator, rows, group)
        if figures.empty:
            continue
        figures = figures.assign(indicator_id=indicator.id, breakdown=name_breakdown(group))
        connection.register("computed_figures", figures)
        connection.execute(f"INSERT INTO {COMPUTED} BY NAME SELECT * FROM computed_figures")
        connection.unregister("computed_figures")


def list_held(connection: duckdb.DuckDBPyConnection, attributes: Sequence[str]) -> list[str]:
    """The dimensions of members that the cube holds: those with few enough values to be read as a breakdown.

    A selection by any other (such as the organisation, among thousands) reads the rows.
    """
    counts = ", ".join(f"count(DISTINCT {quote_name(name)})" for name in attributes)
    values = connection.execute(f"SELECT {counts} FROM members").fetchall()[0]
    return [name for name, count in zip(attributes, values, strict=True) if count <= MOST_VALUES]


def list_groups(attributes: Sequence[str], breakdowns: Sequence[str] = ()) -> list[tuple[str, ...]]:
    """No breakdown, each dimension, each pair."""
    dimensions = [*breakdowns, *attributes]
    return [(), *((name,) for name in dimensions), *combinations(dimensions, 2)]


def name_breakdown(dimensions: Iterable[str]) -> str:
    """The cube's name for a set of dimensions, independent of their order."""
    return ",".join(sorted(dimensions))
