"""The ledger of what was ever sealed: the groups once fixed, and each row as it was shown, with its release.

It lets a later release show a row anew only when enough people behind it changed, and the audit know what was shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    select,
)

from database import NoDatabase, begin_writing, find_place, open_tables
from indicators.result import Result, read_figures
from sharing.sealing.extract import is_lost

FILE = Path("state") / "published.sqlite"
Key = tuple[str, ...]

_metadata = MetaData()
_groups = Table(
    "groups",
    _metadata,
    Column("dimension", String, primary_key=True),
    Column("value", String, primary_key=True),
)
_rows = Table(
    "published",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("line", String, nullable=False, index=True),
    Column("key", String, nullable=False),
    Column("release_id", String, nullable=False),
    Column("figures", String, nullable=False),
)


@dataclass(frozen=True)
class Published:
    """A row as it was last shown: its figures, status and reason, and the release whose people it describes."""

    release_id: str
    figures: Mapping[str, Any]


class Ledger:
    """The ledger; safe to share between threads and processes. Raises NoDatabase."""

    def __init__(self, place: Path | str) -> None:
        self._database = open_tables(place, _metadata)

    def read_groups(self, dimension: str) -> list[str]:
        """The groups of a dimension that stand alone, as once fixed; empty before the first extract."""
        with self._database.connect() as connection:
            return _read_groups(connection, dimension)

    def read_rows(self, result: Result) -> dict[Key, list[Published]]:
        """What was shown of a table before, by the key of its row, oldest first."""
        with self._database.connect() as connection:
            return _read_rows(connection, result)

    def record(self, release_id: str, groups: Mapping[str, Sequence[str]], results: Sequence[Result]) -> None:
        """Enter what is sealed now: groups not yet fixed, and every row that differs from what was last shown."""
        fresh: list[dict[str, Any]] = []
        with begin_writing(self._database) as connection:
            for result in results:
                before = _read_rows(connection, result)
                for row in result.table.to_dict(orient="records"):
                    key, figures = name_row(result, row), write_figures(row)
                    if key in before and before[key][-1].figures == figures:
                        continue
                    named = {"line": name_line(result), "key": json.dumps(key)}
                    fresh.append({**named, "release_id": release_id, "figures": json.dumps(figures)})
            fixed = [
                {"dimension": dimension, "value": value}
                for dimension, values in groups.items()
                if not _read_groups(connection, dimension)
                for value in values
            ]
            if fixed:
                connection.execute(_groups.insert(), fixed)
            if fresh:
                connection.execute(_rows.insert(), fresh)

    def close(self) -> None:
        self._database.dispose()


def open_ledger(data: Path) -> Ledger:
    """The ledger of this installation, made on first use. Raises NoDatabase, also where its file is gone and pages are sealed."""
    place = find_place(data / FILE)
    if is_lost(data, place):
        raise NoDatabase(
            f"{place}, the ledger of what shared pages have shown, is missing or empty, and without it the next one may give "
            "away what an earlier one hid: restore it from the backup, or begin an empty one with python -m sharing new-ledger."
        )
    return Ledger(place)


def begin_ledger(data: Path) -> None:
    """Begin an empty ledger where there is none. Raises NoDatabase."""
    Ledger(find_place(data / FILE)).close()


def _read_groups(connection: Connection, dimension: str) -> list[str]:
    query = select(_groups.c.value).where(_groups.c.dimension == dimension)
    return sorted(connection.execute(query).scalars())


def _read_rows(connection: Connection, result: Result) -> dict[Key, list[Published]]:
    found: dict[Key, list[Published]] = {}
    query = select(_rows).where(_rows.c.line == name_line(result)).order_by(_rows.c.id)
    for row in connection.execute(query).mappings():
        one = Published(row["release_id"], json.loads(row["figures"]))
        found.setdefault(tuple(json.loads(row["key"])), []).append(one)
    return found


def name_line(result: Result) -> str:
    """The table that a row belongs to: indicator with its definition's version, grain, and groups."""
    indicator = result.indicator
    return ",".join([f"{indicator.id}:{indicator.version}", result.selection.grain, *result.selection.by])


def name_row(result: Result, row: Mapping[Any, Any]) -> Key:
    """What tells a row of its table from the others."""
    return (str(row["period"]), *(str(row[name]) for name in result.dimensions))


def write_figures(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The figures, status and reason of a row as they are kept."""
    return {**read_figures(row), "status": str(row["status"]), "reason": str(row["reason"])}
