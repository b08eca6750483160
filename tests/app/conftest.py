"""Small releases, one for each state a page must survive, built through the load itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from etl.command.upload import Upload
from etl.load import load_paths
from indicators.gate.disclosure import SCOPES, Role
from tests.app.page_words import OpenPage, Uploads
from tests.app.pseudo_language import PSEUDO, Pseudo
from tests.app.small_programme import write_members, write_programme
from tests.forking import scan_packages_once
from ui.blocks.upload.moved import Moved
from ui.words import language
from ui.words.language import speak

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Data folders by state: sample, one_wave, no_ties, one_member, members_only, empty."""
    scan_packages_once()
    root = tmp_path_factory.mktemp("states")
    raw = {
        "sample": write_programme(root / "raw-sample"),
        "one_wave": write_programme(root / "raw-one-wave", waves=1),
        "no_ties": write_programme(root / "raw-no-ties", has_ties=False),
        "one_member": write_programme(root / "raw-one-member", members=1, has_ties=False),
    }
    write_members(root / "raw-members-only")
    raw["members_only"] = root / "raw-members-only"
    folders = {}
    for state, files in raw.items():
        folders[state] = root / state
        load_paths([files], folders[state])
    folders["empty"] = root / "empty"
    folders["empty"].mkdir()
    return folders


@pytest.fixture
def open_page(releases: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    """Open a page on the release of a state, with filters as in the URL; returns it after its run."""

    def run_page(state: str, page: str = "this_week", **query: str) -> AppTest:
        monkeypatch.setenv("EVALUATION_DATA", str(releases[state]))
        monkeypatch.delenv("AUDIENCE", raising=False)
        monkeypatch.delenv("JOURNAL_URL", raising=False)
        st.cache_resource.clear()
        app = AppTest.from_file(str(PROJECT / "dashboard.py"), default_timeout=300)
        for name, value in query.items():
            app.query_params[name] = value
        if page in ("data_and_methods", "who_stays"):
            # Before its first run Streamlit knows a page by the name of its file, which is not the address of this one.
            app.run()
            for name, value in query.items():
                app.query_params[name] = value
        if page != "this_week":
            app.switch_page(f"pages/programme/{page}.py")
        return app.run()

    return run_page


@pytest.fixture
def uploads(monkeypatch: pytest.MonkeyPatch) -> Uploads:
    """What the pages of the test are given to load, the last one last."""
    noted: Uploads = []

    class Noted(Upload[tuple[Moved, ...]]):
        def __init__(self, folder: Path) -> None:
            super().__init__(folder)
            noted.append(self)

    monkeypatch.setattr("ui.blocks.upload.panel.Upload", Noted)
    return noted


@pytest.fixture
def open_data_as(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    """Open Data and methods of a state; its next run is for somebody of a role."""

    def let_see(role: Role) -> None:
        for module in ("ui.shell.session", "ui.blocks.upload.panel"):
            monkeypatch.setattr(f"{module}.find_scope", lambda: SCOPES[role])

    def open_as(state: str, role: Role, **query: str) -> AppTest:
        # The first page is opened before: what leads see of it takes its time, and is not looked at here.
        let_see("admin")
        app = open_page(state, "data_and_methods", **query)
        let_see(role)
        return app

    return open_as


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A language beside the others whose texts are the English ones in brackets."""
    find, made = language.find_catalogue, Pseudo()
    monkeypatch.setattr(language, "find_catalogue", lambda code: made if code == PSEUDO else find(code))
    monkeypatch.setitem(language.LANGUAGES, PSEUDO, PSEUDO)
    monkeypatch.setattr(language, "WHOLE", {PSEUDO})
    with speak(PSEUDO):
        yield
