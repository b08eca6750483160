"""One row a group: its share of the members, of those asked and of those who answered. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.parts import (
    BLUE,
    FAINT,
    GREY,
    ORANGE,
    ROW_HEIGHT,
    Labels,
    describe_row,
    finish,
    list_axis,
    make_inert,
    make_whiskers,
    place_rows,
)
from ui.charts.text import colour_mark, name_row, write_legend
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import format_value, name_status
from ui.words.surveys.reach import Reach, list_reach
from ui.words.surveys.rows import MOST_ROWS, Row

WAYS = {1: (BLUE, "\u25b2"), -1: (ORANGE, "\u25bc"), 0: (GREY, "")}
KINDS = (
    (gettext_noop("of the members"), "circle-open", 15),
    (gettext_noop("of those asked"), "circle", 9),
    (gettext_noop("of those who answered"), "diamond", 12),
)
MARKS = ["\u25cb", "\u25cf", "\u25c6"]


def draw_reach(results: Sequence[Result], labels: Labels) -> go.Figure:
    """The three shares of each group; coloured, with the difference, where those who answered are not as those asked.

    The line through the share of those who answered is the interval of its difference from the share asked: what the words say of a
    group is what it shows.
    """
    found = list_reach(results)[:MOST_ROWS]
    figure = go.Figure()
    places = place_rows(figure, [_write_row(one) for one in found])
    shares, _, members = results
    drawn = []
    for (_, symbol, size), source, rows in zip(
        KINDS,
        (members, shares, shares),
        ([one.members for one in found], [one.asked for one in found], [one.answered for one in found]),
        strict=True,
    ):
        shown = [
            (row, place, WAYS[one.way][0] if symbol == "diamond" else GREY, one)
            for row, place, one in zip(rows, places, found, strict=True)
            if row and row["status"] == "ok"
        ]
        value = np.array([row["value"] for row, *_ in shown], dtype=float)
        whiskers = _measure_gaps([one for *_, one in shown])
        drawn += [*value, *(value + whiskers["array"])] if symbol == "diamond" else [*value]
        figure.add_scatter(
            x=value,
            y=[place for _, place, *_ in shown],
            mode="markers",
            marker={
                "symbol": symbol,
                "size": size,
                "opacity": 1,
                "color": [colour for _, _, colour, _ in shown],
                "line": {"width": 2, "color": [colour for _, _, colour, _ in shown]},
            },
            error_x=whiskers if symbol == "diamond" else None,
            text=[make_inert(describe_row(source, row, labels)) for row, *_ in shown],
            hovertemplate="%{text}<extra></extra>",
            showlegend=False,
        )
    top = write_legend(figure, [gettext(name) for name, _, _ in KINDS], [GREY] * len(KINDS), MARKS)
    figure.update_xaxes(
        **list_axis("share", [0.0, *drawn], is_whole=False), gridcolor=FAINT, zeroline=False, tickangle=0
    )
    figure.update_xaxes(rangemode="tozero")
    return finish(figure, round(40 + top + ROW_HEIGHT * (max(places, default=0.0) + 1)), top=top)


def _measure_gaps(found: Sequence[Reach]) -> dict[str, Any]:
    """How far the difference between those who answered and those asked reaches to either side."""
    gaps = [one.gap if one.gap and one.gap["status"] == "ok" else {} for one in found]
    value, low, high = (
        np.array([gap.get(part, np.nan) for gap in gaps], dtype=float) for part in ("value", "low", "high")
    )
    return make_whiskers(value, low, high)


def _write_row(one: Reach) -> list[str]:
    colour, mark = WAYS[one.way]
    answered, asked = _tell(one.answered), _tell(one.asked)
    words = (
        asked
        if asked == answered == name_status("suppressed")
        else gettext("{asked} of asked, {answered} of answers").format(asked=asked, answered=answered)
    )
    gap = f"{mark} {format_value(one.gap['value'], 'net')}" if one.gap and mark else ""
    lines = name_row(make_inert(one.group), words, gap)
    return colour_mark(lines, mark, colour) if mark else lines


def _tell(row: Row | None) -> str:
    if row is None:
        return name_status("no_data")
    return format_value(row["value"], "share") if row["status"] == "ok" else name_status(row["status"])
