"""A saved column mapping (TOML) turns any other delimited file, or the sheet of a workbook, into a template table.

[[file]]
name = "friendship*.csv"          # which files, by name
table = "ties"
[file.columns]                    # template column = column of the file
from_member_id = "from"
to_member_id = "to"
wave_id = "wave"
[file.constants]                  # template column = one value for all rows
relation = "friendship"
[file.options]                    # encoding, date_order, zone, survey_id, wave_id, event_id, complete_to, sum_ties
date_order = "dmy"
sum_ties = ["emails"]             # relations whose rows are contacts: a tie's strength is their sum, 1 for a row without one
[file.split]                      # template column = what separates several values in one cell: a row each
to_member_id = "|"
[file.values.directed]            # cell = what the table calls it
mutual = "false"

A survey with a column for each question has items in place of a table:

[[file]]
name = "2020-12-*.csv"
missing = ["NA"]                  # cells that mean no answer
[file.items]                      # item of the codebook = column of the file
usefulness = "How useful was it?"
[file.columns]                    # respondent_id, submitted_at, person_email, person_name, person_external, where there are any
submitted_at = "date"
[file.options]
survey_id = "longterm"
wave_id = "2020-12"
"""

from __future__ import annotations

import csv
import fnmatch
import itertools
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from etl.reading.records import DELIMITERS, Record, fit_cells, read_records
from etl.reading.transcode import open_private
from etl.reading.types import Options, Refused, Reject
from warehouse.contracts import TABLES

_OPTIONS = set(Options.__dataclass_fields__) - {"is_zone_stated", "is_same_people"}
_SPLIT = {"from_member_id": "|", "to_member_id": "|"}
RESPONSE_COLUMNS = ("respondent_id", "submitted_at", "person_email", "person_name", "person_external")


@dataclass(frozen=True)
class Mapping:
    """How the files of one name become a template table, or a survey's answers where `items` are named.

    `table` is '' where only options are set; `missing` are the cells of a survey that mean no answer. `values` translate the
    cells of a template column, `split` says what separates several values in one cell of it.
    """

    name: str
    table: str
    columns: dict[str, str]
    constants: dict[str, str]
    options: dict[str, str]
    items: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    split: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)


def read_mappings(path: Path) -> list[Mapping]:
    """Read a mapping file; Refused says which entry is wrong."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Refused(f"There is no mapping file {path}: check its name.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{path.name} is not valid TOML: {error}.") from None
    return [_read_entry(path.name, entry) for entry in content.get("file", [])]


def _read_entry(source: str, entry: dict[str, Any]) -> Mapping:
    table = entry.get("table", "")
    if "name" not in entry:
        raise Refused(f"{source} has a [[file]] without name: say which files it is for.")
    if table and table not in TABLES:
        raise Refused(
            f"{source} maps {entry['name']} to {table}, which is no table; there are: {', '.join(TABLES)}."
        )
    columns = {str(key): str(value) for key, value in entry.get("columns", {}).items()}
    constants = {str(key): str(value) for key, value in entry.get("constants", {}).items()}
    if table and not TABLES[table].has_attributes:
        for column in (*columns, *constants):
            if column not in TABLES[table].column_names:
                raise Refused(f"{source} maps a column to {column}, which {table} does not have.")
    items = {str(key): str(value) for key, value in entry.get("items", {}).items()}
    if items:
        if table:
            raise Refused(f"{source} gives {entry['name']} a table and items: take one of the two out.")
        for column in (*columns, *constants):
            if column not in RESPONSE_COLUMNS or column in constants:
                raise Refused(
                    f"{source} maps a column to {column}, which a survey with items does not have; "
                    f"there are: {', '.join(RESPONSE_COLUMNS)}."
                )
    options = dict(entry.get("options", {}))
    for option in options:
        if option not in _OPTIONS:
            raise Refused(f"{source} sets the option {option}; there are: {', '.join(sorted(_OPTIONS))}.")
        given = options[option]
        options[option] = "|".join(map(str, given)) if isinstance(given, list) else str(given)
    if "complete_to" in options:
        try:
            date.fromisoformat(options["complete_to"])
        except ValueError:
            raise Refused(
                f"{source} says complete_to = {options['complete_to']}, which is no date: write it as 2015-09-30."
            ) from None
    missing = [str(cell) for cell in entry.get("missing", [])]
    split = {str(key): str(mark) for key, mark in entry.get("split", {}).items()}
    values = {
        str(key): {str(cell): _write(value) for cell, value in dict(words).items()}
        for key, words in entry.get("values", {}).items()
    }
    for column in (*split, *values):
        if column not in columns:
            raise Refused(
                f"{source} splits or translates {column}, for which it names no column of the file."
            )
    return Mapping(str(entry["name"]), table, columns, constants, options, items, missing, values, split)


def _write(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def override_options(options: Options, mapping: Mapping | None) -> Options:
    """The options of a load, with those of the file's mapping in their place."""
    stated: dict[str, Any] = dict(mapping.options) if mapping else {}
    if "complete_to" in stated:
        stated["complete_to"] = date.fromisoformat(stated["complete_to"])
    if "zone" in stated:
        stated["is_zone_stated"] = True
    return replace(options, **stated)


def find_mapping(mappings: Iterable[Mapping], name: str) -> Mapping | None:
    """The first mapping whose name fits the file's."""
    return next((mapping for mapping in mappings if fnmatch.fnmatchcase(name, mapping.name)), None)


def find_places(
    text: str, name: str, columns: Iterable[str]
) -> tuple[Iterator[Record], int, dict[str, int], list[str]]:
    """The records of a delimited text (the heading first), its width, the place of each column, and what is to be said.

    Of equal headings the second is called "X (2)". Refused where a column is not there, or the heading cannot be read.
    """
    columns = list(columns)
    first = {delimiter: next(read_records(text, delimiter), Record(1, ())) for delimiter in DELIMITERS}
    headings = {delimiter: _name_cells(record) for delimiter, record in first.items()}
    chosen = max(DELIMITERS, key=lambda one: (len(set(columns) & set(headings[one])), len(headings[one])))
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
    return read_records(text, chosen), len(heading), places, twice


def _name_cells(record: Record) -> list[str]:
    """Headings without spaces around them and without empty ones at the end; of equal ones the second is "X (2)"."""
    counts: Counter[str] = Counter()
    names = []
    for cell in record.cells:
        word = cell.strip()
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
    records, width, found, warnings = find_places(text, name, mapping.columns.values())
    places = [found[column] for column in mapping.columns.values()]
    values = [mapping.values.get(column, {}) for column in mapping.columns]
    splits = {**(_SPLIT if mapping.table == "ties" else {}), **mapping.split}
    marks = [splits.get(column, "") for column in mapping.columns]
    heading = next(records)
    rejects: list[Reject] = []
    count = 0
    with open(target, "w", encoding="utf-8", newline="", opener=open_private) as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow([*mapping.columns, *mapping.constants, *(["line"] if has_lines else [])])
        for record in records:
            count += 1
            reason = fit_cells(record, width, heading)
            if not has_lines and (reason or record.line != count + 1):
                return None
            if reason:
                rejects.append(Reject(record.line, reason))
                continue
            cells = [record.cells[place] for place in places]
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
