"""The map of a network: one wave, or two beside one another in the same places; what is chosen before the rest, which fades. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go

from ui.charts.parts import FAINT, finish, make_inert
from ui.charts.text import write_legend
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import format_count

OTHERS = gettext_noop("Others")
SHADES = ("#2b808a", "#c8641b", "#7a68c9", "#7f9420", "#c4507f", "#4a86c5", "#a87a10", "#7d8a90")
GLYPHS = ("\u25cf", "\u25fc", "\u25c6", "\u25b2", "\u271a", "\u2716", "\u2605", "\u29d7")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hourglass")
CHOSEN = "#c8641b"
FADED, HEIGHT = 0.18, 440
MOST_TIES = 4_000
SHORT = 8


class Panel(NamedTuple):
    """A wave on the map: its title, its members (member_id, x, y, degree, grouped) and its ties (a, b, x0, y0, x1, y1)."""

    title: str
    nodes: pd.DataFrame
    ties: pd.DataFrame


def shorten_id(member: str) -> str:
    """A pseudonym as it is shown."""
    return member[:SHORT]


def draw_map(panels: Sequence[Panel], chosen: Collection[str] = ()) -> go.Figure:
    """Ties as lines under members as marks, a colour and shape a group, by WebGL.

    The ties of the members `chosen` stand out, and all else fades. Of more than MOST_TIES ties of a wave only those of the chosen are drawn.
    """
    figure = go.Figure()
    groups = rank_groups([panel.nodes for panel in panels])
    picked = frozenset(chosen)
    for number, panel in enumerate(panels):
        axis = "" if number == 0 else str(number + 1)
        on = {"xaxis": f"x{axis}", "yaxis": f"y{axis}", "showlegend": False}
        is_own = panel.ties["a"].isin(picked) | panel.ties["b"].isin(picked)
        if len(panel.ties) <= MOST_TIES:
            _add_ties(figure, panel.ties[~is_own], 0.6, FAINT, 0.4 if picked else 1.0, on)
        _add_ties(figure, panel.ties[is_own], 1.6, CHOSEN, 1.0, on)
        near = picked | set(panel.ties.loc[is_own, "a"]) | set(panel.ties.loc[is_own, "b"])
        named = panel.nodes["grouped"].where(panel.nodes["grouped"].isin(groups), OTHERS)
        for place, group in enumerate(groups):
            members = panel.nodes[named == group]
            is_near = members["member_id"].isin(near).to_numpy(dtype=bool)
            figure.add_scattergl(
                x=members["x"],
                y=members["y"],
                mode="markers",
                name=make_inert(gettext(group) if group == OTHERS else group),
                marker={
                    "size": 5 + 1.8 * members["degree"].to_numpy(dtype=float) ** 0.5,
                    "symbol": SYMBOLS[place],
                    "color": SHADES[place],
                    "opacity": [1.0 if one or not picked else FADED for one in is_near],
                    "line": {
                        "width": [2.0 if one in picked else 0.3 for one in members["member_id"]],
                        "color": CHOSEN if picked else "rgba(128, 134, 138, 0.6)",
                    },
                },
                text=[
                    make_inert(f"{shorten_id(str(member))}, {kind}: " + format_count(float(count), "tie"))
                    for member, kind, count in zip(
                        members["member_id"], members["grouped"], members["degree"], strict=True
                    )
                ],
                hovertemplate="%{text}<extra></extra>",
                **on,
            )
        width = 1 / len(panels)
        figure.layout[f"xaxis{axis}"] = {
            "domain": [number * width + 0.005, (number + 1) * width - 0.005],
            "anchor": f"y{axis}",
            "visible": False,
        }
        figure.layout[f"yaxis{axis}"] = {"anchor": f"x{axis}", "visible": False}
        if number:
            figure.layout[f"xaxis{axis}"].update(matches="x")
            figure.layout[f"yaxis{axis}"].update(matches="y")
        else:
            figure.layout.yaxis.update(scaleanchor="x")
        figure.add_annotation(
            x=number * width + 0.01,
            xref="paper",
            y=1,
            yref="paper",
            xanchor="left",
            yanchor="top",
            text=f"<b>{make_inert(panel.title)}</b>",
            showarrow=False,
        )
    top = write_legend(figure, groups, SHADES[: len(groups)], GLYPHS[: len(groups)])
    return finish(figure, HEIGHT + top, top=top, bottom=8)


def _add_ties(
    figure: go.Figure, ties: pd.DataFrame, width: float, shade: str, opacity: float, on: dict[str, object]
) -> None:
    x = [place for row in ties[["x0", "x1"]].to_numpy(dtype=float).tolist() for place in (*row, None)]
    y = [place for row in ties[["y0", "y1"]].to_numpy(dtype=float).tolist() for place in (*row, None)]
    figure.add_scattergl(
        x=x, y=y, mode="lines", line={"width": width, "color": shade}, opacity=opacity, hoverinfo="skip", **on
    )


def rank_groups(networks: Sequence[pd.DataFrame]) -> list[str]:
    """The groups by name, as many as there are marks; where there are more, the smallest are together, and last."""
    sizes = pd.concat([nodes["grouped"] for nodes in networks]).value_counts()
    sizes = sizes.sort_index().sort_values(ascending=False, kind="stable")
    if len(sizes) <= len(SYMBOLS):
        return sorted(str(group) for group in sizes.index)
    return [*sorted(str(group) for group in sizes.index[: len(SYMBOLS) - 1]), OTHERS]
