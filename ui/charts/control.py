"""Looks and words of a control chart: a Result and its SpcChart in, a figure or a sentence out. Pure: no Streamlit.

Blue and a diamond improve, orange and a square concern, grey and a triangle stand out where no direction is better,
as in NHS England's "Making data count"; the shape says it without colour. The axis does not start at zero: what
matters is the distance to the limits.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import plotly.graph_objects as go

from indicators.definition import Unit
from indicators.result import Result
from indicators.statistics.spc import (
    FEWEST_POINTS,
    LEAST_BASE,
    Assurance,
    Rebase,
    SpcChart,
    SpcPoint,
    Variation,
    list_lines,
)
from indicators.statistics.spc.rules import FLAGS, RUN, SHORT_RUN, SHORT_TREND, TREND
from journal.store import Entry
from ui.charts.parts import (
    BLUE,
    FAINT,
    INK,
    NO_LABELS,
    ORANGE,
    TICKS,
    Labels,
    Row,
    describe_row,
    finish,
    list_axis,
    list_rows,
    make_inert,
    name_status,
    note_missing,
)
from ui.charts.text import wrap
from ui.words.numbers import (
    COUNTS,
    LENGTHS,
    describe_status,
    format_count,
    format_period,
    format_range,
    format_value,
    shorten,
)

MARKS: dict[Variation, tuple[str, str, int]] = {
    "improving": (BLUE, "diamond", 11),
    "concerning": (ORANGE, "square", 10),
    "neutral special cause": (INK, "triangle-up", 11),
    "common cause": (INK, "circle", 7),
    "none": (INK, "circle-open", 10),
}
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
HEIGHT, PLOT, LINE_OF_TEXT, NOTE = 340, 270, 13, 150


def choose_rebases(result: Result, entries: Iterable[Entry]) -> list[Rebase]:
    """The rebases of the journal, newest first, that apply to this result: of its indicator, at a period it has.

    Of several at one period the newest holds.
    """
    periods = set(result.table["period"].astype(str))
    found: dict[str, str] = {}
    for entry in entries:
        if entry.kind == "rebase" and entry.indicator_id == result.indicator.id and entry.period in periods:
            found.setdefault(entry.period, entry.text)
    return sorted(found.items())


def draw_spc(result: Result, chart: SpcChart, labels: Labels = NO_LABELS) -> go.Figure:
    """The figure of one line of a result: points, centre, limits, target; each rebase with its note.

    `result` is the one that the chart was made from; `labels` names waves for readers.
    """
    x = [make_inert(format_period(point.period, labels)) for point in chart.points]
    figure = go.Figure()
    _add_path(figure, chart, x)
    for name, dash in (("centre", "solid"), ("lower", "dot"), ("upper", "dot")):
        _add_steps(figure, chart, x, name, dash)
    if chart.target is not None and x:
        _add_line(figure, "target", x, [chart.target] * len(x), "dash", "hvh")
    _add_points(figure, result, chart, x, labels)
    _label_lines(figure, result.indicator.unit, chart)
    ends = [x[place] for place in sorted({0, len(x) // 2, len(x) - 1})] if x else []
    figure.update_xaxes(type="category", tickvals=ends, tickangle=0, showgrid=False)
    unit = result.indicator.unit
    axis = list_axis(unit, _list_heights(chart), is_whole=False)
    axis.pop("rangemode", None)
    if "range" in axis:
        axis = {}
    figure.update_yaxes(**{"nticks": TICKS, **axis}, gridcolor=FAINT, zeroline=False)
    figure.update_traces(showlegend=False)
    return finish(figure, HEIGHT, top=20 + 14 * _note_rebases(figure, chart))


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
        "centre": _name_centre(chart),
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
        return (
            f"Too few {noun} to judge: {counted}, and limits need {FEWEST_POINTS} in a row; "
            f"only {SHORT_TREND} in a row that rise or fall would stand out, and there are none"
        )
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


def _name_centre(chart: SpcChart) -> str:
    return "median" if chart.kind in ("run", "g") else "centre" if chart.kind == "t" else "mean"


def _add_points(figure: go.Figure, result: Result, chart: SpcChart, x: Sequence[str], labels: Labels) -> None:
    marks = [
        MARKS[point.meaning if point.is_complete and point.has_base else "none"] for point in chart.points
    ]
    shapes = [
        "triangle-down" if shape == "triangle-up" and FLAGS[point.flags[0]] < 0 else shape
        for point, (_, shape, _) in zip(chart.points, marks, strict=True)
    ]
    figure.add_scatter(
        x=list(x),
        y=[point.value for point in chart.points],
        name="points",
        mode="markers",
        marker={
            "color": [colour for colour, _, _ in marks],
            "symbol": shapes,
            "size": [size for _, _, size in marks],
            "opacity": 1,
        },
        text=_write_hovers(result, chart, labels),
        hovertemplate="%{text}<extra></extra>",
    )
    rows = {str(row[result.indicator.axis]): row for row in _list_line(result, chart)}
    note_missing(figure, [_tell_missing(point, rows.get(point.period)) for point in chart.points])


def _tell_missing(point: SpcPoint, row: Row | None) -> tuple[str, str]:
    if not np.isnan(point.value) or row is None or row["status"] == "ok":
        return "", ""
    return name_status(row["status"]), describe_status(row)


def _write_hovers(result: Result, chart: SpcChart, labels: Labels) -> list[str]:
    unit = result.indicator.unit
    rows = {str(row[result.indicator.axis]): row for row in _list_line(result, chart)}
    hovers = []
    for point in chart.points:
        row = rows.get(point.period)
        told = describe_row(result, row, labels) if row else format_period(point.period, labels)
        limits = [] if np.isnan(point.lower) else [f"limits {format_range(point.lower, point.upper, unit)}"]
        incomplete = [] if point.is_complete else ["incomplete, not judged"]
        incomplete += [] if point.has_base else [f"fewer than {LEAST_BASE} members, not judged"]
        flags = describe_flags(chart, point)
        hovers.append(make_inert("; ".join([told, *limits, *incomplete, *([flags] if flags else [])])))
    return hovers


def _list_line(result: Result, chart: SpcChart) -> list[dict[str, object]]:
    """The rows of the result that the chart was made from."""
    wanted = dict(zip(list_lines(result), chart.line, strict=True))
    return [
        row
        for row in list_rows(result.table)
        if all((row[name] or "") == value for name, value in wanted.items())
    ]


def _add_steps(figure: go.Figure, chart: SpcChart, x: Sequence[str], name: str, dash: str) -> None:
    """A line that breaks at each rebase; where it moves from point to point, it steps."""
    places: list[str] = []
    heights: list[float | None] = []
    for before, place, point in zip([None, *chart.points], x, chart.points, strict=False):
        if before is not None and before.group != point.group:
            places.append(place)
            heights.append(None)
        places.append(place)
        height = float(getattr(point, name))
        heights.append(None if np.isnan(height) else height)
    if any(height is not None for height in heights):
        _add_line(figure, name, places, heights, dash, "hvh")


def _add_path(figure: go.Figure, chart: SpcChart, x: Sequence[str]) -> None:
    """The line from point to point, broken at gaps; to an incomplete period it is dotted."""
    whole = [
        None if np.isnan(point.value) or not point.is_complete else point.value for point in chart.points
    ]
    _add_line(figure, "path", x, whole, "solid", "linear", 2.0)
    for place, point in enumerate(chart.points):
        if place and not point.is_complete:
            pair = [before.value for before in chart.points[place - 1 : place + 1]]
            _add_line(figure, "path so far", x[place - 1 : place + 1], pair, "dot", "linear", 2.0)


def _add_line(
    figure: go.Figure,
    name: str,
    x: Sequence[str],
    y: Sequence[float | None],
    dash: str,
    shape: str,
    width: float = 1.3,
) -> None:
    figure.add_scatter(
        x=list(x),
        y=list(y),
        name=name,
        mode="lines",
        line={"color": INK, "width": width, "dash": dash, "shape": shape},
        connectgaps=False,
        hoverinfo="skip",
    )


def _label_lines(figure: go.Figure, unit: Unit, chart: SpcChart) -> None:
    """Each line named with its height beside its right end, moved apart where two would overlap."""
    if not chart.points:
        return
    last = next((point for point in reversed(chart.points) if point.has_base), chart.points[-1])
    named = [(_name_centre(chart), last.centre), ("lower", last.lower), ("upper", last.upper)]
    if chart.target is not None:
        named.append(("target", chart.target))
    named = sorted((one for one in named if np.isfinite(one[1])), key=lambda one: one[1])
    drawn = [*_list_heights(chart), *(height for _, height in named)]
    extent = float(np.ptp(drawn)) if drawn else 0.0
    lowest = -np.inf
    for name, height in named:
        pixel = (height - min(drawn)) / extent * PLOT if extent else 0.0
        lowest = max(pixel, lowest + LINE_OF_TEXT)
        figure.add_annotation(
            x=1,
            xref="paper",
            y=height,
            yshift=round(lowest - pixel),
            text=f"{name} {_format_height(height, unit)}",
            showarrow=False,
            xanchor="left",
            font={"size": 11, "color": INK},
        )


def _format_height(height: float, unit: Unit) -> str:
    """A line between two whole numbers keeps a decimal: the median of 6 and 7 is 6.5. A length goes without its unit."""
    if unit in LENGTHS:
        return format_value(height, unit).removesuffix(f" {unit}")
    return f"{height:,.1f}" if unit in COUNTS and not height.is_integer() else format_value(height, unit)


def _list_heights(chart: SpcChart) -> list[float]:
    drawn = [getattr(point, name) for point in chart.points for name in ("value", "lower", "upper")]
    return [height for height in drawn if np.isfinite(height)]


def _note_rebases(figure: go.Figure, chart: SpcChart) -> int:
    """A thin line before the first point of each new group, its note above it; returns the most lines of a note."""
    notes, most = dict(chart.rebases), 0
    for place, point in enumerate(chart.points):
        if point.period in notes:
            lines = wrap(shorten(notes[point.period]), NOTE, 11)
            most = max(most, len(lines))
            figure.add_vline(x=place - 0.5, line={"color": FAINT, "width": 1})
            figure.add_annotation(
                x=max(place - 0.5, 0),
                y=1,
                yref="paper",
                yanchor="bottom",
                text="<br>".join(lines),
                hovertext=make_inert(notes[point.period]),
                showarrow=False,
                xanchor="left" if place < len(chart.points) / 2 else "right",
                font_size=11,
            )
    return most
