"""What happened, on a control chart: the journal's new baselines and notes at their periods, and the programme's events. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np
import plotly.graph_objects as go

from indicators.result import Result
from indicators.statistics.spc import Rebase, SpcChart
from journal.store import Entry
from ui.charts.parts import FAINT, INK, Labels, make_inert
from ui.charts.text import fit, wrap
from ui.words.language import gettext
from ui.words.numbers import format_period, shorten

NOTE, MOST_NOTES, LINE = 150, 3, 14
Happenings = Sequence[tuple[str, str]]


def choose_rebases(result: Result, entries: Iterable[Entry]) -> list[Rebase]:
    """The rebases of the journal, newest first, that apply to this result: of its indicator, at a period it has.

    Of several at one period the newest holds.
    """
    return sorted(_choose(result, entries, "rebase").items())


def choose_notes(result: Result, entries: Iterable[Entry]) -> Happenings:
    """The latest notes of the journal on periods of this result, in order of time, each a period with its text."""
    return sorted(list(_choose(result, entries, "annotation").items())[:MOST_NOTES])


def _choose(result: Result, entries: Iterable[Entry], kind: str) -> dict[str, str]:
    periods = set(result.table["period"].astype(str))
    found: dict[str, str] = {}
    for entry in entries:
        if entry.kind == kind and entry.indicator_id == result.indicator.id and entry.period in periods:
            found.setdefault(entry.period, entry.text)
    return found


def place_events(chart: SpcChart, events: Happenings) -> dict[str, list[str]]:
    """The names of the events in each period of a chart of weeks or months; `events` are ISO days with names."""
    periods = {point.period for point in chart.points}
    found: dict[str, list[str]] = {}
    for day, name in events:
        year, week, _ = date.fromisoformat(day).isocalendar()
        for period in (f"{year}-W{week:02d}", day[:7]):
            if period in periods:
                found.setdefault(period, []).append(name)
    return found


def mark_events(
    figure: go.Figure, held: Mapping[str, Sequence[str]], heights: Sequence[float], labels: Labels
) -> None:
    """A stroke below the series at each period with events, which it names when pointed at; what it is stands at the right end."""
    place = min(heights) - 0.07 * (float(np.ptp(heights)) or abs(min(heights)) or 1.0)
    named = {make_inert(format_period(period, labels)): names for period, names in held.items()}
    figure.add_scatter(
        x=list(named),
        y=[place] * len(named),
        name="events",
        mode="markers",
        marker={"symbol": "line-ns", "size": 11, "color": INK, "line": {"color": INK, "width": 2}},
        text=[make_inert(f"{period}: {', '.join(names)}") for period, names in named.items()],
        hovertemplate="%{text}<extra></extra>",
    )
    figure.add_annotation(
        x=1,
        xref="paper",
        y=place,
        text=gettext("events"),
        showarrow=False,
        xanchor="left",
        font={"size": 11, "color": INK},
    )


def write_notes(figure: go.Figure, chart: SpcChart, notes: Happenings) -> int:
    """A thin line before the first point of each new group and at each period with a note, its text above it; returns how many lines
    of text stand above the chart."""
    rebases, noted, most = dict(chart.rebases), dict(notes), 0
    for place, point in enumerate(chart.points):
        if point.period in rebases:
            lines = wrap(shorten(rebases[point.period]), NOTE, 11)
            most = max(most, len(lines))
            _write_note(figure, chart, place - 0.5, lines, rebases[point.period])
    lane = 0
    for place, point in enumerate(chart.points):
        if point.period in noted:
            text = noted[point.period]
            _write_note(figure, chart, place, [fit(make_inert(text), NOTE)], text, LINE * (most + lane))
            lane += 1
    return most + lane


def _write_note(
    figure: go.Figure, chart: SpcChart, at: float, lines: Sequence[str], text: str, shift: int = 0
) -> None:
    figure.add_vline(x=at, line={"color": FAINT, "width": 1})
    figure.add_annotation(
        x=max(at, 0),
        y=1,
        yref="paper",
        yanchor="bottom",
        yshift=shift,
        text="<br>".join(lines),
        hovertext=make_inert(text),
        showarrow=False,
        xanchor="left" if at < len(chart.points) / 2 else "right",
        font_size=11,
    )
