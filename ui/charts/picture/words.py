"""Words of a chart as SVG text: of Plotly's little HTML the bold, the italic, the break and the coloured span."""

from __future__ import annotations

import html
import re

from ui.charts.picture.features import UnknownFeature

LEADING = 1.3
ASCENT, DESCENT = 1.0, 0.27
ANCHORS = {"left": "start", "center": "middle", "right": "end"}
_TAG = re.compile(r"(<[^<>]*>)")
_SPAN = re.compile(r'<span style="color: ?([^";<>]+);?">')


def split_lines(text: str) -> list[list[tuple[str, str]]]:
    """Each line as parts of attributes and words, with entities read. Raises UnknownFeature for another tag."""
    lines: list[list[tuple[str, str]]] = [[]]
    bold, italic, colours = 0, 0, [""]
    for part in _TAG.split(text):
        if not part:
            continue
        if not _TAG.fullmatch(part):
            weight = ' font-weight="700"' if bold else ""
            slant = ' font-style="italic"' if italic else ""
            fill = f' fill="{html.escape(colours[-1])}"' if colours[-1] else ""
            lines[-1].append((weight + slant + fill, html.unescape(part)))
            continue
        tag = part.lower()
        if tag in ("<br>", "<br/>", "<br />"):
            lines.append([])
        elif tag in ("<b>", "</b>"):
            bold += 1 if tag == "<b>" else -1
        elif tag in ("<i>", "</i>"):
            italic += 1 if tag == "<i>" else -1
        elif found := _SPAN.fullmatch(part):
            colours.append(found[1])
        elif tag == "</span>" and len(colours) > 1:
            colours.pop()
        else:
            raise UnknownFeature(f"The picture knows no {part} in words.")
    return lines


def write_text(
    text: str, x: str, y: float, size: float, *, anchor: str = "middle", attributes: str = ""
) -> str:
    """A text whose first baseline is at y pixels; x is a length. '' where there are no words."""
    lines = split_lines(text)
    if not any(lines):
        return ""
    spans = "".join(
        f'<tspan x="{x}" y="{y + place * LEADING * size:.1f}">{"".join(_write_part(*part) for part in line)}</tspan>'
        if len(lines) > 1
        else "".join(_write_part(*part) for part in line)
        for place, line in enumerate(lines)
    )
    how = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{x}" y="{y:.1f}" font-size="{size:g}"{how}{attributes}>{spans}</text>'


def first_baseline(count: int, size: float, y: float, anchor: str, pad: float = 3.0) -> float:
    """The first baseline of a block of lines that is anchored at y by its top, middle or bottom."""
    tall = (ASCENT + DESCENT) * size + (count - 1) * LEADING * size
    top = {"top": y + pad, "middle": y - tall / 2, "bottom": y - pad - tall}[anchor]
    return top + ASCENT * size


def _write_part(attributes: str, words: str) -> str:
    told = html.escape(words, quote=False)
    return f"<tspan{attributes}>{told}</tspan>" if attributes else told
