"""The columns of a delimited text: their headings, and what their cells look like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from etl.reading.mapped import name_cells
from etl.reading.physical.titles import MOST_TITLES
from etl.reading.physical.workbook import BREAK
from etl.reading.records import DELIMITERS, Record, read_records
from etl.reading.written.dates import read_epoch, read_serial
from etl.reading.written.names import EMAIL

LOOK = 2000
MARKS = (*DELIMITERS, "|")
BETWEEN = ";"
_TRIED, _TITLE = 50, 2
_EMAIL = re.compile(EMAIL)
_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|\d{1,2}[ -][A-Za-z]{3,9}[ -,]+\d{2,4}.*|[A-Za-z]{3,9} \d{1,2},? \d{4}.*"
)
_NUMBER = re.compile(r"[-+£$€]?\d[\d ,.]*%?")
_ID = re.compile(r".*\b(id|number|no|code|ref(erence)?|token)\b\.?")
_WHEN = re.compile(r".*\b(at|time|date|when|timestamp|on)\b.*")
_NOTES = re.compile(
    r".*\b(notes?|comments?|remarks?|memo|gdpr|bemerkung(en)?|notizen?|kommentare?|free ?text)\b.*"
)
# Of words by which people are told apart: so many, so long, each so often.
_MOST_GROUPS, _LONGEST_GROUP, _OFTEN = 20, 40, 1.5


@dataclass(frozen=True)
class Column:
    """A column of the file: its heading and its filled cells, of the first rows."""

    name: str
    cells: Sequence[str] = field(repr=False)

    def are(self, pattern: re.Pattern[str]) -> bool:
        """Whether the cells, but for a few, look like this."""
        fitting = sum(bool(pattern.fullmatch(cell)) for cell in self.cells)
        return bool(self.cells) and fitting >= 0.8 * len(self.cells)

    @property
    def word(self) -> str:
        """The heading in small letters, its words parted by spaces."""
        return " ".join(re.sub(r"[_-]", " ", self.name).casefold().split())

    @property
    def words(self) -> list[str]:
        """Its different cells, in order."""
        return sorted(set(self.cells))

    @property
    def is_id(self) -> bool:
        return bool(_ID.fullmatch(self.word)) and len(set(self.cells)) == len(self.cells)

    @property
    def is_email(self) -> bool:
        return self.are(_EMAIL)

    @property
    def is_when(self) -> bool:
        """Whether it says when a row was written."""
        return self.are(_DATE) or bool(_WHEN.fullmatch(self.word) and self.count_time())

    @property
    def are_groups(self) -> bool:
        """Whether its cells are few different words, by which people can be told apart, and its heading no notes on them."""
        words = set(self.cells)
        return (
            not _NOTES.fullmatch(self.word)
            and 1 < len(words) <= _MOST_GROUPS
            and len(words) * _OFTEN <= len(self.cells)
            and max(map(len, words)) <= _LONGEST_GROUP
            and not any(self.are(pattern) for pattern in (_NUMBER, _DATE, _EMAIL))
        )

    @property
    def are_several(self) -> bool:
        """Whether its cells hold several of few choices."""
        parts = [part for cell in self.cells for part in self.part(cell)]
        return len(parts) > len(self.cells) and len(set(parts)) <= min(_MOST_GROUPS, len(parts) - 1)

    def part(self, cell: str) -> list[str]:
        """The choices in a cell."""
        return [part.strip() for part in cell.split(BETWEEN) if part.strip()]

    def count_time(self) -> str:
        """epoch or serial where the cells are such numbers, '' otherwise."""
        if not self.cells:
            return ""
        if all(re.fullmatch(r"\d{9,10}|\d{13}", cell) and read_epoch(cell) != cell for cell in self.cells):
            return "epoch"
        return "serial" if all(read_serial(cell) != cell for cell in self.cells) else ""


def read_columns(text: str) -> tuple[str, tuple[Column, ...]]:
    """The delimiter with which the heading has most columns that the rows have too, and the columns."""
    mark = max(MARKS, key=lambda mark: _fit(text, mark))
    records = list(islice(read_records(text, mark), LOOK + MOST_TITLES))
    place = _find_heading(records)
    if not records or records[place].fault:
        return mark, ()
    cells: dict[int, list[str]] = {
        column: [
            cell.strip().replace(BREAK, " ")
            for record in records[place + 1 :]
            for cell in record.cells[column : column + 1]
            if cell.strip()
        ]
        for column in range(len(records[place].cells))
    }
    names = name_cells(records[place])
    return mark, tuple(Column(name, cells[column]) for column, name in enumerate(names) if name)


def _fit(text: str, mark: str) -> int:
    records = list(islice(read_records(text, mark), _TRIED))
    place = _find_heading(records)
    if not records or records[place].fault:
        return 0
    heading = records[place]
    fitting = sum(len(record.cells) == len(heading.cells) for record in records[place + 1 :])
    return len(heading.filled) * (fitting + 1)


def _find_heading(records: Sequence[Record]) -> int:
    """The place of the first record that is no title above the table, 0 where all may be."""
    looked = enumerate(records[: MOST_TITLES + 1])
    return next((place for place, record in looked if len(record.filled) > _TITLE), 0)


def find_missing(columns: Sequence[Column]) -> tuple[str, ...]:
    """Cells that may mean that there is nothing."""
    columns_with = Counter(cell for column in columns for cell in set(column.cells))
    return tuple(
        code
        for code in ("-99", "-9", "-999", "999", "NA", "N/A", "n/a", "NULL", "-", ".")
        if columns_with[code] and (not re.fullmatch(r"\d+", code) or columns_with[code] > 1)
    )
