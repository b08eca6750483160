"""One file of each importer: dropped into a watched folder, and chosen on the page. Each is named with what became of its rows."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from etl.load import load_paths
from etl.sources import SOURCES
from tests.browser.kinds import EXPORTS, write_base, write_kinds, write_mapping
from tests.browser.server import serve, wait_until_shown
from tests.forking import start
from warehouse.release import current_id, find_release

pytestmark = pytest.mark.browser
PATIENCE = 120_000


@pytest.fixture
def data(tmp_path: Path) -> Path:
    load_paths([write_base(tmp_path / "raw")], tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def watched(tmp_path: Path, data: Path) -> Iterator[Path]:
    """A folder that `python -m etl watch` looks at, in a process of its own."""
    folder = tmp_path / "watched"
    folder.mkdir()
    mapping = write_mapping(tmp_path / "mapping.toml")
    arguments = ["-m", "etl", "watch", str(folder), "--data", str(data), "--mapping", str(mapping)]
    with (tmp_path / "said.txt").open("w", encoding="utf-8") as said:
        process = start(arguments, os.environ, said)
        yield folder
        process.terminate()
        process.wait(10)


def expect_named(page: Page, files: list[Path]) -> None:
    """Wait until the page has a row for each file that says of which importer it is."""
    titles = {source.NAME: source.TITLE for source in SOURCES}
    for path in files:
        title = titles[path.stem.removesuffix("_book").removesuffix("_project")]
        row = page.get_by_role("row", name=re.compile(f"^{re.escape(f'{path.name} {title}')}"))
        expect(row).to_have_count(1, timeout=PATIENCE)


def test_there_is_a_file_of_every_importer() -> None:
    assert {*EXPORTS, "spss", "qsf"} == {source.NAME for source in SOURCES}


def test_each_kind_of_file_dropped_into_a_watched_folder_is_named_on_the_open_page(
    data: Path, watched: Path, tmp_path: Path, page: Page
) -> None:
    files = write_kinds(tmp_path / "made")
    with serve(data) as address:
        page.goto(f"{address}/data-and-methods")
        wait_until_shown(page, "Data and methods")
        for path in files:
            path.rename(watched / path.name)
        expect_named(page, files)
    loaded = find_release(data).manifest["files"]
    assert {path.name for path in files} <= {file["name"] for file in loaded}


def test_each_kind_of_file_is_checked_and_loaded_on_the_page(data: Path, tmp_path: Path, page: Page) -> None:
    files = write_kinds(tmp_path / "made")
    with serve(data) as address:
        page.goto(f"{address}/data-and-methods")
        wait_until_shown(page, "Data and methods")
        page.locator("input[type=file]").set_input_files([*files, write_mapping(tmp_path / "mapping.toml")])
        page.get_by_role("button", name="Check").click()
        page.get_by_text("What these files would change").wait_for(timeout=PATIENCE)
        expect_named(page, files)
        page.get_by_role("button", name="Load", exact=True).click()
        expect(page.get_by_test_id("stAlert").filter(has_text="is live")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text(f"release {current_id(data)}").first).to_be_visible(timeout=PATIENCE)
        expect_named(page, files)
