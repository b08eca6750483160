"""From rows to sufficient statistics: one SQL per indicator, for the cube at publish and for free selections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import combinations

import duckdb

from indicators.definition import MEASURE_DIMENSIONS, Indicator
from indicators.engine.computed import compute_cells
from indicators.result import FIGURES
from indicators.statistics.cells import STATISTICS
from warehouse.contracts import NOT_RECORDED
from warehouse.engine import COMPUTED, CUBE, quote_name, quote_text

MOST_VALUES = 60
_SUMS = (
    "count(*) AS n, sum(x) AS x, sum(w) AS w, sum(x * x) AS xx, sum(x * w) AS xw, sum(w * w) AS ww, "
    "count(*) FILTER (WHERE x > 0) AS people_in, count(*) FILTER (WHERE x < w) AS people_out, "
    "min(position) AS position"
)
_RESUMS = (
    "CAST(sum(n) AS BIGINT) AS n, sum(x) AS x, sum(w) AS w, sum(xx) AS xx, sum(xw) AS xw, sum(ww) AS ww, "
    "sum(people_in) AS people_in, sum(people_out) AS people_out, min(position) AS position"
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


def profiled_facts_sql(indicator: Indicator, periods: str) -> str:
    """One row a cluster, with the number of the member's row in `profiles` instead of every attribute."""
    by_wave = "p.wave_id = f.period" if indicator.attributes == "as_at_wave" else "p.wave_id IS NULL"
    return (
        f"WITH periods AS ({periods}) SELECT f.*, coalesce(p.profile, 0) AS profile FROM ({indicator.facts}) f "
        f"LEFT JOIN profiled p ON {by_wave} AND p.member_id = f.member_id"
    )


def number_profiles(connection: duckdb.DuckDBPyConnection, attributes: Sequence[str]) -> None:
    """Number every combination of attributes that occurs (`profiles`), and say which each member has (`profiled`).

    `profiled` holds the current attributes under an empty wave and those as at each wave. Grouping by one number
    instead of by every attribute makes the cube of a large release several times as fast.
    """
    values = ", ".join(
        f"coalesce(CAST({quote_name(name)} AS VARCHAR), {quote_text(NOT_RECORDED)}) AS {quote_name(name)}"
        for name in attributes
    )
    missing = ", ".join(f"{quote_text(NOT_RECORDED)} AS {quote_name(name)}" for name in attributes)
    listed = ", ".join(quote_name(name) for name in attributes) or "one"
    connection.execute(
        f"""CREATE TEMP TABLE described AS
        SELECT NULL AS wave_id, member_id, {values or "1 AS one"} FROM members
        UNION ALL SELECT wave_id, member_id, {values or "1 AS one"} FROM frames"""
    )
    connection.execute(
        f"""CREATE TEMP TABLE profiles AS
        SELECT row_number() OVER (ORDER BY {listed}) AS profile, * FROM (SELECT DISTINCT {listed} FROM described)
        UNION ALL SELECT 0, {missing or "1"}"""
    )
    connection.execute(
        f"""CREATE TEMP TABLE profiled AS
        SELECT wave_id, member_id, profile FROM described JOIN (SELECT * FROM profiles WHERE profile > 0)
        USING ({listed})"""
    )
    connection.execute("DROP TABLE described")


def sum_facts(
    indicator: Indicator, facts: str, groups: Sequence[Sequence[str]], *, is_profiled: bool = False
) -> str:
    """Reduce facts to sufficient statistics for each group of dimensions, each counted on its own.

    Gives `breakdown` (the name of the group), `period`, the measures, every dimension of any group (NULL outside its
    group), `position` and the statistics. Where the indicator has breakdowns, facts are first summed to one row a
    member for each of those asked for; a member has one value of each attribute, so the attributes go along.
    The facts have the attributes, or, where `is_profiled`, the number of a row in `profiles`.
    """
    if indicator.estimator == "reach":
        named = f"SELECT * FROM ({facts}) JOIN profiles USING (profile)" if is_profiled else facts
        return _count_things(indicator, named, groups)
    parts = []
    by_breakdown: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for group in groups:
        asked = tuple(name for name in group if name in indicator.breakdowns)
        by_breakdown.setdefault(asked, []).append(tuple(name for name in group if name not in asked))
    for asked, subgroups in by_breakdown.items():
        fixed = ("period", *indicator.measures, *asked)
        attributes = sorted({name for subgroup in subgroups for name in subgroup})
        source = f"({facts})"
        carried = ["profile"] if is_profiled else attributes
        if indicator.breakdowns:
            cluster = ", ".join(quote_name(name) for name in (*fixed, "member_id", *carried))
            source = f"(SELECT {cluster}, sum(x) AS x, sum(w) AS w, min(position) AS position FROM {source} GROUP BY {cluster})"
        listed = ", ".join(quote_name(name) for name in (*fixed, *carried))
        cells = f"(SELECT {listed}, {_SUMS} FROM {source} GROUP BY {listed})"
        cells += " JOIN profiles USING (profile)" if is_profiled else ""
        parts.append(_sum_groups(cells, fixed, attributes, subgroups, asked))
    return " UNION ALL BY NAME ".join(parts)


def gather_facts(indicator: Indicator, facts: str, group: Sequence[str], *, is_profiled: bool = False) -> str:
    """What a computed indicator works from: its facts, or, where it has `sums`, the statistics for those columns."""
    if not indicator.sums:
        return facts
    summed = replace(indicator, estimator="mean", measures=indicator.sums)
    return sum_facts(summed, facts, [tuple(group)], is_profiled=is_profiled and bool(group))


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
        "count(DISTINCT member_id) AS people_in, 0 AS people_out, "
        f"min(position) AS position FROM ({facts}) GROUP BY GROUPING SETS ({sets})"
    )


def _sum_groups(
    cells: str,
    fixed: Sequence[str],
    attributes: Sequence[str],
    groups: Sequence[Sequence[str]],
    asked: Sequence[str],
) -> str:
    """Sums for each group out of the sums for all attributes together (`cells`): a cluster is in one of those only.

    Each of these is repeated for every group with the attributes outside the group left empty: for small
    tables several times as fast as grouping sets, for large ones no slower.
    """
    masks = ", ".join(
        f"({', '.join([quote_text(name_breakdown((*asked, *group))), *(str(name in group) for name in attributes)])})"
        for group in groups
    )
    flags = "".join(f", {quote_name('is_' + name)}" for name in attributes)
    kept = "".join(
        f", CASE WHEN {quote_name('is_' + name)} THEN {quote_name(name)} END AS {quote_name(name)}"
        for name in attributes
    )
    named = ", ".join(quote_name(name) for name in fixed)
    return (
        f"SELECT breakdown, {named}{kept}, {_RESUMS} FROM {cells}, (VALUES {masks}) AS mask(breakdown{flags}) "
        "GROUP BY ALL"
    )


def build_cube(
    connection: duckdb.DuckDBPyConnection,
    indicators: Sequence[Indicator],
    attributes: Sequence[str],
    progress: Callable[[str], None] = lambda title: None,
) -> None:
    """Write the tables `cube`, of every indicator for no breakdown, each dimension and each pair of dimensions,
    and `computed`, of the figures of those indicators that are no sums: for no breakdown, and those of networks for
    each dimension. Any other selection of these is worked out from the rows.
    """
    dimensions = [f"{quote_name(name)} VARCHAR" for name in (*MEASURE_DIMENSIONS, *attributes)]
    fixed = ["indicator_id VARCHAR", "breakdown VARCHAR", "period VARCHAR", *dimensions, "position DOUBLE"]
    sums = ["n BIGINT", *(f"{name} DOUBLE" for name in STATISTICS[1:])]
    connection.execute(f"CREATE TABLE {CUBE} ({', '.join([*fixed, *sums])})")
    figures = [f"{name} DOUBLE" for name in FIGURES]
    connection.execute(f"CREATE TABLE {COMPUTED} ({', '.join([*fixed, *figures])})")
    held = list_held(connection, attributes)
    number_profiles(connection, held)
    for indicator in indicators:
        progress(indicator.title)
        grains = ", ".join(quote_text(grain) for grain in indicator.grains) or "'all'"
        periods = f"SELECT * FROM calendar_periods WHERE grain IN ({grains})"
        if indicator.estimator == "computed" and not indicator.sums:
            facts = facts_sql(indicator, attributes, periods)
        else:
            facts = profiled_facts_sql(indicator, periods)
        connection.execute(f"CREATE TEMP TABLE cube_facts AS {facts}")
        if connection.execute("SELECT 1 FROM cube_facts LIMIT 1").fetchall():
            if indicator.estimator == "computed":
                _hold_computed(connection, indicator, held)
            else:
                _hold_sums(connection, indicator, held)
        connection.execute("DROP TABLE cube_facts")


def _hold_sums(connection: duckdb.DuckDBPyConnection, indicator: Indicator, held: Sequence[str]) -> None:
    groups = list_groups(() if indicator.is_whole else held, indicator.breakdowns)
    summed = sum_facts(indicator, "SELECT * FROM cube_facts", groups, is_profiled=True)
    connection.execute(
        f"INSERT INTO {CUBE} BY NAME SELECT {quote_text(indicator.id)} AS indicator_id, * FROM ({summed})"
    )


def _hold_computed(connection: duckdb.DuckDBPyConnection, indicator: Indicator, held: Sequence[str]) -> None:
    facts = "SELECT * FROM cube_facts"
    rows = None if indicator.sums else connection.execute(facts).df()
    is_network = indicator.theme == "connections" and not indicator.is_whole
    for group in [(), *((name,) for name in held if is_network)]:
        if indicator.sums:
            rows = connection.execute(gather_facts(indicator, facts, group, is_profiled=True)).df()
        assert rows is not None
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
