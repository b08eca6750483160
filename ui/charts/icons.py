"""Small pictures in a table, as SVG: a series with its limits, and the icons of NHS England's "Making data count". Pure.

Each has its words beside it, or as its alternative, and says by letters and shapes what it says by colour. They are images of their own,
because Streamlit takes SVG out of HTML; so that lines are of a grey that stands out of light and of dark.
"""

from __future__ import annotations

import html
from base64 import b64encode
from collections.abc import Sequence

import numpy as np

from indicators.statistics.estimators import Floats
from indicators.statistics.spc import Assurance, SpcChart, Variation
from ui.charts.parts import BLUE, ORANGE
from ui.words.language import gettext, gettext_noop

GREY, PURPLE = "#7a8186", "#8f6cc7"
WIDTH, HEIGHT, ICON = 116, 28, 26
VARIATIONS: dict[Variation, str] = {
    "improving": gettext_noop("Improving, beyond chance"),
    "concerning": gettext_noop("Concerning, beyond chance"),
    "neutral special cause": gettext_noop("Changed, beyond chance"),
    "common cause": gettext_noop("No signal: usual ups and downs"),
    "none": gettext_noop("Too few points yet"),
}
ASSURANCES: dict[Assurance, str] = {
    "consistently hits": gettext_noop("Will be met, as a rule"),
    "consistently misses": gettext_noop("Will be missed unless something changes"),
    "hit and miss": gettext_noop("Met at some times, missed at others"),
    "none": "",
}
_LETTERS: dict[Assurance, tuple[str, str]] = {
    "consistently hits": ("P", BLUE),
    "consistently misses": ("F", ORANGE),
    "hit and miss": ("?", GREY),
    "none": ("", GREY),
}
VERDICTS = {"missed": ("F", ORANGE), "met": ("P", BLUE), "cannot tell": ("?", GREY)}


def draw_spark(chart: SpcChart, alt: str) -> str:
    """A series as a line with its mean, its limits as a band, and its signals as dots; gaps stay gaps."""
    points = chart.points
    drawn = np.array(
        [[p.value, p.lower, p.upper, p.centre if chart.kind != "run" else np.nan] for p in points]
    )
    if chart.target is not None:
        drawn = np.column_stack([drawn, np.full(len(points), chart.target)])
    low, high = np.nanmin(drawn), np.nanmax(drawn)
    span = high - low or 1.0
    x = np.linspace(4, WIDTH - 4, len(points)) if len(points) > 1 else np.array([WIDTH / 2])
    y = HEIGHT - 4 - (drawn - low) / span * (HEIGHT - 8)
    band = ""
    has_limits = ~np.isnan(y[:, 1])
    if has_limits.any():
        edge = [
            *zip(x[has_limits], y[has_limits, 1], strict=True),
            *zip(x[has_limits][::-1], y[has_limits, 2][::-1], strict=True),
        ]
        band = f'<polygon points="{_list_points(edge)}" fill="{GREY}" opacity="0.22"/>'
        band += _draw_line(x[has_limits], y[has_limits, 3], 'stroke-width="1" opacity="0.5"')
    if chart.target is not None:
        band += _draw_line(x, y[:, 4], 'stroke-width="1.2" stroke-dasharray="4 3"', ORANGE)
    dots = "".join(
        f'<circle cx="{place:.1f}" cy="{height:.1f}" r="{2.4 if point.flags or point is points[-1] else 1.4}" '
        f'fill="{_colour(point.meaning)}"/>'
        for place, height, point in zip(x, y[:, 0], points, strict=True)
        if not np.isnan(height)
    )
    return _frame(band + _draw_line(x, y[:, 0], 'stroke-width="1.4"') + dots, WIDTH, HEIGHT, alt)


def draw_variation(variation: Variation, *, is_up: bool, alt: str) -> str:
    """The variation icon: a line through a circle with H or L where it points to high or low, dots level where it is chance."""
    colour = _colour(variation)
    if variation in ("common cause", "none"):
        heights = (18, 14, 18, 14) if variation == "common cause" else (16, 16, 16, 16)
        letter = ""
    else:
        heights = (22, 19, 14, 10) if is_up else (10, 14, 19, 22)
        letter = "H" if is_up else "L"
    dots = "".join(
        f'<circle cx="{8 + 5.5 * place:.1f}" cy="{height}" r="2.1" fill="{colour}"/>'
        for place, height in enumerate(heights)
    )
    way = "8" if is_up else "26"
    word = f'<text x="16" y="{way}" text-anchor="middle" font-size="9" font-weight="700" fill="{GREY}">{letter}</text>'
    return _circle(colour, dots + word, alt)


def draw_assurance(letter: str, colour: str, alt: str) -> str:
    """The assurance icon: P for passing, F for failing, ? for either."""
    text = f'<text x="16" y="21" text-anchor="middle" font-size="15" font-weight="700" fill="{GREY}">{letter}</text>'
    return _circle(colour, text, alt)


def find_assurance(assurance: Assurance, verdict: str) -> tuple[str, str, str]:
    """Letter, colour and words: by the limits of the series where it has any, else by the latest figure's interval."""
    if assurance != "none":
        return *_LETTERS[assurance], gettext(ASSURANCES[assurance])
    letter, colour = VERDICTS[verdict]
    return (
        letter,
        colour,
        {"missed": gettext("Missed"), "met": gettext("Met"), "cannot tell": gettext("Too close to tell")}[
            verdict
        ],
    )


def _colour(variation: Variation) -> str:
    return {"improving": BLUE, "concerning": ORANGE, "neutral special cause": PURPLE}.get(variation, GREY)


def _circle(colour: str, inside: str, alt: str) -> str:
    ring = f'<circle cx="16" cy="16" r="14" fill="none" stroke="{colour}" stroke-width="2.5"/>'
    return _frame(ring + inside, 32, 32, alt, ICON)


def _frame(inside: str, width: int, height: int, alt: str, shown: int = 0) -> str:
    drawn = (
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        f'xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
    )
    source = f"data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()}"
    return (
        f'<img src="{source}" alt="{html.escape(alt)}" width="{shown or width}" height="{shown or height}">'
    )


def _draw_line(x: Floats, y: Floats, looks: str, colour: str = GREY) -> str:
    """A line, broken where there is no height."""
    parts, pen = [], "M"
    for place, height in zip(x, y, strict=True):
        if np.isnan(height):
            pen = "M"
            continue
        parts.append(f"{pen}{place:.1f},{height:.1f}")
        pen = "L"
    return f'<path d="{" ".join(parts)}" fill="none" stroke="{colour}" {looks}/>'


def _list_points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
