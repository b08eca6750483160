"""What is said in which language: plural forms, what falls back to English, and what is kept apart."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from ui.words import language
from ui.words.language import (
    ENGLISH,
    WELSH,
    ask_language,
    choose_language,
    find_language,
    gettext,
    ngettext,
    speak,
)
from ui.words.numbers import format_count, format_day, format_period, name_dimension


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The language that somebody who is asked gives, which a test may change."""
    monkeypatch.setattr(language, "_asked", [])
    told = [""]
    ask_language(lambda: told[0])
    return told


def test_english_stands_in_the_code_and_is_said_where_nobody_asks() -> None:
    assert find_language() == ENGLISH
    assert gettext("This week") == "This week"
    assert ngettext("{n} wave", "{n} waves", 1) == "{n} wave"


def test_what_a_language_lacks_is_english() -> None:
    with speak(WELSH):
        assert gettext("This week") == "Yr wythnos hon"
        assert gettext("No such text") == "No such text"
        assert gettext("") == ""
    assert gettext("This week") == "This week"


def test_nouns_have_the_plural_forms_of_the_language() -> None:
    assert [format_count(n, "tie") for n in (1, 2, 3)] == ["1 tie", "2 ties", "3 ties"]
    assert [format_count(n, "person") for n in (1, 2)] == ["1 person", "2 people"]
    with speak(WELSH):
        told = [format_count(n, "tie") for n in (0, 1, 2, 3, 6, 7)]
        assert told == ["0 cyswllt", "1 cyswllt", "2 gyswllt", "3 chyswllt", "6 chyswllt", "7 cyswllt"]
        assert [format_count(n, "wave") for n in (1, 2, 6)] == ["1 don", "2 don", "6 thon"]
        assert format_count(4500) == "4,500 aelod"


def test_days_periods_and_dimensions_are_said_in_the_language() -> None:
    with speak(WELSH):
        assert format_day(date(2015, 11, 3)) == "3 Tachwedd 2015"
        assert format_period("2015-09") == "Medi 2015"
        assert format_period("2015-Q3") == "chwarter 3, 2015"
        assert name_dimension("organisation_type") == "Math o sefydliad"


def test_threads_have_a_language_each() -> None:
    with speak(WELSH), ThreadPoolExecutor(1) as pool:
        assert pool.submit(find_language).result() == ENGLISH


def test_where_none_is_chosen_the_session_is_asked_until_it_knows(asked: list[str]) -> None:
    def follow() -> list[str]:
        told = [find_language()]
        asked[0] = WELSH
        told.append(find_language())
        choose_language(ENGLISH)
        return [*told, find_language()]

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(follow).result() == [ENGLISH, WELSH, ENGLISH]
