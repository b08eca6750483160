"""Delimited text as records that know the physical line of the file on which they start: the one strict reader."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from etl.reading.arrays import number_array, text_array

DELIMITERS = (",", "\t", ";")
LONGEST = 10_000_000

FEWER = "the line has fewer cells than the heading"
MORE = "the line has more cells than the heading: is there a comma in a cell without quotes?"
UNCLOSED = "a quotation mark is opened and never closed"
STRAY = "a quotation mark is out of place"
TOO_LONG = "the line is longer than 10 MB"
REPEATED = "the heading again"
ANOTHER = "another heading amid the rows: those below it are read by it"
NUL = "the line has NUL characters, as a file that was damaged or written in part has: export it again"


@dataclass(frozen=True)
class Record:
    """One record: `line` counts the file's lines from 1, also where cells before it hold line breaks.

    `fault` says why a line is no record; its cells are then what stands between its delimiters.
    """

    line: int
    cells: tuple[str, ...]
    fault: str = ""

    @property
    def filled(self) -> tuple[str, ...]:
        """The cells that hold something, without the spaces around it."""
        return tuple(cell.strip() for cell in self.cells if cell.strip())


def read_records(text: str, delimiter: str, is_ragged: bool = False) -> Iterator[Record]:
    """Records of a CSV, blank ones left out. A line that is none has a `fault`, and the next line is read on its own."""
    records = scan_records(_split_lines(text), delimiter, is_ragged=is_ragged)
    return (record for record in records if record.filled or record.fault)


def read_lines(text: str, delimiter: str) -> Iterator[Record]:
    """Each line on its own, for tools that break no line inside a cell; blank ones left out."""
    for number, line in enumerate(_split_lines(text), start=1):
        record = _refuse_nul(_read_one(number, line, delimiter))
        if record.filled or record.fault:
            yield record


def scan_records(
    lines: Iterable[str], delimiter: str, width: int = 0, is_ragged: bool = False
) -> Iterator[Record]:
    """Records of lines with their ends, blank lines left out; nothing is swallowed.

    A cell that runs over several lines is taken where the record then has as many cells as the heading (`width`, or the first
    record's) or, in a file that `is_ragged`, as the record before it, and its lines are not rows themselves; otherwise its first line has a fault and the others stand on their own.
    """
    waiting: deque[str] = deque()
    rest = iter(lines)
    line = before = 0
    while True:
        first = waiting.popleft() if waiting else next(rest, None)
        if first is None:
            return
        line += 1
        if not first.strip():
            continue
        record = _read_one(line, first, delimiter)
        used = 0
        if record.fault == UNCLOSED:
            found, used, taken = _read_over(line, first, waiting, rest, delimiter)
            if not found.fault and _is_row(found, (width, before), (first, *taken), delimiter):
                record = found
            else:
                record, used = Record(line, record.cells, found.fault or STRAY), 0
        for _ in range(used):
            waiting.popleft()
        width, before = width or len(record.cells), len(record.cells) if is_ragged else 0
        yield _refuse_nul(record)
        line += used


def _refuse_nul(record: Record) -> Record:
    has_nul = not record.fault and "\0" in "".join(record.cells)
    return Record(record.line, record.cells, NUL) if has_nul else record


def _read_one(line: int, text: str, delimiter: str) -> Record:
    """The record of one line; UNCLOSED where a cell goes on after its end."""
    body = text.rstrip("\r\n")
    if len(body) > LONGEST:
        return Record(line, (), TOO_LONG)
    if '"' not in body:
        return Record(line, tuple(body.split(delimiter)))
    cells, fault = _split_cells(body, delimiter)
    return Record(line, tuple(cells) if not fault else tuple(body.split(delimiter)), fault)


def _read_over(
    line: int, first: str, waiting: deque[str], rest: Iterator[str], delimiter: str
) -> tuple[Record, int, list[str]]:
    """The record that starts on a line and goes on, how many further lines it has, and these; they stay in `waiting`."""
    text = first
    taken: list[str] = []
    fault = UNCLOSED
    cells: list[str] = []
    size = len(first)
    while fault == UNCLOSED:
        if len(taken) == len(waiting):
            following = next(rest, None)
            if following is None:
                break
            waiting.append(following)
        taken.append(waiting[len(taken)])
        size += len(taken[-1])
        if size > LONGEST:
            return Record(line, (), TOO_LONG), 0, taken
        if '"' in taken[-1]:
            text = "".join((first, *taken))
            cells, fault = _split_cells(text.rstrip("\r\n"), delimiter)
    return Record(line, tuple(cells), fault), len(taken), taken


def _is_row(record: Record, widths: Sequence[int], lines: Sequence[str], delimiter: str) -> bool:
    """Whether a record of several lines has one of some widths (0: is the heading), and its lines are no rows that a stray
    quotation mark joins."""
    if widths[0] and all(fit_cells(record, width) for width in widths if width):
        return False
    width = widths[0] or lines[0].count(delimiter) + 1
    rows = [line.split(delimiter) for line in lines]
    return not (
        width > 2
        and sum(line.count('"') for line in lines) == 2
        and all(len(row) == width and sum(bool(cell.strip(' "\r\n')) for cell in row) > 1 for row in rows)
    )


def _split_cells(text: str, delimiter: str) -> tuple[list[str], str]:
    """The cells of a record, and why it is none; UNCLOSED where its last cell is still open at the end of the text."""
    cells: list[str] = []
    place, end = 0, len(text)
    while True:
        start = place
        while start < end and text[start] == " ":
            start += 1
        if start < end and text[start] == '"':
            close = text.find('"', start + 1)
            while close != -1 and text.startswith('""', close):
                close = text.find('"', close + 2)
            if close == -1:
                return cells, UNCLOSED
            cells.append(text[start + 1 : close].replace('""', '"'))
            place = close + 1
            while place < end and text[place] == " ":
                place += 1
            if place < end and text[place] != delimiter:
                return cells, STRAY
        else:
            found = text.find(delimiter, place)
            stop = end if found == -1 else found
            cell = text[place:stop]
            if cell.count('"') % 2:
                return cells, STRAY
            cells.append(cell)
            place = stop
        if place >= end:
            return cells, ""
        place += 1


def _split_lines(text: str) -> Iterator[str]:
    return iter(io.StringIO(text, newline=""))


def peek_records(text: str, delimiter: str, count: int) -> list[Record]:
    """The first `count` records of a text; fewer where it ends or one of them is broken."""
    found: list[Record] = []
    for record in read_records(text, delimiter):
        if record.fault or len(found) == count:
            break
        found.append(record)
    return found


def find_delimiter(text: str, count: int, is_meant: Callable[[list[Record]], bool]) -> str | None:
    """The delimiter with which the first `count` records are what is meant; None where none of them does."""
    return next(
        (delimiter for delimiter in DELIMITERS if is_meant(peek_records(text, delimiter, count))), None
    )


def fit_cells(record: Record, width: int, heading: Record | None = None) -> str:
    """Why a record does not fit a heading of `width` cells; '' where it does (empty cells at the end do no harm)."""
    if record.fault:
        return record.fault
    if len(record.cells) < width:
        return FEWER
    if any(cell.strip() for cell in record.cells[width:]):
        return MORE
    return REPEATED if heading and record.filled == heading.filled else ""


def make_table(columns: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> pa.Table:
    """A table of text columns with the BIGINT column `line` in front."""
    values = list(zip(*(cells for _, cells in rows), strict=True)) if rows else [()] * len(columns)
    return pa.table(
        {
            "line": number_array(line for line, _ in rows),
            **{name: text_array(cells) for name, cells in zip(columns, values, strict=True)},
        }
    )
