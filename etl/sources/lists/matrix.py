"""Matrices of 0 and 1: members by events (who came to what), or members by the same members (who is tied to whom, weights too)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etl.reading.records import Record, find_delimiter, make_table, peek_records, read_records
from etl.reading.shapes.responses import part_fitting
from etl.reading.types import About, RawFile, Reading, Refused, Reject, Sample
from etl.reading.written.ticks import read_tick
from etl.sources.lists.ties import RELATION, make_ties, settle_time, write_number

NAME = "matrix"
TITLE = "Matrix of members"
ABOUT = About(
    "any; the first column holds the members, by id, address or name",
    "`--wave` or `--complete-to` for ties; the events by their ids in the events table; which way ties run is from row to column",
    "rows without any tie or visit; a column that names no event",
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
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_LOOK = 200


def recognise(sample: Sample) -> bool:
    """Whether below a heading of names each row has a name and then only ties or visits."""
    return _find_delimiter(sample.text) is not None


def _find_delimiter(text: str) -> str | None:
    return find_delimiter(text, _LOOK, _is_matrix)


def _is_matrix(records: Sequence[Record]) -> bool:
    if len(records) < 3:
        return False
    names = _name_columns(records[0])
    rows = [[cell.strip().casefold() for cell in record.cells] for record in records[1:]]
    if (
        len(names) < 2
        or records[0].cells[0].strip().casefold() not in _PEOPLE
        or len(set(names)) < len(names)
        or "" in names
    ):
        return False
    labels = {row[0] for row in rows}
    if len(labels) < len(rows) or "" in labels:
        return False
    cells = [cell for row in rows for cell in row[1 : len(names) + 1] if cell]
    if _is_adjacency(names, labels):
        return all(_NUMBER.fullmatch(cell) or read_tick(cell) is not None for cell in cells)
    return any(map(read_tick, cells)) and all(read_tick(cell) is not None for cell in cells)


def _name_columns(heading: Record) -> list[str]:
    names = [cell.strip() for cell in heading.cells[1:]]
    while names and not names[-1]:
        names.pop()
    return names


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
    names = _name_columns(heading)
    fitting, rejects = part_fitting(records, len(names) + 1, heading)
    is_square = _is_adjacency(names, {record.cells[0].strip().casefold() for record in first[1:]})
    when, at = settle_time(file, "ties") if is_square else ("", "")
    rows: list[tuple[int, Sequence[str]]] = []
    for record in fitting:
        person = record.cells[0].strip()
        found, reason = _read_row(names, record, is_square)
        if not person:
            found, reason = [], "the line has no name in its first cell"
        if reason or not found:
            rejects.append(Reject(record.line, reason or f"the row has no {'tie' if is_square else 'visit'}"))
        for name, strength in found:
            cells = (at, person, name, RELATION, strength, "") if is_square else (name, person, strength)
            rows.append((record.line, cells))
    if is_square:
        return Reading(NAME, len(records), {"ties": make_ties(when, rows)}, tuple(rejects))
    table = make_table(("event_id", "member_id", "attended"), rows)
    return Reading(NAME, len(records), {"attendance": table}, tuple(rejects))


def _read_row(names: Sequence[str], record: Record, is_square: bool) -> tuple[list[tuple[str, str]], str]:
    """(column, strength or whether they came) of a row, and why it is none."""
    found = []
    for name, cell in zip(names, record.cells[1:], strict=False):
        word = cell.strip().casefold()
        if not word:
            continue
        tick = read_tick(word)
        if tick is None and not (is_square and _NUMBER.fullmatch(word)):
            return [], f"the cell '{cell.strip()[:40]}' under {name[:40]} is neither 0 nor 1"
        if not is_square:
            found.append((name, str(tick).lower()))
        elif tick is not False and float(write_number(word) if word[0].isdigit() else "1") > 0:
            found.append((name, write_number(word) if _NUMBER.fullmatch(word) else "1"))
    return found, ""
