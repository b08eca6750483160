"""Bars and cells of a picture, with their words."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from ui.charts.picture.features import UnknownFeature
from ui.charts.picture.frame import Frame
from ui.charts.picture.ink import draw_errors, mark_of, opacity, place_words, safe, share_of, stroke
from ui.charts.picture.scales import Axis, long_name, pick
from ui.charts.picture.settled import Settled, list_hovers
from ui.charts.picture.words import first_baseline

GAP = 0.2


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
    return min((after - before for before, after in pairwise(ordered)), default=1.0)


def draw_bars(
    trace: dict[str, Any],
    frame: Frame,
    x: Axis,
    y: Axis,
    bars: list[tuple[float, float, float, float] | None],
) -> str:
    """The bars of a trace with their words and intervals."""
    hovers, parts = list_hovers(trace), []
    for place, bar in enumerate(bars):
        if bar is None:
            continue
        over, along = bar[:2], bar[2:]
        ends = (along, over) if trace["orientation"] == "h" else (over, along)
        left, right = sorted(share_of(x, end) for end in ends[0])
        high, low = sorted(frame.y(share_of(y, end)) for end in ends[1])
        middle = (over[0] + over[1]) / 2
        tip = (along[1], middle) if trace["orientation"] == "h" else (middle, along[1])
        fill, faint = pick(trace["marker"]["color"], place), pick(trace["marker"]["opacity"], place)
        line = trace["marker"]["line"]
        edge = stroke(str(pick(line["color"], place)), float(pick(line["width"], place) or 0))
        parts.append(
            f'<rect class="q-mark"{mark_of(hovers, trace, place)} x="{frame.x(left)}" y="{high:.2f}" width="{frame.x(right - left)}" height="{low - high:.2f}" '
            f'fill="{safe(fill)}"{opacity(faint)}{edge}/>'
        )
        parts.append(_label_bar(trace, place, frame, (left, right), (high, low)))
        parts.append(draw_errors(trace, place, frame, x, y, *tip))
    return "".join(parts)


def _label_bar(
    trace: dict[str, Any], place: int, frame: Frame, across: tuple[float, float], down: tuple[float, float]
) -> str:
    words, where = pick(trace.get("text"), place), trace.get("textposition", "auto")
    if not words or where == "none":
        return ""
    if where not in ("inside", "outside"):
        raise UnknownFeature(
            "Words of bars stand inside or outside (textposition): which fits depends on who draws."
        )
    font = trace.get("textfont", {})
    size, ink = float(pick(font.get("size"), place) or 12), pick(font.get("color"), place)
    is_flat, middle = trace["orientation"] == "h", sum(down) / 2
    fill = f' fill="{safe(ink)}"' if ink else ""
    if where == "inside":
        near = trace.get("insidetextanchor", "end")
        share = sum(across) / 2 if near == "middle" or not is_flat else across[0 if near == "start" else 1]
        anchor = "middle" if near == "middle" or not is_flat else "start" if near == "start" else "end"
        shift = {"start": 3, "middle": 0, "end": -3}[anchor]
        return place_words(
            str(words), frame, share, first_baseline(1, size, middle, "middle"), size, anchor, shift, fill
        )
    if is_flat:
        return place_words(
            str(words), frame, across[1], first_baseline(1, size, middle, "middle"), size, "start", 3, fill
        )
    return place_words(str(words), frame, sum(across) / 2, down[0] - 6.5, size, "middle", 0, fill)


def draw_cells(trace: dict[str, Any], frame: Frame, x: Axis, y: Axis) -> str:
    """The cells of a trace; where nothing is known, nothing is drawn."""
    hovers = list_hovers(trace)
    columns, rows = len(trace["z"][0]) if trace["z"] else 0, len(trace["z"])
    across, down = trace.get("x") or list(range(columns)), trace.get("y") or list(range(rows))
    parts, words = [], []
    for row, cells in enumerate(trace["z"]):
        for column, value in enumerate(cells):
            if value is None:
                continue
            middle_x, middle_y = x.number(across[column]) or 0.0, y.number(down[row]) or 0.0
            left, right = sorted(share_of(x, middle_x + side) for side in (-0.5, 0.5))
            high, low = sorted(frame.y(share_of(y, middle_y + side)) for side in (-0.5, 0.5))
            gap = float(trace["xgap"])
            inset = (float(trace["ygap"]) - gap) / 2
            mark = mark_of(hovers, trace, row * columns + column)
            edge = f' stroke="var(--q-back)" stroke-width="{gap:g}"' if gap else ""
            parts.append(
                f'<rect class="q-mark"{mark} x="{frame.x(left)}" y="{high + inset:.2f}" width="{frame.x(right - left)}" '
                f'height="{low - high - 2 * inset:.2f}" fill="{shade(trace, value)}"{edge}/>'
            )
            cell = trace["text"][row][column] if trace.get("text") and trace.get("texttemplate") else ""
            size = float(trace.get("textfont", {}).get("size") or 12)
            ink = f' fill="{safe(trace.get("textfont", {}).get("color") or contrast(shade(trace, value)))}"'
            words.append(
                place_words(
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
    for (start, one), (end, other) in pairwise(stops):
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
