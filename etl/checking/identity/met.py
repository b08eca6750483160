"""Whom a file names: how many members, and everybody who is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from etl.checking.identity.settled import IS_GUEST
from warehouse.quoting import quote_name, quote_text

_COLUMNS = ("external", "address", "name")


@dataclass(frozen=True)
class Unmet:
    """Somebody whom a file names in so many rows and who is no member, or (`is_unclear`) of whom there are several, as the file has them."""

    line: int
    external: str
    address: str
    name: str
    is_unclear: bool
    rows: int


@dataclass(frozen=True)
class Met:
    """How many members a file names, and who in it is none."""

    members: int
    unmet: tuple[Unmet, ...]


def begin_meeting(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the empty tables `unmet` and, of people who were settled as guests, `guest_rows`."""
    columns = ", ".join(f"{name} VARCHAR" for name in _COLUMNS)
    connection.execute(
        f"CREATE TABLE unmet (file INTEGER, line BIGINT, {columns}, is_unclear BOOLEAN, rows BIGINT)"
    )
    connection.execute("CREATE TABLE guest_rows (file INTEGER, line BIGINT, who VARCHAR)")


def say_who(names: Sequence[str]) -> dict[str, str]:
    """SQL of what a batch says of a person, external, address and name; `names` are its columns that say who somebody is."""
    of = {
        "external": [name for name in names if not name.startswith("person_") or name == "person_external"],
        "address": [name for name in ("person_email", "person_upn") if name in names],
        "name": [name for name in ("person_name",) if name in names],
    }
    said = {}
    for column, found in of.items():
        told = ", ".join(f"nullif(trim({quote_name(name)}), '')" for name in found)
        said[column] = f"coalesce({told}, '')" if told else "''"
    return said


def note_unmet(
    connection: duckdb.DuckDBPyConnection, file: int, resolved: str, said: Mapping[str, str]
) -> None:
    """Note who in a resolved batch is neither a member nor a guest; `said` is what `say_who` gives."""
    listed = ", ".join(f"{sql} AS {name}" for name, sql in said.items())
    connection.execute(
        f"INSERT INTO unmet SELECT {file}, min(line), {listed}, bool_or(is_unclear), count(DISTINCT line) FROM {resolved} "
        f"WHERE resolved IS NULL AND unresolved_reason <> {quote_text(IS_GUEST)} AND concat({', '.join(said.values())}) <> '' GROUP BY {', '.join(said.values())}"
    )


def note_unmet_ids(connection: duckdb.DuckDBPyConnection, file: int, raw: str, column: str) -> None:
    """Note the ids and addresses in a column of a batch that are no member's, and those that are a guest's."""
    text = f"trim({quote_name(column)})"
    key = f"CASE WHEN contains({text}, '@') THEN lower({text}) ELSE {text} END"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE ids AS SELECT line, {text} AS value, {key} AS key FROM {raw} WHERE {text} <> ''"
    )
    connection.execute(
        f"INSERT INTO guest_rows SELECT DISTINCT {file}, line, key FROM ids "
        "WHERE key IN (SELECT value FROM settled_ids WHERE pseudonym IS NULL)"
    )
    connection.execute(
        f"INSERT INTO unmet SELECT {file}, min(line), value, '', '', bool_or(key IN (SELECT value FROM references_by_id)), "
        "count(DISTINCT line) FROM ids WHERE key NOT IN (SELECT value FROM references_by_id WHERE pseudonym IS NOT NULL) "
        "AND key NOT IN (SELECT value FROM settled_ids) GROUP BY value"
    )


def count_met(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[int, Sequence[tuple[str, str]]]
) -> dict[int, Met]:
    """Whom each file names; `columns` are, by file, the relations of its rows and their columns that hold people."""
    found: dict[int, Met] = {}
    for file, relations in columns.items():
        if not relations:
            continue
        people = " UNION ALL ".join(f"SELECT {quote_name(name)} AS who FROM {sql}" for sql, name in relations)
        count = connection.execute(
            f"SELECT count(DISTINCT who) FROM ({people}) WHERE who IN (SELECT pseudonym FROM people)"
        ).fetchall()[0][0]
        rows = connection.execute(
            f"SELECT min(line), {', '.join(_COLUMNS)}, bool_or(is_unclear), sum(rows)::BIGINT FROM unmet WHERE file = ? "
            f"GROUP BY {', '.join(_COLUMNS)} ORDER BY 1, 2, 3, 4",
            [file],
        ).fetchall()
        found[file] = Met(int(count), tuple(Unmet(int(line), *said) for line, *said in rows))
    return found
