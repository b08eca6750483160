"""A change in two parts: what the same people answer otherwise, and what comes of who answered. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.parts import (
    FAINT,
    GREY,
    Labels,
    describe_row,
    finish,
    list_axis,
    make_inert,
    make_whiskers,
    mark_rows,
    place_rows,
)
from ui.charts.surveys.tracks import WAYS
from ui.charts.text import colour_mark, name_row, write_legend
from ui.words.changes import COULD_BE_CHANCE
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import format_value, name_status
from ui.words.surveys.rows import Row
from ui.words.surveys.split import Split, list_splits

BELOW, ROW = 0.24, 52
SAME, OTHER = gettext_noop("the same people"), gettext_noop("who answered")


def draw_split(results: Sequence[Result], labels: Labels) -> go.Figure:
    """One row a construct around no change: a dot for the same people and a diamond for who answered, each with its interval."""
    split = results[0]
    splits = list_splits(results, labels)
    figure = go.Figure()
    places = place_rows(figure, [_write_row(one, split) for one in splits])
    for name, shift, symbol, size in ((SAME, 0.0, "circle", 12), (OTHER, BELOW, "diamond-open", 9)):
        shown = [
            (row, place + shift, WAYS[one.track.way][0] if name == SAME else GREY)
            for one, place in zip(splits, places, strict=True)
            if (row := one.same if name == SAME else one.other) and row["status"] == "ok"
        ]
        value, low, high = (
            np.array([row[part] for row, _, _ in shown], dtype=float) for part in ("value", "low", "high")
        )
        figure.add_scatter(
            x=value,
            y=[place for _, place, _ in shown],
            mode="markers",
            marker={
                "size": size,
                "opacity": 1,
                "symbol": symbol,
                "color": [colour for _, _, colour in shown],
                "line": {"width": 2, "color": [colour for _, _, colour in shown]},
            },
            error_x=make_whiskers(value, low, high, width=3),
            text=[make_inert(describe_row(split, row, labels)) for row, _, _ in shown],
            hovertemplate="%{text}<extra></extra>",
            showlegend=False,
        )
    mark_rows(figure, places, 0.0)
    top = write_legend(
        figure,
        [gettext(SAME), gettext("a change in who answered")],
        [GREY, GREY],
        ["\u25cf", "\u25c7"],
    )
    drawn = split.table.loc[split.table["status"] == "ok", ["value", "low", "high"]]
    figure.update_xaxes(
        **list_axis(split.indicator.unit, drawn), gridcolor=FAINT, zeroline=False, tickangle=0
    )
    return finish(figure, round(40 + top + ROW * (max(places, default=0.0) + 1)), top=top)


def _write_row(one: Split, split: Result) -> list[str]:
    colour, mark, _ = WAYS[one.track.way]
    words = (
        f"{_tell(one.same, split)} {mark}".strip()
        + _mark_chance(one)
        + f" \u00b7 {gettext(OTHER)} {_tell(one.other, split)}"
    )
    lines = name_row(make_inert(one.track.name), words)
    return colour_mark(lines, mark, colour) if mark else lines


def _mark_chance(one: Split) -> str:
    """Beside a change whose drawn interval leaves out none and which does not stand, judged with the others."""
    is_off = one.same and one.same["status"] == "ok" and not one.same["low"] <= 0 <= one.same["high"]
    return f" ({gettext(COULD_BE_CHANCE)})" if is_off and not one.track.way else ""


def _tell(row: Row | None, split: Result) -> str:
    if row is None:
        return name_status("no_data")
    return (
        format_value(row["value"], split.indicator.unit)
        if row["status"] == "ok"
        else name_status(row["status"])
    )
