"""A large template CSV straight to its part: one pass of a strict parser, whose refusals are the check of every reference.

What the parser refuses, or an aggregate over the part finds at fault, is not judged here: those lines go as text through the
rules of `etl.checking.validate`, beside the rows of small files.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from etl.coding.columns import Parsers, list_faults
from etl.coding.numbers import add_values, hash_numbers
from etl.coding.repeats import has_repeats
from etl.coding.taken import Part, find_part, hash_part, keep_part, name_part, open_fresh
from etl.intake import take_rejects
from etl.reading.arrays import store_numbers
from etl.reading.files import Intake
from etl.reading.transcode import open_private
from etl.reading.types import Scan
from etl.sources.template import csv_sql
from warehouse.codes import CODED, DICTIONARIES, KIND_CODES, MEMBER_CODES, RELATION_CODES, Coded, Dictionary
from warehouse.contracts import TABLES
from warehouse.quoting import quote_name, quote_text

SAMPLE_BLOCKS, SAMPLE_BYTES = 20, 16_384
LARGE = 64_000_000
MOST_ASIDE = 0.05
MOST_WORDS = 10_000
MOMENTS = {
    "invitations": "invited_at",
    "attendance": "last_leave_at",
    "answers": "submitted_at",
    "activities": '"at"',
}
_WORDS = {"activities": KIND_CODES, "ties": RELATION_CODES}
_OFF_SCALE = (
    "s.wid IS NULL OR p.value < s.low OR p.value > s.high OR (s.is_whole AND p.value <> floor(p.value))"
)


class Bulk:
    """Takes the large files of one load. `attributes` are the release's; the zone is the one in which days are counted."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        state: Path,
        work: Path,
        attributes: Sequence[str],
        zone: str,
    ) -> None:
        self._connection = connection
        self._state = state
        self._work = work
        self._attributes = attributes
        self._zone = zone
        self._parsers = Parsers(connection)
        self._hashes: dict[tuple[str, int], str] = {}
        self._counts: dict[str, int] = {}

    def take(self, intake: Intake) -> Part | None:
        """The part of a file, kept from an earlier load where it still says the same; None where most of its rows would not
        be in it (a file keyed by address, an anonymous survey)."""
        scan = intake.bulk
        assert scan is not None
        coded = CODED[scan.table]
        name = name_part(
            intake.staged,
            scan.table,
            self._zone,
            self._attributes if TABLES[scan.table].has_attributes else (),
        )
        kept = find_part(self._state, name)
        if kept and self._says_the_same(coded, kept):
            return kept
        if scan.table in _WORDS and not self._learn_words(coded, scan):
            return None
        if self._is_mostly_aside(coded, scan):
            return None
        return self._parse(coded, scan, name)

    def _says_the_same(self, coded: Coded, part: Part) -> bool:
        if word := _WORDS.get(coded.name):
            known = self._list_words(word, f"SELECT {word.code} FROM {word.name}")
            if not part.words.items() <= known.items():
                return False
        return all(self._hash(name, count) == digest for name, (count, digest) in part.made_with.items())

    def _list_words(self, one: Dictionary, used: str) -> dict[int, str]:
        """The words of a dictionary whose number is among those of the SQL `used`."""
        rows = self._connection.execute(f"SELECT * FROM {one.name} WHERE {one.code} IN ({used})").fetchall()
        return {int(code): str(word) for code, word in rows}

    def _hash(self, name: str, count: int) -> str:
        """What the first `count` numbers of a dictionary stand for; of members their ids, of waves the scales of their items."""
        if (name, count) not in self._hashes:
            sql = {
                "own_ids": f"SELECT md5(coalesce(string_agg(mid || ' ' || member_id, chr(30) ORDER BY mid), '')) FROM own_ids WHERE mid < {count}",
                "scales": "SELECT md5(coalesce(string_agg(concat_ws(' ', wid, iid, coalesce(CAST(low AS VARCHAR), '-'), coalesce(CAST(high AS VARCHAR), '-'), is_whole), chr(30) "
                f"ORDER BY wid, iid), '')) FROM scales WHERE wid < {count}",
            }.get(name)
            one = next((one for one in DICTIONARIES if one.name == name), None)
            self._hashes[name, count] = (
                hash_numbers(self._connection, one, count) if one else str(self._fetch(str(sql))[0])
            )
        return self._hashes[name, count]

    def _note_numbers(self, coded: Coded) -> dict[str, tuple[int, str]]:
        """Which numbers a part is made with: name of the table → (how many, hash of what they stand for)."""
        counted = {}
        for _, one in coded.codes.values():
            if one in _WORDS.values():
                continue
            name = "own_ids" if one is MEMBER_CODES else one.name
            count = self._count(name, one)
            counted[name] = (count, self._hash(name, count))
            if coded.name == "answers" and name == "wave_codes":
                counted["scales"] = (count, self._hash("scales", count))
        return counted

    def _count(self, name: str, one: Dictionary) -> int:
        """How many numbers there are, which no file changes but for words."""
        if name not in self._counts:
            self._counts[name] = int(self._fetch(f"SELECT coalesce(max({one.code}) + 1, 0) FROM {name}")[0])
        return self._counts[name]

    def _fetch(self, sql: str) -> tuple[Any, ...]:
        (row,) = self._connection.execute(sql).fetchall()
        return tuple(row)

    def _learn_words(self, coded: Coded, scan: Scan, is_whole: bool = False) -> bool:
        """Number the kinds or relations in a sample of a file (or in all of it); False where there are too many to be words."""
        dictionary = _WORDS[coded.name]
        word = quote_name(dictionary.values[0])
        path = scan.path if is_whole else self._sample(scan)
        source = csv_sql(path, dict.fromkeys(scan.columns, "VARCHAR"), scan.delimiter)
        found = f"SELECT DISTINCT trim({word}) FROM {source} WHERE trim({word}) <> ''"
        add_values(self._connection, dictionary, found)
        take_rejects(self._connection)
        return self._count_words(coded) <= MOST_WORDS

    def _sample(self, scan: Scan) -> Path:
        """A file of some thousand lines of a file, from all over it; the file itself where it is small."""
        size = scan.path.stat().st_size
        if size < SAMPLE_BLOCKS * SAMPLE_BYTES * 4:
            return scan.path
        sample = self._work / f"sample-{scan.path.name}"
        if not sample.exists():
            with scan.path.open("rb") as whole, open(sample, "wb", opener=open_private) as cut:
                cut.write(whole.readline())
                for block in range(SAMPLE_BLOCKS):
                    if block:
                        whole.seek(size // SAMPLE_BLOCKS * block)
                        whole.readline()
                    cut.writelines(whole.readlines(SAMPLE_BYTES))
        return sample

    def _is_mostly_aside(self, coded: Coded, scan: Scan) -> bool:
        """Whether many rows of a large file's sample are refused by the parser."""
        if scan.path.stat().st_size < LARGE:
            return False
        sample = self._sample(scan)
        self._connection.execute(
            f"CREATE OR REPLACE TABLE sample_rows AS {self._select(coded, replace(scan, path=sample))}"
        )
        refused = len(take_rejects(self._connection))
        people = [quote_name(code) for code, one in coded.codes.values() if one is MEMBER_CODES]
        unknown = " OR ".join(f"{name} IS NULL" for name in people)
        (count, lost) = self._fetch(f"SELECT count(*), count(*) FILTER ({unknown}) FROM sample_rows")
        return bool(refused + lost > MOST_ASIDE * (count + refused))

    def _select(self, coded: Coded, scan: Scan) -> str:
        types, sql = self._parsers.select(coded, scan.columns, self._attributes)
        ordered = {name: types.get(name, "VARCHAR") for name in scan.columns}
        return sql.format(source=csv_sql(scan.path, ordered, scan.delimiter))

    def _copy(self, sql: str) -> Path:
        fresh = open_fresh(self._state)
        self._connection.execute(
            f"COPY ({sql}) TO {quote_text(str(fresh))} (FORMAT parquet, COMPRESSION zstd)"
        )
        return fresh

    def _parse(self, coded: Coded, scan: Scan, name: str) -> Part | None:
        path = self._copy_rows(coded, scan)
        refused = take_rejects(self._connection)
        if self._lacks_words(coded, path):
            known = self._count_words(coded)
            if not self._learn_words(coded, scan, is_whole=True):
                path.unlink()
                return None
            if self._count_words(coded) > known:
                path.unlink()
                path = self._copy_rows(coded, scan)
                refused = take_rejects(self._connection)
        absent = sorted(refused)
        rows, faulty, first, latest, gaps = self._examine(coded, path)
        if faulty and len(absent) + faulty <= MOST_ASIDE * (rows + len(absent)):
            path, absent = self._take_out(coded, path, absent)
            rows, faulty, first, latest, gaps = self._examine(coded, path)
        if len(absent) + faulty > MOST_ASIDE * (rows + len(absent)):
            path.unlink()
            return None
        broken = {line: kind for line, kind in refused.items() if kind != "CAST"}
        part = Part(
            name,
            coded.name,
            path,
            hash_part(path),
            rows,
            tuple(absent),
            broken,
            first,
            latest,
            gaps,
            has_repeats(self._connection, coded, f"FROM read_parquet({quote_text(str(path))})"),
            self._note_numbers(coded),
        )
        if word := _WORDS.get(coded.name):
            used = f"SELECT {word.code} FROM read_parquet({quote_text(str(path))})"
            part = replace(part, words=self._list_words(word, used))
        wanted = [line for line in absent if line not in broken]
        return keep_part(self._state, part, self._set_aside(scan, wanted, sorted(broken)) if wanted else None)

    def _copy_rows(self, coded: Coded, scan: Scan) -> Path:
        return self._copy(self._select(coded, scan))

    def _lacks_words(self, coded: Coded, path: Path) -> bool:
        """Whether a row of a part has no number for its kind or relation: it is empty, or was not in the sample of the file."""
        if not (word := _WORDS.get(coded.name)):
            return False
        part = f"read_parquet({quote_text(str(path))})"
        return bool(self._fetch(f"SELECT count(*) FROM {part} WHERE {word.code} IS NULL")[0])

    def _count_words(self, coded: Coded) -> int:
        return int(self._fetch(f"SELECT count(*) FROM {_WORDS[coded.name].name}")[0])

    def _examine(self, coded: Coded, path: Path) -> tuple[int, int, date | None, date | None, bool]:
        """(rows, rows at fault, first and last day, whether an attribute is empty) of a part."""
        days = "CAST(NULL AS DATE), CAST(NULL AS DATE)"
        if moment := MOMENTS.get(coded.name):
            local = f"timezone({quote_text(self._zone)}, timezone('UTC', max(p.{moment})))"
            days = f"CAST(min(p.{moment}) AS DATE), CAST({local} AS DATE)"
        attributes = [name for name in self._attributes if TABLES[coded.name].has_attributes]
        gaps = " OR ".join(f"p.{quote_name(name)} IS NULL" for name in attributes) or "false"
        rows, faulty, first, last, has_gaps = self._connection.execute(
            f"SELECT count(*), count(*) FILTER ({' OR '.join(list_faults(coded))}), {days}, "
            f"coalesce(bool_or({gaps}), false) FROM read_parquet({quote_text(str(path))}) p"
        ).fetchall()[0]
        if coded.name == "answers" and not faulty:
            faulty = self._count_off_scale(path)
        return int(rows), int(faulty), first, last, bool(has_gaps)

    def _count_off_scale(self, path: Path) -> int:
        """Rows of answers in those waves and items of which one is off the scale, or which the codebook does not have."""
        found = self._connection.execute(
            f"""SELECT coalesce(sum(p.rows), 0) FROM (
              SELECT wid, iid, count(*) AS rows, min(value) AS low, max(value) AS high,
                count(*) FILTER (value <> floor(value)) > 0 AS is_broken
              FROM read_parquet({quote_text(str(path))}) GROUP BY wid, iid) p
            LEFT JOIN scales s ON s.wid = p.wid AND s.iid = p.iid
            WHERE s.wid IS NULL OR p.low < s.low OR p.high > s.high OR (s.is_whole AND p.is_broken)"""
        ).fetchall()
        if not found[0][0]:
            return 0
        return len(self._find_faulty(CODED["answers"], path))

    def _find_faulty(self, coded: Coded, path: Path) -> list[int]:
        """Places, from 0, of a part's rows that are at fault."""
        faults = list_faults(coded)
        join = ""
        if coded.name == "answers":
            join = "LEFT JOIN scales s ON s.wid = p.wid AND s.iid = p.iid"
            faults.append(_OFF_SCALE)
        rows = self._connection.execute(
            f"SELECT p.file_row_number FROM read_parquet({quote_text(str(path))}, file_row_number = true) p {join} "
            f"WHERE {' OR '.join(faults)} ORDER BY 1"
        ).fetchall()
        return [int(row[0]) for row in rows]

    def _take_out(self, coded: Coded, path: Path, absent: Sequence[int]) -> tuple[Path, list[int]]:
        """The part without its rows at fault, and the lines that are absent from it now."""
        places = self._find_faulty(coded, path)
        store_numbers(self._connection, "faulty_rows", {"place": places})
        kept = self._copy(
            f"SELECT * EXCLUDE (file_row_number) FROM read_parquet({quote_text(str(path))}, file_row_number = true) "
            "WHERE file_row_number NOT IN (SELECT place FROM faulty_rows) ORDER BY file_row_number"
        )
        path.unlink()
        thresholds = [line - place - 2 for place, line in enumerate(absent)]
        lines = [place + 2 + bisect_right(thresholds, place) for place in places]
        return kept, sorted([*absent, *lines])

    def _set_aside(self, scan: Scan, lines: Sequence[int], broken: Sequence[int]) -> Path:
        """The file's rows at these lines as text, with `line`."""
        places = [line - 2 - bisect_left(broken, line) for line in lines]
        store_numbers(self._connection, "aside_rows", {"place": places, "line": lines})
        listed = ", ".join(f"t.{quote_name(name)}" for name in scan.columns)
        path = self._copy(
            f"SELECT {listed}, a.line FROM (SELECT *, row_number() OVER () - 1 AS place FROM {scan.sql}) t "
            "JOIN aside_rows a ON a.place = t.place ORDER BY a.line"
        )
        take_rejects(self._connection)
        return path
