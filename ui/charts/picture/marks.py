"""The marks of a picture: lines, areas and symbols of the traces, over bars and cells, as SVG."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ui.charts.picture.bars import draw_bars, draw_cells, place_bars
from ui.charts.picture.features import UnknownFeature
from ui.charts.picture.frame import Frame
from ui.charts.picture.ink import draw_errors, mark_of, opacity, place_words, safe, stroke
from ui.charts.picture.scales import Axis, long_name, pick
from ui.charts.picture.settled import Settled, list_hovers
from ui.charts.picture.words import first_baseline

SHAPES: dict[str, Callable[[float], str]] = {
    "square": lambda r: f"M{r:.2f},{r:.2f}H{-r:.2f}V{-r:.2f}H{r:.2f}Z",
    "diamond": lambda r: f"M{r * 1.3:.2f},0L0,{r * 1.3:.2f}L{-r * 1.3:.2f},0L0,{-r * 1.3:.2f}Z",
    "triangle-up": lambda r: f"M{-r * 1.155:.2f},{r / 2:.2f}H{r * 1.155:.2f}L0,{-r:.2f}Z",
    "triangle-down": lambda r: f"M{-r * 1.155:.2f},{-r / 2:.2f}H{r * 1.155:.2f}L0,{r:.2f}Z",
    "line-ns": lambda r: f"M0,{r:.2f}V{-r:.2f}",
    "line-ew": lambda r: f"M{r:.2f},0H{-r:.2f}",
}


def draw_traces(settled: Settled, frame: Frame) -> str:
    """All traces, cells under bars under lines and symbols, as Plotly lays them."""
    bars = place_bars(settled)
    layers: dict[str, list[tuple[float, str]]] = {"heatmap": [], "bar": [], "scatter": []}
    areas = ""
    before: list[tuple[float, float]] = []
    for place, trace in enumerate(settled.data):
        x, y = (settled.axes[long_name(trace.get(name, name[0]))] for name in ("xaxis", "yaxis"))
        order = float(trace.get("zorder", 0))
        match trace["type"]:
            case "heatmap":
                layers["heatmap"].append((order, draw_cells(trace, frame, x, y)))
            case "bar":
                layers["bar"].append((order, draw_bars(trace, frame, x, y, bars[place])))
            case _:
                area, before = _draw_area(trace, frame, x, y, before)
                areas += area
                layers["scatter"].append(
                    (order, _draw_line(trace, frame, x, y) + _draw_symbols(trace, frame, x, y))
                )
    drawn = {
        name: "".join(one for _, one in sorted(parts, key=lambda part: part[0]))
        for name, parts in layers.items()
    }
    return drawn["heatmap"] + drawn["bar"] + frame.paths(areas) + drawn["scatter"]


def _draw_area(
    trace: dict[str, Any], frame: Frame, x: Axis, y: Axis, before: list[tuple[float, float]]
) -> tuple[str, list[tuple[float, float]]]:
    """The area down to the line before, and the points of this one."""
    points = [
        (frame.span(share), down)
        for a, b in zip(trace.get("x") or (), trace.get("y") or (), strict=True)
        if (share := x.share(a)) is not None and (down := frame.down(y, b)) is not None
    ]
    fill = trace.get("fill", "none")
    if fill == "none" or not points:
        return "", points
    if fill == "tozeroy":
        zero = frame.down(y, 0) or 0.0
        other = [(points[0][0], zero), (points[-1][0], zero)]
    else:
        other = before
    if not other:
        return "", points
    shape = trace["line"]["shape"]
    back = {"hv": "vh", "vh": "hv"}.get(shape, shape)
    outline = _trace_path(points, shape) + _trace_path(other[::-1], back, start="L") + "Z"
    return frame.path(outline, f' fill="{safe(trace.get("fillcolor") or trace["line"]["color"])}"'), points


def _draw_line(trace: dict[str, Any], frame: Frame, x: Axis, y: Axis) -> str:
    if "lines" not in trace["mode"] or not trace["line"]["width"]:
        return ""
    runs: list[list[tuple[float, float]]] = [[]]
    for a, b in zip(trace.get("x") or (), trace.get("y") or (), strict=True):
        share, down = x.share(a), frame.down(y, b)
        if share is None or down is None:
            if not trace.get("connectgaps"):
                runs.append([])
            continue
        runs[-1].append((frame.span(share), down))
    line = trace["line"]
    points = "".join(_trace_path(run, line["shape"]) for run in runs if len(set(run)) > 1)
    edge = stroke(str(line["color"]), float(line["width"]), str(line["dash"]))
    return (
        frame.paths(frame.path(points, f' fill="none"{edge}{opacity(trace.get("opacity", 1))}'))
        if points
        else ""
    )


def _trace_path(points: list[tuple[float, float]], shape: str, start: str = "M") -> str:
    parts = []
    for place, (a, b) in enumerate(points):
        if not place:
            parts.append(f"{start}{a:.1f},{b:.2f}")
        elif shape == "hv":
            parts.append(f"H{a:.1f}V{b:.2f}")
        elif shape == "vh":
            parts.append(f"V{b:.2f}H{a:.1f}")
        elif shape == "hvh":
            parts.append(f"H{(points[place - 1][0] + a) / 2:.1f}V{b:.2f}H{a:.1f}")
        else:
            parts.append(f"L{a:.1f},{b:.2f}")
    return "".join(parts)


def _draw_symbols(trace: dict[str, Any], frame: Frame, x: Axis, y: Axis) -> str:
    hovers, parts = list_hovers(trace), []
    marker = trace["marker"]
    for place, (a, b) in enumerate(zip(trace.get("x") or (), trace.get("y") or (), strict=True)):
        share, down = x.share(a), frame.down(y, b)
        if share is None or down is None:
            continue
        parts.append(draw_errors(trace, place, frame, x, y, a, b))
        if "markers" in trace["mode"]:
            how = {name: pick(marker[name], place) for name in ("color", "size", "symbol", "opacity")}
            line = {name: pick(marker["line"][name], place) for name in ("color", "width")}
            parts.append(_draw_symbol(frame, share, down, how, line, mark_of(hovers, trace, place)))
        elif hovers:
            parts.append(
                f'<circle{mark_of(hovers, trace, place)} cx="{frame.x(share)}" cy="{down:.2f}" r="4" fill="none"/>'
            )
        words = pick(trace.get("text"), place) if "text" in trace["mode"] else ""
        if words:
            parts.append(_label_point(trace, place, frame, share, down, str(words)))
    return "".join(parts)


def _draw_symbol(
    frame: Frame, share: float, down: float, how: dict[str, Any], line: dict[str, Any], mark: str
) -> str:
    name, radius, colour = str(how["symbol"] or "circle"), float(how["size"] or 6) / 2, safe(how["color"])
    is_open = name.endswith("-open")
    name = name.removesuffix("-open")
    width = float(line["width"] or 0)
    if is_open or name.startswith("line-"):
        paint = f' fill="none"{stroke(colour if is_open else str(line["color"]), width or 1)}'
    else:
        paint = f' fill="{colour}"{stroke(str(line["color"]), width)}'
    paint += opacity(how["opacity"])
    if name == "circle":
        return f'<circle class="q-mark"{mark} cx="{frame.x(share)}" cy="{down:.2f}" r="{radius:g}"{paint}/>'
    if name not in SHAPES:
        raise UnknownFeature(f"The picture has no symbol {name}: use circle, {', '.join(SHAPES)}.")
    return frame.at(share, down, f'<path class="q-mark"{mark} d="{SHAPES[name](radius)}"{paint}/>')


def _label_point(
    trace: dict[str, Any], place: int, frame: Frame, share: float, down: float, words: str
) -> str:
    where = str(pick(trace.get("textposition", "middle center"), place))
    font = trace.get("textfont", {})
    size, ink = float(pick(font.get("size"), place) or 12), pick(font.get("color"), place)
    radius = float(pick(trace["marker"]["size"], place) or 6) / 2 if "markers" in trace["mode"] else 0.0
    vertical, _, side = where.partition(" ")
    shift = {"left": -radius - 1, "right": radius + 1}.get(side, 0.0)
    anchor = {"left": "end", "right": "start"}.get(side, "middle")
    edge = {"top": down - radius, "bottom": down + radius}.get(vertical, down)
    y = first_baseline(
        words.count("<br>") + 1, size, edge, {"top": "bottom", "bottom": "top"}.get(vertical, "middle"), 1
    )
    return place_words(words, frame, share, y, size, anchor, shift, f' fill="{safe(ink)}"' if ink else "")
