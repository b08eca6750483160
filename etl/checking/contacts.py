"""Ties that are contacts: of a relation said to be summed, repeated rows are one tie whose strength is their sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from warehouse.contracts import TIES
from warehouse.quoting import quote_name, quote_text

MARK = "|"
_KEY = ", ".join(quote_name(name) for name in TIES.key)
_OTHER_WAY = "the contacts of this tie before it run {} and this one does not: give the relation two names, or correct directed"


def split_relations(named: str | None) -> list[str]:
    """The relations that an option names, separated by "|"."""
    return [name.strip() for name in (named or "").split(MARK) if name.strip()]


def sum_contacts(connection: duckdb.DuckDBPyConnection, relations: Sequence[str]) -> None:
    """Make one row of `checked_ties` of the good rows of a tie, for these relations, and note the others in `summed`.

    The first row by file and line stays, with the sum of the strengths, where a row without one is a contact and counts 1. A row
    that is directed where the first is not, or the other way round, is set aside. `contacts` are the rows of ties with several.
    """
    listed = ", ".join(map(quote_text, relations)) or "NULL"
    connection.execute(
        f"""CREATE TABLE contacts AS SELECT *, row_number() OVER w AS place, first_value(runs) OVER w AS first_runs,
          count(*) OVER (PARTITION BY {_KEY}, runs) AS times,
          sum(amount) OVER (PARTITION BY {_KEY}, runs ORDER BY file, line ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS total
        FROM (SELECT rowid AS row, file, line, {_KEY}, coalesce(directed, true) AS runs, coalesce(strength, 1) AS amount
          FROM checked_ties WHERE reason IS NULL AND relation IN ({listed}))
        WINDOW w AS (PARTITION BY {_KEY} ORDER BY file, line, row)"""
    )
    way = f"CASE WHEN c.first_runs THEN {quote_text(_OTHER_WAY.format('one way'))} ELSE {quote_text(_OTHER_WAY.format('both ways'))} END"
    connection.execute(
        f"UPDATE checked_ties SET reason = {way} FROM contacts c WHERE checked_ties.rowid = c.row AND c.runs <> c.first_runs"
    )
    connection.execute("DELETE FROM contacts WHERE runs <> first_runs")
    connection.execute(
        "UPDATE checked_ties SET strength = c.total FROM contacts c WHERE checked_ties.rowid = c.row AND c.place = 1"
    )
    connection.execute("INSERT INTO summed SELECT file, line, 'ties' FROM contacts WHERE place > 1")
    connection.execute("DELETE FROM checked_ties WHERE rowid IN (SELECT row FROM contacts WHERE place > 1)")


def note_contacts(
    connection: duckdb.DuckDBPyConnection, named: Mapping[int, Sequence[str]], names: Sequence[str]
) -> dict[int, list[str]]:
    """What is to be said, by file, of contacts that were summed, and of relations that a file with ties names without having any."""
    notes: dict[int, list[str]] = {}
    for file, relation, rows, ties in connection.execute(
        f"SELECT file, relation, count(*), count(DISTINCT ({_KEY})) FROM contacts WHERE times > 1 GROUP BY file, relation ORDER BY ALL"
    ).fetchall():
        words = "tie" if ties == 1 else "ties"
        notes.setdefault(int(file), []).append(
            f"{names[int(file)]}: {rows:,} repeated contacts of relation {relation} were summed into {ties:,} {words}."
        )
    known = {
        str(relation)
        for (relation,) in connection.execute("SELECT DISTINCT relation FROM contacts").fetchall()
    }
    for number, relations in named.items():
        notes.setdefault(number, []).extend(
            f"{names[number]}: no tie has the relation {relation}, whose contacts were to be summed: write it as in the file."
            for relation in relations
            if relation not in known
        )
    return notes
