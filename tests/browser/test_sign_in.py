"""Signing in, changing role and signing out in Chromium, against a real local OpenID provider."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sharing.__main__ import main
from tests.browser.provider import Provider, StaffServer, run_provider, serve_staff
from tests.browser.server import wait_until_shown
from tests.browser.test_access import SCHEMES, list_faults, set_scheme

pytestmark = pytest.mark.browser
ANN = {"email": "ann@example.org", "email_verified": True, "name": "Ann Example"}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with run_provider() as running:
        yield running


@pytest.fixture(scope="module")
def staff(
    sample: Path, provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StaffServer]:
    with serve_staff(sample, tmp_path_factory.mktemp("staff"), provider.address) as running:
        yield running


def grant(staff: StaffServer, *arguments: str) -> None:
    assert main([*arguments, "--data", str(staff.data)]) == 0


def sign_in(page: Page, staff: StaffServer, path: str = "") -> None:
    page.goto(f"{staff.address}/{path}")
    wait_until_shown(page, "Q evaluation")
    page.get_by_role("button", name="Sign in").click()


def test_nobody_sees_anything_before_signing_in(staff: StaffServer, page: Page) -> None:
    for path in ("", "attitude", "data-and-methods"):
        page.goto(f"{staff.address}/{path}")
        wait_until_shown(page, "Q evaluation")
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(0)


def test_axe_finds_nothing_serious_at_the_door(staff: StaffServer, page: Page) -> None:
    page.goto(staff.address)
    wait_until_shown(page, "Q evaluation")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    for scheme in SCHEMES:
        set_scheme(page, scheme)
        assert list_faults(page) == []


def test_sign_in_role_change_and_sign_out(staff: StaffServer, provider: Provider, page: Page) -> None:
    provider.person = {**ANN, "roles": ["evaluator"]}
    sign_in(page, staff)
    wait_until_shown(page, "This week")
    expect(page.get_by_text("Ann Example, evaluator")).to_be_visible()

    grant(staff, "grant", "ann@example.org", "lead")
    expect(page.get_by_text("Ann Example, programme lead")).to_be_visible(timeout=30_000)

    grant(staff, "withdraw", "ann@example.org")
    expect(page.get_by_text("but you have no access yet")).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(0)

    grant(staff, "grant", "ann@example.org", "evaluator")
    page.reload()
    expect(page.get_by_text("Ann Example, evaluator")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=30_000)


def test_signing_out_closes_the_other_window_too(
    staff: StaffServer, provider: Provider, browser: Browser
) -> None:
    provider.person = {**ANN, "email": "ben@example.org", "roles": ["evaluator"]}
    context = browser.new_context()
    first, second = context.new_page(), context.new_page()
    sign_in(first, staff)
    wait_until_shown(first, "This week")
    second.goto(f"{staff.address}/attitude")
    wait_until_shown(second, "Attitude")
    first.get_by_role("button", name="Sign out").click()
    expect(first.get_by_role("button", name="Sign in")).to_be_visible(timeout=30_000)
    expect(second.get_by_role("heading", name="Attitude", level=1)).to_have_count(0, timeout=30_000)
    context.close()


def test_somebody_without_a_role_is_told_whom_to_ask(
    staff: StaffServer, provider: Provider, page: Page
) -> None:
    provider.person = {"email": "eve@example.org", "email_verified": True, "name": "Eve"}
    sign_in(page, staff)
    expect(page.get_by_text("eve@example.org, but you have no access yet")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_after_signing_in_the_page_asked_for_is_there(
    staff: StaffServer, provider: Provider, page: Page
) -> None:
    provider.person = {**ANN, "email": "deep@example.org", "roles": ["evaluator"]}
    sign_in(page, staff, "who-stays?attribute=Profession")
    wait_until_shown(page, "Who stays?")
    expect(page.get_by_role("combobox", name="Side by side")).to_have_value("Profession")
    assert page.url == f"{staff.address}/who-stays?attribute=Profession"
    assert "wanted_page" not in {cookie["name"] for cookie in page.context.cookies()}
