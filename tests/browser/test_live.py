"""An open page shows a newly published release by itself."""

from __future__ import annotations

import re
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from etl.load import load_paths
from tests.app.small_programme import write_members, write_programme
from tests.browser.server import serve, wait_until_shown
from ui.shell.refresh import LIVE

pytestmark = pytest.mark.browser


def test_a_new_release_appears_on_an_open_page_and_the_clock_is_told(tmp_path: Path, page: Page) -> None:
    data = tmp_path / "data"
    first = load_paths([write_programme(tmp_path / "raw", members=4500)], data).release
    with serve(data) as address:
        page.goto(f"{address}/?cohort=First+intake")
        wait_until_shown(page, "This week")
        expect(page.get_by_text(first.id)).to_be_visible()
        page.evaluate("window.isSamePage = true")
        write_members(tmp_path / "new", 4502)
        second = load_paths([tmp_path / "new"], data).release
        published = time.monotonic()
        members = page.get_by_role("row", name=re.compile(r"^Members \d"))
        expect(members.locator("strong")).to_have_text("4,052", timeout=60_000)
        print(
            f"The new number stood on the open page {time.monotonic() - published:.1f} s after the release was live."
        )
        expect(page.get_by_text(second.id)).to_be_visible()
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
        expect(page.get_by_text(release.id)).to_be_visible(timeout=60_000)


def test_an_open_page_runs_no_script_while_nothing_is_new(server: str, page: Page) -> None:
    # A run that nobody asked for may meet a press, whose run then ends without clearing what is no longer shown.
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.goto(f"{server}/who-stays")
    wait_until_shown(page, "Who stays?")
    expect(page.get_by_text("Preparing the figures")).to_have_count(0, timeout=30_000)
    run, states = len(sent), set()
    for _ in range(3):
        with page.expect_response(lambda answer: urlsplit(answer.url).path == LIVE) as answer:
            pass
        states.add(answer.value.json()["state"])
    assert len(states) == 1
    assert run
    assert len(sent) == run


@pytest.mark.parametrize(("status", "loads"), [(200, 1), (404, 1), (502, 0)])
def test_a_page_is_loaded_anew_once_when_the_server_is_another(
    status: int, loads: int, server: str, page: Page
) -> None:
    page.goto(f"{server}/who-stays")
    wait_until_shown(page, "Who stays?")
    loaded: list[str] = []
    page.on("load", lambda one: loaded.append(one.url))
    page.route(f"**{LIVE}", lambda route: route.fulfill(status=status, json={"state": "x", "session": "y"}))
    for _ in range(loads + 3):
        with page.expect_response(lambda answer: urlsplit(answer.url).path == LIVE):
            pass
    assert len(loaded) == loads
