"""From rows to sufficient statistics: the statement of an indicator for everybody and for each of some groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from indicators.definition import Indicator
from warehouse.engine import quote_name, quote_text

# Worked out of each row once, and not by every group anew.
_WORKED = (
    "x * x AS xx, x * w AS xw, w * w AS ww, CASE WHEN x > 0 THEN 1 END AS people_in, "
    "CASE WHEN x < w THEN 1 END AS people_out"
)
_SUMS = (
    "count(*) AS n, sum(x) AS x, sum(w) AS w, sum(xx) AS xx, sum(xw) AS xw, sum(ww) AS ww, "
    "count(people_in) AS people_in, count(people_out) AS people_out, min(position) AS position"
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
    def named(self) -> tuple[str, ...]:
        """Every attribute that any group is told apart by, in order."""
        return tuple(sorted({name for group in self.groups for name in group}))

    @property
    def attributes(self) -> tuple[str, ...]:
        """Every attribute that the mapping needs, in order."""
        return tuple(sorted({*self.named, *self.kept}))


def name_breakdown(group: Sequence[str]) -> str:
    """The name of a set of attributes, independent of their order."""
    return ",".join(sorted(group))


def list_periods_sql(grains: Sequence[str], periods: Sequence[str] = ()) -> str:
    """SQL of the calendar periods of some grains, or of those named."""
    column, values = ("period", periods) if periods else ("grain", grains or ("all",))
    return f"SELECT * FROM calendar_periods WHERE {column} IN ({', '.join(map(quote_text, values))})"


def list_times_sql(grains: Sequence[str]) -> str:
    """SQL of the codes of the calendar periods of some grains."""
    return f"SELECT pid FROM calendar_periods WHERE grain IN ({', '.join(map(quote_text, sorted(grains)))})"


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
    worked, sums = ("*", _THINGS) if indicator.estimator == "reach" else (f"*, {_WORKED}", _SUMS)
    joined = join_groups(indicator, f"SELECT {worked} FROM {source}", grouping.attributes)
    return group_cells(joined, fixed, sums, grouping)


def list_conditions(kept: Mapping[str, Sequence[int]], alias: str = "") -> list[str]:
    """SQL of each condition on the codes of an attribute; no code keeps nobody."""
    return [
        f"{alias}{quote_name(name)} IN ({', '.join(map(str, codes)) or 'NULL'})"
        for name, codes in kept.items()
    ]


def group_cells(rows: str, keys: Sequence[str], statistics: str, grouping: Grouping) -> str:
    """The statistics of each cell of each group, of rows that carry the code of every attribute beside the keys of a cell."""
    conditions = " AND ".join(list_conditions(grouping.kept))
    sets = ", ".join(f"({', '.join([*keys, *map(quote_name, group)])})" for group in grouping.groups)
    flags = ", ".join(
        f"CASE WHEN grouping({quote_name(name)}) = 0 THEN {quote_text(name)} END" for name in grouping.named
    )
    breakdown = f"concat_ws(',', {flags})" if flags else "''"
    listed = ", ".join([f"{breakdown} AS breakdown", *keys, *map(quote_name, grouping.named)])
    where = f" WHERE {conditions}" if conditions else ""
    return f"SELECT {listed}, {statistics} FROM ({rows}){where} GROUP BY GROUPING SETS ({sets})"
