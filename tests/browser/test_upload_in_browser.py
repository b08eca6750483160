"""An export is chosen in a real browser, checked, and loaded: the open page shows the new release."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from etl.load import load_paths
from tests.app.small_programme import write_programme, write_table
from tests.browser.server import serve, wait_until_shown, wait_until_still
from tests.browser.test_access import Scheme, list_faults, set_scheme
from warehouse.release import current_id, find_release

pytestmark = pytest.mark.browser
LOOKS: tuple[tuple[int, Scheme], ...] = ((1280, "light"), (1280, "dark"), (390, "light"))


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


CRM = (
    "Contact ID,First Name,Surname,E-mail,Trust,Joined,Status,Grade\n17,Ann,Lee,ann@trust.example,Leeds Trust,03/04/2015,Active,NA\n"
    "18,Bob,Ray,bob@trust.example,York Trust,13/04/2015,Lapsed,NA\n19,Cat,Oak,cat@trust.example,York Trust,14/04/2015,Active,7\n"
)


def test_a_list_that_nobody_knows_is_loaded_once_its_columns_are_said(tmp_path: Path, page: Page) -> None:
    (tmp_path / "crm.csv").write_text(CRM, encoding="utf-8")
    data = tmp_path / "data"
    data.mkdir()
    with serve(data) as address:
        page.goto(address)
        wait_until_shown(page, "No data yet")
        page.locator("input[type=file]").set_input_files(tmp_path / "crm.csv")
        page.get_by_role("button", name="Check").click()
        page.get_by_role("heading", name="What are the columns of crm.csv?").wait_for(timeout=120_000)
        box = page.get_by_role("combobox", name=re.compile("^Status"))
        box.click()
        box.fill("Cohort")
        page.get_by_role("option", name="Cohort").click()
        wait_until_still(page)
        for width, scheme in LOOKS:
            page.set_viewport_size({"width": width, "height": 800})
            set_scheme(page, scheme)
            assert list_faults(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.get_by_role("button", name="Check with these columns").click()
        page.get_by_role("button", name="Load", exact=True).click(timeout=120_000)
        wait_until_shown(page, "This week")
        release = find_release(data)
        expect(page.get_by_text(f"release {release.id}").first).to_be_visible(timeout=60_000)
    assert release.manifest["tables"]["members"] == 3
    assert release.manifest["files"][0]["mapping"]["columns"]["cohort"] == "Status"


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
