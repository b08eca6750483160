"""Every page in a real browser where there is nothing, one wave, one member, or 4,500 members."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from etl.load import load_paths
from tests.app.small_programme import write_programme
from tests.browser.server import PATHS, serve, wait_until_shown
from tests.browser.test_access import list_faults

pytestmark = pytest.mark.browser
PATIENCE = 4


@pytest.fixture(scope="module", params=("empty", "one_wave", "one_member", "many_members"))
def state(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """A state and the address of a server that shows it."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    raw, data = folder / "raw", folder / "data"
    data.mkdir()
    match request.param:
        case "one_wave":
            load_paths([write_programme(raw, waves=1)], data)
        case "one_member":
            load_paths([write_programme(raw, members=1, has_ties=False)], data)
        case "many_members":
            load_paths([write_programme(raw, members=4500)], data)
    with serve(data) as address:
        yield request.param, address


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_whole_and_has_no_fault_in_every_state(
    path: str, state: tuple[str, str], page: Page
) -> None:
    name, address = state
    said: list[str] = []
    page.on("pageerror", lambda fault: said.append(str(fault)))
    page.goto(f"{address}/{path}")
    wait_until_shown(page, "No data yet" if name == "empty" else PATHS[path], PATIENCE)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert list_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert said == []
