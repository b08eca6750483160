"""One series over many periods, with its interval as a band. Pure: no Streamlit, no queries."""

from __future__ import annotations

import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.parts import (
    FAINT,
    NO_LABELS,
    Labels,
    finish,
    list_axis,
    make_inert,
    mark_time,
    note_missing,
    write_hovers,
)
from ui.words.language import gettext
from ui.words.numbers import format_period, name_status


def draw_line(result: Result, labels: Labels = NO_LABELS) -> go.Figure:
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
    ticks = mark_time(table["period"].astype(str).to_list(), labels)
    figure.update_xaxes(type="category", **ticks, tickangle=0, showgrid=False)
    figure.update_yaxes(**list_axis(unit, table[["value", "low", "high"]]), gridcolor=FAINT)
    if unit == "net":
        figure.update_yaxes(title_text=gettext("points"))
    hidden = table["status"] == "suppressed"
    note_missing(figure, [(name_status("suppressed") if one else "", "") for one in hidden])
    return finish(figure, 320)
