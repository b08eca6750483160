"""Dates and times of raw rows as they are written in a file, in the one form that the tables take."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from etl.reading.arrays import store_texts
from etl.reading.dates import iso_written, settle_order
from etl.reading.files import Batch, StagedFile
from warehouse.contracts import TABLES
from warehouse.quoting import quote_name, quote_text

_ODD_DATE = r"^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|[AaPp]\.?\s?[Mm]\.?$"


def write_dates(
    connection: duckdb.DuckDBPyConnection, staged: StagedFile, batch: Batch, is_zoned: bool
) -> Batch:
    """The batch with numeric dates and 12-hour times written as ISO in the order of the file, and, where it `is_zoned`, local times
    in UTC; Refused where the order of its dates stays open."""
    columns = {
        column.name: column.type
        for column in TABLES[batch.table].columns
        if column.type in ("date", "timestamp") and column.name in batch.columns
    }
    odd = {
        name: "true"
        if is_zoned and kind == "timestamp"
        else f"regexp_matches(trim({quote_name(name)}), '{_ODD_DATE}')"
        for name, kind in columns.items()
    }
    parts = " UNION ALL ".join(
        f"SELECT DISTINCT {quote_text(name)}, {quote_name(name)} FROM {batch.raw} WHERE {quote_name(name)} <> '' AND {is_odd}"
        for name, is_odd in odd.items()
    )
    found = [(str(name), str(value)) for name, value in connection.execute(parts).fetchall()] if odd else []
    if not found:
        return batch
    order = settle_order([value.strip() for _, value in found], staged.name, staged.options.date_order)
    zone = staged.options.zone if is_zoned else None
    dates = f"{batch.raw}_dates"
    written = {
        "name": [name for name, _ in found],
        "given": [value for _, value in found],
        "iso": [
            iso_written(value.strip(), order, zone if columns[name] == "timestamp" else None)
            for name, value in found
        ],
    }
    store_texts(connection, dates, written)
    names = sorted({name for name, _ in found})
    listed = ", ".join(
        f"coalesce(d{place}.iso, r.{quote_name(name)}) AS {quote_name(name)}"
        for place, name in enumerate(names)
    )
    joins = " ".join(
        f"LEFT JOIN {dates} d{place} ON d{place}.name = {quote_text(name)} AND d{place}.given = r.{quote_name(name)}"
        for place, name in enumerate(names)
    )
    connection.execute(
        f"CREATE OR REPLACE VIEW {batch.raw}_iso AS SELECT r.* REPLACE ({listed}) FROM {batch.raw} r {joins}"
    )
    return replace(batch, raw=f"{batch.raw}_iso")
