"""An export is chosen in a real browser, checked, and loaded: the open page shows the new release."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from etl.load import load_paths
from tests.app.small_programme import write_programme, write_table
from tests.browser.server import serve, wait_until_shown
from warehouse.release import current_id, find_release

pytestmark = pytest.mark.browser


def check_file(page: Page, address: str, path: Path) -> None:
    """Open the page, choose a file, and wait until it is checked."""
    page.goto(f"{address}/data-and-methods")
    wait_until_shown(page, "Data and methods")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Check").click()
    page.get_by_text("What these files would change").wait_for(timeout=120_000)


def test_a_chosen_file_goes_with_its_page_or_is_loaded_and_the_page_shows_the_new_release(
    tmp_path: Path, page: Page
) -> None:
    data = tmp_path / "data"
    load_paths([write_programme(tmp_path / "raw", members=12)], data)
    rows = [(f"m{number}", "2015-11-11T10:00:00Z", "post") for number in range(12)]
    write_table(tmp_path, "later", ("member_id", "at", "kind"), [*rows, ("nobody", "2015-11-11", "post")])
    before = current_id(data)
    with serve(data) as address:
        check_file(page, address, tmp_path / "later.csv")
        (folder,) = (data / "state").glob("load-*")
        other = page.context.new_page()
        page.close()
        check_file(other, address, tmp_path / "later.csv")
        assert not folder.exists(), "its page was closed"
        assert current_id(data) == before
        other.get_by_role("button", name="Load", exact=True).click()
        expect(other.get_by_test_id("stAlert").filter(has_text="is live")).to_be_visible(timeout=120_000)
        release = find_release(data)
        expect(other.get_by_text(f"release {release.id}").first).to_be_visible(timeout=60_000)
        assert release.id != before
        assert "later.csv" in [file["name"] for file in release.manifest["files"]]
        assert list((data / "state").glob("load-*")) == []


def test_the_first_files_are_loaded_where_there_is_nothing_yet(tmp_path: Path, page: Page) -> None:
    raw = write_programme(tmp_path / "raw", members=12)
    data = tmp_path / "data"
    data.mkdir()
    with serve(data) as address:
        page.goto(address)
        wait_until_shown(page, "No data yet")
        page.locator("input[type=file]").set_input_files(sorted(raw.iterdir()))
        page.get_by_role("button", name="Check").click()
        expect(page.get_by_role("row", name=re.compile("^members.csv"))).to_contain_text(
            "12", timeout=120_000
        )
        page.get_by_role("button", name="Load", exact=True).click()
        wait_until_shown(page, "This week")
        expect(page.get_by_text(f"release {current_id(data)}").first).to_be_visible(timeout=60_000)
