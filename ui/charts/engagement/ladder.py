"""The ladder by quarter, and engagement against what was wanted, as strips. Pure: no Streamlit, no queries."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.parts import UNDER, Labels, list_rows, make_inert, mark_rows, name_statuses, write_hovers
from ui.charts.strips import Step, Strip, draw_strips
from ui.charts.text import label_row, wrap
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import format_count, format_period, format_value, say_list

MOST_PERIODS = 8
MOST_WAVES = 3
ROW = 40
RUNGS = (
    Step(gettext_noop("Core"), "#1a7079", "#ffffff"),
    Step(gettext_noop("Active"), "#74b3b8", "#0d191d"),
    Step(gettext_noop("Occasional"), "#c3caca", "#0d191d"),
    Step(gettext_noop("Dormant"), "#df9f76", "#0d191d"),
)
SIDES = (
    Step(gettext_noop("Less than wanted"), "#b4541a", "#ffffff"),
    Step(gettext_noop("As wanted"), "#c3caca", "#0d191d"),
    Step(gettext_noop("More than wanted"), "#1a7079", "#ffffff"),
)


def draw_ladder(results: Sequence[Result], labels: Labels) -> go.Figure:
    """One strip a quarter, from core to dormant; a quarter that is not over is pale, and one of fewer than half as many members as
    another has, such as the first, says of how many it is."""
    (result,) = results
    strips = []
    most = result.table["denominator"].max()
    for period, rows in _last(result, MOST_PERIODS):
        title = format_period(period, labels).capitalize()
        is_over = bool(rows["is_complete"].iloc[0])
        note = "" if is_over else gettext(", not over yet")
        if (members := rows["denominator"].max()) < most / 2:
            note += ", " + format_count(int(members), "member")
        strips.append(_make_strip(result, rows, "rung", RUNGS, f"{title}{note}", labels, is_dim=not is_over))
    return draw_strips(strips, RUNGS, "share", row=ROW)[0]


def read_ladder(results: Sequence[Result], labels: Labels) -> str:
    """The parts of the last quarter that is over, and core and dormant in the one before."""
    (result,) = results
    whole = [
        (period, parts)
        for period, rows in _last(result, MOST_PERIODS)
        if rows["is_complete"].all()
        and (rows["status"] == "ok").all()
        and (parts := _read_parts(rows, "rung"))
    ]
    if not whole:
        return gettext("No quarter of membership is over yet.")
    period, parts = whole[-1]
    listed = ", ".join(
        f"{format_value(parts[step.name]['value'], 'share')} {gettext(step.name).lower()}"
        for step in RUNGS
        if step.name in parts
    )
    told = gettext("In {period} {listed}, of {members}.").format(
        period=format_period(period, labels),
        listed=listed,
        members=format_count(parts["Core"]["denominator"]),
    )
    if len(whole) == 1:
        return told
    _, before = whole[-2]
    core, dormant = (format_value(before[name]["value"], "share") for name in ("Core", "Dormant"))
    apart = [
        gettext(step.name).lower()
        for step in RUNGS
        if step.name in parts
        and step.name in before
        and (
            parts[step.name]["low"] > before[step.name]["high"]
            or parts[step.name]["high"] < before[step.name]["low"]
        )
    ]
    judged = (
        gettext("the intervals of {rungs} do not overlap").format(rungs=say_list(apart))
        if apart
        else gettext("the intervals of all rungs overlap")
    )
    return gettext("{told} The quarter before {core} were core and {dormant} dormant; {judged}.").format(
        told=told, core=core, dormant=dormant, judged=judged
    )


def draw_sides(results: Sequence[Result], labels: Labels) -> go.Figure:
    """One strip a wave around those who were as engaged as they wanted to be: less to the left, more to the right."""
    (result,) = results
    strips = []
    for period, rows in _last(result, MOST_WAVES):
        strip = _make_strip(result, rows, "direction", SIDES, format_period(period, labels), labels)
        start = -strip.lengths[0] - strip.lengths[1] / 2 if strip.lengths else 0.0
        strips.append(Strip(strip.lines, strip.lengths, strip.hovers, start))
    figure, places = draw_strips(strips, SIDES, "share", row=ROW)
    drawn = [place for place, strip in zip(places, strips, strict=True) if strip.lengths]
    mark_rows(figure, drawn, 0, ends=UNDER)
    return figure


def read_sides(results: Sequence[Result], labels: Labels) -> str:
    """The three parts in the latest wave, and in the first on the chart."""
    (result,) = results
    told = [
        (format_period(period, labels), parts)
        for period, rows in _last(result, MOST_WAVES)
        if (rows["status"] == "ok").all() and len(parts := _read_parts(rows, "direction")) == len(SIDES)
    ]
    if not told:
        return gettext("Hidden: too few people are behind it.")
    (period, parts), (first, before) = told[-1], told[0]
    less, alike, more = (format_value(parts[step.name]["value"], "share") for step in SIDES)
    sentence = gettext(
        "In {period} {alike} were as engaged as they had said they want to be, {less} less and {more} more."
    ).format(period=period, alike=alike, less=less, more=more)
    if period == first:
        return sentence
    less, alike, more = (format_value(before[step.name]["value"], "share") for step in SIDES)
    return gettext("{sentence} In {first} it was {alike}, {less} and {more}.").format(
        sentence=sentence, first=first, alike=alike, less=less, more=more
    )


def _last(result: Result, most: int) -> list[tuple[str, pd.DataFrame]]:
    """The rows of each of the last periods that have any data."""
    known = result.table[result.table["status"] != "no_data"]
    return [(str(period), rows) for period, rows in known.groupby("period", sort=False)][-most:]


def _read_parts(rows: pd.DataFrame, measure: str) -> dict[str, dict[str, float]]:
    return {
        str(row[measure]): {name: float(row[name]) for name in ("value", "low", "high", "denominator")}
        for row in rows.to_dict(orient="records")
    }


def _make_strip(
    result: Result,
    rows: pd.DataFrame,
    measure: str,
    steps: Sequence[Step],
    title: str,
    labels: Labels,
    *,
    is_dim: bool = False,
) -> Strip:
    """The strip of a period; a part that is hidden leaves the whole row to a word."""
    if not (rows["status"] == "ok").all():
        return Strip(label_row(make_inert(title), name_statuses(rows["status"])))
    found = {
        str(row[measure]): (float(str(row["value"])), text)
        for row, text in zip(list_rows(rows), write_hovers(result, rows, labels), strict=True)
    }
    parts = [found.get(step.name, (0.0, "")) for step in steps]
    lengths, hovers = zip(*parts, strict=True)
    return Strip(wrap(make_inert(title)), lengths, hovers, is_dim=is_dim)
