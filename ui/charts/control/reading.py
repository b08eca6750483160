"""The words of a control chart: what stands out of it and what does not. Pure: no Streamlit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from indicators.result import Result
from indicators.statistics.spc import FEWEST_POINTS, LEAST_BASE, Assurance, SpcChart, SpcPoint
from indicators.statistics.spc.rules import RUN, SHORT_RUN, SHORT_TREND, TREND
from ui.charts.parts import NO_LABELS, Labels
from ui.words.numbers import format_count, format_period, format_value

WORDS: dict[str, str] = {
    "above limits": "above the upper limit",
    "below limits": "below the lower limit",
    "rising": "{trend} or more in a row rising",
    "falling": "{trend} or more in a row falling",
    "2 of 3 high": "2 of 3 in a row close to the upper limit",
    "2 of 3 low": "2 of 3 in a row close to the lower limit",
    "run above": "{run} or more in a row above the {centre}",
    "run below": "{run} or more in a row below the {centre}",
}
ASSURED: dict[Assurance, str] = {
    "consistently hits": "is met as a matter of course",
    "consistently misses": "will not be met unless something changes",
    "hit and miss": "is met in some and missed in others by chance",
    "none": "",
}


def read_spc(result: Result, chart: SpcChart, labels: Labels = NO_LABELS) -> str:
    """What stands out of a chart and what does not, in one plain sentence."""
    judged = chart.judged
    noun = _name_grain(result, chart)
    counted = format_count(len(judged), noun)
    if len(judged) < 2:
        return f"{counted} with a figure: too few to say anything about change over time."
    flagged = [point for point in judged if point.flags]
    parts = [_tell_quiet(chart, counted) if not flagged else _tell_flagged(chart, flagged, noun, labels)]
    if chart.target is not None and chart.assurance != "none":
        target = format_value(chart.target, result.indicator.unit)
        parts.append(f"the target of {target} {ASSURED[chart.assurance]}")
    if chart.short_groups:
        parts.append(
            f"limits from {format_period(chart.short_groups[-1], labels)} are provisional, "
            f"with fewer than {FEWEST_POINTS} {noun}s"
        )
    if not all(point.has_base for point in chart.points):
        parts.append(
            f"{noun}s with fewer than {LEAST_BASE} members are shown and not judged: one member moves them too far"
        )
    if not chart.points[-1].is_complete:
        parts.append(f"{format_period(chart.points[-1].period, labels)} is incomplete and not judged")
    return "; ".join(parts) + "."


def describe_flags(chart: SpcChart, point: SpcPoint) -> str:
    """The rules that a point is part of, in words, and what that means; empty where it stands out by none."""
    if not point.flags:
        return ""
    is_run = chart.kind == "run"
    lengths = {
        "trend": SHORT_TREND if is_run else TREND,
        "run": SHORT_RUN if is_run else RUN,
        "centre": name_centre(chart),
    }
    listed = ", ".join(WORDS[flag].format(**lengths) for flag in point.flags)
    meaning = "" if point.meaning == "neutral special cause" else f": {point.meaning}"
    return f"{listed}{meaning}"


def _tell_quiet(chart: SpcChart, counted: str) -> str:
    if chart.kind == "run":
        noun = counted.split(" ", 1)[1]
        if chart.runs is not None and chart.runs.verdict:
            why = (
                "one shift or a slow wave" if chart.runs.verdict == "too few" else "two sources taking turns"
            )
            return (
                f"{chart.runs.verdict.capitalize()} runs around the median for chance: {chart.runs.count} in {counted}, where "
                f"{chart.runs.fewest} to {chart.runs.most} are usual; look for {why}"
            )
        why = (
            f"Too few {noun} to judge: {counted}, and limits need {FEWEST_POINTS} in a row"
            if len(chart.judged) < FEWEST_POINTS
            else f"No limits in {counted}: of fewer than {LEAST_BASE} one moves the share too far to judge"
        )
        return f"{why}; only {SHORT_TREND} in a row that rise or fall would stand out, and there are none"
    return f"No signal in {counted}: the ups and downs are what this process does by itself"


def _tell_flagged(chart: SpcChart, flagged: Sequence[SpcPoint], noun: str, labels: Labels) -> str:
    judged, last = len(chart.judged), flagged[-1]
    verb = "stands" if len(flagged) == 1 else "stand"
    meanings = Counter(point.meaning for point in flagged)
    shares = [f"{count} {word}" for word, count in meanings.items() if word != "neutral special cause"]
    split = f" ({', '.join(shares)})" if len(shares) > 1 else ""
    when = "" if len(flagged) == 1 else "the latest "
    told = f"{when}{format_period(last.period, labels)} ({describe_flags(chart, last)})"
    rest = "" if len(flagged) == judged else "; the others are what this process does by itself"
    return f"{len(flagged)} of {format_count(judged, noun)} {verb} out{split}, {told}{rest}"


def _name_grain(result: Result, chart: SpcChart) -> str:
    """What one point of the chart is: a week, month, quarter, year or wave."""
    if result.indicator.axis != "period":
        return "gap"
    if result.indicator.time_axis == "wave":
        return "wave"
    period = chart.points[0].period if chart.points else ""
    shapes = {r"\d{4}-W\d{2}": "week", r"\d{4}-\d{2}": "month", r"\d{4}-Q\d": "quarter", r"\d{4}": "year"}
    return next((noun for shape, noun in shapes.items() if re.fullmatch(shape, period)), "period")


def name_centre(chart: SpcChart) -> str:
    return "median" if chart.kind in ("run", "g") else "centre" if chart.kind == "t" else "mean"
