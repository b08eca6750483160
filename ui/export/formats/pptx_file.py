"""PowerPoint slides: a title, and for each figure the sentence it supports over a chart that can be edited."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Inches, Pt

from ui.export.files import clean_text, freeze_package
from ui.export.handout import Exhibit, Handout
from ui.export.looks import BAR, INK, LINE, QUIET, SERIES, STEPS, SYNTHETIC, SYNTHETIC_SENTENCE, TEAL
from ui.export.marks import Chart, Mark, describe_basis, make_card, make_chart
from ui.export.rows import protect_cell
from ui.words.tables import table_rows

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, INSIDE = Inches(0.7), Inches(11.93)
FORMATS = {"share": "0 %", "net": "+0 %;-0 %", "people": "#,##0", "events": "#,##0", "organisations": "#,##0"}
LONGEST_TITLE = 170
CARDS = 6
_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_AFTER_BARS = ("cat", "xVal", "val", "yVal", "shape", "smooth", "extLst")


def write_pptx(handout: Handout) -> bytes:
    """The slides; every number and interval stands in the notes of its slide."""
    show = Presentation()
    show.slide_width, show.slide_height = WIDTH, HEIGHT
    _add_title(show, handout)
    for group in handout.group():
        if len(group) == 1:
            _add_exhibit(show, handout, group[0])
            continue
        for place in range(0, len(group), CARDS):
            _add_cards(show, handout, group[place : place + CARDS])
    if handout.rules:
        _add_rules(show, handout)
    show.core_properties.title = clean_text(handout.title)
    show.core_properties.author = "Q evaluation"
    show.core_properties.last_modified_by = "Q evaluation"
    show.core_properties.language = "en-GB"
    show.core_properties.revision = 1
    buffer = io.BytesIO()
    show.save(buffer)
    return freeze_package(buffer.getvalue(), handout.made_at)


def _add_title(show: Any, handout: Handout) -> None:
    slide = show.slides.add_slide(show.slide_layouts[5])
    band = slide.shapes.add_shape(1, 0, 0, Inches(0.28), HEIGHT)
    _colour(band.fill, TEAL)
    band.line.fill.background()
    _place(slide.shapes.title, Inches(1), Inches(2), Inches(11.3), Inches(1.3))
    _write(slide.shapes.title.text_frame, [handout.title], 44, TEAL, is_bold=True)
    lines = [handout.lead, " · ".join(handout.list_facts())]
    lines += [SYNTHETIC_SENTENCE] if handout.is_synthetic else []
    box = slide.shapes.add_textbox(Inches(1), Inches(3.4), Inches(11.3), Inches(2.5))
    _write(box.text_frame, [line for line in lines if line], 20, INK)


def _add_exhibit(show: Any, handout: Handout, exhibit: Exhibit) -> None:
    result = exhibit.result
    slide = show.slides.add_slide(show.slide_layouts[5])
    reading = handout.read(exhibit)
    _place(slide.shapes.title, LEFT, Inches(0.72), INSIDE, Inches(1.1))
    title = _cut(reading)
    _write(
        slide.shapes.title.text_frame, [title], 24 if len(title) < 110 else 20, INK, is_bold=True, is_top=True
    )
    above = slide.shapes.add_textbox(LEFT, Inches(0.35), INSIDE, Inches(0.4))
    _write(above.text_frame, [exhibit.heading], 14, TEAL, is_bold=True)
    chart = make_chart(handout, result)
    if chart.is_drawable:
        frame = _add_chart(slide, chart)
        frame.name = exhibit.heading
        frame._element.nvGraphicFramePr.cNvPr.set("descr", clean_text(f"{exhibit.heading}. {reading}"))
    else:
        box = slide.shapes.add_textbox(LEFT, Inches(3), INSIDE, Inches(1))
        words = "No figure can be shown: " + "; ".join(sorted({mark.words for mark in chart.marks})) + "."
        _write(box.text_frame, [words], 20, QUIET)
    hidden = int((result.table["status"] == "suppressed").sum())
    said = f"{hidden} of {len(result.table)} figures hidden" if hidden else ""
    foot = _write_foot(handout, describe_basis(result), said)
    box = slide.shapes.add_textbox(LEFT, Inches(6.62), INSIDE, Inches(0.75))
    _write(
        box.text_frame,
        [foot, _cut(f"Definition: {result.indicator.definition}")],
        11,
        QUIET,
    )
    slide.notes_slide.notes_text_frame.text = clean_text(_write_notes(handout, exhibit, chart))


def _add_cards(show: Any, handout: Handout, exhibits: Sequence[Exhibit]) -> None:
    """Single figures on one slide, at most six."""
    slide = show.slides.add_slide(show.slide_layouts[5])
    _place(slide.shapes.title, LEFT, Inches(0.5), INSIDE, Inches(0.9))
    _write(slide.shapes.title.text_frame, ["At a glance"], 28, TEAL, is_bold=True)
    for number, exhibit in enumerate(exhibits):
        card = make_card(handout, exhibit)
        left, top = LEFT + (number % 3) * Inches(4), Inches(1.8) + (number // 3) * Inches(2.4)
        for words, size, colour, down, is_bold in (
            (card.heading, 14, INK, 0.0, True),
            (card.figure, 36, TEAL, 0.4, True),
            (card.words, 12, QUIET, 1.15, False),
        ):
            box = slide.shapes.add_textbox(left, top + Inches(down), Inches(3.8), Inches(0.5))
            _write(box.text_frame, [words], size, colour, is_bold=is_bold, is_top=True)
    foot = slide.shapes.add_textbox(LEFT, Inches(6.62), INSIDE, Inches(0.5))
    _write(foot.text_frame, [_write_foot(handout)], 11, QUIET)
    notes = [_write_notes(handout, exhibit, make_chart(handout, exhibit.result)) for exhibit in exhibits]
    slide.notes_slide.notes_text_frame.text = clean_text("\n\n".join(notes))


def _write_foot(handout: Handout, *before: str) -> str:
    parts = [*before, *handout.list_facts(), SYNTHETIC if handout.is_synthetic else ""]
    return " · ".join(part for part in parts if part)


def _write_notes(handout: Handout, exhibit: Exhibit, chart: Chart) -> str:
    indicator = exhibit.result.indicator
    lines = [exhibit.heading, handout.read(exhibit), exhibit.notes, ""]
    if chart.left_out:
        lines.append(
            f"The chart draws {len(chart.marks)} of {len(exhibit.result.table)} figures; all are here."
        )
    for row in table_rows(exhibit.result, handout.labels):
        lines.append(" | ".join(cell for cell in row.values() if cell))
    lines += ["", f"Denominator: {indicator.denominator}", f"Left out: {indicator.excluded}"]
    lines += [f"Read with care: {' '.join([indicator.caveat, *exhibit.result.passport.warnings])}"]
    return "\n".join([*lines, f"Source: {indicator.source}"])


def _add_rules(show: Any, handout: Handout) -> None:
    slide = show.slides.add_slide(show.slide_layouts[5])
    _place(slide.shapes.title, LEFT, Inches(0.6), INSIDE, Inches(0.9))
    _write(slide.shapes.title.text_frame, ["How to read this"], 28, TEAL, is_bold=True)
    box = slide.shapes.add_textbox(LEFT, Inches(1.6), INSIDE, Inches(5))
    _write(box.text_frame, list(handout.rules), 18, INK)


def _add_chart(slide: Any, chart: Chart) -> Any:
    match chart.kind:
        case "survival":
            return _add_curves(slide, chart)
        case "likert":
            return _add_steps(slide, chart)
        case "triangle":
            return _add_lines(slide, chart, {name: _of(chart, name) for name in chart.series[:12]})
        case "series":
            return _add_lines(slide, chart, {"": chart.marks})
    return _add_bars(slide, chart)


def _add_bars(slide: Any, chart: Chart) -> Any:
    labels = [
        mark.label if mark.value is not None else f"{mark.label} ({mark.words})" for mark in chart.marks
    ]
    frame = _insert(slide, XL_CHART_TYPE.BAR_CLUSTERED, chart, labels, {"Figure": chart.marks})
    drawn = frame.chart
    drawn.has_legend = False
    plot = drawn.plots[0]
    plot.gap_width = 60
    _colour(plot.series[0].format.fill, BAR)
    plot.series[0].invert_if_negative = False
    plot.has_data_labels = True
    plot.data_labels.number_format = FORMATS.get(chart.unit, "0.00")
    plot.data_labels.number_format_is_linked = False
    plot.data_labels.font.size = Pt(12)
    plot.data_labels.font.color.rgb = RGBColor.from_string(INK)
    if any(mark.low is not None for mark in chart.marks):
        plot.data_labels.position = XL_LABEL_POSITION.INSIDE_BASE
        _add_intervals(plot.series[0], chart.marks)
    drawn.category_axis.reverse_order = True
    drawn.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    _dress(drawn, chart)
    return frame


def _add_lines(slide: Any, chart: Chart, series: dict[str, Sequence[Mark]]) -> Any:
    frame = _insert(slide, XL_CHART_TYPE.LINE_MARKERS, chart, chart.labels, series)
    drawn = frame.chart
    _add_legend(drawn, has_legend=len(series) > 1)
    for place, (line, marks) in enumerate(zip(drawn.plots[0].series, series.values(), strict=True)):
        _draw_line(line, SERIES[place % len(SERIES)])
        if len(series) == 1 and any(mark.low is not None for mark in marks):
            _add_intervals(line, marks)
    _dress(drawn, chart)
    return frame


def _add_steps(slide: Any, chart: Chart) -> Any:
    groups = chart.series
    labels = [name or "All" for name in groups]
    rows: dict[str, Sequence[Mark]] = {}
    for answer in chart.labels:
        by_group = {mark.series: mark for mark in chart.marks if mark.label == answer}
        missing = Mark("", answer, None, None, None, "no data")
        rows[answer] = [by_group.get(name, missing) for name in groups]
    for place, name in enumerate(groups):
        hidden = sum(mark.value is None for mark in chart.marks if mark.series == name)
        labels[place] += f" ({hidden} hidden)" if hidden else ""
    frame = _insert(slide, XL_CHART_TYPE.BAR_STACKED, chart, labels, rows)
    drawn = frame.chart
    plot = drawn.plots[0]
    plot.overlap, plot.gap_width = 100, 50
    plot.has_data_labels = True
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = '[>=0.06]0 %;""', False
    plot.data_labels.font.size = Pt(11)
    for place, series in enumerate(plot.series):
        _colour(series.format.fill, STEPS[round(place * (len(STEPS) - 1) / max(len(rows) - 1, 1))])
    _add_legend(drawn, has_legend=True)
    drawn.category_axis.reverse_order = True
    _dress(drawn, chart)
    drawn.value_axis.maximum_scale, drawn.value_axis.minimum_scale = 1.0, 0.0
    return frame


def _add_curves(slide: Any, chart: Chart) -> Any:
    data = XyChartData(number_format="General")
    for name in chart.series[: len(SERIES)]:
        series = data.add_series(str(protect_cell(name or "Members")))
        last = 1.0
        series.add_data_point(0, last)
        for mark in _of(chart, name):
            if mark.value is not None:
                if chart.is_stepped:
                    series.add_data_point(float(mark.label), last)
                series.add_data_point(float(mark.label), mark.value)
                last = mark.value
    frame = _insert_data(slide, XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, data)
    drawn = frame.chart
    _add_legend(drawn, has_legend=len(chart.series) > 1)
    for place, line in enumerate(drawn.plots[0].series):
        _draw_line(line, SERIES[place % len(SERIES)], has_marks=not chart.is_stepped)
    _dress(drawn, chart)
    drawn.value_axis.maximum_scale = 1.0
    drawn.category_axis.has_title = True
    drawn.category_axis.axis_title.text_frame.text = "Days since joining"
    drawn.category_axis.has_major_gridlines = False
    return frame


def _insert(
    slide: Any, kind: Any, chart: Chart, labels: Sequence[str], series: dict[str, Sequence[Mark]]
) -> Any:
    data = CategoryChartData(number_format=FORMATS.get(chart.unit, "0.00"))
    data.categories = [protect_cell(label) or " " for label in labels]
    for name, marks in series.items():
        by_label = {mark.label: mark.value for mark in marks}
        values = (
            [by_label.get(label) for label in labels]
            if kind == XL_CHART_TYPE.LINE_MARKERS
            else [mark.value for mark in marks]
        )
        data.add_series(str(protect_cell(name or "Figure")), values)
    return _insert_data(slide, kind, data)


def _insert_data(slide: Any, kind: Any, data: Any) -> Any:
    return slide.shapes.add_chart(kind, LEFT, Inches(1.9), INSIDE, Inches(4.65), data)


def _dress(drawn: Any, chart: Chart) -> None:
    places = len(chart.series if chart.kind == "likert" else chart.marks)
    drawn.font.size = Pt(12 if chart.kind == "series" or places < 15 else 8)
    drawn.font.color.rgb = RGBColor.from_string(INK)
    axis = drawn.value_axis
    axis.tick_labels.number_format = FORMATS.get(chart.unit, "General")
    axis.tick_labels.number_format_is_linked = False
    axis.major_gridlines.format.line.color.rgb = RGBColor.from_string(LINE)
    axis.format.line.fill.background()
    axis.tick_labels.font.size = Pt(11)
    axis.tick_labels.font.color.rgb = RGBColor.from_string(QUIET)
    if chart.unit == "share" and chart.kind in ("rows", "likert"):
        axis.minimum_scale, axis.maximum_scale = 0.0, 1.0
    if chart.kind == "rows":
        axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH


def _draw_line(line: Any, colour: str, *, has_marks: bool = True) -> None:
    line.smooth = False
    line.format.line.color.rgb = RGBColor.from_string(colour)
    line.format.line.width = Pt(2.25)
    if has_marks:
        line.marker.size = 6
        _colour(line.marker.format.fill, colour)
        line.marker.format.line.color.rgb = RGBColor.from_string(colour)


def _add_legend(drawn: Any, *, has_legend: bool) -> None:
    drawn.has_legend = has_legend
    if has_legend:
        drawn.legend.position = XL_LEGEND_POSITION.TOP
        drawn.legend.include_in_layout = False


def _add_intervals(series: Any, marks: Sequence[Mark]) -> None:
    """The intervals, or other ranges, as error bars, which python-pptx has no words for; they too can be edited."""
    bars = etree.Element(f"{{{_C}}}errBars")
    for name, value in (("errBarType", "both"), ("errValType", "cust"), ("noEndCap", "0")):
        etree.SubElement(bars, f"{{{_C}}}{name}", val=value)
    for side in ("plus", "minus"):
        numbers = etree.SubElement(etree.SubElement(bars, f"{{{_C}}}{side}"), f"{{{_C}}}numLit")
        etree.SubElement(numbers, f"{{{_C}}}ptCount", val=str(len(marks)))
        for place, mark in enumerate(marks):
            end = mark.high if side == "plus" else mark.low
            if mark.value is not None and end is not None:
                point = etree.SubElement(numbers, f"{{{_C}}}pt", idx=str(place))
                etree.SubElement(point, f"{{{_C}}}v").text = repr(round(abs(end - mark.value), 10))
    shape = etree.SubElement(bars, f"{{{_C}}}spPr")
    line = etree.SubElement(shape, f"{{{_A}}}ln", w="15875")
    etree.SubElement(etree.SubElement(line, f"{{{_A}}}solidFill"), f"{{{_A}}}srgbClr", val=QUIET)
    after = [part for part in series._element if etree.QName(part).localname in _AFTER_BARS]
    after[0].addprevious(bars)


def _of(chart: Chart, series: str) -> list[Mark]:
    return [mark for mark in chart.marks if mark.series == series]


def _place(shape: Any, left: int, top: int, width: int, height: int) -> None:
    shape.left, shape.top, shape.width, shape.height = left, top, width, height


def _colour(fill: Any, colour: str) -> None:
    fill.solid()
    fill.fore_color.rgb = RGBColor.from_string(colour)


def _write(
    frame: Any,
    lines: Sequence[str],
    size: float,
    colour: str,
    *,
    is_bold: bool = False,
    is_top: bool = False,
) -> None:
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.TOP if is_top else MSO_ANCHOR.MIDDLE
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.alignment = 1
        paragraph.space_after = Pt(size / 3)
        run = paragraph.add_run()
        run.text = clean_text(line)
        run.font.size = Pt(size)
        run.font.bold = is_bold
        run.font.color.rgb = RGBColor.from_string(colour)


def _cut(text: str) -> str:
    """A text short enough for its place on a slide; the whole of it stands in the notes."""
    if len(text) <= LONGEST_TITLE:
        return text
    sentence = text[: text.find(". ") + 1] if 0 < text.find(". ") <= LONGEST_TITLE else ""
    return sentence or text[: LONGEST_TITLE - 2].rsplit(" ", 1)[0] + " …"
