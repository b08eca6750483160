"""An open page shows a newly published release by itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from etl.load import load_paths
from tests.app.small_programme import write_members, write_programme
from tests.browser.server import serve, wait_until_shown

pytestmark = pytest.mark.browser


def test_a_new_release_appears_within_three_seconds_without_reload(tmp_path: Path, page: Page) -> None:
    data = tmp_path / "data"
    first = load_paths([write_programme(tmp_path / "raw")], data).release
    with serve(data) as address:
        page.goto(f"{address}/?cohort=First+intake")
        wait_until_shown(page, "This week")
        expect(page.get_by_text(first.id)).to_be_visible()
        page.evaluate("window.isSamePage = true")
        write_members(tmp_path / "new", 62)
        second = load_paths([tmp_path / "new"], data).release
        expect(page.get_by_text(second.id)).to_be_visible(timeout=3_000)
        members = page.get_by_role("row", name=re.compile(r"^Members \d"))
        expect(members.locator("strong")).to_have_text("56")
        expect(page.get_by_role("combobox", name="Cohort")).to_have_value("First intake")
        assert page.evaluate("window.isSamePage")


def test_the_first_release_appears_on_an_open_empty_page(tmp_path: Path, page: Page) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with serve(data) as address:
        page.goto(address)
        wait_until_shown(page, "No data yet")
        write_members(tmp_path / "raw")
        release = load_paths([tmp_path / "raw"], data).release
        expect(page.get_by_text(release.id)).to_be_visible(timeout=3_000)
