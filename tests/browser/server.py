"""The dashboard as a process of its own, and how to wait for what it shows."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from dashboard import PAGES
from tests.forking import Forked, start

PROJECT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
MISSING = "No Chromium is installed: install it with apt-get install chromium, or name it in CHROMIUM."
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nobody looks on: no animation, a quarter of the pixels, no optimising of scripts that run for seconds.
    "--force-prefers-reduced-motion",
    "--force-device-scale-factor=0.5",
    "--js-flags=--no-opt",
)
DASHBOARD = ("-m", "streamlit", "run", "dashboard.py")
OPENED = "[class*=st-key-open-]"
RETURNED: list[int] = []
PATHS = {name.replace("_", "-"): title for name, title in PAGES}


def find_port() -> int:
    """A port of this machine that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def borrow_port() -> Iterator[int]:
    """A free port that another server had before, where there is one: the browser has read the scripts at that address."""
    port = RETURNED.pop() if RETURNED else find_port()
    try:
        yield port
    finally:
        RETURNED.append(port)


@contextmanager
def serve(
    data: Path,
    audience: str = "staff",
    command: Sequence[str] = DASHBOARD,
    **settings: str,
) -> Iterator[str]:
    """Start the dashboard, or another command of Python, over a data folder, on a free port; gives its address.

    `settings` are further variables of its environment.
    """
    with borrow_port() as port, _run(data, audience, command, port, settings):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _run(
    data: Path, audience: str, command: Sequence[str], port: int, settings: Mapping[str, str]
) -> Iterator[None]:
    environment = {
        **os.environ,
        "EVALUATION_DATA": str(data),
        "PYTHONUNBUFFERED": "1",
        "AUDIENCE": audience,
        **settings,
    }
    reading, writing = os.pipe()
    arguments = [*command, "--server.port", str(port)]
    process: Forked | subprocess.Popen[str]
    with os.fdopen(writing, "w") as output:
        if command[0] == "-m":
            process = start(arguments, environment, output)
        else:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=PROJECT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
    hearing = os.fdopen(reading, encoding="utf-8")
    listening = threading.Thread(target=hearing.read, daemon=True)
    try:
        said = []
        for line in hearing:
            said.append(line)
            if "URL:" in line:
                break
        else:
            pytest.fail("The server did not start:\n" + "".join(said))
        listening.start()
        health = "/healthz" if command == DASHBOARD else "/_stcore/health"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{health}", timeout=60) as answer:
            assert answer.status == 200
        yield
    finally:
        process.terminate()
        process.wait(10)
        if listening.ident is not None:
            listening.join(10)
        hearing.close()


DRAWN = """() => [...document.querySelectorAll('[class*=st-key-chart-]')].every(one => one.querySelector('.q-figure svg'))
    && !document.querySelector('[data-testid=stMain] [data-testid=stSkeleton]')"""


def find_popovers(page: Page, name: str) -> Locator:
    """The buttons of this name that open something. By role Playwright works out the name of every button, again and again."""
    return page.get_by_test_id("stPopoverButton").filter(has=page.get_by_text(name, exact=True))


def find_behind(page: Page, name: str) -> Locator:
    """The buttons of this name under charts."""
    return page.locator(".q-buttons button").filter(has_text=re.compile(f"^{re.escape(name)}$"))


def wait_until_shown(page: Page, title: str, patience: int = 1) -> None:
    """Wait until a page has its title and its script has ended, `patience` times as long as a test does.

    By `wait_for`: each time that `expect` does not find what it expects, it describes the whole page for its message.
    """
    page.locator("h1").filter(has_text=re.compile(rf"^\s*{re.escape(title)}\s*$")).wait_for(
        timeout=30_000 * patience
    )
    wait_until_still(page, patience)


def wait_until_still(page: Page, patience: int = 1) -> None:
    """Wait until the script has ended."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=60_000 * patience)


def wait_until_drawn(page: Page) -> None:
    """Wait until every chart that the page has is there, and nothing stands for what is still to come."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function(DRAWN)
