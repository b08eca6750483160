"""Statements over the bases that indicators share: every figure of a base, for everybody and each group, at once."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.definition import Base, Expressions, Measure
from indicators.engine.plan import Grouping, group_cells
from warehouse.engine import quote_name
from warehouse.facts import NO_DAY

_TIMES = {"pid": ("calendar_periods", "period"), "wid": ("wave_codes", "wave_id")}


def name_time(base: Base) -> tuple[str, str]:
    """The table that says what the codes of a base's time stand for, and its column."""
    return _TIMES[base.time]


def list_measures(base: Base, names: Sequence[str]) -> list[Measure]:
    """Those measures of a base that are named, in the order of the names."""
    return [base.find_measure(name) for name in names]


def count_family(
    base: Base,
    family: Sequence[Expressions],
    names: Sequence[str],
    grouping: Grouping,
    as_at_wave: bool,
    times: str,
) -> str:
    """The statement of a base for some measures: `breakdown`, the time, the measures' codes, the attributes' codes, and

    - of rows, for the k-th of the family the statistics `n{k}, x{k} …`;
    - of counted rows the `values` and how many rows `c` have them;
    - of standing rows how many `n` stand, `from_day` to the day before `until_day`, whatever the measures and times.

    `times` is SQL of the codes of time that count.
    """
    if base.kind == "standing":
        return _count_standing(base, names, grouping)
    measures = [m for m in list_measures(base, names) if m.words or base.kind != "counted"]
    keys = [base.time, *(quote_name(measure.name) for measure in measures)]
    source = _select_rows(base, family, measures, times)
    if base.kind == "counted":
        keys += list(base.values)
        statistics = "count(*) AS c"
    else:
        statistics = ", ".join(_sum(place) for place in range(len(family)))
        statistics += ", sum(replaces) AS replaced" if base.replaces else ""
    return _group(source, keys, statistics, grouping, as_at_wave)


def _select_rows(base: Base, family: Sequence[Expressions], measures: Sequence[Measure], times: str) -> str:
    keys = [
        f"b.{base.time}",
        *(
            f"b.{m.column} AS {quote_name(m.name)}" if m.words else f"{m.column} AS {quote_name(m.name)}"
            for m in measures
        ),
    ]
    condition = f" WHERE b.{base.time} IN ({times})" if times else ""
    if base.kind == "counted":
        coded = [f"b.{m.column} AS {quote_name(m.name)}" for m in measures if m.words]
        listed = ", ".join([f"b.{base.time}", *coded, "b.mid", *(f"b.{value}" for value in base.values)])
        return f"SELECT {listed} FROM {base.table} b{condition}"
    parts = [
        f"CAST(CASE WHEN {where} THEN {x} END AS DOUBLE) AS x{place}, CAST(CASE WHEN {where} THEN {w} END AS DOUBLE) AS w{place}"
        for place, (x, w, where) in enumerate(family)
    ]
    parts += [f"{base.replaces} AS replaces"] if base.replaces else []
    if not base.is_finer:
        return f"SELECT {', '.join([*keys, 'b.mid', *parts])} FROM {base.table} b{condition}"
    cluster = ", ".join([base.time, *(quote_name(m.name) for m in measures), "mid"])
    summed = ", ".join(
        f"sum(x{place}) AS x{place}, sum(w{place}) AS w{place}" for place in range(len(family))
    )
    inner = f"SELECT {', '.join([*keys, 'b.mid', *parts])} FROM {base.table} b{condition}"
    return f"SELECT {cluster}, {summed} FROM ({inner}) GROUP BY {cluster}"


def _sum(place: int) -> str:
    x, w = f"x{place}", f"w{place}"
    return (
        f"count({w}) AS n{place}, sum({x}) AS x{place}, sum({w}) AS w{place}, sum({x} * {x}) AS xx{place}, "
        f"sum({x} * {w}) AS xw{place}, sum({w} * {w}) AS ww{place}, "
        f"count(*) FILTER (WHERE {x} > 0) AS people_in{place}, count(*) FILTER (WHERE {x} < {w}) AS people_out{place}"
    )


def _count_standing(base: Base, names: Sequence[str], grouping: Grouping) -> str:
    """How many of each group stand from a day to the day before the next change: a running sum of those who come less those who go."""
    own = [m for m in list_measures(base, names) if m.column]
    carried = "".join(f", b.{m.column} AS {quote_name(m.name)}" for m in own)
    changes = (
        f"SELECT b.mid, CASE WHEN e.d > 0 THEN b.from_day ELSE b.until_day END AS day, e.d{carried} "
        f"FROM {base.table} b CROSS JOIN (VALUES (1), (-1)) AS e(d) WHERE e.d > 0 OR b.until_day IS NOT NULL"
    )
    keys = [quote_name(m.name) for m in own]
    line = ", ".join(["breakdown", *keys, *map(quote_name, grouping.named)])
    return (
        f"SELECT {line}, day AS from_day, lead(day, 1, {NO_DAY}) OVER (PARTITION BY {line} ORDER BY day) AS until_day, "
        f"CAST(sum(d) OVER (PARTITION BY {line} ORDER BY day ROWS UNBOUNDED PRECEDING) AS BIGINT) AS n "
        f"FROM ({_group(changes, ['day', *keys], 'sum(d) AS d', grouping, as_at_wave=False)})"
    )


def find_standing(base: Base, counted: str) -> str:
    """Who stands at the points of a base, by what `count_family` counts of it."""
    return (
        f"(SELECT q.*, s.* EXCLUDE (from_day, until_day) FROM ({base.points}) q "
        f"JOIN {counted} s ON s.from_day <= q.day AND s.until_day > q.day WHERE s.n > 0)"
    )


def _group(source: str, keys: Sequence[str], statistics: str, grouping: Grouping, as_at_wave: bool) -> str:
    attributes = grouping.attributes
    on = "m.wid = b.wid AND m.mid = b.mid" if as_at_wave else "m.mid = b.mid"
    table = "wave_groups" if as_at_wave else "member_groups"
    listed = "".join(f", coalesce(m.{quote_name(name)}, 0) AS {quote_name(name)}" for name in attributes)
    joined = f"SELECT b.*{listed} FROM ({source}) b" + (f" LEFT JOIN {table} m ON {on}" if attributes else "")
    return group_cells(joined, keys, statistics, grouping)
