"""How each column of a large table is parsed, written and checked on the fast way to its part.

The parser's types are stricter than today's rules, never laxer: whatever they do not take goes to `etl.checking.validate`.
What DuckDB's own types take and the rules do not is kept out: BOOLEAN takes `t`, BIGINT rounds 2.5, DOUBLE takes
1_000, TIMESTAMP drops `+01:00` and reads 3/4/15 as the year 3.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from etl.checking.validate import EPOCH, FIRST_DAY, LAST_DAY, cast_column, parse_number
from warehouse.codes import (
    EVENT_CODES,
    ITEM_CODES,
    KIND_CODES,
    MEMBER_CODES,
    RELATION_CODES,
    WAVE_CODES,
    Coded,
)
from warehouse.contracts import DUCKDB_TYPES, TABLES, Column
from warehouse.quoting import quote_name, quote_text

_TRUE, _FALSE = ("true", "yes", "y", "1"), ("false", "no", "n", "0")


def spell(words: Sequence[str]) -> list[str]:
    """Small letters, capitals and a capital first."""
    return [form for word in words for form in dict.fromkeys((word, word.upper(), word.capitalize()))]


class Parsers:
    """The ENUM types of one load, whose places are the codes of its dictionaries.

    A member's code is looked up, which from some 10,000 members on is cheaper than an ENUM (docs/decisions/0011-the-load.md);
    so is an item's where its item_id occurs in several surveys, and a word's: a parser that refuses thousands is slow.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._made: set[str] = set()
        self._make_references()
        boolean = ", ".join(quote_text(word) for word in (*spell(_TRUE), *spell(_FALSE)))
        connection.execute(f"CREATE TYPE e_boolean AS ENUM ({boolean})")
        self._make_enum("e_wave", f"SELECT wave_id FROM {WAVE_CODES.name} ORDER BY wid")
        self._make_enum("e_event", f"SELECT event_id FROM {EVENT_CODES.name} ORDER BY eid")
        twice = connection.execute(
            f"SELECT count(*) > count(DISTINCT item_id) FROM {ITEM_CODES.name}"
        ).fetchall()
        self.is_item_shared = bool(twice[0][0])
        self._make_enum(
            "e_item",
            f"SELECT DISTINCT item_id FROM {ITEM_CODES.name} ORDER BY 1"
            if self.is_item_shared
            else f"SELECT item_id FROM {ITEM_CODES.name} ORDER BY iid",
        )

    def _make_references(self) -> None:
        """`own_ids` (member_id, mid): ids that mean this member and nobody else; others take the slow way."""
        self._connection.execute(
            f"""CREATE TABLE own_ids AS SELECT p.member_id, c.mid FROM people p
            JOIN {MEMBER_CODES.name} c ON c.member_id = p.pseudonym
            JOIN references_by_id r ON r.value = p.member_id
            WHERE NOT contains(p.member_id, '@')
            GROUP BY p.member_id, c.mid, p.pseudonym HAVING count(*) = 1 AND min(r.pseudonym) = p.pseudonym"""
        )
        self._connection.execute(
            f"""CREATE TABLE scales AS SELECT w.wid, c.iid, i.item_id, i.low, i.high, i.is_whole
            FROM accepted_waves a JOIN {WAVE_CODES.name} w ON w.wave_id = a.wave_id
            JOIN value_ends i ON i.survey_id = a.survey_id
            JOIN {ITEM_CODES.name} c ON c.survey_id = i.survey_id AND c.item_id = i.item_id"""
        )

    def _make_enum(self, name: str, values: str) -> None:
        if self._connection.execute(f"SELECT count(*) FROM ({values})").fetchall()[0][0]:
            self._connection.execute(f"CREATE TYPE {name} AS ENUM ({values})")
        else:
            self._connection.execute(f"CREATE TYPE {name} AS ENUM ('!')")

    def select(
        self, coded: Coded, columns: Sequence[str], attributes: Sequence[str]
    ) -> tuple[dict[str, str], str]:
        """The parser's type of each of the file's columns, and SQL that writes a part `FROM {source}`.

        Every column of the table is written: one that is not selected would not be cast, and so not checked. A number that
        is looked up is a subquery and not a join: one row comes of each, where it stood, if one thread runs it.
        """
        types: dict[str, str] = {}
        selected: list[str] = []
        for column in coded.list_columns(attributes):
            name = quote_name(column.name)
            code, dictionary = coded.codes.get(column.name, ("", None))
            if column.name not in columns:
                kind = "INTEGER" if code else DUCKDB_TYPES[column.type]
                selected.append(f"CAST(NULL AS {kind}) AS {quote_name(code or column.name)}")
            elif dictionary is MEMBER_CODES:
                types[column.name] = "VARCHAR"
                value = f"(SELECT o.mid FROM own_ids o WHERE o.member_id = r.{name})"
                selected.append(f"{value} AS {quote_name(code)}")
            elif dictionary in (KIND_CODES, RELATION_CODES):
                types[column.name] = "VARCHAR"
                value = (
                    f"(SELECT d.{code} FROM {dictionary.name} d WHERE d.{dictionary.values[0]} = r.{name})"
                )
                selected.append(f"{value} AS {quote_name(code)}")
            elif dictionary is not None:
                types[column.name] = f"e_{dictionary.values[-1].removesuffix('_id')}"
                value = f"CAST(enum_code(r.{name}) AS INTEGER)"
                if dictionary is ITEM_CODES and self.is_item_shared:
                    value = (
                        f"(SELECT s.iid FROM scales s WHERE s.item_id = CAST(r.{name} AS VARCHAR) "
                        "AND s.wid = enum_code(r.wave_id))"
                    )
                selected.append(f"{value} AS {quote_name(code)}")
            else:
                types[column.name], value = self._write_value(column, f"r.{name}")
                selected.append(f"{value} AS {name}")
        if coded.name == "attendance" and {"first_join_at", "last_leave_at"} <= set(columns):
            stated = _parse_strictly("r.minutes") if "minutes" in columns else "CAST(NULL AS DOUBLE)"
            selected = [_unite_joins(stated) if each.endswith(' AS "minutes"') else each for each in selected]
        return types, f"SELECT {', '.join(selected)} FROM {{source}} r"

    def _write_value(self, column: Column, name: str) -> tuple[str, str]:
        """Parser's type of a value and SQL of what is written of it; what a type cannot hold becomes a value that `list_faults` finds."""
        if column.allowed:
            kind = f"e_{column.name}"
            if kind not in self._made:
                listed = ", ".join(quote_text(value) for value in column.allowed)
                self._connection.execute(f"CREATE TYPE {kind} AS ENUM ({listed})")
                self._made.add(kind)
            return kind, f"CAST({name} AS VARCHAR)"
        match column.type:
            case "text":
                return "VARCHAR", f"nullif(trim({name}), '')"
            case "integer":
                text = f"nullif(trim({name}), '')"
                return (
                    "VARCHAR",
                    f"CASE WHEN {text} IS NOT NULL THEN coalesce({cast_column(column, text)}, -1) END",
                )
            case "number":
                return "VARCHAR", _parse_strictly(name)
            case "boolean":
                return "e_boolean", f"enum_code({name}) < {len(spell(_TRUE))}"
            case "timestamp":
                # timezone() asks a calendar for each value, a fifth of what answers cost; it is left what has no number
                return "TIMESTAMPTZ", f"coalesce(make_timestamp(epoch_us({name})), timezone('UTC', {name}))"
            case "date":
                return "DATE", name


def _parse_strictly(text: str) -> str:
    """SQL of a text as a number; what is none becomes NaN, which `list_faults` finds."""
    return f"CASE WHEN {text} IS NOT NULL THEN coalesce({parse_number(text)}, CAST('NaN' AS DOUBLE)) END"


def _unite_joins(stated: str) -> str:
    """Minutes of a row that is its member's only one at an event: between its join and leave, else as stated."""
    return (
        f"CASE WHEN r.first_join_at IS NULL OR r.last_leave_at IS NULL OR {stated} < 0 OR NOT isfinite({stated}) THEN {stated} "
        'ELSE greatest(0, epoch(r.last_leave_at) - epoch(r.first_join_at)) / 60 END AS "minutes"'
    )


def list_faults(coded: Coded) -> list[str]:
    """SQL conditions over the columns of a part `p` under which a row has to be judged by `etl.checking.validate`."""
    table = TABLES[coded.name]
    faults = []
    for column in table.columns:
        code = coded.codes.get(column.name, ("",))[0]
        name = f"p.{quote_name(code or column.name)}"
        if column.required:
            faults.append(f"{name} IS NULL")
        if column.type == "number":
            faults.append(f"NOT isfinite({name})")
        if column.minimum is not None:
            faults.append(f"{name} < {column.minimum}")
        if column.above is not None:
            faults.append(f"{name} <= {column.above}")
        if column.type in ("date", "timestamp"):
            faults.append(f"{name} NOT BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}'")
            faults.append(f"{name} = DATE '{EPOCH}'")
    for start, end in table.ordered:
        faults.append(f"p.{quote_name(end)} < p.{quote_name(start)}")
    if table.different:
        first, second = (quote_name(coded.codes[name][0]) for name in table.different)
        faults.append(f"p.{first} = p.{second}")
    return faults
