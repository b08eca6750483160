"""Looks of a chart, one file a kind: a Result in, a figure out. Pure: no Streamlit, no queries.

A hidden or missing figure is a word in its place, never a 0. Intervals are always drawn; an incomplete period is hollow.
Labels stand above their marks, so that a figure reads at phone width. Only Scatter, Bar and Heatmap traces, shapes and
annotations: what else draws these figures knows no more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from indicators.result import Result
from indicators.statistics.spc import list_lines, make_chart
from ui.charts.control import draw_spc
from ui.charts.kinds.likert import draw_likert
from ui.charts.kinds.line import draw_line
from ui.charts.kinds.rows import draw_bars, draw_change
from ui.charts.kinds.survival import draw_survival
from ui.charts.kinds.triangle import draw_triangle
from ui.charts.parts import NO_LABELS, Labels

MANY_PERIODS = 6


@dataclass(frozen=True)
class Kind:
    """A chart that a page asks for by name, of one result or several: how it is drawn, and the sentence that it supports.

    Both take the results in the order of the page, the first being the one whose passport and table stand behind the chart.
    """

    draw: Callable[[Sequence[Result], Labels], go.Figure]
    read: Callable[[Sequence[Result], Labels], str]


KINDS: dict[str, Kind] = {}


def draw(result: Result, labels: Labels = NO_LABELS) -> go.Figure:
    """The figure for a result by its indicator's kind of chart; `labels` names waves and items for readers."""
    labels = result.name_items(labels)
    match result.indicator.chart:
        case "likert":
            return draw_likert(result, labels)
        case "change":
            return draw_change(result, labels)
        case "survival":
            return draw_survival(result, labels)
        case "triangle":
            return draw_triangle(result, labels)
        case "g" | "t" if not list_lines(result):
            return draw_spc(result, make_chart(result), labels)
    if len(result.telling) == 0 and result.table["period"].nunique() > MANY_PERIODS:
        return draw_line(result, labels)
    return draw_bars(result, labels)
