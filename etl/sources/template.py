"""The template tables of `warehouse.contracts` as CSV, XLSX or Parquet; also any CSV with a saved column mapping."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from etl.reading.physical.lines import count_rows, has_marks, has_zones
from etl.reading.physical.workbook import Workbook, read_workbook, refuse_bomb
from etl.reading.records import MORE, make_table, read_records
from etl.reading.transcode import plain_sql
from etl.reading.types import PERSON_COLUMNS, About, RawFile, Reading, Refused, Reject, Sample, Scan
from etl.sources.reserved import NUMBERED, RESERVED
from warehouse.codes import CODED
from warehouse.contracts import TABLES, Table
from warehouse.quoting import quote_name, quote_text

NAME = "template"
TITLE = "Template table"
ABOUT = About(
    "English headings, as in the templates",
    "`--mapping` for other headings; `--date-order` for numeric dates; `--sum-ties` for relations whose rows are contacts; times are UTC unless `--zone` says otherwise",
    "unknown columns, but in members; hidden sheets and those in brackets are passed over, and the load names them; formulas without a value; in a file of semicolons 1.200, unless another cell of its column shows what its point is",
)
OBSERVED_ON, LINE = "observed_on", "line"
ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_NAMES = {*PERSON_COLUMNS, *(name for table in TABLES.values() for name in table.column_names)}
SHEET_LINES = 10_000_000
MOST_ROWS = 500_000_000
SMALL = 1_000_000
MOST_ROWS_A_BYTE = 10


def recognise(sample: Sample) -> bool:
    """Whether the header names every required column of a table, or the file is a workbook or Parquet file."""
    if sample.content[:4] == b"PAR1" or sample.content[:4] == b"PK\x03\x04":
        return True
    return bool(_find_fitting(_read_header(sample.text)))


def read(file: RawFile) -> Reading:
    """Read one template file; the rows of a CSV or Parquet file are left to DuckDB (`Reading.scan`)."""
    head = file.path.open("rb").read(4)
    if head == b"PK\x03\x04":
        book = read_workbook(file.path, file.name)
        reading = read_book(book, file.name)
        if reading is None:
            raise Refused(explain_book(book, file.name))
        return reading
    if head == b"PAR1":
        footer = _read_footer(file)
        columns = list(footer.schema.to_arrow_schema().names)
        texts = [f"{plain_sql(f'CAST({name} AS VARCHAR)')} AS {name}" for name in map(quote_name, columns)]
        plain = f"SELECT {', '.join(texts)} FROM read_parquet({quote_text(str(file.path))})"
        return _scan(file, columns, f"({plain})")
    first = file.text[:65536] if file.text else _first_text(file.path)
    columns = _read_header(first)
    delimiter = _delimiter(first)
    sql = csv_sql(file.path, dict.fromkeys(columns, "VARCHAR"), delimiter)
    rows, breaks = count_rows(file.path, delimiter, len(columns))
    named = len("\n".join(columns).rstrip("\n").split("\n"))
    if named < len(columns) and not _has_more(first, delimiter, named):
        rows, columns = (
            None,
            columns[:named],
        )  # empty at their end, as Excel writes it: the strict reader leaves that out
    return _scan(file, columns, sql, delimiter, rows, breaks)


def csv_sql(path: Path, columns: Mapping[str, str], delimiter: str) -> str:
    """DuckDB SQL that reads a CSV strictly, each column as its type; what is broken goes to `reject_errors`."""
    listed = ", ".join(f"{quote_text(name)}: {quote_text(kind)}" for name, kind in columns.items())
    return (
        f"read_csv({quote_text(str(path))}, auto_detect = false, header = true, delim = {quote_text(delimiter)}, "
        f"quote = '\"', escape = '\"', columns = {{{listed}}}, store_rejects = true, rejects_limit = 0, "
        "max_line_size = 10000000)"
    )


def name_table(name: str, columns: list[str], stated: str = "") -> Table:
    """The table that a header belongs to, or the one `stated`; Refused says what is missing, unknown or unclear."""
    if "" in columns:
        raise Refused(
            f"{name} has a column without a heading (number {columns.index('') + 1}): name it, or remove it."
        )
    twice = next((column for column in columns if columns.count(column) > 1), None)
    if twice:
        raise Refused(f"{name} has the column {twice} twice: remove one of them.")
    found = _find_fitting(columns)
    if stated:
        if TABLES[stated] not in found:
            lacking = next(
                column for column in TABLES[stated].required_names if column not in know_columns(columns)
            )
            raise Refused(
                f"{name} has no {lacking}, which {stated} needs: name its column in the mapping, or one value for all rows under [file.constants]."
            )
        found = [TABLES[stated]]
    found = _keep_nearest(found, columns)
    if not found:
        raise Refused(
            f"{name} is none of the known tables or exports: compare its headings with the template."
        )
    if len(found) > 1:
        file, _, sheet = name.rpartition(", sheet ")
        named = [table for table in found if table.name in (Path(file or name).stem.lower(), sheet.lower())]
        if len(named) != 1:
            either = " or ".join(table.name for table in found)
            raise Refused(
                f"{name} could be {either}: name the {'sheet' if file else 'file'} {found[0].name}, or say the table in --mapping."
            )
        found = named
    table = found[0]
    unknown = [
        column for column in columns if column not in table.column_names and column not in PERSON_COLUMNS
    ]
    if not table.has_attributes and unknown:
        raise Refused(
            f"{name} has the column {unknown[0]}, which {table.name} does not have: remove it, or map it with --mapping."
        )
    for column in unknown:
        if column in RESERVED or NUMBERED.fullmatch(column):
            raise Refused(
                f"{name} has the column {column}, a word that figures use themselves: rename it, for example to member_{column}."
            )
        if not ATTRIBUTE.fullmatch(column):
            raise Refused(
                f"{name} has the column {column!r}: name an attribute in small letters, digits and _ (for example {_suggest(column)})."
            )
    return table


def explain(name: str, text: str, known: str) -> str:
    """Why a text file is not recognised: which table it comes nearest to, and what is missing; `known` lists what there is."""
    heading = next(read_records(text, _delimiter(text)), None)
    if heading and heading.fault:
        return f"{name} line {heading.line}: {heading.fault}; it is the heading, without which nothing can be read: correct it."
    columns = set(_read_header(text))
    nearest = max(
        TABLES.values(),
        key=lambda table: len(columns & set(table.required_names)) / len(table.required_names),
    )
    missing = [column for column in nearest.required_names if column not in columns]
    if columns & set(nearest.required_names):
        return f"{name} looks like the table {nearest.name} but has no column {' or '.join(missing)}: add it, or map it with --mapping."
    return (
        f"{name} is none of the known kinds of file ({known}): "
        "map its columns with --mapping, or take it out."
    )


def explain_book(book: Workbook, name: str, known: str = TITLE) -> str:
    """Why a workbook holds nothing that is `known`."""
    if not book.sheets:
        return " ".join(
            (f"{name} has nothing on its visible sheets: save it again with its rows.", *book.passed)
        )
    (first, *_) = book.sheets
    if len(book.sheets) > 1:
        listed = ", ".join(sheet.name for sheet in book.sheets)
        return (
            f"{name} holds no table: none of its sheets ({listed}) has the headings of a template table or of a known export in its "
            "first row. Map the columns of one with --mapping, or put (ignore) into the names of the others."
        )
    return explain(f"{name}, sheet {first.name}", first.write(), known)


def _find_fitting(columns: list[str]) -> list[Table]:
    """Tables all of whose required columns are there."""
    known = know_columns(columns)
    return [table for table in TABLES.values() if set(table.required_names) <= known]


def _keep_nearest(tables: list[Table], columns: list[str]) -> list[Table]:
    """Of some tables those that use most of the columns."""
    used = [len(know_columns(columns) & set(table.column_names)) for table in tables]
    return [table for table, count in zip(tables, used, strict=True) if count == max(used)]


def know_columns(columns: list[str]) -> set[str]:
    """The columns, and those that others of them stand for."""
    known = set(columns)
    if known & set(PERSON_COLUMNS):
        known |= {"member_id", "respondent_id"}
    if OBSERVED_ON in known:
        known.add("wave_id")
    if {"period", "value"} <= known:
        known.add("series")
    return known


def _read_header(text: str) -> list[str]:
    if not text:
        return []
    heading = next(read_records(text, _delimiter(text)), None)
    return [] if heading is None or heading.fault else list(map(name_heading, heading.cells))


def name_heading(cell: str) -> str:
    """A heading in small letters; one that is a column's name but for blanks ("Member ID") as that."""
    word = cell.strip().lower()
    name = "_".join(word.replace("-", " ").split())
    return name if name in _NAMES else word


def _has_more(text: str, delimiter: str, width: int) -> bool:
    """Whether the start of a file has anything beyond so many columns."""
    return any(cell.strip() for record in read_records(text, delimiter) for cell in record.cells[width:])


def _delimiter(text: str) -> str:
    line = text.lstrip("\r\n").split("\n", 1)[0]
    return max(",;\t", key=line.count)


def _first_text(path: Path) -> str:
    with path.open(encoding="utf-8-sig", errors="replace") as handle:
        return handle.read(65536)


def _scan(
    file: RawFile,
    columns: list[str],
    sql: str,
    delimiter: str = "",
    rows: int | None = None,
    breaks: Mapping[int, int] | None = None,
) -> Reading:
    has_lines = columns[-1:] == [LINE] and bool(file.table)
    columns = columns[: len(columns) - has_lines]
    table = name_table(file.name, columns, file.table)
    is_coded = table.name in CODED and set(columns) <= set(table.column_names) - {OBSERVED_ON}
    if table.has_attributes and table.name in CODED:
        is_coded |= not set(columns) & set(PERSON_COLUMNS)
    is_coded &= rows is not None and not (has_lines or file.options.is_zone_stated)
    kinds = {table.column(name).type for name in columns if name in table.column_names}
    is_coded = is_coded and not ("timestamp" in kinds and has_zones(file.path))
    is_counted = bool(delimiter and kinds & {"number", "integer"})
    is_coded = is_coded and not (is_counted and has_marks(file.path, delimiter))
    scan = Scan(
        table.name, sql, file.path, tuple(columns), delimiter, is_coded, rows, breaks or {}, has_lines
    )
    return Reading(NAME, 0, {}, scan=scan)


def _read_footer(file: RawFile) -> pq.FileMetaData:
    """The footer of a Parquet file, refused where it promises more rows or bytes than such a file can hold in earnest.

    Every template table has a key, so that a row needs some bytes of its own.
    """
    try:
        footer = pq.read_metadata(file.path)
    except (pa.ArrowInvalid, OSError) as error:
        raise Refused(f"{file.name} is damaged or not a whole Parquet file: write it again.") from error
    groups = [footer.row_group(place) for place in range(footer.num_row_groups)]
    count = max(footer.num_rows, sum(group.num_rows for group in groups))
    if count > MOST_ROWS:
        raise Refused(
            f"{file.name} says it has more than {MOST_ROWS:,} rows: split it or check where it came from."
        )
    size = file.path.stat().st_size
    if count > max(SMALL, MOST_ROWS_A_BYTE * size):
        raise Refused(
            f"{file.name} has {size:,} bytes and says it has {count:,} rows, which no table with a key can: "
            "check where it came from."
        )
    refuse_bomb(file.path, file.name, sum(group.total_byte_size for group in groups))
    return footer


def read_book(book: Workbook, name: str) -> Reading | None:
    """The template tables on the sheets of a workbook, those of one table added up; None where no sheet is one.

    Lines of a further sheet count on from `SHEET_LINES` times its place. A sheet whose headings have nothing of a table is passed
    over and said; one that lacks a column is refused.
    """
    found = [sheet for sheet in book.sheets if _find_fitting(list(map(name_heading, sheet.heading)))]
    if not found:
        return None
    parts: dict[str, list[pa.Table]] = {}
    warnings, rejects, count = list(book.passed), [], 0
    for place, sheet in enumerate(book.sheets):
        columns = list(map(name_heading, sheet.heading))
        called = f"{name}, sheet {sheet.name}"
        if sheet not in found and not any(
            set(columns) & set(table.required_names) for table in TABLES.values()
        ):
            warnings.append(
                f"{called} was passed over, because it is no table: its first row has no known heading."
            )
            continue
        table = name_table(called, columns)
        rows = []
        for line, cells in sheet.rows[1:]:
            count += 1
            number = line + place * SHEET_LINES
            if line in sheet.unknown:
                rejects.append(Reject(number, sheet.explain(line)))
            elif any(cell.strip() for cell in cells[len(columns) :]):
                rejects.append(Reject(number, MORE))
            else:
                rows.append((number, (*cells, *[""] * len(columns))[: len(columns)]))
        parts.setdefault(table.name, []).append(make_table(columns, rows))
    tables = {key: pa.concat_tables(added, promote_options="default") for key, added in parts.items()}
    return Reading(
        NAME,
        count,
        tables,
        tuple(rejects),
        tuple(warnings),
        sheets=tuple(sheet.name for sheet in book.sheets),
    )


def _suggest(column: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_") or "attribute"
