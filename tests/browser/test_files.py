"""Files as people get them: a page taken along in any format, and the shared page as a PDF."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from etl.load import load_paths
from sharing.__main__ import main
from sharing.store.links import open_links
from tests.browser.server import serve, wait_until_drawn, wait_until_shown, wait_until_still
from tests.sharing.known_programme import write_programme
from tests.ui.read_files import read_any, read_pdf
from ui.export import FORMATS, Format

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("kind", FORMATS, ids=lambda kind: kind.ending)
def test_a_page_is_taken_along_as_it_is_shown(kind: Format, server: str, page: Page) -> None:
    page.goto(f"{server}/whom?cohort=First+intake")
    wait_until_shown(page, "Who do we hear from?")
    page.locator(".q-reading:not(:empty)").nth(1).wait_for()
    wait_until_drawn(page)
    readings = page.locator(".q-reading").all_inner_texts()
    page.get_by_text("Take this page with you").click()
    page.get_by_role("radio", name=kind.title).wait_for(state="attached")
    # A click while what was opened is still being drawn is lost.
    wait_until_still(page)
    page.get_by_text(kind.title, exact=True).click()
    expect(page.get_by_role("radio", name=kind.title)).to_be_checked()
    wait_until_still(page)
    page.get_by_role("button", name="Make the file").click()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download", exact=True).click()
    name = started.value.suggested_filename
    content = Path(started.value.path()).read_bytes()
    assert name.startswith("who-do-we-hear-from_")
    assert "_for-admin_" in name
    assert name.endswith(f".{kind.ending}")
    words = " ".join(read_any(kind.ending, content).split())
    if kind.ending in ("csv", "sav"):
        counted = [found for reading in readings for found in re.findall(r"(\d+) of (\d+)\)", reading)]
        assert counted
        assert all(f",{numerator}.0,{denominator}.0," in words for numerator, denominator in counted)
    else:
        assert "First intake" in words
        assert len(readings) > 1
        assert all(" ".join(reading.split()) in words for reading in readings)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A funder server over a data folder with a sealed release."""
    root = tmp_path_factory.mktemp("shared")
    load_paths([write_programme(root / "raw")], root / "data")
    with serve(root / "data", "funder") as address:
        yield address, root / "data"


def test_a_viewer_downloads_the_shared_page_as_a_pdf_and_as_one_web_page(
    shared: tuple[str, Path], browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    address, data = shared
    capsys.readouterr()
    assert main(["create", "--label", "The Foundation", "--data", str(data)]) == 0
    token = capsys.readouterr().out.split("token=")[1].split()[0]
    context = browser.new_context()
    page = context.new_page()
    assert context.request.get(f"{address}/report.pdf").status == 404
    page.goto(f"{address}/shared?token={token}")
    link = page.get_by_role("link", name="Download as PDF")
    expect(link).to_be_visible(timeout=30_000)
    with page.expect_download() as started:
        link.click()
    content = Path(started.value.path()).read_bytes()
    assert started.value.suggested_filename.startswith("q-evaluation_")
    words = read_pdf(content)
    assert "Prepared for The Foundation" in words
    assert "Attendance rate" in words
    with page.expect_download() as started:
        page.get_by_role("link", name="Download as one web page").click()
    _read_alone(Path(started.value.path()), browser)
    links = open_links(data)
    for one in links.list_links():
        links.revoke_link(one.id)
    links.close()
    for path in ("report.pdf", "page.html"):
        assert context.request.get(f"{address}/{path}").status == 404
    context.close()


def _read_alone(file: Path, browser: Browser) -> None:
    """The page as it was downloaded, opened from the disk on a phone and without scripts: it asks for nothing and is whole."""
    asked: list[str] = []
    phone = {"width": 390, "height": 844}
    context = browser.new_context(java_script_enabled=False, viewport=phone, color_scheme="dark")  # type: ignore[arg-type]
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    copy = file.with_suffix(".html")
    file.rename(copy)
    page.goto(copy.as_uri())
    expect(page.get_by_role("heading", name="Attendance rate")).to_be_visible()
    expect(page.locator("svg.q-picture").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    assert asked == [copy.as_uri()]
    context.close()
