"""Looks of a chart, one builder a kind: a Result in, a figure out. Pure: no Streamlit, no queries.

A hidden or missing figure is a word in its place, never a 0. Intervals are always drawn; an incomplete period is hollow.
Labels stand above their marks, so that a figure reads at phone width.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import plotly.graph_objects as go

from indicators.result import Result
from indicators.statistics.spc import list_lines, make_chart
from ui.charts.control import draw_spc
from ui.charts.parts import (
    FAINT,
    INK,
    Labels,
    Row,
    describe_row,
    finish,
    join_names,
    list_axis,
    list_rows,
    make_inert,
    name_status,
    name_statuses,
    note_missing,
    read_float,
    write_hovers,
)
from ui.charts.survival import draw_survival
from ui.charts.text import EXTRA_LINE, label_row, wrap, write_legend, write_rows
from ui.words.changes import COULD_BE_CHANCE, judge_changes
from ui.words.numbers import format_period, format_value
from ui.words.tables import NOT_SHOWN

LIKERT = ("#b4541a", "#df9f76", "#c3caca", "#74b3b8", "#0b5c66")
LIKERT_INK = ("#ffffff", "#0d191d", "#0d191d", "#0d191d", "#ffffff")
TRIANGLE = ("#b4541a", "#f1e3d8", "#74b3b8")
ROW_HEIGHT = 46
HEADING = 0.6
MANY_PERIODS = 6
POINTS = ("score", "difference", "index", "net", "coefficient", "p")
_NONE: Labels = {}


def draw(result: Result, labels: Labels = _NONE) -> go.Figure:
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


def draw_line(result: Result, labels: Labels = _NONE) -> go.Figure:
    """One series over many periods, with its interval as a band; incomplete periods are hollow."""
    table = result.table
    unit = result.indicator.unit
    x = [make_inert(format_period(str(period), labels)) for period in table["period"]]
    y = table["value"].to_numpy(dtype=float)
    is_complete = table["is_complete"].to_numpy(dtype=bool)
    hover = write_hovers(result, table, labels)
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
    figure.update_yaxes(**list_axis(unit, table[["value", "low", "high"]]), gridcolor=FAINT)
    if unit == "net":
        figure.update_yaxes(title_text="points")
    hidden = table["status"] == "suppressed"
    note_missing(figure, [(name_status("suppressed") if one else "", "") for one in hidden])
    return finish(figure, 320)


def draw_bars(result: Result, labels: Labels = _NONE) -> go.Figure:
    """One row an estimate: the value as a bar from zero, its interval as a whisker, both in words above it."""
    return _draw_rows(result, labels, is_bar=result.indicator.unit not in POINTS)


def draw_change(result: Result, labels: Labels = _NONE) -> go.Figure:
    """One row an estimate around a line at no change; hollow where, judged with the others, it could be chance.

    Where an interval clear of no change does not stand, a word says so.
    """
    figure = _draw_rows(result, labels, is_bar=False)
    figure.add_vline(x=0, line_width=1.5, line_color=INK)
    return figure


def draw_likert(result: Result, labels: Labels = _NONE) -> go.Figure:
    """Stacked shares of the latest wave, one bar an item or construct, centred on the middle of the scale.

    The legend is of the scale that most have; one with answers of other words names its own ends.
    """
    table = result.table[result.table["period"] == result.table["period"].iloc[-1]]
    groups = [name for name in result.telling if name != "answer"]
    rows = list(table.groupby(groups, sort=False, dropna=False)) if groups else [((), table)]
    figure = go.Figure()
    titles: list[tuple[float, list[str]]] = []
    steps: dict[str, str] = {}
    reach, place = 0.1, -1.0
    scales = [tuple(row["answer"].astype(str)) for _, row in rows]
    usual = Counter(scales).most_common(1)[0][0]
    for scale, (names, row) in zip(scales, rows, strict=True):
        title = join_names(names, labels)
        if scale != usual:
            title += make_inert(f" (from “{scale[0]}” to “{scale[-1]}”)")
        values = row["value"].to_numpy(dtype=float)
        if not (row["status"] == "ok").all():
            known = int((row["status"] == "ok").sum())
            hidden = f"{name_statuses(row['status'])} ({known} of {len(row)} shares can be shown)"
            title = f"{title}: {hidden}"
        lines = wrap(title)
        place += _count_rows(lines)
        titles.append((place, lines))
        if not (row["status"] == "ok").all():
            continue
        if scale == usual:
            steps = {
                _name_step(answer, step, len(scale)): _likert_shade(step, len(scale))[0]
                for step, answer in enumerate(scale)
            }
        middle = (len(values) - 1) / 2
        start = -sum(value * _side(step, middle) for step, value in enumerate(values))
        reach = max(reach, -start, start + float(values.sum()))
        for step, (value, text) in enumerate(zip(values, write_hovers(result, row, labels), strict=True)):
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
                showlegend=False,
            )
            start += value
    write_rows(figure, titles)
    top = write_legend(figure, list(steps), list(steps.values())) if steps else 12
    figure.update_layout(barmode="overlay")
    figure.add_vline(x=0, line_width=1, line_color=INK)
    figure.update_xaxes(visible=False, range=[-reach - 0.01, reach + 0.01])
    return finish(_stack(figure, place + 1), round(12 + top + ROW_HEIGHT * (place + 1)), top=top, bottom=8)


def draw_triangle(result: Result, labels: Labels = _NONE) -> go.Figure:
    """Share still members by month of joining and months since, as a table of shaded cells."""
    table = result.table
    if "joined_period" not in table or table["joined_period"].isna().all():
        return finish(go.Figure(), 120)
    joined = sorted(table["joined_period"].dropna().unique(), reverse=True)
    since = sorted(table["periods_since"].dropna().astype(int).unique())
    cells = {(str(row["joined_period"]), int(str(row["periods_since"]))): row for row in list_rows(table)}
    rows = [[cells.get((month, k)) for k in since] for month in joined]
    value = [[_number(row) for row in line] for line in rows]
    figure = go.Figure()
    for heights, shades in (
        ([[0 if row and _number(row) is None else None for row in line] for line in rows], [FAINT, FAINT]),
        (value, TRIANGLE),
    ):
        figure.add_heatmap(
            z=heights,
            x=[str(k) for k in since],
            y=[make_inert(format_period(month)) for month in joined],
            text=[[_cell_text(row) for row in line] for line in rows],
            texttemplate="%{text}",
            hovertext=[
                [make_inert(describe_row(result, row, labels)) if row else "" for row in line]
                for line in rows
            ],
            hovertemplate="%{hovertext}<extra></extra>",
            colorscale=shades,
            zmin=0.5,
            zmax=1,
            showscale=False,
            xgap=2,
            ygap=2,
        )
    figure.update_xaxes(
        title_text=f"Months since joining, % in cells ({NOT_SHOWN}: hidden)"
        if any(row and row["status"] == "suppressed" for line in rows for row in line)
        else "Months since joining, % in cells",
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
        table = result.gather(table)
    figure = go.Figure()
    verdicts = dict(zip(result.table.index, judge_changes(result), strict=True))
    places: list[float] = []
    titles: list[tuple[float, list[str]]] = []
    place, heading = -1.0, ""
    for index, row in zip(table.index, list_rows(table), strict=True):
        words = (
            format_value(read_float(row["value"]), unit)
            if row["status"] == "ok"
            else name_status(row["status"])
        )
        group = _group_title(result, row, labels)
        period = make_inert(format_period(str(row["period"]), labels)) if has_periods else ""
        is_told = verdicts[index] and not float(str(row["low"])) <= 0 <= float(str(row["high"]))
        lines = label_row(
            period if is_grouped or not group else group, words, verdicts[index] if is_told else ""
        )
        place += _count_rows(lines)
        if is_grouped and group != heading:
            heading = group
            above = [f"<b>{line}</b>" for line in wrap(group)]
            place += HEADING + _count_rows(above) - 1
            titles.append((place - HEADING - _count_rows(lines) + 1, above))
        places.append(place)
        titles.append((place, lines))
    write_rows(figure, titles)
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
            error_x={**whiskers, "color": INK},
            marker={"opacity": opacity},
            textposition="none",
            **hover,
        )
    else:
        symbols = ["circle-open" if verdicts[index] == COULD_BE_CHANCE else "circle" for index in shown.index]
        marker = {"size": 11, "symbol": symbols, "line_width": 2}
        figure.add_scatter(x=value, y=known, mode="markers", error_x=whiskers, marker=marker, **hover)
    axis = list_axis(unit, shown[["value", "low", "high"]])
    figure.update_xaxes(**axis, gridcolor=FAINT, zeroline=False, tickangle=0)
    bottom = 40
    if unit == "net":
        figure.update_xaxes(title={"text": "points", "standoff": 4})
        bottom += EXTRA_LINE
    count = max(places, default=0.0) + 1
    return finish(_stack(figure, count), round(16 + bottom + ROW_HEIGHT * count), bottom=bottom)


def _stack(figure: go.Figure, count: float) -> go.Figure:
    """Rows from the top down, their labels being above them instead of on an axis."""
    figure.update_yaxes(visible=False, range=[max(count, 1) - 0.55, -0.75], fixedrange=True)
    return figure


def _count_rows(lines: list[str]) -> float:
    """The height of a row with its lines of text, in rows of one line."""
    return 1 + (len(lines) - 1) * EXTRA_LINE / ROW_HEIGHT


def _group_title(result: Result, row: Row, labels: Labels) -> str:
    return join_names(tuple(row[name] for name in result.telling if row[name] is not None), labels)


def _side(step: int, middle: float) -> float:
    return 1.0 if step < middle else 0.5 if step == middle else 0.0


def _name_step(answer: str, step: int, steps: int) -> str:
    """The words of a step of the scale; a bare number at either end says which end it is."""
    ends = {0: " least favourable", steps - 1: " most favourable"}
    return make_inert(answer + (ends.get(step, "") if answer.isdigit() else ""))


def _likert_shade(step: int, steps: int) -> tuple[str, str]:
    place = round(step * (len(LIKERT) - 1) / max(steps - 1, 1))
    return LIKERT[place], LIKERT_INK[place]


def _number(row: Row | None) -> float | None:
    return None if row is None or row["status"] != "ok" else read_float(row["value"])


def _cell_text(row: Row | None) -> str:
    if row is None:
        return ""
    value = _number(row)
    return NOT_SHOWN if value is None else format_value(value, "share").removesuffix(" %")
