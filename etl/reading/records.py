"""Delimited text as records that know the physical line of the file on which they start."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from etl.reading.arrays import number_array, text_array
from etl.reading.types import Refused

DELIMITERS = (",", "\t", ";")


@dataclass(frozen=True)
class Record:
    """One record: `line` counts the file's lines from 1, also where cells before it hold line breaks."""

    line: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> tuple[str, ...]:
        """The cells that hold something, without the spaces around it."""
        return tuple(cell.strip() for cell in self.cells if cell.strip())


def read_records(text: str, name: str, delimiter: str) -> Iterator[Record]:
    """Records of a CSV, blank ones left out; Refused, naming the line, where quotation marks are broken."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Refused(
                f"{name} cannot be read from line {line}: a quotation mark is out of place or never closed there; "
                "correct it, or export the file again."
            ) from None
        record = Record(line, tuple(cells))
        if record.filled:
            yield record


def peek_records(text: str, delimiter: str, count: int) -> list[Record]:
    """The first `count` records of the start of a file; fewer where it is cut off or broken."""
    found: list[Record] = []
    try:
        for record in read_records(text, "", delimiter):
            found.append(record)
            if len(found) == count:
                break
    except Refused:
        pass
    return found


def find_delimiter(text: str, count: int, is_meant: Callable[[list[Record]], bool]) -> str | None:
    """The delimiter with which the first `count` records are what is meant; None where none of them does."""
    return next(
        (delimiter for delimiter in DELIMITERS if is_meant(peek_records(text, delimiter, count))), None
    )


def fit_cells(record: Record, width: int) -> str:
    """Why a record does not fit a heading of `width` cells; '' where it does (empty cells at the end do no harm)."""
    if len(record.cells) < width:
        return "the line has fewer cells than the heading"
    if any(cell.strip() for cell in record.cells[width:]):
        return "the line has more cells than the heading"
    return ""


def make_table(columns: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> pa.Table:
    """A table of text columns with the BIGINT column `line` in front."""
    values = list(zip(*(cells for _, cells in rows), strict=True)) if rows else [()] * len(columns)
    return pa.table(
        {
            "line": number_array(line for line, _ in rows),
            **{name: text_array(cells) for name, cells in zip(columns, values, strict=True)},
        }
    )
