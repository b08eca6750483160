"""Kumu and SumApp connections (CSV, the sheet of an .xlsx, or the JSON of a project): a tie from one person to another, or to several (P02|P03)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Set
from typing import Any

from etl.reading.types import About, RawFile, Reading, Refused, Sample
from etl.sources.lists.columns import find_list, read_list
from etl.sources.lists.ties import read_ties

NAME = "kumu"
TITLE = "Kumu connections"
ABOUT = About(
    "English headings",
    "`--wave` or `--complete-to`",
    "ties to oneself or to nobody; the sheet of elements (people) is not read; lines of a JSON file are its connections, counted from 1",
)

_MARKS = {"type", "direction", "strength", "tags", "description", "label"}
_DIRECTED = {"directed": "true", "undirected": "false", "mutual": "false", "": ""}
_PROJECT = re.compile(r'\s*\{.*"connections"\s*:\s*\[', re.DOTALL)
_FIELDS = {
    "type": ("connection type", "type"),
    "direction": ("direction",),
    "strength": ("strength",),
}


def recognise(sample: Sample) -> bool:
    """Whether the heading has From, To and a further column of Kumu's, or the text is a project's JSON."""
    return _PROJECT.match(sample.text) is not None or find_list(sample.text, has_connections) is not None


def has_connections(names: Set[str]) -> bool:
    """Whether headings are those of Kumu's connections."""
    return {"from", "to"} <= names and bool(_MARKS & names) and "from_member_id" not in names


def read(file: RawFile) -> Reading:
    """Read one row of `ties` a pair; people by name, id or address. `|` separates several, as Kumu has it.

    Kumu knows no waves: refused without `--wave` or `--complete-to`. A connection without a type is "connected".
    """
    is_json = _PROJECT.match(file.text) is not None
    text = _write_connections(file) if is_json else file.text
    delimiter = find_list(text, has_connections)
    if delimiter is None:
        raise Refused(f"{file.name} has no connections of Kumu: export them again.")
    listed = read_list(text, delimiter)
    return read_ties(
        NAME, "Kumu", file, listed, ("from", "to"), ("strength",), _DIRECTED, first_line=2 if is_json else 0
    )


def _write_connections(file: RawFile) -> str:
    """The connections of a project as a list, those who are connected by their labels."""
    try:
        project = json.loads(file.text)
        labels = {
            str(element.get("_id", element.get("id", ""))): _find(element, "label")
            for element in project.get("elements", [])
        }
        rows = [
            (
                labels.get(str(one.get("from", "")), str(one.get("from", ""))),
                labels.get(str(one.get("to", "")), str(one.get("to", ""))),
                *(_find(one, *names) for names in _FIELDS.values()),
            )
            for one in project["connections"]
        ]
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        raise Refused(
            f"{file.name} is no whole JSON of a Kumu project: export it again, or its connections as .xlsx."
        ) from None
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("From", "To", *_FIELDS))
    writer.writerows([" ".join(cell.split()) for cell in row] for row in rows)
    return out.getvalue()


def _find(record: Mapping[str, Any], *names: str) -> str:
    """The first of some fields that a record or its attributes have, as text; of several values the first."""
    held = {**{str(key).casefold(): value for key, value in dict(record.get("attributes") or {}).items()}}
    held = {**{str(key).casefold(): value for key, value in record.items()}, **held}
    for name in names:
        value = held.get(name)
        value = value[0] if isinstance(value, list) and value else value
        if value not in (None, "", []):
            return str(value)
    return ""
