"""The marks of a picture: lines, areas, symbols, bars, cells and intervals of the traces, as SVG."""

from __future__ import annotations

import html
import itertools
from collections.abc import Callable
from typing import Any

from ui.charts.picture.frame import Frame
from ui.charts.picture.scales import Axis, long_name, pick
from ui.charts.picture.settled import Settled, list_hovers
from ui.charts.picture.words import ANCHORS, first_baseline, write_text

DASHES = {
    "solid": "",
    "dot": "{0} {0}",
    "dash": "{1} {1}",
    "dashdot": "{1} {0} {0} {0}",
    "longdash": "{2} {2}",
}
GAP = 0.2
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
                layers["heatmap"].append((order, _draw_cells(trace, frame, x, y)))
            case "bar":
                layers["bar"].append((order, _draw_bars(trace, frame, x, y, bars[place])))
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


def place_bars(settled: Settled) -> dict[int, list[tuple[float, float, float, float] | None]]:
    """Of each bar of each bar trace where it lies across its group (from, to) and along its length (from, to), in axis numbers."""
    traces = {place: trace for place, trace in enumerate(settled.data) if trace["type"] == "bar"}
    mode, gap = settled.layout.get("barmode", "group"), float(settled.layout.get("bargap", GAP))
    placed: dict[int, list[tuple[float, float, float, float] | None]] = {}
    reached: dict[tuple[float, bool], float] = {}
    for number, (place, trace) in enumerate(traces.items()):
        along, over = ("x", "y") if trace["orientation"] == "h" else ("y", "x")
        axis = settled.axes[long_name(trace.get(f"{over}axis", over))]
        step = _find_step(
            [value for one in traces.values() for value in map(axis.number, one[over]) if value is not None]
        )
        found: list[tuple[float, float, float, float] | None] = []
        for one, (where, length) in enumerate(zip(trace[over], trace[along], strict=True)):
            middle = axis.number(where)
            if middle is None or length is None:
                found.append(None)
                continue
            wide = pick(trace.get("width"), one)
            side = 0.0
            if wide is None:
                wide = step * (1 - gap)
                if mode == "group" and len(traces) > 1:
                    wide /= len(traces)
                    side = wide * (number - (len(traces) - 1) / 2)
            start = float(pick(trace.get("base"), one) or 0.0)
            if mode in ("stack", "relative") and trace.get("base") is None:
                key = (middle, mode == "relative" and length < 0)
                start = reached.get(key, 0.0)
                reached[key] = start + length
            found.append((middle + side - wide / 2, middle + side + wide / 2, start, start + length))
        placed[place] = found
    return placed


def _find_step(places: list[float]) -> float:
    ordered = sorted(set(places))
    return min((after - before for before, after in itertools.pairwise(ordered)), default=1.0)


def _draw_bars(
    trace: dict[str, Any],
    frame: Frame,
    x: Axis,
    y: Axis,
    bars: list[tuple[float, float, float, float] | None],
) -> str:
    hovers, parts = list_hovers(trace), []
    for place, bar in enumerate(bars):
        if bar is None:
            continue
        over, along = bar[:2], bar[2:]
        ends = (along, over) if trace["orientation"] == "h" else (over, along)
        left, right = sorted(_share(x, end) for end in ends[0])
        high, low = sorted(frame.y(_share(y, end)) for end in ends[1])
        middle = (over[0] + over[1]) / 2
        tip = (along[1], middle) if trace["orientation"] == "h" else (middle, along[1])
        fill, faint = pick(trace["marker"]["color"], place), pick(trace["marker"]["opacity"], place)
        line = trace["marker"]["line"]
        edge = _stroke(str(pick(line["color"], place)), float(pick(line["width"], place) or 0))
        parts.append(
            f'<rect{_mark(hovers, trace, place)} x="{frame.x(left)}" y="{high:.2f}" width="{frame.x(right - left)}" height="{low - high:.2f}" '
            f'fill="{_safe(fill)}"{_opacity(faint)}{edge}/>'
        )
        parts.append(_label_bar(trace, place, frame, (left, right), (high, low)))
        parts.append(_draw_errors(trace, place, frame, x, y, *tip))
    return "".join(parts)


def _label_bar(
    trace: dict[str, Any], place: int, frame: Frame, across: tuple[float, float], down: tuple[float, float]
) -> str:
    words, where = pick(trace.get("text"), place), trace.get("textposition", "auto")
    if not words or where == "none":
        return ""
    font = trace.get("textfont", {})
    size, ink = float(pick(font.get("size"), place) or 12), pick(font.get("color"), place)
    is_flat, middle = trace["orientation"] == "h", sum(down) / 2
    fill = f' fill="{_safe(ink)}"' if ink else ""
    if where == "inside":
        near = trace.get("insidetextanchor", "end")
        share = sum(across) / 2 if near == "middle" or not is_flat else across[0 if near == "start" else 1]
        anchor = "middle" if near == "middle" or not is_flat else "start" if near == "start" else "end"
        shift = {"start": 3, "middle": 0, "end": -3}[anchor]
        return _place_words(
            str(words), frame, share, first_baseline(1, size, middle, "middle"), size, anchor, shift, fill
        )
    if is_flat:
        return _place_words(
            str(words), frame, across[1], first_baseline(1, size, middle, "middle"), size, "start", 3, fill
        )
    return _place_words(str(words), frame, sum(across) / 2, down[0] - 4, size, "middle", 0, fill)


def _draw_cells(trace: dict[str, Any], frame: Frame, x: Axis, y: Axis) -> str:
    hovers = list_hovers(trace)
    columns, rows = len(trace["z"][0]) if trace["z"] else 0, len(trace["z"])
    across, down = trace.get("x") or list(range(columns)), trace.get("y") or list(range(rows))
    parts, words = [], []
    for row, cells in enumerate(trace["z"]):
        for column, value in enumerate(cells):
            if value is None:
                continue
            middle_x, middle_y = x.number(across[column]) or 0.0, y.number(down[row]) or 0.0
            left, right = sorted(_share(x, middle_x + side) for side in (-0.5, 0.5))
            high, low = sorted(frame.y(_share(y, middle_y + side)) for side in (-0.5, 0.5))
            gap = float(trace["ygap"])
            mark = _mark(hovers, trace, row * columns + column)
            edge = f' stroke="var(--q-back)" stroke-width="{gap:g}"' if gap else ""
            parts.append(
                f'<rect{mark} x="{frame.x(left)}" y="{high:.2f}" width="{frame.x(right - left)}" '
                f'height="{low - high:.2f}" fill="{shade(trace, value)}"{edge}/>'
            )
            cell = trace["text"][row][column] if trace.get("text") and trace.get("texttemplate") else ""
            size = float(trace.get("textfont", {}).get("size") or 12)
            ink = f' fill="{_safe(trace.get("textfont", {}).get("color") or contrast(shade(trace, value)))}"'
            words.append(
                _place_words(
                    str(cell),
                    frame,
                    (left + right) / 2,
                    first_baseline(1, size, (high + low) / 2, "middle"),
                    size,
                    "middle",
                    0,
                    ink,
                )
                if cell
                else ""
            )
    return "".join(parts) + "".join(words)


def shade(trace: dict[str, Any], value: float) -> str:
    """The colour of a cell: between the two of the scale that its value lies between."""
    scale = trace["colorscale"]
    stops = (
        [(float(place), str(colour)) for place, colour in scale]
        if isinstance(scale[0], list)
        else [(place / (len(scale) - 1), str(colour)) for place, colour in enumerate(scale)]
    )
    low, high = trace.get("zmin"), trace.get("zmax")
    known = [cell for row in trace["z"] for cell in row if cell is not None]
    low, high = min(known) if low is None else low, max(known) if high is None else high
    part = min(max((value - low) / ((high - low) or 1), 0.0), 1.0)
    for (start, one), (end, other) in itertools.pairwise(stops):
        if part <= end:
            return one if one == other else _mix(one, other, (part - start) / ((end - start) or 1))
    return stops[-1][1]


def contrast(colour: str) -> str:
    """Black or white ink, whichever is read better on a colour (relative luminance as in WCAG 2)."""
    if not colour.startswith("#"):
        return "var(--q-ink)"
    parts = [channel / 255 for channel in _read_hex(colour)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return "#0d191d" if 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.18 else "#ffffff"


def _mix(one: str, other: str, part: float) -> str:
    pairs = zip(_read_hex(one), _read_hex(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def _read_hex(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


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
    return frame.path(outline, f' fill="{_safe(trace.get("fillcolor") or trace["line"]["color"])}"'), points


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
    points = "".join(_trace_path(run, line["shape"]) for run in runs if len(run) > 1)
    stroke = _stroke(str(line["color"]), float(line["width"]), str(line["dash"]))
    return (
        frame.paths(frame.path(points, f' fill="none"{stroke}{_opacity(trace.get("opacity", 1))}'))
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
        parts.append(_draw_errors(trace, place, frame, x, y, a, b))
        if "markers" in trace["mode"]:
            how = {name: pick(marker[name], place) for name in ("color", "size", "symbol", "opacity")}
            line = {name: pick(marker["line"][name], place) for name in ("color", "width")}
            parts.append(_draw_symbol(frame, share, down, how, line, _mark(hovers, trace, place)))
        elif hovers:
            parts.append(
                f'<circle{_mark(hovers, trace, place)} cx="{frame.x(share)}" cy="{down:.2f}" r="4" fill="none"/>'
            )
        words = pick(trace.get("text"), place) if "text" in trace["mode"] else ""
        if words:
            parts.append(_label_point(trace, place, frame, share, down, str(words)))
    return "".join(parts)


def _draw_symbol(
    frame: Frame, share: float, down: float, how: dict[str, Any], line: dict[str, Any], mark: str
) -> str:
    name, radius, colour = str(how["symbol"] or "circle"), float(how["size"] or 6) / 2, _safe(how["color"])
    is_open = name.endswith("-open")
    name = name.removesuffix("-open")
    width = float(line["width"] or 0)
    if is_open or name.startswith("line-"):
        paint = f' fill="none"{_stroke(colour if is_open else str(line["color"]), width or 1)}'
    else:
        paint = f' fill="{colour}"{_stroke(str(line["color"]), width)}'
    paint += _opacity(how["opacity"])
    if name == "circle":
        return f'<circle{mark} cx="{frame.x(share)}" cy="{down:.2f}" r="{radius:g}"{paint}/>'
    return frame.at(share, down, f'<path{mark} d="{SHAPES[name](radius)}"{paint}/>')


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
    return _place_words(words, frame, share, y, size, anchor, shift, f' fill="{_safe(ink)}"' if ink else "")


def _draw_errors(trace: dict[str, Any], place: int, frame: Frame, x: Axis, y: Axis, a: Any, b: Any) -> str:
    parts = []
    for letter, axis in (("x", x), ("y", y)):
        errors = trace.get(f"error_{letter}")
        middle = axis.number(a if letter == "x" else b)
        if not errors or middle is None or errors.get("visible") is False:
            continue
        more = pick(errors.get("array"), place)
        less = more if errors["symmetric"] else pick(errors.get("arrayminus"), place)
        if not more and not less:
            continue
        low, high = middle - (less or 0.0), middle + (more or 0.0)
        stroke, cap = _stroke(str(errors["color"]), float(errors["thickness"])), float(errors["width"])
        if letter == "x":
            down = frame.down(y, b) or 0.0
            ends = [_share(x, low), _share(x, high)]
            lines = [(ends[0], down, ends[1], down), *((end, down - cap, end, down + cap) for end in ends)]
            parts += [
                f'<line x1="{frame.x(one)}" y1="{top:.2f}" x2="{frame.x(other)}" y2="{foot:.2f}"{stroke}/>'
                for one, top, other, foot in lines
            ]
        else:
            share, ends = _share(x, a), [frame.down(y, low) or 0.0, frame.down(y, high) or 0.0]
            drawn = f"M0,{ends[0]:.2f}V{ends[1]:.2f}" + "".join(
                f"M{-cap:g},{end:.2f}H{cap:g}" for end in ends
            )
            parts.append(frame.at(share, 0, f'<path d="{drawn}" fill="none"{stroke}/>'))
    return "".join(parts)


def _place_words(
    words: str, frame: Frame, share: float, y: float, size: float, anchor: str, shift: float, attributes: str
) -> str:
    moved = f' transform="translate({shift:g},0)"' if shift else ""
    return write_text(words, frame.x(share), y, size, anchor=anchor, attributes=attributes + moved)


def _share(axis: Axis, value: Any) -> float:
    share = axis.share(value)
    return 0.0 if share is None else share


def _mark(hovers: list[str] | None, trace: dict[str, Any], place: int) -> str:
    """Which mark of which trace this is, where it says something when it is pointed at."""
    return f' data-m="{trace["place"]}.{place}"' if hovers and hovers[place] else ""


def _opacity(value: Any) -> str:
    return "" if value in (None, 1, 1.0) else f' opacity="{float(value):g}"'


def _stroke(colour: str, width: float, dash: str = "solid") -> str:
    if not width:
        return ""
    dashes = DASHES.get(dash, "")
    lengths = dashes.format(max(3, width), max(9, 3 * width), max(15, 5 * width)) if dashes else ""
    return f' stroke="{_safe(colour)}" stroke-width="{width:g}"' + (
        f' stroke-dasharray="{lengths}"' if lengths else ""
    )


def _safe(colour: Any) -> str:
    return html.escape(str(colour), quote=True)


__all__ = ["ANCHORS", "draw_traces", "place_bars", "shade"]
