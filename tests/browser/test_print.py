"""On paper a page stands alone and whole: no sidebar, no buttons, no chart cut off at an edge or by what follows it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import Page

from tests.browser.__main__ import PAPER, print_page
from tests.browser.server import PATHS, wait_until_drawn, wait_until_shown

pytestmark = pytest.mark.browser

LEFT_OUT = ("stSidebar", "stHeader", "stButton", "stButtonGroup", "stPopover", "stDownloadButton")
LIST_VISIBLE = "names => names.filter(name => [...document.querySelectorAll(`[data-testid=${name}]`)].some(one => one.checkVisibility()))"
# The charts with their places on the sheet, and how far the sheets reach.
PLACE = """() => ({
    charts: [...document.querySelectorAll('.q-chart')].map(one => one.getBoundingClientRect())
        .map(box => [box.left, box.top, box.right, box.bottom].map(Math.round)),
    words: Math.max(...[...document.querySelectorAll('.q-picture text')].map(one => one.getBoundingClientRect().right)),
    end: document.documentElement.scrollHeight,
})"""


@pytest.mark.parametrize("path", ["attitude", "engagement", "connections"])
def test_on_paper_a_page_stands_alone_and_its_charts_are_whole(path: str, server: str, page: Page) -> None:
    page.goto(f"{server}/{path}")
    wait_until_shown(page, PATHS[path])
    wait_until_drawn(page)
    assert "stSidebar" in page.evaluate(LIST_VISIBLE, list(LEFT_OUT)), "positive control: it is on the screen"
    print_page(page)
    assert page.evaluate(LIST_VISIBLE, list(LEFT_OUT)) == []
    found = page.evaluate(PLACE)
    charts = found["charts"]
    assert len(charts) > 1
    assert all(left >= 0 and right <= PAPER["width"] for left, _, right, _ in charts)
    assert found["words"] <= PAPER["width"]
    assert all(one[3] <= following[1] for one, following in pairwise(charts))
    assert charts[-1][3] <= found["end"]
