"""Two groups or three over time, each line with its name at its end and its interval as a band. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.parts import BAND, FAINT, Labels, finish, list_axis, make_inert, mark_time, write_hovers
from ui.words.language import gettext
from ui.words.numbers import format_period, format_value

SHADES = ("#2b808a", "#c8641b", "#5a4a9c")
BANDS = ("rgba(43, 128, 138, 0.16)", "rgba(200, 100, 27, 0.16)", BAND)
HEIGHT = 260
NEAR = 0.06
MOST_MARKED = 24


def draw_lines(results: Sequence[Result], labels: Labels) -> go.Figure:
    """A line a value of the last measure over the periods; incomplete periods are left out."""
    (result,) = results
    table, measure = _keep(result), result.indicator.measures[-1]
    periods = list(dict.fromkeys(table["period"].astype(str)))
    x = [make_inert(format_period(period, labels)) for period in periods]
    figure = go.Figure()
    ends: list[tuple[float, str, str]] = []
    for (name, rows), shade, band in zip(table.groupby(measure, sort=False), SHADES, BANDS, strict=False):
        place = [x[periods.index(str(period))] for period in rows["period"]]
        for edge, fill in (("low", None), ("high", "tonexty")):
            figure.add_scatter(
                x=place, y=rows[edge], mode="lines", line_width=0, fill=fill, fillcolor=band, hoverinfo="skip"
            )
        figure.add_scatter(
            x=place,
            y=rows["value"],
            mode="lines+markers" if len(periods) <= MOST_MARKED else "lines",
            line={"width": 2.5, "color": shade},
            marker={"size": 6},
            text=write_hovers(result, rows, labels),
            hovertemplate="%{text}<extra></extra>",
        )
        known = rows.dropna(subset="value")
        if len(known):
            ends.append((float(known["value"].iloc[-1]), gettext(str(name)), shade))
    figure.update_traces(showlegend=False)
    _name_ends(figure, ends)
    figure.update_xaxes(type="category", **mark_time(periods, labels), tickangle=0, showgrid=False)
    figure.update_yaxes(**list_axis(result.indicator.unit), gridcolor=FAINT)
    return finish(figure, HEIGHT)


def _name_ends(figure: go.Figure, ends: Sequence[tuple[float, str, str]]) -> None:
    """The name and last figure of each line, above the upper and below the lower ones, so that none covers another."""
    ordered = sorted(ends, reverse=True)
    for place, (height, name, shade) in enumerate(ordered):
        is_upper = place < len(ordered) / 2 and height < 1 - NEAR
        figure.add_annotation(
            x=1,
            xref="paper",
            xanchor="right",
            y=height,
            yshift=14 if is_upper else -16,
            text=f'<span style="color:{shade}"><b>{make_inert(name)} {format_value(height, "share")}</b></span>',
            showarrow=False,
        )


def read_lines(results: Sequence[Result], labels: Labels) -> str:
    """The groups in the last period that is over, and in the first; that it is association, not cause."""
    (result,) = results
    table, measure = _keep(result), result.indicator.measures[-1]
    whole = [
        (format_period(str(period), labels), rows)
        for period, rows in table.groupby("period", sort=False)
        if len(rows) > 1 and rows["value"].notna().all()
    ]
    if not whole:
        return gettext("There is no period yet in which the two can be set against one another.")
    last, now = whole[-1]
    # A time of which nothing is recorded of anybody is nothing to start from.
    first, then = next((one for one in whole if one[1]["numerator"].sum()), whole[-1])

    def tell(rows: pd.DataFrame) -> str:
        return ", ".join(
            f"{gettext(str(name)).lower()} {format_value(value, result.indicator.unit)}"
            for name, value in zip(rows[measure], rows["value"], strict=True)
        )

    is_apart = now["low"].max() > now["high"].min()
    judged = (
        gettext("the intervals do not overlap")
        if is_apart
        else gettext("the intervals overlap, so this alone shows no difference")
    )
    before = (
        gettext(" Active in {first}: {told}.").format(first=first, told=tell(then)) if first != last else ""
    )
    return gettext(
        "Active in {last}: {told}; {judged}.{before} What goes together, not what causes what."
    ).format(last=last, told=tell(now), judged=judged, before=before)


def _keep(result: Result) -> pd.DataFrame:
    """The rows of complete periods that have a figure."""
    table = result.table
    return table[table["is_complete"] & (table["status"] == "ok")]
