"""One release for the tests of this room, built through the load itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.load import load_paths
from tests.sharing.known_programme import write_programme
from warehouse.release import Release


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Release]:
    """The data folder and its release."""
    root = tmp_path_factory.mktemp("programme")
    return root / "data", load_paths([write_programme(root / "raw")], root / "data").release
