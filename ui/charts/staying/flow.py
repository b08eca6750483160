"""Who left and who joined, month by month, each on its own scale. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.parts import INK, Labels, finish, make_inert, mark_time, write_hovers
from ui.words.language import gettext
from ui.words.numbers import format_count, format_period

CAME, LEFT = "#2b808a", "#c8641b"
MOST_MONTHS, MOST_WORDED = 36, 18
HEIGHT = 264
DIM = 0.45


def draw_flow(results: Sequence[Result], labels: Labels) -> go.Figure:
    """`results` are leavers and joiners by month: bars with their number, leavers above joiners; a month that is not over is pale."""
    figure = go.Figure()
    for axis, words, shade, result, domain in zip(
        ("", "2"),
        (gettext("Left"), gettext("Joined")),
        (LEFT, CAME),
        results,
        ((0.56, 0.92), (0.0, 0.38)),
        strict=True,
    ):
        rows = result.table[result.table["status"] != "no_data"].tail(MOST_MONTHS)
        value = rows["value"].fillna(0.0).to_numpy(dtype=float)
        months = [make_inert(format_period(str(period), labels)) for period in rows["period"]]
        is_worded = len(months) <= MOST_WORDED
        figure.add_bar(
            x=months,
            y=value,
            width=0.6,
            marker={
                "color": shade,
                "line_width": 0,
                "opacity": [1 if is_over else DIM for is_over in rows["is_complete"]],
            },
            text=[f"{one:,.0f}" if is_worded else "" for one in value],
            textposition="outside",
            textangle=0,
            cliponaxis=False,
            textfont={"color": INK, "size": 12},
            hovertext=write_hovers(result, rows, labels),
            hovertemplate="%{hovertext}<extra></extra>",
            showlegend=False,
            xaxis=f"x{axis}",
            yaxis=f"y{axis}",
        )
        figure.add_annotation(
            x=0,
            xref="paper",
            xanchor="left",
            y=domain[1],
            yref="paper",
            yanchor="bottom",
            yshift=6,
            text=f'<span style="color:{shade}"><b>{words}</b></span>',
            showarrow=False,
        )
        figure.layout[f"xaxis{axis}"] = {
            "type": "category",
            "anchor": f"y{axis}",
            **mark_time(rows["period"].astype(str).to_list(), labels),
            "tickangle": 0,
            "showgrid": False,
            "showticklabels": axis == "2",
        }
        most = max([1.0, *value])
        figure.layout[f"yaxis{axis}"] = {
            "domain": domain,
            "anchor": f"x{axis}",
            "range": [0, most * 1.2],
            "tickvals": [0, most],
            "ticktext": ["0", f"{most:,.0f}"],
            "showgrid": False,
            "zeroline": True,
            "zerolinecolor": INK,
        }
    return finish(figure, HEIGHT, top=12, bottom=28)


def read_flow(results: Sequence[Result], labels: Labels) -> str:
    """How many left and joined in the last three months that are over, and the month with most leavers."""
    leavers, joiners = (
        result.table[(result.table["status"] == "ok") & result.table["is_complete"]] for result in results
    )
    if leavers.empty:
        return gettext("No month of membership is over yet.")
    last = leavers.tail(3)
    since, until = (format_period(str(last["period"].iloc[place]), labels) for place in (0, -1))
    came = int(joiners[joiners["period"].isin(last["period"])]["value"].sum())
    span = (
        gettext("In {until}").format(until=until)
        if since == until
        else gettext("From {since} to {until}").format(since=since, until=until)
    )
    told = gettext("{span} {members} left and {came:,} joined.").format(
        span=span, members=format_count(float(last["value"].sum())), came=came
    )
    most = leavers.iloc[int(leavers["value"].to_numpy(dtype=float).argmax())]
    if float(most["value"]) == 0:
        return told
    return gettext("{told} Most left in {period}, {value:,}.").format(
        told=told, period=format_period(str(most["period"]), labels), value=int(most["value"])
    )
