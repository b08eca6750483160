"""Numbers of raw rows in whose cells a point or a comma may be one of thousands: read where their column shows which it is."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from etl.reading.files import Batch
from etl.reading.types import Reject
from warehouse.contracts import TABLES
from warehouse.quoting import quote_name, quote_text

_SIGN, _GROUPED = "[-+]?", r"[1-9][0-9]{{0,2}}([{mark}][0-9]{{3}})"


def _with_groups(mark: str, times: str) -> str:
    return _GROUPED.format(mark=mark) + times


# What a column's marks are: a cell that can be read in one way only shows it for all.
_OPEN = {mark: _SIGN + _with_groups(mark, "") for mark in ".,"}
_SHOWN = {
    mark: f"{_SIGN}(([0-9]*|{_with_groups(other, '+')})[{mark}][0-9]+|{_with_groups(other, '{2,}')})"
    for mark, other in (".,", ",.")
}
_WHOLE = {
    mark: f"{_SIGN}([0-9]+|{_with_groups(other, '+')})([{mark}][0-9]+)?" for mark, other in (".,", ",.")
}
_EITHER_WAY = (
    "may have a point of thousands or a decimal point, and no other cell of the column shows which: write it with nothing between "
    "thousands (1200), or with another number of digits behind a decimal point (1.2)"
)


def list_unclear(raw: str) -> str:
    """SQL of the items of raw answers of which one has a decimal comma, so that a point may be one of thousands."""
    return f"SELECT item_id FROM {raw} GROUP BY item_id HAVING bool_or({_is_shown('trim(answer)', ',')})"


def has_open_point(cell: str) -> str:
    """SQL of whether the point of a cell may be one of thousands, as in 1.200."""
    return f"regexp_full_match({cell}, {quote_text(_OPEN['.'])})"


def _is_shown(cell: str, mark: str) -> str:
    """SQL of whether a cell can only be read with a decimal mark."""
    return f"(regexp_full_match({cell}, {quote_text(_SHOWN[mark])}) AND NOT regexp_full_match({cell}, {quote_text(_OPEN[mark])}))"


def write_numbers(
    connection: duckdb.DuckDBPyConnection, batch: Batch, name: str, delimiter: str
) -> tuple[Batch, list[Reject], list[str]]:
    """The batch of a delimited file with the marks of its numbers as programs write them, the lines that are left out of it because a number
    can be read in two ways, and what is to be said.

    1.200 stands alone for 1.2, but not in a file of semicolons, where decimal commas are at home.
    """
    columns = [
        column.name
        for column in TABLES[batch.table].columns
        if column.type in ("number", "integer") and column.name in batch.columns
    ]
    if not columns:
        return batch, [], []
    shown = {column: _find_marks(connection, batch, column) for column in columns}
    written, either, said = {}, {}, []
    for column, (example, marks) in shown.items():
        cell = f"trim({quote_name(column)})"
        if len(marks) == 1:
            (mark,) = marks
            other = "," if mark == "." else "."
            plain = f"replace(replace({cell}, '{other}', ''), '{mark}', '.')"
            written[column] = (
                f"CASE WHEN regexp_full_match({cell}, '{_WHOLE[mark]}') THEN {plain} ELSE {cell} END"
            )
            if mark == ",":
                said.append(f"{name}: {column} is read with decimal commas, as {example} shows.")
        elif marks or delimiter == ";":
            either[column] = f"coalesce({has_open_point(cell)}, false)"
    rejects = [
        Reject(int(line), f"{column} '{cell}' {_EITHER_WAY}")
        for column, is_open in either.items()
        for line, cell in connection.execute(
            f"SELECT line, trim({quote_name(column)}) FROM {batch.raw} WHERE {is_open} ORDER BY line"
        ).fetchall()
    ]
    if not written and not rejects:
        return batch, [], []
    kept = f" WHERE NOT ({' OR '.join(either.values())})" if rejects else ""
    listed = ", ".join(f"{sql} AS {quote_name(column)}" for column, sql in written.items())
    connection.execute(
        f"CREATE OR REPLACE VIEW {batch.raw}_plain AS SELECT *{f' REPLACE ({listed})' if listed else ''} FROM {batch.raw}{kept}"
    )
    return replace(batch, raw=f"{batch.raw}_plain"), rejects, said


def _find_marks(connection: duckdb.DuckDBPyConnection, batch: Batch, column: str) -> tuple[str, list[str]]:
    """A cell that shows a column's decimal mark, and the marks that are shown: none, one, or both where its cells contradict each other."""
    cell = f"trim({quote_name(column)})"
    found = connection.execute(
        "SELECT "
        + ", ".join(f"any_value({cell}) FILTER ({_is_shown(cell, mark)})" for mark in ".,")
        + f" FROM {batch.raw}"
    ).fetchall()[0]
    marks = [mark for mark, example in zip(".,", found, strict=True) if example]
    return next((str(example) for example in reversed(found) if example), ""), marks
