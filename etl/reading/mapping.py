"""A saved column mapping (TOML) turns any other CSV into a template table.

[[file]]
name = "friendship*.csv"          # which files, by name
table = "ties"
[file.columns]                    # template column = column of the file
from_member_id = "from"
to_member_id = "to"
wave_id = "wave"
[file.constants]                  # template column = one value for all rows
relation = "friendship"
[file.options]                    # encoding, date_order, zone, survey_id, wave_id, event_id, complete_to
date_order = "dmy"

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
import io
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from etl.reading.transcode import decode, open_private
from etl.reading.types import Options, Refused
from warehouse.contracts import TABLES

_OPTIONS = set(Options.__dataclass_fields__)
RESPONSE_COLUMNS = ("respondent_id", "submitted_at", "person_email", "person_name", "person_external")


@dataclass(frozen=True)
class Mapping:
    """How the files of one name become a template table, or a survey's answers where `items` are named.

    `table` is '' where only options are set; `missing` are the cells of a survey that mean no answer.
    """

    name: str
    table: str
    columns: dict[str, str]
    constants: dict[str, str]
    options: dict[str, str]
    items: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


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
        options[option] = str(options[option])
    if "complete_to" in options:
        try:
            date.fromisoformat(options["complete_to"])
        except ValueError:
            raise Refused(
                f"{source} says complete_to = {options['complete_to']}, which is no date: write it as 2015-09-30."
            ) from None
    missing = [str(cell) for cell in entry.get("missing", [])]
    return Mapping(str(entry["name"]), table, columns, constants, options, items, missing)


def override_options(options: Options, mapping: Mapping | None) -> Options:
    """The options of a load, with those of the file's mapping in their place."""
    stated: dict[str, Any] = dict(mapping.options) if mapping else {}
    if "complete_to" in stated:
        stated["complete_to"] = date.fromisoformat(stated["complete_to"])
    return replace(options, **stated)


def find_mapping(mappings: Iterable[Mapping], name: str) -> Mapping | None:
    """The first mapping whose name fits the file's."""
    return next((mapping for mapping in mappings if fnmatch.fnmatchcase(name, mapping.name)), None)


def apply_mapping(path: Path, target: Path, mapping: Mapping, options: Options) -> None:
    """Write the mapped CSV, in UTF-8."""
    text = decode(path.read_bytes(), path.name, options.encoding)
    rows = csv.reader(io.StringIO(text, newline=""))
    header = next(rows, [])
    for column in mapping.columns.values():
        if column not in header:
            raise Refused(
                f"{path.name} has no column {column!r}, which the mapping names; it has: {', '.join(header)}."
            )
    places = [header.index(column) for column in mapping.columns.values()]
    with open(target, "w", encoding="utf-8", newline="", opener=open_private) as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow([*mapping.columns, *mapping.constants])
        for row in rows:
            cells = [row[place] if place < len(row) else "" for place in places]
            writer.writerow([*cells, *mapping.constants.values()])
