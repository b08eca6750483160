"""Words on a chart, laid out so that none is cut off at the narrowest screen: a cut number is a wrong number. Pure.

A figure is drawn without knowing how wide the screen is; lines are therefore as long as a phone has room for.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence

import plotly.graph_objects as go

PHONE = 328
EXTRA_LINE = 17
_WIDE, _NARROW = frozenset("MWmw@%\u2014\u2026"), frozenset("iIjlftr.,:;'|!()[]-\u00a0 ")
_BLANK = "\u00a0"


def measure(text: str, size: float = 13) -> float:
    """About how many pixels a text takes in the font of the charts at a size in pixels, rather too many than too few."""
    widths = (
        0.9 if one in _WIDE else 0.32 if one in _NARROW else 0.68 if one.isupper() else 0.56 for one in text
    )
    return size * sum(widths)


def wrap(text: str, width: float = PHONE, size: float = 13) -> list[str]:
    """Inert text from the data (HTML entities) as inert lines of at most a width in pixels; a longer word is parted."""
    words = [part for word in html.unescape(text).split(" ") for part in _part(word, width, size)]
    lines: list[str] = []
    for word in words:
        if lines and measure(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [html.escape(line, quote=False) for line in lines]


def fit(text: str, width: float = PHONE) -> str:
    """Inert text as one inert line; what does not fit is an ellipsis."""
    line, *others = wrap(text, width)
    return f"{line} \u2026" if others else line


def label_row(title: str, words: str, verdict: str = "") -> list[str]:
    """The lines above a mark: its figure in bold first, so that it is never cut, its verdict, then what it is of."""
    told = f"{words} {verdict}{':' if verdict and title else ''}".strip().replace(" ", _BLANK)
    first, *others = (line.replace(_BLANK, " ") for line in wrap(f"{told}{_BLANK} {title}".strip()))
    return [f"<b>{words}</b>{first.removeprefix(html.escape(words, quote=False)).rstrip()}", *others]


def name_row(name: str, words: str, mark: str = "") -> list[str]:
    """The lines above a row that is looked up by its name: that in bold first, then what it says, then a mark."""
    told = f"{words} {mark}".strip().replace(" ", _BLANK)
    lines = [line.replace(_BLANK, " ") for line in wrap(f"{name} {told}".strip())]
    written = html.escape(html.unescape(name), quote=False)
    return (
        [f"<b>{written}</b>{lines[0].removeprefix(written)}", *lines[1:]]
        if lines[0].startswith(written)
        else lines
    )


def colour_mark(lines: Sequence[str], mark: str, colour: str) -> list[str]:
    """The lines with a mark, such as an arrow, in a colour."""
    return [line.replace(mark, f'<span style="color:{colour}">{mark}</span>', 1) for line in lines]


def write_rows(figure: go.Figure, titles: Sequence[tuple[float, Sequence[str]]]) -> None:
    """The lines above the mark of each row. All at once: Plotly copies those that a figure has with each that is added."""
    title = {
        "x": 0,
        "xref": "paper",
        "yanchor": "bottom",
        "yshift": 8,
        "showarrow": False,
        "xanchor": "left",
        "align": "left",
    }
    figure.update_layout(
        annotations=[{**title, "y": place, "text": "<br>".join(lines)} for place, lines in titles]
    )


def write_legend(
    figure: go.Figure,
    names: Sequence[str],
    shades: Sequence[str],
    glyphs: Sequence[str] = (),
    *,
    is_below: bool = False,
) -> int:
    """A legend as text above a chart, or below it, which wraps where Plotly's own would scroll; returns its height in pixels."""
    text = write_keys(names, shades, glyphs)
    figure.add_annotation(
        x=0,
        xref="paper",
        y=0 if is_below else 1,
        yref="paper",
        yanchor="top" if is_below else "bottom",
        xanchor="left",
        align="left",
        text=text,
        showarrow=False,
    )
    return EXTRA_LINE * (text.count("<br>") + 1) + 6


def write_keys(names: Sequence[str], shades: Sequence[str], glyphs: Sequence[str] = ()) -> str:
    """The names of series or steps, each after its mark in its colour, in lines as long as a phone has room for.

    `glyphs` are the marks that stand for each name, by default squares.
    """
    keyed = [f"\u25a0{_BLANK}{name.replace(' ', _BLANK)}{_BLANK * 2}" for name in names]
    text = "<br>".join(wrap(" ".join(keyed)))
    for shade, glyph in zip(shades, glyphs or ["\u25fc"] * len(shades), strict=True):
        text = text.replace("\u25a0", f'<span style="color:{shade}">{glyph}</span>', 1)
    return text


def _part(word: str, width: float, size: float) -> list[str]:
    return [word] if measure(word, size) <= width else textwrap.wrap(word, int(width / size))
