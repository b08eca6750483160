"""On a phone no word of a chart is cut off: a cut number is a wrong number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from etl.load import load_paths
from tests.app.small_programme import write_programme
from tests.browser.server import PATHS, serve, wait_until_shown

pytestmark = pytest.mark.browser

QUESTIONS = {
    "Q matters to my work": "Ideas from other members have changed what we do locally, and how we go on",
    "Q is a waste of time": "I often think that my time could be spent in better ways than here with others",
}
COUNT_TEXTS = "() => document.querySelectorAll('.q-picture text').length"
LIST_CUT = """() => {
    const cut = [];
    for (const picture of document.querySelectorAll('.q-picture')) {
        const card = picture.closest('.q-figure').getBoundingClientRect();
        const right = Math.min(card.right, innerWidth);
        for (const text of picture.querySelectorAll('text')) {
            const box = text.getBoundingClientRect();
            const out = Math.max(card.left - box.left, box.right - right, card.top - box.top, box.bottom - card.bottom);
            if (box.width > 0 && out > 1) cut.push(text.textContent);
        }
    }
    return cut;
}"""
LENGTHEN = """() => {
    const text = document.querySelector('.q-picture text');
    text.textContent = 'The value of this label is so far from its beginning that it is cut off at the right edge 54 %';
}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[tuple[str, Page]]:
    """A phone before a programme whose items are as long as they are in life."""
    root: Path = tmp_path_factory.mktemp("phone")
    items = write_programme(root / "raw") / "items.csv"
    written = items.read_text(encoding="utf-8")
    for short, long in QUESTIONS.items():
        written = written.replace(short, f'"{long}"')
    items.write_text(written, encoding="utf-8")
    load_paths([root / "raw"], root / "data")
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    with serve(root / "data") as address:
        yield address, context.new_page()
    context.close()


@pytest.mark.parametrize("path", [path for path in PATHS if path not in ("data-and-methods", "share")])
def test_no_word_of_a_chart_is_cut_off(path: str, pages: tuple[str, Page]) -> None:
    address, page = pages
    page.goto(f"{address}/{path}")
    wait_until_shown(page, PATHS[path])
    page.locator(".q-picture text").first.wait_for(state="attached")
    assert page.evaluate(COUNT_TEXTS) > 0
    assert page.evaluate(LIST_CUT) == []


def test_a_label_that_is_cut_off_would_be_found(pages: tuple[str, Page]) -> None:
    address, page = pages
    page.goto(f"{address}/attitude")
    wait_until_shown(page, "Attitude")
    page.locator(".q-picture text").first.wait_for(state="attached")
    page.evaluate(LENGTHEN)
    (cut,) = page.evaluate(LIST_CUT)
    assert cut.endswith("54 %")
