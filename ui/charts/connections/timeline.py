"""Ties per member at each wave, with what they would be had everybody answered, and the events between. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.parts import (
    FAINT,
    INK,
    Labels,
    Row,
    finish,
    list_rows,
    make_inert,
    make_whiskers,
    read_float,
    write_hovers,
)
from ui.charts.text import measure, wrap, write_legend
from ui.words.language import gettext
from ui.words.numbers import (
    MONTHS,
    describe_estimate,
    format_count,
    format_period,
    format_range,
    format_value,
)
from ui.words.readings import say_hidden

NAMED, ALL_ANSWERED = "#2b808a", "rgba(128, 134, 138, 0.45)"
PLOT, HEIGHT, TOP_LANES, LANE = 290, 300, 3, 16
EVENT = "#c8641b"


def draw_timeline(results: Sequence[Result], labels: Labels) -> go.Figure:
    """`results` are ties per member, the same had everybody answered, and attendance by event, each with the column `day`."""
    ties, whole, events = (_place(result) for result in results)
    figure = go.Figure()
    if ties.empty:
        return finish(figure, 80)
    days = ties["at"].to_list()
    span = max(days) - min(days) or 60
    figure.add_bar(
        x=whole["at"],
        y=whole["high"] - whole["low"],
        base=whole["low"],
        width=[span * 0.03] * len(whole),
        marker={"color": ALL_ANSWERED, "line_width": 0},
        hovertext=write_hovers(results[1], whole, labels),
        hovertemplate="%{hovertext}<extra></extra>",
    )
    value, low, high = (ties[name].to_numpy(dtype=float) for name in ("value", "low", "high"))
    figure.add_scatter(
        x=ties["at"],
        y=value,
        mode="lines+markers",
        line={"width": 2, "color": NAMED, "dash": "dot"},
        marker={"size": 11, "color": NAMED},
        error_y=make_whiskers(value, low, high),
        text=write_hovers(results[0], ties, labels),
        hovertemplate="%{text}<extra></extra>",
    )
    highest = float(np.nanmax([*ties["high"].fillna(ties["value"]), *whole["high"], 1.0]))
    between = events[(events["at"] > min(days)) & (events["at"] < max(days))]
    figure.add_scatter(
        x=between["at"],
        y=[highest * 0.03] * len(between),
        mode="markers",
        marker={"size": 9, "symbol": "triangle-up", "color": EVENT},
        text=[make_inert(labels.get(str(event), str(event))) for event in between["event"]],
        hovertemplate="%{text}<extra></extra>",
    )
    figure.update_traces(showlegend=False)
    _name_events(figure, between, labels, (min(days) - span * 0.12, max(days) + span * 0.12))
    # The path leaves the first point and reaches the last one on the other side of its figure.
    way = 1 if value[-1] >= value[0] else -1
    for row in list_rows(ties.iloc[sorted({0, len(ties) - 1})]):
        side = 1 if row["at"] == min(days) else -1
        figure.add_annotation(
            x=row["at"],
            y=row["value"],
            xshift=8 * side,
            yshift=-15 * side * way,
            xanchor="left" if side == 1 else "right",
            text=f"<b>{format_value(float(str(row['value'])), 'ties')}</b>",
            showarrow=False,
        )
    top = write_legend(
        figure,
        [gettext("partners, per member"), gettext("had everybody answered"), gettext("event")],
        [NAMED, INK, EVENT],
        ["\u25cf", "\u25fc", "\u25b2"],
    )
    figure.layout.annotations[-1].update(yshift=LANE * TOP_LANES if len(between) else 0)
    _name_waves(figure, ties, labels)
    figure.update_xaxes(
        range=[min(days) - span * 0.12, max(days) + span * 0.12], showticklabels=False, showgrid=False
    )
    figure.update_yaxes(range=[0, highest * 1.08], gridcolor=FAINT, nticks=6)
    lanes = LANE * TOP_LANES if len(between) else 0
    return finish(figure, HEIGHT + lanes, top=top + lanes, bottom=62)


def read_timeline(results: Sequence[Result], labels: Labels) -> str:
    """Ties per member in the first wave and the last, as named and had everybody answered; the events between."""
    ties, whole, events = (_place(result) for result in results)
    if ties.empty:
        return say_hidden(results[0]) or gettext("There is no wave of ties with a figure.")
    rows = list_rows(ties)
    first, last = rows[0], rows[-1]
    now = gettext("In {period} members had {estimate} ties each").format(
        period=format_period(str(last["period"]), labels),
        estimate=describe_estimate(last, results[0].indicator),
    )
    if len(rows) == 1:
        told = f"{now}."
    else:
        before = gettext("in {period} {value}").format(
            period=format_period(str(first["period"]), labels),
            value=format_value(read_float(first["value"]), "ties"),
        )
        told = f"{now}, {before}{_judge(first, last)}."
    reach = whole.dropna(subset=["low", "high"])
    if len(reach):
        low, high = (float(reach[name].iloc[-1]) for name in ("low", "high"))
        told += gettext(" Had everybody answered it would be {range}.").format(
            range=format_range(low, high, "ties")
        )
    between = events[(events["at"] > ties["at"].min()) & (events["at"] < ties["at"].max())]
    if len(rows) > 1:
        told += gettext(" {events} lay between.").format(events=format_count(len(between), "event"))
    return told


def _judge(first: Row, last: Row) -> str:
    ends = [read_float(row[name]) for row in (first, last) for name in ("low", "high")]
    if None in ends:
        return ""
    low, high, least, most = (float(str(end)) for end in ends)
    return (
        gettext("; the intervals do not overlap")
        if least > high or most < low
        else gettext("; the intervals overlap")
    )


def _place(result: Result) -> pd.DataFrame:
    """The rows that can be shown and have a day, of the first relation, with the day as a number."""
    table = result.table[(result.table["status"] == "ok") & result.table["day"].ne("")]
    if "relation" in table and len(table):
        table = table[table["relation"] == table["relation"].iloc[0]]
    return table.assign(at=[date.fromisoformat(day).toordinal() for day in table["day"]]).sort_values(
        "at", kind="stable"
    )


def _tell_day(at: int) -> str:
    day = date.fromordinal(at)
    return f"{day.day} {gettext(MONTHS[day.month - 1])[:3]} {day.year}"


def _name_waves(figure: go.Figure, ties: pd.DataFrame, labels: Labels) -> None:
    """The first wave and the last under the axis, by name and opening day, at either end."""
    rows = list_rows(ties)
    for row, side in {len(rows) - 1: "right", 0: "left"}.items():
        figure.add_annotation(
            x=0 if side == "left" else 1,
            xref="paper",
            xanchor=side,
            align=side,
            y=0,
            yref="paper",
            yanchor="top",
            yshift=-6,
            text="<br>".join(
                [
                    *wrap(make_inert(format_period(str(rows[row]["period"]), labels)), PLOT / 2),
                    _tell_day(int(str(rows[row]["at"]))),
                ]
            ),
            showarrow=False,
        )


def _name_events(figure: go.Figure, events: pd.DataFrame, labels: Labels, frame: tuple[float, float]) -> None:
    """The titles that one event alone has above the chart, of most people first, while there is room for them at phone width."""
    taken: list[list[tuple[float, float]]] = [[] for _ in range(TOP_LANES)]
    names = {
        event: labels.get(event, event).rpartition(", ")[0] or event for event in events["event"].astype(str)
    }
    for row in sorted(list_rows(events), key=lambda one: -float(str(one["numerator"] or 0))):
        at = float(str(row["at"]))
        name = names[str(row["event"])]
        if list(names.values()).count(name) > 1:
            continue
        middle = (at - frame[0]) / (frame[1] - frame[0]) * PLOT
        half = measure(name, 11) / 2 + 4
        left, right = middle - half, middle + half
        lane = next(
            (
                number
                for number, lane in enumerate(taken)
                if all(right < start or left > end for start, end in lane)
            ),
            None,
        )
        if lane is None or left < -20 or right > PLOT + 30:
            continue
        taken[lane].append((left, right))
        figure.add_vline(x=at, line={"width": 1, "color": EVENT, "dash": "dot"})
        figure.add_annotation(
            x=at,
            y=1,
            yref="paper",
            yanchor="bottom",
            yshift=LANE * lane,
            text=make_inert(name),
            showarrow=False,
            font_size=11,
        )
