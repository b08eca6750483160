"""Where a text mentions somebody who is known by keyed marks only: an e-mail address, or a full name of two words or more."""

from __future__ import annotations

import html
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq

from etl.reading.transcode import decode
from etl.reading.written.names import normalise_name

REMOVED = "[removed]"
_BLOCK = 8_000_000
_ADDRESS = re.compile(r"[\w.+%'&-]+@[\w-]+(?:\.[\w-]+)*")
_WORD = re.compile(r"[^\W\d_]+")
_CELL = re.compile(r'[^,;|\t\r\n"<>]+')
_DIGITS = re.compile(r"[\d\s.:/TZ+-]*")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_TAG = re.compile(r"<[^>]*>")
_LONGEST_ID, _LONGEST_GAP, _MOST_WORDS = 100, 3, 8


class Mentions:
    """Finds people by `is_meant(kind, value)`: of the kinds id, address, name, and word (a word of such a name)."""

    def __init__(self, is_meant: Callable[[str, str], bool]) -> None:
        self._is_meant = is_meant
        self._is_word = cache(lambda word: is_meant("word", normalise_name(word)))

    def clean(self, text: str, is_free: bool = False) -> str:
        """The text with `REMOVED` in place of each mention; the same text where there is none. One that `is_free` may be an id.

        Letter case does not matter, "Last, First" is First Last, and only whole words count: a name within a longer
        double-barrelled one is another's. A first name alone, an initial or a misspelling is not found.
        """
        if is_free and not _DIGITS.fullmatch(text) and self._is_meant("id", text):
            return REMOVED
        plain = unicodedata.normalize("NFC", text)
        spans = sorted({*self._find_addresses(plain), *self._find_names(plain)})
        if not spans:
            return text
        parts, place = [], 0
        for start, end in spans:
            if start >= place:
                parts += [plain[place:start], REMOVED]
                place = end
        return "".join((*parts, plain[place:]))

    def is_in(self, path: Path, name: str, encoding: str | None, has_broken: bool) -> bool:
        """Whether a file mentions somebody anywhere, also in what is not read of it, or has a cell that is their id.

        An id of digits alone looks like any number: it is looked for only in a file that `has_broken` lines. Raises Refused where the file is not
        text in `encoding`.
        """
        return any(self._is_in_block(block, has_broken) for block in _read_blocks(path, name, encoding))

    def _is_in_block(self, block: str, has_broken: bool) -> bool:
        plain = unicodedata.normalize("NFC", block)
        if next(self._find_addresses(plain), None) or next(self._find_names(plain), None):
            return True
        cells = {cell.strip() for cell in _CELL.findall(plain) if len(cell) <= _LONGEST_ID}
        return any(
            self._is_meant("id", cell)
            for cell in cells
            if cell and (has_broken or not _DIGITS.fullmatch(cell))
        )

    def _find_addresses(self, text: str) -> Iterator[tuple[int, int]]:
        if "@" not in text:
            return
        for match in _ADDRESS.finditer(text):
            for start in (match.start(), match.end() - len(match[0].lstrip("'.&%-"))):
                if self._is_meant("address", text[start : match.end()]):
                    yield start, match.end()
                    break

    def _find_names(self, text: str) -> Iterator[tuple[int, int]]:
        words = {word for word in set(_WORD.findall(text)) if self._is_word(word)}
        if len(words) < 2 and not any(text.count(word) > 1 for word in words):
            return
        listed = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
        places = [match.span() for match in re.finditer(rf"(?<![^\W\d_])(?:{listed})(?![^\W\d_])", text)]
        first = 0
        while first < len(places):
            last = first
            while last + 1 < min(len(places), first + _MOST_WORDS) and _is_gap(
                text[places[last][1] : places[last + 1][0]]
            ):
                last += 1
            start = places[first][0]
            for end_at in range(last, first, -1):
                end = self._end_name(text, start, places[end_at][1])
                if end:
                    yield start, end
                    first = end_at
                    break
            first += 1

    def _end_name(self, text: str, start: int, end: int) -> int:
        """Where the name ends that fills this span, with a full stop if it has one; 0 where it is none."""
        before, after = text[max(0, start - 1) : start], text[end : end + 2]
        if before in ("-", "_") or (after[:1] in ("-", "_") and after[1:].isalpha()):
            return 0
        for stop in (end + 1, end) if after[:1] in (".", ")") else (end,):
            given = normalise_name(text[start:stop].replace('"', " "))
            if " " in given and self._is_meant("name", given):
                return stop
        return 0


def list_words(name: str) -> list[str]:
    """The words by which a full name is looked for; none of a name that is one word."""
    given = normalise_name(name)
    return _WORD.findall(given) if " " in given else []


def _is_gap(text: str) -> bool:
    return len(text.strip()) <= _LONGEST_GAP and not _WORD.search(text) and len(text) <= 2 * _LONGEST_GAP


def _read_blocks(path: Path, name: str, encoding: str | None) -> Iterator[str]:
    """Everything that can be read in a file, in blocks of whole lines: CSV, JSON, workbook (every part of it) or Parquet."""
    with path.open("rb") as handle:
        start = handle.read(4)
    if start == b"PAR1":
        yield from _read_parquet(path)
    elif start == b"PK\x03\x04":
        with zipfile.ZipFile(path) as book:
            for entry in book.namelist():
                text = book.read(entry).decode("utf-8", errors="ignore")
                yield html.unescape(_TAG.sub("\n", text))
                yield html.unescape(" ".join(_TAG.findall(text))) if entry.endswith(".xml") else ""
    else:
        try:
            with path.open(encoding="utf-8-sig", newline="") as lines:
                while block := lines.read(_BLOCK) + lines.readline():
                    if "\0" in block:
                        raise UnicodeError
                    yield _ESCAPED.sub(_unescape, block) if start[:1] in b"{[" else block
        except UnicodeError:
            yield decode(path.read_bytes(), name, encoding)


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))


def _read_parquet(path: Path) -> Iterator[str]:
    with pq.ParquetFile(path) as file:
        for value in (file.schema_arrow.metadata or {}).values():
            yield value.decode("utf-8", errors="ignore")
        for batch in file.iter_batches():
            for column in batch.columns:
                yield "\n".join(str(value) for value in column.unique().to_pylist() if value is not None)
