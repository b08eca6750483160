"""Looks and words of a control chart: a Result and its SpcChart in, a figure out. Pure: no Streamlit.

Blue and a diamond improve, orange and a square concern, grey and a triangle stand out where no direction is better,
as in NHS England's "Making data count"; the shape says it without colour. The axis does not start at zero: what
matters is the distance to the limits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from indicators.definition import Unit
from indicators.result import Result
from indicators.statistics.spc import (
    LEAST_BASE,
    SpcChart,
    SpcPoint,
    Variation,
    list_lines,
)
from indicators.statistics.spc.rules import FLAGS
from ui.charts.control.noted import LINE, Happenings, mark_events, place_events, write_notes
from ui.charts.control.reading import describe_flags, name_centre
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
    mark_time,
    note_missing,
)
from ui.words.language import gettext
from ui.words.numbers import (
    COUNTS,
    LENGTHS,
    describe_status,
    format_period,
    format_range,
    format_value,
    name_status,
)

MARKS: dict[Variation, tuple[str, str, int]] = {
    "improving": (BLUE, "diamond", 11),
    "concerning": (ORANGE, "square", 10),
    "neutral special cause": (INK, "triangle-up", 11),
    "common cause": (INK, "circle", 7),
    "none": (INK, "circle-open", 10),
}
HEIGHT, PLOT, LINE_OF_TEXT, NOTE = 340, 270, 13, 150


def draw_spc(
    result: Result,
    chart: SpcChart,
    labels: Labels = NO_LABELS,
    notes: Happenings = (),
    events: Happenings = (),
) -> go.Figure:
    """The figure of one line of a result: points, centre, limits, target; each rebase and note with its text.

    `result` is the one that the chart was made from; `labels` names waves for readers; `notes` are periods with a text and `events`
    ISO days with a name.
    """
    unit, held = result.indicator.unit, place_events(chart, events)
    x = [make_inert(format_period(point.period, labels)) for point in chart.points]
    figure = go.Figure()
    _add_path(figure, chart, x)
    for name, dash in (("centre", "solid"), ("lower", "dot"), ("upper", "dot")):
        _add_steps(figure, chart, x, name, dash)
    if chart.target is not None and x:
        _add_line(figure, "target", x, [chart.target] * len(x), "dash", "hvh")
    _add_points(figure, result, chart, x, labels)
    _label_lines(figure, unit, chart)
    if held:
        mark_events(figure, held, _list_heights(chart), labels)
    ticks = mark_time([point.period for point in chart.points], labels)
    figure.update_xaxes(type="category", **ticks, tickangle=0, showgrid=False)
    axis = list_axis(unit, _list_heights(chart), is_whole=False)
    axis.pop("rangemode", None)
    if "range" in axis:
        axis = {}
    figure.update_yaxes(**{"nticks": TICKS, **axis}, gridcolor=FAINT, zeroline=False)
    figure.update_traces(showlegend=False)
    return finish(figure, HEIGHT, top=20 + LINE * write_notes(figure, chart, notes))


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
        limits = (
            []
            if np.isnan(point.lower)
            else [gettext("limits {range}").format(range=format_range(point.lower, point.upper, unit))]
        )
        incomplete = [] if point.is_complete else [gettext("incomplete, not judged")]
        incomplete += (
            []
            if point.has_base
            else [gettext("fewer than {least} members, not judged").format(least=LEAST_BASE)]
        )
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
    named = [
        (name_centre(chart), last.centre),
        (gettext("lower"), last.lower),
        (gettext("upper"), last.upper),
    ]
    if chart.target is not None:
        named.append((gettext("target"), chart.target))
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
        return format_value(height, unit).removesuffix(f" {gettext(unit)}")
    return f"{height:,.1f}" if unit in COUNTS and not height.is_integer() else format_value(height, unit)


def _list_heights(chart: SpcChart) -> list[float]:
    drawn = [getattr(point, name) for point in chart.points for name in ("value", "lower", "upper")]
    return [height for height in drawn if np.isfinite(height)]
