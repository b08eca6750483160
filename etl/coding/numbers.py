"""The dictionaries of a release: what has a number keeps it while it stays, what is new is numbered after it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import duckdb

from warehouse.codes import DICTIONARIES, KIND_CODES, MEMBER_CODES, RELATION_CODES, Dictionary
from warehouse.quoting import quote_name, quote_text

OTHERS_FROM = 1_000_000_000
_WANTED = {
    "member_codes": "SELECT pseudonym FROM people",
    "wave_codes": "SELECT wave_id FROM accepted_waves",
    "item_codes": "SELECT survey_id, item_id FROM accepted_items",
    "event_codes": "SELECT event_id FROM accepted_events",
}


def number_values(connection: duckdb.DuckDBPyConnection, earlier: Path | None) -> None:
    """Make the tables of all dictionaries from the accepted members, waves, items and events.

    `earlier` is the folder of the live release, whose numbers stay as long as each of its values is still there; else,
    and without it, all are numbered anew, in the order of the values (of members: of their pseudonyms).
    """
    for one in DICTIONARIES:
        columns = ", ".join(quote_name(name) for name in one.values)
        connection.execute(
            f"CREATE TABLE {one.name} ({one.code} INTEGER, {', '.join(f'{quote_name(v)} VARCHAR' for v in one.values)})"
        )
        path = earlier / "codes" / f"{one.name}.parquet" if earlier else None
        if path and path.is_file():
            connection.execute(
                f"INSERT INTO {one.name} SELECT * FROM read_parquet({quote_text(str(path))}) WHERE {one.code} < {OTHERS_FROM} "
                f"ORDER BY {one.code}"
            )
        if not (wanted := _WANTED.get(one.name)):
            continue
        if path and path.is_file():
            gone = f"SELECT 1 FROM (SELECT {columns} FROM {one.name} EXCEPT {wanted}) LIMIT 1"
            if connection.execute(gone).fetchone():
                connection.execute(f"DELETE FROM {one.name}")
        add_values(connection, one, wanted)


def add_values(connection: duckdb.DuckDBPyConnection, one: Dictionary, wanted: str, least: int = 0) -> None:
    """Number the values of the SQL `wanted` that have none yet, in their order, after those there are."""
    columns = ", ".join(quote_name(name) for name in one.values)
    connection.execute(
        f"""INSERT INTO {one.name} SELECT greatest({least}, (SELECT coalesce(max({one.code}) + 1, 0) FROM {one.name}))
          + row_number() OVER (ORDER BY {columns}) - 1, {columns}
        FROM ({wanted} EXCEPT SELECT {columns} FROM {one.name}) t({columns}) ORDER BY 1"""
    )


def number_rest(connection: duckdb.DuckDBPyConnection, accepted: Mapping[str, int]) -> None:
    """Number what only the accepted rows (how many there are, by table) show: kinds, relations, and respondents who are
    no member (from `OTHERS_FROM`)."""
    for table, one, column, least in (
        ("activities", KIND_CODES, "kind", 0),
        ("ties", RELATION_CODES, "relation", 0),
        ("answers", MEMBER_CODES, "respondent_id", OTHERS_FROM),
    ):
        if accepted[table]:
            add_values(connection, one, f"SELECT {column} FROM accepted_{table}", least)


def drop_words(connection: duckdb.DuckDBPyConnection, one: Dictionary, used: str) -> None:
    """Take the words out of a dictionary whose number is not among those of the SQL `used`; the others keep theirs."""
    connection.execute(f"DELETE FROM {one.name} WHERE {one.code} NOT IN ({used})")


def write_dictionaries(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """One Parquet file a dictionary, in order of its codes."""
    os.makedirs(folder)
    for one in DICTIONARIES:
        path = quote_text(str(folder / f"{one.name}.parquet"))
        connection.execute(
            f"COPY (FROM {one.name} ORDER BY {one.code}) TO {path} (FORMAT parquet, COMPRESSION zstd)"
        )


def hash_numbers(connection: duckdb.DuckDBPyConnection, one: Dictionary, count: int) -> str:
    """What the first `count` numbers of a dictionary stand for: equal hashes mean equal numbers for equal values."""
    value = f"concat_ws(chr(31), {one.code}, {', '.join(quote_name(name) for name in one.values)})"
    return str(
        connection.execute(
            f"SELECT md5(coalesce(string_agg({value}, chr(30) ORDER BY {one.code}), '')) FROM {one.name} "
            f"WHERE {one.code} < {count}"
        ).fetchall()[0][0]
    )
