"""An Excel workbook: what it is, a sheet a figure with every number, and the passports."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from indicators.definition import Unit
from ui.export.files import freeze_package
from ui.export.handout import FOR_ROLE, Exhibit, Handout
from ui.export.looks import INK, LINE, QUIET, SYNTHETIC_SENTENCE, TEAL, WASH
from ui.export.rows import list_cells, list_columns, list_passport, protect_cell

READ_ME = (
    "hidden: there is a figure, but too few people are in it or outside it, or it would give another such figure away; not 0.",
    "no data: there is nothing to compute it from; not 0.",
    "range: what low and high are; only a 95 % interval says how far chance reaches.",
    "An empty cell: this column does not apply to the row, for instance an interval to a count.",
)
_FORMATS: dict[str, str] = {
    "share": "0.0 %",
    "net": "+0.0 %;-0.0 %;0.0 %",
    "people": "#,##0",
    "events": "#,##0",
    "p": "0.000",
}
_WIDEST = 60


def write_xlsx(handout: Handout) -> bytes:
    """The workbook: Contents, one sheet an exhibit with what it says and its tidy table, and Passport."""
    book = Workbook()
    names = _name_sheets(handout.exhibits)
    contents: Any = book.active
    contents.title = "Contents"
    _write_contents(contents, handout, names)
    for exhibit, name in zip(handout.exhibits, names, strict=True):
        _write_exhibit(book.create_sheet(name), handout, exhibit)
    _write_passports(book.create_sheet("Passport"), handout, names)
    book.properties.title = str(protect_cell(handout.title))
    book.properties.creator = "Q evaluation"
    book.properties.created = handout.made_at.replace(tzinfo=None)
    buffer = io.BytesIO()
    book.save(buffer)
    return freeze_package(buffer.getvalue(), handout.made_at)


def _write_contents(sheet: Any, handout: Handout, names: Sequence[str]) -> None:
    _put(sheet, 1, [handout.title], font=Font(bold=True, size=18, color=TEAL))
    place = 2
    if handout.is_synthetic:
        _put(sheet, place, [SYNTHETIC_SENTENCE], font=Font(bold=True, color="B4541A"))
        place += 1
    for line in (handout.lead, " · ".join(handout.list_facts()), *handout.rules, *READ_ME):
        if line:
            _put(sheet, place, [line], font=Font(color=QUIET))
            place += 1
    _put_heading(sheet, place + 1, ["Sheet", "Figure", "What it says", "Notes"])
    for number, (exhibit, name) in enumerate(zip(handout.exhibits, names, strict=True), place + 2):
        _put(sheet, number, [name, exhibit.heading, handout.read(exhibit), exhibit.notes], is_wrapped=True)
        link = sheet.cell(number, 1)
        link.hyperlink = f"#'{name}'!A1"
        link.font = Font(color=TEAL, underline="single")
    _set_widths(sheet, [26, 46, 90, 40])


def _write_exhibit(sheet: Any, handout: Handout, exhibit: Exhibit) -> None:
    """Heading, sentence and basis above the table; the table starts in row 5 and can be filtered."""
    result = exhibit.result
    columns = list_columns([result])
    rows = list_cells(handout, [result])
    _put(sheet, 1, [exhibit.heading], font=Font(bold=True, size=14, color=TEAL))
    _put(sheet, 2, [handout.read(exhibit)])
    basis = f"Definition: {result.indicator.definition} Made for {FOR_ROLE[handout.role]}."
    _put(
        sheet, 3, [f"{SYNTHETIC_SENTENCE} {basis}" if handout.is_synthetic else basis], font=Font(color=QUIET)
    )
    _put_heading(sheet, 5, columns)
    for number, row in enumerate(rows, 6):
        _put(sheet, number, row, formats=[_choose_format(name, result.indicator.unit) for name in columns])
    cells: list[Any] = [columns, *rows]
    _set_widths(
        sheet, [max(len(str(row[place] or "")) for row in cells) + 2 for place in range(len(columns))]
    )
    sheet.freeze_panes = "A6"
    sheet.auto_filter.ref = f"A5:{get_column_letter(len(columns))}{5 + len(rows)}"


def _write_passports(sheet: Any, handout: Handout, names: Sequence[str]) -> None:
    _put_heading(sheet, 1, ["Sheet", "What", "Words"])
    place = 2
    for exhibit, name in zip(handout.exhibits, names, strict=True):
        for what, words in list_passport(exhibit.result):
            _put(sheet, place, [name, what, words], is_wrapped=True)
            place += 1
    _set_widths(sheet, [26, 24, 110])
    sheet.freeze_panes = "A2"


def _name_sheets(exhibits: Sequence[Exhibit]) -> list[str]:
    """A name of at most 31 characters for each sheet, all different, whatever their case."""
    names: list[str] = []
    taken = {"contents", "passport", "history"}
    for exhibit in exhibits:
        parts = [exhibit.result.indicator.id, exhibit.result.selection.grain, *exhibit.result.selection.by]
        stem = re.sub(r"[^A-Za-z0-9_ ]+", " ", " ".join(part for part in parts if part)).strip() or "figures"
        name, number = stem[:31].strip(), 2
        while name.lower() in taken:
            name = f"{stem[: 30 - len(str(number))].strip()} {number}"
            number += 1
        taken.add(name.lower())
        names.append(name)
    return names


def _choose_format(column: str, unit: Unit) -> str:
    return _FORMATS.get(unit, "0.00") if column in ("value", "low", "high") else "General"


def _put(
    sheet: Any,
    row: int,
    cells: Sequence[object],
    *,
    font: Font | None = None,
    formats: Sequence[str] = (),
    is_wrapped: bool = False,
) -> None:
    for place, cell in enumerate(cells, 1):
        written = sheet.cell(row, place, protect_cell(cell))
        written.font = font or Font(color=INK)
        if formats and isinstance(cell, float | int):
            written.number_format = formats[place - 1]
        if cell in ("hidden", "no data"):
            written.font = Font(italic=True, color=QUIET)
        if is_wrapped:
            written.alignment = Alignment(wrap_text=True, vertical="top")


def _put_heading(sheet: Any, row: int, cells: Sequence[str]) -> None:
    _put(sheet, row, cells, font=Font(bold=True, color=INK))
    for place in range(1, len(cells) + 1):
        cell = sheet.cell(row, place)
        cell.fill = PatternFill("solid", fgColor=WASH)
        cell.border = Border(bottom=Side(style="thin", color=LINE))


def _set_widths(sheet: Any, widths: Sequence[int]) -> None:
    for place, width in enumerate(widths, 1):
        kept = min(max(width, 8), 120 if len(widths) < 5 else _WIDEST)
        sheet.column_dimensions[get_column_letter(place)].width = kept
