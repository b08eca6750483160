"""Matrices of 0 and 1: members by events (who came to what), or members by the same members (who is tied to whom, weights too)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from etl.reading.records import Record, find_delimiter, make_table, peek_records, read_records
from etl.reading.shapes.responses import part_fitting
from etl.reading.types import About, RawFile, Reading, Refused, Reject, Sample
from etl.reading.written.names import SUMMARY
from etl.reading.written.ticks import is_nothing, read_tick
from etl.sources.lists.ties import RELATION, explain_strength, make_ties, settle_time, write_number

NAME = "matrix"
SUMMED = "a total or an average, not a member"
TITLE = "Matrix of members"
ABOUT = About(
    "any; the first column holds the members, by id, address or name, or the first two",
    "`--wave` or `--complete-to` for ties; the events by their ids in the events table; which way ties run is from row to column",
    "rows without any tie or visit, and totals; a column that names no event",
)

_PEOPLE = frozenset(
    (
        "",
        "member",
        "member_id",
        "id",
        "name",
        "email",
        "person",
        "people",
        "actor",
        "actors",
        "node",
        "label",
        "participant",
    )
)
# Of several columns that say who it is, the first of these counts, otherwise the first column.
_SURE = ("member_id", "id", "email")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_LOOK = 200
# By chance fewer ties than this lie on one side of the diagonal.
LEAST_TIES = 3


@dataclass(frozen=True)
class _Heading:
    """The place of who a row is of, and the names of the other columns with their places, without totals; how wide a row is."""

    who: int
    names: tuple[str, ...]
    places: tuple[int, ...]
    width: int


def recognise(sample: Sample) -> bool:
    """Whether below a heading of names each row has a name and then only ties or visits."""
    return _find_delimiter(sample.text) is not None


def _find_delimiter(text: str) -> str | None:
    return find_delimiter(text, _LOOK, _is_matrix)


def _is_matrix(records: Sequence[Record]) -> bool:
    if len(records) < 3:
        return False
    heading = _read_heading(records[0])
    names = heading.names
    rows = [
        [cell.strip().casefold() for cell in record.cells]
        for record in records[1:]
        if not _is_total(record) and len(record.cells) > heading.who
    ]
    if (
        len(names) < 2
        or records[0].cells[0].strip().casefold() not in _PEOPLE
        or len(set(names)) < len(names)
        or "" in names
    ):
        return False
    labels = {row[heading.who] for row in rows}
    if len(labels) < len(rows) or "" in labels:
        return False
    cells = [row[place] for row in rows for place in heading.places if place < len(row)]
    cells = [cell for cell in cells if not is_nothing(cell)]
    if _is_adjacency(names, labels):
        return all(_NUMBER.fullmatch(cell) or read_tick(cell) is not None for cell in cells)
    return any(map(read_tick, cells)) and all(read_tick(cell) is not None for cell in cells)


def _read_heading(record: Record) -> _Heading:
    words = [cell.strip() for cell in record.cells]
    while len(words) > 1 and not words[-1]:
        words.pop()
    folded = [word.casefold() for word in words]
    is_two = len(words) > 1 and folded[0] in _PEOPLE and folded[1] in _PEOPLE - {""}
    people = folded[: 2 if is_two else 1]
    who = next((people.index(word) for word in _SURE if word in people), 0)
    places = tuple(
        place for place in range(len(people), len(words)) if not re.fullmatch(SUMMARY, words[place])
    )
    return _Heading(who, tuple(words[place] for place in places), places, len(words))


def _is_total(record: Record) -> bool:
    return bool(record.cells) and re.fullmatch(SUMMARY, record.cells[0].strip()) is not None


def _is_adjacency(names: Sequence[str], labels: set[str]) -> bool:
    """Whether the columns are people who are rows too."""
    known = {name.casefold() for name in names}
    return len(known & labels) * 2 >= len(known | labels)


def read(file: RawFile) -> Reading:
    """Read one row of `ties` for each cell above 0 of members by members, otherwise one of `attendance` for each cell that is filled."""
    delimiter = _find_delimiter(file.text)
    if delimiter is None:
        raise Refused(
            f"{file.name} is no matrix: its first column and its first row hold the names, all else 0 or 1."
        )
    first = peek_records(file.text, delimiter, _LOOK)
    heading, *records = read_records(file.text, delimiter)
    columns = _read_heading(heading)
    fitting, rejects = part_fitting(
        records, columns.width, heading, lambda record: SUMMED if _is_total(record) else ""
    )
    known = {
        record.cells[columns.who].strip().casefold()
        for record in first[1:]
        if len(record.cells) > columns.who
    }
    is_square = _is_adjacency(columns.names, known)
    when, at = settle_time(file, "ties") if is_square else ("", "")
    rows: list[tuple[int, Sequence[str]]] = []
    for record in fitting:
        person = record.cells[columns.who].strip()
        found, reason = _read_row(columns, record, is_square)
        if not person:
            found, reason = [], "the line has no name in its first cell"
        if reason or not found:
            rejects.append(Reject(record.line, reason or f"the row has no {'tie' if is_square else 'visit'}"))
        for name, strength in found:
            if is_square:
                rows.append((record.line, (at, person, name, RELATION, strength, "")))
            else:
                address = person if "@" in person else ""
                rows.append((record.line, (name, person, address, "" if address else person, strength)))
    if is_square:
        told = _tell_triangle(file.name, columns, rows)
        return Reading(NAME, len(records), {"ties": make_ties(when, rows)}, tuple(rejects), told)
    names = ("event_id", "member_id", "person_email", "person_name", "attended")
    return Reading(NAME, len(records), {"attendance": make_table(names, rows)}, tuple(rejects))


def _tell_triangle(
    name: str, columns: _Heading, rows: Sequence[tuple[int, Sequence[str]]]
) -> tuple[str, ...]:
    """What is to be said where all ties lie on one side of the diagonal: they may have no direction."""
    places = {one.casefold(): place for place, one in enumerate(columns.names)}
    sides = {
        places[first.casefold()] < places[second.casefold()]
        for _, (_, first, second, *_) in rows
        if first.casefold() in places and first.casefold() != second.casefold()
    }
    if len(rows) < LEAST_TIES or len(sides) != 1:
        return ()
    return (
        f"{name}: all ties lie on one side of the diagonal and are read as running one way, from row to column: if they have no direction, "
        "fill in both sides.",
    )


def _read_row(columns: _Heading, record: Record, is_square: bool) -> tuple[list[tuple[str, str]], str]:
    """(column, strength or whether they came) of a row, and why it is none."""
    found = []
    for name, place in zip(columns.names, columns.places, strict=True):
        cell = record.cells[place]
        word = cell.strip().casefold()
        if is_nothing(word):
            continue
        tick = read_tick(word)
        if tick is None and not (is_square and _NUMBER.fullmatch(word)):
            return [], f"the cell '{cell.strip()[:40]}' under {name[:40]} is neither 0 nor 1"
        if is_square and (unclear := explain_strength(word, has_commas=False)):
            return [], unclear
        if not is_square:
            found.append((name, str(tick).lower()))
        elif tick is not False and float(write_number(word) if word[0].isdigit() else "1") > 0:
            found.append((name, write_number(word) if _NUMBER.fullmatch(word) else "1"))
    return found, ""
