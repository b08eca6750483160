"""The eight questions of an evaluator, each as the presses that answer it; they end where the page answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from etl.load import load_paths
from tests.browser.walk import Walk

LAST = "attitude_wave_3.csv"
LATE = 20


@dataclass(frozen=True)
class Question:
    """What is asked, and the presses that answer it; `data` is the data folder, for what changes it meanwhile."""

    letter: str
    words: str
    answer: Callable[[Walk, Path], None]


def ask_new_ties(walk: Walk, data: Path) -> None:
    walk.go("connections")
    walk.choose("Boundary", "Profession")
    walk.read_chart("And new ties?")
    walk.read_claims("And new ties?")


def ask_connecting(walk: Walk, data: Path) -> None:
    walk.go("attitude")
    walk.read_chart("What do members think?")
    walk.read_chart("Is the change real, or did other people answer?")


def ask_representation(walk: Walk, data: Path) -> None:
    walk.go("whom")
    walk.read_chart("Whom do the answers leave out?")
    walk.read(walk.page.get_by_text(re.compile("^Would weighting change the picture")).locator(".."))


def ask_staying(walk: Walk, data: Path) -> None:
    walk.go("who-stays")
    walk.read_chart("Do events, ties and staying go together?")
    walk.read_claims("Do events, ties and staying go together?")


def ask_regions(walk: Walk, data: Path) -> None:
    walk.go("explore")
    walk.choose("Figure", "Membership retention")
    walk.choose("Break down by", "Region")
    walk.choose("Compare two of", "Region")
    walk.choose("Region", "Midlands and East")
    walk.choose("with", "North")
    walk.read_chart("Membership retention")
    walk.read(walk.page.locator("strong").filter(has_text="Midlands").first)


def ask_evidence(walk: Walk, data: Path) -> None:
    heading = "What do members think?"
    walk.go("attitude")
    walk.open(heading, "Table")
    button = walk.page.get_by_role("button", name="Download as CSV").first
    lines = walk.download(button, "**Download as CSV** under the table").read_text(encoding="utf-8")
    walk.answers.append(f"A file of {len(lines.splitlines())} lines, which begins: {lines.splitlines()[0]}")
    cited = walk.open(heading, "Cite").get_by_test_id("stCode")
    address = walk.read(cited.nth(0), "release=")
    walk.read(cited.nth(1))
    walk.steps.append(f"a new release is loaded meanwhile, in which {LAST} has {LATE} answers fewer")
    _load_again(data)
    walk.steps.append("the copied address, opened again")
    walk.page.goto(address)
    walk.wait("explore")
    walk.read(walk.page.get_by_text(re.compile("^As it was in release")))
    walk.read(walk.page.locator("strong").filter(has_text="since").first, "changed")


def _load_again(data: Path) -> None:
    """A new release: the last wave's file without its last answers."""
    (old,) = (path for path in data.parent.rglob(LAST) if "new" not in path.parts)
    new = data.parent / "new" / LAST
    new.parent.mkdir(exist_ok=True)
    lines = old.read_text(encoding="utf-8").splitlines(keepends=True)
    new.write_text("".join(lines[:-LATE]), encoding="utf-8")
    load_paths([new], data)


def ask_any(walk: Walk, data: Path) -> None:
    name = "Attendance in the North, by profession"
    walk.go("explore")
    walk.steps.append("**Region** on the left: North")
    box = walk.page.get_by_test_id("stSidebar").get_by_role("combobox", name="Region")
    box.click()
    walk.page.get_by_role("option", name="North", exact=True).click()
    walk.page.wait_for_url("**region=North*")
    walk.choose("Figure", "Attendance rate")
    walk.choose("Break down by", "Profession")
    walk.read_chart("Attendance rate")
    walk.page.get_by_label("Save this view as").fill(name)
    walk.press(
        walk.page.get_by_role("button", name="Save", exact=True),
        f"“{name}” under **Save this view as**, then **Save**",
    )
    saved = walk.page.get_by_role("link", name=name)
    walk.read(saved, name)
    address = saved.get_attribute("href")
    assert address is not None
    assert "indicator=attendance_rate" in address


def ask_rows(walk: Walk, data: Path) -> None:
    walk.go("explore")
    walk.press(walk.page.get_by_role("tab", name="Rows and SQL"), "the tab **Rows and SQL**")
    walk.choose("Example", "Ties across organisations, by wave")
    walk.read(walk.page.get_by_label("SQL", exact=True), "SELECT")
    walk.press(walk.page.get_by_role("button", name="Run", exact=True), "**Run**")
    walk.read(walk.page.get_by_text(re.compile(r"^\d+ rows$")))


QUESTIONS = (
    Question(
        "a", "Did new ties across professions grow after the second event, and can I say so?", ask_new_ties
    ),
    Question("b", "Is the rise in Connecting real, or did different people answer?", ask_connecting),
    Question(
        "c",
        "Which groups are under-represented among those who answered, and does weighting change the conclusion?",
        ask_representation,
    ),
    Question("d", "Do members who attended more events stay longer, and is that causal?", ask_staying),
    Question("e", "How do two regions compare in retention, side by side?", ask_regions),
    Question(
        "f",
        "How do I export the data behind one figure, cite it, and reopen it as it was after a new release?",
        ask_evidence,
    ),
    Question("g", "Can I have any indicator by any breakdown and filter, saved as a view?", ask_any),
    Question("h", "Can I put a question of my own to the rows, in SQL?", ask_rows),
)
