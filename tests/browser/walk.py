"""A walk over the pages as somebody takes it who looks for an answer: each press in words, and what the page then says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.server import (
    OPENED,
    PATHS,
    find_behind,
    wait_until_drawn,
    wait_until_shown,
    wait_until_still,
)

# A run that follows a press begins a moment after it: noted before the press, awaited after it.
NOTE_RUN = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    window.hasRun = new Promise(done => new MutationObserver((_, watch) => {
        if (app.dataset.testScriptState === 'running') { watch.disconnect(); done(true); }
    }).observe(app, { attributes: true }));
}"""
# A minute is too short on a machine that does other things as well.
PATIENCE = 5


@dataclass
class Walk:
    """One way through the pages: `steps` are the presses in words, `answers` what was read where they led."""

    page: Page
    address: str
    steps: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    seen: Locator | None = None

    def go(self, path: str) -> None:
        """To a page, by its name on the left."""
        self.steps.append(f"**{PATHS[path]}** on the left")
        self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=PATHS[path], exact=True).click()
        self.wait(path)

    def wait(self, path: str) -> None:
        wait_until_shown(self.page, PATHS[path], PATIENCE)
        wait_until_drawn(self.page)

    def press(self, target: Locator, words: str) -> None:
        """Press what makes the page run again, and wait until it has."""
        self.steps.append(words)
        self._run(target.click)

    def choose(self, label: str, option: str) -> None:
        """One of the options of a box, found by its words."""
        self.steps.append(f"**{label}**: {option}")
        box = self.page.get_by_test_id("stMain").get_by_role("combobox", name=label, exact=True)
        chosen = self.page.get_by_role("option", name=re.compile(f"^{re.escape(option)}( · |$)"))
        box.click()
        box.fill(option)
        self._run(chosen.first.click)
        expect(box).to_have_value(re.compile(re.escape(option)))

    def open(self, heading: str, name: str) -> Locator:
        """What is behind a button under a chart."""
        self.steps.append(f"**{name}** under “{heading}”")
        find_behind(self.find(heading), name).click()
        opened = self.page.locator(OPENED)
        opened.wait_for()
        wait_until_still(self.page)
        wait_until_drawn(self.page)
        return opened

    def find(self, heading: str) -> Locator:
        """The chart under a heading."""
        title = self.page.locator(".q-title").filter(has_text=heading)
        return self.page.locator("[class*=st-key-chart-]").filter(has=title)

    def read(self, place: Locator, wanted: str = r"\d") -> str:
        """What stands at a place, as an answer; it has to hold what is `wanted`, a pattern."""
        expect(place).to_contain_text(re.compile(wanted), timeout=120_000)
        words = place.inner_text().strip()
        self.answers.append(words)
        self.seen = place
        return words

    def read_chart(self, heading: str) -> None:
        """The sentence of a chart."""
        self.read(self.find(heading).locator(".q-reading"))

    def read_claims(self, heading: str) -> None:
        """What may be said of a chart's first figure and what may not, with why."""
        said = self.open(heading, "Can I say this?").get_by_test_id("stMarkdown")
        self.read(said.first, "You can say")
        for one in said.all()[1:]:
            if not one.inner_text().startswith("The figures"):
                break
            self.read(one, "support")

    def download(self, target: Locator, words: str) -> Path:
        """The file that a press gives."""
        self.steps.append(words)
        with self.page.expect_download() as started:
            target.click()
        return Path(started.value.path())

    def _run(self, act: Callable[[], object]) -> None:
        self.page.evaluate(NOTE_RUN)
        act()
        self.page.evaluate("window.hasRun")
        wait_until_still(self.page)
        wait_until_drawn(self.page)
