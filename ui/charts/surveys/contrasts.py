"""Every group against the rest in every question, as a table of cells; only what stands has a colour. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.parts import BAND, BLUE, FAINT, ORANGE, Labels, describe_row, finish, make_inert
from ui.charts.text import fit, measure, write_legend
from ui.words.language import gettext
from ui.words.numbers import format_range, format_value
from ui.words.surveys.contrasts import Contrast, choose_groups, list_contrasts
from ui.words.tables import NOT_SHOWN

CELL, GAP, HEAD, CLEAR = 46, 20, 12, 8
WHITE = "#ffffff"


def draw_contrasts(results: Sequence[Result], labels: Labels) -> go.Figure:
    """A row a group, its name above it, and a column a question: the difference from the rest in points.

    Blue is above and orange below where the difference stands; all other cells are grey, and a hidden one has a dash.
    """
    parted = results[0]
    contrasts = list_contrasts(results)
    groups = choose_groups(contrasts)
    things = list(dict.fromkeys(one.thing for one in contrasts))
    cells = {(one.group, one.thing): one for one in contrasts}
    figure = go.Figure()
    shades = {1: BLUE, -1: ORANGE, 0: FAINT, None: BAND}
    lines = [[cells.get((group, thing)) for thing in things] for group in groups]
    for kind, shade in shades.items():
        figure.add_heatmap(
            z=[[1 if _name_kind(one) == kind else None for one in line] for line in lines],
            x=list(range(len(things))),
            y=list(range(len(groups))),
            hovertext=[[_tell(one, parted, labels) for one in line] for line in lines],
            hovertemplate="%{hovertext}<extra></extra>",
            colorscale=[shade, shade],
            zmin=0,
            zmax=1,
            showscale=False,
            xgap=2,
            ygap=GAP,
        )
    for is_strong in (False, True):
        # A heat map would choose the ink of its own words by the shade of a cell, and not by the page under it.
        written = [
            (column, row, _write_cell(one))
            for row, line in enumerate(lines)
            for column, one in enumerate(line)
            if bool(_name_kind(one)) == is_strong
        ]
        figure.add_scatter(
            x=[column for column, _, _ in written],
            y=[row for _, row, _ in written],
            text=[f"<b>{words}</b>" if is_strong else words for _, _, words in written],
            mode="text",
            textfont={"size": 12, "color": WHITE} if is_strong else {"size": 12},
            hoverinfo="skip",
            showlegend=False,
        )
    row = {"xref": "paper", "x": 0, "xanchor": "left", "yanchor": "bottom", "showarrow": False}
    head = {
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
        "textangle": -90,
        "showarrow": False,
        "font_size": HEAD,
    }
    names = [fit(make_inert(labels.get(thing, thing)), 150) for thing in things]
    figure.update_layout(
        annotations=[
            *(
                {**row, "y": place - 0.5, "yshift": -GAP // 2, "text": fit(make_inert(group))}
                for place, group in enumerate(groups)
            ),
            *(
                {**head, "x": place, "text": name, "yshift": GAP // 2 + CLEAR}
                for place, name in enumerate(names)
            ),
        ]
    )
    figure.update_xaxes(visible=False, range=[-0.5, len(things) - 0.5])
    figure.update_yaxes(visible=False, range=[len(groups) - 0.5, -0.5])
    below = write_legend(
        figure,
        [
            gettext("above the rest"),
            gettext("below"),
            gettext("could be chance"),
            gettext("{mark} hidden or too few").format(mark=NOT_SHOWN),
        ],
        [BLUE, ORANGE, FAINT, BAND],
        is_below=True,
    )
    top = round(max((measure(name, HEAD) for name in names), default=0)) + GAP + CLEAR
    return finish(figure, top + below + CELL * max(len(groups), 1), top=top, bottom=below)


def _name_kind(one: Contrast | None) -> int | None:
    return None if one is None or np.isnan(one.value) else one.way


def _write_cell(one: Contrast | None) -> str:
    return (
        NOT_SHOWN if one is None or np.isnan(one.value) else format_value(one.value, "net").partition(" ")[0]
    )


def _tell(one: Contrast | None, parted: Result, labels: Labels) -> str:
    if one is None:
        return ""
    told = make_inert(describe_row(parted, one.row, labels))
    if np.isnan(one.value):
        return told
    verdict = gettext("stands") if one.way else gettext("could be chance")
    span = format_range(one.low, one.high, "net")
    return gettext("{told}; {value} against the rest (95 % interval {span}), {verdict}").format(
        told=told, value=format_value(one.value, "net"), span=span, verdict=verdict
    )
