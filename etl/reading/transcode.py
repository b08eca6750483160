"""Bytes into text: strict, never guessed."""

from __future__ import annotations

import codecs
import os
import re
from functools import partial
from pathlib import Path

from etl.reading.types import Refused

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_AGREEING = {
    "utf-8": {"utf-8", "utf-8-sig"},
    "utf-16-le": {"utf-16", "utf-16-le"},
    "utf-16-be": {"utf-16", "utf-16-be"},
}
_PICTURE = "is a picture, which holds no table: export what it shows as CSV or .xlsx."
_PACKED = "is packed in a way that is not read (only .zip is): unpack it, and load the file in it."
_OTHERS = {
    b"\xd0\xcf\x11\xe0": "is in the old format of Excel (.xls), or locked with a password: open it in Excel and save it as .xlsx or CSV.",
    b"<html": "is a web page, whatever its name says: open it in Excel and save it as .xlsx or CSV.",
    b"<!doctype": "is a web page, whatever its name says: open it in Excel and save it as .xlsx or CSV.",
    b"<?xml": "is XML: open it in the tool that wrote it and export it as CSV or .xlsx.",
    b"%pdf": "is a PDF, which holds no table: export it as CSV or .xlsx.",
    b"<table": "is a web page, whatever its name says: open it in Excel and save it as .xlsx or CSV.",
    b"<meta": "is a web page, whatever its name says: open it in Excel and save it as .xlsx or CSV.",
    b"\x89png": _PICTURE,
    b"\xff\xd8\xff": _PICTURE,
    b"gif8": _PICTURE,
    b"\x1f\x8b": _PACKED,
    b"7z\xbc\xaf": _PACKED,
    b"rar!": _PACKED,
    b"{\\rtf": "is a text document: copy its table into Excel, and save it as .xlsx or CSV.",
    b"<stata_dta": "is a data file of Stata: export it from Stata as CSV, or as SPSS (.sav).",
}
# Excel's own first line, which says what separates the cells; the line stays, so that the others keep their numbers
_SEPARATOR = re.compile(r'\A"?sep=[,;\t]"?[,;\t ]*(\r?\n|\r)', re.IGNORECASE)
# what nobody sees (marks of direction, of the order of bytes, of no width; not those that join letters), and blanks that are no space
_UNSEEN = "\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_BLANK = "\u00a0\u2000-\u200a\u202f\u205f\u3000"
_UNSEEN_MARK, _ODD_BLANK, _ODD = (re.compile(f"[{one}]") for one in (_UNSEEN, _BLANK, _UNSEEN + _BLANK))
_MOST_NUL_SHARE = 0.25
_BLOCK = 65536


def decode(content: bytes, name: str, encoding: str | None) -> str:
    """The plain text of a file called `name`, without its byte order mark, Excel's line "sep=;" and NUL characters that fill up its end.

    A byte order mark (UTF-8, UTF-16) decides; without one, valid UTF-8 is UTF-8; anything else is read in `encoding`.
    Raises Refused where that leaves it open, where `encoding` contradicts the mark, or where the bytes do not fit.
    """
    given = _look_up(encoding, name) if encoding is not None else None
    for mark, marked in _MARKS:
        if content.startswith(mark):
            if given is not None and given not in _AGREEING[marked]:
                raise Refused(
                    f"{name} is marked as {marked.upper()}, but --encoding says {encoding}: leave the option out for this file."
                )
            return _clean(_decode_as(content[len(mark) :], name, marked), name)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        if given is None:
            raise Refused(
                f"{name} is not UTF-8 (byte 0x{content[error.start]:02x} at position {error.start}): "
                "say which encoding it has, for example --encoding cp1252."
            ) from None
        return _clean(_decode_given(content, name, given), name)
    if given is not None and _is_mostly_nul(text):
        return _clean(_decode_given(content, name, given), name)
    return _clean(text, name)


def refuse_other(name: str, content: bytes) -> None:
    """Refused where a file is of a kind that is not read, with the way to one that is."""
    for start, words in _OTHERS.items():
        if content.lstrip(b"\xef\xbb\xbf \r\n\t")[: len(start)].lower() == start:
            raise Refused(f"{name} {words}")


def is_utf8(path: Path) -> bool:
    """Whether the whole file is valid UTF-8, read in blocks so small that the next one lies where the last one did."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    with path.open("rb") as handle:
        try:
            while block := handle.read(_BLOCK):
                if b"\0" in block:
                    return False
                if not block.isascii() or decoder.getstate()[0]:
                    decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def plain_text(text: str) -> str:
    """The text without marks that nobody sees, and with a space for each blank that is none: two spellings that look the same are one."""
    return text if text.isascii() else _ODD_BLANK.sub(" ", _UNSEEN_MARK.sub("", text))


def plain_sql(text: str) -> str:
    """SQL of `plain_text`."""
    return f"regexp_replace(regexp_replace({text}, '[{_UNSEEN}]', '', 'g'), '[{_BLANK}]', ' ', 'g')"


def even_text(path: Path, target: Path) -> Path:
    """The UTF-8 file itself; where its lines end in several ways, or its text is not plain, a copy at `target` in which all end alike and it is."""
    with path.open("rb") as file:
        if all(b"\r" not in block and block.isascii() for block in iter(partial(file.read, _BLOCK), b"")):
            return path
    is_plain = True
    with path.open(encoding="utf-8-sig") as lines:
        while block := lines.read(_BLOCK):
            is_plain = is_plain and (block.isascii() or not _ODD.search(block))
        if is_plain and not isinstance(lines.newlines, tuple):
            return path
        lines.seek(0)
        with open(target, "w", encoding="utf-8", newline="", opener=open_private) as copy:
            for block in iter(partial(lines.read, _BLOCK), ""):
                copy.write(plain_text(block))
    return target


def open_private(path: str, flags: int) -> int:
    """An opener of files that only their owner may read."""
    return os.open(path, flags, 0o600)


def _look_up(encoding: str, name: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except (LookupError, ValueError):
        raise Refused(
            f"There is no encoding {encoding!r}, which is given for {name}: use for example cp1252 or utf-16-le."
        ) from None


def _decode_given(content: bytes, name: str, encoding: str) -> str:
    if encoding == "utf-16":
        raise Refused(
            f"{name} has no byte order mark: say --encoding utf-16-le (the usual one) or --encoding utf-16-be."
        )
    return _decode_as(content, name, encoding)


def _decode_as(content: bytes, name: str, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except (UnicodeError, LookupError) as error:
        place = f" at position {error.start}" if isinstance(error, UnicodeDecodeError) else ""
        raise Refused(
            f"{name} cannot be read as {encoding}: it does not fit{place}; give another --encoding, or export the file again."
        ) from None


def _clean(text: str, name: str) -> str:
    if _is_mostly_nul(text):
        guess = "utf-16-be" if text.startswith("\0") else "utf-16-le"
        raise Refused(
            f"{name} is mostly NUL characters, as UTF-16 without its byte order mark is: "
            f"if so, say --encoding {guess}, otherwise export the file again."
        )
    text = plain_text(text)
    whole = text.rstrip("\0")
    return _SEPARATOR.sub(r"\1", whole if whole.endswith(("\n", "\r")) else text, count=1)


def _is_mostly_nul(text: str) -> bool:
    return text.count("\0") > _MOST_NUL_SHARE * len(text)
