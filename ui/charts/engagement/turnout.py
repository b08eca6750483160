"""Events in order of date: who came, who came for the first time, who had registered, against the target. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.parts import (
    FAINT,
    INK,
    Labels,
    list_axis,
    list_rows,
    make_inert,
    make_whiskers,
    read_float,
    write_hovers,
)
from ui.charts.strips import Step, Strip, draw_strips
from ui.charts.text import label_row, write_legend
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import format_count, format_value, name_status

MOST_EVENTS = 8
ROW = 36
REGISTERED = "#b4541a"
STEPS = (
    Step(gettext_noop("had come before"), "#1a7079", "#ffffff"),
    Step(gettext_noop("came for the first time"), "#74b3b8", "#0d191d"),
)


def draw_turnout(results: Sequence[Result], labels: Labels) -> go.Figure:
    """A bar an event, of the members on the day: those who had come before and first-timers; a ring for who had registered.

    `results` are attendance, the funnel and first-timers by event, the first with the columns `day`, in whose order it is, and `target`.
    """
    rate, funnel, first = results
    rows = rate.table.tail(MOST_EVENTS)
    new = dict(zip(first.table["event"].astype(str), first.table["value"].astype(float), strict=True))
    registered = funnel.table[(funnel.table["stage"] == "Registered") & (funnel.table["status"] == "ok")]
    strips, ends = [], [0.0]
    for row, text in zip(list_rows(rows), write_hovers(rate, rows, labels), strict=True):
        event, value = str(row["event"]), read_float(row["value"])
        title = make_inert(labels.get(event, event))
        if row["status"] != "ok" or value is None:
            strips.append(Strip(label_row(title, name_status(row["status"]))))
            continue
        share = new.get(event, np.nan)
        fresh = value * (0.0 if np.isnan(share) else share)
        told = gettext("{text}; of these {value} for the first time").format(
            text=text, value=format_value(share, "share")
        )
        strips.append(
            Strip(label_row(title, format_value(value, "share")), (value - fresh, fresh), (told, told))
        )
        ends.append(read_float(row["high"]) or value)
    figure, places = draw_strips(strips, STEPS, "share", row=ROW, legend=0)
    figure.update_traces(text=None, width=0.34)
    where = dict(zip(rows["event"].astype(str), places, strict=True))
    known = registered[registered["event"].astype(str).isin(list(where))]
    figure.add_scatter(
        x=known["value"],
        y=[where[event] for event in known["event"].astype(str)],
        mode="markers",
        marker={"symbol": "circle-open", "size": 9, "color": REGISTERED, "line_width": 2},
        text=write_hovers(funnel, known, labels),
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )
    shown = rows[rows["status"] == "ok"]
    came, low, high = (shown[name].to_numpy(dtype=float) for name in ("value", "low", "high"))
    figure.add_scatter(
        x=came,
        y=[where[event] for event in shown["event"].astype(str)],
        mode="markers",
        marker={"size": 1, "color": INK},
        error_x=make_whiskers(came, low, high, width=3, thickness=1.2),
        hoverinfo="skip",
        showlegend=False,
    )
    named, shades, glyphs = (
        [gettext(step.name) for step in STEPS],
        [step.shade for step in STEPS],
        ["\u25fc", "\u25fc"],
    )
    if len(known):
        named, shades, glyphs = (
            [*named, gettext("had registered")],
            [*shades, REGISTERED],
            [*glyphs, "\u25cb"],
        )
    target = _find_target(rows)
    if target is not None:
        figure.add_vline(x=target, line={"width": 1.5, "color": INK, "dash": "dash"})
        named, shades, glyphs = (
            [*named, gettext("target {value}").format(value=format_value(target, "share"))],
            [*shades, INK],
            [*glyphs, "\u2506"],
        )
    aimed = rows[rows["target"].notna()] if target is None else rows.iloc[:0]
    if len(aimed):
        figure.add_scatter(
            x=aimed["target"],
            y=[where[event] for event in aimed["event"].astype(str)],
            mode="markers",
            marker={"symbol": "line-ns", "size": 16, "line": {"width": 2, "color": INK}},
            text=[
                gettext("target {value}").format(value=format_value(float(one), "share"))
                for one in aimed["target"]
            ],
            hovertemplate="%{text}<extra></extra>",
            showlegend=False,
        )
        named, shades, glyphs = (
            [*named, gettext("target of its time")],
            [*shades, INK],
            [*glyphs, "\u2506"],
        )
    top = write_legend(figure, named, shades, glyphs)
    drawn = [
        *ends,
        *aimed["target"].astype(float),
        *known["value"].astype(float),
        *([] if target is None else [target]),
    ]
    figure.update_xaxes(
        **list_axis("share", [0, *drawn], is_whole=False),
        visible=True,
        range=[0, min(1.0, max(drawn) * 1.04) or 1.0],
        gridcolor=FAINT,
        tickangle=0,
        zeroline=False,
    )
    return figure.update_layout(
        margin={"t": top, "b": 30}, height=round(top + 34 + ROW * (max(places, default=0) + 1))
    )


def read_turnout(results: Sequence[Result], labels: Labels) -> str:
    """How many of the events reached the target, or which drew most and fewest; and how many were new at the latest."""
    rate, _, first = results
    rows = rate.table.tail(MOST_EVENTS)
    rows = rows[rows["status"] == "ok"]
    if rows.empty:
        return gettext("There is no event with a figure.")
    name = {event: labels.get(event, event) for event in rows["event"].astype(str)}
    counted = format_count(len(rows), "event")
    held = int((rate.table["status"] == "ok").sum())
    counted = gettext("the last {counted}").format(counted=counted) if held > len(rows) else counted
    target = _find_target(rows)
    aimed = rows[rows["target"].notna()]
    reached = int((aimed["value"] >= aimed["target"]).sum())
    if len(aimed) and target is None:
        told = gettext("{reached} of {counted} with a target of its time reached it.").format(
            reached=reached or gettext("None"), counted=format_count(len(aimed), "event")
        )
    elif target is not None:
        told = gettext("{reached} of {counted} reached the target of {value}.").format(
            reached=reached or gettext("None"), counted=counted, value=format_value(target, "share")
        )
    else:
        ordered = rows.sort_values("value", kind="stable").iloc[[-1, 0]]
        ends = [
            f"{name[str(event)]} ({format_value(float(value), 'share')})"
            for event, value in zip(ordered["event"], ordered["value"], strict=True)
        ]
        told = gettext("Of {counted} most members came to {most}, fewest to {fewest}.").format(
            counted=counted, most=ends[0], fewest=ends[1]
        )
    last = rows.iloc[-1]
    new = first.table[(first.table["event"] == last["event"]) & (first.table["status"] == "ok")]
    fresh = (
        gettext(", {value} of them for the first time").format(
            value=format_value(new["value"].iloc[0], "share")
        )
        if len(new)
        else ""
    )
    return gettext("{told} To the latest, {name}, {value} of members came{fresh}.").format(
        told=told, name=name[str(last["event"])], value=format_value(last["value"], "share"), fresh=fresh
    )


def _find_target(rows: pd.DataFrame) -> float | None:
    """The target that all events have; None where they have none, or each its own: one month's target is not that of another."""
    found = rows["target"]
    return float(found.iloc[0]) if len(found) and found.notna().all() and found.nunique() == 1 else None
