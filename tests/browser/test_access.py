"""Everybody can use it: keyboard, contrast in light and dark, a phone; and nothing leaves the machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, TimeoutError, expect

from tests.browser.server import OPENED, PATHS, find_behind, find_popovers, wait_until_shown, wait_until_still

pytestmark = pytest.mark.browser

FOCUSED = "() => document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"
MOST_STOPS = 40
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
DIALOG = "[role=dialog]"
THEIRS = {("presentation-role-conflict", "stFileUploaderDropzone")}


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focused element carries the name."""
    seen = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        seen.append(str(page.evaluate(FOCUSED)))
        if name in seen[-1]:
            return
    pytest.fail(f"Tab does not reach {name}; it reaches: {seen}")


def set_scheme(page: Page, scheme: Scheme) -> None:
    """Let the machine prefer light or dark, and wait until the page follows."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(
        "scheme => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme == scheme",
        arg=scheme,
    )


# What Streamlit is about to make anew is pale, and becomes so, and itself again, in a transition.
CALM = """() => !document.querySelector('[data-stale="true"]')
  && !document.getAnimations().some(one => one instanceof CSSTransition)"""


def list_faults(page: Page, part: str | None = None) -> list[str]:
    """What axe finds at fault on the page as it stands, or on a part of it, of whatever weight.

    THEIRS is left out: markup of Streamlit's own that says one thing twice and hides nothing. The window is made as high as the page: axe cannot judge the contrast of what is scrolled out of sight.
    """
    height = page.evaluate("document.querySelector('[data-testid=\"stMain\"]')?.scrollHeight ?? 0")
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})
    with suppress(TimeoutError):  # What never comes to rest is looked at as it is.
        page.wait_for_function(CALM, timeout=5_000)
    return [
        f"{fault['impact']} {fault['id']}: {[node['html'][:200] for node in fault['nodes'][:3]]}"
        for fault in Axe().run(page, part).response["violations"]
        if not all(
            (fault["id"], place) in THEIRS for node in fault["nodes"] for place in _name_place(node["html"])
        )
    ]


def _name_place(written: str) -> list[str]:
    """Which element of Streamlit's it is; '' of any other."""
    return re.findall(r'data-testid="(\w+)"', written.partition(">")[0]) or [""]


def test_the_keyboard_alone_changes_page_and_filter(server: str, page: Page) -> None:
    page.goto(server)
    wait_until_shown(page, "This week")
    tab_to(page, "Data and methods")
    page.keyboard.press("Enter")
    wait_until_shown(page, "Data and methods")
    tab_to(page, "Cohort")
    page.keyboard.type("First")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server}/data-and-methods?cohort=First+intake")
    tab_to(page, "Region")


@pytest.mark.parametrize("path", PATHS)
def test_a_page_and_what_opens_from_it_have_no_fault_and_ask_nobody_else(
    path: str, server: str, page: Page
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url.replace("ws://", "http://")))
    page.set_viewport_size({"width": 1280, "height": 2400})
    page.goto(f"{server}/{path}")
    wait_until_shown(page, PATHS[path])
    page.wait_for_load_state("networkidle")
    for scheme in SCHEMES:
        set_scheme(page, scheme)
        assert list_faults(page) == []
        for button in find_behind(page, "Table").all()[:1]:
            button.click()
            # A table of each figure in the chart; a click while the last of them is still being drawn is lost.
            page.locator(OPENED).get_by_text("Download as CSV").first.wait_for()
            wait_until_still(page)
            assert list_faults(page) == []
            button.click()
            expect(page.locator(OPENED)).to_have_count(0)
        for name in ("Passport",):
            for popover in find_popovers(page, name).all()[:1]:
                popover.click()
                page.get_by_role("dialog", name=name).wait_for()
                assert list_faults(page, DIALOG) == []
                page.locator("h1").click()
                expect(page.locator(DIALOG)).to_have_count(0)
    assert asked
    assert [url for url in asked if not url.startswith((server, "data:", "blob:"))] == [], (
        "nothing leaves the machine"
    )


def test_what_is_chosen_for_the_story_is_read_in_the_dark(server: str, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 2400})
    page.goto(f"{server}/share")
    wait_until_shown(page, PATHS["share"])
    page.get_by_test_id("stForm").get_by_role("button", name="Attendance rate", exact=True).click()
    for scheme in SCHEMES:
        set_scheme(page, scheme)
        assert list_faults(page) == []


def test_no_page_has_the_list_whose_choices_are_white_on_pale_in_the_dark() -> None:
    written = [path for room in ("ui", "pages") for path in Path(room).rglob("*.py")]
    assert [str(path) for path in written if "st.multiselect(" in path.read_text(encoding="utf-8")] == []


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    yield context
    context.close()


@pytest.mark.parametrize("path", PATHS)
def test_a_phone_needs_no_sideways_scrolling(path: str, server: str, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(f"{server}/{path}")
    wait_until_shown(page, PATHS[path])
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    widths = page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid="stMain"]')]
            .map(part => part.scrollWidth - part.clientWidth)"""
    )
    page.close()
    assert widths == [0, 0]
