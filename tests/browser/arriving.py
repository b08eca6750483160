"""Pictures of what arrives on Data and methods: who was not met and is met, what is set aside, and what a file would restate."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.kinds import write_kinds, write_mapping
from tests.browser.server import wait_until_drawn

LATE = "attitude_wave_3.csv"
CONTACTS = """Contact ID,First Name,Surname,Job Title,Trust,Joined,Status
17,Ann,Lee,Nurse,Leeds Trust,03/04/2015,Active
18,Bob,Ray,GP,York Trust,13/04/2015,Lapsed
19,Cat,Oak,GP,York Trust,14/04/2015,Active
"""
Show = Callable[[Page, Path], Locator]


def show_unmatched(page: Page, data: Path) -> Locator:
    """Who was not met, with who it may be."""
    return page.get_by_role("heading", name="People who were not met")


def show_matched(page: Page, data: Path) -> Locator:
    """One of them said to be a guest, checked and loaded."""
    open_ones = page.get_by_text(re.compile(" open; settled"))
    before = open_ones.inner_text()
    form = page.get_by_test_id("stForm").filter(has=page.get_by_role("button", name="Check"))
    box = form.get_by_role("combobox").first
    box.click()
    box.fill("A guest")
    page.get_by_role("option").first.click()
    form.get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Load", exact=True).click(timeout=120_000)
    expect(open_ones).not_to_have_text(before, timeout=120_000)
    return page.get_by_role("heading", name="People who were not met")


def show_quarantine(page: Page, data: Path) -> Locator:
    """What was set aside, each line with its reason."""
    page.get_by_text("Each line with its reason").click()
    return page.get_by_role("heading", name="Quarantine")


def show_kinds(page: Page, data: Path) -> Locator:
    """A file of each importer, chosen and checked."""
    return check(page, [*write_kinds(data.parent / "kinds"), write_mapping(data.parent / "mapping.toml")])


def show_columns(page: Page, data: Path) -> Locator:
    """A file that no importer knows, checked: what it is and what each of its columns is, as they seem."""
    path = data.parent / "new" / "contacts.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CONTACTS, encoding="utf-8")
    page.locator("input[type=file]").first.set_input_files(path)
    page.get_by_role("button", name="Check").first.click()
    page.get_by_role("button", name="Check with these columns").wait_for(timeout=240_000)
    return page.get_by_role("heading", name="What are the columns of contacts.csv?")


def show_restated(page: Page, data: Path) -> Locator:
    """A wave without its last responses, chosen and checked: the figures of an earlier period that would change."""
    return check(page, [write_fewer(data.parent)])


def check(page: Page, files: list[Path]) -> Locator:
    """Choose files and wait until they are checked."""
    page.locator("input[type=file]").first.set_input_files(files)
    page.get_by_role("button", name="Check").first.click()
    found = page.get_by_text("What these files would change")
    found.wait_for(timeout=240_000)
    return found


STATES: dict[str, Show] = {
    "unmatched": show_unmatched,
    "quarantine": show_quarantine,
    "restated": show_restated,
    "matched": show_matched,
}


def write_fewer(folder: Path) -> Path:
    """The export of the last attitude wave of the sample without its last thirty responses."""
    path = folder / "new" / "fewer" / LATE
    path.parent.mkdir(parents=True, exist_ok=True)
    with (folder / "raw" / LATE).open(encoding="utf-8", newline="") as whole:
        rows = list(csv.reader(whole))
    with path.open("w", encoding="utf-8", newline="") as fewer:
        csv.writer(fewer).writerows(rows[:-30])
    return path


def bring_up(place: Locator, page: Page) -> None:
    """Bring a part of the page to the top of the picture."""
    place.evaluate("place => place.scrollIntoView({ block: 'start' })")
    wait_until_drawn(page)
