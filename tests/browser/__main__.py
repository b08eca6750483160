"""python -m tests.browser: a picture of every page, and the eight questions by their presses, as docs/walkthrough.md."""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from etl.demo.build import write_exports
from etl.load import load_paths
from settings import PROJECT
from tests.browser.arriving import STATES, Show, bring_up, show_columns, show_kinds
from tests.browser.kinds import write_base
from tests.browser.questions import QUESTIONS, Question
from tests.browser.server import (
    ARGUMENTS,
    CHROMIUM,
    MISSING,
    PATHS,
    serve,
    wait_until_drawn,
    wait_until_shown,
)
from tests.browser.walk import PATIENCE, Walk

PAGE = PROJECT / "docs" / "walkthrough.md"
PICTURES = PROJECT / "docs" / "pictures"
# Somebody looks on: every pixel.
SHARP = [one for one in ARGUMENTS if "scale" not in one]
LONGEST = 3600
MOST_BYTES = 150_000
SMALLER = 0.85
PAPER = {"width": 700, "height": 1000}
KINDS: dict[str, dict[str, object]] = {
    "light": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
ARRIVING = "data-and-methods"
HEIGHT = "() => document.querySelector('[data-testid=stMain]').scrollHeight"
HEADING = """# Walkthrough

Made by `make pictures` (`python -m tests.browser`); do not edit. A browser opens the synthetic sample, which is drawn from a
seed and says nothing about Q, and does what stands here. What the page says is copied from the page. Where a question could
not be answered by its presses the command would have ended with status 1.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures and write the page; exit status 1 where a question is not answered."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser", description=__doc__)
    parser.add_argument("--pages", nargs="*", choices=PATHS, default=list(PATHS), help="only these")
    pages = parser.parse_args(arguments).pages
    if not CHROMIUM:
        print(MISSING, file=sys.stderr)
        return 1
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder) / "data"
        write_exports(Path(folder) / "raw")
        load_paths([Path(folder) / "raw"], data)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SHARP)
        with serve(data) as address:
            for path in pages:
                for kind in KINDS:
                    with open_page(browser, kind, f"{address}/{path}", PATHS[path]) as page:
                        keep(photograph(page), PICTURES / f"{path}-{kind}.jpg")
                        if kind == "light":
                            keep(print_page(page), PICTURES / f"{path}-printed.jpg")
            if ARRIVING in pages:
                photograph_arriving(browser, address, data, STATES)
                photograph_kinds(browser, Path(folder) / "four")
            failed = write_walkthrough(browser, address, data) if pages == list(PATHS) else []
    for line in failed:
        print(line, file=sys.stderr)
    return 1 if failed else 0


@contextmanager
def open_page(browser: Browser, kind: str, address: str, title: str) -> Iterator[Page]:
    """A page that has all its charts, and whose release has all its figures."""
    context = browser.new_context(**KINDS[kind])  # type: ignore[arg-type]
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(address)
    wait_until_shown(page, title, PATIENCE)
    page.get_by_text("Preparing the figures").first.wait_for(state="detached", timeout=300_000)
    wait_until_drawn(page)
    yield page
    context.close()


def photograph_kinds(browser: Browser, folder: Path) -> None:
    """A file of each importer on the page, of four people, and one that is of none."""
    data = folder / "data"
    load_paths([write_base(folder / "raw")], data)
    with serve(data) as address:
        photograph_arriving(browser, address, data, {"columns": show_columns, "kinds": show_kinds})


def photograph_arriving(browser: Browser, address: str, data: Path, states: Mapping[str, Show]) -> None:
    """What arrives, as the page shows it: each state at the top of a screen."""
    for kind in KINDS:
        for name, show in states.items():
            with open_page(browser, kind, f"{address}/{ARRIVING}", PATHS[ARRIVING]) as page:
                bring_up(show(page, data), page)
                keep(page.screenshot(), PICTURES / f"arriving-{name}-{kind}.jpg")


def photograph(page: Page) -> bytes:
    """The whole of a page, as far as somebody scrolls."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    for _ in range(2):
        page.set_viewport_size({"width": width, "height": min(int(page.evaluate(HEIGHT)), LONGEST)})
        wait_until_drawn(page)
    return page.screenshot()


def print_page(page: Page) -> bytes:
    """The page as it goes to paper, as wide as a sheet of A4 has room for."""
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)  # type: ignore[arg-type]
    wait_until_drawn(page)
    return page.screenshot(full_page=True)


def keep(content: bytes, path: Path) -> None:
    """Write a picture as JPEG, as small as it must be."""
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, LONGEST)))
    for quality in (70, 55, 40, 40, 40, 40):
        written = io.BytesIO()
        picture.save(written, "JPEG", quality=quality, optimize=True, progressive=True)
        if written.tell() <= MOST_BYTES:
            break
        if quality == 40:
            picture = picture.resize((round(picture.width * SMALLER), round(picture.height * SMALLER)))
    path.write_bytes(written.getvalue())


def write_walkthrough(browser: Browser, address: str, data: Path) -> list[str]:
    """Ask every question and write the page; what could not be answered, a line each."""
    told: dict[str, str] = {}
    failed = []
    # The one that loads a new release comes last.
    for question in sorted(QUESTIONS, key=lambda one: one.letter == "f"):
        with open_page(browser, "light", address, PATHS["this-week"]) as page:
            walk = Walk(page, address)
            try:
                question.answer(walk, data)
            except (BrowserError, AssertionError) as fault:
                failed.append(f"{question.letter}: not answered after {walk.steps[-1:]}: {str(fault)[:300]}")
                continue
            if walk.seen is not None:
                frame(walk.seen, page)
            keep(page.screenshot(), PICTURES / f"question-{question.letter}.jpg")
            told[question.letter] = tell(question, walk)
    PAGE.write_text("\n".join([HEADING, *(told[one] for one in sorted(told))]), encoding="utf-8")
    return failed


def frame(place: Locator, page: Page) -> None:
    """Bring what was read into the picture."""
    place.evaluate("place => place.scrollIntoView({ block: 'center' })")
    wait_until_drawn(page)


def tell(question: Question, walk: Walk) -> str:
    """A question with its presses, its answer and its picture."""
    steps = "\n".join(
        f"{number}. {words[0].upper() + words[1:]}" for number, words in enumerate(walk.steps, 1)
    )
    answer = "\n>\n".join("\n".join(f"> {line}" for line in one.splitlines() if line) for one in walk.answers)
    picture = f"![{question.words}](pictures/question-{question.letter}.jpg)"
    return f"## {question.letter}. {question.words}\n\n{steps}\n\nThe page says:\n\n{answer}\n\n{picture}\n"


if __name__ == "__main__":
    sys.exit(main())
