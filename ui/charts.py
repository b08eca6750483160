"""Looks of a chart, one builder a kind: a Result in, a figure out. Pure: no Streamlit, no queries.

A hidden or missing figure is a word in its place, never a 0. Intervals are always drawn; an incomplete period is hollow.
Labels stand above their marks, so that a figure reads at phone width.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from indicators.disclosure import GATED
from indicators.result import Result
from ui.chart_parts import (
    FAINT,
    INK,
    Labels,
    Row,
    describe_row,
    finish,
    list_axis,
    list_rows,
    make_inert,
    name_status,
    read_float,
    shorten,
    write_hovers,
)
from ui.tables import NOT_SHOWN
from ui.text import format_period, format_value

LIKERT = ("#b4541a", "#df9f76", "#c3caca", "#74b3b8", "#0b5c66")
LIKERT_INK = ("#ffffff", "#0d191d", "#0d191d", "#0d191d", "#ffffff")
ROW_HEIGHT = 46
HEADING = 0.6
MANY_PERIODS = 6
RISK_TICKS = 5
POINTS = ("score", "difference", "index", "net", "coefficient", "p")
_NONE: Labels = {}


def draw(result: Result, labels: Labels = _NONE) -> go.Figure:
    """The figure for a result by its indicator's kind of chart; `labels` names waves and items for readers."""
    match result.indicator.chart:
        case "likert":
            return draw_likert(result, labels)
        case "change":
            return draw_change(result, labels)
        case "survival":
            return draw_survival(result, labels)
        case "triangle":
            return draw_triangle(result, labels)
    if len(result.telling) == 0 and result.table["period"].nunique() > MANY_PERIODS:
        return draw_line(result, labels)
    return draw_bars(result, labels)


def draw_line(result: Result, labels: Labels = _NONE) -> go.Figure:
    """One series over many periods, with its interval as a band; incomplete periods are hollow."""
    table = result.table
    unit = result.indicator.unit
    x = [make_inert(format_period(str(period), labels)) for period in table["period"]]
    y = table["value"].to_numpy(dtype=float)
    is_complete = table["is_complete"].to_numpy(dtype=bool)
    hover = write_hovers(result, table)
    figure = go.Figure()
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines+markers",
        line_width=2.5,
        text=hover,
        hovertemplate="%{text}<extra></extra>",
        marker={
            "size": [6 if complete else 10 for complete in is_complete],
            "symbol": ["circle" if complete else "circle-open" for complete in is_complete],
        },
    )
    for name in ("low", "high"):
        fill = "tonexty" if name == "high" else None
        figure.add_scatter(
            x=x, y=table[name], mode="lines", line_width=0, fill=fill, fillcolor=FAINT, hoverinfo="skip"
        )
    figure.update_traces(showlegend=False)
    ends = [x[place] for place in sorted({0, len(x) // 2, len(x) - 1})] if x else []
    figure.update_xaxes(type="category", tickvals=ends, tickangle=0, showgrid=False)
    figure.update_yaxes(**list_axis(unit), gridcolor=FAINT)
    _note_hidden(figure, table, x)
    return finish(figure, 320)


def draw_bars(result: Result, labels: Labels = _NONE) -> go.Figure:
    """One row an estimate: the value as a bar from zero, its interval as a whisker, both in words above it."""
    return _draw_rows(result, labels, is_bar=result.indicator.unit not in POINTS)


def draw_change(result: Result, labels: Labels = _NONE) -> go.Figure:
    """One row an estimate around a line at no change."""
    figure = _draw_rows(result, labels, is_bar=False)
    figure.add_vline(x=0, line_width=1.5, line_color=INK)
    return figure


def draw_likert(result: Result, labels: Labels = _NONE) -> go.Figure:
    """Stacked shares of the latest wave, one bar an item or construct, centred on the middle of the scale."""
    table = result.table[result.table["period"] == result.table["period"].iloc[-1]]
    groups = [name for name in result.telling if name != "answer"]
    rows = list(table.groupby(groups, sort=False, dropna=False)) if groups else [((), table)]
    figure = go.Figure()
    reach = 0.1
    for place, (names, row) in enumerate(rows):
        title = _join(names, labels)
        values = row["value"].to_numpy(dtype=float)
        if not (row["status"] == "ok").all():
            known = int((row["status"] == "ok").sum())
            words = "hidden" if (row["status"] == "suppressed").any() else "no data"
            _label_row(figure, place, f"{title}: {words} ({known} of {len(row)} shares can be shown)")
            continue
        _label_row(figure, place, title)
        middle = (len(values) - 1) / 2
        start = -sum(value * _side(step, middle) for step, value in enumerate(values))
        reach = max(reach, -start, start + float(values.sum()))
        for step, (value, text) in enumerate(zip(values, write_hovers(result, row), strict=True)):
            shade, ink = _likert_shade(step, len(values))
            figure.add_bar(
                x=[value],
                base=[start],
                y=[place],
                orientation="h",
                width=0.42,
                marker={"color": shade, "line_width": 0},
                text=[format_value(value, "share")] if value >= 0.09 else None,
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                textfont={"color": ink, "size": 12},
                hovertext=[text],
                hovertemplate="%{hovertext}<extra></extra>",
                name=_name_step(str(row["answer"].iloc[step]), step, len(values)),
                legendgroup=str(step),
                showlegend=place == 0,
            )
            start += value
    figure.update_layout(barmode="overlay", legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0})
    figure.add_vline(x=0, line_width=1, line_color=INK)
    figure.update_xaxes(visible=False, range=[-reach - 0.01, reach + 0.01])
    return finish(_stack(figure, len(rows)), 70 + ROW_HEIGHT * len(rows), top=58)


def draw_survival(result: Result, labels: Labels = _NONE) -> go.Figure:
    """Step curves with their bands from the day of joining; the numbers at risk stand under the axis.

    A curve at fixed days only has a dot at each, and a dotted line between: where the steps lie is not told.
    """
    is_stepped = result.passport.role not in GATED
    shape = "hv" if is_stepped else "linear"
    groups = [name for name in result.telling if name != "time_days"]
    shown = result.table[result.table["status"] == "ok"]
    curves = list(shown.groupby(groups, sort=False)) if groups else [((), shown)]
    figure = go.Figure()
    last = float(shown["time_days"].astype(float).max()) if len(shown) else 1.0
    ticks = _choose_ticks(last) if is_stepped else sorted(set(shown["time_days"].astype(float)))
    for place, (names, curve) in enumerate(curves):
        if curve.empty:
            continue
        days = np.r_[0.0, curve["time_days"].to_numpy(dtype=float)]
        value, low, high = (
            np.r_[1.0, curve[name].to_numpy(dtype=float)] for name in ("value", "low", "high")
        )
        title = _join(names, labels)
        figure.add_scatter(
            x=days,
            y=value,
            mode="lines" if is_stepped else "lines+markers",
            line={"shape": shape, "width": 2.5, "dash": "solid" if is_stepped else "dot"},
            marker={"size": 9},
            name=title or "Members",
            showlegend=bool(groups),
            text=["Day of joining: 100 %", *write_hovers(result, curve)],
            hovertemplate="%{text}<extra></extra>",
        )
        if not groups:
            for edge, fill in ((low, None), (high, "tonexty")):
                figure.add_scatter(
                    x=days,
                    y=edge,
                    line={"shape": shape, "width": 0},
                    mode="lines",
                    fill=fill,
                    fillcolor=FAINT,
                    hoverinfo="skip",
                    showlegend=False,
                )
        _write_at_risk(figure, curve, ticks, place, title, is_stepped)
    figure.update_xaxes(
        title_text="Days since joining",
        tickvals=ticks,
        range=[0, last if is_stepped else last * 1.04],
        showgrid=False,
    )
    lowest = float(np.nanmin(shown["low"].to_numpy(dtype=float))) if len(shown) else 0.0
    figure.update_yaxes(
        **{**list_axis("share"), "range": [max(0.0, min(0.5, np.floor(lowest * 10) / 10)), 1.005]},
        gridcolor=FAINT,
    )
    figure.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    return finish(figure, 354 + 36 * len(curves), top=40 if groups else 12, bottom=72 + 36 * len(curves))


def draw_triangle(result: Result, labels: Labels = _NONE) -> go.Figure:
    """Share still members by month of joining and months since, as a table of shaded cells."""
    table = result.table
    if "joined_period" not in table or table["joined_period"].isna().all():
        return finish(go.Figure(), 120)
    joined = sorted(table["joined_period"].dropna().unique(), reverse=True)
    since = sorted(table["periods_since"].dropna().astype(int).unique())
    cells = {(str(row["joined_period"]), int(str(row["periods_since"]))): row for row in list_rows(table)}
    value = [[_number(cells.get((month, k))) for k in since] for month in joined]
    text = [[_cell_text(cells.get((month, k))) for k in since] for month in joined]
    hover = [
        [make_inert(describe_row(result, cells[month, k])) if (month, k) in cells else "" for k in since]
        for month in joined
    ]
    figure = go.Figure(
        go.Heatmap(
            z=value,
            x=[str(k) for k in since],
            y=[make_inert(format_period(month)) for month in joined],
            text=text,
            texttemplate="%{text}",
            hovertext=hover,
            hovertemplate="%{hovertext}<extra></extra>",
            colorscale=[[0, "#b4541a"], [0.5, "#f1e3d8"], [1, "#74b3b8"]],
            zmin=0.5,
            zmax=1,
            showscale=False,
            xgap=2,
            ygap=2,
            textfont={"color": "#0d191d"},
        )
    )
    figure.update_xaxes(
        title_text="Months since joining, % in cells",
        type="category",
        side="top",
        showgrid=False,
    )
    figure.update_yaxes(type="category", showgrid=False)
    return finish(figure, 90 + 34 * len(joined), top=60)


def _draw_rows(result: Result, labels: Labels, *, is_bar: bool) -> go.Figure:
    unit = result.indicator.unit
    has_periods = result.table["period"].nunique() > 1
    is_grouped = has_periods and bool(result.telling)
    table = result.table
    if is_grouped:
        table = table.sort_values(list(result.telling), kind="stable")
    figure = go.Figure()
    places = _place_rows(result, table, is_grouped)
    heading = ""
    for place, row in zip(places, list_rows(table), strict=True):
        words = (
            format_value(read_float(row["value"]), unit)
            if row["status"] == "ok"
            else name_status(row["status"])
        )
        group = _group_title(result, row, labels)
        period = format_period(str(row["period"]), labels) if has_periods else ""
        if is_grouped and group != heading:
            heading = group
            _label_row(figure, place - HEADING, f"<b>{group}</b>")
        title = make_inert(shorten(period)) if is_grouped or not group else group
        _label_row(figure, place, f"{title}  <b>{words}</b>" if title else f"<b>{words}</b>")
    shown = table[table["status"] == "ok"]
    value = shown["value"].to_numpy(dtype=float)
    known = [place for place, status in zip(places, table["status"], strict=True) if status == "ok"]
    whiskers = {
        "type": "data",
        "array": np.nan_to_num(shown["high"].to_numpy(dtype=float) - value),
        "arrayminus": np.nan_to_num(value - shown["low"].to_numpy(dtype=float)),
        "thickness": 1.5,
        "width": 4,
    }
    hover = {
        "text": write_hovers(result, shown),
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
            error_x={**whiskers, "color": INK},
            marker={"opacity": opacity},
            textposition="none",
            **hover,
        )
    else:
        figure.add_scatter(x=value, y=known, mode="markers", error_x=whiskers, marker={"size": 11}, **hover)
    figure.update_xaxes(**list_axis(unit), gridcolor=FAINT, zeroline=False)
    count = max(places, default=0.0) + 1
    return finish(_stack(figure, count), round(56 + ROW_HEIGHT * count))


def _place_rows(result: Result, table: pd.DataFrame, is_grouped: bool) -> list[float]:
    """Where each row stands; a group of rows leaves room above it for its heading."""
    places: list[float] = []
    place, last = -1.0, None
    for row in list_rows(table):
        group = tuple(str(row[name]) for name in result.telling)
        place += 1 + (HEADING if is_grouped and group != last else 0)
        last = group
        places.append(place)
    return places


def _stack(figure: go.Figure, count: float) -> go.Figure:
    """Rows from the top down, their labels being above them instead of on an axis."""
    figure.update_yaxes(visible=False, range=[max(count, 1) - 0.55, -0.75], fixedrange=True)
    return figure


def _label_row(figure: go.Figure, place: float, text: str) -> None:
    figure.add_annotation(
        x=0, xref="paper", y=place, yshift=18, text=text, showarrow=False, xanchor="left", align="left"
    )


def _group_title(result: Result, row: Row, labels: Labels) -> str:
    parts = [labels.get(str(row[name]), str(row[name])) for name in result.telling if row[name] is not None]
    return " · ".join(make_inert(shorten(part)) for part in parts)


def _write_at_risk(
    figure: go.Figure, curve: pd.DataFrame, ticks: Sequence[float], place: int, title: str, is_stepped: bool
) -> None:
    """The numbers at risk at each tick, as a line of text under the axis; a dash where a fixed day is hidden."""
    days = curve["time_days"].to_numpy(dtype=float)
    at_risk = curve["n"].to_numpy(dtype=float)
    heading = f"At risk{f', {title}' if title else ''}:"
    nobody = "0" if is_stepped else NOT_SHOWN
    for tick in ticks:
        later = at_risk[days >= tick] if is_stepped else at_risk[days == tick]
        text = f"{later[0]:,.0f}" if len(later) else nobody
        figure.add_annotation(x=tick, y=0, yref="paper", yshift=-92 - 36 * place, text=text, showarrow=False)
    figure.add_annotation(
        x=0,
        xref="paper",
        y=0,
        yref="paper",
        yshift=-76 - 36 * place,
        text=heading,
        showarrow=False,
        xanchor="left",
    )


def _choose_ticks(last: float) -> list[float]:
    step = next((step for step in (30, 60, 90, 180, 365, 730) if last / step <= RISK_TICKS), 1825)
    return [float(tick) for tick in np.arange(0, last + 1, step)]


def _side(step: int, middle: float) -> float:
    return 1.0 if step < middle else 0.5 if step == middle else 0.0


def _name_step(answer: str, step: int, steps: int) -> str:
    """The words of a step of the scale; a bare number at either end says which end it is."""
    ends = {0: " least favourable", steps - 1: " most favourable"}
    return make_inert(answer + (ends.get(step, "") if answer.isdigit() else ""))


def _likert_shade(step: int, steps: int) -> tuple[str, str]:
    place = round(step * (len(LIKERT) - 1) / max(steps - 1, 1))
    return LIKERT[place], LIKERT_INK[place]


def _note_hidden(figure: go.Figure, table: pd.DataFrame, x: Sequence[str]) -> None:
    for place, status in zip(x, table["status"], strict=True):
        if status == "suppressed":
            figure.add_annotation(
                x=place, y=0, yref="paper", text="hidden", showarrow=False, yshift=8, font_size=10
            )


def _number(row: Row | None) -> float | None:
    return None if row is None or row["status"] != "ok" else read_float(row["value"])


def _cell_text(row: Row | None) -> str:
    if row is None:
        return ""
    value = _number(row)
    return name_status(row["status"]) if value is None else format_value(value, "share").removesuffix(" %")


def _join(names: object, labels: Labels) -> str:
    listed = names if isinstance(names, tuple) else (names,)
    return " · ".join(make_inert(shorten(labels.get(str(name), str(name)))) for name in listed)
