"""Reconciliation: every row of every file is loaded, quarantined or a duplicate, and the sum is the rows read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from etl.reading.files import Intake, StagedFile
from warehouse.quoting import quote_text


class Unreconciled(Exception):
    """Rows are missing or counted twice: a fault of the load, which publishes nothing."""


@dataclass(frozen=True)
class FileCount:
    """What became of one file's rows; `cells` are single answers set aside from rows that were otherwise loaded."""

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

    def to_record(self) -> dict[str, Any]:
        return {
            **self.staged.to_record(),
            "title": self.title,
            "tables": list(self.tables),
            "read": self.read,
            "loaded": self.loaded,
            "quarantined": self.quarantined,
            "duplicates": self.duplicates,
            "cells": self.cells,
            "warnings": list(self.warnings),
            "complete_to": self.complete_to.isoformat() if self.complete_to else None,
        }


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
    """Count what became of each file's rows, `parts` being those that are in a part already. Raises Unreconciled when read ≠ loaded + quarantined + duplicates."""
    counts = []
    for number, intake in enumerate(intakes):
        part = (parts or {}).get(number)
        named = ["answers" if batch.table == "raw_answers" else batch.table for batch in intake.batches]
        tables = tuple(dict.fromkeys([*named, *([part.table] if part else [])]))
        rejected = _list_lines(connection, ["rejects"], number)
        repeated = _list_lines(connection, ["duplicates"], number)
        kept = [f"kept_{table}" if table == "attendance" else f"accepted_{table}" for table in tables]
        if intake.source == "template":
            loaded = sum(_count_rows(connection, name, number) for name in kept) + (part.rows if part else 0)
            quarantined = _count_rows(connection, "rejects", number)
            duplicates = _count_rows(connection, "duplicates", number)
            cells = 0
        else:
            lines = _list_lines(connection, kept, number)
            quarantined = len(rejected - lines)
            duplicates = len(repeated - lines - rejected)
            loaded = len(lines)
            if number in notes:
                loaded = intake.read - quarantined - duplicates
            cells = len(rejected & lines)
        if intake.read != loaded + quarantined + duplicates:
            raise Unreconciled(
                f"{intake.staged.name}: read {intake.read} rows, but {loaded} loaded + {quarantined} quarantined + "
                f"{duplicates} duplicates are {loaded + quarantined + duplicates}. Nothing was published; please report this."
            )
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
                (*intake.warnings, *notes.get(number, ())),
                intake.complete_to or _find_latest(connection, tables, number, zone, part),
            )
        )
    return tuple(counts)


def _count_rows(connection: duckdb.DuckDBPyConnection, table: str, number: int) -> int:
    return int(
        connection.execute(f"SELECT count(*) FROM {table} WHERE file = ? AND line > 0", [number]).fetchall()[
            0
        ][0]
    )


def _list_lines(connection: duckdb.DuckDBPyConnection, tables: Sequence[str], number: int) -> set[int]:
    lines: set[int] = set()
    for table in tables:
        rows = connection.execute(f"SELECT DISTINCT line FROM {table} WHERE file = ? AND line > 0", [number])
        lines |= {int(row[0]) for row in rows.fetchall()}
    return lines


def _find_latest(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[str],
    number: int,
    zone: str,
    part: Parted | None,
) -> date | None:
    """The latest day, in the programme's zone, in a file's good rows."""
    days = dict(_DAYS)
    for table, column in _MOMENTS.items():
        days[table] = f"CAST(timezone({quote_text(zone)}, timezone('UTC', max({column}))) AS DATE)"
    found = [
        connection.execute(
            f"SELECT {days[table]} FROM checked_{table} WHERE file = ? AND reason IS NULL", [number]
        ).fetchall()[0][0]
        for table in tables
        if table in days
    ]
    return max((day for day in (*found, part.latest if part else None) if day), default=None)
