"""Reconciliation: every row of every file is loaded, quarantined, a duplicate, summed into a tie or a guest's; the sum is the rows read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from commands import Refusal
from etl.checking.identity.met import Met
from etl.checking.identity.people import NO_MEMBER
from etl.reading.files import Intake, StagedFile
from warehouse.quoting import quote_text


class Unreconciled(Refusal):
    """Rows are missing or counted twice: a fault of the load, which publishes nothing."""


@dataclass(frozen=True)
class Aside:
    """A reason for which lines of a file were set aside, as said of the first of them; reasons that differ in a value are one."""

    reason: str
    lines: tuple[int, ...]
    count: int

    def describe(self, name: str) -> str:
        """The sentence that names the file, the first lines and the reason."""
        if self.lines == (0,):
            return f"{name}: {self.reason}"
        listed = ", ".join(map(str, self.lines[:3]))
        if self.count == 1:
            return f"{name} line {listed}: {self.reason}"
        rest = self.count - 3
        more = f" and {rest:,} other{'s' if rest > 1 else ''}" if rest > 0 else ""
        return f"{name} lines {listed}{more} ({self.count:,} lines): {self.reason}"


@dataclass(frozen=True)
class FileCount:
    """What became of one file's rows; `cells` are single answers set aside from rows that were otherwise loaded, `asides` why;
    `met` are the people it names, where they were counted."""

    staged: StagedFile
    title: str
    tables: tuple[str, ...]
    read: int
    loaded: int
    quarantined: int
    duplicates: int
    cells: int
    warnings: tuple[str, ...]
    complete_to: date | None
    asides: tuple[Aside, ...] = ()
    summed: int = 0
    guests: int = 0
    met: Met | None = None

    @property
    def accounted(self) -> int:
        """Rows whose fate is known, which must be those read."""
        return self.loaded + self.quarantined + self.duplicates + self.summed + self.guests

    def to_record(self) -> dict[str, Any]:
        return {
            **self.staged.to_record(),
            "title": self.title,
            "tables": list(self.tables),
            "read": self.read,
            "loaded": self.loaded,
            "quarantined": self.quarantined,
            "duplicates": self.duplicates,
            "summed": self.summed,
            "guests": self.guests,
            "cells": self.cells,
            "warnings": list(self.warnings),
            "complete_to": self.complete_to.isoformat() if self.complete_to else None,
        }


_PEOPLE = ("member_id", "from_member_id", "to_member_id")


@dataclass(frozen=True)
class Parted:
    """Rows of a file that are good as they are, in a part of a coded table, and the last day in them."""

    table: str
    rows: int
    latest: date | None


_DAYS = {
    "members": "greatest(max(joined_on), max(left_on))",
    "memberships": "greatest(max(joined_on), max(left_on))",
    "waves": "greatest(max(opened_on), max(closed_on))",
}
_MOMENTS = {
    "events": "starts_at",
    "invitations": "invited_at",
    "attendance": "last_leave_at",
    "answers": "submitted_at",
    "activities": '"at"',
}


def count_files(
    connection: duckdb.DuckDBPyConnection,
    intakes: Sequence[Intake],
    notes: Mapping[int, Sequence[str]],
    zone: str,
    parts: Mapping[int, Parted] | None = None,
) -> tuple[FileCount, ...]:
    """Count what became of each file's rows, `parts` being those that are in a part already. Raises Unreconciled when read is not their sum."""
    counts = []
    named = [_name_tables(intake, (parts or {}).get(number)) for number, intake in enumerate(intakes)]
    used = {table for tables in named for table in tables}
    whole = [number for number, intake in enumerate(intakes) if intake.is_whole]
    rows = _count_rows(connection, used)
    lines = _list_lines(connection, used, sorted(set(range(len(intakes))) - set(whole)))
    latest = _find_latest(connection, used, zone)
    file_names = [intake.staged.name for intake in intakes]
    asides = _group_reasons(connection)
    repeated = {
        number: _find_repeated(lines, number, named[number])
        for number in range(len(intakes))
        if number not in whole
    }
    for number, twins in _group_twins(connection, file_names, repeated).items():
        asides[number] = (*asides.get(number, ()), *twins)
    for number, intake in enumerate(intakes):
        part, tables = (parts or {}).get(number), named[number]
        if number in whole:
            loaded = sum(rows.get((table, number), 0) for table in tables) + (part.rows if part else 0)
            quarantined, duplicates = rows.get(("rejects", number), 0), rows.get(("duplicates", number), 0)
            summed, guests = (rows.get((name, number), 0) for name in ("summed", "guests"))
            cells = 0
        else:
            kept: set[int] = set().union(*(lines.get((table, number), set()) for table in tables))
            rejected = lines.get(("rejects", number), set())
            quarantined = len(rejected - kept)
            doubled = repeated[number]
            duplicates = len(doubled)
            added = lines.get(("summed", number), set()) - kept - rejected - doubled
            summed = len(added)
            guests = len(lines.get(("guests", number), set()) - kept - rejected - doubled - added)
            loaded = len(kept)
            cells = len(rejected & kept)
        if intake.read != loaded + quarantined + duplicates + summed + guests:
            raise Unreconciled(
                f"{intake.staged.name}: read {intake.read} rows, but {loaded} loaded + {quarantined} quarantined + "
                f"{duplicates} duplicates + {summed} summed + {guests} of guests are {loaded + quarantined + duplicates + summed + guests}. "
                "Nothing was published; please report this."
            )
        days = [*(latest.get((table, number)) for table in tables), part.latest if part else None]
        counts.append(
            FileCount(
                intake.staged,
                intake.title,
                tables,
                intake.read,
                loaded,
                quarantined,
                duplicates,
                cells,
                (
                    *intake.warnings,
                    *notes.get(number, ()),
                    *_note_strangers(intake, loaded, asides.get(number, ())),
                ),
                intake.complete_to or max((day for day in days if day), default=None),
                asides.get(number, ()),
                summed,
                guests,
            )
        )
    return tuple(counts)


def _group_reasons(connection: duckdb.DuckDBPyConnection) -> dict[int, tuple[Aside, ...]]:
    """The reasons of each file, those of most lines first; reasons that differ in what stands between quotation marks are one."""
    found: dict[int, tuple[Aside, ...]] = {}
    rows = connection.execute(
        """SELECT file, arg_min(reason, line), list(DISTINCT line ORDER BY line)[:3], count(DISTINCT line) AS lines FROM rejects
        GROUP BY file, regexp_replace(reason, $quoted, '', 'g') ORDER BY file, lines DESC, min(line)""",
        {"quoted": "'[^']*'"},
    ).fetchall()
    for file, reason, lines, count in rows:
        aside = Aside(str(reason), tuple(map(int, lines)), int(count))
        found[int(file)] = (*found.get(int(file), ()), aside)
    return found


def _find_repeated(lines: Mapping[tuple[str, int], set[int]], number: int, tables: Iterable[str]) -> set[int]:
    """The lines of a file of which nothing is loaded or set aside and that say what others do."""
    taken: set[int] = set().union(*(lines.get((name, number), set()) for name in (*tables, "rejects")))
    return lines.get(("duplicates", number), set()) - taken


def _group_twins(
    connection: duckdb.DuckDBPyConnection, names: Sequence[str], repeated: Mapping[int, set[int]]
) -> dict[int, tuple[Aside, ...]]:
    """The duplicates of each file, with the lines that say the same, by the file of these; of files in `repeated` these lines only."""
    pairs = [(number, line) for number, lines in repeated.items() for line in lines]
    found: dict[int, tuple[Aside, ...]] = {}
    rows = connection.execute(
        """SELECT file, twin_file, list(line ORDER BY line)[:3], list(twin ORDER BY line)[:3], count(*) FROM
          (SELECT file, twin_file, line, min(twin_line) AS twin FROM duplicates d WHERE line > 0
            AND NOT EXISTS (SELECT 1 FROM rejects r WHERE r.file = d.file AND r.line = d.line)
            AND (NOT list_contains($apart, file) OR (file, line) IN (SELECT unnest($files), unnest($lines))) GROUP BY ALL)
        GROUP BY file, twin_file ORDER BY file, twin_file""",
        {
            "apart": list(repeated),
            "files": [number for number, _ in pairs],
            "lines": [line for _, line in pairs],
        },
    ).fetchall()
    for file, twin, lines, twins, count in rows:
        aside = Aside(
            f"a duplicate of {names[int(twin)]} line {', '.join(map(str, twins))}",
            tuple(map(int, lines)),
            int(count),
        )
        found[int(file)] = (*found.get(int(file), ()), aside)
    return found


def _note_strangers(intake: Intake, loaded: int, asides: Sequence[Aside]) -> list[str]:
    """What is to be said of a file all of whose people are unknown."""
    told = NO_MEMBER["unknown"], *(NO_MEMBER["member_id"].replace("member_id", name) for name in _PEOPLE)
    if loaded or not asides or not all(aside.reason in told for aside in asides):
        return []
    return [
        f"{intake.staged.name}: nobody in this file is in the members list, by address, name or identifier: compare its addresses with "
        "those of the members list, or load the members first."
    ]


def _name_tables(intake: Intake, part: Parted | None) -> tuple[str, ...]:
    named = ["answers" if batch.table == "raw_answers" else batch.table for batch in intake.batches]
    return tuple(dict.fromkeys([*named, *([part.table] if part else [])]))


def _list_relations(tables: Iterable[str]) -> dict[str, str]:
    """Where the rows of each table that were loaded are, and those that were not."""
    kept = {table: f"kept_{table}" if table == "attendance" else f"accepted_{table}" for table in tables}
    return {**kept, "rejects": "rejects", **{name: name for name in ("duplicates", "summed", "guests")}}


def _count_rows(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[tuple[str, int], int]:
    """(table, file) → rows."""
    counted = " UNION ALL ".join(
        f"SELECT {quote_text(name)}, file, count(*) FROM {relation} WHERE line > 0 GROUP BY file"
        for name, relation in _list_relations(tables).items()
    )
    return {
        (str(name), int(file)): int(count) for name, file, count in connection.execute(counted).fetchall()
    }


def _list_lines(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[str], files: Sequence[int]
) -> dict[tuple[str, int], set[int]]:
    """(table, file) → lines, of some files."""
    lines: dict[tuple[str, int], set[int]] = {}
    if files:
        numbers = ", ".join(map(str, files))
        listed = " UNION ALL ".join(
            f"SELECT DISTINCT {quote_text(name)}, file, line FROM {relation} WHERE line > 0 AND file IN ({numbers})"
            for name, relation in _list_relations(tables).items()
        )
        for name, file, line in connection.execute(listed).fetchall():
            lines.setdefault((str(name), int(file)), set()).add(int(line))
    return lines


def _find_latest(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[str], zone: str
) -> dict[tuple[str, int], date]:
    """(table, file) → the latest day, in the programme's zone, in its good rows."""
    days = dict(_DAYS)
    for table, column in _MOMENTS.items():
        days[table] = f"CAST(timezone({quote_text(zone)}, timezone('UTC', max({column}))) AS DATE)"
    found = " UNION ALL ".join(
        f"SELECT {quote_text(table)}, file, {days[table]} FROM checked_{table} WHERE reason IS NULL GROUP BY file"
        for table in tables
        if table in days
    )
    rows = connection.execute(found).fetchall() if found else []
    return {(str(table), int(file)): day for table, file, day in rows if day}
