"""One row an estimate, as a bar from zero or a dot, its words above it. Pure: no Streamlit, no queries."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.parts import (
    BLUE,
    FAINT,
    GREY,
    INK,
    NO_LABELS,
    ORANGE,
    ROW_HEIGHT,
    Labels,
    Row,
    count_rows,
    finish,
    join_names,
    list_axis,
    list_rows,
    make_inert,
    make_whiskers,
    read_float,
    stack_rows,
    write_hovers,
)
from ui.charts.text import EXTRA_LINE, label_row, wrap, write_rows
from ui.words.changes import COULD_BE_CHANCE, judge_changes
from ui.words.language import gettext
from ui.words.numbers import format_period, format_value, name_status

HEADING = 0.6
POINTS = ("score", "difference", "index", "net", "coefficient", "p")


def draw_bars(result: Result, labels: Labels = NO_LABELS) -> go.Figure:
    """One row an estimate: the value as a bar from zero, its interval as a whisker, both in words above it."""
    return _draw_rows(result, labels, is_bar=result.indicator.unit not in POINTS)


def draw_change(result: Result, labels: Labels = NO_LABELS) -> go.Figure:
    """One row an estimate around a line at no change; hollow where, judged with the others, it could be chance.

    Where an interval clear of no change does not stand, a word says so.
    """
    figure = _draw_rows(result, labels, is_bar=False)
    figure.add_vline(x=0, line_width=1.5, line_color=INK)
    return figure


def _draw_rows(result: Result, labels: Labels, *, is_bar: bool) -> go.Figure:
    unit = result.indicator.unit
    has_periods = result.table["period"].nunique() > 1
    is_of_scales = result.is_of_scales
    is_grouped = has_periods and bool(result.telling)
    table = result.table
    if is_grouped:
        table = result.gather(table)
    figure = go.Figure()
    verdicts = dict(zip(result.table.index, judge_changes(result), strict=True))
    places: list[float] = []
    titles: list[tuple[float, list[str]]] = []
    place, heading = -1.0, ""
    for index, row in zip(table.index, list_rows(table), strict=True):
        words = _write_figure(result, row, is_of_scales=is_of_scales)
        group = _group_title(result, row, labels)
        period = make_inert(format_period(str(row["period"]), labels)) if has_periods else ""
        is_told = verdicts[index] and not float(str(row["low"])) <= 0 <= float(str(row["high"]))
        lines = label_row(
            period if is_grouped or not group else group, words, verdicts[index] if is_told else ""
        )
        place += count_rows(lines)
        if is_grouped and group != heading:
            heading = group
            above = [f"<b>{line}</b>" for line in wrap(group)]
            place += HEADING + count_rows(above) - 1
            titles.append((place - HEADING - count_rows(lines) + 1, above))
        places.append(place)
        titles.append((place, lines))
    write_rows(figure, titles)
    shown = table[table["status"] == "ok"]
    drawn = _put_on_scales(result, shown) if is_of_scales else shown[["value", "low", "high"]]
    value, low, high = (drawn[name].to_numpy(dtype=float) for name in ("value", "low", "high"))
    known = [place for place, status in zip(places, table["status"], strict=True) if status == "ok"]
    whiskers = make_whiskers(value, low, high)
    hover = {
        "text": write_hovers(result, shown, labels),
        "hovertemplate": "%{text}<extra></extra>",
        "showlegend": False,
    }
    if is_bar:
        opacity = [0.9 if complete else 0.4 for complete in shown["is_complete"]]
        figure.add_bar(
            x=value,
            y=known,
            orientation="h",
            width=0.3,
            error_x=whiskers,
            marker={"opacity": opacity},
            textposition="none",
            **hover,
        )
    else:
        symbols = ["circle-open" if verdicts[index] == COULD_BE_CHANCE else "circle" for index in shown.index]
        colours = [
            GREY if verdicts[index] == COULD_BE_CHANCE else BLUE if one > 0 else ORANGE
            for index, one in zip(shown.index, value, strict=True)
        ]
        marker = {"size": 11, "symbol": symbols, "line_width": 2}
        if result.indicator.chart == "change":
            marker |= {"color": colours, "line_color": colours}
        else:
            del whiskers["color"]  # It is that of the dots.
        figure.add_scatter(x=value, y=known, mode="markers", error_x=whiskers, marker=marker, **hover)
    title = gettext("points") if unit == "net" else ""
    axis = list_axis(unit, drawn)
    if is_of_scales:
        is_score = unit == "score"
        title = gettext("each on its own scale") if is_score else gettext("% of each one's own scale")
        ends = [gettext("lowest"), gettext("middle"), gettext("highest")]
        axis = (
            {"range": [0, 1], "tickvals": [0, 0.5, 1], "ticktext": ends}
            if is_score
            else list_axis("net", drawn)
        )
    figure.update_xaxes(**axis, gridcolor=FAINT, zeroline=False, tickangle=0)
    bottom = 40
    if title:
        figure.update_xaxes(title={"text": title, "standoff": 4})
        bottom += EXTRA_LINE
    count = max(places, default=0.0) + 1
    return finish(stack_rows(figure, count), round(16 + bottom + ROW_HEIGHT * count), bottom=bottom)


def _write_figure(result: Result, row: Row, *, is_of_scales: bool) -> str:
    """The figure of a row; where scales differ, with its own."""
    if row["status"] != "ok":
        return name_status(row["status"])
    told, scale = format_value(read_float(row["value"]), result.indicator.unit), result.find_scale(row)
    if not is_of_scales:
        return told
    if scale is None:
        return gettext("{figure} on no scale").format(figure=told)
    return gettext("{figure} on {least:g} to {most:g}").format(figure=told, least=scale[0], most=scale[1])


def _put_on_scales(result: Result, shown: pd.DataFrame) -> pd.DataFrame:
    """Scores as how far up their own scale they are, changes as parts of it; what has no scale has no place."""
    ends = [result.find_scale(row) or (np.nan, np.nan) for row in shown.to_dict(orient="records")]
    least, most = np.array(ends, dtype=float).reshape(-1, 2).T[:, :, np.newaxis]
    start = least if result.indicator.unit == "score" else 0.0
    figures = shown[["value", "low", "high"]].astype(float)
    placed: pd.DataFrame = (figures - start) / (most - least)
    return placed


def _group_title(result: Result, row: Row, labels: Labels) -> str:
    return join_names(tuple(row[name] for name in result.telling if row[name] is not None), labels)
