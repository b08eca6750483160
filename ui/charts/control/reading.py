"""The words of a control chart: what stands out of it and what does not. Pure: no Streamlit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from indicators.result import Result
from indicators.statistics.spc import FEWEST_POINTS, LEAST_BASE, Assurance, SpcChart, SpcPoint
from indicators.statistics.spc.rules import RUN, SHORT_RUN, SHORT_TREND, TREND
from ui.charts.parts import NO_LABELS, Labels
from ui.words.language import gettext, gettext_noop, ngettext
from ui.words.numbers import format_count, format_period, format_value

WORDS: dict[str, str] = {
    "above limits": gettext_noop("above the upper limit"),
    "below limits": gettext_noop("below the lower limit"),
    "rising": gettext_noop("{trend} or more in a row rising"),
    "falling": gettext_noop("{trend} or more in a row falling"),
    "2 of 3 high": gettext_noop("2 of 3 in a row close to the upper limit"),
    "2 of 3 low": gettext_noop("2 of 3 in a row close to the lower limit"),
    "run above": gettext_noop("{run} or more in a row above the {centre}"),
    "run below": gettext_noop("{run} or more in a row below the {centre}"),
}
POINTS = {
    "gap": gettext_noop("gaps"),
    "wave": gettext_noop("waves"),
    "week": gettext_noop("weeks"),
    "month": gettext_noop("months"),
    "quarter": gettext_noop("quarters"),
    "year": gettext_noop("years"),
    "period": gettext_noop("periods"),
}
# What a signal means, and how many runs there are.
MEANINGS = (
    gettext_noop("improving"),
    gettext_noop("concerning"),
    gettext_noop("common cause"),
    gettext_noop("Too few"),
    gettext_noop("Too many"),
)
ASSURED: dict[Assurance, str] = {
    "consistently hits": gettext_noop("is met as a matter of course"),
    "consistently misses": gettext_noop("will not be met unless something changes"),
    "hit and miss": gettext_noop("is met in some and missed in others by chance"),
    "none": "",
}


def read_spc(result: Result, chart: SpcChart, labels: Labels = NO_LABELS) -> str:
    """What stands out of a chart and what does not, in one plain sentence."""
    judged = chart.judged
    noun = _name_grain(result, chart)
    counted = format_count(len(judged), noun)
    if len(judged) < 2:
        return gettext("{counted} with a figure: too few to say anything about change over time.").format(
            counted=counted
        )
    flagged = [point for point in judged if point.flags]
    parts = [
        _tell_quiet(chart, counted, noun) if not flagged else _tell_flagged(chart, flagged, noun, labels)
    ]
    if chart.target is not None and chart.assurance != "none":
        target = format_value(chart.target, result.indicator.unit)
        parts.append(
            gettext("the target of {target} {verdict}").format(
                target=target, verdict=gettext(ASSURED[chart.assurance])
            )
        )
    if chart.short_groups:
        parts.append(
            gettext("limits from {period} are provisional, with fewer than {points}").format(
                period=format_period(chart.short_groups[-1], labels), points=format_count(FEWEST_POINTS, noun)
            )
        )
    if not all(point.has_base for point in chart.points):
        parts.append(
            gettext(
                "{points} with fewer than {least} members are shown and not judged: one member moves them too far"
            ).format(points=gettext(POINTS[noun]), least=LEAST_BASE)
        )
    if not chart.points[-1].is_complete:
        parts.append(
            gettext("{period} is incomplete and not judged").format(
                period=format_period(chart.points[-1].period, labels)
            )
        )
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
    listed = ", ".join(gettext(WORDS[flag]).format(**lengths) for flag in point.flags)
    meaning = "" if point.meaning == "neutral special cause" else f": {gettext(point.meaning)}"
    return f"{listed}{meaning}"


def _tell_quiet(chart: SpcChart, counted: str, noun: str) -> str:
    if chart.kind == "run":
        if chart.runs is not None and chart.runs.verdict:
            why = (
                gettext("one shift or a slow wave")
                if chart.runs.verdict == "too few"
                else gettext("two sources taking turns")
            )
            return gettext(
                "{verdict} runs around the median for chance: {count} in {counted}, where {fewest} to {most} are usual; look for {why}"
            ).format(
                verdict=gettext(chart.runs.verdict.capitalize()),
                count=chart.runs.count,
                counted=counted,
                fewest=chart.runs.fewest,
                most=chart.runs.most,
                why=why,
            )
        why = (
            gettext("Too few {points} to judge: {counted}, and limits need {needed} in a row").format(
                points=gettext(POINTS[noun]), counted=counted, needed=FEWEST_POINTS
            )
            if len(chart.judged) < FEWEST_POINTS
            else gettext(
                "No limits in {counted}: in most of them there is nobody, so that limits would call everything else a signal"
            ).format(counted=counted)
            if chart.is_mostly_none
            else gettext(
                "No limits in {counted}: of fewer than {least} one moves the share too far to judge"
            ).format(counted=counted, least=LEAST_BASE)
        )
        return gettext(
            "{why}; only {trend} in a row that rise or fall would stand out, and there are none"
        ).format(why=why, trend=SHORT_TREND)
    return gettext("No signal in {counted}: the ups and downs are what this process does by itself").format(
        counted=counted
    )


def _tell_flagged(chart: SpcChart, flagged: Sequence[SpcPoint], noun: str, labels: Labels) -> str:
    judged, last = len(chart.judged), flagged[-1]
    meanings = Counter(point.meaning for point in flagged)
    shares = [
        f"{count} {gettext(word)}" for word, count in meanings.items() if word != "neutral special cause"
    ]
    split = f" ({', '.join(shares)})" if len(shares) > 1 else ""
    when = "" if len(flagged) == 1 else gettext("the latest ")
    told = f"{when}{format_period(last.period, labels)} ({describe_flags(chart, last)})"
    rest = "" if len(flagged) == judged else gettext("; the others are what this process does by itself")
    return ngettext(
        "{count} of {counted} stands out{split}, {told}{rest}",
        "{count} of {counted} stand out{split}, {told}{rest}",
        len(flagged),
    ).format(count=len(flagged), counted=format_count(judged, noun), split=split, told=told, rest=rest)


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
    return (
        gettext("median")
        if chart.kind in ("run", "g")
        else gettext("centre")
        if chart.kind == "t"
        else gettext("mean")
    )
