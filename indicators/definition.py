"""What an indicator is: its meaning, its SQL down to sufficient statistics, its estimator and its caveats."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Literal

import pandas as pd

from warehouse.engine import Engine

TimeAxis = Literal["week", "month", "wave", "all"]
Theme = Literal["membership", "response", "attitude", "engagement", "retention", "connections", "journey"]
Unit = Literal[
    "people",
    "organisations",
    "events",
    "share",
    "score",
    "difference",
    "index",
    "ties",
    "net",
    "points",
    "coefficient",
    "number",
    "minutes",
    "days",
    "member-days",
    "p",
]
Direction = Literal["up", "down", "neutral"]
Estimator = Literal[
    "count",
    "reach",
    "total",
    "proportion",
    "composition",
    "bounds",
    "mean",
    "net",
    "paired",
    "ratio",
    "share",
    "index",
    "survival",
    "computed",
]
Chart = Literal["line", "bars", "likert", "change", "survival", "triangle", "g", "t"]
Band = Literal["log-log", "log", "plain"]
Attributes = Literal["current", "as_at_wave"]
Turned = Literal["", "half", "top", "net", "score"]
Read = Callable[[Engine, Sequence[str], Sequence[str], Mapping[str, Sequence[str]]], pd.DataFrame]

# What is summed over the rows of a base: x and w, of the rows for which a condition holds, all in SQL.
Expressions = tuple[str, str, str]

# What members tell, or do not tell, in confidence; all else is in the programme's own records.
PROTECTED = frozenset({"answers", "invitations", "ties"})

# An attribute of more values is not counted for every chart, and has no figure of its own groups.
MOST_VALUES = 60

GRAINS: tuple[str, ...] = ("all", "year", "quarter", "month", "week")
MEASURE_DIMENSIONS: tuple[str, ...] = (
    "wave",
    "item",
    "construct",
    "answer",
    "event",
    "event_kind",
    "rung",
    "relation",
    "time_days",
    "joined_period",
    "periods_since",
    "direction",
    "group",
    "stage",
    "part",
    "disposition",
    "recency",
    "pattern",
    "event_series",
    "activity_kind",
    "attended",
    "new_ties",
    "role",
    "leaving",
    "series",
)

# Dimensions whose values have an order of their own, `position`.
ORDERED_DIMENSIONS: tuple[str, ...] = (
    "answer",
    "rung",
    "time_days",
    "periods_since",
    "part",
    "disposition",
    "role",
    "stage",
    "attended",
    "recency",
    "pattern",
    "direction",
    "leaving",
)

# The least and the most that a quantity of a unit can be; every other unit counts or measures something: 0 or more.
BOUNDS: dict[Unit, tuple[float, float]] = {
    **dict.fromkeys(("share", "p"), (0.0, 1.0)),
    **dict.fromkeys(("index", "net"), (-1.0, 1.0)),
    **dict.fromkeys(("score", "difference", "coefficient"), (-inf, inf)),
    "points": (0.0, 100.0),
}

# What low and high are, in words beside a figure, where they are no confidence interval.
INTERVAL = "95 % interval"
POSSIBLE = "possible range"
# In what an indicator needs: its figure of a wave is made of what people told in an earlier one too.
TWO_WAVES = "at least two waves"
MADE_UP = "95 % of made-up networks"
AT_RANDOM = "range left by 95 % of random mixing"

# With fewer pairs even a change of all in one direction has a two-sided p above 5 % (sign test: 2 · ½⁵ = 0.06).
LEAST_PAIRS = 6

# Breakdowns of the measure whose values can be set against one another; others are parts of a whole, or different questions.
COMPARED = frozenset({"event", "event_kind", "event_series", "attended", "new_ties", "joined_period"})
# Those whose values are parts of a whole, whatever the estimator.
PARTS = frozenset({"role", "disposition"})

INTERVALS: dict[Estimator, str] = {
    "count": "None: it counts the whole list",
    "reach": "None: it counts the whole list",
    "total": "None: it adds up what was recorded",
    "proportion": "Wilson, 95 %",
    "composition": "Wilson, 95 %",
    "bounds": "Not an interval: the least and the most that it can be",
    "mean": "Student's t, 95 %",
    "net": "Wilson at the effective sample size, the member as the cluster, 95 %",
    "paired": "Normal, for a change within pairs, 95 %; one-sided, Wilson, where all changed alike",
    "ratio": "Linearised, the member as the cluster, 95 %",
    "share": "Wilson at the effective sample size, the member as the cluster, 95 %",
    "index": "Wilson at the effective sample size, the member as the cluster, 95 %",
    "survival": "Greenwood, {band}, 95 %; before anybody left one-sided, Clopper–Pearson of those still at risk",
    "computed": "",
}


@dataclass(frozen=True)
class Measure:
    """A dimension of the measure in a base: the column of its code, and SQL of (code, word, position) for what that says.

    Without `words` the column, or expression, is the word itself, with its `position` if it has one.
    """

    name: str
    column: str
    words: str = ""
    position: str = ""

    @property
    def code(self) -> str:
        """The column that it is counted by."""
        return self.column if self.words else self.name


@dataclass(frozen=True)
class Base:
    """Rows that several indicators share: `table` is a fact of `warehouse.facts`, `time` its column pid or wid.

    - rows: one row a member, time and cell; where `is_finer`, several, which are summed to one first. Where the time
      follows from a code, `points` is SQL of the time and that code, and `table` has no time;
    - counted: rows that are alike in `values` are counted, and expressions are applied to what is left, joined with `over`;
    - standing: a row is a member's stay from `from_day` to the day before `until_day`; who stands at a point is counted, by `values`,
      `points` being SQL of the time, any measures and `day`.

    `replaces` says how many of the others a row stands in place of, where that is not one for each row that counts.
    """

    table: str
    time: Literal["pid", "wid"]
    measures: tuple[Measure, ...] = ()
    kind: Literal["rows", "counted", "standing"] = "rows"
    values: tuple[str, ...] = ()
    over: str = ""
    points: str = ""
    replaces: str = ""
    is_finer: bool = False

    def find_measure(self, name: str) -> Measure:
        """The measure called `name`."""
        return next(measure for measure in self.measures if measure.name == name)


@dataclass(frozen=True)
class Others:
    """Who is counted beside those with a row: everybody of `base`, each with `x` and `w` (SQL, by default 0 and 1).

    `found` is SQL of the time, of the measures that `base` does not have, and of what `x` and `w` read as columns of p.
    `values` are the words of the last measure that each of them has, in order; of these `rest` is that of who has no row.
    """

    base: Base
    x: str = "0"
    w: str = "1"
    found: str = ""
    values: tuple[str, ...] = ()
    rest: str = ""


@dataclass(frozen=True)
class Counting:
    """What is summed over a base in place of an indicator's own, where a breakdown of the measure is asked for, or none."""

    base: Base
    x: str = "1"
    w: str = "1"
    where: str = "true"
    others: Others | None = None
    family: tuple[Expressions, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Parameter:
    """A choice in an indicator's definition that could reasonably be made otherwise.

    `reasonable` are the values that a careful reader could have chosen, the default among them, in order.
    """

    name: str
    meaning: str
    value: str
    default: str
    reasonable: tuple[str, ...]


@dataclass(frozen=True)
class Indicator:
    """One indicator, the only home of its meaning.

    `facts` is SQL that gives one row a cluster (normally a member), period and cell, with columns `period`,
    `member_id`, the `measures` (named as in MEASURE_DIMENSIONS), `position` (order of display), `x` and `w`.
    The engine reduces it to the sufficient statistics n, Σx, Σw, Σx², Σxw, Σw², from which the estimator works:

    - count: n;  proportion: Σx/n with Wilson's interval;  mean: Σx/n with Student's t;
    - reach: how many different values `thing`, a further column of the facts, has among the n members;
    - total: Σx;
    - composition: n over the n of all values of the last measure together, with Wilson's interval;
    - bounds: Σx/Σw of those known (w = 1), low and high if everybody unknown were 0 or 1: not an interval;
    - net: Σx/Σw, x from −w to +w, the member as the cluster;  paired: Σx/n of x in −1, 0, 1 (a change of state);
    - ratio, share, index: Σx/Σw with the member as the cluster (a share lies in 0–1, an index is 2·share − 1);
    - survival: Kaplan–Meier over `time_days`, x = ended, w = +1 for an exit and −1 for a late entry;
    - computed: `compute` takes the facts of one cell (any columns, and every attribute) and gives its figures.

    `facts` reads the calendar periods that are asked for from `periods`; on the axis wave `period` is the wave.
    The engine joins the members' `attributes`, current or as at the wave. Every row of the result carries the
    `measures`; the `breakdowns` are dimensions of the measure that can be asked for and are otherwise summed over.
    `grains` are the calendar periods that it is counted for (empty for the axes wave and all).

    `compute` is called once for each period, group, and value of those measures that are columns of the facts. It
    gives one row a figure: the other measures, `position`, `value`, `low`, `high`, `n` (members behind it),
    `numerator` and `denominator`, NaN where there is none, and `people_in` and `people_out` where it tells of both; no row where there is nothing to say. `interval` says
    what low and high are. It can be broken down by attributes unless `is_whole`. Where it has `sums`, columns of the
    facts, `compute` takes the sufficient statistics for each combination of their values in place of the facts.

    `read` gives all the figures of a computed indicator that has no `facts`, out of (engine, periods, attributes of the
    breakdown, values asked for by attribute): `period`, the measures, those attributes as text, `position` and the
    figures, one row a figure. `reads` are the tables that it asks for.

    `baseline` is the value of the last measure that is everybody by definition, such as the first stage of a funnel:
    it has no interval, and that nobody is left over gives nobody away.

    `tables` come with the one first without which there is nothing to count.

    `band` says which interval a survival curve has.

    `span` names what low and high are where that is no confidence interval; `least_n` are the fewest people, or pairs, that
    get one; `bounds` the values that it can have, by default those of its unit: an interval is cut off there, because it
    holds the truth as often without what cannot be true (Mandelkern 2002).

    `is_of_one` says that the value is that of a single member, such as the highest: for whoever may see groups only it is hidden.
    `is_for_evaluators` says that whoever may see groups only is not shown it at all, such as a test over single pairs of members.

    `of_records` are values of its last measure whose figures are made of the programme's own records, whatever the others are.

    `values` are all that its last measure can say, where a value that is missing would tell that nobody is of it.

    `turned` says what a reversed item is turned round for: favourable answers (half of the scale, or its top step), what they are
    more than the unfavourable, or its score; '' where items are counted as asked. Of it the words of an item are made.

    `unreached` says why there is no figure where there are people, and nothing is to be loaded.

    `n_words` says what "n = 5" or "3 of 5" counts, where that could be taken for other people, or for people at all.

    `least_response` is the response rate of a wave below which its figures are withheld, with the reason.

    `rebuild(**values)` gives the same indicator with other values of its `parameters`.
    """

    id: str
    title: str
    theme: Theme
    outcome: str
    definition: str
    formula: str
    numerator: str
    denominator: str
    excluded: str
    caveat: str
    source: str
    unit: Unit
    direction: Direction
    time_axis: TimeAxis
    estimator: Estimator
    chart: Chart
    tables: tuple[str, ...]
    facts: str = ""
    base: Base | None = None
    x: str = "1"
    w: str = "1"
    where: str = "true"
    others: Others | None = None
    family: tuple[Expressions, ...] = field(default=(), compare=False)
    family_grains: tuple[str, ...] = field(default=(), compare=False)
    group_of: str = ""
    finer: tuple[tuple[str, Counting], ...] = ()
    attributes: Attributes = "current"
    measures: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    breakdowns: tuple[str, ...] = ()
    grains: tuple[str, ...] = ()
    minimum_n: int = 10
    version: int = 1
    needs: str = ""
    interval: str = ""
    is_whole: bool = False
    is_of_one: bool = False
    is_for_evaluators: bool = False
    baseline: str = ""
    band: Band = "log-log"
    span: str = ""
    least_n: int = 0
    bounds: tuple[float, float] = (-inf, inf)
    turned: Turned = ""
    unreached: str = ""
    values: tuple[str, ...] = ()
    of_records: tuple[str, ...] = ()
    n_words: str = ""
    least_response: float = 0.0
    parameters: tuple[Parameter, ...] = ()
    compute: Callable[[pd.DataFrame], pd.DataFrame] | None = field(default=None, repr=False, compare=False)
    reads: tuple[str, ...] = ()
    read: Read | None = field(default=None, repr=False, compare=False)
    rebuild: Callable[..., Indicator] | None = field(default=None, repr=False, compare=False)

    @property
    def expressions(self) -> Expressions:
        """What is summed over the rows of its base."""
        return (self.x, self.w, self.where)

    def count_by(self, *asked: str) -> Indicator:
        """The indicator as it is counted where these breakdowns of its measure are asked for."""
        for name, one in self.finer:
            if name in asked or not name:
                return replace(
                    self,
                    base=one.base,
                    x=one.x,
                    w=one.w,
                    where=one.where,
                    others=one.others,
                    family=one.family,
                )
        return self

    @property
    def interval_words(self) -> str:
        """What low and high are."""
        return self.interval or INTERVALS[self.estimator].format(band=self.band)

    @property
    def range_words(self) -> str:
        """What low and high are, in words beside a figure."""
        return self.span or (POSSIBLE if self.estimator == "bounds" else INTERVAL)

    @property
    def is_of_two_waves(self) -> bool:
        """Whether a figure of a wave is made of what people told in an earlier one too."""
        return self.time_axis == "wave" and TWO_WAVES in self.needs

    @property
    def axis(self) -> str:
        """What a series of it runs along: the period, or of what is rare the events themselves."""
        return self.measures[-1] if self.chart in ("g", "t") else "period"

    @property
    def is_interval(self) -> bool:
        """Whether low and high are a 95 % confidence interval, and no other range."""
        return self.range_words == INTERVAL

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the most that it can be."""
        least, most = BOUNDS.get(self.unit, (0.0, inf))
        return max(least, self.bounds[0]), min(most, self.bounds[1])

    @property
    def is_protected(self) -> bool:
        """Whether answers, ties, or who answered go into it: what a programme does not know of its members by itself."""
        return bool(set(self.tables) & PROTECTED)

    @property
    def is_about_people(self) -> bool:
        """Whether anything of a person goes into it; the list of events alone does not."""
        return bool(set(self.tables) - {"events", "waves", "items"})
