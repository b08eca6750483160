"""Rows of segments laid end to end, their words above them: parts of a whole. Pure: no Streamlit, no queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from indicators.definition import Unit
from ui.charts.parts import ROW_HEIGHT, count_rows, finish, stack_rows
from ui.charts.text import write_legend, write_rows
from ui.words.language import gettext
from ui.words.numbers import format_value

WORDED = 0.09
DIM = 0.45


@dataclass(frozen=True)
class Step:
    """What one segment of every row is: its words, its colour and that of the figure in it."""

    name: str
    shade: str
    ink: str


@dataclass(frozen=True)
class Strip:
    """A row: the lines above it, the length of each segment with its hover text, and where the first begins.

    A row of which nothing is shown has no lengths. One that is `is_dim` is not finished: it is pale and has no figures in it, which
    could not be read there in light and dark alike.
    """

    lines: list[str]
    lengths: tuple[float, ...] = ()
    hovers: tuple[str, ...] = ()
    start: float = 0.0
    is_dim: bool = False


def draw_strips(
    strips: Sequence[Strip], steps: Sequence[Step], unit: Unit, *, row: int = ROW_HEIGHT, legend: int = 1
) -> tuple[go.Figure, list[float]]:
    """The rows under one another with a legend of the steps, and the place of each row. A short segment has no figure in it."""
    figure = go.Figure()
    places: list[float] = []
    for strip in strips:
        places.append((places[-1] if places else -1.0) + count_rows(strip.lines))
    write_rows(figure, list(zip(places, (strip.lines for strip in strips), strict=True)))
    drawn = [(place, strip) for place, strip in zip(places, strips, strict=True) if strip.lengths]
    reach = max((sum(strip.lengths) for _, strip in drawn), default=1.0)
    for number, step in enumerate(steps):
        lengths = [strip.lengths[number] for _, strip in drawn]
        figure.add_bar(
            x=lengths,
            base=[strip.start + sum(strip.lengths[:number]) for _, strip in drawn],
            y=[place for place, _ in drawn],
            orientation="h",
            width=0.42,
            marker={
                "color": step.shade,
                "line_width": 0,
                "opacity": [DIM if strip.is_dim else 1 for _, strip in drawn],
            },
            text=[
                format_value(length, unit) if length >= WORDED * reach and not strip.is_dim else ""
                for length, (_, strip) in zip(lengths, drawn, strict=True)
            ],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": step.ink, "size": 12},
            hovertext=[strip.hovers[number] for _, strip in drawn],
            hovertemplate="%{hovertext}<extra></extra>",
            showlegend=False,
        )
    top = (
        write_legend(figure, [gettext(step.name) for step in steps], [step.shade for step in steps])
        if legend
        else 12
    )
    ends = [end for _, strip in drawn for end in (strip.start, strip.start + sum(strip.lengths))]
    low, high = min([0.0, *ends]), max([0.0, *ends]) or 1.0
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(visible=False, range=[low - 0.01 * (high - low), high + 0.01 * (high - low)])
    count = (places[-1] if places else 0.0) + 1
    return finish(stack_rows(figure, count), round(8 + top + row * count), top=top, bottom=4), places
