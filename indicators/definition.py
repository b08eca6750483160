"""What an indicator is: its meaning, its SQL down to sufficient statistics, its estimator and its caveats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

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
Chart = Literal["line", "bars", "likert", "change", "survival", "triangle"]
Band = Literal["log-log", "log", "plain"]
Attributes = Literal["current", "as_at_wave"]

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
)

INTERVALS: dict[Estimator, str] = {
    "count": "None: it counts the whole list",
    "reach": "None: it counts the whole list",
    "total": "None: it adds up what was recorded",
    "proportion": "Wilson, 95 %",
    "composition": "Wilson, 95 %",
    "bounds": "Not an interval: the least and the most that it can be",
    "mean": "Student's t, 95 %",
    "net": "Wilson at the effective sample size, the member as the cluster, 95 %",
    "paired": "Normal, for a change within pairs, 95 %",
    "ratio": "Linearised, the member as the cluster, 95 %",
    "share": "Wilson at the effective sample size, the member as the cluster, 95 %",
    "index": "Wilson at the effective sample size, the member as the cluster, 95 %",
    "survival": "Greenwood, {band}, 95 %",
    "computed": "",
}


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
    `grains` are the calendar periods held in the cube (empty for the axes wave and all).

    `compute` is called once for each period, group, and value of those measures that are columns of the facts. It
    gives one row a figure: the other measures, `position`, `value`, `low`, `high`, `n` (members behind it),
    `numerator` and `denominator`, NaN where there is none; no row where there is nothing to say. `interval` says
    what low and high are. It can be broken down by attributes unless `is_whole`. Where it has `sums`, columns of the
    facts, `compute` takes the sufficient statistics for each combination of their values in place of the facts.

    `baseline` is the value of the last measure that is everybody by definition, such as the first stage of a funnel:
    it has no interval, and that nobody is left over gives nobody away.

    `tables` come with the one first without which there is nothing to count.

    `band` says which interval a survival curve has.

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
    facts: str
    tables: tuple[str, ...]
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
    baseline: str = ""
    band: Band = "log-log"
    least_response: float = 0.0
    parameters: tuple[Parameter, ...] = ()
    compute: Callable[[pd.DataFrame], pd.DataFrame] | None = field(default=None, repr=False, compare=False)
    rebuild: Callable[..., Indicator] | None = field(default=None, repr=False, compare=False)

    @property
    def interval_words(self) -> str:
        """What low and high are."""
        return self.interval or INTERVALS[self.estimator].format(band=self.band)

    @property
    def is_about_people(self) -> bool:
        """Whether anything of a person goes into it; the list of events alone does not."""
        return bool(set(self.tables) - {"events", "waves", "items"})

    @property
    def is_default(self) -> bool:
        """Whether every parameter has its default value; the cube holds no other."""
        return all(parameter.value == parameter.default for parameter in self.parameters)
