"""The words of the interface in the language of whoever looks: the only home of the catalogues. No Streamlit.

A sentence stands in the code in English, inside `gettext` or `ngettext`; the catalogue beside this file, `q.pot`, is made of these
(`python -m docs.words`), and what a language lacks is English.
"""

from __future__ import annotations

import gettext as catalogues
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

ENGLISH, WELSH = "en", "cy"
LANGUAGES = {ENGLISH: "English", WELSH: "Cymraeg"}
# Languages that have the sentences about findings too.
WHOLE = {ENGLISH}
ROOM = Path(__file__).parent
DOMAIN = "q"
_chosen: ContextVar[str] = ContextVar("language", default="")
_asked: list[Callable[[], str]] = []


def choose_language(code: str) -> None:
    """What is said from here on, in this context, is in this language."""
    _chosen.set(code)


@contextmanager
def speak(code: str) -> Iterator[None]:
    """Inside, everything is said in this language."""
    before = _chosen.set(code)
    try:
        yield
    finally:
        _chosen.reset(before)


@contextmanager
def speak_whole() -> Iterator[None]:
    """Inside, or in a function that this decorates, sentences about findings are said: in English where the language has only some of
    them, so that none is said in two."""
    code = find_language()
    with speak(code if code in WHOLE else ENGLISH):
        yield


def ask_language(ask: Callable[[], str]) -> None:
    """Where no language has been chosen, as in a part of a page that runs again alone, `ask` gives it, '' where it does not know."""
    _asked[:] = [ask]


def find_language() -> str:
    """The language of what is said now."""
    code = _chosen.get()
    if not code and _asked and (code := _asked[0]()):
        _chosen.set(code)
    return code or ENGLISH


def gettext(text: str) -> str:
    """A text of the interface in the language of now; the text itself where that has none."""
    return find_catalogue(find_language()).gettext(text) if text else ""


def ngettext(one: str, many: str, n: float) -> str:
    """One of two texts, by the number that is told, in the plural forms of the language."""
    return find_catalogue(find_language()).ngettext(one, many, round(n))


def gettext_noop(text: str) -> str:
    """A text of the catalogue as it is, for a constant: `gettext` translates it where it is shown."""
    return text


@cache
def find_catalogue(code: str) -> catalogues.NullTranslations:
    """The words of a language, read once; none for English, which stands in the code."""
    return catalogues.translation(DOMAIN, ROOM, [code], fallback=True)
