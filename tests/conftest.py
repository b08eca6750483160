"""What tests of more than one room share: small releases made of drawn tables, and the marker of a spec."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

# Before NumPy is imported: on matrices as small as those of tests its threads wait for one another at full speed.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pandas as pd
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserContext

from etl.load import load_paths
from etl.reading.types import Options
from tests.database.server import MISSING, Postgres, find_programs, run_postgres
from warehouse.engine import Engine

Drawn = str | Sequence[Mapping[str, object]] | pd.DataFrame
MakeRelease = Callable[..., Engine]

_BAR = re.compile(r"\s\|(?=\s|$)")


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile("project", deadline=None)
    settings.load_profile("project")
    config.addinivalue_line("markers", "spec(*ids): the worked specification of these indicators")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a browser come last, in them what needs it: Playwright's event loop stays in the main thread to the end."""
    browsing = {item.path for item in items if item.get_closest_marker("browser")}

    def place(item: pytest.Item) -> tuple[bool, str, bool]:
        late = item.path in browsing
        return late, str(item.path) if late else "", item.get_closest_marker("browser") is not None

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """What is imported by now stays to the end: no collection of garbage need look through it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def window(browser: Browser) -> Iterator[BrowserContext]:
    """One browser window for all tests that need no private one: reading the scripts of the page costs a new one seconds."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    yield context
    context.close()


@pytest.fixture
def context(window: BrowserContext) -> Iterator[BrowserContext]:
    """The window, left without a page, a cookie or anything stored."""
    yield window
    for page in window.pages:
        if page.url.startswith("http"):
            page.evaluate("localStorage.clear(); sessionStorage.clear()")
        page.close()
    window.clear_cookies()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL server; without the programs the tests are skipped, but not by CI."""
    programs = find_programs()
    if programs is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with run_postgres(programs) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def kept_in(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Which database the stores of this test lie in: files of its data folder, or one of its own on a server."""
    if request.param == "postgresql":
        monkeypatch.setenv("DATABASE_URL", request.getfixturevalue("postgres").make_database())
    return str(request.param)


@pytest.fixture(scope="session")
def make_release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeRelease]:
    """Load drawn tables through the load itself and open the release.

    `make_release(tables, **options)` takes tables by name: CSV text, text with the columns between " | ", rows as
    dicts, or a data frame; the options are those of `etl.reading.types.Options`. Every call has a data folder of its own.
    """
    engines = []

    def make(tables: Mapping[str, Drawn], **options: object) -> Engine:
        folder = tmp_path_factory.mktemp("release")
        write_drawn(folder / "in", tables)
        given = Options(**options)  # type: ignore[arg-type]
        loaded = load_paths([folder / "in"], folder / "data", options=given, zone=given.zone)
        engine = Engine(loaded.release)
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        engine.close()


def write_drawn(folder: Path, tables: Mapping[str, Drawn]) -> None:
    """One template CSV a table."""
    folder.mkdir(parents=True)
    for name, drawn in tables.items():
        path = folder / f"{name}.csv"
        if isinstance(drawn, str):
            path.write_text(_write_csv(drawn), encoding="utf-8")
        else:
            frame = drawn if isinstance(drawn, pd.DataFrame) else pd.DataFrame(list(drawn))
            frame.to_csv(path, index=False)


def _write_csv(drawn: str) -> str:
    lines = [line.strip() for line in drawn.strip().splitlines()]
    if not _BAR.search(lines[0]):
        return "\n".join(lines) + "\n"
    return "\n".join(",".join(cell.strip() for cell in _BAR.split(line)) for line in lines) + "\n"
