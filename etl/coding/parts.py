"""Coded tables into a release: parts are linked, not copied, and what went through the rules is one more part."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from etl.coding.numbers import drop_words, number_rest, write_dictionaries
from etl.coding.repeats import Placed, encode_columns
from warehouse.codes import CODED, KIND_CODES, RELATION_CODES, Coded
from warehouse.contracts import TABLES
from warehouse.quoting import quote_name, quote_text

REST = "rest"


def write_parts(
    connection: duckdb.DuckDBPyConnection,
    placed: Mapping[str, Sequence[Placed]],
    accepted: Mapping[str, int],
    attributes: Sequence[str],
    folder: Path,
) -> dict[Path, str]:
    """Write the coded tables and their dictionaries into a release's folder; returns the SHA-256 of each linked part.

    `accepted` is how many rows of each table are in no part."""
    number_rest(connection, accepted)
    linked: dict[Path, str] = {}
    for name, coded in CODED.items():
        target = folder / "tables" / name
        target.mkdir()
        for one in placed.get(name, ()):
            path = target / f"{one.part.name}.parquet"
            if one.part.has_gaps:
                _write_filled(connection, coded, one, attributes, path)
            elif one.path != one.part.path:
                shutil.move(one.path, path)
            else:
                os.link(one.path, path)
                linked[path] = one.part.sha256
        if accepted[name] or not placed.get(name):
            _write_rest(connection, coded, attributes, target / f"{REST}.parquet")
    for name, code, dictionary in (("activities", "kid", KIND_CODES), ("ties", "rid", RELATION_CODES)):
        parts = quote_text(str(folder / "tables" / name / "*.parquet"))
        drop_words(connection, dictionary, f"SELECT {code} FROM read_parquet({parts})")
    write_dictionaries(connection, folder / "codes")
    return linked


def _write_rest(
    connection: duckdb.DuckDBPyConnection, coded: Coded, attributes: Sequence[str], path: Path
) -> None:
    """The accepted rows that are in no part, by key."""
    selected, joins = encode_columns(coded)
    if TABLES[coded.name].has_attributes:
        joins += " LEFT JOIN (accepted_members m JOIN people p ON p.member_id = m.member_id) ON p.pseudonym = c.member_id"
    listed = [
        _fill_gap(name, "c")
        if TABLES[coded.name].has_attributes and name in attributes
        else f"{selected.get(name, f'c.{quote_name(name)}')} AS {quote_name(name)}"
        for name, _ in coded.list_parts_columns(attributes)
    ]
    order = ", ".join(quote_name(name) for name in coded.key)
    connection.execute(
        f"COPY (SELECT {', '.join(listed)} FROM accepted_{coded.name} c {joins} ORDER BY {order}) "
        f"TO {quote_text(str(path))} (FORMAT parquet, COMPRESSION zstd)"
    )


def _write_filled(
    connection: duckdb.DuckDBPyConnection, coded: Coded, one: Placed, attributes: Sequence[str], path: Path
) -> None:
    """A part of invitations whose empty attributes are those that the member has now."""
    listed = [
        _fill_gap(name, "r") if name in attributes else f"r.{quote_name(name)}"
        for name, _ in coded.list_parts_columns(attributes)
    ]
    connection.execute(
        f"COPY (SELECT {', '.join(listed)} FROM read_parquet({quote_text(str(one.path))}) r "
        "LEFT JOIN (accepted_members m JOIN people p ON p.member_id = m.member_id "
        "JOIN member_codes n ON n.member_id = p.pseudonym) ON n.mid = r.mid) "
        f"TO {quote_text(str(path))} (FORMAT parquet, COMPRESSION zstd)"
    )


def _fill_gap(name: str, row: str) -> str:
    quoted = quote_name(name)
    return f"coalesce({row}.{quoted}, m.{quoted}) AS {quoted}"
