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
        return _count_standing(base, grouping)
    measures = [m for m in list_measures(base, names) if m.words or base.kind != "counted"]
    keys = [*_list_time(base), *(quote_name(measure.code) for measure in measures)]
    source = _select_rows(base, family, measures, times)
    if base.kind == "counted":
        keys += list(base.values)
        statistics = "count(*) AS c"
    else:
        worked: dict[str, str] = {}
        statistics = ", ".join(_sum(base, family, place, worked) for place in range(len(family)))
        statistics += ", sum(replaces) AS replaced" if base.replaces else ""
        source = f"SELECT *{''.join(f', {sql} AS {name}' for sql, name in worked.items())} FROM ({source})"
    return _group(source, keys, statistics, grouping, as_at_wave)


def _select_rows(base: Base, family: Sequence[Expressions], measures: Sequence[Measure], times: str) -> str:
    time = _list_time(base)
    keys = [f"b.{name}" for name in time]
    keys += [f"b.{m.column}" if m.words else f"{m.column} AS {quote_name(m.name)}" for m in measures]
    condition = f" WHERE b.{base.time} IN ({times})" if times and time else ""
    if base.kind == "counted":
        listed = ", ".join([*keys, "b.mid", *(f"b.{value}" for value in base.values)])
        return f"SELECT {listed} FROM {base.table} b{condition}"
    values = _list_values(family)
    parts = [
        f"CAST(CASE WHEN {where} THEN {value} END AS DOUBLE) AS x{place}"
        for place, (value, where) in enumerate(values)
    ]
    parts += [f"{base.replaces} AS replaces"] if base.replaces else []
    if not base.is_finer:
        return f"SELECT {', '.join([*keys, 'b.mid', *parts])} FROM {base.table} b{condition}"
    cluster = ", ".join([*time, *(quote_name(m.code) for m in measures), "mid"])
    summed = ", ".join(f"sum(x{place}) AS x{place}" for place in range(len(values)))
    inner = f"SELECT {', '.join([*keys, 'b.mid', *parts])} FROM {base.table} b{condition}"
    return f"SELECT {cluster}, {summed} FROM ({inner}) GROUP BY {cluster}"


def _list_time(base: Base) -> list[str]:
    return [] if base.kind == "rows" and base.points else [base.time]


def _list_values(family: Sequence[Expressions]) -> list[tuple[str, str]]:
    """Every x and w of a family with its condition, each once: `x0, x1 …` of a row."""
    return list(dict.fromkeys((value, where) for x, w, where in family for value in (x, w)))


def _sum(base: Base, family: Sequence[Expressions], place: int, worked: dict[str, str]) -> str:
    """The statistics of one of a family. A sum that is another one is written alike: DuckDB then adds it up once.

    What has to be worked out of a row for them is put into `worked`, by its SQL: else every group would work it out anew.
    """

    def work(sql: str) -> str:
        return worked.setdefault(sql, f"w{len(worked)}")

    x, w, where = family[place]
    values = _list_values(family)
    of_x, of_w = f"x{values.index((x, where))}", f"x{values.index((w, where))}"
    rows = f"CAST(count({of_w}) AS DOUBLE)"
    sums = {
        "x": f"sum({of_x})",
        "w": f"sum({of_w})",
        "xx": f"sum({work(f'{of_x} * {of_x}')})",
        "xw": f"sum({work(f'{of_x} * {of_w}')})",
        "ww": f"sum({work(f'{of_w} * {of_w}')})",
        "people_in": f"count({work(f'CASE WHEN {of_x} > 0 THEN 1 END')})",
        "people_out": f"count({work(f'CASE WHEN {of_x} < {of_w} THEN 1 END')})",
    }
    if w == "1" and not base.is_finer:
        sums |= {"w": rows, "xw": sums["x"], "ww": rows}
        if x == "1":
            sums |= {"x": rows, "xx": rows, "xw": rows, "people_in": f"count({of_w})", "people_out": "0"}
    listed = {"n": f"count({of_w})", **sums}
    return ", ".join(f"{sql} AS {name}{place}" for name, sql in listed.items())


def _count_standing(base: Base, grouping: Grouping) -> str:
    """How many of each group stand from a day to the day before the next change: a running sum of those who come less those who go."""
    carried = "".join(f", b.{value}" for value in base.values)
    changes = (
        f"SELECT b.mid, CASE WHEN e.d > 0 THEN b.from_day ELSE b.until_day END AS day, e.d{carried} "
        f"FROM {base.table} b CROSS JOIN (VALUES (1), (-1)) AS e(d) WHERE e.d > 0 OR b.until_day IS NOT NULL"
    )
    line = ", ".join(["breakdown", *base.values, *map(quote_name, grouping.named)])
    return (
        f"SELECT {line}, day AS from_day, lead(day, 1, {NO_DAY}) OVER (PARTITION BY {line} ORDER BY day) AS until_day, "
        f"CAST(sum(d) OVER (PARTITION BY {line} ORDER BY day ROWS UNBOUNDED PRECEDING) AS BIGINT) AS n "
        f"FROM ({_group(changes, ['day', *base.values], 'sum(d) AS d', grouping, as_at_wave=False)})"
    )


def find_points(base: Base, counted: str) -> str:
    """What `count_family` counts of a base, at its times."""
    if not base.points:
        return counted
    if base.kind == "rows":
        return f"(SELECT * FROM ({base.points}) q NATURAL JOIN {counted} s)"
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
