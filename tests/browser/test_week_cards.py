"""What needs us stands in whole rows of cards: of one height each, and without a hole at the end, however many there are."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.server import wait_until_drawn, wait_until_shown

pytestmark = pytest.mark.browser

LIST_ROWS = """() => {
    const rows = {};
    for (const card of document.querySelectorAll('[class*="st-key-item-"]:not([class*="figure"])')) {
        const box = card.getBoundingClientRect();
        (rows[Math.round(box.top)] ??= []).push([box.left, box.right, box.bottom].map(Math.round));
    }
    return Object.values(rows);
}"""


@pytest.mark.parametrize("width", [1280, 900, 390])
def test_each_row_of_cards_is_full_and_even(width: int, server: str, page: Page) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(server)
    wait_until_shown(page, "This week")
    page.get_by_text("Preparing the figures").first.wait_for(state="detached", timeout=120_000)
    page.locator(".st-key-item-0").wait_for()
    wait_until_drawn(page)
    rows = page.evaluate(LIST_ROWS)
    assert rows
    assert len({row[0][0] for row in rows}) == 1
    assert max(row[-1][1] for row in rows) - min(row[-1][1] for row in rows) <= 2, (
        "no hole at the end of a row"
    )
    assert all(len({bottom for _, _, bottom in row}) == 1 for row in rows), "of one height"
