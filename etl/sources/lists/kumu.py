"""Kumu and SumApp connections: a line a tie from one person to another, or to several (P02|P03)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Set

from etl.reading.records import make_table
from etl.reading.types import About, RawFile, Reading, Refused, Reject, Sample
from etl.sources.lists.columns import find_list, read_list

NAME = "kumu"
TITLE = "Kumu connections"
ABOUT = About(
    "English headings",
    "`--wave` or `--complete-to`",
    "ties to oneself or to nobody; the sheet of elements (people) is not read; JSON is refused (export CSV or .xlsx)",
)

_MARKS = {"type", "direction", "strength", "tags", "description", "label"}
_DIRECTED = {"directed": "true", "undirected": "false", "mutual": "false", "": ""}
_DECIMAL = re.compile(r"\d+,\d+")
RELATION = "connected"


def recognise(sample: Sample) -> bool:
    """Whether the heading has From, To and a further column of Kumu's."""
    return find_list(sample.text, _is_kumu) is not None


def _is_kumu(names: Set[str]) -> bool:
    return {"from", "to"} <= names and bool(_MARKS & names) and "from_member_id" not in names


def read(file: RawFile) -> Reading:
    """Read one row of `ties` a pair; people by name, id or address. `|` separates several, as Kumu has it.

    Kumu knows no waves: refused without `--wave` or `--complete-to`. A connection without a type is "connected".
    """
    delimiter = find_list(file.text, _is_kumu)
    if delimiter is None:
        raise Refused(f"{file.name} has no connections of Kumu: export them again.")
    wave, day = file.options.wave_id, file.options.complete_to
    if wave is None and day is None:
        raise Refused(
            f"{file.name} has connections of Kumu, which say no day: name their wave with --wave, or their day with --complete-to."
        )
    when = "wave_id" if wave is not None else "observed_on"
    listed = read_list(file.text, delimiter)
    rows, rejects = [], []
    for row, reason in listed.fit():
        if not reason:
            sides = [_split(listed.cell(row, name)) for name in ("from", "to")]
            direction = listed.cell(row, "direction").casefold()
            if not all(sides):
                reason = "the line has no From or no To"
            elif direction not in _DIRECTED:
                reason = f"the direction '{direction[:40]}' is none of Kumu's"
        if reason:
            rejects.append(Reject(row.line, reason))
            continue
        strength = listed.cell(row, "strength")
        strength = strength.replace(",", ".") if _DECIMAL.fullmatch(strength) else strength
        relation = listed.cell(row, "type") or RELATION
        for pair in itertools.product(*sides):
            said = (wave or str(day), *pair, relation, strength, _DIRECTED[direction])
            rows.append((row.line, said))
    columns = (when, "from_member_id", "to_member_id", "relation", "strength", "directed")
    return Reading(NAME, len(listed.rows), {"ties": make_table(columns, rows)}, tuple(rejects))


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]
