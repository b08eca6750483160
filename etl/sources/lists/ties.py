"""A list of ties, whichever tool wrote it: who, to whom, of which relation, how strong, and when."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence

import pyarrow as pa

from etl.reading.records import make_table
from etl.reading.types import RawFile, Reading, Refused, Reject
from etl.sources.lists.columns import Listed

RELATION = "connected"
_DECIMAL = re.compile(r"(?![1-9]\d{0,2},\d{3}$)\d+,\d+")
# a comma or a point that may be one of thousands, as in 1,200
_COMMA, _POINT = re.compile(r"[1-9]\d{0,2},\d{3}"), re.compile(r"[1-9]\d{0,2}\.\d{3}")


def settle_time(file: RawFile, ties: str) -> tuple[str, str]:
    """The column that says when ties were, and its value; Refused where the options say neither a wave nor a day."""
    wave, day = file.options.wave_id, file.options.complete_to
    if wave is None and day is None:
        raise Refused(
            f"{file.name} has {ties}, which say no day: name their wave with --wave, or their day with --complete-to."
        )
    return ("wave_id", wave) if wave is not None else ("observed_on", str(day))


def read_ties(
    source: str,
    tool: str,
    file: RawFile,
    listed: Listed,
    sides: tuple[str, str],
    strengths: Sequence[str],
    directed: Mapping[str, str],
    direction: str = "direction",
    first_line: int = 0,
) -> Reading:
    """Read one row of `ties` a pair, several in a cell separated by `|`; a tie without a type is "connected".

    `directed` are the words in the column `direction` with what the table calls them. Lines count from 1 where the list starts
    at `first_line`.
    """
    when, at = settle_time(file, f"connections of {tool}" if tool else "ties")
    has_commas = any(_DECIMAL.fullmatch(listed.cell(row, *strengths)) for row in listed.rows)
    rows, rejects = [], []
    for row, reason in listed.fit():
        line = row.line - first_line + 1 if first_line else row.line
        pairs = [_split(listed.cell(row, name)) for name in sides]
        stated = listed.cell(row, direction).casefold()
        if not reason and not all(pairs):
            reason = f"the line has no {sides[0].capitalize()} or no {sides[1].capitalize()}"
        elif not reason and stated not in directed:
            reason = f"the direction '{stated[:40]}' is none of {tool or 'an edge list'}'s"
        reason = reason or explain_strength(listed.cell(row, *strengths), has_commas)
        if reason:
            rejects.append(Reject(line, reason))
            continue
        strength = write_number(listed.cell(row, *strengths))
        relation = (
            listed.cell(row, "type") if direction != "type" else listed.cell(row, "label")
        ) or RELATION
        for pair in itertools.product(*pairs):
            rows.append((line, (at, *pair, relation, strength, directed[stated])))
    return Reading(source, len(listed.rows), {"ties": make_ties(when, rows)}, tuple(rejects))


def make_ties(when: str, rows: Sequence[tuple[int, Sequence[str]]]) -> pa.Table:
    """The table `ties` of (wave or day, from, to, relation, strength, directed)."""
    columns = (when, "from_member_id", "to_member_id", "relation", "strength", "directed")
    return make_table(columns, rows)


def explain_strength(cell: str, has_commas: bool) -> str:
    """Why a strength is left out: its mark may be one of thousands, a point where others of its list have decimal commas; else ''."""
    if not _COMMA.fullmatch(cell) and not (has_commas and _POINT.fullmatch(cell)):
        return ""
    return (
        f"the strength '{cell}' may have a mark of thousands or a decimal one: write a number in digits, with a decimal point and nothing between "
        "thousands"
    )


def write_number(cell: str) -> str:
    """A number with a comma for its point as one with a point; other text as it is."""
    return cell.replace(",", ".") if _DECIMAL.fullmatch(cell) else cell


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]
