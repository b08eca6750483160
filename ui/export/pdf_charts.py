"""Charts of the PDF, drawn as vectors: figures with their intervals, and a word in the place of a hidden one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth

from indicators.definition import Unit
from ui.export.files import clean_text
from ui.export.looks import BAR, INK, LINE, QUIET, SERIES, STEP_INKS, STEPS, TEAL
from ui.export.marks import Chart, Mark
from ui.export.pdf_fonts import SANS, register_fonts
from ui.words.numbers import COUNTS, format_value, shorten

SIZE = 8.0
ROW = 19.0
TALLEST = 600.0
MOST_LINES = 15
LABELS = 0.36
POINTS = ("score", "difference", "index", "net", "coefficient", "p")


def draw_charts(chart: Chart, width: float) -> list[Drawing]:
    """The chart at a width in points, in parts of which each fits on a page; nothing where no figure is shown."""
    if not chart.is_drawable:
        return []
    register_fonts()
    match chart.kind:
        case "series":
            return [_draw_series(chart, width)]
        case "likert":
            parts = [
                chart.series[place : place + MOST_LINES] for place in range(0, len(chart.series), MOST_LINES)
            ]
            return [_draw_steps(chart, names, width) for names in parts]
        case "survival":
            return [_draw_curves(chart, width)]
        case "triangle":
            return [_draw_triangle(chart, width)]
    has_wraps = any(_width(mark.label, SIZE) > LABELS * width - 10 for mark in chart.marks)
    most = MOST_LINES if has_wraps else 2 * MOST_LINES
    return [_draw_rows(chart, chart.marks[at : at + most], width) for at in range(0, len(chart.marks), most)]


def _draw_rows(chart: Chart, marks: Sequence[Mark], width: float) -> Drawing:
    """A line each: what it is of, its bar or dot with its interval, both in words, and what they rest on."""
    left = min(LABELS * width, max(_width(mark.label, SIZE) for mark in chart.marks) + 10)
    basis = max(_width(mark.basis, SIZE) for mark in chart.marks)
    basis += 14 if basis else 0
    right = max(_width(mark.words, SIZE) for mark in chart.marks) + 14 + basis
    wrapped = [_wrap(mark.label, left - 6) for mark in marks]
    heights = [max(ROW, 10.0 * len(lines) + 6) for lines in wrapped]
    drawing = Drawing(width, sum(heights) + 22)
    start, end = left, width - right
    least, most, ticks = _scale(chart.marks, chart.unit)
    place = _ruler(least, most, start, end)
    for tick in ticks:
        x = place(tick)
        drawing.add(_line(x, 18, x, drawing.height, LINE, 0.5))
        drawing.add(_text(x, 7, format_value(tick, chart.unit), QUIET, "middle", size=7))
    if least < 0:
        drawing.add(_line(place(0), 18, place(0), drawing.height, QUIET, 0.8))
    top = drawing.height
    for mark, lines, height in zip(marks, wrapped, heights, strict=True):
        middle = top - height / 2
        for number, words in enumerate(lines):
            drawing.add(_text(0, middle + 5 * (len(lines) - 1) - 10 * number - 3, words))
        if mark.value is None:
            drawing.add(_text(place(max(least, 0)) + 4, middle - 3, mark.words, QUIET))
        else:
            _draw_mark(
                drawing, mark, middle, place, is_bar=chart.unit not in POINTS, start=place(max(least, 0))
            )
            drawing.add(_text(width - basis, middle - 3, mark.words, INK, "end"))
            drawing.add(_text(width, middle - 3, mark.basis, QUIET, "end"))
        top -= height
    return drawing


def _draw_mark(
    drawing: Drawing, mark: Mark, y: float, place: Callable[[float], float], *, is_bar: bool, start: float
) -> None:
    assert mark.value is not None
    x = place(mark.value)
    colour = HexColor(f"#{BAR if is_bar else TEAL}") if mark.is_complete else HexColor("#c9dfe0")
    if is_bar:
        drawing.add(
            Rect(min(start, x), y - 4.5, max(abs(x - start), 0.5), 9, fillColor=colour, strokeColor=None)
        )
    if mark.low is not None and mark.high is not None:
        low, high = place(mark.low), place(mark.high)
        for one, other, up in ((low, high, 0.0), (low, low, 3.0), (high, high, 3.0)):
            drawing.add(_line(one, y - up, other, y + up, INK, 1.1))
    if not is_bar:
        drawing.add(Circle(x, y, 3.4, fillColor=colour, strokeColor=HexColor("#ffffff"), strokeWidth=0.6))


def _draw_series(chart: Chart, width: float) -> Drawing:
    """A line over time; each point has its interval, an incomplete period is hollow, a hidden one is a word."""
    drawing = Drawing(width, 170)
    least, most, ticks = _scale(chart.marks, chart.unit)
    names = [format_value(tick, chart.unit) for tick in ticks]
    left = max(_width(name, 7) for name in names) + 8
    rise = _ruler(least, most, 24, 162)
    count = len(chart.marks)
    run = _ruler(0, max(count - 1, 1), left + 6, width - 8)
    for tick, name in zip(ticks, names, strict=True):
        drawing.add(_line(left, rise(tick), width, rise(tick), LINE, 0.5))
        drawing.add(_text(left - 4, rise(tick) - 2.5, name, QUIET, "end", size=7))
    for number in sorted({0, (count - 1) // 2, count - 1}):
        anchor = "start" if number == 0 else "end" if number == count - 1 else "middle"
        drawing.add(_text(run(number), 8, chart.marks[number].label, QUIET, anchor, size=7))
    joined: list[float] = []
    for number, mark in enumerate(chart.marks):
        x = run(number)
        if mark.value is None:
            _draw_polyline(drawing, joined, TEAL)
            joined = []
            if count <= 40:
                drawing.add(_text(x, 27, mark.words, QUIET, "middle", size=6))
            else:
                drawing.add(_text(x, 25, "×", QUIET, "middle", size=7))
            continue
        if mark.low is not None and mark.high is not None:
            drawing.add(_line(x, rise(mark.low), x, rise(mark.high), "8dbfc1", 1.2 if count < 60 else 0.7))
        joined += [x, rise(mark.value)]
    _draw_polyline(drawing, joined, TEAL)
    for number, mark in enumerate(chart.marks):
        if mark.value is not None and (count < 60 or not mark.is_complete):
            inside = f"#{TEAL}" if mark.is_complete else "#ffffff"
            drawing.add(
                Circle(
                    run(number),
                    rise(mark.value),
                    2.2 if mark.is_complete else 3,
                    fillColor=HexColor(inside),
                    strokeColor=HexColor(f"#{TEAL}"),
                    strokeWidth=0.8,
                )
            )
    return drawing


def _wrap(label: str, width: float) -> list[str]:
    """A label in at most three lines; what it says in brackets at its end is kept."""
    text = clean_text(label)
    lines: list[str] = []
    for most in range(len(text), 0, -10):
        lines = list(simpleSplit(shorten(text, most), SANS, SIZE, width))
        if len(lines) <= 3:
            return lines
    return lines[:3]


def _draw_steps(chart: Chart, names: Sequence[str], width: float) -> Drawing:
    """One stacked bar a group, the least favourable answer on the left; a group with a hidden share is a word."""
    left = min(0.4 * width, max(_width(name or "All", SIZE) for name in names) + 10)
    wrapped = {name: _wrap(name or "All", left - 6) for name in names}
    heights = {name: max(ROW, 10.0 * len(lines) + 7) for name, lines in wrapped.items()}
    rows = _wrap_legend(chart.labels, width)
    drawing = Drawing(width, sum(heights.values()) + 14 * len(rows) + 4)
    for line, row in enumerate(rows):
        x = 0.0
        for number, answer in row:
            y = drawing.height - 10 - 14 * line
            shade, _ = _shade(number, len(chart.labels))
            drawing.add(Rect(x, y - 1, 8, 8, fillColor=shade, strokeColor=None))
            drawing.add(_text(x + 11, y, answer, size=7))
            x += _width(answer, 7) + 24
    top = drawing.height - 14 * len(rows) - 4
    for name in names:
        middle = top - heights[name] / 2
        lines = wrapped[name]
        for number, words in enumerate(lines):
            drawing.add(_text(0, middle + 5 * (len(lines) - 1) - 10 * number - 3, words))
        marks = [mark for mark in chart.marks if mark.series == name]
        if any(mark.value is None for mark in marks):
            known = sum(mark.value is not None for mark in marks)
            word = next(mark.words for mark in marks if mark.value is None)
            drawing.add(
                _text(left, middle - 3, f"{word} ({known} of {len(marks)} shares can be shown)", QUIET)
            )
        else:
            _draw_shares(drawing, chart, marks, left, width, middle)
        top -= heights[name]
    return drawing


def _draw_shares(
    drawing: Drawing, chart: Chart, marks: Sequence[Mark], left: float, width: float, y: float
) -> None:
    x = left
    for mark in marks:
        share = float(mark.value or 0.0)
        shade, ink = _shade(chart.labels.index(mark.label), len(chart.labels))
        wide = share * (width - left)
        drawing.add(
            Rect(x, y - 6, wide, 12, fillColor=shade, strokeColor=HexColor("#ffffff"), strokeWidth=0.5)
        )
        if wide > 24:
            drawing.add(_text(x + wide / 2, y - 2.6, format_value(share, "share"), ink, "middle", size=7))
        x += wide


def _draw_curves(chart: Chart, width: float) -> Drawing:
    """Curves from the day of joining; the interval of a single curve as thin lines."""
    shown = [mark for mark in chart.marks if mark.value is not None]
    last = max(float(mark.label) for mark in shown)
    named = [name for name in chart.series if any(mark.series == name for mark in shown)]
    rows = _wrap_legend(named, width) if len(named) > 1 else []
    drawing = Drawing(width, 176 + 14 * len(rows))
    lowest = min(mark.low if mark.low is not None else float(mark.value or 0) for mark in shown)
    ticks = _round_ticks(max(0.0, min(0.5, math.floor(lowest * 10) / 10)), 1.0)
    rise, run = _ruler(ticks[0], 1.0, 34, 168), _ruler(0.0, last, 38, width - 8)
    for tick in ticks:
        drawing.add(_line(38, rise(tick), width, rise(tick), LINE, 0.5))
        drawing.add(_text(34, rise(tick) - 2.5, format_value(tick, "share"), QUIET, "end", size=7))
    for day in _round_ticks(0.0, last, step_of=(30, 90, 180, 365, 730)):
        drawing.add(_text(run(day), 21, f"{day:.0f}", QUIET, "middle", size=7))
    drawing.add(_text((38 + width) / 2, 8, "Days since joining", QUIET, "middle", size=7))
    for place, name in enumerate(named):
        marks = [mark for mark in shown if mark.series == name]
        colour = SERIES[place % len(SERIES)]
        for which, ink, thick in (("low", "8dbfc1", 0.8), ("high", "8dbfc1", 0.8), ("value", colour, 1.8)):
            if which == "value" or len(named) == 1:
                _draw_polyline(drawing, _trace(marks, which, run, rise, chart.is_stepped), ink, thick)
    for line, row in enumerate(rows):
        x = 38.0
        for number, words in row:
            y = drawing.height - 8 - 14 * line
            drawing.add(_line(x, y + 3, x + 10, y + 3, SERIES[number % len(SERIES)], 2))
            drawing.add(_text(x + 13, y, words, size=7))
            x += _width(words, 7) + 26
    return drawing


def _trace(
    marks: Sequence[Mark],
    which: str,
    run: Callable[[float], float],
    rise: Callable[[float], float],
    is_stepped: bool,
) -> list[float]:
    points, height = [run(0.0), rise(1.0)], rise(1.0)
    for mark in marks:
        value = getattr(mark, which)
        if value is None:
            continue
        x = run(float(mark.label))
        points += [x, height] if is_stepped else []
        height = rise(value)
        points += [x, height]
    return points


def _draw_triangle(chart: Chart, width: float) -> Drawing:
    """Shaded cells: a row a month of joining, a column each month since."""
    joined, since = chart.series, sorted(chart.labels, key=float)
    left = max(_width(name, 7) for name in joined) + 8
    wide = (width - left) / max(len(since), 1)
    tall = min(16.0, (TALLEST - 30) / max(len(joined), 1))
    drawing = Drawing(width, tall * len(joined) + 26)
    cells = {(mark.series, mark.label): mark for mark in chart.marks}
    every = math.ceil(len(since) / 24)
    for column, months in enumerate(since):
        if column % every == 0:
            x = left + wide * (column + 0.5)
            drawing.add(_text(x, drawing.height - 20, months, QUIET, "middle", size=6.5))
    drawing.add(_text(left, drawing.height - 8, "Months since joining; % in cells", QUIET, size=7))
    for row, name in enumerate(joined):
        y = drawing.height - 26 - tall * (row + 1)
        drawing.add(_text(left - 5, y + tall / 2 - 2.5, name, INK, "end", size=min(7, max(tall - 2, 1))))
        for column, months in enumerate(since):
            mark = cells.get((name, months))
            if mark is None:
                continue
            x = left + wide * column
            shade = HexColor(f"#{LINE}") if mark.value is None else _blend(mark.value)
            drawing.add(
                Rect(x, y, wide, tall, fillColor=shade, strokeColor=HexColor("#ffffff"), strokeWidth=0.6)
            )
            words = mark.words if mark.value is None else f"{100 * mark.value:.0f}"
            if mark.value is None or _width(words, 6) <= wide - 1:
                size = 6.0 if _width(words, 6) <= wide - 1 else 6.0 * (wide - 1) / _width(words, 6)
                drawing.add(_text(x + wide / 2, y + tall / 2 - 2, words, INK, "middle", size=size))
    return drawing


def _blend(share: float) -> Color:
    """Orange at half or less, through sand, to teal at all."""
    part = min(max((share - 0.5) / 0.5, 0.0), 1.0)
    ends = ("#d07f4d", "#f1e3d8", "#74b3b8")
    one, other = (
        (HexColor(ends[0]), HexColor(ends[1])) if part < 0.5 else (HexColor(ends[1]), HexColor(ends[2]))
    )
    part = part * 2 if part < 0.5 else part * 2 - 1
    mixed = [a + (b - a) * part for a, b in zip(one.rgb(), other.rgb(), strict=True)]
    return Color(*mixed)


def _scale(marks: Sequence[Mark], unit: Unit) -> tuple[float, float, list[float]]:
    """The lowest and highest end of an axis and the ticks on it."""
    if unit == "share":
        return 0.0, 1.0, [0.0, 0.25, 0.5, 0.75, 1.0]
    known = [end for mark in marks for end in (mark.value, mark.low, mark.high) if end is not None]
    least, most = min([*known, 0.0]), max([*known, 0.0])
    if least == most:
        most = least + 1.0
    whole = unit in COUNTS
    ticks = _round_ticks(least, most, is_whole=whole)
    return min(least, ticks[0]), max(most, ticks[-1]), ticks


def _round_ticks(
    least: float, most: float, *, is_whole: bool = False, step_of: Sequence[float] = ()
) -> list[float]:
    """About five round numbers that span the two."""
    if step_of:
        step = next((one for one in step_of if (most - least) / one <= 6), 1825.0)
        return [step * number for number in range(int(most // step) + 1)]
    rough = (most - least) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(one * power for one in (1, 2, 2.5, 5, 10) if one * power >= rough * 0.999)
    step = max(1.0, math.ceil(step)) if is_whole else step
    first, last = math.floor(least / step + 1e-9), math.ceil(most / step - 1e-9)
    return [round(step * number, 10) for number in range(first, last + 1)]


def _ruler(least: float, most: float, start: float, end: float) -> Callable[[float], float]:
    span = (most - least) or 1.0
    return lambda value: start + (min(max(value, least), most) - least) / span * (end - start)


def _shade(step: int, steps: int) -> tuple[Color, str]:
    place = round(step * (len(STEPS) - 1) / max(steps - 1, 1))
    return HexColor(f"#{STEPS[place]}"), STEP_INKS[place]


def _wrap_legend(names: Sequence[str], width: float) -> list[list[tuple[int, str]]]:
    """Names with their place, in as many lines as they need."""
    rows: list[list[tuple[int, str]]] = [[]]
    used = 0.0
    for number, name in enumerate(names):
        wide = _width(name, 7) + 26
        if rows[-1] and used + wide > width - 38:
            rows.append([])
            used = 0.0
        rows[-1].append((number, name))
        used += wide
    return rows


def _draw_polyline(drawing: Drawing, points: list[float], colour: str, thick: float = 1.6) -> None:
    if len(points) >= 4:
        drawing.add(PolyLine(points, strokeColor=HexColor(f"#{colour}"), strokeWidth=thick, fillColor=None))


def _line(x0: float, y0: float, x1: float, y1: float, colour: str, thick: float) -> Any:
    return Line(x0, y0, x1, y1, strokeColor=HexColor(f"#{colour}"), strokeWidth=thick)


def _text(
    x: float, y: float, words: str, colour: str = INK, anchor: str = "start", *, size: float = SIZE
) -> Any:
    return String(
        x,
        y,
        clean_text(words),
        fontName=SANS,
        fontSize=size,
        fillColor=HexColor(f"#{colour}"),
        textAnchor=anchor,
    )


def _width(words: str, size: float) -> float:
    return float(stringWidth(clean_text(words), SANS, size))
