"""The shared page as a PDF: its figures and no others, made once for each state of the extract, gone with the link."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from etl.load import load_paths
from sharing.doors.funders import PAGE_FILE, REPORT
from sharing.sealing.extract import FILE, Extract, find_folder, read_extract, write_extract
from sharing.sealing.seal import seal_release
from sharing.store.story import Story
from tests.sharing.known_programme import write_programme
from tests.ui.read_files import read_pdf
from ui.export.formats.pdf_file import write_pdf
from ui.share.claims import list_claims, list_whole
from ui.share.files import report
from ui.words.numbers import keep_together

LINK = "0a1b2c3d"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("report")
    load_paths([write_programme(root / "raw")], root / "data")
    return root / "data"


@pytest.fixture(scope="module")
def sealed(data: Path) -> Extract:
    return seal_release(data, "latest", LINK, "The Foundation")


@pytest.fixture(autouse=True)
def _settings(data: Path, sealed: Extract, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    write_extract(data, sealed)
    monkeypatch.setenv("EVALUATION_DATA", str(data))
    report._make_file.cache_clear()
    yield
    report._make_file.cache_clear()


def test_the_report_says_what_the_page_shows_and_nothing_else(data: Path) -> None:
    found = report.find_file(LINK, REPORT)
    assert found is not None
    name, content = found
    extract = read_extract(data, LINK)
    words = read_pdf(content)
    assert name.startswith("q-evaluation_")
    assert "_for-funder_" in name
    assert "Prepared for The Foundation" in words
    assert "Counts are rounded down to a multiple of 5" in words.replace("\n", " ")
    claims = list_claims(extract)
    assert [one.heading for one in claims if one.heading not in words.replace("\n", " ")] == []
    assert [
        one.indicator.title for one in list_whole(extract) if not claims and one.indicator.title not in words
    ] == []
    for group in ("Astronaut", "Dentist", "Wales", "Person"):
        assert group not in words


def test_the_report_has_the_programme_s_words_before_its_figures_and_the_notes_after_them(data: Path) -> None:
    story = Story(title="Q and friends", about="Who we are", done="What we did", meaning="So what", claims=())
    notes = ((date(2015, 9, 1), "The second event was moved.\nBy a week."),)
    told = replace(read_extract(data, LINK), story=story, notes=notes)
    words = read_pdf(write_pdf(report.lay_out(told)))
    said = [
        "Q and friends",
        "What it is: Who we are",
        "What was done: What we did",
        "What it means: So what",
        "Prepared for The Foundation",
        "Notes from the evaluation",
        "1 September 2015",
        "The second event was moved.",
        "By a week.",
        "How to read this",
        "Methods and limits",
    ]
    assert [words.index(one) for one in said] == sorted(words.index(one) for one in said)


def test_a_report_is_made_once_and_anew_when_the_extract_changes(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Extract] = []
    lay_out = report.lay_out

    def count(extract: Extract) -> object:
        made.append(extract)
        return lay_out(extract)

    monkeypatch.setattr(report, "lay_out", count)
    first = report.find_file(LINK, REPORT)
    assert report.find_file(LINK, REPORT) == first
    assert len(made) == 1
    write_extract(data, seal_release(data, "latest", LINK, "The other Foundation"))
    second = report.find_file(LINK, REPORT)
    assert second is not None
    assert len(made) == 2
    assert "The other Foundation" in read_pdf(second[1])


def test_the_page_as_one_file_says_what_the_link_shows_and_needs_nothing_else(data: Path) -> None:
    story = Story(
        title="<b>Q</b> & friends", about="Who we are", done="What we did", meaning="So what", claims=()
    )
    write_extract(data, replace(read_extract(data, LINK), story=story))
    found = report.find_file(LINK, PAGE_FILE)
    assert found is not None
    name, content = found
    page = content.decode()
    assert name.endswith(".html")
    assert "_for-funder_" in name
    assert "<h1>&lt;b&gt;Q&lt;/b&gt; &amp; friends</h1>" in page
    for words in (
        "Who we are",
        "What we did",
        "So what",
        "Prepared for The Foundation",
        "methods and limits",
    ):
        assert words in page
    extract = read_extract(data, LINK)
    headings = [html.escape(keep_together(one.heading)) for one in list_claims(extract)]
    assert [one for one in headings if f"<h3>{one}</h3>" not in page] == []
    assert page.count('<svg class="q-picture"') >= len(headings)
    assert [
        one.indicator.title for one in list_whole(extract) if html.escape(one.indicator.title) not in page
    ] == []
    assert not re.search(r"<script|<link|<img|<iframe|url\(|@import|\bsrc=|\bhref=|https?://", page)
    assert str(data) not in page
    for group in ("Astronaut", "Dentist", "Wales", "Person"):
        assert group not in page


def test_without_a_readable_extract_there_is_no_report(data: Path) -> None:
    assert report.find_file(LINK, REPORT) is not None
    assert report.find_file("ffffffff", REPORT) is None
    assert report.find_file("../../state", REPORT) is None
    folder = find_folder(data, "00000000")
    folder.mkdir()
    (folder / FILE).write_text("{}", encoding="utf-8")
    assert report.find_file("00000000", REPORT) is None
