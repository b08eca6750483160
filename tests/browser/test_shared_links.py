"""A link from the Share page to a stranger's browser: one page and nothing else, gone once it is revoked."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocket, expect

from etl.load import load_paths
from sharing.__main__ import main
from sharing.doors.farewell import write_farewell
from sharing.doors.funders import EXCHANGE
from sharing.doors.guard import RECHECK_SECONDS
from sharing.refresh import refresh_links
from sharing.store.links import open_links
from tests.app.small_programme import write_members, write_programme
from tests.browser.server import serve, wait_until_shown, wait_until_still
from tests.browser.test_access import SCHEMES, list_faults, set_scheme

pytestmark = pytest.mark.browser

FUNDER_TITLE = "Q evaluation"


@pytest.fixture(scope="module")
def shared_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("share")
    load_paths([write_programme(root / "raw")], root / "data")
    return root / "data"


@pytest.fixture(scope="module")
def funder(shared_data: Path) -> Iterator[str]:
    with serve(shared_data, "funder") as address:
        yield address


@pytest.fixture(scope="module")
def staff(shared_data: Path, funder: str) -> Iterator[str]:
    with serve(shared_data, SHARE_URL=funder) as address:
        yield address


def preview(page: Page, label: str) -> None:
    """See on the Share page what somebody will see."""
    page.get_by_role("textbox", name="For whom").fill(label)
    page.get_by_role("button", name="See what they will see").click()
    page.get_by_role("heading", name=f"What {label} will see").wait_for()
    page.get_by_test_id("stMain").get_by_text(f"Prepared for {label}").wait_for()


def create(page: Page, label: str) -> str:
    """Make a link on the Share page; its address."""
    preview(page, label)
    return confirm(page)


def confirm(page: Page) -> str:
    """Make the link that is previewed; its address."""
    page.get_by_role("button", name="Create the link").click()
    box = page.get_by_test_id("stCode").filter(has_text="/shared?token=")
    return box.locator("code").inner_text().strip()


def find_revoke(page: Page, label: str) -> Locator:
    """What opens the revoking of somebody's link on the Share page."""
    card = page.locator("[class*=st-key-share_link_]").filter(has=page.get_by_role("heading", name=label))
    return card.locator("summary").filter(has_text="Revoke")


@pytest.mark.attack(4)
@pytest.mark.attack(14)
def test_a_stranger_sees_one_page_which_closes_when_the_link_is_revoked(
    staff: str, funder: str, browser: Browser, page: Page
) -> None:
    page.goto(f"{staff}/share")
    wait_until_shown(page, "Share")
    preview(page, "A stranger")
    for scheme in SCHEMES:
        set_scheme(page, scheme)
        assert list_faults(page) == []
    set_scheme(page, "light")
    address = confirm(page)
    assert address.startswith(f"{funder}/shared?token=")
    wait_until_still(page)
    assert list_faults(page) == []
    private = browser.new_context()
    stranger = private.new_page()
    asked: list[str] = []
    stranger.on("request", lambda request: asked.append(request.url))
    sockets: list[WebSocket] = []
    stranger.on("websocket", lambda socket: sockets.append(socket))
    stranger.goto(address)
    wait_until_shown(stranger, FUNDER_TITLE)
    assert stranger.url == f"{funder}/"
    expect(stranger.get_by_text("Prepared for A stranger")).to_be_visible()
    expect(stranger.get_by_test_id("stSidebar")).to_have_count(0)
    expect(stranger.get_by_role("link")).to_have_text(
        ["Skip to main content", re.compile("Download as PDF$"), re.compile("Download as one web page$")]
    )
    assert f"{funder}/" in asked
    assert [url for url in asked if not url.startswith((funder, "data:", "blob:"))] == []
    for path in ("members", "share", "data-and-methods", "this-week"):
        answer = stranger.request.get(f"{funder}/{path}")
        assert answer.status == 404
        assert stranger.request.get(f"{funder}/").status == 200
    page.get_by_role("button", name="I have copied it").click()
    find_revoke(page, "A stranger").click()
    (socket,) = sockets
    # The browser leaves on this frame, often before Playwright can tell that the socket closed.
    farewell = write_farewell(EXCHANGE)
    with socket.expect_event("framereceived", lambda frame: frame == farewell):
        page.get_by_role("button", name="Revoke for good").click()
    assert RECHECK_SECONDS < 2
    expect(page.get_by_role("heading", name="A stranger")).to_have_count(0)
    stranger.wait_for_url(f"{funder}/shared")
    expect(stranger.get_by_text("Prepared for")).to_have_count(0)
    expect(stranger.get_by_role("heading")).to_have_text("This link does not open anything")
    assert stranger.goto(address).status == 404  # type: ignore[union-attr]
    private.close()


@pytest.mark.attack(15)
def test_following_a_link_to_the_outside_says_nothing_of_where_from(
    staff: str, funder: str, page: Page, browser: Browser
) -> None:
    page.goto(f"{staff}/share")
    wait_until_shown(page, "Share")
    address = create(page, "A reader")
    with listen() as (outside, heard):
        reader = browser.new_page()
        reader.goto(address)
        wait_until_shown(reader, FUNDER_TITLE)
        follow(reader, f"{outside}/from-the-page")
        third = outside.replace("127.0.0.1", "localhost")
        reader.goto(f"{third}/plain")
        follow(reader, f"{outside}/from-elsewhere")
        reader.close()
    assert heard["/from-the-page"] == ""
    assert heard["/from-elsewhere"] == f"{third}/"


def follow(page: Page, target: str) -> None:
    """Click a link to somewhere else, put into the page."""
    page.evaluate(
        """(target) => {
            const link = document.createElement('a');
            link.href = target;
            document.body.append(link);
            link.click();
        }""",
        target,
    )
    page.wait_for_url(target)


@contextmanager
def listen() -> Iterator[tuple[str, dict[str, str]]]:
    """Somewhere else: its address, and the referrer of every request by path."""
    heard: dict[str, str] = {}

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard[self.path] = self.headers.get("Referer", "")
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>elsewhere</title>")

        def log_message(self, *given: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as elsewhere:
        threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{elsewhere.server_port}", heard
        elsewhere.shutdown()


def test_a_link_is_revoked_by_the_keyboard_alone(staff: str, page: Page) -> None:
    page.goto(f"{staff}/share")
    wait_until_shown(page, "Share")
    create(page, "By keyboard")
    page.get_by_role("button", name="I have copied it").click()
    expect(page.get_by_test_id("stCode")).to_have_count(0)
    find_revoke(page, "By keyboard").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Revoke for good").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Revoke for good"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="By keyboard")).to_have_count(0)


MOST_RELOADS = 60


def test_a_new_release_reaches_a_link_that_follows_it_without_a_command(
    tmp_path: Path, page: Page, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    first = load_paths([write_programme(tmp_path / "raw")], data).release
    with serve(data), serve(data, "funder") as address:
        command = ["create", "--label", "A follower", "--release", "latest", "--data", str(data)]
        assert main([*command, "--base-url", address]) == 0
        page.goto(capsys.readouterr().out.splitlines()[-1])
        wait_until_shown(page, FUNDER_TITLE)
        expect(page.get_by_text(first.id)).to_be_visible()
        write_members(tmp_path / "new", 90)
        second = load_paths([tmp_path / "new"], data).release
        for _ in range(MOST_RELOADS):
            page.reload()
            wait_until_shown(page, FUNDER_TITLE)
            if page.get_by_text(second.id).count():
                break
        expect(page.get_by_text(second.id)).to_be_visible()
        expect(page.get_by_role("status").get_by_text("Figures restated on")).to_contain_text("Members")


@pytest.fixture(scope="module")
def restated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a link with a note, whose release has been followed by one that restates it."""
    root = tmp_path_factory.mktemp("restated")
    load_paths([write_programme(root / "raw")], root / "data")
    links = open_links(root / "data")
    links.mark_notes([(1, date(2015, 8, 3), "The <b>July</b> call was *cancelled*.")])
    with serve(root / "data", "funder") as funder:
        said = io.StringIO()
        with redirect_stdout(said):
            command = ["create", "--label", "A phone", "--data", str(root / "data"), "--base-url", funder]
            assert main(command) == 0
        write_members(root / "new", 90)
        load_paths([root / "new"], root / "data")
        refresh_links(root / "data", links)
        links.close()
        yield said.getvalue().splitlines()[-1]


def test_the_shared_page_is_accessible_and_fits_a_phone(restated: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page = context.new_page()
    page.goto(restated)
    wait_until_shown(page, FUNDER_TITLE)
    expect(page.get_by_text("The <b>July</b> call was *cancelled*.")).to_be_visible()
    expect(page.get_by_text("Some of these figures have been restated since")).to_be_visible()
    widths = page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid="stMain"]')]
            .map(part => part.scrollWidth - part.clientWidth)"""
    )
    assert widths == [0, 0]
    for scheme in SCHEMES:
        set_scheme(page, scheme)
        assert list_faults(page) == []
    context.close()


def test_a_stranger_reads_the_page_in_welsh(restated: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page = context.new_page()
    page.goto(restated)
    wait_until_shown(page, FUNDER_TITLE)
    page.get_by_text("Cymraeg", exact=True).click()
    expect(page.get_by_text("Sut i ddarllen y dudalen hon: dulliau a chyfyngiadau")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "cy")
    assert "lang=cy" in page.url
    assert list_faults(page) == []
    context.close()
