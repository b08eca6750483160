"""What an indicator is: its meaning, its SQL down to sufficient statistics, its estimator and its caveats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TimeAxis = Literal["week", "month", "wave", "all"]
Theme = Literal["membership", "response", "attitude", "engagement", "retention", "connections"]
Unit = Literal["people", "share", "score", "difference", "index", "ties"]
Direction = Literal["up", "down", "neutral"]
Estimator = Literal["count", "proportion", "mean", "ratio", "share", "index", "survival"]
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
)


@dataclass(frozen=True)
class Indicator:
    """One indicator, the only home of its meaning.

    `facts` is SQL that gives one row a cluster (normally a member), period and cell, with columns `period`,
    `member_id`, the `measures` (named as in MEASURE_DIMENSIONS), `position` (order of display), `x` and `w`.
    The engine reduces it to the sufficient statistics n, Σx, Σw, Σx², Σxw, Σw², from which the estimator works:

    - count: n;  proportion: Σx/n with Wilson's interval;  mean: Σx/n with Student's t;
    - ratio, share, index: Σx/Σw with the member as the cluster (a share lies in 0–1, an index is 2·share − 1);
    - survival: Kaplan–Meier over `time_days`, x = ended, w = +1 for an exit and −1 for a late entry.

    `facts` reads the calendar periods that are asked for from `periods`; on the axis wave `period` is the wave.
    The engine joins the members' `attributes`, current or as at the wave. Every row of the result carries the
    `measures`; the `breakdowns` are dimensions of the measure that can be asked for and are otherwise summed over.
    `grains` are the calendar periods held in the cube (empty for the axes wave and all).
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
