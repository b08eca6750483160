"""Growth curves: what a measurement costs by the number of members, on logarithmic axes, as SVG."""

from __future__ import annotations

import html
import math
from pathlib import Path

import plotly.graph_objects as go

from bench.report.row import Row
from ui.charts.picture.draw import write_picture
from ui.charts.picture.settled import settle
from ui.export.looks import LINE, PAPER

Point = tuple[float, float]
WIDTH, HEIGHT, KEY = 760, 300, 330
COLOURS = ("#0b6e99", "#d9730d", "#6940a5", "#4d6461", "#ad1a72", "#dfab01", "#0f7b6c", "#e03e3e")


def list_curves(rows: list[Row], unit: str) -> dict[str, list[Point]]:
    """By what was measured in this unit, and by peer, the points (members, measurement) where there are two or more."""
    found: dict[str, dict[float, float]] = {}
    for row in rows:
        if row.unit != unit:
            continue
        for name, value in ((row.what, row.measured), (row.peer, row.peer_measured)):
            if name and value:
                found.setdefault(name, {})[float(row.members)] = value
    return {name: sorted(points.items()) for name, points in found.items() if len(points) > 1}


def draw_curves(curves: dict[str, list[Point]], unit: str, path: Path) -> None:
    """Write the picture of up to eight curves, the key beside them."""
    shown = dict(list(curves.items())[: len(COLOURS)])
    figure = go.Figure()
    for place, (name, points) in enumerate(shown.items()):
        colour = COLOURS[place]
        figure.add_scatter(
            x=[math.log10(members) for members, _ in points],
            y=[math.log10(value) for _, value in points],
            mode="lines+markers",
            line={"color": colour, "width": 1.8},
            marker={"color": colour, "size": 6},
            hoverinfo="skip",
            showlegend=False,
        )
        key = {"x": 1, "y": 1, "xanchor": "left", "yshift": -20 * place}
        figure.add_annotation(_say("\u25cf", **key, xshift=14, font={"color": colour}))
        figure.add_annotation(_say(html.escape(name, quote=False), **key, xshift=28))
    figure.add_annotation(_say(html.escape(unit, quote=False), x=0, y=1, xanchor="right", yshift=24))
    figure.add_annotation(_say("members", x=1, y=0, xanchor="right", yshift=-38))
    for axis, side in ((figure.update_xaxes, 0), (figure.update_yaxes, 1)):
        ends = [math.log10(point[side]) for points in shown.values() for point in points]
        ticks = list(range(math.floor(min(ends)), math.ceil(max(ends)) + 1))
        axis(
            range=[ticks[0] - 0.05, ticks[-1] + 0.05],
            tickvals=ticks,
            ticktext=[f"{10.0**tick:,.6g}" if tick < 0 else f"{10**tick:,}" for tick in ticks],
            gridcolor=f"#{LINE}",
            zeroline=False,
        )
    figure.update_layout(height=HEIGHT, margin={"l": 75, "r": KEY, "t": 40, "b": 45}, font={"size": 11})
    picture = write_picture(settle(figure), f"{unit} by members", WIDTH, {**PAPER, "font": "sans-serif"})
    paper = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER["back"]}"/><g transform='
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(picture.replace("<g transform=", paper, 1), encoding="utf-8")


def _say(text: str, **how: object) -> dict[str, object]:
    return {"text": text, "xref": "paper", "yref": "paper", "yanchor": "middle", "showarrow": False, **how}
