"""Plain series (`period, value`, and what they are out of): the name of each and its periods, as figures write them."""

from __future__ import annotations

from pathlib import Path

import duckdb

from etl.reading.files import Batch
from warehouse.quoting import quote_text

PERIOD = r"[0-9]{4}(-(Q[1-4]|0[1-9]|1[0-2]|W(0[1-9]|[1-4][0-9]|5[0-3])))?"
_MONTHS = ("%Y-%m-01", "%b %Y", "%B %Y", "%b-%Y", "%b-%y", "%b %y", "%m/%Y", "%Y/%m")


def name_series(connection: duckdb.DuckDBPyConnection, batch: Batch, name: str) -> Batch:
    """The batch with its periods as 2015, 2015-Q3, 2015-07 or 2015-W37, from what spreadsheets make of a month ("Jul-15", its
    first day), and with the file's name for a series that has none."""
    raw = f"{batch.raw}_named"
    formats = ", ".join(map(quote_text, _MONTHS))
    stem = quote_text(Path(name).stem)
    series = f"coalesce(nullif(trim(series), ''), {stem})" if "series" in batch.columns else stem
    kept = ", ".join(column for column in batch.columns if column not in ("series", "period"))
    connection.execute(
        f"""CREATE OR REPLACE TABLE {raw} AS SELECT {kept}, line, {series} AS series,
          CASE WHEN regexp_full_match(trim(period), '{PERIOD}') THEN trim(period)
            ELSE coalesce(strftime(TRY_STRPTIME(trim(period), [{formats}]), '%Y-%m'), trim(period)) END AS period
        FROM {batch.raw}"""
    )
    columns = tuple(dict.fromkeys((*batch.columns, "series")))
    return Batch(batch.file, batch.table, raw, columns)


def check_periods(connection: duckdb.DuckDBPyConnection) -> None:
    """Give rows of series a reason where the period is none, or a part of something is no whole number."""
    connection.execute(
        f"""UPDATE checked_measurements SET reason = CASE
          WHEN NOT regexp_full_match(period, '{PERIOD}')
            THEN 'period ''' || left(period, 40) || ''' is no period: write it as 2015, 2015-Q3, 2015-07 or 2015-W37'
          ELSE 'value ' || value || ' of ' || denominator || ' is no whole number of them: leave the denominator out of a rate' END
        WHERE reason IS NULL AND (NOT regexp_full_match(period, '{PERIOD}')
          OR denominator IS NOT NULL AND value <> floor(value))"""
    )


def last_day_sql(period: str) -> str:
    """SQL of the last day of a period."""
    month = f"CAST({period} || '-01' AS DATE) + INTERVAL 1 MONTH"
    quarter = f"CAST(substr({period}, 1, 4) || '-01-01' AS DATE) + INTERVAL 3 MONTH * CAST(right({period}, 1) AS INTEGER)"
    year = f"CAST({period} || '-01-01' AS DATE) + INTERVAL 1 YEAR"
    week = f"CAST(strptime({period} || '-7', '%G-W%V-%u') AS DATE) + INTERVAL 1 DAY"
    return (
        f"CAST(CASE WHEN contains({period}, 'W') THEN {week} WHEN contains({period}, 'Q') THEN {quarter} "
        f"WHEN length({period}) = 4 THEN {year} ELSE {month} END AS DATE) - 1"
    )


def first_day_sql(period: str) -> str:
    """SQL of the first day of a period."""
    quarter = f"CAST(substr({period}, 1, 4) || '-01-01' AS DATE) + INTERVAL 3 MONTH * (CAST(right({period}, 1) AS INTEGER) - 1)"
    week = f"strptime({period} || '-1', '%G-W%V-%u')"
    return (
        f"CAST(CASE WHEN contains({period}, 'W') THEN {week} WHEN contains({period}, 'Q') THEN {quarter} "
        f"WHEN length({period}) = 4 THEN CAST({period} || '-01-01' AS DATE) ELSE CAST({period} || '-01' AS DATE) END AS DATE)"
    )
