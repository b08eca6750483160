"""The catalogues hold every text of the interface, and what a translation fills in is what the text has."""

from __future__ import annotations

import ast
import re
import string
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from docs.words import collect_words, find_catalogue, list_files, main
from settings import PROJECT
from ui.words.language import LANGUAGES

TRANSLATED = list(LANGUAGES)[1:]


def read_catalogue(code: str) -> Catalog:
    with find_catalogue(code).open("rb") as file:
        return read_po(file, locale=code)


def list_fields(text: str) -> list[tuple[str, str]]:
    """The places of a text that are filled in, each with how."""
    return sorted((name, how or "") for _, name, how, _ in string.Formatter().parse(text) if name is not None)


def list_translations(message: Message) -> list[tuple[str, str]]:
    """Each translation of a message beside the text that it is of."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))] if message.string else []
    return [(str(message.id[1]), form) for form in message.string if form]


def test_the_catalogues_are_as_the_code_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["docs.words", "--check"])
    assert main() == 0, "run make words"


def test_texts_counted_nouns_and_the_names_of_indicators_are_collected() -> None:
    catalog = collect_words()
    for text in (
        "Who stays?",
        "Break down by",
        ("{n} wave", "{n} waves"),
        "Attendance rate",
        "Organisation type",
    ):
        assert text in catalog, text


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_fills_in_what_its_text_does(code: str) -> None:
    wrong = [
        (text, told)
        for message in read_catalogue(code)
        if message.id
        for text, told in list_translations(message)
        if list_fields(text) != list_fields(told)
        or re.findall("`[^`]*`", text) != re.findall("`[^`]*`", told)
    ]
    assert wrong == []


def test_navigation_is_in_welsh_which_says_that_nobody_has_reviewed_it() -> None:
    catalog = read_catalogue("cy")
    assert "Not yet reviewed by a Welsh speaker" in catalog.header_comment
    titles = ast.literal_eval(
        re.sub(
            r"gettext_noop\((.*?)\)", r"\1", re.search(r"^PAGES.*?= (\(.*?^\))", read_entry(), re.M | re.S)[1]
        )  # type: ignore[index]
    )
    assert [title for _, title in titles if not catalog[title].string] == []


def read_entry() -> str:
    return (PROJECT / "dashboard.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", list_files(), ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_text_stands_within_another_where_it_is_not_found(path: Path) -> None:
    """Babel sees nothing inside an f-string before Python 3.12."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    hidden = [
        call.lineno
        for whole in ast.walk(tree)
        if isinstance(whole, ast.JoinedStr)
        for call in ast.walk(whole)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("gettext", "ngettext", "format_count")
        and any(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in call.args)
    ]
    assert hidden == []
