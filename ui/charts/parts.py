"""What every chart is made of: rows in words, axes, inert labels, margins. Pure: no Streamlit, no queries."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from itertools import groupby

import pandas as pd
import plotly.graph_objects as go

from indicators.result import Result
from indicators.statistics.cells import explain_no_range
from ui.words.numbers import describe_estimate, format_period, shorten

CHART_CONFIG = {"displaylogo": False, "displayModeBar": False, "showLink": False, "plotlyServerURL": ""}
INK = "rgba(128, 134, 138, 1)"
INKS = {"light": "#0d191d", "dark": "#e6ecec"}
FAINT = "rgba(128, 134, 138, 0.35)"
BAND = "rgba(128, 134, 138, 0.14)"
ROOMY = 0.15
Labels = Mapping[str, str]
Row = Mapping[str, object]


def list_axis(unit: str) -> dict[str, object]:
    """Range and ticks of the axis of a unit."""
    if unit == "share":
        return {"range": [0, 1], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    if unit == "index":
        return {"range": [-1, 1], "tickvals": [-1, -0.5, 0, 0.5, 1]}
    if unit == "net":
        return {"tickformat": "+.0%", "nticks": 6}
    if unit == "p":
        return {"range": [0, 1], "tickvals": [0, 0.05, 0.25, 0.5, 0.75, 1]}
    if unit in ("score", "difference", "coefficient"):
        return {"nticks": 6}
    return {"rangemode": "tozero", "nticks": 6}


def write_hovers(result: Result, table: pd.DataFrame, labels: Labels) -> list[str]:
    """The hover text of each row."""
    return [make_inert(describe_row(result, row, labels)) for row in list_rows(table)]


def describe_row(result: Result, row: Row, labels: Labels) -> str:
    """A row in words: what it is of, its period, its figure with interval and basis, and why it has no interval."""
    names = result.name_items(labels)
    parts = [names.get(str(row[name]), str(row[name])) for name in result.telling if row[name] is not None]
    named = ", ".join([*parts, format_period(str(row["period"]), labels)])
    told = f"{named}: {describe_estimate(row, result.indicator)}"
    why = explain_no_range(result.indicator, row) if row["status"] == "ok" else ""
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


def name_status(status: object) -> str:
    """A hidden or missing figure in a word."""
    return "hidden" if status == "suppressed" else "no data"


def name_statuses(statuses: pd.Series) -> str:
    """The same for several of which not all can be shown: hidden where any is."""
    return name_status("suppressed" if (statuses == "suppressed").any() else "no_data")


def make_inert(text: str) -> str:
    """Text from the data, inert in a figure: no tag of it is read as one."""
    return html.escape(text, quote=False)


def join_names(names: object, labels: Labels) -> str:
    """The name of a group, or of each part of one, for readers."""
    listed = names if isinstance(names, tuple) else (names,)
    return " · ".join(make_inert(shorten(labels.get(str(name), str(name)))) for name in listed)


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
        margin={"l": 8, "r": 16, "t": top, "b": bottom},
        showlegend=None if figure.layout.legend.orientation else False,
        hovermode="closest",
        dragmode=False,
        font={"size": 13},
    )
    figure.update_yaxes(automargin=True)
    return figure


def write_in(figure: go.Figure, ink: str) -> go.Figure:
    """The words of a figure in one colour; as the theme has them where it is ''."""
    if ink:
        figure.update_layout(font_color=ink, legend_font_color=ink).update_annotations(font_color=ink)
        figure.update_xaxes(tickfont_color=ink, title_font_color=ink).update_yaxes(tickfont_color=ink)
    return figure
