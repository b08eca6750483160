"""One row a question with all its waves on one line, light to dark; a change that stands has the colour. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.parts import (
    BLUE,
    FAINT,
    GREY,
    INK,
    ORANGE,
    ROW_HEIGHT,
    Labels,
    describe_row,
    finish,
    list_axis,
    make_inert,
    make_whiskers,
    mark_rows,
    name_waves,
    place_rows,
    shade,
)
from ui.charts.text import colour_mark, label_row, name_row, write_legend
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import format_value, name_status
from ui.words.surveys.rows import list_periods
from ui.words.surveys.tracks import Track, choose_tracks, list_tracks

WAYS = {
    1: (BLUE, "\u25b2", gettext_noop("rose")),
    -1: (ORANGE, "\u25bc", gettext_noop("fell")),
    0: (GREY, "", ""),
}
MOST_SAID = 4


def draw_tracks(results: Sequence[Result], labels: Labels, target: float | None = None) -> go.Figure:
    """The figures of each question by wave, the interval of the latest, and the target as a line.

    The first result has the questions by wave, the second, if there is one, their change since the first wave.
    """
    level = results[0]
    tracks, periods = choose_tracks(list_tracks(results, labels)), list_periods(level)
    figure = go.Figure()
    is_long = "item" in level.telling
    places = place_rows(figure, [_write_row(track, level, is_long=is_long) for track in tracks])
    drawn = level.table.loc[level.table["status"] == "ok", ["value", "low", "high"]]
    paths = [_list_points(track) for track in tracks]
    figure.add_scatter(
        x=[x for path in paths for x in (*path, None)],
        y=[y for path, place in zip(paths, places, strict=True) for y in (*[place] * len(path), None)],
        mode="lines",
        line={"color": FAINT, "width": 3},
        hoverinfo="skip",
        showlegend=False,
    )
    for step in range(len(periods)):
        _add_wave(figure, level, labels, tracks, places, step, len(periods))
    names = name_waves(periods, labels)
    shades, marks = (
        [shade(GREY, step, len(periods)) for step in range(len(periods))],
        ["\u25cf"] * len(periods),
    )
    if target is not None:
        mark_rows(figure, places, target)
        names, shades, marks = (
            [*names, gettext("target {value}").format(value=format_value(target, level.indicator.unit))],
            [*shades, INK],
            [*marks, "|"],
        )
    top = write_legend(figure, names, shades, marks)
    figure.update_xaxes(
        **list_axis(level.indicator.unit, drawn), gridcolor=FAINT, zeroline=False, tickangle=0
    )
    return finish(figure, round(40 + top + ROW_HEIGHT * (max(places, default=0.0) + 1)), top=top)


def _add_wave(
    figure: go.Figure,
    level: Result,
    labels: Labels,
    tracks: Sequence[Track],
    places: Sequence[float],
    step: int,
    steps: int,
) -> None:
    """The dots of one wave; the latest with its intervals."""
    shown = [
        (row, place, WAYS[track.way][0])
        for track, place in zip(tracks, places, strict=True)
        if (row := track.rows[step]) and row["status"] == "ok"
    ]
    value, low, high = (
        np.array([row[name] for row, _, _ in shown], dtype=float) for name in ("value", "low", "high")
    )
    figure.add_scatter(
        x=value,
        y=[place for _, place, _ in shown],
        mode="markers",
        marker={
            "size": 12,
            "opacity": 1,
            "color": [shade(colour, step, steps) for _, _, colour in shown],
            "line_width": 0,
        },
        error_x=make_whiskers(value, low, high) if step == steps - 1 else None,
        text=[make_inert(describe_row(level, row, labels)) for row, _, _ in shown],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )


def _list_points(track: Track) -> list[float]:
    return [float(row["value"]) for row in track.rows if row and row["status"] == "ok"]


def _write_row(track: Track, level: Result, *, is_long: bool) -> list[str]:
    colour, mark, verb = WAYS[track.way]
    words = _write_course(track, level)
    title, verdict = make_inert(track.name), f"{mark} {gettext(verb)}".strip()
    lines = label_row(title, words, verdict) if is_long else name_row(title, words, verdict)
    return colour_mark(lines, mark, colour) if mark else lines


def _write_course(track: Track, level: Result) -> str:
    """ "34 → 47 → 58 %": the figures of the waves, of many the first and the latest; a word where one is not shown."""
    unit = level.indicator.unit
    told = [
        format_value(row["value"], unit) if row["status"] == "ok" else name_status(row["status"])
        for row in track.rows
        if row is not None
    ]
    if len(told) > MOST_SAID:
        told = [told[0], "\u2026", told[-1]]
    ending = " %" if unit == "share" and told and told[-1].endswith(" %") else ""
    short = [*(one.removesuffix(ending) if ending else one for one in told[:-1]), *told[-1:]]
    return " \u2192 ".join(short)
