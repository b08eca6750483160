"""Whether a cell says yes or no, as tables and lists of who came write it: 1 and 0, x and -, ✓ and ✗, ja and nein, present and absent."""

from __future__ import annotations

_YES = """
    1 x y yes true t ✓ ✔ ✅ ☑ ☒ ● ja oui si sí sì sim tak ano igen evet ie да 是 はい 예
    wahr vrai verdadero verdadeiro vero waar prawda sand sann checked selected chosen ticked
    present attended anwesend teilgenommen présent présente presente presenti aanwezig närvarande läsnä obecny obecna
"""
_NO = """
    0 n no false f - – — ✗ ✘ ✕ ❌ ☐ □ nein non não nao nee nej nei nie ne nem hayır nage нет 否 いいえ 아니요
    falsch faux falso onwaar fałsz falsk unchecked unselected unticked
    absent absente abwesend ausente assente afwezig frånvarande nieobecny nieobecna no-show
"""
YES = frozenset(_YES.split())
NO = frozenset(_NO.split()) | {
    "not chosen",
    "not selected",
    "not checked",
    "not ticked",
    "no show",
    "did not attend",
}
NOTHING = frozenset(("", "n/a", "#n/a", "na", "null", "nan", "."))


def read_tick(cell: str) -> bool | None:
    """True for a yes, False for a no; None for what is neither, such as an option's own words, and for an empty cell."""
    word = " ".join(cell.casefold().split())
    whole = word.removesuffix(".0").removesuffix(",0")
    if whole in YES:
        return True
    return False if whole in NO else None


def is_nothing(cell: str) -> bool:
    """Whether a cell of a table of ticks says nothing at all."""
    return cell.strip().casefold() in NOTHING
