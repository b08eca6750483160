"""Dates and times of raw rows as they are written in a file, in the one form that the tables take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import duckdb

from etl.reading.arrays import store_texts
from etl.reading.files import Batch, StagedFile
from etl.reading.types import DateOrder, Refused
from etl.reading.written.dates import iso_written, read_serial, settle_order
from warehouse.contracts import TABLES
from warehouse.quoting import quote_name, quote_text

_ISO_DATE = r"^\d{4}[/.-]"
# Letters of any language, and what else is not ASCII: to prepare a pattern of \p{L} takes thirty times as long as to look through a file.
_LETTER = r"[A-Za-z\x{80}-\x{10FFFF}]"
_SERIAL = r"^[2-7]\d{4}([.,]\d+)?$"
_NAMED_DATE = rf"^\d{{1,2}}(st|nd|rd|th|er)?[ .-]+(de )?{_LETTER}{{3}}|^{_LETTER}{{3,12}}\.? \d{{1,2}},? \d{{4}}|^\d{{4}}\s?[年년]"
_ODD_DATE = (
    rf"^\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|[AaPp]\.?\s?[Mm]\.?$|:\d\d(\.\d+)?\s+[(A-Za-z]|{_NAMED_DATE}"
)


def write_dates(
    connection: duckdb.DuckDBPyConnection, staged: StagedFile, batch: Batch, is_zoned: bool
) -> tuple[Batch, list[str]]:
    """The batch with numeric dates, days as a spreadsheet counts them, 12-hour times and times with a zone in words written as ISO in the
    order of the file, and, where it `is_zoned`, local times in UTC, with what is to be said; Refused where the order of its dates stays open.

    Where most dates start with the year, the few whose order stays open are left as they are, so that their lines are set aside."""
    columns = {
        column.name: column.type
        for column in TABLES[batch.table].columns
        if column.type in ("date", "timestamp") and column.name in batch.columns
    }
    odd = {
        name: "true"
        if is_zoned and kind == "timestamp"
        else f"regexp_matches(trim({quote_name(name)}), '{_ODD_DATE}|{_SERIAL}')"
        for name, kind in columns.items()
    }
    parts = " UNION ALL ".join(
        f"SELECT DISTINCT {quote_text(name)}, {quote_name(name)} FROM {batch.raw} WHERE {quote_name(name)} <> '' AND {is_odd}"
        for name, is_odd in odd.items()
    )
    found = [(str(name), str(value)) for name, value in connection.execute(parts).fetchall()] if odd else []
    if not found:
        return batch, []
    order, said = _settle(connection, staged, batch, [value.strip() for _, value in found], columns)
    zone = staged.options.zone if is_zoned else None
    dates = f"{batch.raw}_dates"
    serial = [value for _, value in found if read_serial(value) != value.strip()]
    if serial:
        said.append(
            f"{staged.name} has days as a spreadsheet counts them, such as {serial[0].strip()}, which was read as {read_serial(serial[0])[:10]}."
        )
    written = {
        "name": [name for name, _ in found],
        "given": [value for _, value in found],
        "iso": [
            iso_written(read_serial(value), order, zone if columns[name] == "timestamp" else None)
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
    return replace(batch, raw=f"{batch.raw}_iso"), said


def _settle(
    connection: duckdb.DuckDBPyConnection,
    staged: StagedFile,
    batch: Batch,
    values: Sequence[str],
    columns: Iterable[str],
) -> tuple[DateOrder, list[str]]:
    """The order of the dates of a file, and what is to be said: of those that start with the year where they are more than the others,
    which stay open."""
    try:
        return settle_order(values, staged.name, staged.options.date_order), []
    except Refused as fault:
        if staged.options.date_order is not None:
            raise
        counts = " + ".join(
            f"count(*) FILTER (regexp_matches(trim({quote_name(name)}), '{{shape}}'))" for name in columns
        )
        written = ", ".join(counts.replace("{shape}", shape) for shape in (_ISO_DATE, _ODD_DATE))
        ((plain, odd),) = connection.execute(f"SELECT {written} FROM {batch.raw}").fetchall()
        if plain <= odd:
            raise
        return "ymd", [f"{fault} Until then the lines of such dates are set aside."]
