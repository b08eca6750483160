"""What is kept of figures may be damaged, removed or impossible to write: the figures are right all the same."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from stat import S_IMODE

import duckdb
import pytest

from etl.load import load_paths
from tests.app.small_programme import write_programme
from tests.figures import read_cells
from warehouse.engine import Engine
from warehouse.kept import find_kept_folder
from warehouse.release import NoRelease, find_release

# Of a family, of the positions in a network, and of a function that computes its figures.
ASKED = ("active_members", "ties_per_member", "construct_reliability")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("kept")
    load_paths([write_programme(root / "raw")], root / "data")
    return root / "data"


@pytest.fixture
def data(loaded: Path, tmp_path: Path) -> Path:
    shutil.copytree(loaded, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def engine(data: Path) -> Iterator[Engine]:
    engine = Engine(find_release(data))
    yield engine
    engine.close()


def ask(engine: Engine) -> list[dict[tuple[str, ...], object]]:
    return [read_cells(engine, name, by=("profession",)) for name in ASKED]


def list_kept(data: Path) -> list[Path]:
    return sorted(find_kept_folder(data).glob("*.parquet"))


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-9]),
        flip,
        Path.unlink,
    ],
    ids=["empty", "cut off", "one bit", "gone"],
)
def test_a_damaged_file_is_made_again(data: Path, damage: Callable[[Path], object]) -> None:
    first = Engine(find_release(data))
    before = ask(first)
    first.close()
    kept = list_kept(data)
    assert len(kept) > 5
    for path in kept:
        damage(path)
    again = Engine(find_release(data))
    assert ask(again) == before
    assert list_kept(data) == kept
    assert all(duckdb.execute(f"SELECT count(*) FROM '{path}'").fetchall() for path in kept)
    again.close()


def test_an_open_engine_makes_again_what_was_removed(data: Path, engine: Engine) -> None:
    before = ask(engine)
    for path in find_kept_folder(data).iterdir():
        path.unlink()
    by_region = read_cells(engine, "active_members", by=("region",))
    assert ask(engine) == before
    fresh = Engine(find_release(data))
    assert read_cells(fresh, "active_members", by=("region",)) == by_region
    fresh.close()


def test_of_a_release_that_was_removed_it_says_so(data: Path, engine: Engine) -> None:
    ask(engine)
    shutil.rmtree(engine.release.path)
    shutil.rmtree(find_kept_folder(data))
    with pytest.raises(NoRelease, match="has been removed: open the live one"):
        read_cells(engine, "active_members", by=("region",))


def test_where_nothing_can_be_written_figures_are_counted_without_keeping_them(
    data: Path, engine: Engine
) -> None:
    before = ask(engine)
    shutil.rmtree(find_kept_folder(data))
    find_kept_folder(data).write_text("no folder")
    without = Engine(find_release(data))
    assert ask(without) == before
    without.close()


def test_what_is_kept_is_for_its_owner_only_while_it_is_written_too(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[int] = set()
    replace = os.replace

    def look(source: Path, target: Path) -> None:
        seen.update(S_IMODE(path.stat().st_mode) for path in find_kept_folder(data).iterdir())
        replace(source, target)

    monkeypatch.setattr(os, "replace", look)
    engine = Engine(find_release(data))
    ask(engine)
    engine.close()
    assert seen == {0o600}
    assert not [
        path for path in find_kept_folder(data).iterdir() if path.suffix not in (".parquet", ".sha256")
    ]
