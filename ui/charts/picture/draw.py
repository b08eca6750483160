"""The picture of a settled figure as SVG: as wide as its place in the page, or of a fixed width for a file."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from ui.charts.picture.frame import Frame
from ui.charts.picture.ink import stroke as write_stroke
from ui.charts.picture.marks import draw_traces
from ui.charts.picture.scales import Axis, long_name
from ui.charts.picture.settled import Settled
from ui.charts.picture.words import ANCHORS, first_baseline, split_lines, write_text

TICK_GAP = 7
BORDER = 2
_VARIABLE = re.compile(r"var\(--q-(\w+)\)")


def draw_picture(settled: Settled, alt: str) -> str:
    """The picture in a page: it fills the width of its place, in the colours of the page's theme (`--q-…`)."""
    frame, margin = Frame.of(settled, None), settled.margin
    inner = _draw(settled, frame)
    style = f"margin-left:{margin['l']:g}px;width:calc(100% - {margin['l'] + margin['r']:g}px)"
    return (
        f'<svg class="q-picture" role="img" aria-label="{html.escape(alt)}" height="{settled.height:g}" style="{style}">'
        f'<svg y="{margin["t"]:g}" overflow="visible">{inner}</svg></svg>'
    )


def write_picture(settled: Settled, alt: str, width: float, inks: Mapping[str, str], title: str = "") -> str:
    """The picture for a file, `width` pixels wide, in the colours of `inks` (ink, line, back, c0 … c9); it needs no style sheet."""
    frame, margin = Frame.of(settled, width), settled.margin
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width:g}" height="{settled.height:g}" '
        f'viewBox="0 0 {width:g} {settled.height:g}" font-family="{html.escape(inks.get("font", "sans-serif"))}">'
        f"<title>{html.escape(title or alt, quote=False)}</title><desc>{html.escape(alt, quote=False)}</desc>"
        f'<g transform="translate({margin["l"]:g},{margin["t"]:g})">{_draw(settled, frame)}</g></svg>'
    )
    return _VARIABLE.sub(lambda found: inks[found[1]], drawn)


def _draw(settled: Settled, frame: Frame) -> str:
    shapes = settled.layout.get("shapes", [])
    under = "".join(_draw_shape(one, settled, frame) for one in shapes if one.get("layer") == "below")
    above = "".join(_draw_shape(one, settled, frame) for one in shapes if one.get("layer") != "below")
    named = {name: (axis, settled.layout[name]) for name, axis in settled.axes.items()}
    grid = "".join(
        _draw_grid(axis, given, _find_other(axis, given, named), frame) for axis, given in named.values()
    )
    ticks = "".join(
        _write_ticks(axis, given, _find_other(axis, given, named), frame) for axis, given in named.values()
    )
    words = "".join(
        _write_annotation(place, one, settled, frame)
        for place, one in enumerate(settled.layout["annotations"])
    )
    inside = under + grid + draw_traces(settled, frame) + above
    return f'{_clip(inside, frame)}<g fill="var(--q-ink)">{ticks}{words}</g>'


def _clip(content: str, frame: Frame) -> str:
    """What lies in the plot area, cut off at its edges; words of marks are in the ink of the page."""
    if frame.wide is None:
        return f'<svg width="100%" height="{frame.tall:g}" fill="var(--q-ink)">{content}</svg>'
    return f'<svg width="{frame.wide:g}" height="{frame.tall:g}" fill="var(--q-ink)">{content}</svg>'


def _find_other(axis: Axis, given: dict[str, Any], named: Mapping[str, Any]) -> tuple[float, float]:
    """The part of the paper that the axis across from this one has."""
    other = long_name(given.get("anchor") or ("y" if axis.name[0] == "x" else "x"))
    domain: tuple[float, float] = named[other][0].domain if other in named else (0.0, 1.0)
    return domain


def _draw_grid(axis: Axis, given: dict[str, Any], other: tuple[float, float], frame: Frame) -> str:
    """The lines at the ticks, and the one at zero."""
    if given.get("visible") is False:
        return ""
    lines = [(place, given["gridcolor"]) for place in given["tickvals"]] if given["showgrid"] else []
    if given["zeroline"] and axis.kind == "linear" and axis.holds(0):
        lines.append((0, given.get("zerolinecolor", given["gridcolor"])))
    parts = []
    for place, colour in lines:
        share = axis.share(place)
        if share is None:
            continue
        ends = (
            f'x1="{frame.x(share)}" y1="{frame.y(other[1]):.2f}" x2="{frame.x(share)}" y2="{frame.y(other[0]):.2f}"'
            if axis.name[0] == "x"
            else f'x1="{frame.x(other[0])}" y1="{frame.y(share):.2f}" x2="{frame.x(other[1])}" y2="{frame.y(share):.2f}"'
        )
        parts.append(f'<line {ends} stroke="{html.escape(str(colour))}" stroke-width="1"/>')
    return "".join(parts)


def _write_ticks(axis: Axis, given: dict[str, Any], domain: tuple[float, float], frame: Frame) -> str:
    if given.get("visible") is False or given.get("showticklabels") is False:
        return ""
    size, colour = float(given["tickfont"]["size"]), given["tickfont"]["color"]
    fill = "" if colour == "var(--q-ink)" else f' fill="{html.escape(str(colour))}"'
    parts = []
    for place, words in zip(given["tickvals"], given["ticktext"], strict=True):
        share = axis.share(place)
        if share is None:
            continue
        lines = words.count("<br>") + 1
        if axis.name[0] == "x":
            is_top = given["side"] == "top"
            edge = frame.y(domain[1]) - TICK_GAP - 3 if is_top else frame.y(domain[0]) + TICK_GAP
            if given["tickangle"]:
                anchor, middle = "start" if is_top else "end", first_baseline(lines, size, 0, "middle")
                turned = f'{fill} transform="rotate({given["tickangle"]})"'
                edge = edge + 3 if is_top else edge - 3
                parts.append(
                    frame.at(
                        share, edge, write_text(words, "0", middle, size, anchor=anchor, attributes=turned)
                    )
                )
                continue
            y = edge - (lines - 1) * 1.3 * size if is_top else edge + size
            parts.append(write_text(words, frame.x(share), y, size, attributes=fill))
        else:
            is_right = given["side"] == "right"
            shift = TICK_GAP * (1 if is_right else -1)
            y = first_baseline(lines, size, frame.y(share), "middle")
            moved = f'{fill} transform="translate({shift:g},0)"'
            anchor = "start" if is_right else "end"
            parts.append(
                write_text(
                    words,
                    frame.x(domain[1] if is_right else domain[0]),
                    y,
                    size,
                    anchor=anchor,
                    attributes=moved,
                )
            )
    return "".join(parts)


def _find(reference: str, value: Any, settled: Settled) -> float:
    """The place of something as a share of the plot area, from the left or the bottom."""
    if reference == "paper":
        return float(value)
    name, _, domain = reference.partition(" ")
    axis = settled.axes[long_name(name)]
    if domain:
        return axis.domain[0] + float(value) * (axis.domain[1] - axis.domain[0])
    return axis.share(value) or 0.0


def _draw_shape(shape: dict[str, Any], settled: Settled, frame: Frame) -> str:
    across = [_find(shape.get("xref", "x"), shape[name], settled) for name in ("x0", "x1")]
    down = [frame.y(_find(shape.get("yref", "y"), shape[name], settled)) for name in ("y0", "y1")]
    line = {"color": "var(--q-ink)", "width": 2, "dash": "solid", **shape.get("line", {})}
    stroke = write_stroke(str(line["color"]), float(line["width"]), str(line["dash"]))
    faint = f' opacity="{shape["opacity"]:g}"' if shape.get("opacity", 1) != 1 else ""
    if shape.get("type", "rect") == "line":
        ends = f'x1="{frame.x(across[0])}" y1="{down[0]:.2f}" x2="{frame.x(across[1])}" y2="{down[1]:.2f}"'
        return f"<line {ends}{stroke}{faint}/>"
    left, right = sorted(across)
    high, low = sorted(down)
    fill = html.escape(str(shape.get("fillcolor") or "none"))
    return (
        f'<rect x="{frame.x(left)}" y="{high:.2f}" width="{frame.x(right - left)}" height="{low - high:.2f}" '
        f'fill="{fill}"{stroke}{faint}/>'
    )


def _write_annotation(place: int, one: dict[str, Any], settled: Settled, frame: Frame) -> str:
    if not one["text"]:
        return ""
    font, size = one["font"], float(one["font"]["size"])
    share = _find(one["xref"], one["x"], settled)
    y = frame.y(_find(one["yref"], one["y"], settled)) - one["yshift"]
    lines = len(split_lines(one["text"]))
    how = "" if font["color"] == "var(--q-ink)" else f' fill="{html.escape(str(font["color"]))}"'
    how += ' font-style="italic"' if font.get("style") == "italic" else ""
    how += f' font-weight="{font["weight"]}"' if font.get("weight") else ""
    how += f' data-m="a.{place}"' if one.get("hovertext") else ""
    shift = one["xshift"]
    if one["textangle"]:
        anchor = {"bottom": "start", "middle": "middle", "top": "end"}[one["yanchor"]]
        turned = f' transform="translate({shift:g},0) rotate({one["textangle"]})"'
        baseline = first_baseline(lines, size, 0, "middle")
        return frame.at(
            share, y, write_text(one["text"], "0", baseline, size, anchor=anchor, attributes=how + turned)
        )
    shift += {"left": BORDER, "right": -BORDER}.get(one["xanchor"], 0)
    how += f' transform="translate({shift:g},0)"' if shift else ""
    baseline = first_baseline(lines, size, y, one["yanchor"])
    return write_text(
        one["text"], frame.x(share), baseline, size, anchor=ANCHORS[one["xanchor"]], attributes=how
    )
