"""Chromium for the attacks that have to be seen in a browser."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.browser.server import ARGUMENTS, CHROMIUM, MISSING


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if not CHROMIUM:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": list(ARGUMENTS)}
