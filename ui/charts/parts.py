"""What every chart is made of: rows in words, axes, inert labels, margins. Pure: no Streamlit, no queries."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from indicators.definition import Unit
from indicators.result import Result
from indicators.statistics.cells import explain_no_range
from ui.charts.text import EXTRA_LINE, write_rows
from ui.words.language import gettext
from ui.words.numbers import (
    COUNTS,
    MONTHS,
    SIGNED,
    describe_estimate,
    find_month,
    format_period,
    format_value,
    name_status,
)

CHART_CONFIG = {"displaylogo": False, "displayModeBar": False, "showLink": False, "plotlyServerURL": ""}
INK, GREY = "rgba(128, 134, 138, 1)", "#80868a"
BLUE, ORANGE = "#2f7fc1", "#c8641b"
FAINT = "rgba(128, 134, 138, 0.35)"
BAND = "rgba(128, 134, 138, 0.14)"
ROOMY = 0.15
REACH = 0.17
UNDER = (0.21, 0.36)
TICKS = 6
ROW_HEIGHT = 42
Labels = Mapping[str, str]
Row = Mapping[str, object]
NO_LABELS: Labels = {}


def list_axis(unit: Unit, drawn: ArrayLike = (), *, is_whole: bool = True) -> dict[str, object]:
    """Range and ticks of the axis of a unit, its ticks in the words of its figures: "35 %", "+5" points.

    `drawn` are the figures and ends of intervals on it; a share's axis holds 0 to 100 % and a count's its 0, unless `is_whole` is off.
    """
    if unit == "share" and is_whole:
        return {"range": [0, 1], **_write_ticks([0, 0.25, 0.5, 0.75, 1], unit)}
    if unit == "index":
        return {"range": [-1, 1], "tickvals": [-1, -0.5, 0, 0.5, 1]}
    if unit == "p":
        return {"range": [0, 1], "tickvals": [0, 0.05, 0.25, 0.5, 0.75, 1]}
    finite = np.asarray(drawn, dtype=float)
    finite = finite[np.isfinite(finite)]
    if unit in ("share", "net", *COUNTS) and len(finite):
        start = [0.0] if unit in ("net", *COUNTS) and is_whole else []
        ticks = _write_ticks(_choose_ticks(min([*start, *finite]), max([*start, *finite]), unit), unit)
        return {"rangemode": "tozero", **ticks} if unit in COUNTS else ticks
    if unit == "difference" and len(finite):
        return _write_ticks(_choose_ticks(min(0.0, *finite), max(0.0, *finite), unit), unit)
    if unit in ("score", "difference", "coefficient"):
        return {"nticks": TICKS}
    return {"rangemode": "tozero", "nticks": TICKS}


def _choose_ticks(low: float, high: float, unit: Unit) -> list[float]:
    """Round places from one before `low` to one after `high`, about TICKS of them, a whole percent, point or person apart."""
    least = 1.0 if unit in COUNTS else 0.1 if unit == "difference" else 0.01
    rough = max((high - low) / (TICKS - 1), least)
    power = 10.0 ** np.floor(np.log10(rough) + 1e-9)
    step = next(power * one for one in (1, 2, 5, 10) if power * one >= rough * (1 - 1e-9))
    return [
        float(round(one * step, 10))
        for one in range(int(np.floor(low / step)) - 1, int(np.ceil(high / step)) + 2)
        if unit in SIGNED or one >= 0
    ]


def _write_ticks(places: Sequence[float], unit: Unit) -> dict[str, object]:
    told = [format_value(place, unit) for place in places]
    return {
        "tickvals": list(places),
        "ticktext": [words.partition(" ")[0] if unit == "net" else words for words in told],
    }


def mark_time(periods: Sequence[str], labels: Labels) -> dict[str, object]:
    """Ticks of a category axis of periods: weeks and months by month ("Apr", the year below the first of each), at most TICKS of them; others at both ends
    and in the middle, in full."""
    names = [make_inert(format_period(period, labels)) for period in periods]
    months = [find_month(period) for period in periods]
    if not all(months):
        ends = sorted({0, len(names) // 2, len(names) - 1}) if names else []
        return {"tickvals": [names[place] for place in ends], "ticktext": [names[place] for place in ends]}
    starts = [place for place, month in enumerate(months) if place == 0 or month != months[place - 1]]
    starts = starts[:: -(-len(starts) // TICKS)] if starts else []
    if len(starts) > 1 and starts[1] < len(periods) / (2 * TICKS):
        starts = starts[1:]
    years = [months[place][:4] for place in starts]
    texts = [
        gettext(MONTHS[int(months[place][5:]) - 1])[:3] + (f"<br>{year}" if year != before else "")
        for place, year, before in zip(starts, years, ["", *years], strict=False)
    ]
    return {"tickvals": [names[place] for place in starts], "ticktext": texts}


def find_floor(values: pd.Series, steps: int = 5) -> float:
    """Where an axis of shares begins: a multiple of 1 / `steps` below all of them, at most 80 %; of 20 %, a quarter of the rest is whole."""
    lowest = float(np.nanmin(values.to_numpy(dtype=float), initial=1.0))
    return float(max(0.0, min(0.8, np.floor(lowest * steps - 1e-9) / steps)))


def write_hovers(result: Result, table: pd.DataFrame, labels: Labels) -> list[str]:
    """The hover text of each row."""
    return [make_inert(describe_row(result, row, labels)) for row in list_rows(table)]


def describe_row(result: Result, row: Row, labels: Labels) -> str:
    """A row in words: what it is of, its period, its figure with interval and basis, and why it has no interval."""
    names = result.name_items(labels)
    parts = [names.get(str(row[name]), str(row[name])) for name in result.telling if row[name] is not None]
    named = ", ".join([*parts, format_period(str(row["period"]), labels)])
    told = f"{named}: {describe_estimate(row, result.indicator)}"
    why = gettext(explain_no_range(result.indicator, row)) if row["status"] == "ok" else ""
    return f"{told}. {why}" if why else told


def list_rows(table: pd.DataFrame) -> list[dict[str, object]]:
    """Rows with None where there is no value."""
    columns = [
        [None if is_missing else value for value, is_missing in zip(column, column.isna(), strict=True)]
        for _, column in table.items()
    ]
    names = [str(name) for name in table]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def read_float(value: object) -> float | None:
    """A figure of a row."""
    return None if value is None else float(str(value))


def name_statuses(statuses: pd.Series) -> str:
    """The status of several of which not all can be shown: hidden where any is."""
    return name_status("suppressed" if (statuses == "suppressed").any() else "no_data")


def make_inert(text: str) -> str:
    """Text from the data, inert in a figure: no tag of it is read as one."""
    return html.escape(text, quote=False)


def join_names(names: object, labels: Labels) -> str:
    """The name of a group, or of each part of one, for readers."""
    listed = names if isinstance(names, tuple) else (names,)
    return " · ".join(make_inert(labels.get(str(name), str(name))) for name in listed)


def note_missing(figure: go.Figure, notes: Sequence[tuple[str, str]]) -> None:
    """A band and a word where neighbouring places of a category axis have no figure.

    `notes` has a pair a place: the word, '' where a figure stands, and why, for the hover.
    """
    for (word, why), run in groupby(range(len(notes)), key=lambda place: notes[place]):
        places = list(run)
        if word:
            figure.add_vrect(
                x0=places[0] - 0.5, x1=places[-1] + 0.5, fillcolor=BAND, line_width=0, layer="below"
            )
            figure.add_annotation(
                x=(places[0] + places[-1]) / 2,
                y=0,
                yref="paper",
                yanchor="bottom",
                text=word,
                textangle=0 if len(places) >= ROOMY * len(notes) else -90,
                hovertext=make_inert(why),
                showarrow=False,
                font_size=10,
            )


def finish(figure: go.Figure, height: int, *, top: int = 12, bottom: int = 40) -> go.Figure:
    """Height, margins and the manner of every figure."""
    figure.update_layout(
        height=height,
        margin={"l": 16, "r": 16, "t": top, "b": bottom},
        showlegend=None if figure.layout.legend.orientation else False,
        hovermode="closest",
        dragmode=False,
        font={"size": 13},
    )
    figure.update_xaxes(automargin=True).update_yaxes(automargin=True)
    if not figure.data:
        # Where all is hidden, an empty frame with numbers would be read as a chart of nothing.
        figure.update_xaxes(visible=False).update_yaxes(visible=False)
    return figure


def make_whiskers(
    value: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    *,
    color: str = INK,
    width: int = 4,
    thickness: float = 1.5,
) -> dict[str, Any]:
    """The error bars of an interval about figures; none where there is no interval."""
    return {
        "type": "data",
        "array": np.nan_to_num(high - value),
        "arrayminus": np.nan_to_num(value - low),
        "thickness": thickness,
        "width": width,
        "color": color,
    }


def stack_rows(figure: go.Figure, count: float) -> go.Figure:
    """Rows from the top down, their labels being above them instead of on an axis."""
    figure.update_yaxes(visible=False, range=[max(count, 1) - 0.55, -0.75], fixedrange=True)
    return figure


def count_rows(lines: Sequence[str]) -> float:
    """The height of a row with its lines of text, in rows of one line."""
    return 1 + (len(lines) - 1) * EXTRA_LINE / ROW_HEIGHT


def place_rows(figure: go.Figure, titles: Sequence[Sequence[str]]) -> list[float]:
    """Write the lines above each row of a figure, from the top down; returns the place of each on its y axis."""
    places, place = [], -1.0
    for lines in titles:
        place += count_rows(lines)
        places.append(place)
    write_rows(figure, list(zip(places, titles, strict=True)))
    stack_rows(figure, place + 1)
    return places


def mark_rows(
    figure: go.Figure,
    places: Sequence[float],
    x: float,
    dash: str = "solid",
    ends: tuple[float, float] = (-REACH, REACH),
) -> None:
    """A stroke at `x` across the mark of each row, such as a target; between rows it would strike through their words.

    `ends` are those of the stroke in rows below the middle of the mark: UNDER where the mark has words in it.
    """
    if not places:
        return
    figure.add_scatter(
        x=[one for _ in places for one in (x, x, None)],
        y=[one for place in places for one in (place + ends[0], place + ends[1], None)],
        mode="lines",
        line={"color": INK, "width": 1.5, "dash": dash},
        hoverinfo="skip",
        showlegend=False,
    )


def name_waves(periods: Sequence[str], labels: Labels) -> list[str]:
    """The names of waves for a legend: what follows the comma, where that tells all of them apart ("July 2015")."""
    names = [make_inert(format_period(period, labels)) for period in periods]
    ends = [name.partition(", ")[2] for name in names]
    return ends if all(ends) and len(set(ends)) == len(ends) else names


def shade(colour: str, step: int, steps: int) -> str:
    """A colour (#rrggbb) at one of several steps from light to dark, in light and dark alike: the last is the colour itself."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    strength = 1.0 if steps < 2 else 0.3 + 0.7 * step / (steps - 1)
    return f"rgba({red}, {green}, {blue}, {strength:.2f})"
