"""Set-based validation of one table: typed columns, a reason for every row that cannot be loaded, duplicates."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from etl.checking.identity.met import note_unmet_ids
from etl.checking.identity.people import NO_MEMBER, reference_key, resolve_rows
from etl.checking.identity.settled import IS_GUEST
from etl.reading.files import Batch
from etl.reading.types import PERSON_COLUMNS
from etl.reading.written.names import NOBODY, ROUNDED, SUMMARY
from etl.reading.written.ticks import NO, YES
from warehouse.contracts import DUCKDB_TYPES, Column, Table
from warehouse.quoting import quote_name, quote_text

FIRST_DAY, LAST_DAY, EPOCH = "1700-01-01", "2100-01-01", "1970-01-01"
SPREADSHEET_ERROR = r"(?:^|\x1f)(#(?:N/A|REF!|NAME\?|VALUE!|DIV/0!|NUM!|NULL!))(?:\x1f|$)"
ZONE_WORD = r":\d\d.* [A-Za-z]"
_LARGE = ("answers", "ties", "activities")
# T and F are letters of many a code, and a dash stands for what nobody wrote down as well as for no.
_TRUE, _FALSE = sorted(YES - {"t"}), sorted(NO - {"f", "-", "–", "—"})
_TYPE_WORDS = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "yes or no (write true or false)",
    "date": "a date (write it as 2015-09-30)",
    "timestamp": "a time (write it as 2015-09-30T14:00:00Z)",
}
_ZONE_WORDS = "a time of one zone: its words are not known, or several zones are called so (write it as 2015-09-30 14:00+01:00)"


def check_table(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    batches: Sequence[Batch],
    attributes: Sequence[str],
    *,
    keep_identity: bool = False,
    allow_strangers: bool = False,
) -> None:
    """Make `checked_<table>`: file, line, the typed columns (people as pseudonyms), `reason` (NULL when good).

    `keep_identity` leaves member ids as they are (for the members list, from which the pseudonyms come);
    `allow_strangers` gives people who are no member a pseudonym of their own, from the table `strangers`.
    """
    columns = _list_columns(table, attributes)
    if not batches:
        typed = ", ".join(f"{quote_name(column.name)} {DUCKDB_TYPES[column.type]}" for column in columns)
        connection.execute(
            f"CREATE TABLE checked_{table.name} (file INTEGER, line BIGINT, {typed}, reason VARCHAR)"
        )
        return
    selects = [
        _select_batch(connection, table, columns, batch, keep_identity, allow_strangers) for batch in batches
    ]
    unioned = " UNION ALL BY NAME ".join(selects)
    connection.execute(
        f"CREATE TABLE checked_{table.name} AS SELECT * REPLACE ({_compare_rows(table)} AS reason) FROM ({unioned}) c"
    )


def _compare_rows(table: Table) -> str:
    """SQL of a row's reason with what other rows, and two columns side by side, say against it."""
    unknown = [_explain_reference(column) for column in table.columns if column.references]
    reason = f"nullif(concat_ws('; ', reason, {', '.join(unknown)}), '')" if unknown else "reason"
    if table.different:
        first, second = table.different
        reason = (
            f"coalesce({reason}, CASE WHEN {quote_name(first)} = {quote_name(second)} "
            f"THEN '{first} and {second} are the same: take the line out' END)"
        )
    return reason


def _list_columns(table: Table, attributes: Sequence[str]) -> list[Column]:
    extra = [name for name in attributes if table.has_attributes and name not in table.column_names]
    return [*table.columns, *(Column(name, "text", "Attribute of the member.") for name in extra)]


def _select_batch(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    columns: Sequence[Column],
    batch: Batch,
    keep_identity: bool,
    allow_strangers: bool,
) -> str:
    present = set(batch.columns)
    raw = batch.raw
    joins, typed, reasons = [], [], []
    is_vendor = bool(present & set(PERSON_COLUMNS))
    if is_vendor:
        person = next(column.name for column in table.columns if column.is_person)
        raw = resolve_rows(connection, batch, person)
    cast: dict[str, str] = {}
    for column in columns:
        name = quote_name(column.name)
        text = f"r.{name}" if column.name in present else "CAST(NULL AS VARCHAR)"
        if column.is_person and not keep_identity:
            value, join, reason = _person(column, text, is_vendor, allow_strangers)
            joins.append(join)
            if not is_vendor and not allow_strangers and column.name in present:
                note_unmet_ids(connection, batch.file, batch.raw, column.name)
        elif column.name not in present:
            value = f"CAST(NULL AS {DUCKDB_TYPES[column.type]})"
            reason = [quote_text(f"{column.name} is missing")] if column.required else []
        elif column.type == "text":
            value, reason = text, _explain(column, text, text)
        else:
            # cast once: to prepare a cast to a time costs more than to do it for a thousand rows
            value = f"r.{quote_name(f'typed {column.name}')}"
            cast[column.name] = f"{cast_column(column, text)} AS {quote_name(f'typed {column.name}')}"
            reason = _explain(column, text, value)
        typed.append(f"{value} AS {name}")
        reasons += reason
    for start, end in table.ordered:
        if {start, end} <= present:
            low, high = (f"r.{quote_name(f'typed {name}')}" for name in (start, end))
            word = "before" if table.column(end).type in ("date", "timestamp") else "less than"
            reasons.append(f"CASE WHEN {high} < {low} THEN {quote_text(f'{end} is {word} {start}')} END")
    names = [quote_name(column.name) for column in columns if column.name in present]
    texts = [
        f"r.{quote_name(column.name)}"
        for column in columns
        if column.type == "text" and column.name in present
    ]
    if texts:
        reasons.append(_explain_errors(texts))
    trimmed = ", ".join(f"nullif(trim({name}), '') AS {name}" for name in names)
    raw = f"(SELECT * REPLACE ({trimmed}) FROM {raw})"
    if cast:
        raw = f"(SELECT r.*, {', '.join(cast.values())} FROM {raw} r)"
    return (
        f"SELECT CAST({batch.file} AS INTEGER) AS file, r.line, {', '.join(typed)}, "
        f"nullif(concat_ws('; ', {', '.join(reasons) or 'NULL'}), '') AS reason FROM {raw} r {' '.join(joins)}"
    )


def _person(column: Column, text: str, is_vendor: bool, allow_strangers: bool) -> tuple[str, str, list[str]]:
    """SQL for the pseudonym of a person column, the join it needs, and its reasons."""
    if is_vendor:
        return "r.resolved", "", ["CASE WHEN r.resolved IS NULL THEN r.unresolved_reason END"]
    alias = quote_name(f"who_{column.name}")
    key = reference_key(text)
    join = f"LEFT JOIN references_by_id {alias} ON {alias}.value = {key}"
    missing = (
        f"CASE WHEN {text} IS NULL THEN {quote_text(f'{column.name} is missing')} "
        f"WHEN {alias}.value IS NOT NULL AND {alias}.pseudonym IS NULL THEN {quote_text(NO_MEMBER['unclear'])}"
    )
    if allow_strangers:
        stranger = quote_name(f"stranger_{column.name}")
        join += f" LEFT JOIN strangers {stranger} ON {stranger}.value = {key}"
        reasons = [f"{missing} END", _explain_identifier(column, text)]
        return f"coalesce({alias}.pseudonym, {stranger}.pseudonym)", join, reasons
    reason = NO_MEMBER["member_id"].replace("member_id", column.name)
    return (
        f"{alias}.pseudonym",
        join,
        [
            f"{missing} WHEN {alias}.pseudonym IS NULL AND {key} IN (SELECT value FROM settled_ids) THEN {quote_text(IS_GUEST)} "
            f"WHEN {alias}.pseudonym IS NULL THEN {quote_text(reason)} END"
        ],
    )


def cast_column(column: Column, text: str) -> str:
    """SQL of a text as the column's type; NULL where it is none."""
    match column.type:
        case "text":
            return text
        case "boolean":
            word = f"regexp_replace({text}, '^([01])[.,]0$', '\\1')"
            return f"CASE WHEN lower({word}) IN ({_list_words(_TRUE)}) THEN true WHEN lower({word}) IN ({_list_words(_FALSE)}) THEN false END"
        case "integer":
            number = parse_number(text)
            return f"CASE WHEN {number} = floor({number}) THEN TRY_CAST({text} AS BIGINT) END"
        case "number":
            return parse_number(text)
        case "date":
            return _keep_plausible(text, f"TRY_CAST({text} AS DATE)")
        case "timestamp":
            time = _keep_plausible(text, f"timezone('UTC', TRY_CAST({text} AS TIMESTAMPTZ))")
            return f"CASE WHEN NOT regexp_matches({text}, '{ZONE_WORD}') THEN {time} END"


def _list_words(words: Sequence[str]) -> str:
    return ", ".join(map(quote_text, words))


def _keep_plausible(text: str, day: str) -> str:
    """SQL of a day or time between FIRST_DAY and LAST_DAY: neither `infinity`, nor `epoch`, nor a year of two digits."""
    return f"CASE WHEN {day} BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}' AND lower({text}) <> 'epoch' THEN {day} END"


def parse_number(text: str) -> str:
    """SQL of a text as a finite number, NULL where it is none: DuckDB would also take 1_000, as a program does, and 1.18E+11, of which a
    spreadsheet has kept some digits only."""
    number = f"TRY_CAST({text} AS DOUBLE)"
    return f"CASE WHEN isfinite({number}) AND NOT contains({text}, '_') AND NOT contains({text}, 'E+') THEN {number} END"


def explain_number(text: str) -> str:
    """SQL of what to write in place of a text that is no number, '' where only its writer knows."""
    return (
        f"CASE WHEN regexp_full_match({text}, '{ROUNDED}') THEN ': it was rounded by a spreadsheet, write all of its digits' "
        f"WHEN regexp_matches({text}, '[0-9][,.’ \u00a0][0-9]') "
        "THEN ': write a number in digits, with a decimal point and nothing between thousands' ELSE '' END"
    )


def _explain(column: Column, text: str, value: str) -> list[str]:
    """SQL for each way in which a text, and the value it is cast to, can be wrong; a personal value is never repeated."""
    reasons = []
    shown = "" if column.personal else f" ''' || left({text}, 40) || '''"
    if column.required:
        reasons.append(f"CASE WHEN {text} IS NULL THEN {quote_text(f'{column.name} is missing')} END")
    if column.type == "text":
        if column.name.endswith("_id"):
            reasons.append(_explain_identifier(column, text))
    else:
        words = quote_text(_TYPE_WORDS[column.type])
        if column.type in ("date", "timestamp"):
            is_end = column.name in ("left_on", "ends_at", "closed_on")
            empty = f": leave {column.name} empty where there is no end" if is_end else ""
            words = (
                f"CASE WHEN TRY_CAST({text} AS TIMESTAMP) IS NOT NULL AND regexp_matches({text}, '^[0-9]{{4}}-') "
                f"THEN {quote_text(f'between {FIRST_DAY[:4]} and {LAST_DAY[:4]}{empty}')} ELSE {words} END"
            )
        if column.type in ("integer", "number"):
            words = f"{words} || {explain_number(text)}"
        if column.type == "timestamp":
            words = f"CASE WHEN regexp_matches({text}, '{ZONE_WORD}') THEN '{_ZONE_WORDS}' ELSE {words} END"
        reasons.append(
            f"CASE WHEN {text} IS NOT NULL AND {value} IS NULL THEN '{column.name}{shown} is not ' || {words} END"
        )
    if column.allowed:
        allowed = ", ".join(quote_text(value) for value in column.allowed)
        words = f"{', '.join(column.allowed[:-1])} or {column.allowed[-1]}"
        reasons.append(f"CASE WHEN {text} NOT IN ({allowed}) THEN '{column.name}{shown} is not {words}' END")
    if column.minimum is not None:
        reasons.append(
            f"CASE WHEN {value} < {column.minimum} "
            f"THEN '{column.name}{shown} is below {column.minimum:g}' END"
        )
    if column.above is not None:
        reasons.append(
            f"CASE WHEN {value} <= {column.above} "
            f"THEN '{column.name}{shown} is not above {column.above:g}' END"
        )
    return reasons


def _explain_identifier(column: Column, text: str) -> str:
    """SQL for an identifier of which a spreadsheet has kept some digits only, and for a person's that is none."""
    nobody = (
        f"WHEN regexp_full_match({text}, '{NOBODY}|{SUMMARY}') "
        f"THEN '{column.name} ''' || {text} || ''' is no identifier: take the line out, or number its person' "
    )
    return (
        f"CASE WHEN regexp_full_match({text}, '{ROUNDED}') THEN '{column.name} ''' || {text} || ''' was rounded by a spreadsheet: "
        f"format the column as text and export again' {nobody if column.is_person else ''}END"
    )


def _explain_errors(texts: Sequence[str]) -> str:
    """SQL for a row of whose texts one is an error of a spreadsheet; the texts are looked through at once, which costs least."""
    found = f"regexp_extract(concat_ws(chr(31), {', '.join(texts)}), '{SPREADSHEET_ERROR}', 1)"
    return f"CASE WHEN {found} <> '' THEN 'a cell holds ''' || {found} || ''', an error of a spreadsheet: correct it' END"


def _explain_reference(column: Column) -> str:
    """SQL for a value that is not in the table it refers to, or whose row there was itself set aside."""
    assert column.references is not None
    table, key = column.references
    quoted = quote_name(column.name)
    shown = "" if column.is_person else f" ''' || left({quoted}, 40) || '''"
    aside = f"SELECT {quote_name(key)} FROM checked_{table} WHERE reason IS NOT NULL AND {quote_name(key)} IS NOT NULL"
    return (
        f"CASE WHEN {quoted} IS NOT NULL AND {quoted} NOT IN (SELECT {quote_name(key)} FROM accepted_{table}) "
        f"THEN '{column.name}{shown} is ' || CASE WHEN {quoted} IN ({aside}) "
        f"THEN 'in {table}, and its line there is set aside: correct that one first' ELSE 'not in {table}' END END"
    )


def accept_rows(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    file_names: Sequence[str],
    attributes: Sequence[str],
) -> None:
    """Make `accepted_<table>` (and `kept_<table>`) of the good rows, each key once; note exact repeats and rows that contradict.

    The first row of a key, by file name and line, is kept. A repeat with the same values counts as a duplicate; one
    with other values is set aside with the place of the first.
    """
    checked = f"checked_{table.name}"
    values = [column.name for column in _list_columns(table, attributes)]
    key = ", ".join(quote_name(name) for name in table.key)
    repeated = f"repeated_{table.name}"
    made = connection.execute(
        f"CREATE TABLE {repeated} AS SELECT {key} FROM {checked} WHERE reason IS NULL GROUP BY {key} HAVING count(*) > 1"
    ).fetchall()
    listed = ", ".join(quote_name(name) for name in values)
    if not made[0][0]:
        kind = "VIEW" if table.name in _LARGE else "TABLE"
        connection.execute(
            f"CREATE {kind} accepted_{table.name} AS SELECT file, line, {listed} FROM {checked} WHERE reason IS NULL"
        )
        return
    matches = " AND ".join(
        f"c.{quote_name(name)} {'=' if table.column(name).required else 'IS NOT DISTINCT FROM'} k.{quote_name(name)}"
        for name in table.key
    )
    struct = f"struct_pack({', '.join(f'{quote_name(name)} := c.{quote_name(name)}' for name in values)})"
    connection.execute(
        f"""CREATE TABLE ranked_{table.name} AS
        SELECT c.*, row_number() OVER w AS place, first_value(c.file) OVER w AS first_file,
          first_value(c.line) OVER w AS first_line, first_value({struct}) OVER w = {struct} AS is_same
        FROM {checked} c JOIN {repeated} k ON {matches} WHERE c.reason IS NULL
        WINDOW w AS (PARTITION BY {", ".join(f"c.{quote_name(name)}" for name in table.key)} ORDER BY c.file, c.line)"""
    )
    names = ", ".join(quote_text(name) for name in file_names)
    connection.execute(
        f"INSERT INTO duplicates SELECT file, line, {quote_text(table.name)}, first_file, first_line FROM ranked_{table.name} "
        f"WHERE place > 1 AND is_same"
    )
    connection.execute(
        f"INSERT INTO rejects SELECT file, line, {quote_text(table.name)}, "
        f"'the same {' and '.join(table.key)} is in ' || ([{names}])[first_file + 1] || ' line ' || first_line || "
        f"' with other values: correct one of them' FROM ranked_{table.name} WHERE place > 1 AND NOT is_same"
    )
    connection.execute(
        f"""CREATE TABLE accepted_{table.name} AS
        SELECT file, line, {listed} FROM {checked} c WHERE reason IS NULL
          AND NOT EXISTS (SELECT 1 FROM {repeated} k WHERE {matches})
        UNION ALL BY NAME SELECT file, line, {listed} FROM ranked_{table.name} WHERE place = 1"""
    )


def note_rejects(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Add the rows of `checked_<table>` that have a reason to `rejects`, and those that only guests are named in to `guests`."""
    if not connection.execute(f"SELECT count(reason) FROM checked_{table.name}").fetchall()[0][0]:
        return
    of_guests = f"reason IN ({quote_text(IS_GUEST)}, {quote_text(f'{IS_GUEST}; {IS_GUEST}')})"
    for name, reason, condition in (("rejects", ", reason", f"NOT {of_guests}"), ("guests", "", of_guests)):
        connection.execute(
            f"INSERT INTO {name} SELECT file, line, {quote_text(table.name)}{reason} FROM checked_{table.name} "
            f"WHERE reason IS NOT NULL AND {condition}"
        )
