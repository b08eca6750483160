"""A list as its heading and rows, found by what the heading has to have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass

from etl.reading.records import Record, find_delimiter, fit_cells, read_records
from etl.reading.written.headings import find_role
from etl.reading.written.names import is_nobody

Is = Callable[[Set[str]], bool]


@dataclass(frozen=True)
class Listed:
    """A list: the place of each heading (letter case and spaces apart), and its rows."""

    places: Mapping[str, int]
    heading: Record
    rows: tuple[Record, ...]

    def cell(self, row: Record, *names: str) -> str:
        """The first cell under one of these headings that holds something; '' where the row has none."""
        places = (self.places[name] for name in names if name in self.places)
        return next(
            filter(None, (row.cells[place].strip() for place in places if place < len(row.cells))), ""
        )

    def cell_of(self, row: Record, *roles: str) -> str:
        """The first filled cell under a heading by which somebody is known as one of these, what stands where nothing is known left out."""
        named = sorted((name for name in self.places if find_role(name) in roles), key=len)
        return next((cell for name in named if not is_nobody(cell := self.cell(row, name)) and cell), "")

    def fit(self) -> Iterator[tuple[Record, str]]:
        """Each row with the reason why it does not fit the heading, '' where it does."""
        width = max(self.places.values(), default=-1) + 1
        return ((row, fit_cells(row, width, self.heading)) for row in self.rows)


def find_list(text: str, is_meant: Is) -> str | None:
    """The delimiter with which the heading is what is meant; None where it is not."""
    return find_delimiter(text, 1, lambda records: bool(records) and is_meant(set(_name(records[0]))))


def read_list(text: str, delimiter: str) -> Listed:
    """The list; of equal headings the first counts."""
    heading, *rows = read_records(text, delimiter)
    places: dict[str, int] = {}
    for place, name in enumerate(_name(heading)):
        if name:
            places.setdefault(name, place)
    return Listed(places, heading, tuple(rows))


def _name(record: Record) -> list[str]:
    return [" ".join(cell.casefold().split()) for cell in record.cells]
