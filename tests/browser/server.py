"""The dashboard as a process of its own, and how to wait for what it shows."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard import PAGES

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
)
DASHBOARD = ("-m", "streamlit", "run", "dashboard.py")
PATHS = {name.replace("_", "-"): title for name, title in PAGES}


def find_port() -> int:
    """A port of this machine that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serve(
    data: Path,
    audience: str = "staff",
    command: Sequence[str] = DASHBOARD,
    port: int | None = None,
    **settings: str,
) -> Iterator[str]:
    """Start the dashboard, or another command of Python, over a data folder, on a free port; gives its address.

    `settings` are further variables of its environment.
    """
    port = port or find_port()
    environment = {
        **os.environ,
        "EVALUATION_DATA": str(data),
        "PYTHONUNBUFFERED": "1",
        "AUDIENCE": audience,
        **settings,
    }
    process = subprocess.Popen(
        [sys.executable, *command, "--server.port", str(port)],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if "URL:" in line:
                break
        else:
            pytest.fail("The server did not start:\n" + "".join(said))
        threading.Thread(target=process.stdout.read, daemon=True).start()
        address = f"http://127.0.0.1:{port}"
        health = "/healthz" if command == DASHBOARD else "/_stcore/health"
        with urllib.request.urlopen(address + health, timeout=60) as answer:
            assert answer.status == 200
        yield address
    finally:
        process.terminate()
        process.wait(10)


def wait_until_shown(page: Page, title: str) -> None:
    """Wait until a page has its title and its script has ended."""
    expect(page.get_by_role("heading", level=1)).to_have_text(title, timeout=30_000)
    expect(page.get_by_test_id("stApp")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=30_000
    )
