"""Growth curves: what a measurement costs by the number of members, on logarithmic axes, as SVG by reportlab."""

from __future__ import annotations

from pathlib import Path

from reportlab.graphics import renderSVG
from reportlab.graphics.charts.axes import LogXValueAxis, LogYValueAxis
from reportlab.graphics.charts.lineplots import LinePlot
from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.graphics.widgets.markers import makeMarker
from reportlab.lib import colors

from bench.report.row import Row

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
    drawing = Drawing(WIDTH, HEIGHT)
    drawing.add(Rect(0, 0, WIDTH, HEIGHT, fillColor=colors.white, strokeColor=None))
    plot = LinePlot()
    plot.x, plot.y, plot.width, plot.height = 60, 45, WIDTH - KEY - 75, HEIGHT - 85
    plot.data = list(shown.values())
    plot.xValueAxis, plot.yValueAxis = LogXValueAxis(), LogYValueAxis()
    plot.xValueAxis.labelTextFormat = "{:,.0f}".format
    plot.yValueAxis.labelTextFormat = "{:,.6g}".format
    plot.yValueAxis.visibleGrid = True
    plot.yValueAxis.gridStrokeColor = colors.HexColor("#dddddd")
    for place, name in enumerate(shown):
        colour = colors.HexColor(COLOURS[place])
        plot.lines[place].strokeColor = colour
        plot.lines[place].strokeWidth = 1.8
        plot.lines[place].symbol = makeMarker("FilledCircle", size=5, fillColor=colour, strokeColor=colour)
        height = HEIGHT - 50 - 20 * place
        drawing.add(Rect(WIDTH - KEY, height, 12, 8, fillColor=colour, strokeColor=None))
        drawing.add(String(WIDTH - KEY + 18, height, name, fontSize=10))
    drawing.add(plot)
    drawing.add(String(10, HEIGHT - 20, unit, fontSize=11))
    drawing.add(String(plot.x + plot.width - 45, 12, "members", fontSize=11))
    path.parent.mkdir(parents=True, exist_ok=True)
    renderSVG.drawToFile(drawing, str(path))
