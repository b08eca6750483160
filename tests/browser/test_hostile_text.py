"""Text from the data is shown as it is: no markup in a name runs, loads or navigates."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from etl.load import load_paths
from tests.app.small_programme import write_members, write_programme, write_table
from tests.browser.server import PATHS, serve, wait_until_shown

pytestmark = pytest.mark.browser

IMAGE = "![x](http://outside.example/pixel.png)"
SCRIPT = "<img src=http://outside.example/x.png onerror=window.wasRun=1><script>window.wasRun=1</script>"


def test_markup_in_the_data_is_inert(tmp_path: Path, page: Page) -> None:
    raw = write_programme(tmp_path / "raw")
    write_members(raw, regions=(IMAGE, SCRIPT, "=HYPERLINK(1)"))
    events = [("e1", f"Call {IMAGE} {SCRIPT}", SCRIPT, "2015-11-11T09:00:00Z")]
    write_table(raw, "events", ("event_id", "title", "kind", "starts_at"), events)
    write_table(
        raw, "attendance", ("event_id", "member_id", "attended"), [("e1", "m1", "true"), ("e1", "m2", "true")]
    )
    load_paths([raw], tmp_path / "data")
    outside: list[str] = []
    page.on(
        "request", lambda request: outside.append(request.url) if "outside.example" in request.url else None
    )
    with serve(tmp_path / "data") as address:
        for path, title in PATHS.items():
            page.goto(f"{address}/{path}")
            wait_until_shown(page, title)
            tables = page.get_by_role("button", name="Table")
            for number in range(tables.count()):
                tables.nth(number).click()
                expect(page.get_by_role("button", name="Download as CSV").first).to_be_visible()
                page.keyboard.press("Escape")
            assert page.evaluate("window.wasRun") is None
        page.goto(address)
        wait_until_shown(page, "This week")
        expect(
            page.get_by_test_id("stCaptionContainer").filter(has_text="Call ![x](http://outside")
        ).to_be_visible()
    assert outside == []
