"""A data folder with something of everything in it, to be damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from etl.load import load_paths
from etl.pulling.status import Status, write_statuses
from tests.app.small_programme import write_programme
from tests.fault.damaging import run


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two releases, a sealed link, a role and a journal."""
    root = tmp_path_factory.mktemp("damaged")
    raw = write_programme(root / "raw")
    load_paths([raw], root / "data")
    members = raw / "members.csv"
    members.write_text(members.read_text(encoding="utf-8").replace("Person 59", "Someone"), encoding="utf-8")
    load_paths([members], root / "data")
    moment = "2026-03-01T09:00:00+00:00"
    write_statuses(root / "data" / "state", [Status("spring", "limesurvey", moment, moment, 41)])
    for command in (
        ("sharing", "create", "--label", "For a test"),
        ("sharing", "grant", "ann@example.org", "lead"),
        ("journal", "find", "nobody"),
        ("indicators", "value", "active_members"),
    ):
        assert run(root / "data", *command) == 0
    return root / "data"


@pytest.fixture
def data(kitchen: Path, tmp_path: Path) -> Path:
    shutil.copytree(kitchen, tmp_path / "data")
    return tmp_path / "data"
