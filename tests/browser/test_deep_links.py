"""The first request of a fresh server asks for a page by its link: the whole dashboard answers."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from dashboard import MOVED, UNFILTERED
from tests.browser.server import PATHS, serve, wait_until_shown

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", PATHS)
def test_a_cold_deep_link_opens_its_page_with_its_filter(path: str, sample: Path, page: Page) -> None:
    with serve(sample) as address:
        page.goto(f"{address}/{path}?cohort=First+intake")
        wait_until_shown(page, PATHS[path])
        expect(page).to_have_title(f"{PATHS[path]} · Q evaluation")
        sidebar = page.get_by_test_id("stSidebar")
        expect(sidebar.get_by_role("link")).to_have_text(list(PATHS.values()))
        expect(sidebar.get_by_role("link", name=PATHS[path], exact=True)).to_have_attribute(
            "aria-current", "page"
        )
        expect(sidebar.get_by_role("combobox", name="Cohort")).to_have_value("First intake")
        expect(page.get_by_text("Page not found")).to_have_count(0)
        if path in UNFILTERED:
            sidebar.get_by_text("no filter changes it").wait_for()
        else:
            page.get_by_test_id("stMain").get_by_text("only First intake").first.wait_for()


def test_a_page_knows_where_its_server_is(server: str, page: Page) -> None:
    """It neither asks below its own address nor waits before it opens its socket, and tells other sites nothing."""
    asked: list[str] = []
    page.on("response", lambda response: asked.append(f"{response.status} {urlsplit(response.url).path}"))
    with page.expect_websocket() as opened:
        page.goto(f"{server}/attitude")
    assert urlsplit(opened.value.url).path == "/_stcore/stream"
    wait_until_shown(page, "Attitude")
    assert "200 /attitude" in asked
    assert not [one for one in asked if not one.startswith(("200 ", "304 "))]
    assert page.evaluate("window.__streamlit.HOST_CONFIG.allowedOrigins") == [server]


@pytest.mark.parametrize("path", ["secret", "dashboard", "shared"])
def test_a_link_to_no_page_opens_no_script(path: str, server: str, page: Page) -> None:
    page.goto(f"{server}/{path}")
    wait_until_shown(page, "This week")
    expect(page.get_by_test_id("stAlert")).to_contain_text(
        "There is no page at this address: This week is shown."
    )


def test_an_address_written_otherwise_is_put_right(server: str, page: Page) -> None:
    page.goto(f"{server}/whom?Region=wales")
    wait_until_shown(page, PATHS["whom"])
    page.wait_for_url(re.compile(r"[?]region=Wales$"))
    expect(page.get_by_test_id("stSidebar").get_by_role("combobox", name="Region")).to_have_value("Wales")
    page.goto(f"{server}/Attitude")
    expect(page.get_by_test_id("stAlert")).to_contain_text("Attitude may be meant: choose it on the left.")


def test_filters_survive_page_changes_and_a_copied_link(server: str, page: Page) -> None:
    page.goto(server)
    wait_until_shown(page, "This week")
    sidebar = page.get_by_test_id("stSidebar")
    sidebar.get_by_role("combobox", name="Cohort").click()
    page.get_by_role("option", name="Second intake").click()
    sidebar.get_by_role("combobox", name="Period").click()
    page.get_by_role("option", name="2015-Q3").click()
    page.wait_for_url(re.compile(r"[?&]cohort=Second\+intake(&|$)"))
    page.wait_for_url(re.compile(r"[?&]period=2015-Q3(&|$)"))
    for path, title in list(PATHS.items())[1:]:
        sidebar.get_by_role("link", name=title).click()
        wait_until_shown(page, title)
        cohort = sidebar.get_by_role("combobox", name="Cohort")
        expect(cohort).to_have_value("Second intake")
        if path in UNFILTERED:
            sidebar.get_by_text("no filter changes it").wait_for()
        page.wait_for_url(re.compile(rf"/{path}[?](.*&)?period=2015-Q3(&|$)"))
        assert "cohort=Second+intake" in page.url
    browser = page.context.browser
    assert browser is not None
    other = browser.new_page()
    other.goto(page.url)
    wait_until_shown(other, list(PATHS.values())[-1])
    expect(other.get_by_role("combobox", name="Cohort")).to_have_value("Second intake")
    expect(other.get_by_role("combobox", name="Period")).to_have_value("2015-Q3")
    other.close()


@pytest.mark.parametrize("path", MOVED)
def test_the_address_of_a_page_that_has_moved_leads_to_where_it_is_now(
    path: str, server: str, page: Page
) -> None:
    page.goto(f"{server}/{path}?cohort=First+intake")
    wait_until_shown(page, PATHS[MOVED[path]])
    page.wait_for_url(re.compile(rf"/{MOVED[path]}[?]cohort=First[+]intake$"))
    expect(page.get_by_test_id("stAlert")).to_contain_text("has moved")
