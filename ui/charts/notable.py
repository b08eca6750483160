"""The small chart beside what stands out: what is told in one colour, what it stands out of in grey. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from indicators.result import Result, find_unit
from indicators.statistics.spc import make_chart
from ui.charts.control.drawing import draw_spc
from ui.charts.parts import (
    FAINT,
    INK,
    ORANGE,
    Labels,
    finish,
    list_axis,
    make_inert,
    make_whiskers,
    write_hovers,
)
from ui.words.attention import Standing
from ui.words.language import gettext
from ui.words.numbers import format_value, shorten, shorten_period

MOST_TICKS = 4
# Below the lowest curve, for its name.
ROOM = 0.06
# Above 100 %, for half a line's width.
EDGE = 0.005
HEIGHT = 160
MOST_GROUPS = 9
LABEL = 24
Finding = Mapping[str, Any]


def draw_finding(finding: Finding, result: Result, labels: Labels, accent: str) -> go.Figure:
    """The chart of a comparison, from the figures that it was made of."""
    labels = result.name_items(labels)
    match finding["kind"]:
        case "rest" | "change" | "odds":
            return _draw_groups(finding, result, labels, accent)
        case "survival":
            return _draw_curves(finding, result, labels, accent)
        case "before" | "chance":
            return _draw_times(finding, result, labels, accent)
        case _:
            return _shape(draw_spc(result, make_chart(result), labels))


def draw_targets(standings: list[Standing], accent: str) -> go.Figure:
    """Each missed target as a line, its figure with its interval as a dot short of it."""
    figure = go.Figure()
    missed = [one for one in standings if one.is_missed][:MOST_GROUPS]
    names = [make_inert(shorten(one.label.rpartition(": ")[2], LABEL)) for one in missed]
    value, low, high = (
        np.array([float(one.row[name]) for one in missed]) for name in ("value", "low", "high")
    )
    said = [format_value(one.row["value"], one.indicator.unit) for one in missed]
    _add_dots(figure, value, names, low, high, [accent] * len(missed), said)
    figure.add_scatter(
        x=[one.target for one in missed],
        y=names,
        mode="markers",
        marker={"symbol": "line-ns", "size": 16, "line": {"width": 3, "color": ORANGE}},
        text=[
            gettext("Target {value}").format(value=format_value(one.target, one.indicator.unit))
            for one in missed
        ],
        hovertemplate="%{text}<extra></extra>",
    )
    figure.update_xaxes(
        **(list_axis("share", value) if all(one.indicator.unit == "share" for one in missed) else {})
    )
    figure.update_yaxes(autorange="reversed")
    return _shape(figure)


def _draw_groups(finding: Finding, result: Result, labels: Labels, accent: str) -> go.Figure:
    """One dot a group, the one that is told in colour, and a line at the rest, or at none."""
    rows = _choose(finding, result)
    by = finding["by"]
    name = by if by else next((one for one in result.dimensions if one not in ("relation",)), "")
    if name == by and by not in result.indicator.measures:
        rows = rows.sort_values("n", ascending=False, kind="stable")
        is_told = rows[by] == finding["group"]
        rows = (
            pd.concat([rows[is_told], rows[~is_told]]).head(MOST_GROUPS).sort_values("value", kind="stable")
        )
    told = finding["group"] if by else finding["measure"]
    words = [labels.get(str(one), str(one)) for one in rows[name]] if name else [gettext("Figure")]
    colours = [
        accent if not name or str(one) == told or not told else INK for one in (rows[name] if name else [""])
    ]
    value, low, high = (rows[column].to_numpy(dtype=float) for column in ("value", "low", "high"))
    figure = go.Figure()
    names = [make_inert(shorten(word, LABEL)) for word in words]
    _add_dots(figure, value, names, low, high, colours, write_hovers(result, rows, labels))
    figure.add_vline(x=finding["other"], line={"color": INK, "width": 1.5, "dash": "dot"})
    unit = find_unit(result.indicator, rows.iloc[0].to_dict())
    is_odds = finding["kind"] == "odds"
    figure.update_xaxes(type="log") if is_odds else figure.update_xaxes(**list_axis(unit, [*low, *high]))
    if is_odds:
        figure.update_xaxes(tickvals=[0.5, 1, 2, 5, 10, 20])
    figure.update_yaxes(autorange="reversed")
    return _shape(figure)


def _draw_times(finding: Finding, result: Result, labels: Labels, accent: str) -> go.Figure:
    """One dot a wave with its interval; for chance the observed, and where random mixing would lie."""
    rows = _choose(finding, result, all_times=True)
    figure = go.Figure()
    parts = [("", rows, accent)]
    if finding["kind"] == "chance":
        parts = [
            (gettext("Observed"), rows[rows["part"] == "Observed"], accent),
            (gettext("Expected at random"), rows[rows["part"] == "Expected at random"], INK),
        ]
    for name, part, colour in parts:
        x = [make_inert(shorten(shorten_period(str(period), labels), LABEL)) for period in part["period"]]
        value, low, high = (part[column].to_numpy(dtype=float) for column in ("value", "low", "high"))
        figure.add_scatter(
            x=x,
            y=value,
            mode="lines+markers+text",
            name=name,
            line={"color": colour, "width": 1.5, "dash": "solid" if colour == accent else "dot"},
            marker={"size": 10, "color": colour},
            error_y=make_whiskers(value, low, high, color=colour, width=0),
            text=[format_value(one, result.indicator.unit) for one in value],
            textposition="bottom center" if colour == accent else "top center",
            hovertext=write_hovers(result, part, labels),
            hovertemplate="%{hovertext}<extra></extra>",
            showlegend=False,
        )
    figure.update_yaxes(**list_axis(result.indicator.unit, rows["value"]))
    figure.update_xaxes(range=[-0.5, rows["period"].nunique() - 0.5])
    return _shape(figure)


def _draw_curves(finding: Finding, result: Result, labels: Labels, accent: str) -> go.Figure:
    """The group's curve in colour, those of the others in grey."""
    figure = go.Figure()
    by = str(finding["by"])
    shown = result.table[result.table["status"] == "ok"]
    for group, rows in shown.groupby(by, sort=True):
        is_told = group == finding["group"]
        figure.add_scatter(
            x=[0.0, *rows["time_days"].astype(float)],
            y=[1.0, *rows["value"]],
            mode="lines",
            line={"shape": "hv", "color": accent if is_told else FAINT, "width": 2.6 if is_told else 1.6},
            text=[gettext("Day of joining: 100 %"), *write_hovers(result, rows, labels)],
            hovertemplate="%{text}<extra></extra>",
        )
        if is_told:
            figure.add_annotation(
                x=float(rows["time_days"].astype(float).iloc[-1]),
                y=float(rows["value"].iloc[-1]),
                text=make_inert(str(group)),
                showarrow=False,
                xanchor="right",
                yanchor="top",
            )
    low = float(shown["value"].min())
    is_whole = low < 0.5
    axis = list_axis("share", [low - ROOM, 1.0], is_whole=is_whole)
    figure.update_yaxes(**axis if is_whole else {**axis, "range": [low - ROOM, 1.0 + EDGE]})
    figure.update_xaxes(title=gettext("Days since joining"), nticks=5)
    return _shape(figure, bottom=44)


def _choose(finding: Finding, result: Result, *, all_times: bool = False) -> pd.DataFrame:
    """The rows that a comparison is among: of its time, and of what it measures where that is not what is set side by side."""
    rows = result.table[(result.table["status"] == "ok")]
    if not all_times:
        rows = rows[rows["period"] == finding["period"]]
    if finding["measure"] and (finding["by"] or all_times):
        measure = next(name for name in result.indicator.measures if name not in ("relation", finding["by"]))
        rows = rows[rows[measure] == finding["measure"]]
    if finding["kind"] == "odds":
        rows = rows[rows["part"] == "Adjusted"].assign(part="Pairs who met")
    return rows


def _add_dots(
    figure: go.Figure,
    value: Any,
    names: list[str],
    low: Any,
    high: Any,
    colours: list[str],
    hovers: list[str],
) -> None:
    for colour in dict.fromkeys(colours):
        own = np.array([one == colour for one in colours])
        figure.add_scatter(
            x=value[own],
            y=[name for name, is_own in zip(names, own, strict=True) if is_own],
            mode="markers",
            marker={"size": 10, "color": colour},
            error_x=make_whiskers(value[own], low[own], high[own], color=colour, width=0),
            text=[hover for hover, is_own in zip(hovers, own, strict=True) if is_own],
            hovertemplate="%{text}<extra></extra>",
        )
    figure.update_yaxes(categoryorder="array", categoryarray=names)


def _shape(figure: go.Figure, bottom: int = 26) -> go.Figure:
    figure = finish(figure, HEIGHT, top=8, bottom=bottom)
    axis = figure.layout.xaxis
    if axis.tickvals is not None and len(axis.tickvals) > MOST_TICKS:
        # Of a difference no difference stays written.
        start = list(axis.tickvals).index(0) % 2 if 0 in axis.tickvals else 0
        axis.update(tickvals=axis.tickvals[start::2], ticktext=axis.ticktext and axis.ticktext[start::2])
    figure.update_layout(showlegend=False, margin={"l": 4, "r": 10}, font={"size": 12})
    return figure
