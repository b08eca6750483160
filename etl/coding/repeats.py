"""Keys that occur more than once: a bitmap a member finds out whether there are any, and only those rows are looked up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.coding.taken import Part
from etl.reading.physical.lines import number_lines
from warehouse.codes import CODED, Coded, decode_sql
from warehouse.quoting import quote_name, quote_text

_BITS = 63
# the columns of the key but the last, which is one of 63 bits of a bitmap; other keys are counted one by one
_BITMAPS = {
    "attendance": ("eid", ("mid",)),
    "invitations": ("wid", ("mid",)),
    "answers": ("iid", ("mid", "wid")),
}


@dataclass(frozen=True)
class Placed:
    """A part in a release: of which file, and where it lies there; `path` is a copy where rows were taken out of it."""

    file: int
    part: Part
    path: Path
    rows: int


def has_repeats(connection: duckdb.DuckDBPyConnection, coded: Coded, source: str) -> bool:
    """Whether a key occurs more than once in coded rows."""
    return bool(connection.execute(f"SELECT 1 FROM ({_suspect_sql(coded, source)}) LIMIT 1").fetchone())


def _suspect_sql(coded: Coded, source: str) -> str:
    """Groups of keys among which one occurs more than once."""
    if coded.name in _BITMAPS:
        bit, others = _BITMAPS[coded.name]
        columns = ", ".join(others)
        return (
            f"SELECT DISTINCT {columns} FROM (SELECT {columns} {source} GROUP BY {columns}, {bit} // {_BITS} "
            f"HAVING count(*) <> bit_count(bit_or(1::BIGINT << ({bit} % {_BITS}))))"
        )
    key = ", ".join(quote_name(name) for name in coded.key)
    return f"SELECT {key} {source} GROUP BY {key} HAVING count(*) > 1"


def place_parts(
    connection: duckdb.DuckDBPyConnection, table: str, parts: Sequence[tuple[int, Part]], work: Path
) -> list[Placed]:
    """The parts (file, part) of a table without the rows whose key is in another row; these go to `checked_<table>`."""
    coded = CODED[table]
    if not parts:
        return []
    key = ", ".join(quote_name(name) for name in coded.key)
    listed = ", ".join(quote_text(str(part.path)) for _, part in parts)
    source = f"FROM read_parquet([{listed}])"
    twice = f"twice_{table}"
    connection.execute(f"CREATE TABLE {twice} AS SELECT {key} {source} LIMIT 0")
    if len(parts) > 1 or any(part.has_repeats for _, part in parts):
        suspects = _suspect_sql(coded, source)
        shared = _BITMAPS[table][1] if table in _BITMAPS else coded.key
        using = ", ".join(quote_name(name) for name in shared)
        connection.execute(
            f"INSERT INTO {twice} SELECT {key} {source} SEMI JOIN ({suspects}) USING ({using}) GROUP BY {key} HAVING count(*) > 1"
        )
    if connection.execute(f"SELECT 1 FROM checked_{table} WHERE reason IS NULL LIMIT 1").fetchone():
        connection.execute(
            f"INSERT INTO {twice} SELECT DISTINCT {key} {source} SEMI JOIN ({encode_sql(coded, f'checked_{table}')}) USING ({key})"
        )
    if not connection.execute(f"SELECT 1 FROM {twice} LIMIT 1").fetchone():
        return [Placed(number, part, part.path, part.rows) for number, part in parts]
    return [_take_out(connection, coded, number, part, work) for number, part in parts]


def encode_sql(coded: Coded, source: str) -> str:
    """SQL of the keys of a table's checked or accepted rows in codes, as far as there are codes for them."""
    selected, joins = encode_columns(coded)
    key = ", ".join(
        selected.get(name, f"c.{quote_name(name)}") + f" AS {quote_name(name)}" for name in coded.key
    )
    return f"SELECT {key} FROM {source} c {joins} WHERE c.reason IS NULL"


def encode_columns(coded: Coded) -> tuple[dict[str, str], str]:
    """SQL of each column of codes, and the joins of the dictionaries to rows `c` with the contract's columns."""
    selected, joins = {}, []
    for name, (code, dictionary) in coded.codes.items():
        alias = quote_name(f"for_{name}")
        match = f"{alias}.{quote_name(dictionary.values[-1])} = c.{quote_name(name)}"
        if len(dictionary.values) > 1:
            joins.append("JOIN accepted_waves asked ON asked.wave_id = c.wave_id")
            match += f" AND {alias}.survey_id = asked.survey_id"
        joins.append(f"JOIN {dictionary.name} {alias} ON {match}")
        selected[code] = f"{alias}.{dictionary.code}"
    return selected, " ".join(joins)


def _take_out(
    connection: duckdb.DuckDBPyConnection, coded: Coded, number: int, part: Part, work: Path
) -> Placed:
    """Move a part's rows whose key occurs more than once to the checked rows, with their lines."""
    twice = f"twice_{coded.name}"
    matches = " AND ".join(f"k.{quote_name(name)} = r.{quote_name(name)}" for name in coded.key)
    rows = f"read_parquet({quote_text(str(part.path))}, file_row_number = true)"
    taken = f"twice_{coded.name}_{number}"
    connection.execute(
        f"CREATE TABLE {taken} AS SELECT r.* FROM {rows} r WHERE EXISTS (SELECT 1 FROM {twice} k WHERE {matches})"
    )
    count = int(connection.execute(f"SELECT count(*) FROM {taken}").fetchall()[0][0])
    if not count:
        return Placed(number, part, part.path, part.rows)
    shifts = number_lines(connection, taken, part.absent)
    lined = (
        f"(SELECT t.* EXCLUDE (file_row_number), t.file_row_number + 2 + coalesce(s.shift, 0) AS line "
        f"FROM {taken} t ASOF LEFT JOIN {shifts} s ON t.file_row_number >= s.threshold)"
    )
    connection.execute(
        f"INSERT INTO checked_{coded.name} BY NAME SELECT {number} AS file, d.* FROM ({decode_sql(coded, lined, ('line',))}) d"
    )
    path = work / f"{part.name}-{number}.parquet"
    connection.execute(
        f"COPY (SELECT r.* EXCLUDE (file_row_number) FROM {rows} r WHERE NOT EXISTS (SELECT 1 FROM {twice} k WHERE {matches})) "
        f"TO {quote_text(str(path))} (FORMAT parquet, COMPRESSION zstd)"
    )
    return Placed(number, part, path, part.rows - count)
