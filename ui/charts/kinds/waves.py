"""One row a wave against the target: the latest in colour, the others in grey. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.kinds.rows import draw_bars
from ui.charts.parts import FAINT, INK, Labels, mark_rows
from ui.charts.text import write_legend
from ui.words.language import gettext
from ui.words.numbers import format_value

LATEST = "#2b808a"


def draw_waves(results: Sequence[Result], labels: Labels, target: float | None = None) -> go.Figure:
    """The bar of each wave with its interval, and the target as a line."""
    (result,) = results
    figure = draw_bars(result, labels)
    bars = figure.data[0]
    figure.update_traces(marker_color=[*[FAINT] * (len(bars.x) - 1), LATEST])
    if target is not None:
        mark_rows(figure, bars.y, target)
        top = write_legend(
            figure,
            [gettext("target {value}").format(value=format_value(target, result.indicator.unit))],
            [INK],
            ["|"],
        )
        figure.update_layout(margin_t=top, height=figure.layout.height + top - 12)
    return figure
