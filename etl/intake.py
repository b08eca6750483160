"""Staged files into raw tables: decode, recognise, read, and put every row into DuckDB as text with its line."""

from __future__ import annotations

import codecs
from pathlib import Path

import duckdb

from etl import sources
from etl.reading.files import Batch, Intake, StagedFile
from etl.reading.mapping import apply_mapping
from etl.reading.transcode import decode
from etl.reading.types import DateOrder, RawFile, Reading, Refused, Reject, Sample, Scan, Source
from etl.sources import spss, template
from etl.sources.mapped_survey import NAME as SURVEY_NAME
from etl.sources.mapped_survey import TITLE as SURVEY_TITLE
from etl.sources.mapped_survey import read_survey
from warehouse.contracts import TABLES
from warehouse.engine import quote_name, quote_text

SAMPLE_BYTES = 65536


def take_in(
    connection: duckdb.DuckDBPyConnection, number: int, staged: StagedFile, path: Path, work: Path
) -> Intake:
    """Read one staged file into raw tables. Raises Refused with one sentence when it cannot be taken."""
    try:
        return _take_in(connection, number, staged, path, work)
    except duckdb.Error as fault:
        raise Refused(
            f"{staged.name} cannot be read as a table: its lines may end in different ways. Open it and save it again as CSV."
        ) from fault


def _take_in(
    connection: duckdb.DuckDBPyConnection, number: int, staged: StagedFile, path: Path, work: Path
) -> Intake:
    if staged.mapping and staged.mapping.items:
        text = decode(path.read_bytes(), staged.name, staged.options.encoding)
        reading = read_survey(RawFile(staged.name, path, text, staged.options), staged.mapping)
        return _store(connection, number, staged, SURVEY_NAME, SURVEY_TITLE, reading)
    if staged.mapping and staged.mapping.table:
        mapped = work / f"mapped-{number}.csv"
        apply_mapping(path, mapped, staged.mapping, staged.options)
        path = mapped
    stated = staged.mapping.table if staged.mapping else ""
    with path.open("rb") as handle:
        content = handle.read(SAMPLE_BYTES)
    if not content.strip():
        raise Refused(f"{staged.name} is empty: export it again, or take it out.")
    is_spss = content[:4] in spss.MAGIC
    is_binary = is_spss or content[:4] in (b"PAR1", b"PK\x03\x04")
    is_utf8 = staged.options.encoding is None and not is_binary and _is_utf8(path)
    head = _decode_head(content, is_utf8)
    source: Source
    if is_spss:
        source, reading = spss, spss.read(RawFile(staged.name, path, "", staged.options))
    elif is_binary or (is_utf8 and template.recognise(Sample(staged.name, content, head))):
        source, reading = template, template.read(RawFile(staged.name, path, "", staged.options, stated))
    else:
        text = decode(path.read_bytes(), staged.name, staged.options.encoding)
        found = sources.recognise_file(Sample(staged.name, content, text[:SAMPLE_BYTES]))
        if found is None:
            raise Refused(template.explain(staged.name, text[:SAMPLE_BYTES]))
        if found is template:
            path = work / f"decoded-{number}.csv"
            path.write_text(text, encoding="utf-8", newline="")
        source, reading = found, found.read(RawFile(staged.name, path, text, staged.options, stated))
    return _store(connection, number, staged, source.NAME, source.TITLE, reading)


def _store(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    staged: StagedFile,
    name: str,
    title: str,
    reading: Reading,
) -> Intake:
    batches = []
    rejects = list(reading.rejects)
    read = reading.rows_read
    for table, rows in reading.tables.items():
        raw = f"raw_{number}_{table}"
        connection.register("arriving", rows)
        connection.execute(f"CREATE TABLE {raw} AS SELECT * FROM arriving")
        connection.unregister("arriving")
        batches.append(
            Batch(number, table, raw, tuple(column for column in rows.column_names if column != "line"))
        )
    if reading.scan:
        batch, broken, count = _store_scan(connection, number, reading.scan)
        batches.append(batch)
        rejects += broken
        read += count + len(broken)
        title = f"{title}: {reading.scan.table}"
    elif name == template.NAME:
        title = f"{title}: {', '.join(reading.tables)}"
    return Intake(
        staged,
        name,
        title,
        read,
        tuple(batches),
        tuple(rejects),
        reading.warnings,
        staged.options.complete_to or reading.complete_to,
        reading.items,
    )


def _store_scan(
    connection: duckdb.DuckDBPyConnection, number: int, scan: Scan
) -> tuple[Batch, list[Reject], int]:
    raw = f"raw_{number}_{scan.table}"
    described = connection.execute(f"DESCRIBE SELECT * FROM {scan.sql}").fetchall()
    columns = [str(row[0]) for row in described]
    selected = ", ".join(
        f"{_iso_date(scan.table, column, scan.date_order)} AS {quote_name(column)}" for column in columns
    )
    connection.execute(f"CREATE TABLE {raw} AS SELECT {selected} FROM {scan.sql}")
    broken = (
        [
            Reject(int(line), _explain_broken(str(kind)))
            for line, kind in connection.execute(
                "SELECT line, min(error_type::VARCHAR) FROM reject_errors GROUP BY line ORDER BY line"
            ).fetchall()
        ]
        if "read_csv" in scan.sql
        else []
    )
    if broken:
        connection.execute("DELETE FROM reject_errors")
        connection.execute("DELETE FROM reject_scans")
    line = f"rowid + 2{_shift_lines([reject.line for reject in broken])}"
    connection.execute(f"CREATE VIEW {raw}_lines AS SELECT *, {line} AS line FROM {raw}")
    count = connection.execute(f"SELECT count(*) FROM {raw}").fetchall()[0][0]
    return Batch(number, scan.table, f"{raw}_lines", tuple(columns)), broken, int(count)


def _shift_lines(broken: list[int]) -> str:
    """SQL that adds the broken lines before a record, so that `line` is the line in the file."""
    if not broken:
        return ""
    thresholds = ", ".join(str(line - place - 2) for place, line in enumerate(broken))
    return f" + len(list_filter([{thresholds}], lambda threshold: threshold <= rowid))"


def _iso_date(table: str, column: str, order: DateOrder) -> str:
    """SQL that writes a numeric date of the file's settled order as ISO and leaves everything else."""
    name = f"CAST({quote_name(column)} AS VARCHAR)"
    known = TABLES[table].column_names
    if (
        order == "ymd"
        or column not in known
        or TABLES[table].column(column).type not in ("date", "timestamp")
    ):
        return name
    day, month = ("1", "2") if order == "dmy" else ("2", "1")
    parts = r"^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(.*)$"

    def part(group: str) -> str:
        return f"regexp_extract({name}, {quote_text(parts)}, {group})"

    year = f"CASE WHEN length({part('3')}) = 2 THEN '20' || {part('3')} ELSE {part('3')} END"
    iso = f"{year} || '-' || lpad({part(month)}, 2, '0') || '-' || lpad({part(day)}, 2, '0') || {part('4')}"
    return f"CASE WHEN regexp_matches({name}, {quote_text(parts)}) THEN {iso} ELSE {name} END"


def _explain_broken(kind: str) -> str:
    return {
        "MISSING COLUMNS": "the line has fewer cells than the heading",
        "TOO MANY COLUMNS": "the line has more cells than the heading: is there a comma in a cell without quotes?",
        "UNQUOTED VALUE": "a quotation mark is opened and never closed",
        "LINE SIZE OVER MAXIMUM": "the line is longer than 10 MB",
        "INVALID ENCODING": "the line has characters that are not UTF-8",
    }.get(kind, "the line is not valid CSV")


def _is_utf8(path: Path) -> bool:
    """Whether the whole file is valid UTF-8, read in blocks so that its size does not matter."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    with path.open("rb") as handle:
        try:
            while block := handle.read(1 << 22):
                if b"\0" in block:
                    return False
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _decode_head(content: bytes, is_utf8: bool) -> str:
    return content.decode("utf-8-sig", errors="ignore") if is_utf8 else ""
