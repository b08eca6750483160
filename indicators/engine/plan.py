"""From rows to sufficient statistics: the statement of an indicator for everybody and for each of some groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from indicators.definition import Indicator
from warehouse.engine import quote_name, quote_text

_SUMS = (
    "count(*) AS n, sum(x) AS x, sum(w) AS w, sum(x * x) AS xx, sum(x * w) AS xw, sum(w * w) AS ww, "
    "count(*) FILTER (WHERE x > 0) AS people_in, count(*) FILTER (WHERE x < w) AS people_out, "
    "min(position) AS position"
)
_THINGS = (
    "count(DISTINCT member_id) AS n, CAST(count(DISTINCT thing) AS DOUBLE) AS x, 0.0 AS w, 0.0 AS xx, 0.0 AS xw, "
    "0.0 AS ww, count(DISTINCT member_id) AS people_in, 0 AS people_out, min(position) AS position"
)


@dataclass(frozen=True)
class Grouping:
    """A mapping from members to groups: `groups` are sets of attributes, each counted on its own, () everybody.

    `kept` are the codes, by attribute, of the members who are counted at all; no entry keeps everybody.
    """

    groups: tuple[tuple[str, ...], ...] = ((),)
    kept: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Every attribute that the mapping needs, in order."""
        return tuple(sorted({*(name for group in self.groups for name in group), *self.kept}))


def name_breakdown(group: Sequence[str]) -> str:
    """The name of a set of attributes, independent of their order."""
    return ",".join(sorted(group))


def list_periods_sql(grains: Sequence[str], periods: Sequence[str] = ()) -> str:
    """SQL of the calendar periods of some grains, or of those named."""
    column, values = ("period", periods) if periods else ("grain", grains or ("all",))
    return f"SELECT * FROM calendar_periods WHERE {column} IN ({', '.join(map(quote_text, values))})"


def join_groups(indicator: Indicator, rows: str, attributes: Sequence[str], *, as_words: bool = False) -> str:
    """Rows of an indicator with the attributes of their members beside them, as codes or as words."""
    if not attributes:
        return f"SELECT f.* FROM ({rows}) f"
    joined = "LEFT JOIN member_groups m ON m.member_id = f.member_id"
    if indicator.attributes == "as_at_wave":
        joined = "LEFT JOIN wave_groups m ON m.wave_id = f.period AND m.member_id = f.member_id"
    listed = ""
    for place, name in enumerate(attributes):
        code = f"coalesce(m.{quote_name(name)}, 0)"
        if as_words:
            joined += f" LEFT JOIN group_words w{place} ON w{place}.dimension = {quote_text(name)} AND w{place}.code = {code}"
            code = f"w{place}.value"
        listed += f", {code} AS {quote_name(name)}"
    return f"SELECT f.*{listed} FROM ({rows}) f {joined}"


def rows_sql(indicator: Indicator, periods: str) -> str:
    """One row a cluster, period and cell; `periods` is SQL that gives the periods asked for."""
    return f"WITH periods AS ({periods}) SELECT * FROM ({indicator.facts})"


def sum_rows(
    indicator: Indicator, rows: str, grouping: Grouping, asked: Sequence[str] = (), where: str = ""
) -> str:
    """Reduce rows to the sufficient statistics of every cell of every group.

    Gives `breakdown` (the name of the group), `period`, the measures, `asked` (breakdowns of the measure), the code of
    every attribute of any group (NULL outside its group), `position` and the statistics. Where the indicator has
    breakdowns, rows are first summed to one a member for each of those asked for. `where` is a condition on rows.
    """
    fixed = [quote_name(name) for name in ("period", *indicator.measures, *asked)]
    source = f"({rows})" + (f" WHERE {where}" if where else "")
    if indicator.breakdowns and indicator.estimator != "reach":
        cluster = ", ".join((*fixed, "member_id"))
        source = f"(SELECT {cluster}, sum(x) AS x, sum(w) AS w, min(position) AS position FROM {source} GROUP BY {cluster})"
    elif where:
        source = f"(SELECT * FROM {source})"
    attributes = () if indicator.is_whole else grouping.attributes
    joined = join_groups(indicator, f"SELECT * FROM {source}", attributes)
    conditions = " AND ".join(
        f"{quote_name(name)} IN ({', '.join(map(str, codes)) or 'NULL'})"
        for name, codes in grouping.kept.items()
    )
    named = [quote_name(name) for name in attributes if any(name in group for group in grouping.groups)]
    sets = ", ".join(f"({', '.join([*fixed, *map(quote_name, group)])})" for group in grouping.groups)
    flags = ", ".join(
        f"CASE WHEN grouping({name}) = 0 THEN {quote_text(name.strip(chr(34)))} END" for name in named
    )
    breakdown = f"concat_ws(',', {flags})" if flags else "''"
    statistics = _THINGS if indicator.estimator == "reach" else _SUMS
    return (
        f"SELECT {', '.join([f'{breakdown} AS breakdown', *fixed, *named])}, {statistics} FROM ({joined})"
        f"{f' WHERE {conditions}' if conditions else ''} GROUP BY GROUPING SETS ({sets})"
    )
