"""A file as its mapping says: the columns that it names, and the rows of a template table."""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.reading.mapping import Mapping
from etl.reading.physical.titles import MOST_TITLES, explain_titles
from etl.reading.physical.workbook import BREAK
from etl.reading.records import DELIMITERS, Record, fit_cells, read_records
from etl.reading.transcode import open_private
from etl.reading.types import Refused, Reject
from etl.reading.written.dates import read_epoch, read_serial

_SPLIT = {"from_member_id": "|", "to_member_id": "|"}
_TIMES: dict[str, Callable[[str], str]] = {"epoch": read_epoch, "serial": read_serial}


def write_time(mapping: Mapping, column: str, cell: str) -> str:
    """A cell of a column that counts seconds or days as ISO; any other as it is."""
    return _TIMES[mapping.times[column]](cell) if column in mapping.times else cell


def find_places(
    text: str, name: str, columns: Iterable[str], delimiter: str = ""
) -> tuple[Iterator[Record], int, dict[str, int], list[str], str]:
    """The records of a delimited text (the heading first), its width, the place of each column, what is to be said, and the delimiter.

    Of equal headings the second is called "X (2)". Refused where a column is not there, or the heading cannot be read.
    """
    columns = list(columns)
    marks = (delimiter,) if delimiter else DELIMITERS
    first = {mark: _find_heading(text, mark, columns) for mark in marks}
    headings = {mark: name_cells(record) for mark, record in first.items()}
    chosen = max(marks, key=lambda one: (len(set(columns) & set(headings[one])), len(headings[one])))
    heading = headings[chosen]
    if first[chosen].fault:
        raise Refused(
            f"{name} line {first[chosen].line}: {first[chosen].fault}; it is the heading: correct it."
        )
    for column in columns:
        if column not in heading:
            raise Refused(
                f"{name} has no column {column!r}, which the mapping names; it has: {', '.join(heading)}."
            )
    twice = [
        f"{name} has the column {column[:60]} twice: the first was read. If the second is meant too, map '{column} (2)'."
        for column in columns
        if f"{column} (2)" in heading and f"{column} (2)" not in columns
    ]
    places = {column: heading.index(column) for column in columns}
    line = first[chosen].line
    if next(read_records(text, chosen), first[chosen]).line < line:
        twice.append(explain_titles(name, line))
    below = itertools.dropwhile(lambda record: record.line < line, read_records(text, chosen))
    return below, len(heading), places, twice, chosen


def _find_heading(text: str, delimiter: str, columns: Sequence[str]) -> Record:
    """The first of the first records that has all the columns, otherwise the first."""
    looked = list(itertools.islice(read_records(text, delimiter), MOST_TITLES + 1)) or [Record(1, ())]
    wanted = set(columns)
    return next((record for record in looked if wanted <= set(name_cells(record))), looked[0])


def name_cells(record: Record) -> list[str]:
    """Headings without spaces around them and without empty ones at the end; of equal ones the second is "X (2)"."""
    counts: Counter[str] = Counter()
    names = []
    for cell in record.cells:
        word = cell.strip().replace(BREAK, "\n")
        counts[word] += 1
        names.append(word if counts[word] == 1 or not word else f"{word} ({counts[word]})")
    while names and not names[-1]:
        names.pop()
    return names


@dataclass(frozen=True)
class Mapped:
    """What became of a mapped file: its rows, those that are none, whether each row has its `line` in a last column."""

    rows: int
    rejects: tuple[Reject, ...]
    has_lines: bool
    warnings: tuple[str, ...]


def apply_mapping(text: str, name: str, target: Path, mapping: Mapping) -> Mapped:
    """Write the mapped CSV, in UTF-8; where a row is not on the line of its number, with its line behind it."""
    mapped = _write_mapped(text, name, target, mapping, has_lines=False)
    return mapped or _write_mapped(text, name, target, mapping, has_lines=True) or Mapped(0, (), True, ())


def _write_mapped(text: str, name: str, target: Path, mapping: Mapping, has_lines: bool) -> Mapped | None:
    """One pass; None where a row needs its line and none is written."""
    records, width, found, warnings, delimiter = find_places(
        text, name, mapping.columns.values(), mapping.delimiter
    )
    places = [found[column] for column in mapping.columns.values()]
    values = [mapping.values.get(column, {}) for column in mapping.columns]
    splits = {**(_SPLIT if mapping.table == "ties" else {}), **mapping.split}
    missing = set(mapping.missing)
    marks = [splits.get(column, "") for column in mapping.columns]
    heading = next(records)
    rejects: list[Reject] = []
    count = 0
    with open(target, "w", encoding="utf-8", newline="", opener=open_private) as handle:
        writer = csv.writer(handle, lineterminator="\n", delimiter=";" if delimiter == ";" else ",")
        writer.writerow([*mapping.columns, *mapping.constants, *(["line"] if has_lines else [])])
        for record in records:
            count += 1
            reason = fit_cells(record, width, heading)
            if not has_lines and (reason or record.line != count + 1):
                return None
            if reason:
                rejects.append(Reject(record.line, reason))
                continue
            cells = [record.cells[place].replace(BREAK, " ") for place in places]
            cells = ["" if cell.strip() in missing else cell for cell in cells]
            cells = [
                write_time(mapping, column, cell) for column, cell in zip(mapping.columns, cells, strict=True)
            ]
            cells = [given.get(cell.strip(), cell) for given, cell in zip(values, cells, strict=True)]
            parts = [
                [part.strip() for part in cell.split(mark) if part.strip()] or [""] if mark else [cell]
                for mark, cell in zip(marks, cells, strict=True)
            ]
            if not has_lines and any(len(part) > 1 for part in parts):
                return None
            for row in itertools.product(*parts):
                writer.writerow([*row, *mapping.constants.values(), *([record.line] if has_lines else [])])
    return Mapped(count, tuple(rejects), has_lines, tuple(warnings))
