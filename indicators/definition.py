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
    what low and high are. It can be broken down by attributes unless `is_whole`.

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
    breakdowns: tuple[str, ...] = ()
    grains: tuple[str, ...] = ()
    minimum_n: int = 10
    version: int = 1
    needs: str = ""
    interval: str = ""
    is_whole: bool = False
    parameters: tuple[Parameter, ...] = ()
    compute: Callable[[pd.DataFrame], pd.DataFrame] | None = field(default=None, repr=False, compare=False)
    rebuild: Callable[..., Indicator] | None = field(default=None, repr=False, compare=False)

    @property
    def is_default(self) -> bool:
        """Whether every parameter has its default value; the cube holds no other."""
        return all(parameter.value == parameter.default for parameter in self.parameters)
