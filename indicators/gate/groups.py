"""Groups of members by an attribute, and the counting together of those that are too few to be named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from indicators.definition import Indicator
from indicators.selection import list_attributes
from indicators.statistics.cells import STATISTICS
from warehouse.contracts import NOT_RECORDED
from warehouse.engine import Engine, quote_name, quote_text

TOGETHER = "Smaller groups together"
MEASURED_GROUP = "group"
_NOT_ADDED = ("reach", "computed")


def count_groups(engine: Engine, attribute: str) -> dict[str, int]:
    """How many people were ever in each group of an attribute, the smallest group first."""
    column, missing = quote_name(attribute), quote_text(NOT_RECORDED)
    sizes = engine.lookup(
        f"""SELECT value, count(DISTINCT member_id) AS size FROM (
          SELECT coalesce(CAST({column} AS VARCHAR), {missing}) AS value, member_id FROM members
          UNION SELECT coalesce(CAST({column} AS VARCHAR), {missing}), member_id FROM frames)
        GROUP BY value ORDER BY size, value"""
    )
    return dict(zip(sizes["value"], sizes["size"].astype(int), strict=True))


def fold_small_groups(
    engine: Engine, indicator: Indicator, rows: pd.DataFrame, dimensions: Sequence[str], smallest: int
) -> pd.DataFrame:
    """The statistics, or figures, of cells with the groups of fewer people than `smallest` as one group without a name.

    What cannot be added up is kept as one cell of n = 0, which the gate hides.
    """
    if smallest == 0 or not indicator.is_about_people or rows.empty:
        return rows
    for name, attribute in _find_attributes(engine, indicator, dimensions):
        sizes = count_groups(engine, attribute)
        is_small = rows[name].map(lambda group, sizes=sizes: sizes.get(group, 0) < smallest)
        if is_small.any():
            others = ["period", *(other for other in dimensions if other != name)]
            folded = _fold(indicator, rows[is_small].assign(**{name: TOGETHER}), [*others, name])
            rows = pd.concat([rows[~is_small], folded], ignore_index=True)
    return rows


def is_too_small(engine: Engine, dimension: str, groups: Iterable[str], smallest: int) -> bool:
    """Whether one of some groups has fewer people than `smallest`; an event is no group of members."""
    if dimension not in list_attributes(engine):
        return False
    sizes = count_groups(engine, dimension)
    return any(sizes.get(group, 0) < smallest for group in groups)


def _find_attributes(
    engine: Engine, indicator: Indicator, dimensions: Sequence[str]
) -> list[tuple[str, str]]:
    """The dimensions that are groups of members, each with its attribute, after which an indicator of groups is named."""
    attributes = list_attributes(engine)
    found = [(name, name) for name in attributes if name in dimensions]
    if MEASURED_GROUP in indicator.measures:
        named = [name for name in attributes if indicator.id.endswith(f"_{name}")]
        found.append((MEASURED_GROUP, max(named, key=len)))
    return found


def _fold(indicator: Indicator, rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    first = rows.drop_duplicates(keys).copy()
    if indicator.estimator in _NOT_ADDED:
        return first.assign(n=0.0)
    sums = rows.groupby(keys, dropna=False, sort=False, observed=True)[list(STATISTICS)].sum(min_count=1)
    first[list(STATISTICS)] = sums.to_numpy()
    return first
