"""A report on A4: what the figures say, drawn and in tables, how to read them, and how they were made."""

from __future__ import annotations

import io
from collections.abc import Sequence
from threading import Lock
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus import Paragraph as Words

from indicators.result import Result
from indicators.statistics.cells import explain_no_range
from ui.charts.parts import list_rows
from ui.export.files import clean_text
from ui.export.handout import FOR_ROLE, Exhibit, Handout
from ui.export.looks import INK, LINE, QUIET, SYNTHETIC, SYNTHETIC_SENTENCE, TEAL, WASH
from ui.export.marks import Chart, describe_basis, make_card, make_chart
from ui.export.pdf_charts import draw_charts
from ui.export.pdf_fonts import BOLD, SANS, SERIF, register_fonts
from ui.words.numbers import describe_status, format_count, format_moment, keep_together
from ui.words.tables import table_columns, table_rows

MARGIN = 20 * mm
INSIDE = A4[0] - 2 * MARGIN
MOST_ROWS = 26
MOST_IN_TABLE = 200
CARDS = 3
_WRITING = Lock()
CLOSING = (
    "A line through a bar or a dot, or two thin lines beside a curve, are the 95 % interval of a figure, or the range that "
    "its table names.",
    "Hidden means that too few people are in a figure or outside it, or that it would give another such figure away. It never means zero.",
    "The figures describe what was observed. They do not show by themselves what caused it.",
)


def write_pdf(handout: Handout) -> bytes:
    """The report: headline, figures by section, how to read them, methods and limits, and the longer tables.

    One at a time: ReportLab reads all paragraphs of a process with one parser.
    """
    with _WRITING:
        return _write(handout)


def _write(handout: Handout) -> bytes:
    register_fonts()
    buffer = io.BytesIO()
    document = _Report(buffer, handout)
    long = [exhibit for exhibit in handout.exhibits if is_in_appendix(exhibit)]
    story = _write_opening(handout)
    section = ""
    for group in handout.group():
        if group[0].section and group[0].section != section:
            section = group[0].section
            story += [CondPageBreak(70 * mm), _head(section, 1)]
        story += _write_exhibit(handout, group[0]) if len(group) == 1 else _write_cards(handout, group)
    story += [CondPageBreak(60 * mm), _head("How to read this", 1)]
    story += [Words(f"• {_escape(rule)}", STYLES["rule"]) for rule in (handout.rules or CLOSING)]
    story += _write_methods(handout)
    if long:
        story += [CondPageBreak(60 * mm), _head("All figures of the longer charts", 1)]
        for exhibit in long:
            reasons = " ".join(_list_reasons(exhibit))
            story += [CondPageBreak(40 * mm), _head(exhibit.heading, 2)]
            story += [Words(_escape(reasons), STYLES["note"])] if reasons else []
            story.append(_make_table(handout, exhibit, is_dense=True))
    document.build(story, canvasmaker=_numbered(handout))
    return buffer.getvalue()


def _style(size: float, font: str = SANS, colour: str = INK, **more: Any) -> ParagraphStyle:
    more = {"leading": size * 1.38, "alignment": TA_LEFT, **more}
    return ParagraphStyle("", fontName=font, fontSize=size, textColor=HexColor(f"#{colour}"), **more)


STYLES = {
    "title": _style(25, SERIF, TEAL, spaceAfter=4 * mm),
    "lead": _style(12.5, BOLD, spaceAfter=2.5 * mm),
    "facts": _style(8.5, SANS, QUIET, spaceAfter=2 * mm),
    "flag": _style(
        9, BOLD, "8f3d0c", backColor=HexColor("#f9ece3"), borderPadding=(4, 6, 4, 6), spaceAfter=4 * mm
    ),
    "figure": _style(17, BOLD, TEAL, spaceAfter=0.8 * mm),
    "head1": _style(16, SERIF, TEAL, spaceBefore=7 * mm, spaceAfter=3 * mm),
    "head2": _style(11.5, BOLD, INK, spaceBefore=5 * mm, spaceAfter=1.2 * mm),
    "body": _style(9.5, spaceAfter=2.5 * mm),
    "note": _style(8, SANS, QUIET, spaceAfter=1.5 * mm),
    "rule": _style(9.5, leftIndent=9, firstLineIndent=-9, spaceAfter=1.5 * mm),
    "method": _style(8, spaceAfter=0.8 * mm),
    "cell": _style(7.6, leading=9.6),
    "cellhead": _style(7.6, BOLD, leading=9.6),
    "dense": _style(6.8, leading=8.2),
    "densehead": _style(6.8, BOLD, leading=8.2),
}


class _Report(BaseDocTemplate):  # type: ignore[misc]
    """One frame a page; headings become bookmarks."""

    def __init__(self, buffer: io.BytesIO, handout: Handout) -> None:
        super().__init__(
            buffer,
            pagesize=A4,
            title=clean_text(handout.title),
            author="Q evaluation",
            subject=" · ".join(handout.list_facts()),
            creator="Q evaluation",
            lang="en-GB",
            invariant=1,
            pageCompression=1,
        )
        frame = Frame(MARGIN, 20 * mm, INSIDE, A4[1] - 38 * mm, 0, 0, 0, 0)
        self.addPageTemplates([PageTemplate("page", [frame])])
        self._bookmarks, self._deepest = 0, -1

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802
        level = getattr(flowable, "outline_level", None)
        if level is not None:
            self._bookmarks += 1
            key = f"heading-{self._bookmarks}"
            self.canv.bookmarkPage(key)
            self._deepest = min(level, self._deepest + 1)
            self.canv.addOutlineEntry(flowable.getPlainText(), key, self._deepest, closed=True)


def _numbered(handout: Handout) -> type[Canvas]:
    """A canvas that writes the foot of every page when it knows how many there are, and dates the file by its release."""

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            stamp = self._doc._timeStamp
            stamp.t = handout.made_at.timestamp()
            stamp.lt = handout.made_at.timetuple()
            stamp.YMDhms = tuple(stamp.lt)[:6]
            self._doc.setCompression(1)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for page in self._pages:
                self.__dict__.update(page)
                _draw_foot(self, handout, self._pageNumber, len(self._pages))
                super().showPage()
            super().save()

    return Numbered


def _draw_foot(canvas: Any, handout: Handout, page: int, pages: int) -> None:
    canvas.setStrokeColor(HexColor(f"#{LINE}"))
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, 15 * mm, A4[0] - MARGIN, 15 * mm)
    canvas.setFont(SANS, 7.5)
    canvas.setFillColor(HexColor(f"#{QUIET}"))
    words = f"{clean_text(handout.title)} · release {handout.release} · made for {FOR_ROLE[handout.role]}"
    canvas.drawString(MARGIN, 10.5 * mm, words[:110])
    canvas.drawRightString(A4[0] - MARGIN, 10.5 * mm, f"Page {page} of {pages}")
    if handout.is_synthetic:
        canvas.setFont(BOLD, 7.5)
        canvas.setFillColor(HexColor("#8f3d0c"))
        canvas.drawRightString(A4[0] - MARGIN, A4[1] - 12 * mm, SYNTHETIC)


def _write_opening(handout: Handout) -> list[Flowable]:
    story: list[Flowable] = [Words(_escape(handout.title), STYLES["title"])]
    if handout.lead:
        story.append(Words(_escape(handout.lead), STYLES["lead"]))
    story.append(Words(_escape(" · ".join(handout.list_facts())), STYLES["facts"]))
    if handout.is_synthetic:
        story += [Spacer(0, 2 * mm), Words(SYNTHETIC_SENTENCE, STYLES["flag"])]
    return story


def _write_exhibit(handout: Handout, exhibit: Exhibit) -> list[Flowable]:
    """Heading, sentence and chart stay together. A chart of rows is its own table, if it has every row."""
    result = exhibit.result
    chart = make_chart(handout, result)
    drawings = [] if exhibit.is_single else draw_charts(chart, INSIDE)
    head: list[Flowable] = [_head(exhibit.heading, 2), Words(_escape(handout.read(exhibit)), STYLES["body"])]
    if exhibit.notes:
        head.append(Words(_escape(exhibit.notes), STYLES["note"]))
    has_chart = bool(drawings)
    if has_chart:
        head += [drawings[0], Spacer(0, 1.5 * mm)]
    foot = ["" if exhibit.is_single else describe_basis(result), *result.passport.warnings[-1:]]
    if has_chart and chart.left_out:
        foot.append(f"Drawn are {len(chart.marks)} of {len(result.table)} figures")
    tail: list[Flowable] = [part for drawing in drawings[1:] for part in (drawing, Spacer(0, 1.5 * mm))]
    if is_in_appendix(exhibit):
        foot.append("all figures stand in a table at the end")
    elif not has_chart and not exhibit.is_single:
        foot += _list_unshown(chart)
    elif has_chart and (chart.kind != "rows" or chart.left_out):
        tail += [_make_table(handout, exhibit), Spacer(0, 1.5 * mm)]
    foot += _list_reasons(exhibit)
    words = " · ".join(part.removesuffix(".") for part in foot if part)
    if words:
        tail.append(
            Words(_escape(words if words.startswith("n =") else words[0].upper() + words[1:]), STYLES["note"])
        )
    return [KeepTogether(head), *tail] if len(tail) > 1 else [KeepTogether([*head, *tail])]


def _write_cards(handout: Handout, exhibits: Sequence[Exhibit]) -> list[Flowable]:
    """Single figures side by side, three in a row, each with what it is and what it rests on."""
    cards = [
        [
            Words(_escape(card.heading), STYLES["note"]),
            Words(_escape(card.figure), STYLES["figure"]),
            Words(_escape(card.words), STYLES["note"]),
        ]
        for card in (make_card(handout, exhibit) for exhibit in exhibits)
    ]
    cards += [[] for _ in range(-len(cards) % CARDS)]
    rows = [cards[place : place + CARDS] for place in range(0, len(cards), CARDS)]
    table = Table(rows, colWidths=[INSIDE / CARDS] * CARDS, hAlign="LEFT")
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return [Spacer(0, 3 * mm), table]


def is_in_appendix(exhibit: Exhibit) -> bool:
    """Whether the table of an exhibit is too long to stand beside its chart."""
    is_shown = (exhibit.result.table["status"] == "ok").any()
    return bool(is_shown) and len(exhibit.result.table) > MOST_ROWS


def _list_reasons(exhibit: Exhibit) -> list[str]:
    """Why figures are hidden or missing, each reason once."""
    indicator = exhibit.result.indicator
    reasons = (
        describe_status(row) or explain_no_range(indicator, row) for row in list_rows(exhibit.result.table)
    )
    return [reason for reason in dict.fromkeys(reasons) if reason]


def _list_unshown(chart: Chart) -> list[str]:
    """What the figures are of that are not shown, where none is."""
    names = list(dict.fromkeys(mark.label if chart.kind == "rows" else mark.series for mark in chart.marks))
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return [f"Not shown: {'; '.join(name for name in names[:12] if name)}{more}"] if any(names) else []


def _make_table(handout: Handout, exhibit: Exhibit, *, is_dense: bool = False) -> Table:
    """The rows as on the page; a reason that all hidden rows share stands once beside the table instead."""
    columns = table_columns(exhibit.result)
    rows = table_rows(exhibit.result, handout.labels)
    left_out = len(rows) - MOST_IN_TABLE
    if left_out > 0:
        rest = f"{format_count(left_out, 'further row')}: in the CSV and XLSX"
        rows = [*rows[:MOST_IN_TABLE], {**dict.fromkeys(columns, ""), columns[0]: rest}]
    reasons = _list_reasons(exhibit)
    if len(reasons) == 1:
        rows = [{**row, "Note": "" if row["Note"] == reasons[0] else row["Note"]} for row in rows]
    kept = [name for name in columns if name != "Note" or any(row[name] for row in rows)]
    size = "dense" if is_dense else "cell"
    cells = [[Words(_escape(name), STYLES[f"{size}head"]) for name in kept]]
    cells += [[Words(_escape(row[name]), STYLES[size]) for name in kept] for row in rows]
    table = Table(cells, colWidths=_share_widths(kept, rows), repeatRows=1, hAlign="LEFT")
    above = 0.6 if is_dense else 2.2
    looks = [
        ("BACKGROUND", (0, 0), (-1, 0), HexColor(f"#{WASH}")),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(f"#{LINE}")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), above),
        ("BOTTOMPADDING", (0, 0), (-1, -1), above + 0.2),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ]
    table.setStyle(TableStyle(looks))
    return table


def _share_widths(columns: Sequence[str], rows: Sequence[dict[str, str]]) -> list[float]:
    """Each column as wide as its longest cell where all fit, else in proportion, the long ones cut to a share."""
    wanted = [
        min(
            max(
                pdfmetrics.stringWidth(clean_text(text), BOLD, 7.6)
                for text in [name, *(row[name] for row in rows)]
            )
            + 10,
            0.42 * INSIDE,
        )
        for name in columns
    ]
    return [wide * min(INSIDE / sum(wanted), 1.0) for wide in wanted]


def _write_methods(handout: Handout) -> list[Flowable]:
    story: list[Flowable] = [CondPageBreak(60 * mm), _head("Methods and limits", 1)]
    passport = handout.results[0].passport
    facts = [
        f"Release {passport.release}, published {format_moment(passport.published_at)}.",
        f"{passport.checks_passed} checks of the data passed, {passport.checks_failed} failed.",
        f"Figures as {FOR_ROLE[handout.role]} may see them.",
    ]
    story.append(Words(_escape(" ".join(facts)), STYLES["body"]))
    known: dict[tuple[object, ...], Result] = {}
    for result in handout.results:
        known.setdefault((result.indicator.id, result.selection.settings), result)
    for result in known.values():
        indicator = result.indicator
        said = [
            ("Definition", indicator.definition),
            ("Numerator", indicator.numerator),
            ("Denominator", indicator.denominator),
            ("Left out", indicator.excluded),
            ("Interval", indicator.interval_words),
            ("Read with care", " ".join([indicator.caveat, *result.passport.warnings])),
            ("Source", indicator.source),
            ("Groups", f"Members' groups are {result.passport.attributes}."),
            ("Version", f"{indicator.id}, version {indicator.version}"),
        ]
        lines = [
            Words(f'<font name="{BOLD}">{name}.</font> {_escape(words)}', STYLES["method"])
            for name, words in said
            if words.strip()
        ]
        story.append(KeepTogether([_head(indicator.title, 2), *lines]))
    return story


def _head(words: str, level: int) -> Words:
    heading = Words(_escape(words), STYLES[f"head{level}"])
    heading.keepWithNext = 1
    heading.outline_level = level - 1
    return heading


def _escape(text: str) -> str:
    """Text from the data, inert where ReportLab reads a little XML."""
    plain = keep_together(clean_text(text))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
