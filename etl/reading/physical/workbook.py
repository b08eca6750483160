"""The sheets of an Excel workbook as rows of text, with what a reader must not take for a value."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow.compute as pc

from etl.reading.physical.archive import LARGEST_UNPACKED, explain_archive, is_bomb, list_files
from etl.reading.physical.titles import explain_titles, skip_titles
from etl.reading.records import read_records
from etl.reading.transcode import plain_text
from etl.reading.types import Reading, Refused

_MOST_CALLED = 5
_HIDDEN_ROW = re.compile(rb'<row (?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
_HIDDEN_COLUMNS = re.compile(
    rb'<col (?=[^>]*\bhidden="(?:1|true)")(?=[^>]*\bmin="(\d+)")(?=[^>]*\bmax="(\d+)")'
)
_MERGED = re.compile(rb'<mergeCell [^>]*\bref="[A-Z]+(\d+):[A-Z]+(\d+)"')
_FORMULA = re.compile(rb"<f[ >/]")
# stands for a line break inside a cell while a sheet is text, so that each row keeps its number
BREAK = "\u2028"
# of an archive, of its XML, and of what the reader expects to find in it
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, ElementTree.ParseError, KeyError, ValueError, OSError),
    *(AttributeError, TypeError, IndexError, AssertionError, ArithmeticError),
)
# a spreadsheet keeps 15 digits of a number
_EXACT = 10**15
_BREAKS = re.compile(r"\r\n|\r|\n")
_IGNORED = re.compile(r"\(.*|.*\(ignore\)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Sheet:
    """A sheet: (line, cells) of each row that is not blank, and the first cell of a line that is a formula without a value."""

    name: str
    rows: Sequence[tuple[int, tuple[str, ...]]]
    unknown: dict[int, str]

    @property
    def heading(self) -> tuple[str, ...]:
        """The cells of the first row, without empty ones at its end."""
        cells = list(self.rows[0][1])
        while cells and not cells[-1].strip():
            cells.pop()
        return tuple(cell.strip() for cell in cells)

    def explain(self, line: int) -> str:
        """Why a line with a formula that has no value cannot be taken."""
        return f"the cell {self.unknown[line]} is a formula without a stored value: open the file in Excel and save it again"

    def write(self) -> str:
        """The sheet as CSV, each row on its line, breaks inside cells as `BREAK`. Refused where a formula has no value."""
        if self.unknown:
            line = min(self.unknown)
            raise Refused(f"Sheet {self.name}: {self.explain(line)}.")
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        last = 0
        width = max(len(self.heading), *(len(cells) for _, cells in self.rows[:3]))
        for line, cells in self.rows:
            out.write("\n" * (line - last - 1))
            kept = [_BREAKS.sub(BREAK, cell) for cell in cells]
            writer.writerow((*kept, *[""] * width)[: max(width, len(kept))])
            last = line
        return out.getvalue()


@dataclass(frozen=True)
class Workbook:
    """The sheets with something in them, and the sentences on those that were passed over."""

    sheets: tuple[Sheet, ...]
    passed: tuple[str, ...]


def read_workbook(path: Path, name: str) -> Workbook:
    """Read the visible sheets. Refused where the file is damaged or unpacks to more than it can hold in earnest."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > LARGEST_UNPACKED:
                raise Refused(
                    f"{name} unpacks to more than {LARGEST_UNPACKED // 10**9} GB: split it or save it as CSV."
                )
            refuse_bomb(path, name, unpacked)
            listed = archive.namelist()
            if "xl/workbook.xml" not in listed:
                raise Refused(explain_archive(name, list_files(archive)))
            has_formulas = any(
                _FORMULA.search(archive.read(entry))
                for entry in listed
                if entry.startswith("xl/worksheets/sheet")
            )
        return _read(path, name, has_formulas)
    except _DAMAGE as error:
        raise Refused(
            f"{name} is damaged or not an Excel workbook: open it in Excel and save it again."
        ) from error


def refuse_bomb(path: Path, name: str, unpacked: int) -> None:
    """Refuse a file that says it unpacks to more than it can hold in earnest."""
    if is_bomb(path, unpacked):
        raise Refused(
            f"{name} has {path.stat().st_size:,} bytes and would unpack to {unpacked:,}: save it as CSV, or check where it came from."
        )


def _read(path: Path, name: str, has_formulas: bool) -> Workbook:
    import openpyxl

    content = path.read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    written = openpyxl.load_workbook(io.BytesIO(content), read_only=True) if has_formulas else None
    archive = zipfile.ZipFile(io.BytesIO(content))
    sheets, passed = [], []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            passed.append(
                f"{name}: the hidden sheet {sheet.title} was passed over: show it in Excel if it is meant."
            )
            continue
        if _IGNORED.fullmatch(sheet.title):
            passed.append(
                f"{name}: the sheet {sheet.title} was passed over, because its name is in brackets."
            )
            continue
        rows = _list_rows(sheet)
        if rows:
            formulas = _find_formulas(written[sheet.title], dict(rows)) if written else {}
            sheets.append(Sheet(sheet.title, rows, formulas))
            found = _list_hidden(archive.read(sheet._worksheet_path), sheets[-1])
            passed += [f"{name}, sheet {sheet.title}: {words}" for words in found]
    return Workbook(tuple(sheets), tuple(passed))


def _list_rows(sheet: Any) -> list[tuple[int, tuple[str, ...]]]:
    sheet.reset_dimensions()  # what a sheet says of its own size may be wrong, and rows beyond it would be lost
    rows = ((line, row) for line, row in enumerate(sheet.iter_rows(values_only=True), start=1))
    return [
        (line, tuple(plain_text(write_cell(cell)) for cell in row))
        for line, row in rows
        if any(cell is not None for cell in row)
    ]


def _list_hidden(content: bytes, sheet: Sheet) -> list[str]:
    """What nobody sees who looks at a sheet, in words: rows and columns that are hidden though there is something in them, and cells that are
    merged over several rows below the heading."""
    filled = {line for line, _ in sheet.rows}
    width = max(len(cells) for _, cells in sheet.rows)
    rows = sum(int(line) in filled for line in _HIDDEN_ROW.findall(content))
    places = [
        place
        for first, last in _HIDDEN_COLUMNS.findall(content)
        for place in range(int(first) - 1, min(int(last), width))
    ]
    columns = len(places)
    counts = [(rows, "row"), (columns, "column")]
    hidden = " and ".join(f"{count:,} {word}{'s' if count > 1 else ''}" for count, word in counts if count)
    merged = sum(sheet.rows[0][0] < int(first) < int(last) for first, last in _MERGED.findall(content))
    said = []
    called = ", ".join(_call_column(sheet, place) for place in places[:_MOST_CALLED])
    named = f" Hidden columns: {called}{' and others' if columns > _MOST_CALLED else ''}." if columns else ""
    if hidden:
        said.append(
            f"{hidden}, hidden by a filter or by hand, {'was' if rows + columns == 1 else 'were'} read like the others: take out what is not meant.{named}"
        )
    if merged:
        said.append(
            f"{merged:,} {'cell is' if merged == 1 else 'cells are'} merged over several rows, of which only the first has the value: undo "
            "this, and fill in each row."
        )
    return said


def _call_column(sheet: Sheet, place: int) -> str:
    """A column by its first cell that has something in it, which is its heading but for titles above it."""
    cells = (row[place] for _, row in sheet.rows if place < len(row))
    return next((cell[:40] for cell in cells if cell), f"column {place + 1}")


def _find_formulas(sheet: Any, values: dict[int, tuple[str, ...]]) -> dict[int, str]:
    """The first cell of each line that is a formula and has no stored value."""
    from openpyxl.utils import get_column_letter

    sheet.reset_dimensions()
    found: dict[int, str] = {}
    for line, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        stored = values.get(line, ())
        for place, cell in enumerate(row):
            is_formula = isinstance(cell, str) and cell.startswith("=") and len(cell) > 1
            if is_formula and not (place < len(stored) and stored[place]):
                found.setdefault(line, f"{get_column_letter(place + 1)}{line}")
    return found


def write_cell(value: object) -> str:
    """A cell's value as text: dates as ISO, whole numbers without a point, those of which digits are lost as 1.2345E+17, durations as
    25:00:00."""
    if value is None:
        return ""
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    if isinstance(value, datetime | date):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, int | float) and abs(value) >= _EXACT:
        return f"{value:.14E}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def skip_sheet_titles(book: Workbook, name: str, is_known: Callable[[str], bool]) -> Workbook:
    """The workbook without what stands above the headings of its sheets."""
    texts = {sheet.name: sheet.write() for sheet in book.sheets}
    lines = {called: skip_titles(text, is_known)[1] for called, text in texts.items()}
    sheets = tuple(
        replace(sheet, rows=[row for row in sheet.rows if row[0] >= lines.get(sheet.name, 0)])
        for sheet in book.sheets
    )
    said = [
        explain_titles(f"{name}, sheet {called}" if len(lines) > 1 else name, line)
        for called, line in lines.items()
        if line
    ]
    return Workbook(sheets, (*book.passed, *said))


def restore_breaks(reading: Reading) -> Reading:
    """What was read of a sheet's text, with the line breaks of its cells again."""
    tables = {}
    for name, table in reading.tables.items():
        for place, column in enumerate(table.column_names):
            if column != "line":
                cells = pc.replace_substring(table.column(column), BREAK, "\n")
                table = table.set_column(place, column, cells)
        tables[name] = table
    items = tuple(
        replace(
            item,
            text=item.text.replace(BREAK, "\n"),
            labels=tuple((value, words.replace(BREAK, "\n")) for value, words in item.labels),
        )
        for item in reading.items
    )
    return replace(reading, tables=tables, items=items)


def find_sheet(book: Workbook, name: str, columns: Sequence[str]) -> Sheet:
    """The first sheet that has all the columns; Refused where none has."""
    for sheet in book.sheets:
        first = next(read_records(sheet.write(), ","), None)
        if first and set(columns) <= {cell.strip().replace(BREAK, "\n") for cell in first.cells}:
            return sheet
    if not book.sheets:
        raise Refused(f"{name} has nothing on its visible sheets: save it again with its rows.")
    return book.sheets[0]
