"""The cells of one indicator out of the counts of its base: statistics, words, and those who have no row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indicators.definition import Base, Expressions, Indicator
from indicators.engine.families import count_family, find_points, list_measures, name_time
from indicators.engine.plan import Grouping
from warehouse.engine import Engine, quote_name, quote_text

_STATISTICS = ("n", "x", "w", "xx", "xw", "ww", "people_in", "people_out")


@dataclass(frozen=True)
class Asked:
    """What is read of a family: the name of its group, attributes in it, measures, conditions on codes and on time."""

    breakdown: str
    attributes: tuple[str, ...]
    measures: tuple[str, ...]
    conditions: tuple[str, ...]


def read_base(engine: Engine, indicator: Indicator, grouping: Grouping, asked: Asked, times: str) -> str:
    """SQL of the statistics of every cell: time, the measures in words, attributes as codes, position, the statistics."""
    assert indicator.base is not None
    base = indicator.base
    table, *counted = map(engine.keep, list_counts(indicator, grouping, asked.measures, times))
    cells = _read_cells(indicator, base, table, asked, _list_family(indicator).index(indicator.expressions))
    if indicator.others:
        own = _list_own(indicator.others.base, asked.measures)
        cells = _add_others(indicator, cells, counted[0], asked, own)
    return _say_words(base, cells, asked, indicator)


def list_counts(
    indicator: Indicator, grouping: Grouping, measures: Sequence[str], times: str
) -> Iterator[str]:
    """The statements whose rows are kept for an indicator: of its base, and of those who are counted beside it."""
    assert indicator.base is not None
    as_at_wave = indicator.attributes == "as_at_wave"
    yield count_family(indicator.base, _list_family(indicator), measures, grouping, as_at_wave, times)
    if indicator.others:
        own = _list_own(indicator.others.base, measures)
        yield count_family(indicator.others.base, (("1", "1", "true"),), own, grouping, as_at_wave, times)


def _list_family(indicator: Indicator) -> tuple[Expressions, ...]:
    return indicator.family or (indicator.expressions,)


def _list_own(base: Base, measures: Sequence[str]) -> tuple[str, ...]:
    """Those of the measures that a base has."""
    return tuple(name for name in measures if any(measure.name == name for measure in base.measures))


def _read_cells(indicator: Indicator, base: Base, table: str, asked: Asked, place: int) -> str:
    conditions = " AND ".join((f"f.breakdown = {quote_text(asked.breakdown)}", *asked.conditions))
    measured = [
        f"{f'f.{quote_name(m.code)}' if m.words or base.kind == 'rows' else m.column} AS {quote_name(m.name)}"
        for m in list_measures(base, asked.measures)
    ]
    coded = ", ".join([f"f.{base.time}", *measured, *(f"f.{quote_name(name)}" for name in asked.attributes)])
    table = find_points(base, table)
    if base.kind == "rows":
        columns = ", ".join(f"{name}{place} AS {name}" for name in _STATISTICS)
        if base.replaces and indicator.others:
            return f"SELECT {coded}, {columns}, replaced FROM {table} f WHERE {conditions}"
        return f"SELECT {coded}, {columns} FROM {table} f WHERE {conditions} AND n{place} > 0"
    if base.kind == "standing":
        x, w = indicator.x, indicator.w
        columns = (
            f"n, n * {x} AS x, n * {w} AS w, n * {x} * {x} AS xx, n * {x} * {w} AS xw, n * {w} * {w} AS ww, "
            f"CASE WHEN {x} > 0 THEN n ELSE 0 END AS people_in, CASE WHEN {x} < {w} THEN n ELSE 0 END AS people_out"
        )
        return f"SELECT {coded}, {columns} FROM {table} f WHERE {conditions}"
    x, w = "CAST(x AS DOUBLE)", "CAST(w AS DOUBLE)"
    columns = (
        f"min(position) AS position, CAST(sum(c) AS BIGINT) AS n, sum(c * {x}) AS x, sum(c * {w}) AS w, sum(c * {x} * {x}) AS xx, "
        f"sum(c * {x} * {w}) AS xw, sum(c * {w} * {w}) AS ww, "
        "coalesce(sum(c) FILTER (WHERE x > 0), 0) AS people_in, coalesce(sum(c) FILTER (WHERE x < w), 0) AS people_out"
    )
    position = next((m.position for m in list_measures(base, asked.measures) if m.position), "0.0")
    inner = (
        f"SELECT {coded}, {position} AS position, c, {indicator.x} AS x, {indicator.w} AS w "
        f"FROM {table} f {base.over} WHERE {conditions} AND ({indicator.where})"
    )
    keys = ", ".join([base.time, *map(quote_name, (*asked.measures, *asked.attributes))])
    return f"SELECT {keys}, {columns} FROM ({inner}) GROUP BY {keys}"


def _add_others(indicator: Indicator, cells: str, counted: str, asked: Asked, own: Sequence[str]) -> str:
    """The cells with everybody of whom nothing is recorded: n, w as many as there are, x as the others have it."""
    assert indicator.others is not None
    assert indicator.base is not None
    others, time = indicator.others, indicator.base.time
    attributes = [quote_name(name) for name in asked.attributes]
    base_keys = [time, *map(quote_name, own), *attributes]
    conditions = " AND ".join((f"f.breakdown = {quote_text(asked.breakdown)}", *asked.conditions))
    n = "n0"
    if others.base.kind == "standing":
        counted, n = find_points(others.base, counted), "n"
    everybody = f"SELECT {', '.join(base_keys)}, {n} AS n FROM {counted} f WHERE {conditions}"
    further = [quote_name(name) for name in asked.measures if name not in own]
    if others.values:
        values = ", ".join(f"({quote_text(value)})" for value in others.values)
        everybody = f"SELECT p.*, v.* FROM ({everybody}) p CROSS JOIN (VALUES {values}) AS v({further[-1]})"
    elif others.found:
        everybody = f"SELECT p.*, v.* EXCLUDE ({time}) FROM ({everybody}) p JOIN ({others.found}) v ON v.{time} = p.{time}"
    keys = [time, *map(quote_name, asked.measures), *attributes]
    matched = " AND ".join(f"c.{key} IS NOT DISTINCT FROM p.{key}" for key in keys)
    join, listed = "LEFT", ", ".join(f"p.{key}" for key in keys)
    if indicator.base.replaces:
        join, listed = "FULL", ", ".join(f"coalesce(p.{key}, c.{key}) AS {key}" for key in keys)
    x, w = f"CAST({others.x} AS DOUBLE)", f"CAST({others.w} AS DOUBLE)"
    replaced = "replaced" if indicator.base.replaces else "n"
    columns = ", ".join(f"coalesce(c.{name}, 0) AS {name}" for name in _STATISTICS)
    joined = (
        f"SELECT {listed}, coalesce(p.n, 0) - coalesce(c.{replaced}, 0) AS rest, p.n AS everybody, "
        f"coalesce({x}, 0) AS rest_x, coalesce({w}, 0) AS rest_w, {columns} "
        f"FROM ({everybody}) p {join} JOIN ({cells}) c ON {matched}"
    )
    names = ", ".join(keys)
    if others.rest:
        cell = f"{further[-1]} = {quote_text(others.rest)}"
        place = ", ".join(key for key in keys if key != further[-1])
        left = f"everybody - sum(n) OVER (PARTITION BY {place})"
        joined = f"SELECT {names}, CASE WHEN {cell} THEN {left} ELSE n END AS own, everybody FROM ({joined})"
        if indicator.estimator == "composition":
            return (
                f"SELECT {names}, CAST(own AS BIGINT) AS n, own AS x, own AS w, own AS xx, own AS xw, own AS ww, "
                f"own AS people_in, 0 AS people_out FROM ({joined}) WHERE own > 0"
            )
        return (
            f"SELECT {names}, everybody AS n, own AS x, everybody AS w, own AS xx, own AS xw, everybody AS ww, "
            f"own AS people_in, everybody - own AS people_out FROM ({joined})"
        )
    return (
        f"SELECT {names}, CAST(n + rest AS BIGINT) AS n, x + rest * rest_x AS x, w + rest * rest_w AS w, "
        "xx + rest * rest_x * rest_x AS xx, xw + rest * rest_x * rest_w AS xw, ww + rest * rest_w * rest_w AS ww, "
        "people_in + CASE WHEN rest_x > 0 THEN rest ELSE 0 END AS people_in, "
        f"people_out + CASE WHEN rest_x < rest_w THEN rest ELSE 0 END AS people_out FROM ({joined}) WHERE n + rest > 0"
    )


def _say_words(base: Base, cells: str, asked: Asked, indicator: Indicator) -> str:
    table, column = name_time(base)
    listed, joins, position = [], "", "0.0"
    for place, measure in enumerate(list_measures(base, asked.measures)):
        name = quote_name(measure.name)
        if measure.words:
            joins += f" LEFT JOIN ({measure.words}) w{place} ON w{place}.code = c.{name}"
            listed.append(f"w{place}.word AS {name}")
            position = f"w{place}.position"
        else:
            listed.append(f"c.{name}")
            position = "c.position" if measure.position else position
    if indicator.others and indicator.others.values:
        places = " ".join(
            f"WHEN {quote_text(value)} THEN {place}.0"
            for place, value in enumerate(indicator.others.values, 1)
        )
        position = f"CASE c.{quote_name(asked.measures[-1])} {places} END"
    codes = [f"c.{quote_name(name)}" for name in asked.attributes]
    return (
        f"SELECT {', '.join([f't.{column} AS period', *listed, *codes])}, {position} AS position, "
        f"{', '.join(f'c.{name}' for name in _STATISTICS)} FROM ({cells}) c JOIN {table} t ON t.{base.time} = c.{base.time}{joins}"
    )
