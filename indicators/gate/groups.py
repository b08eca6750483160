"""Groups of members by an attribute, and the counting together of those that are too few to be named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from indicators.definition import Indicator
from indicators.gate.disclosure import Scope
from indicators.selection import list_attributes
from indicators.statistics.cells import STATISTICS
from warehouse.contracts import NOT_RECORDED
from warehouse.engine import Engine, quote_name, quote_text

TOGETHER = "Smaller groups together"
MEASURED_GROUP = "group"
_NOT_ADDED = ("reach", "computed")


def count_groups(engine: Engine, attribute: str) -> dict[str, int]:
    """How many members were ever in each group of an attribute, the smallest group first."""
    sizes = engine.lookup(
        f"SELECT value, count(*) AS size FROM ({list_people_sql(attribute)}) GROUP BY value ORDER BY size, value"
    )
    return dict(zip(sizes["value"], sizes["size"].astype(int), strict=True))


def list_named(engine: Engine, attribute: str, scope: Scope) -> list[str]:
    """The groups of an attribute whose names a scope may know: every one that there is, also of those whom no list knows; where
    records are kept those of members; else the groups of members that are large enough to be told of alone."""
    if not scope.minimum and not scope.smallest_group:
        return list(engine.codes(attribute))
    smallest = 0 if scope.keeps_records else scope.smallest_group
    return [name for name, size in count_groups(engine, attribute).items() if size >= smallest]


def list_people_sql(attribute: str) -> str:
    """SQL of every member with each group of an attribute that they were ever in: `member_id`, `value`. What respondents say of
    themselves is not there: which groups are told of would say it."""
    value = _write_value(attribute)
    is_member = "member_id IN (SELECT member_id FROM members)"
    return f"SELECT member_id, {value} FROM members UNION SELECT member_id, {value} FROM frames WHERE {is_member}"


def list_waves_sql(attribute: str) -> str:
    """SQL of everybody with their group of an attribute as at each wave: `wave`, `member_id`, `value`."""
    return f"SELECT wave_id AS wave, member_id, {_write_value(attribute)} FROM frames"


def _write_value(attribute: str) -> str:
    return f"coalesce(CAST({quote_name(attribute)} AS VARCHAR), {quote_text(NOT_RECORDED)}) AS value"


def list_alone(engine: Engine, attribute: str, scope: Scope, fixed: Sequence[str] = ()) -> list[str]:
    """The groups of an attribute that stand alone: all but those too few to be named.

    While these are too few together, the next larger ones are counted with them: they would be hidden, and another group with
    them. `fixed` are the groups that stood
    alone when figures were first given away: which ones do is not decided anew with every release.
    """
    sizes = count_groups(engine, attribute)
    if fixed:
        return sorted(set(fixed) & set(sizes))
    small, count = 0, 0
    for size in sizes.values():
        if size >= scope.smallest_group and (not small or count >= scope.smallest_together):
            break
        small += 1
        count += size
    return sorted(list(sizes)[small:])


def fold_groups(
    engine: Engine,
    indicator: Indicator,
    rows: pd.DataFrame,
    dimensions: Sequence[str],
    alone: Mapping[str, Sequence[str]],
) -> pd.DataFrame:
    """The statistics, or figures, of cells with all groups but those `alone` as one group without a name, by attribute.

    What cannot be added up is kept as one cell of n = 0, which the gate hides.
    """
    if not alone or not indicator.is_about_people or rows.empty:
        return rows
    for name, attribute in _find_attributes(engine, indicator, dimensions):
        if attribute not in alone:
            continue
        is_small = ~rows[name].isin(alone[attribute])
        if is_small.any():
            others = ["period", *(other for other in dimensions if other != name)]
            folded = _fold(indicator, rows[is_small].assign(**{name: TOGETHER}), [*others, name])
            rows = pd.concat([rows[~is_small], folded], ignore_index=True)
    return rows


def _find_attributes(
    engine: Engine, indicator: Indicator, dimensions: Sequence[str]
) -> list[tuple[str, str]]:
    """The dimensions that are groups of members, each with its attribute, after which an indicator of groups is named."""
    attributes = list_attributes(engine)
    found = [(name, name) for name in attributes if name in dimensions]
    if MEASURED_GROUP in indicator.measures:
        found.append((MEASURED_GROUP, find_attribute(engine, indicator)))
    return found


def find_attribute(engine: Engine, indicator: Indicator) -> str:
    """The attribute whose groups an indicator has as its own: it is named after it."""
    named = [name for name in list_attributes(engine) if indicator.id.endswith(f"_{name}")]
    return max(named, key=len)


def _fold(indicator: Indicator, rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    first = rows.drop_duplicates(keys).copy()
    if indicator.estimator in _NOT_ADDED:
        return first.assign(n=0.0)
    sums = rows.groupby(keys, dropna=False, sort=False, observed=True)[list(STATISTICS)].sum(min_count=1)
    first[list(STATISTICS)] = sums.to_numpy()
    return first
