"""Whether a cell says yes or no, as tables of ticks write it: 1 and 0, x and -, ✓ and ✗, ja and nein."""

from __future__ import annotations

_YES = frozenset(
    [
        "1",
        "x",
        "y",
        "yes",
        "true",
        "t",
        "✓",
        "✔",
        "✅",
        "☑",
        "☒",
        "●",
        "ja",
        "oui",
        "si",
        "sí",
        "sì",
        "sim",
        "tak",
        "ano",
        "igen",
        "evet",
        "да",
        "是",
        "はい",
        "예",
        "wahr",
        "vrai",
        "verdadero",
        "verdadeiro",
        "vero",
        "waar",
        "checked",
        "selected",
        "chosen",
        "ticked",
    ]
)
_NO = frozenset(
    [
        "0",
        "n",
        "no",
        "false",
        "f",
        "-",
        "–",
        "—",
        "✗",
        "✘",
        "✕",
        "❌",
        "☐",
        "□",
        "nein",
        "non",
        "não",
        "nao",
        "nee",
        "nej",
        "nei",
        "nie",
        "ne",
        "nem",
        "hayır",
        "нет",
        "否",
        "いいえ",
        "아니요",
        "falsch",
        "faux",
        "falso",
        "onwaar",
        "unchecked",
        "unselected",
        "unticked",
    ]
) | {"not chosen", "not selected", "not checked", "not ticked"}
NOTHING = frozenset(("", "n/a", "#n/a", "na", "null", "nan", "."))


def read_tick(cell: str) -> bool | None:
    """True for a yes, False for a no; None for what is neither, such as an option's own words, and for an empty cell."""
    word = " ".join(cell.casefold().split())
    whole = word.removesuffix(".0").removesuffix(",0")
    if whole in _YES:
        return True
    return False if whole in _NO else None


def is_nothing(cell: str) -> bool:
    """Whether a cell of a table of ticks says nothing at all."""
    return cell.strip().casefold() in NOTHING
