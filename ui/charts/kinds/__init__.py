"""Looks of a chart, one file a kind: a Result in, a figure out. Pure: no Streamlit, no queries.

A hidden or missing figure is a word in its place, never a 0. Intervals are always drawn; an incomplete period is hollow.
Labels stand above their marks, so that a figure reads at phone width. Only Scatter, Bar and Heatmap traces, shapes and
annotations: what else draws these figures knows no more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go

from indicators.result import Result
from indicators.statistics.spc import list_lines, make_chart
from ui.charts.connections.boundary import draw_boundaries, read_boundaries
from ui.charts.connections.matrix import draw_matrix, read_matrix
from ui.charts.connections.new_ties import draw_new_ties, read_new_ties
from ui.charts.connections.timeline import draw_timeline, read_timeline
from ui.charts.control.drawing import draw_spc
from ui.charts.engagement.ladder import draw_ladder, draw_sides, read_ladder, read_sides
from ui.charts.engagement.lines import draw_lines, read_lines
from ui.charts.engagement.turnout import draw_turnout, read_turnout
from ui.charts.kinds.likert import draw_likert
from ui.charts.kinds.line import draw_line
from ui.charts.kinds.rows import draw_bars, draw_change
from ui.charts.kinds.survival import draw_survival, read_curve
from ui.charts.kinds.triangle import draw_triangle
from ui.charts.kinds.waves import draw_waves
from ui.charts.parts import NO_LABELS, Labels
from ui.charts.staying.compare import draw_comparisons, read_comparisons
from ui.charts.staying.flow import draw_flow, read_flow
from ui.charts.staying.multiples import draw_multiples, read_multiples
from ui.charts.surveys.contrasts import draw_contrasts
from ui.charts.surveys.reach import draw_reach
from ui.charts.surveys.split import draw_split
from ui.charts.surveys.tracks import draw_tracks
from ui.words.surveys.contrasts import read_contrasts
from ui.words.surveys.reach import read_reach, read_waves
from ui.words.surveys.split import read_split
from ui.words.surveys.tracks import read_tracks

MANY_PERIODS = 6


@dataclass(frozen=True)
class Kind:
    """A chart that a page asks for by name, of one result or several: how it is drawn, and the sentence that it supports.

    Both take the results in the order of the page, the first being the one whose passport and table stand behind the chart, and the names
    for readers; where it `has_target`, also the target of that one for everybody as `target`, None if there is none.
    """

    draw: Callable[..., go.Figure]
    read: Callable[..., str]
    has_target: bool = False


KINDS: dict[str, Kind] = {
    "tracks": Kind(draw_tracks, read_tracks, has_target=True),
    "split": Kind(draw_split, read_split),
    "contrasts": Kind(draw_contrasts, read_contrasts),
    "reach": Kind(draw_reach, read_reach),
    "waves": Kind(draw_waves, read_waves, has_target=True),
    "curve": Kind(lambda results, labels: draw_survival(results[0], labels), read_curve),
    "turnout": Kind(draw_turnout, read_turnout),
    "ladder": Kind(draw_ladder, read_ladder),
    "lines": Kind(draw_lines, read_lines),
    "sides": Kind(draw_sides, read_sides),
    "boundaries": Kind(draw_boundaries, read_boundaries),
    "timeline": Kind(draw_timeline, read_timeline),
    "new-ties": Kind(draw_new_ties, read_new_ties),
    "matrix": Kind(draw_matrix, read_matrix),
    "multiples": Kind(draw_multiples, read_multiples),
    "comparisons": Kind(draw_comparisons, read_comparisons),
    "flow": Kind(draw_flow, read_flow),
}


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
