"""A decision in words: who decided what when, and its figure then and now with what can be told of the two. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from indicators.definition import Indicator
from indicators.statistics.contrasts import Figures, test_difference
from journal.figures import Figure
from journal.store import Entry
from ui.words.language import gettext
from ui.words.numbers import (
    describe_status,
    format_day,
    format_interval,
    format_period,
    format_value,
    name_dimension,
)

LEVEL = 0.05
Labels = Mapping[str, str]


def describe_decision(decision: Entry) -> str:
    """Who decided when, and when it is due: "Ada, 12 November 2015; due 1 December 2015"."""
    due = gettext("; due {day}").format(day=format_day(decision.due_on)) if decision.due_on else ""
    return f"{decision.author}, {format_day(decision.created_at.date())}{due}"


def name_figure(figure: Figure, indicator: Indicator, labels: Labels) -> str:
    """What a figure is of: "Members kept, cohort Intake 3"."""
    measure = [labels.get(figure.measure, figure.measure)] if figure.measure else []
    group = (
        [f"{name_dimension(figure.dimension, is_within=True)} {figure.group_name}"]
        if figure.dimension
        else []
    )
    return ", ".join([gettext(indicator.title), *measure, *group])


def describe_then(then: Figure, indicator: Indicator, labels: Labels) -> str:
    """A figure as it was: "72 % (95 % interval 66 to 78 %) in September 2015"."""
    return gettext("then {value} in {period}").format(
        value=_say(then.value, then.low, then.high, indicator), period=format_period(then.period, labels)
    )


def compare_then_and_now(then: Figure, now: Mapping[str, Any], indicator: Indicator, labels: Labels) -> str:
    """Then, now, and whether more than chance lies between; that it came of the decision cannot be told from this.

    Two periods of the same people are taken as of different ones, so that a change is called one rather too seldom.
    """
    name, before = name_figure(then, indicator, labels), describe_then(then, indicator, labels)
    if then.version != indicator.version:
        return gettext(
            "{name}: {before}; its definition has changed since, so that the two cannot be compared."
        ).format(name=name, before=before)
    if now["status"] != "ok":
        return gettext("{name}: {before}; now {status}").format(
            name=name, before=before, status=describe_status(now)
        )
    if str(now["period"]) == then.period:
        return gettext("{name}: {before}; there is no later figure yet.").format(name=name, before=before)
    after = gettext("now {value} in {period}").format(
        value=_say(now["value"], now["low"], now["high"], indicator),
        period=format_period(str(now["period"]), labels),
    )
    return f"{name}: {before}; {after}. {_judge(then, now, indicator)}"


def _judge(then: Figure, now: Mapping[str, Any], indicator: Indicator) -> str:
    one = _read(now["value"], now["low"], now["high"], now["n"])
    other = _read(then.value, then.low, then.high, then.n)
    p = float(test_difference(one, other)[0])
    gap = float(one.value[0] - other.value[0])
    if np.isnan(p):
        return gettext(
            "It is a count: whether the change is more than usual ups and downs is told by its series."
        )
    if p >= LEVEL:
        return gettext("The two intervals leave room for no change at all.")
    way = gettext("rose") if gap > 0 else gettext("fell")
    hoped = (
        ""
        if indicator.direction == "neutral"
        else gettext(", as hoped")
        if (gap > 0) == (indicator.direction == "up")
        else gettext(", the wrong way")
    )
    return gettext(
        "It {way} by more than chance{hoped}; whether that came of the decision, this cannot tell."
    ).format(way=way, hoped=hoped)


def _read(value: float | None, low: float | None, high: float | None, n: float | None) -> Figures:
    """One figure as a column of one, its interval taken as normal."""
    one, below, above, people = (
        np.array([np.nan if part is None else float(part)]) for part in (value, low, high, n)
    )
    return Figures(one, below, above, people, np.array([np.inf]))


def _say(value: float | None, low: float | None, high: float | None, indicator: Indicator) -> str:
    span = format_interval(low, high, indicator)
    return format_value(value, indicator.unit) + (f" ({span})" if span else "")
