"""Rows that are left of an export, kept in its place as a Parquet file."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from etl.reading.files import Batch, Intake, StagedFile
from etl.reading.types import Item, Reject, Wording
from warehouse.quoting import quote_name
from warehouse.release import hash_file

_TABLE = "table of the row"
_DESCRIPTION = b"intake"


def keep_cleaned(connection: duckdb.DuckDBPyConnection, intake: Intake, state: Path) -> Intake:
    """Stage the rows that are left of a file in place of the file itself."""
    tables = []
    for batch in intake.batches:
        listed = ", ".join(quote_name(name) for name in ("line", *batch.columns))
        rows = connection.sql(f"SELECT {listed} FROM {batch.raw} ORDER BY ALL").to_arrow_table()
        tables.append(rows.append_column(_TABLE, pa.array([batch.table] * rows.num_rows, pa.string())))
    described = {
        "source": intake.source,
        "title": intake.title,
        "read": intake.read,
        "batches": [[batch.table, batch.columns] for batch in intake.batches],
        "rejects": [[reject.line, reject.reason] for reject in intake.rejects],
        "warnings": intake.warnings,
        "complete_to": intake.complete_to.isoformat() if intake.complete_to else None,
        "items": [asdict(item) for item in intake.items],
        "sheets": intake.sheets,
        "is_split": intake.is_split,
        "asked": [asdict(wording) for wording in intake.asked],
        "missing": intake.missing,
    }
    nothing = pa.table({_TABLE: pa.array([], pa.string())})
    united = pa.concat_tables([nothing, *tables], promote_options="default").replace_schema_metadata(
        {_DESCRIPTION: json.dumps(described, ensure_ascii=False)}
    )
    fresh = state / "staged" / f".new-{secrets.token_hex(8)}"
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT, 0o600))
    pq.write_table(united, fresh, compression="zstd")
    digest = hash_file(fresh)
    os.replace(fresh, state / "staged" / digest)
    return replace(intake, staged=replace(intake.staged, sha256=digest, is_cleaned=True))


def restore_cleaned(
    connection: duckdb.DuckDBPyConnection, number: int, staged: StagedFile, path: Path
) -> Intake:
    """The intake that `keep_cleaned` staged, its rows in raw tables again."""
    united = pq.read_table(path)
    described = json.loads(united.schema.metadata[_DESCRIPTION])
    batches = []
    connection.register("arriving", united)
    for table, columns in described["batches"]:
        raw = f"raw_{number}_{table}"
        listed = ", ".join(quote_name(name) for name in (*columns, "line"))
        if table == "raw_answers" and "wave_id" not in columns:  # kept before rows could name their wave
            columns, listed = [*columns, "wave_id"], f"{listed}, '' AS wave_id"
        connection.execute(
            f"CREATE TABLE {raw} AS SELECT {listed} FROM arriving WHERE {quote_name(_TABLE)} = ?", [table]
        )
        batches.append(Batch(number, table, raw, tuple(columns)))
    connection.unregister("arriving")
    return Intake(
        staged,
        described["source"],
        described["title"],
        described["read"],
        tuple(batches),
        tuple(Reject(line, reason) for line, reason in described["rejects"]),
        tuple(described["warnings"]),
        date.fromisoformat(described["complete_to"]) if described["complete_to"] else None,
        tuple(
            Item(**{**item, "labels": tuple((value, words) for value, words in item["labels"])})
            for item in described["items"]
        ),
        sheets=tuple(described.get("sheets", ())),
        is_split=bool(described.get("is_split")),
        asked=tuple(Wording(**wording) for wording in described.get("asked", ())),
        missing=tuple(described.get("missing", ())),
    )
