"""Survival curves side by side: each group in colour before the others in grey, its name and figure above it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from indicators.result import Result
from indicators.statistics.survival import USUAL_DAYS
from ui.charts.parts import BAND, FAINT, Labels, find_floor, finish, make_inert, name_statuses, write_hovers
from ui.charts.text import fit, wrap
from ui.words.language import gettext
from ui.words.numbers import format_range, format_value

MOST_GROUPS = 9
OWN, APART = "#2b808a", "#c8641b"
OTHERS = "rgba(128, 134, 138, 0.45)"
PANEL, GAP, HEAD, NAME = 120, 0.05, 66, 118
LEAST_AT_RISK = 10


def draw_multiples(results: Sequence[Result], labels: Labels) -> go.Figure:
    """A panel a group, up to nine, on one axis that begins at a round share below all that is drawn, which is said.

    `results` are the curves by one attribute and the log-rank test over its groups.
    """
    curves, hidden = _read_curves(results[0])
    day = _choose_day(curves)
    names = list(curves)[:MOST_GROUPS]
    figure = go.Figure()
    if not names:
        figure.update_xaxes(visible=False).update_yaxes(visible=False)
        return finish(figure, 60)
    columns = 2 if len(names) in (1, 2, 4) else 3
    lines = -(-len(names) // columns)
    last = max(float(rows["day"].max()) for rows in curves.values())
    floor = _choose_floor(curves)
    marks = [floor, (floor + 1) / 2, 1.0]
    titles = {name: _write_title(name) for name in names}
    head = HEAD + 16 * max(title.count("<br>") for title in titles.values())
    height = lines * (PANEL + head)
    apart = _find_apart(curves, day)
    for number, name in enumerate(names):
        line, column = divmod(number, columns)
        axis = "" if number == 0 else str(number + 1)
        width = (1 - GAP * (columns - 1)) / columns
        left = column * (width + GAP)
        top = 1 - (line * (PANEL + head) + head) / height
        for other, rows in curves.items():
            if other != name:
                figure.add_scatter(
                    x=rows["day"],
                    y=rows["value"],
                    mode="lines",
                    line={"shape": "hv", "width": 1, "color": OTHERS},
                    hoverinfo="skip",
                    xaxis=f"x{axis}",
                    yaxis=f"y{axis}",
                )
        rows = curves[name]
        shade = APART if name in apart else OWN
        for edge, fill in (("low", None), ("high", "tonexty")):
            figure.add_scatter(
                x=rows["day"],
                y=rows[edge].clip(lower=floor),
                mode="lines",
                line={"shape": "hv", "width": 0},
                fill=fill,
                fillcolor=BAND,
                hoverinfo="skip",
                xaxis=f"x{axis}",
                yaxis=f"y{axis}",
            )
        figure.add_scatter(
            x=rows["day"],
            y=rows["value"],
            mode="lines",
            line={"shape": "hv", "width": 2.5, "color": shade},
            text=rows["hover"],
            hovertemplate="%{text}<extra></extra>",
            xaxis=f"x{axis}",
            yaxis=f"y{axis}",
        )
        at = _read_at(rows, day)
        figures = (
            ""
            if at is None
            else f'<span style="color:{shade}"><b>{format_value(at["value"], "share")}</b></span>'
        )
        # Each on a line of its own: on a phone a panel is about as wide as its range.
        for shift, text in ((35, titles[name]), (19, figures), (4, _say_range(at))):
            figure.add_annotation(
                x=left,
                xref="paper",
                y=top,
                yref="paper",
                xanchor="left",
                align="left",
                yanchor="bottom",
                yshift=shift,
                text=text,
                showarrow=False,
                font_size=12,
            )
        bottom = top - PANEL / height
        ticks = [0, day or last]
        figure.layout[f"xaxis{axis}"] = {
            "domain": [left, left + width],
            "anchor": f"y{axis}",
            "range": [0, last],
            "tickvals": ticks,
            "ticktext": ["0", f"{ticks[1]:,.0f}"],
            "showticklabels": line == lines - 1 or number + columns >= len(names),
            "showgrid": False,
            "tickangle": 0,
        }
        figure.layout[f"yaxis{axis}"] = {
            "domain": [max(bottom, 0), top],
            "anchor": f"x{axis}",
            "range": [floor, 1.01],
            "tickvals": marks,
            "ticktext": [format_value(mark, "share") for mark in marks],
            "showticklabels": column == 0,
            "gridcolor": FAINT,
            "zeroline": False,
        }
    figure.update_traces(showlegend=False)
    said = [f"{name}: {word}" for name, word in hidden.items()]
    for place, text in enumerate(said):
        figure.add_annotation(
            x=0,
            xref="paper",
            y=0,
            yref="paper",
            xanchor="left",
            yshift=-40 - 17 * place,
            text=fit(make_inert(text)),
            showarrow=False,
        )
    return finish(figure, height + 16 + 40 + 17 * len(said), top=8, bottom=40 + 17 * len(said))


def _write_title(name: str) -> str:
    """A name as wide as a panel on a phone, on two lines if it must."""
    first, *others = wrap(make_inert(name), NAME, 12) or [""]
    return "<br>".join([first, *([fit(" ".join(others), NAME)] if others else [])])


def read_multiples(results: Sequence[Result], labels: Labels) -> str:
    """The groups furthest apart at a day at which enough of each are followed, what the test over all says, and where the axis begins."""
    curves, _ = _read_curves(results[0])
    day = _choose_day(curves)
    at = {name: found for name, rows in curves.items() if (found := _read_at(rows, day)) is not None}
    parts = []
    if len(at) > 1:
        least, most = (end(at, key=lambda name: at[name]["value"]) for end in (min, max))
        told = [f"{name} {_tell(at[name])}" for name in (least, most)]
        parts.append(
            gettext("Still members {day} days after joining: fewest of {fewest}, most of {most}.").format(
                day=day, fewest=told[0], most=told[1]
            )
        )
    test = results[1].table if len(results) > 1 else pd.DataFrame()
    known = test[test["status"] == "ok"] if len(test) else test
    if len(known):
        p = float(known["value"].iloc[-1])
        judged = (
            gettext("differ more than chance would make them")
            if p < 0.05
            else gettext("do not differ more than chance would make them")
        )
        parts.append(
            gettext("The curves {judged} (log-rank test, {value}).").format(
                judged=judged, value=format_value(p, "p")
            )
        )
    left_out = len(curves) - MOST_GROUPS
    if left_out > 0:
        parts.append(
            gettext("The {shown} largest groups; {left_out} more are in the table.").format(
                shown=MOST_GROUPS, left_out=left_out
            )
        )
    if curves:
        floor = _choose_floor(curves)
        parts.append(
            gettext("The others are grey.")
            + (
                gettext(" The axis begins at {value}.").format(value=format_value(floor, "share"))
                if floor
                else ""
            )
        )
    return " ".join(parts) or gettext("No group has a curve that can be shown.")


def _read_curves(result: Result) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """By group the steps of its curve from the day of joining, the largest first, and in a word the groups that have none."""
    group = next(name for name in result.telling if name != "time_days")
    curves, hidden = {}, {}
    for name, rows in result.table.groupby(group, sort=False, dropna=False):
        shown = rows[rows["status"] == "ok"]
        if shown.empty:
            hidden[str(name)] = name_statuses(rows["status"])
            continue
        start = pd.DataFrame(
            {
                "day": [0.0],
                "value": [1.0],
                "low": [np.nan],
                "high": [np.nan],
                "n": [shown["n"].max()],
                "hover": [gettext("Day of joining: 100 %")],
            }
        )
        steps = shown[["value", "low", "high", "n"]].assign(
            day=shown["time_days"].astype(float), hover=write_hovers(result, shown, {})
        )
        curves[str(name)] = pd.concat([start, steps], ignore_index=True)
    return dict(sorted(curves.items(), key=lambda item: -float(item[1]["n"].max()))), hidden


def _choose_floor(curves: dict[str, pd.DataFrame]) -> float:
    """Where the axis begins: below all curves, and below their bands as long as enough people are followed."""
    drawn = [
        part
        for rows in curves.values()
        for part in (rows["value"], rows.loc[rows["n"] >= LEAST_AT_RISK, "low"])
    ]
    return find_floor(pd.concat(drawn), steps=10)


def _choose_day(curves: dict[str, pd.DataFrame]) -> int | None:
    """The last round day at which every larger group still has enough at risk."""
    large = [rows for rows in curves.values() if float(rows["n"].max()) >= LEAST_AT_RISK]
    reached = [
        day
        for day in map(int, USUAL_DAYS)
        if large and all((rows.loc[rows["day"] >= day, "n"] >= LEAST_AT_RISK).any() for rows in large)
    ]
    return reached[-1] if reached else None


def _read_at(rows: pd.DataFrame, day: int | None) -> dict[str, float] | None:
    """The figures of a curve on a day; None where nobody is followed so long."""
    if day is None or float(rows["day"].max()) < day:
        return None
    row = rows[rows["day"] <= day].iloc[-1]
    return {name: float(row[name]) for name in ("value", "low", "high")}


def _tell(at: dict[str, float]) -> str:
    """The figure and its interval."""
    span = _say_range(at)
    return f"{format_value(at['value'], 'share')}{f' ({span})' if span else ''}"


def _say_range(at: dict[str, float] | None) -> str:
    """The interval; none while nobody has left."""
    return "" if at is None or np.isnan(at["low"]) else format_range(at["low"], at["high"], "share")


def _find_apart(curves: dict[str, pd.DataFrame], day: int | None) -> set[str]:
    """The groups whose interval on the day lies clear of that of most others together: below or above all other figures."""
    at = {name: found for name, rows in curves.items() if (found := _read_at(rows, day)) is not None}
    return {
        name
        for name, one in at.items()
        if len(at) > 1
        and (
            one["high"] < min(other["value"] for key, other in at.items() if key != name)
            or one["low"] > max(other["value"] for key, other in at.items() if key != name)
        )
    }
