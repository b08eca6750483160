"""Erased people: what names them is kept as keyed marks only, and no row of theirs gets into a release or stays staged."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import duckdb
import pyarrow as pa

from etl.checking.identity.marks import read_marks
from etl.checking.identity.mentions import REMOVED, Mentions
from etl.checking.identity.people import normalise_identity
from etl.checking.identity.pseudonyms import load_key, make_pseudonym
from etl.coding.taken import Part
from etl.reading.arrays import store_texts
from etl.reading.files import Batch, Intake, StagedFile
from etl.reading.types import Reject
from etl.sources import spss
from warehouse.contracts import OF_RESPONDENTS, TABLES
from warehouse.files import write_whole
from warehouse.quoting import quote_name

LOOKED = "looked-for-mentions.json"
_KINDS = dict.fromkeys(("person_email", "person_upn"), "address") | {"person_name": "name"}
_KINDS |= dict.fromkeys(("person_external", "person_is"), "id")
_TEXTS = {"raw_answers": ("question", "answer"), "answers": ("text",), "items": ("text",)}
_FREE = ("title", "answer", "text")
_ROSTER = re.compile(r".*(?: - |\[)(?P<name>.+?)\]?", re.DOTALL)


def make_mark(key: bytes, kind: str, value: str, is_synthetic: bool) -> str:
    """The keyed mark of an identifier (kind id, address or name); sample data and real data have marks of their own."""
    data = "synthetic" if is_synthetic else "real"
    return make_pseudonym(key, f"erased {data} {kind}", normalise_identity(kind, value))


@dataclass(frozen=True)
class Known:
    """The marks, the key that makes them, the ids, addresses and names of everybody who is still there, and the files (by
    number) that name somebody who was erased."""

    marks: frozenset[str]
    key: bytes
    others: frozenset[tuple[str, str]] = frozenset()
    touched: frozenset[int] = frozenset()

    def is_erased(self, kind: str, value: str, is_synthetic: bool) -> bool:
        return make_mark(self.key, kind, value, is_synthetic) in self.marks

    def is_other(self, kind: str, value: str) -> bool:
        return (kind, normalise_identity(kind, value)) in self.others

    @cached_property
    def mentions(self) -> dict[bool, Mentions]:
        """What finds erased people in texts, by whether data are synthetic; what is also somebody else's is nobody's."""
        return {
            is_synthetic: Mentions(
                lambda kind, value, is_synthetic=is_synthetic: (  # type: ignore[misc]
                    self.is_erased(kind, value, is_synthetic) and not self.is_other(kind, value)
                )
            )
            for is_synthetic in (False, True)
        }

    def is_in(self, staged: StagedFile, path: Path, has_broken: bool = False) -> bool:
        """Whether a staged file names somebody who was erased, also in what is not read of it; SPSS's packed text counts as if it did."""
        with path.open("rb") as handle:
            if handle.read(4) in spss.MAGIC:
                return True
        return self.mentions[staged.is_synthetic].is_in(
            path, staged.name, staged.options.encoding, has_broken
        )

    def is_named(self, text: str, is_synthetic: bool) -> bool:
        """Whether a text is an erased person's name or address, or a question that ends with it."""
        asked = _ROSTER.fullmatch(text)
        parts = (text, asked["name"]) if asked else (text,)
        return any(self.is_erased(kind, part, is_synthetic) for part in parts for kind in ("name", "address"))


def _find_touched(known: Known, intakes: Sequence[Intake], state: Path, folder: Path | None) -> set[int]:
    """The files, by number, that name somebody who was erased; what a load finds is kept by content until people change.

    `folder` is where a check, which keeps nothing, has the files.
    """
    people = json.dumps([sorted(known.marks), sorted(known.others)])
    of = hashlib.blake2b(people.encode(), key=known.key[:64]).hexdigest()
    path = state / LOOKED
    try:
        kept = json.loads(path.read_text(encoding="ascii"))
        found = dict(kept["found"]) if kept["of"] == of else {}
    except (OSError, ValueError, TypeError, KeyError):
        found = {}
    seen: dict[str, bool] = {}
    touched = set()
    for number, intake in enumerate(intakes):
        staged, has_broken = intake.staged, bool(intake.rejects)
        name = f"{staged.sha256} {staged.is_synthetic:d}{has_broken:d} {staged.options.encoding or ''}"
        if not isinstance(found.get(name), bool):
            found[name] = known.is_in(staged, (folder or state / "staged") / staged.sha256, has_broken)
        seen[name] = found[name]
        if found[name]:
            touched.add(number)
    if folder is None:
        with write_whole(path) as fresh:
            fresh.write_text(json.dumps({"of": of, "found": seen}), encoding="ascii")
    return touched


def leave_out(
    connection: duckdb.DuckDBPyConnection,
    intakes: Sequence[Intake],
    state: Path,
    key: bytes,
    folder: Path | None = None,
) -> tuple[list[Intake], Known | None]:
    """The intakes without the rows of erased people; an intake that has none of them is the same object as before.

    Files whose rows are still to be taken need `leave_out_of` then, with what is given back besides: None where nobody
    was erased.

    A row is theirs by id or address; by name only where it has no id or address of anybody else. An answer that is
    their name, and a question about them ("Whom do you know? - Name") are left out too; where another text mentions
    their address or full name it reads "[removed]". A file that names them anywhere else is another object too. `key`
    is read from `state` where there are marks; the files are in `folder` (that of staged ones in `state` if None).
    """
    marks = read_marks(state)
    if not marks:
        return list(intakes), None
    known = Known(marks, load_key(state) if key == bytes(32) else key)
    lists = ("members", "aliases")
    first = [_leave_out_of(connection, intake, known, lists) for intake in intakes]
    known = replace(known, others=_list_others(connection, first))
    rest = tuple({batch.table for intake in first for batch in intake.batches} - set(lists))
    touched = _find_touched(known, intakes, state, folder)
    known = replace(known, touched=frozenset(touched))
    left = [_leave_out_of(connection, intake, known, rest) for intake in first]
    return [
        _clean_texts(connection, intake, known) if number in touched else intake
        for number, intake in enumerate(left)
    ], known


def leave_out_of(
    connection: duckdb.DuckDBPyConnection, intake: Intake, known: Known, is_touched: bool
) -> Intake:
    """One intake without the rows of erased people, and where its file `is_touched` without mentions of them; the same object
    where it has no rows of theirs and is not."""
    left = _leave_out_of(connection, intake, known, tuple(batch.table for batch in intake.batches))
    return _clean_texts(connection, left, known) if is_touched else left


def _clean_texts(connection: duckdb.DuckDBPyConnection, intake: Intake, known: Known) -> Intake:
    """The intake, another object, with every mention of erased people replaced in its cells and in what is said of it."""
    if intake.bulk:
        return intake
    mentions = known.mentions[intake.staged.is_synthetic]
    cleaned = [_clean_batch(connection, batch, mentions) for batch in intake.batches]
    count = sum(cells for _, cells in cleaned)
    warnings = tuple(map(mentions.clean, intake.warnings))
    if count:
        warnings += (
            f'{intake.staged.name}: cells of others that mentioned people who were erased now read "{REMOVED}" there: {count}.',
        )
    return replace(
        intake,
        batches=tuple(batch for batch, _ in cleaned),
        warnings=warnings,
        rejects=tuple(Reject(reject.line, mentions.clean(reject.reason)) for reject in intake.rejects),
        items=tuple(item.clean(mentions.clean) for item in intake.items),
        asked=tuple(one.clean(mentions.clean) for one in intake.asked),
    )


def _clean_batch(
    connection: duckdb.DuckDBPyConnection, batch: Batch, mentions: Mentions
) -> tuple[Batch, int]:
    """The batch without mentions, and how many cells had one."""
    made, joins, count = [], [], 0
    for place, column in enumerate(batch.columns):
        name = quote_name(column)
        given = [
            str(value)
            for (value,) in connection.execute(
                f"SELECT DISTINCT {name} FROM {batch.raw} WHERE regexp_matches({name}, '[@,[:space:]]') "
                f"OR ({column in _FREE} AND regexp_matches({name}, '[[:alpha:]]'))"
            ).fetchall()
        ]
        new = {value: text for value in given if (text := mentions.clean(value, column in _FREE)) != value}
        if new:
            store_texts(connection, f"said_{place}", {"given": [*new], "text": [*new.values()]})
            joins.append(f"LEFT JOIN said_{place} ON said_{place}.given = r.{name}")
            made.append(f"coalesce(said_{place}.text, r.{name}) AS {name}")
            count += connection.execute(
                f"SELECT count(*) FROM {batch.raw} r JOIN said_{place} ON said_{place}.given = r.{name}"
            ).fetchall()[0][0]
    if not made:
        return batch, 0
    raw = f"{batch.raw}_said"
    connection.execute(
        f"CREATE TABLE {raw} AS SELECT r.* REPLACE ({', '.join(made)}) FROM {batch.raw} r {' '.join(joins)}"
    )
    return replace(batch, raw=raw), int(count)


def names_erased(connection: duckdb.DuckDBPyConnection, part: Part, known: Known, is_synthetic: bool) -> bool:
    """Whether a text in a part is an erased person's name or address; their ids have no code and so are in none."""
    return any(
        known.is_named(str(row[0]), is_synthetic)
        for name in _TEXTS.get(part.table, ())
        for row in connection.execute(
            f"SELECT DISTINCT {quote_name(name)} FROM read_parquet(?) WHERE {quote_name(name)} IS NOT NULL",
            [str(part.path)],
        ).fetchall()
    )


def _leave_out_of(
    connection: duckdb.DuckDBPyConnection, intake: Intake, known: Known, tables: Sequence[str]
) -> Intake:
    batches = [
        _leave_out_rows(connection, batch, known, intake.staged.is_synthetic)
        if batch.table in tables
        else batch
        for batch in intake.batches
    ]

    def is_named(words: str) -> bool:
        return known.is_named(words, intake.staged.is_synthetic)

    items = tuple(item for item in intake.items if not is_named(item.text))
    asked = tuple(one for one in intake.asked if not is_named(one.heading) and not is_named(one.text))
    is_same = items == intake.items and asked == intake.asked
    if is_same and all(new is old for new, old in zip(batches, intake.batches, strict=True)):
        return intake
    own = [item.item_id for item in items if item.kind in OF_RESPONDENTS]
    kept = tuple(batch for batch in batches if not _is_emptied(connection, batch, own))
    dropped = _count_lines(connection, intake, intake.batches) - _count_lines(connection, intake, kept)
    warning = f"{intake.staged.name}: rows of people who were erased were left out: {dropped}."
    return replace(
        intake,
        read=intake.read - dropped,
        batches=kept,
        warnings=(*intake.warnings, warning),
        items=tuple(item.leave_out(is_named) for item in items),
        asked=tuple(one.leave_out(is_named) for one in asked),
    )


def _is_emptied(connection: duckdb.DuckDBPyConnection, batch: Batch, own: Sequence[str]) -> bool:
    """Whether a survey export has no answer left, but for what it says of whoever answered (`own`), so that nothing says which
    survey it is of."""
    left = f"SELECT count(*) FROM {batch.raw} WHERE NOT list_contains(?, item_id)"
    return batch.table == "raw_answers" and not connection.execute(left, [list(own)]).fetchall()[0][0]


def _count_lines(connection: duckdb.DuckDBPyConnection, intake: Intake, batches: Sequence[Batch]) -> int:
    """Rows of a template file, lines of an export: the unit of the reconciliation."""
    if not batches:
        return 0
    lines = " UNION ALL ".join(f"SELECT line FROM {batch.raw} WHERE line > 0" for batch in batches)
    counted = "line" if intake.is_whole else "DISTINCT line"
    return int(connection.execute(f"SELECT count({counted}) FROM ({lines})").fetchall()[0][0])


def _leave_out_rows(
    connection: duckdb.DuckDBPyConnection, batch: Batch, known: Known, is_synthetic: bool
) -> Batch:
    joins: list[str] = []
    erased: list[str] = []
    names: list[str] = []
    others: list[str] = []
    for place, (column, kind) in enumerate(_list_identifiers(batch)):
        keys = f"keys_{place}"
        _judge_values(connection, keys, batch, column, kind, known, is_synthetic)
        joins.append(f"LEFT JOIN {keys} ON {keys}.given = r.{quote_name(column)}")
        (names if kind == "name" else erased).append(f"coalesce({keys}.is_erased, false)")
        if kind != "text":
            others.append(f"coalesce({keys}.is_other, false)")
    if not joins:
        return batch
    named = f"(({' OR '.join(names) or 'false'}) AND NOT ({' OR '.join(others) or 'false'}))"
    condition = " OR ".join([*erased, named])
    source = f"{batch.raw} r {' '.join(joins)}"
    if not connection.execute(f"SELECT count(*) FROM {source} WHERE {condition}").fetchall()[0][0]:
        return batch
    kept = f"{batch.raw}_kept"
    connection.execute(f"CREATE TABLE {kept} AS SELECT r.* FROM {source} WHERE NOT ({condition})")
    return replace(batch, raw=kept)


def _list_identifiers(batch: Batch) -> list[tuple[str, str]]:
    """Columns that name a person, with the kind of identifier in them; a members row is known by id and address."""
    found = [(name, kind) for name, kind in _KINDS.items() if name in batch.columns]
    if batch.table in TABLES:
        table = TABLES[batch.table]
        found += [
            (column.name, "id")
            for column in table.columns
            if column.is_person and column.name in batch.columns
        ]
    if batch.table == "members" and "email" in batch.columns:
        found.append(("email", "address"))
    return found + [(name, "text") for name in _TEXTS.get(batch.table, ()) if name in batch.columns]


def _judge_values(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    batch: Batch,
    column: str,
    kind: str,
    known: Known,
    is_synthetic: bool,
) -> None:
    """Make the table `name` (given, is_erased, is_other) of a column's values; an id with an @ may be an address."""
    rows = connection.execute(
        f"SELECT DISTINCT {quote_name(column)} FROM {batch.raw} WHERE {quote_name(column)} <> ''"
    ).fetchall()
    values = [str(row[0]) for row in rows]
    kinds = {value: ("id", "address") if kind == "id" and "@" in value else (kind,) for value in values}
    is_of_list = batch.table in ("members", "aliases")
    judged = pa.table(
        {
            "given": pa.array(values, pa.string()),
            "is_erased": pa.array(
                [
                    known.is_named(value, is_synthetic)
                    if kind == "text"
                    else any(known.is_erased(k, value, is_synthetic) for k in kinds[value])
                    or (
                        kind == "id"
                        and not is_of_list
                        and known.is_erased("name", value, is_synthetic)
                        and not known.is_other("id", value)
                    )
                    for value in values
                ],
                pa.bool_(),
            ),
            "is_other": pa.array(
                [kind != "name" and any(known.is_other(k, value) for k in kinds[value]) for value in values],
                pa.bool_(),
            ),
        }
    )
    connection.register("arriving", judged)
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM arriving")
    connection.unregister("arriving")


def _list_others(
    connection: duckdb.DuckDBPyConnection, intakes: Sequence[Intake]
) -> frozenset[tuple[str, str]]:
    """Ids, addresses and names in the members lists and aliases."""
    found: set[tuple[str, str]] = set()
    for batch in (batch for intake in intakes for batch in intake.batches):
        if batch.table == "members":
            named = [("name", "name")] if "name" in batch.columns else []
            for column, kind in (*_list_identifiers(batch), *named):
                rows = connection.execute(f"SELECT DISTINCT {quote_name(column)} FROM {batch.raw}").fetchall()
                found |= {(kind, normalise_identity(kind, str(row[0]))) for row in rows if row[0]}
        elif batch.table == "aliases":
            for kind, value in connection.execute(f"SELECT DISTINCT kind, value FROM {batch.raw}").fetchall():
                as_kind = {"external": "id", "name": "name"}.get(str(kind), "address")
                if value:
                    found.add((as_kind, normalise_identity(as_kind, str(value))))
    return frozenset(found)
