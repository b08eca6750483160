"""Looks of a survival curve: a Result in, a figure out. Pure: no Streamlit, no queries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from indicators.gate.disclosure import is_closed
from indicators.result import Result
from ui.charts.parts import FAINT, Labels, find_floor, finish, join_names, name_statuses, write_hovers
from ui.charts.text import fit
from ui.words.language import gettext
from ui.words.numbers import format_value
from ui.words.readings import read_result
from ui.words.tables import NOT_SHOWN

RISK_TICKS = 5
LEGEND = 250


def draw_survival(result: Result, labels: Labels) -> go.Figure:
    """Step curves with their bands from the day of joining; the numbers at risk stand under the axis.

    A group of which nothing is shown is named there as hidden or without data. A curve at fixed days only has a
    dot at each, and a dotted line between: where the steps lie is not told.
    """
    is_stepped = not is_closed(result.passport.role, result.indicator)
    shape = "hv" if is_stepped else "linear"
    groups = [name for name in result.telling if name != "time_days"]
    shown = result.table[result.table["status"] == "ok"]
    parted = result.table.groupby(groups, sort=False, dropna=False) if groups else [((), result.table)]
    curves = [(join_names(names, labels), rows, rows[rows["status"] == "ok"]) for names, rows in parted]
    curves.sort(key=lambda part: part[2].empty)
    figure = go.Figure()
    if shown.empty:
        for place, (title, rows, _) in enumerate(curves):
            _write_missing(figure, -36 * place, title, rows)
        figure.update_xaxes(visible=False).update_yaxes(visible=False)
        return finish(figure, 60 + 36 * len(curves), bottom=20 + 36 * len(curves))
    last = float(shown["time_days"].astype(float).max())
    ticks = _choose_ticks(last) if is_stepped else sorted(set(shown["time_days"].astype(float)))
    for place, (title, rows, curve) in enumerate(curves):
        if curve.empty:
            _write_missing(figure, -76 - 36 * place, title, rows)
            continue
        days = np.r_[0.0, curve["time_days"].to_numpy(dtype=float)]
        value, low, high = (
            np.r_[1.0, curve[name].to_numpy(dtype=float)] for name in ("value", "low", "high")
        )
        figure.add_scatter(
            x=days,
            y=value,
            mode="lines" if is_stepped else "lines+markers",
            line={"shape": shape, "width": 2.5, "dash": "solid" if is_stepped else "dot"},
            marker={"size": 9},
            name=fit(title or gettext("Members"), LEGEND),
            showlegend=bool(groups),
            text=[gettext("Day of joining: 100 %"), *write_hovers(result, curve, labels)],
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
        title_text=gettext("Days since joining"),
        tickvals=ticks,
        range=[0, last if is_stepped else last * 1.04],
        showgrid=False,
    )
    floor = find_floor(shown["low"])
    ticks_of_share = [floor + (1 - floor) * part / 4 for part in range(5)]
    figure.update_yaxes(
        range=[floor, 1.005],
        tickvals=ticks_of_share,
        ticktext=[format_value(one, "share") for one in ticks_of_share],
        gridcolor=FAINT,
    )
    figure.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    return finish(figure, 324 + 36 * len(curves), top=40 if groups else 12, bottom=72 + 36 * len(curves))


def read_curve(results: Sequence[Result], labels: Labels) -> str:
    """What the curve says, and where its axis begins."""
    (result,) = results
    shown = result.table[result.table["status"] == "ok"]
    floor = find_floor(shown["low"]) if len(shown) else 0.0
    said = gettext(" The axis begins at {value}.").format(value=format_value(floor, "share")) if floor else ""
    return read_result(result, labels) + said


def _write_at_risk(
    figure: go.Figure, curve: pd.DataFrame, ticks: Sequence[float], place: int, title: str, is_stepped: bool
) -> None:
    """The numbers at risk at each tick, as a line of text under the axis; a dash where a fixed day is hidden."""
    days = curve["time_days"].to_numpy(dtype=float)
    at_risk = curve["n"].to_numpy(dtype=float)
    heading = gettext("At risk{whom}:").format(whom=f", {title}" if title else "")
    nobody = "0" if is_stepped else NOT_SHOWN
    for tick in ticks:
        later = at_risk[days >= tick] if is_stepped else at_risk[days == tick]
        text = f"{later[0]:,.0f}" if len(later) else nobody
        figure.add_annotation(
            x=tick,
            xanchor="left" if tick == 0 else "center",
            y=0,
            yref="paper",
            yshift=-92 - 36 * place,
            text=text,
            showarrow=False,
        )
    _write_line(figure, -76 - 36 * place, heading)


def _write_line(figure: go.Figure, shift: int, text: str) -> None:
    figure.add_annotation(
        x=0, xref="paper", y=0, yref="paper", yshift=shift, text=fit(text), showarrow=False, xanchor="left"
    )


def _write_missing(figure: go.Figure, shift: int, title: str, rows: pd.DataFrame) -> None:
    members = gettext("Members")
    _write_line(figure, shift, f"{name_statuses(rows['status']).capitalize()}: {title or members}")


def _choose_ticks(last: float) -> list[float]:
    step = next((step for step in (30, 60, 90, 180, 365, 730) if last / step <= RISK_TICKS), 1825)
    return [float(tick) for tick in np.arange(0, last + 1, step)]
