"""Staged files into raw tables: decode, recognise, read, and put every row into DuckDB as text with its line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

import duckdb

from commands import FULL
from etl import sources
from etl.checking.decimals import write_numbers
from etl.checking.members import unite_members
from etl.checking.surveys.choices import order_words
from etl.checking.written import write_dates
from etl.reading.arrays import store_numbers, store_table
from etl.reading.files import Batch, Intake, StagedFile
from etl.reading.mapped import apply_mapping
from etl.reading.physical.archive import ZIP
from etl.reading.physical.lines import number_lines, shift_line
from etl.reading.physical.titles import explain_titles, skip_titles
from etl.reading.physical.workbook import (
    Workbook,
    find_sheet,
    read_workbook,
    restore_breaks,
    skip_sheet_titles,
)
from etl.reading.records import FEWER, MORE, NUL, TOO_LONG, UNCLOSED, fit_cells, make_table, scan_records
from etl.reading.shapes.respondents import name_respondent
from etl.reading.shapes.unused import tell_unused
from etl.reading.transcode import (
    decode,
    even_text,
    is_utf8,
    open_private,
    plain_text,
    refuse_other,
)
from etl.reading.types import RawFile, Reading, Refused, Reject, Sample, Source
from etl.sources import spss, template
from etl.sources.mapped_survey import NAME as SURVEY_NAME
from etl.sources.mapped_survey import TITLE as SURVEY_TITLE
from etl.sources.mapped_survey import read_survey
from warehouse.quoting import quote_name

SAMPLE_BYTES, SAMPLE_CHARACTERS = 65536, 4_000_000
MOST_READINGS, MOST_BYTES = 64, 1_000_000
STRICT_ROWS = 50_000
BROKEN = {
    "MISSING COLUMNS": FEWER,
    "TOO MANY COLUMNS": MORE,
    "UNQUOTED VALUE": UNCLOSED,
    "LINE SIZE OVER MAXIMUM": TOO_LONG,
    "INVALID ENCODING": "the line has characters that are not UTF-8",
}
# of small exports, by what they are and how they are read: a process that loads what arrives reads each of them once
_READINGS: dict[str, tuple[str, str, Reading]] = {}


def take_in(
    connection: duckdb.DuckDBPyConnection, number: int, staged: StagedFile, path: Path, work: Path
) -> Intake:
    """Read one staged file into raw tables. Raises Refused with one sentence when it cannot be taken."""
    with explain_faults(staged.name):
        return unite_members(connection, _take_in(connection, number, staged, path, work))


@contextmanager
def explain_faults(name: str) -> Iterator[None]:
    """Refused in one sentence where DuckDB cannot make a table of the file called `name`; OSError where the disk is full."""
    try:
        yield
    except duckdb.OutOfMemoryException as fault:
        raise Refused(
            f"{name} needs more memory than there is: close other programs, or split it."
        ) from fault
    except duckdb.Error as fault:
        for number in FULL:
            if os.strerror(number) in str(fault):
                raise OSError(number, os.strerror(number)) from fault
        raise Refused(
            f"{name} cannot be read as a table: it may be damaged. Open it and save it again as CSV."
        ) from fault


def _take_in(
    connection: duckdb.DuckDBPyConnection, number: int, staged: StagedFile, path: Path, work: Path
) -> Intake:
    record = json.dumps(staged.to_record())
    if record in _READINGS:
        return _store(connection, number, staged, *_READINGS[record])
    if staged.mapping and staged.mapping.is_survey:
        text, said = _read_text(path, staged)
        reading = restore_breaks(
            read_survey(RawFile(staged.name, path, text, staged.options), staged.mapping)
        )
        reading = replace(reading, warnings=(*said, *reading.warnings))
        return _store(connection, number, staged, SURVEY_NAME, SURVEY_TITLE, reading)
    if staged.mapping and staged.mapping.table:
        return _take_mapped(connection, number, staged, path, work)
    with path.open("rb") as handle:
        content = handle.read(SAMPLE_BYTES)
    if not content.strip():
        raise Refused(f"{staged.name} is empty: export it again, or take it out.")
    refuse_other(staged.name, content)
    if content[:4] == ZIP:
        return _take_book(connection, number, staged, path)
    is_spss = content[:4] in spss.MAGIC
    is_binary = is_spss or content[:4] == b"PAR1"
    has_utf8 = staged.options.encoding is None and not is_binary and is_utf8(path)
    head = _decode_head(content, has_utf8)
    source: Source
    if is_spss:
        source, reading = spss, spss.read(RawFile(staged.name, path, "", staged.options))
    elif is_binary or (has_utf8 and template.recognise(Sample(staged.name, content, head))):
        if not is_binary:
            path = even_text(path, work / f"even-{number}.csv")
        source, reading = template, template.read(RawFile(staged.name, path, "", staged.options))
    else:
        text = decode(path.read_bytes(), staged.name, staged.options.encoding)
        found = sources.recognise_file(Sample(staged.name, content, text[:SAMPLE_CHARACTERS]))
        line = 0
        if found is None:
            text, line = skip_titles(text, partial(_is_known, staged.name))
            found = sources.recognise_file(Sample(staged.name, b"", text[:SAMPLE_CHARACTERS]))
        if found is None:
            raise Refused(sources.explain_unknown(Sample(staged.name, content, text[:SAMPLE_CHARACTERS])))
        if found is template:
            path = work / f"decoded-{number}.csv"
            with open(path, "w", encoding="utf-8", newline="", opener=open_private) as decoded:
                decoded.write(text)
            path = even_text(path, work / f"even-{number}.csv")
        source, reading = found, found.read(_make_raw(staged, path, text))
        if line:
            reading = replace(reading, warnings=(*reading.warnings, explain_titles(staged.name, line)))
        if reading.scan is None and path.stat().st_size < MOST_BYTES:
            if len(_READINGS) == MOST_READINGS:
                _READINGS.pop(next(iter(_READINGS)))
            _READINGS[record] = source.NAME, source.TITLE, reading
    return _store(connection, number, staged, source.NAME, source.TITLE, reading)


def _is_known(name: str, text: str) -> bool:
    return sources.recognise_file(Sample(name, b"", text[:SAMPLE_CHARACTERS])) is not None


def _make_raw(staged: StagedFile, path: Path, text: str) -> RawFile:
    """The file as its source takes it, with what a mapping says of it."""
    if staged.mapping is None:
        return RawFile(staged.name, path, text, staged.options)
    said = staged.mapping
    return RawFile(
        staged.name,
        path,
        text,
        staged.options,
        missing=tuple(said.missing),
        choices={**{column: [] for column in said.respondent.values()}, **said.choices},
        respondent=said.respondent,
    )


def _read_text(path: Path, staged: StagedFile) -> tuple[str, tuple[str, ...]]:
    """The text of a file that a mapping is for, or of the sheet that has its columns, and what is to be said of the workbook."""
    assert staged.mapping is not None
    content = path.read_bytes()
    refuse_other(staged.name, content)
    if content[:4] != ZIP:
        return decode(content, staged.name, staged.options.encoding), ()
    book = read_workbook(path, staged.name)
    return find_sheet(book, staged.name, staged.mapping.named).write(), book.passed


def _take_book(connection: duckdb.DuckDBPyConnection, number: int, staged: StagedFile, path: Path) -> Intake:
    """A workbook of template tables, or of one export of a tool."""
    return _take_sheets(connection, number, staged, path, read_workbook(path, staged.name))


def _take_sheets(
    connection: duckdb.DuckDBPyConnection, number: int, staged: StagedFile, path: Path, book: Workbook
) -> Intake:
    if reading := template.read_book(book, staged.name):
        return _store(connection, number, staged, template.NAME, template.TITLE, reading)
    known = [
        (sheet, text, sources.recognise_file(Sample(staged.name, b"", text)))
        for sheet in book.sheets
        for text in [sheet.write()]
    ]
    exports = [(sheet, text, source) for sheet, text, source in known if source]
    if not exports:
        below = skip_sheet_titles(book, staged.name, partial(_is_known, staged.name))
        if below.sheets != book.sheets:
            return _take_sheets(connection, number, staged, path, below)
        raise Refused(template.explain_book(book, staged.name, sources.TITLES))
    if len(exports) > 1:
        raise Refused(
            f"{staged.name} holds several exports, on the sheets {', '.join(sheet.name for sheet, _, _ in exports)}: save each as a file."
        )
    ((chosen, text, source),) = exports
    reading = restore_breaks(source.read(_make_raw(staged, path, text)))
    others = [
        f"{staged.name}: the sheet {sheet.name} was passed over, because only {chosen.name} is a {source.TITLE}."
        for sheet, _, other in known
        if other is None
    ]
    reading = replace(reading, warnings=(*book.passed, *others, *reading.warnings))
    return _store(connection, number, staged, source.NAME, source.TITLE, reading)


def _take_mapped(
    connection: duckdb.DuckDBPyConnection, number: int, staged: StagedFile, path: Path, work: Path
) -> Intake:
    """The rows of a file that a mapping makes a table of."""
    assert staged.mapping is not None
    target = work / f"mapped-{number}.csv"
    text, said = _read_text(path, staged)
    mapped = apply_mapping(text, staged.name, target, staged.mapping)
    reading = template.read(RawFile(staged.name, target, "", staged.options, staged.mapping.table))
    assert reading.scan is not None
    reading = replace(
        reading, rows_read=mapped.rows, rejects=mapped.rejects, warnings=(*said, *mapped.warnings)
    )
    return _store(connection, number, staged, template.NAME, template.TITLE, reading)


def _store(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    staged: StagedFile,
    name: str,
    title: str,
    reading: Reading,
) -> Intake:
    batches = []
    order = staged.mapping.order if staged.mapping else {}
    said = tell_unused(staged.mapping, reading, staged.name, title) if staged.mapping else []
    if staged.mapping and staged.mapping.respondent:
        reading = name_respondent(reading, staged.mapping.respondent, staged.name)
    items = tuple(order_words(item, order.get(item.item_id, ())) for item in reading.items)
    for table, rows in reading.tables.items():
        raw = f"raw_{number}_{table}"
        store_table(connection, raw, rows)
        batch = Batch(number, table, raw, tuple(column for column in rows.column_names if column != "line"))
        if name == template.NAME:
            batch, dated = write_dates(connection, staged, batch, staged.options.is_zone_stated)
            said += dated
        batches.append(batch)
    if reading.scan:
        title = f"{title}: {reading.scan.table}"
    elif name == template.NAME:
        title = f"{title}: {', '.join(reading.tables)}"
    intake = Intake(
        staged,
        name,
        title,
        reading.rows_read,
        tuple(batches),
        tuple(reading.rejects),
        (*reading.warnings, *said),
        staged.options.complete_to or reading.complete_to,
        items,
        reading.scan,
        sheets=reading.sheets,
        asked=reading.asked,
        missing=reading.missing,
    )
    is_done = reading.scan is None or reading.scan.is_coded
    return intake if is_done else store_scan(connection, number, intake)


def store_scan(connection: duckdb.DuckDBPyConnection, number: int, intake: Intake) -> Intake:
    """The intake with the rows of its template file in a raw table; Refused where the order of its dates stays open."""
    scan = intake.bulk
    assert scan is not None
    raw = f"raw_{number}_{scan.table}"
    if scan.delimiter and (scan.rows is None or scan.has_lines):
        return _store_strictly(connection, number, intake)
    with explain_faults(intake.staged.name):
        connection.execute(
            f"CREATE OR REPLACE TABLE {raw} AS SELECT {', '.join(map(quote_name, scan.columns))} FROM {scan.sql}"
        )
    broken = take_rejects(connection) if scan.delimiter else {}
    lines = f"SELECT *, rowid + 2 AS line FROM {raw}"
    torn: list[int] = []
    if not scan.delimiter:
        has_nul = " OR ".join(
            f"coalesce(contains({quote_name(name)}, chr(0)), false)" for name in scan.columns
        )
        torn = [
            line for (line,) in connection.execute(f"SELECT rowid + 2 FROM {raw} WHERE {has_nul}").fetchall()
        ]
    if torn:
        lines += f" WHERE NOT ({has_nul})"
    if broken:
        shifts = number_lines(connection, raw, sorted(broken))
        lines = (
            f"SELECT t.*, t.rowid + 2 + coalesce(s.shift, 0) AS line "
            f"FROM {raw} t ASOF LEFT JOIN {shifts} s ON t.rowid >= s.threshold"
        )
    if scan.breaks:
        store_numbers(
            connection, f"{raw}_breaks", {"record": scan.breaks.keys(), "more": scan.breaks.values()}
        )
        lines = f"SELECT * REPLACE ({shift_line(f'{raw}_breaks')} AS line) FROM ({lines})"
    connection.execute(f"CREATE OR REPLACE VIEW {raw}_lines AS {lines}")
    count = connection.execute(f"SELECT count(*) FROM {raw}").fetchall()[0][0]
    if scan.rows is not None and count + len(broken) != scan.rows:
        return _store_strictly(connection, number, intake)
    rejects = [
        Reject(line + sum(more for at, more in scan.breaks.items() if at < line), explain_broken(kind))
        for line, kind in sorted(broken.items())
    ]
    return replace(
        _write_rows(
            connection, number, intake, f"{raw}_lines", [*rejects, *(Reject(line, NUL) for line in torn)]
        ),
        read=int(count) + len(broken),
        last_line=int(count) + len(broken) + 1 + sum(scan.breaks.values()),
        bulk=None,
    )


def _write_rows(
    connection: duckdb.DuckDBPyConnection, number: int, intake: Intake, raw: str, rejects: Sequence[Reject]
) -> Intake:
    """The intake with its rows as one batch, dates and numbers in the form that the tables take."""
    scan, name = intake.bulk, intake.staged.name
    assert scan is not None
    batch, said = Batch(number, scan.table, raw, scan.columns), list[str]()
    if scan.delimiter:
        batch, unclear, said = write_numbers(connection, batch, name, scan.delimiter)
        rejects = sorted((*rejects, *unclear), key=lambda reject: reject.line)
    batch, dated = write_dates(connection, intake.staged, batch, intake.staged.options.is_zone_stated)
    return replace(
        intake, batches=(batch,), warnings=(*intake.warnings, *said, *dated), rejects=tuple(rejects)
    )


def _store_strictly(connection: duckdb.DuckDBPyConnection, number: int, intake: Intake) -> Intake:
    """The intake with its CSV read by the strict reader, record by record, in a raw table that has the line of each."""
    scan = intake.bulk
    assert scan is not None
    raw = f"raw_{number}_{scan.table}_strict"
    rejects = list(intake.rejects)
    count = last = 0
    made = f"CREATE OR REPLACE TABLE {raw} AS SELECT * FROM arriving"
    with scan.path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        records = scan_records(lines, scan.delimiter)
        heading = next(records)
        while True:
            rows = []
            for record in islice(records, STRICT_ROWS):
                count, last = count + 1, record.line
                reason = fit_cells(record, len(scan.columns) + scan.has_lines, heading)
                if not reason and any("\ufffd" in cell for cell in record.cells):
                    reason = BROKEN["INVALID ENCODING"]
                if reason:
                    rejects.append(Reject(record.line, reason))
                else:
                    line = int(record.cells[len(scan.columns)]) if scan.has_lines else record.line
                    rows.append((line, record.cells[: len(scan.columns)]))
            connection.register("arriving", make_table(scan.columns, rows))
            connection.execute(made)
            connection.unregister("arriving")
            if count % STRICT_ROWS or not rows:
                break
            made = f"INSERT INTO {raw} SELECT * FROM arriving"
    return replace(
        _write_rows(connection, number, intake, raw, rejects),
        read=intake.read if scan.has_lines else count,
        is_split=scan.has_lines,
        last_line=last,
        bulk=None,
    )


def take_rejects(connection: duckdb.DuckDBPyConnection) -> dict[int, str]:
    """The lines that the parser just rejected, each with the kind of fault; of several faults the gravest."""
    rows = connection.execute(
        "SELECT line, min(error_type::VARCHAR) FILTER (error_type::VARCHAR <> 'CAST') FROM reject_errors GROUP BY line"
    ).fetchall()
    if rows:
        connection.execute("DELETE FROM reject_errors")
        connection.execute("DELETE FROM reject_scans")
    return {int(line): str(kind or "CAST") for line, kind in rows}


def explain_broken(kind: str) -> str:
    """Why a line is no row, by the parser's kind of fault."""
    return BROKEN.get(kind, "the line is not valid CSV")


def _decode_head(content: bytes, is_utf8: bool) -> str:
    return plain_text(content.decode("utf-8-sig", errors="ignore")) if is_utf8 else ""
