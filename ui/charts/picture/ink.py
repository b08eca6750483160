"""How marks are painted: strokes, dashes and opacity as attributes, words at a place, intervals around a mark."""

from __future__ import annotations

import html
from typing import Any

from ui.charts.picture.frame import Frame
from ui.charts.picture.scales import Axis, pick
from ui.charts.picture.words import write_text

DASHES = {
    "solid": "",
    "dot": "{0} {0}",
    "dash": "{1} {1}",
    "dashdot": "{1} {0} {0} {0}",
    "longdash": "{2} {2}",
}


def draw_errors(trace: dict[str, Any], place: int, frame: Frame, x: Axis, y: Axis, a: Any, b: Any) -> str:
    """The intervals around one mark of a trace, whose middle is at a and b."""
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
        edge, cap = stroke(str(errors["color"]), float(errors["thickness"])), float(errors["width"])
        if letter == "x":
            down = frame.down(y, b) or 0.0
            ends = [share_of(x, low), share_of(x, high)]
            lines = [(ends[0], down, ends[1], down), *((end, down - cap, end, down + cap) for end in ends)]
            parts += [
                f'<line x1="{frame.x(one)}" y1="{top:.2f}" x2="{frame.x(other)}" y2="{foot:.2f}"{edge}/>'
                for one, top, other, foot in lines
            ]
        else:
            share, ends = share_of(x, a), [frame.down(y, low) or 0.0, frame.down(y, high) or 0.0]
            drawn = f"M0,{ends[0]:.2f}V{ends[1]:.2f}" + "".join(
                f"M{-cap:g},{end:.2f}H{cap:g}" for end in ends
            )
            parts.append(frame.at(share, 0, f'<path d="{drawn}" fill="none"{edge}/>'))
    return "".join(parts)


def mark_of(hovers: list[str] | None, trace: dict[str, Any], place: int) -> str:
    """Which mark of which trace this is, where it says something when it is pointed at."""
    return f' data-m="{trace["place"]}.{place}"' if hovers and hovers[place] else ""


def opacity(value: Any) -> str:
    """The opacity of something, where it is not whole."""
    return "" if value in (None, 1, 1.0) else f' opacity="{float(value):g}"'


def stroke(colour: str, width: float, dash: str = "solid") -> str:
    """A line of a colour, width in pixels and dash; nothing where it has no width."""
    if not width:
        return ""
    dashes = DASHES.get(dash, "")
    lengths = dashes.format(max(3, width), max(9, 3 * width), max(15, 5 * width)) if dashes else ""
    return f' stroke="{safe(colour)}" stroke-width="{width:g}"' + (
        f' stroke-dasharray="{lengths}"' if lengths else ""
    )


def safe(colour: Any) -> str:
    """A colour as the value of an attribute."""
    return html.escape(str(colour), quote=True)


def place_words(
    words: str, frame: Frame, share: float, y: float, size: float, anchor: str, shift: float, attributes: str
) -> str:
    """Words at a share of the width, `shift` pixels beside it; y is that of their first baseline."""
    moved = f' transform="translate({shift:g},0)"' if shift else ""
    return write_text(words, frame.x(share), y, size, anchor=anchor, attributes=attributes + moved)


def share_of(axis: Axis, value: Any) -> float:
    """The share of a value that is known to be on the axis."""
    share = axis.share(value)
    return 0.0 if share is None else share
