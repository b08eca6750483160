"""A real server as a process of its own, and a real Chromium in front of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from etl.load import load_paths
from tests.app.small_programme import write_programme
from tests.browser.server import ARGUMENTS, CHROMIUM, MISSING, serve


@pytest.fixture(scope="session", autouse=True)
def _need_chromium() -> None:
    if CHROMIUM:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    pytest.skip(MISSING)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": list(ARGUMENTS)}


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the small programme loaded."""
    root = tmp_path_factory.mktemp("browser")
    load_paths([write_programme(root / "raw")], root / "data")
    return root / "data"


@pytest.fixture(scope="session")
def server(sample: Path) -> Iterator[str]:
    """One server for the tests that need no fresh one."""
    with serve(sample) as address:
        yield address
