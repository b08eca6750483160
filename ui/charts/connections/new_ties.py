"""New ties per member across and within each boundary, beside what part of the earlier ties crossed it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.connections.boundary import list_crossings
from ui.charts.parts import Labels, list_rows, make_inert, name_statuses, write_hovers
from ui.charts.strips import Step, Strip, draw_strips
from ui.charts.text import label_row, write_legend
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import format_period, format_value, name_dimension, tell_reason

PREFIX = "ties_new_by_"
STEPS = (
    Step(gettext_noop("across"), "#2b808a", "#ffffff"),
    Step(gettext_noop("within"), "#c3caca", "#0d191d"),
)
PARTS = (gettext_noop("Across"), gettext_noop("Within"))
BEFORE = "#c8641b"
BELOW = 0.34


def draw_new_ties(results: Sequence[Result], labels: Labels) -> go.Figure:
    """A strip a boundary, the one chosen first: new ties per member across it, then within; a mark under it where all ties before would part.

    `results` are, for each boundary, its new ties and its ties against random mixing.
    """
    strips: list[Strip] = []
    shares: list[float | None] = []
    for result, crossing in _pair(results):
        title = make_inert(gettext("across {name}").format(name=_name(result)))
        parts = _read_latest(result)
        if parts is None:
            strips.append(Strip(label_row(title, f"\u2013 {name_statuses(result.table['status'])}")))
            shares.append(None)
            continue
        (across, within), hovers = parts
        whole = across + within
        strips.append(
            Strip(
                label_row(title, format_value(across / whole if whole else 0.0, "share")),
                (across, within),
                hovers,
            )
        )
        found = list_crossings(crossing)
        shares.append(found[0].share * whole if len(found) > 1 else None)
    figure, places = draw_strips(strips, STEPS, "ties", legend=0)
    known = [
        (place, share, strip)
        for place, share, strip in zip(places, shares, strips, strict=True)
        if share is not None
    ]
    figure.add_scatter(
        x=[share for _, share, _ in known],
        y=[place + BELOW for place, _, _ in known],
        mode="markers",
        marker={"symbol": "triangle-up", "size": 9, "color": BEFORE},
        text=[
            gettext("{value} of the ties in the wave before").format(
                value=format_value(share / (sum(strip.lengths) or 1), "share")
            )
            for _, share, strip in known
        ],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )
    names, shades, glyphs = (
        [gettext(step.name) for step in STEPS],
        [step.shade for step in STEPS],
        ["\u25fc", "\u25fc"],
    )
    if known:
        names, shades, glyphs = [*names, gettext("as ties before")], [*shades, BEFORE], [*glyphs, "\u25b2"]
    if any(strip.lengths for strip in strips):
        top = write_legend(figure, names, shades, glyphs)
        figure.update_layout(margin_t=top, height=figure.layout.height + top - 12)
    return figure


def read_new_ties(results: Sequence[Result], labels: Labels) -> str:
    """How many new ties a member named, what part crosses the boundary chosen, and what part of the ties before did."""
    result, crossing = _pair(results)[0]
    parts = _read_latest(result)
    if parts is None:
        reasons = [str(reason) for reason in result.table["reason"] if reason]
        return tell_reason(reasons[-1]) if reasons else gettext("No two waves of ties in a row yet.")
    (across, within), _ = parts
    period = format_period(str(result.table.loc[result.table["status"] == "ok", "period"].iloc[-1]), labels)
    told = gettext("Members who answered both waves named {value} new ties each by {period}").format(
        value=format_value(across + within, "ties"), period=period
    )
    if not across + within:
        return f"{told}."
    told += gettext("; {value} of these cross {name}").format(
        value=format_value(across / (across + within), "share"), name=_name(result)
    )
    found = list_crossings(crossing)
    return (
        gettext("{told}, of all ties before {value} did.").format(
            told=told, value=format_value(found[0].share, "share")
        )
        if len(found) > 1
        else f"{told}."
    )


def _pair(results: Sequence[Result]) -> list[tuple[Result, Result]]:
    return list(zip(results[::2], results[1::2], strict=True))


def _name(result: Result) -> str:
    return name_dimension(result.indicator.id.removeprefix(PREFIX), is_within=True)


def _read_latest(result: Result) -> tuple[tuple[float, float], tuple[str, str]] | None:
    """New ties across and within in the latest wave, of the first relation, with their hovers; None where they are not shown."""
    table = result.table[result.table["status"] == "ok"]
    if table.empty:
        return None
    last = table["period"].iloc[-1]
    table = table[(table["period"] == last) & (table["relation"] == table["relation"].iloc[0])]
    found = {
        str(row["part"]): (float(str(row["value"])), text)
        for row, text in zip(
            list_rows(table),
            write_hovers(result, table, labels={one: gettext(one) for one in PARTS}),
            strict=True,
        )
    }
    if len(found) < len(STEPS):
        return None
    (across, first), (within, second) = found["Across"], found["Within"]
    return (across, within), (first, second)
