"""The rows of an indicator one by one, as plain as its meaning: what families are held to, and what a change is told by."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.definition import MOST_VALUES, Base, Indicator
from indicators.engine.families import list_measures, name_time
from warehouse.engine import quote_name, quote_text


def rows_sql(indicator: Indicator, periods: str) -> str:
    """One row a cluster, period and cell: period, member_id, the measures and breakdowns, position, x and w.

    `periods` is SQL that gives the calendar periods asked for. Who has no row of the base stands here with one of zeros.
    """
    if indicator.facts or indicator.base is None:
        return f"WITH periods AS ({periods}) SELECT * FROM ({indicator.facts})"
    measures = () if indicator.group_of else indicator.measures
    names = (*measures, *indicator.breakdowns)
    rows = _list_rows(indicator, indicator.base, names, indicator.x, indicator.w, indicator.where)
    if indicator.others:
        rows = _add_others(indicator, rows, names)
    return f"WITH periods AS ({periods}) {rows}"


def _list_rows(
    indicator: Indicator, base: Base, names: Sequence[str], x: str | float, w: str | float, where: str
) -> str:
    alias = "b" if base.kind == "rows" else "f"
    time, joined = _join_time(base, "q" if base.kind == "standing" else alias)
    words, joins, position = [], "", "0.0"
    for place, measure in enumerate(list_measures(base, names)):
        column = f"{alias}.{measure.column}" if measure.words else measure.column
        if measure.words:
            joins += f" LEFT JOIN ({measure.words}) w{place} ON w{place}.code = {column}"
            words.append(f"w{place}.word AS {quote_name(measure.name)}")
            position = f"w{place}.position"
        else:
            words.append(f"{column} AS {quote_name(measure.name)}")
            position = measure.position or position
    if indicator.group_of:
        code = f"coalesce(g.{quote_name(indicator.group_of)}, 0)"
        joins += f" LEFT JOIN member_groups g ON g.mid = {alias}.mid"
        joins += f" LEFT JOIN group_words gw ON gw.dimension = {quote_text(indicator.group_of)} AND gw.code = {code}"
        words.append('gw.value AS "group"')
        column = quote_name(indicator.group_of)
        where = f"{where} AND (SELECT count(DISTINCT {column}) FROM members) BETWEEN 1 AND {MOST_VALUES}"
    source = f"{base.table} {alias}"
    if base.points and base.kind == "rows":
        source = f"(SELECT * FROM {base.table} NATURAL JOIN ({base.points})) {alias}"
    elif base.points:
        stands = f"{alias}.from_day <= q.day AND ({alias}.until_day IS NULL OR {alias}.until_day > q.day)"
        source = f"({base.points}) q {joined} JOIN {base.table} {alias} ON {stands}"
        joined = ""
    columns = ", ".join([f"{time} AS period", "c.member_id", *words, f"{position} AS position"])
    return (
        f"SELECT {columns}, CAST({x} AS DOUBLE) AS x, CAST({w} AS DOUBLE) AS w FROM {source} {joined} {base.over}"
        f" JOIN member_codes c ON c.mid = {alias}.mid{joins} WHERE {where}"
    )


def _join_time(base: Base, alias: str) -> tuple[str, str]:
    table, column = name_time(base)
    source = "periods" if base.time == "pid" else table
    return f"p.{column}", f"JOIN {source} p ON p.{base.time} = {alias}.{base.time}"


def _add_others(indicator: Indicator, rows: str, names: Sequence[str]) -> str:
    others = indicator.others
    assert indicator.base is not None
    assert others is not None
    own = [name for name in names if any(measure.name == name for measure in others.base.measures)]
    x, w = ("0", "1") if others.found else (others.x, others.w)
    everybody = _list_rows(indicator, others.base, own, x, w, "true")
    further = [quote_name(name) for name in names if name not in own]
    keys = ["period", "member_id", *map(quote_name, names)]
    if others.values:
        return _place_on_values(indicator, rows, everybody, further[-1])
    if others.found:
        found = _say_found(indicator, [name for name in names if name not in own])
        everybody = (
            f"SELECT e.* EXCLUDE (x, w), CAST({others.x} AS DOUBLE) AS x, CAST({others.w} AS DOUBLE) AS w, p.* EXCLUDE (period) "
            f"FROM ({everybody}) e JOIN ({found}) p ON p.period = e.period"
        )
    # Who has a row is none of the others; where rows say whom they replace, also with one that does not count.
    counted = rows
    if indicator.base.replaces:
        counted = _list_rows(indicator, indicator.base, names, "0", "0", "true")
    matched = " AND ".join(f"r.{key} IS NOT DISTINCT FROM e.{key}" for key in keys)
    return (
        f"SELECT {', '.join(keys)}, position, x, w FROM ({rows}) UNION ALL "
        f"SELECT {', '.join(keys)}, position, x, w FROM ({everybody}) e WHERE NOT EXISTS (SELECT 1 FROM ({counted}) r WHERE {matched})"
    )


def _say_found(indicator: Indicator, names: Sequence[str]) -> str:
    """What is found at each time, in words."""
    assert indicator.base is not None
    assert indicator.others is not None
    time, joined = _join_time(indicator.base, "v")
    words, joins = [], ""
    for place, measure in enumerate(list_measures(indicator.base, names)):
        joins += f" LEFT JOIN ({measure.words}) w{place} ON w{place}.code = v.{quote_name(measure.name)}"
        words.append(f"w{place}.word AS {quote_name(measure.name)}")
    coded = ", ".join([indicator.base.time, *map(quote_name, names)])
    columns = ", ".join([f"{time} AS period", f"v.* EXCLUDE ({coded})", *words])
    return f"SELECT {columns} FROM ({indicator.others.found}) v {joined}{joins}"


def _place_on_values(indicator: Indicator, rows: str, everybody: str, value: str) -> str:
    """Each member on one value of the last measure, of who has no row the one of the rest; of a proportion, on all others as 0."""
    others = indicator.others
    assert others is not None
    listed = ", ".join(f"({quote_text(word)}, {place}.0)" for place, word in enumerate(others.values, 1))
    placed = (
        f"SELECT e.period, e.member_id, coalesce(r.{value}, {quote_text(others.rest)}) AS placed FROM ({everybody}) e "
        f"LEFT JOIN ({rows}) r ON r.period = e.period AND r.member_id = e.member_id"
    )
    condition = " WHERE placed = value" if indicator.estimator == "composition" else ""
    return (
        f"SELECT period, member_id, value AS {value}, position, CASE WHEN placed = value THEN 1.0 ELSE 0.0 END AS x, "
        f"1.0 AS w FROM ({placed}) CROSS JOIN (VALUES {listed}) AS v(value, position){condition}"
    )
