"""Text as the fonts of a report can set it: every letter has a shape, and no word is too long for a line."""

from __future__ import annotations

import re
import struct
import unicodedata
from functools import cache
from pathlib import Path

from ui.export.files import clean_text
from ui.export.looks import FONTS
from ui.words.numbers import keep_together

LETTERS = ("ReportSans-Regular.ttf", "ReportSigns-Regular.ttf")
BOX = "\u25a1"
LONGEST_WORD, PART = 40, 20
_SILENT = ("Cc", "Cf", "Co", "Cs")
_LONG = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")


def set_text(text: str) -> str:
    """Text of which every letter can be set: another script's is a box, what has no shape is left out, a very long word may be parted."""
    return _LONG.sub(lambda found: _part(found[0]), keep_together(set_letters(text)))


def set_letters(text: str) -> str:
    """The same without parting words, for what is laid out already."""
    known = list_letters()
    plain = unicodedata.normalize("NFC", clean_text(text))
    return "".join(one if ord(one) in known else _replace(one) for one in plain)


@cache
def list_letters() -> frozenset[int]:
    """The letters that can be set: those of the text and the signs beside it."""
    return frozenset().union(*(read_letters(FONTS / name) for name in LETTERS))


def read_letters(font: Path) -> frozenset[int]:
    """The letters of a font by its own table of them (`cmap`, format 12)."""
    data = font.read_bytes()
    count = struct.unpack_from(">H", data, 4)[0]
    starts = {
        data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0] for at in range(12, 12 + 16 * count, 16)
    }
    table = starts[b"cmap"]
    for number in range(struct.unpack_from(">H", data, table + 2)[0]):
        start = table + struct.unpack_from(">I", data, table + 8 + 8 * number)[0]
        if struct.unpack_from(">H", data, start)[0] == 12:
            groups = struct.unpack_from(">I", data, start + 12)[0]
            spans = [struct.unpack_from(">II", data, start + 16 + 12 * group) for group in range(groups)]
            return frozenset(letter for first, last in spans for letter in range(first, last + 1))
    raise ValueError(f"{font.name} has no table of letters of format 12.")


def _replace(letter: str) -> str:
    kind = unicodedata.category(letter)
    if letter in "\t\n\r" or kind.startswith("Z"):
        return " "
    return "" if kind in _SILENT else BOX


def _part(word: str) -> str:
    return "\u200b".join(word[at : at + PART] for at in range(0, len(word), PART))
