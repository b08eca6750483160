"""One funder server for each file of attacks, over a folder that holds only what a funder process may read; and Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from etl.load import load_paths
from sharing.__main__ import main
from sharing.sealing.extract import FILE, FOLDER
from tests.attack.funder_server import Server, serve_links
from tests.browser.server import ARGUMENTS, CHROMIUM, MISSING
from tests.sharing.known_programme import write_programme


@pytest.fixture(scope="session")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The staff's data folder: a release and one sealed link."""
    root = tmp_path_factory.mktemp("kitchen")
    load_paths([write_programme(root / "raw")], root / "data")
    assert main(["create", "--label", "For the attack", "--data", str(root / "data")]) == 0
    return root / "data"


@pytest.fixture(scope="module")
def server(kitchen: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A funder server whose folder has the sealed extracts and the link store, and no release at all."""
    root = tmp_path_factory.mktemp("funder")
    data = root / "data"
    shutil.copytree(kitchen / FOLDER, data / FOLDER)
    with serve_links(data, root / "server.log") as running:
        yield running


@pytest.fixture
def make_link(server: Server) -> Callable[..., tuple[str, str]]:
    """Make a link with a sealed extract of its own; its id and token."""
    sealed = next((server.data / FOLDER).iterdir())

    def make(**more: Any) -> tuple[str, str]:
        link, token = server.links.create_link("For the attack", **more)
        folder = server.data / FOLDER / link.id
        folder.mkdir()
        text = (sealed / FILE).read_text(encoding="utf-8").replace(sealed.name, link.id)
        (folder / FILE).write_text(text, encoding="utf-8")
        return link.id, token

    return make


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if not CHROMIUM:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": list(ARGUMENTS)}
