"""Charts of the funder's page: dots with their intervals and bars of counts, drawn from gated rows only."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.parts import BLUE, GREY, INK, ORANGE, list_rows
from ui.words.language import gettext
from ui.words.numbers import describe_range, format_basis, format_period, format_value, name_status

LABEL_WIDTH = 22
ROOM_FOR_WORDS = 1.2
WAYS, LATEST = {"rose": BLUE, "fell": ORANGE}, "#2b808a"
PALE = "rgba(128, 140, 145, 0.6)"


def choose_rows(result: Result) -> pd.DataFrame:
    """The rows to draw: all of one series; of groups, constructs or relations those of the latest period in which any
    can be shown.
    """
    table: pd.DataFrame = result.table
    if not result.selection.by and is_one_series(result):
        return table
    shown = table[table["status"] == "ok"]
    latest = (table if shown.empty else shown)["period"].iloc[-1]
    rows: pd.DataFrame = table.loc[table["period"] == latest]
    return rows


def find_earlier(result: Result) -> pd.DataFrame:
    """Of several constructs, those shown in the period before the latest one; no rows of anything else."""
    shown = result.table[result.table["status"] == "ok"]
    periods = list(dict.fromkeys(shown["period"]))
    has_earlier = len(periods) > 1 and not is_one_series(result) and not result.selection.by
    earlier: pd.DataFrame = shown[shown["period"] == periods[-2]] if has_earlier else shown.iloc[:0]
    return earlier


def is_one_series(result: Result) -> bool:
    return all(result.table[name].nunique() < 2 for name in result.dimensions if name != "time_days")


def draw_figure(
    result: Result,
    rows: pd.DataFrame,
    waves: Mapping[str, str],
    earlier: pd.DataFrame | None = None,
    target: float | None = None,
) -> go.Figure:
    """Bars of counts, else dots with their intervals; one row each, and hidden rows say so.

    `earlier` are rows of the period before, drawn as pale dots on the same lines; `target` is a dashed line. Of several things those
    that moved since have a colour, of a series its latest figure; the others are grey.
    """
    unit = result.indicator.unit
    scale = 100 if unit == "share" else 1
    has_periods = rows["period"].nunique() > 1
    records = rows.to_dict(orient="records")
    names = [_label_row(result, row, waves, has_periods) for row in records]
    is_shown = [row["status"] == "ok" for row in records]
    values = [row["value"] * scale if ok else None for row, ok in zip(records, is_shown, strict=True)]
    texts = [
        format_value(row["value"], unit) if ok else "" for row, ok in zip(records, is_shown, strict=True)
    ]
    hovers = [_escape(describe_row(row, result)) for row in records]
    spread = {
        "type": "data",
        "symmetric": False,
        "array": [_gap(row["high"], row["value"], scale) for row in records],
        "arrayminus": [_gap(row["value"], row["low"], scale) for row in records],
        "thickness": 1.5,
        "width": 4,
    }
    common: dict[str, Any] = {
        "x": values,
        "y": names,
        "customdata": hovers,
        "hovertemplate": "%{customdata}<extra></extra>",
        "showlegend": False,
    }
    if rows["low"].notna().any():
        common["error_x"] = spread
    if unit == "people":
        trace = go.Bar(
            orientation="h",
            text=texts,
            textposition="outside",
            **common,
        )
    else:
        marker = {"size": 11} | _colour_marks(result, rows, earlier)
        if "color" in marker and "error_x" in common:
            spread["color"] = INK
        trace = go.Scatter(
            mode="markers+text", marker=marker, text=texts, textposition="top center", **common
        )
    figure = go.Figure(trace)
    if earlier is not None and not earlier.empty:
        before = earlier.to_dict(orient="records")
        pale = go.Scatter(
            x=[row["value"] * scale for row in before],
            y=[_label_row(result, row, waves, has_periods) for row in before],
            customdata=[_escape(describe_row(row, result)) for row in before],
            hovertemplate="%{customdata}<extra></extra>",
            mode="markers",
            marker={"size": 9, "color": PALE, "line": {"width": 0}},
            zorder=-1,
            showlegend=False,
        )
        figure.add_trace(pale)
    for name, ok in zip(names, is_shown, strict=True):
        if not ok:
            figure.add_annotation(
                x=0,
                y=name,
                text="hidden",
                showarrow=False,
                xanchor="left",
                xshift=4,
                font={"style": "italic"},
            )
    figure.update_xaxes(rangemode="tozero", nticks=6, fixedrange=True)
    if unit == "people":
        most = max((value for value in values if value is not None), default=1.0)
        figure.update_xaxes(range=[0, most * ROOM_FOR_WORDS])
    if unit == "share":
        figure.update_xaxes(range=[0, 104], tickvals=[0, 50, 100], ticktext=["0 %", "50 %", "100 %"])
    if unit == "difference":
        figure.add_vline(x=0, line_width=1, line_dash="dot")
    if target is not None:
        words = gettext("target {value}").format(value=format_value(target, unit))
        figure.add_vline(
            x=target * scale, line_width=1, line_dash="dash", annotation_text=words, annotation_position="top"
        )
    figure.update_yaxes(
        range=[len(names) - 0.5, -0.75],
        type="category",
        categoryarray=names,
        automargin=True,
        fixedrange=True,
    )
    lines = sum(name.count("<br>") + 1 for name in names)
    top = 10 if target is None else 28
    figure.update_layout(
        height=80 + top + max(40 * len(names), 22 * lines), margin={"l": 0, "r": 10, "t": top, "b": 40}
    )
    return figure


def find_way(first: Mapping[str, Any], latest: Mapping[str, Any]) -> str:
    """Whether a figure rose or fell, where the two intervals lie apart; '' where they do not, or there are none."""
    if pd.isna(first["low"]) or pd.isna(latest["low"]):
        return ""
    return (
        gettext("rose")
        if latest["low"] > first["high"]
        else gettext("fell")
        if latest["high"] < first["low"]
        else ""
    )


def _colour_marks(result: Result, rows: pd.DataFrame, earlier: pd.DataFrame | None) -> dict[str, list[str]]:
    """The colour of each dot; nothing where none is told apart, as of groups."""
    if earlier is not None and not earlier.empty:
        before = {name_row(result, row): row for row in list_rows(earlier)}
        ways = [
            find_way(before[name], row)
            if (name := name_row(result, row)) in before and row["status"] == "ok"
            else ""
            for row in list_rows(rows)
        ]
        return {"color": [WAYS.get(way, GREY) for way in ways]}
    if rows["period"].nunique() > 1 and is_one_series(result):
        shown = rows[rows["status"] == "ok"]
        latest = shown["period"].iloc[-1] if len(shown) else None
        return {"color": [LATEST if period == latest else GREY for period in rows["period"]]}
    return {}


def name_row(result: Result, row: Mapping[Any, Any]) -> str:
    """The groups of a row, leaving out a dimension that has one value only."""
    parts = []
    for name in result.dimensions:
        if pd.isna(row[name]) or (result.table[name].nunique() < 2 and name != "time_days"):
            continue
        parts.append(
            gettext("after {days} days").format(days=row[name])
            if name == "time_days"
            else gettext(str(row[name]))
        )
    return ", ".join(parts)


def _label_row(result: Result, row: Mapping[Any, Any], waves: Mapping[str, str], has_periods: bool) -> str:
    name = name_row(result, row)
    period = format_period(str(row["period"]), waves)
    words = [part for part in (name, period if has_periods or not name else "") if part]
    label = ", ".join(words)
    return "<br>".join(_escape(line) for line in textwrap.wrap(label[:1].upper() + label[1:], LABEL_WIDTH))


def describe_row(row: Mapping[Any, Any], result: Result) -> str:
    unit = result.indicator.unit
    if row["status"] != "ok":
        return name_status(row["status"])
    parts = [format_value(row["value"], unit)]
    if span := describe_range(row, result.indicator):
        parts.append(span.removesuffix("."))
    if unit != "people":
        parts.append(format_basis(row, unit))
    return ", ".join(parts)


def _gap(upper: float, lower: float, scale: float) -> float | None:
    return None if pd.isna(upper) or pd.isna(lower) else max((upper - lower) * scale, 0.0)


def _escape(text: str) -> str:
    """Text from the data, inert where Plotly reads a little HTML."""
    return html.escape(text, quote=False)
