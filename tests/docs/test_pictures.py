"""Every page has its pictures, small ones, and the walkthrough answers each question with one."""

from __future__ import annotations

import pytest

from dashboard import PAGES
from settings import PROJECT
from tests.browser.__main__ import HEADING, KINDS, MOST_BYTES, PAGE, PICTURES
from tests.browser.questions import QUESTIONS


@pytest.mark.parametrize("name", [name.replace("_", "-") for name, _ in PAGES])
def test_every_page_has_its_pictures(name: str) -> None:
    files = [PICTURES / f"{name}-{kind}.jpg" for kind in (*KINDS, "printed")]
    assert [file.name for file in files if not file.is_file()] == [], "run make pictures"
    assert [file.name for file in files if file.stat().st_size > MOST_BYTES] == []


def test_the_walkthrough_answers_every_question() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.startswith(HEADING), "run make pictures"
    told = text.split("\n## ")[1:]
    assert [part[0] for part in told] == [question.letter for question in QUESTIONS] == list("abcdefgh")
    for question, part in zip(QUESTIONS, told, strict=True):
        assert question.words in part
        assert "\n1. " in part
        assert "\n> " in part
        assert f"pictures/question-{question.letter}.jpg" in part
        assert (PROJECT / "docs" / "pictures" / f"question-{question.letter}.jpg").is_file()
