"""Pages over a data folder in which something is damaged: words, never an exception, and no path of the server."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.app.page_words import OpenPage, read_words
from tests.fault.damaging import PLACES, cut, put_folder
from warehouse.release import find_release

CLOSED = "This release cannot be opened"


@pytest.fixture
def data(releases: dict[str, Path], tmp_path: Path) -> Path:
    releases["damaged"] = tmp_path / "data"
    shutil.copytree(releases["sample"], releases["damaged"])
    return releases["damaged"]


@pytest.mark.parametrize("damage", [cut, Path.unlink, put_folder], ids=["cut", "gone", "a folder"])
@pytest.mark.parametrize("place", ["CURRENT", "the manifest", "a table", "a part of a table"])
def test_a_damaged_release_is_said_on_the_page(
    data: Path, open_page: OpenPage, place: str, damage: object
) -> None:
    damage(PLACES[place][0](data))  # type: ignore[operator]
    app = open_page("damaged")
    assert not app.exception
    assert CLOSED in [title.value for title in app.title]
    assert str(data) not in read_words(app)


def test_control_and_damage_while_a_page_is_open(data: Path, open_page: OpenPage) -> None:
    app = open_page("damaged")
    assert CLOSED not in [title.value for title in app.title]
    for path in (find_release(data).path / "tables").rglob("*.parquet"):
        cut(path)
    shutil.rmtree(data / "state" / "kept")
    app.switch_page("pages/programme/whom.py").run()
    assert not app.exception
    assert "Restore the release from the backup" in read_words(app)
    assert str(data) not in read_words(app)


@pytest.mark.parametrize(("store", "page"), [("links", "share"), ("journal", "this_week")])
def test_a_damaged_store_is_said_on_the_page(data: Path, open_page: OpenPage, store: str, page: str) -> None:
    (data / "state").mkdir(exist_ok=True)
    (data / "state" / f"{store}.sqlite").write_bytes(b"no database at all" * 99)
    app = open_page("damaged", page)
    assert not app.exception
    assert f"The database state/{store}.sqlite cannot be used" in read_words(app)
    assert str(data) not in read_words(app)
    (data / "state" / f"{store}.sqlite").unlink()
    assert "cannot be used" not in read_words(open_page("damaged", page)), "control: whole it is not said"
