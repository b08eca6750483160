"""The lines of a CSV: counted before a parser reads it, those that only the strict reader can judge, and numbers of rows as lines."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import duckdb

from etl.reading.arrays import store_numbers
from etl.reading.records import scan_records

BLOCK, LOOK = 4_000_000, 20_000
MOST_LOOKS = 20_000
# a time with a word behind it, such as 10:00 IST
_ZONED = re.compile(rb":\d\d(?:\.\d{1,9})? [A-Za-z(]")
# a number with a comma, and in a file of semicolons one such as 1.200; between commas it stands in quotation marks
_MARKED = {
    ",": re.compile(rb'"[-+]?\d[\d.]*,\d'),
    "\t": re.compile(rb'["\t\n][-+]?\d[\d.]*,\d'),
    ";": re.compile(rb'[";\n][-+]?(?:\d[\d.]*,\d|[1-9]\d{0,2}\.\d{3}["; \r\n])'),
}


def count_rows(path: Path, delimiter: str, width: int) -> tuple[int | None, dict[int, int]]:
    """The records of a CSV in UTF-8 below its heading of `width` cells, None where the strict reader has to say; and, by the
    number of each record (the heading is 1) that runs over several lines, how many more than one.

    The strict reader has to say of a NUL character, a line end of old, of a blank line before the heading and of a quotation mark out of place. Where no cell has a quotation mark, lines
    are only counted; a blank one between others counts, which the parser leaves out, so that the numbers then differ.
    """
    plain = _match_plain(delimiter)
    rows, looks = -1, 0
    breaks: dict[int, int] = {}
    with path.open("rb") as file:
        while block := file.read(BLOCK) + file.readline():
            if not rows + 1:
                block = block.removeprefix(b"\xef\xbb\xbf")
                if block.startswith((b"\n", b"\r\n")):
                    return None, {}
            if file.tell() == path.stat().st_size:
                block = block.rstrip(b"\r\n") + b"\n"
            if b"\0" in block:
                return None, {}
            if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
                return None, {}
            number, counted = rows + 2, 0
            rows += block.count(b"\n")
            place = block.find(b'"')
            while place != -1:
                start = block.rfind(b"\n", 0, place) + 1
                if found := plain.match(block, start):
                    place = block.find(b'"', found.end())
                    continue
                looks += 1
                used = 0 if looks > MOST_LOOKS else _look(block, start, delimiter, width)
                if not used:
                    return None, {}
                if used > 1:
                    number, counted = number + block.count(b"\n", counted, start), start
                    breaks[number] = used - 1
                    number -= used - 1
                rows -= used - 1
                for _ in range(used):
                    start = block.find(b"\n", start) + 1
                place = block.find(b'"', start)
    return max(rows, 0), breaks


def has_zones(path: Path) -> bool:
    """Whether a time anywhere in a file has a word behind it: the parser takes many for zones, BST for that of Bangladesh."""
    return _has(path, _ZONED)


def has_marks(path: Path, delimiter: str) -> bool:
    """Whether a number anywhere in a file has a comma, or a point that may be one of thousands."""
    return _has(path, _MARKED[delimiter])


def _has(path: Path, pattern: re.Pattern[bytes]) -> bool:
    with path.open("rb") as file:
        while block := file.read(BLOCK) + file.readline():
            if pattern.search(block):
                return True
    return False


def shift_line(breaks: str, number: str = "line") -> str:
    """SQL of the line of the record with a number; the table `breaks` says which records have how many lines `more`."""
    return f"{number} + (SELECT coalesce(sum(more), 0) FROM {breaks} WHERE record < {number})::BIGINT"


def number_lines(connection: duckdb.DuckDBPyConnection, name: str, absent: Sequence[int]) -> str:
    """Make a table (threshold, shift): from the row `threshold` on, so many lines of the file, all in `absent`, came before.

    `absent` is in order; rows are counted from 0 and lines from 1, the first being the heading."""
    places = {line - place - 2: place + 1 for place, line in enumerate(absent)}
    store_numbers(connection, f"{name}_shifts", {"threshold": places.keys(), "shift": places.values()})
    return f"{name}_shifts"


@cache
def _match_plain(delimiter: str) -> re.Pattern[bytes]:
    """Some lines each of which is a record whatever its neighbours are: quotation marks round whole cells only."""
    mark = re.escape(delimiter.encode())
    cell = rb'(?:"(?:[^"\r\n]|"")*+"|[^"\r\n' + mark + rb"]*+)"
    return re.compile(rb"(?:" + cell + rb"(?:" + mark + cell + rb")*+\r?\n){1,3}+")


def _look(block: bytes, start: int, delimiter: str, width: int) -> int:
    """How many lines the record has that starts here, 0 where it is none or its end is not in sight."""
    text = block[start : start + LOOK].decode("utf-8", errors="ignore")
    lines = io.StringIO(text, newline="")
    records = scan_records(lines, delimiter, width)
    first, second = next(records, None), next(records, None)
    if first is None or first.fault:
        return 0
    if second is None:
        return text.count("\n") if start + LOOK >= len(block) else 0
    return second.line - 1
