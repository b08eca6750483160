"""Sufficient statistics and figures of a selection: from a family that is kept, else by the same statement on first use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import pandas as pd

from indicators.definition import MOST_VALUES, Indicator
from indicators.engine.computed import compute_cells
from indicators.engine.plan import (
    Grouping,
    join_groups,
    list_conditions,
    list_periods_sql,
    list_times_sql,
    name_breakdown,
    sum_rows,
)
from indicators.engine.reading import Asked, list_counts, read_base
from indicators.engine.rows import rows_sql
from indicators.statistics.cells import STATISTICS
from warehouse.engine import Engine, quote_name, quote_text

Filters = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Cells:
    """What is asked of an indicator: periods, attributes to break down by, breakdowns of the measure, and filters.

    `kept` are the codes, by attribute, of the members who count; `where` the values, by breakdown of the measure; of the
    breakdowns `asked` those `shown` are broken down by, the others only filtered.
    """

    periods: tuple[str, ...]
    groups: tuple[str, ...]
    asked: tuple[str, ...]
    kept: Mapping[str, tuple[int, ...]]
    where: Filters
    shown: tuple[str, ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        """The attributes that have to be known, of groups and of filters."""
        return tuple(sorted({*self.groups, *self.kept}))


def ask_cells(
    engine: Engine, indicator: Indicator, periods: Sequence[str], dimensions: Sequence[str], filters: Filters
) -> Cells:
    """What a selection of dimensions and filters asks of an indicator."""
    attributes = set(engine.attributes)
    groups = tuple(name for name in dimensions if name not in indicator.measures)
    codes = {name: engine.codes(name) for name in filters if name in attributes}
    kept = {
        name: tuple(known[value] for value in filters[name] if value in known)
        for name, known in codes.items()
    }
    where = {name: values for name, values in filters.items() if name in indicator.breakdowns}
    asked = tuple(name for name in indicator.breakdowns if name in groups or name in where)
    return Cells(
        tuple(periods), tuple(name for name in groups if name in attributes), asked, kept, where, groups
    )


def read_statistics(engine: Engine, indicator: Indicator, cells: Cells) -> pd.DataFrame:
    """Sufficient statistics of each cell: `period`, the measures, the dimensions in words, `position` and STATISTICS."""
    single = all(len(codes) == 1 for name, codes in cells.kept.items() if name not in cells.groups)
    is_single = single and all(len(values) == 1 for values in cells.where.values())
    is_held = len(cells.needed) <= 1 and set(cells.needed) <= set(held(engine))
    if indicator.base and (is_single or not cells.where):
        rows = _read_family(engine, indicator, cells, is_held and single)
    elif indicator.base is None and is_single and is_held and _are_held(indicator, cells.periods):
        family = _sum_held(engine, indicator, cells.asked)
        rows = _read(engine, engine.keep(family), indicator, cells, name_breakdown(cells.needed))
    else:
        rows = _read_rows(engine, indicator, cells)
    for name in cells.groups:
        rows[name] = rows[name].map(engine.words(name)).astype("str")
    return rows


def _read_family(engine: Engine, indicator: Indicator, cells: Cells, is_held: bool) -> pd.DataFrame:
    """The statistics out of the counts of the indicator's base."""
    indicator = indicator.count_by(*cells.asked)
    base = indicator.base
    assert base is not None
    measured = (indicator.group_of,) if indicator.group_of else ()
    attributes = tuple(dict.fromkeys((*measured, *cells.groups)))
    needed = tuple(sorted({*attributes, *cells.kept}))
    codes = engine.times(base.time)
    has_groups = not measured or _has_groups(engine, indicator.group_of)
    wanted = (
        ", ".join(str(codes[period]) for period in cells.periods if has_groups and period in codes) or "NULL"
    )
    are_held = base.time == "wid" or {find_grain(period) for period in cells.periods} <= set(
        _list_grains(indicator)
    )
    conditions = [f"f.{base.time} IN ({wanted})"]
    if is_held and are_held and len(needed) <= 1 and set(needed) <= set(held(engine)):
        grouping, times = _group_held(engine, indicator), _list_times(indicator)
        conditions += list_conditions(cells.kept, "f.")
        breakdown = name_breakdown(needed)
    else:
        grouping, times = Grouping((attributes,), cells.kept), wanted
        breakdown = name_breakdown(attributes)
    asked = Asked(breakdown, attributes, _list_measures(indicator, cells.asked), tuple(conditions))
    sql = read_base(engine, indicator, grouping, asked, times)
    clauses = " AND ".join(["true", *(_is_in(name, values) for name, values in cells.where.items())])
    rows = engine.query(f"SELECT * FROM ({sql}) WHERE {clauses}")
    if measured:
        rows["group"] = rows[indicator.group_of].map(engine.words(indicator.group_of)).astype("str")
    return rows


def read_figures(engine: Engine, indicator: Indicator, cells: Cells) -> pd.DataFrame:
    """The figures of a computed indicator, computed once and kept."""
    summed = replace(indicator, estimator="mean", measures=indicator.sums) if indicator.sums else indicator
    facts = rows_sql(summed, list_periods_sql(indicator.grains, cells.periods))
    title = repr((indicator.id, indicator.version, indicator.parameters, facts, cells))
    reads = engine.read_by(f"{facts} {' '.join(indicator.reads)} member_groups wave_groups")

    def make() -> pd.DataFrame:
        if indicator.read is not None:
            filters = {
                name: [engine.words(name)[code] for code in codes] for name, codes in cells.kept.items()
            }
            return indicator.read(engine, cells.periods, cells.groups, filters)
        if indicator.sums:
            return compute_cells(indicator, read_statistics(engine, summed, cells), cells.groups)
        words = tuple(dict.fromkeys((*cells.needed, *engine.attributes)))
        rows = join_groups(indicator, facts, words, as_words=True)
        clauses = [_is_in("period", cells.periods)]
        clauses += [
            _is_in(name, [engine.words(name)[code] for code in codes]) for name, codes in cells.kept.items()
        ]
        return compute_cells(
            indicator, engine.query(f"SELECT * FROM ({rows}) WHERE {' AND '.join(clauses)}"), cells.groups
        )

    return engine.keep_frame(title, reads, make)


def held(engine: Engine) -> tuple[str, ...]:
    """The attributes with few enough values that every family has them; any other is counted when it is asked for."""
    return tuple(name for name in engine.attributes if len(engine.words(name)) <= MOST_VALUES + 1)


def _has_groups(engine: Engine, attribute: str) -> bool:
    """Whether the members have groups of an attribute that can be told apart on a chart: some, and not too many."""
    counted = engine.lookup(f"SELECT count(DISTINCT {quote_name(attribute)}) AS groups FROM members")
    return 1 <= int(counted["groups"].iloc[0]) <= MOST_VALUES


def list_held(engine: Engine, indicator: Indicator, asked: Sequence[str] = ()) -> list[str]:
    """The statements whose rows give an indicator for everybody and each attribute held, by `asked` of its breakdowns.

    None where its figures are computed of rows one by one, nor of waves where there are none.
    """
    if indicator.time_axis == "wave" and not engine.times("wid"):
        return []
    if indicator.sums:
        indicator = replace(indicator, estimator="mean", measures=indicator.sums)
    if indicator.estimator == "computed":
        return []
    if indicator.base is None:
        return [_sum_held(engine, indicator, asked)]
    indicator = indicator.count_by(*asked)
    measures = _list_measures(indicator, asked)
    return list(list_counts(indicator, _group_held(engine, indicator), measures, _list_times(indicator)))


def _group_held(engine: Engine, indicator: Indicator) -> Grouping:
    names = () if indicator.is_whole else held(engine)
    return Grouping(((), *((name,) for name in names)))


def _list_grains(indicator: Indicator) -> tuple[str, ...]:
    return indicator.family_grains or indicator.grains or ("all",)


def _list_times(indicator: Indicator) -> str:
    assert indicator.base is not None
    return list_times_sql(_list_grains(indicator)) if indicator.base.time == "pid" else ""


def _list_measures(indicator: Indicator, asked: Sequence[str]) -> tuple[str, ...]:
    listed = (*indicator.measures, *asked)
    return tuple(name for name in listed if not (indicator.group_of and name == "group"))


def _sum_held(engine: Engine, indicator: Indicator, asked: Sequence[str]) -> str:
    return _sum(indicator, _group_held(engine, indicator), asked, list_periods_sql(indicator.grains))


def _sum(
    indicator: Indicator, grouping: Grouping, asked: Sequence[str], periods: str, where: str = ""
) -> str:
    return sum_rows(indicator, rows_sql(indicator, periods), grouping, asked, where)


def _read_rows(engine: Engine, indicator: Indicator, cells: Cells) -> pd.DataFrame:
    """The statistics by the rows themselves; of several events or kinds together, each member counted once."""
    where = " AND ".join(_is_in(name, values) for name, values in cells.where.items())
    together = replace(cells, asked=tuple(name for name in cells.asked if name in cells.shown), where={})
    periods = list_periods_sql(indicator.grains, cells.periods)
    summed = _sum(indicator, Grouping((cells.groups,), cells.kept), together.asked, periods, where)
    return _read(engine, engine.keep(summed), indicator, together, name_breakdown(cells.groups))


def _read(engine: Engine, table: str, indicator: Indicator, cells: Cells, breakdown: str) -> pd.DataFrame:
    wanted = ("period", *indicator.measures, *cells.asked, *cells.groups, "position", *STATISTICS)
    clauses = [_is_in("period", cells.periods), f"breakdown = {quote_text(breakdown)}"]
    if breakdown == name_breakdown(cells.needed):
        clauses += list_conditions(cells.kept)
    clauses += [_is_in(name, values) for name, values in cells.where.items()]
    columns = ", ".join(map(quote_name, wanted))
    return engine.query(f"SELECT {columns} FROM {table} WHERE {' AND '.join(clauses)}")


def _are_held(indicator: Indicator, periods: Sequence[str]) -> bool:
    return indicator.time_axis in ("wave", "all") or {find_grain(period) for period in periods} <= set(
        indicator.grains
    )


@cache
def find_grain(period: str) -> str:
    """The grain of a calendar period by its name: all, year, quarter, month or week."""
    if "-" not in period:
        return "all" if period == "all" else "year"
    return {"Q": "quarter", "W": "week"}.get(period[5], "month")


def _is_in(name: str, values: Sequence[str]) -> str:
    return f"{quote_name(name)} IN ({', '.join(map(quote_text, values)) or 'NULL'})"
