"""Releases that are read while others are published: none is torn, none is removed, and the order is that of publication."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

import etl.publish
from etl.load import load_paths
from warehouse.engine import Engine
from warehouse.release import KEEP, current_id, find_release, list_folders

PUBLISHES, READERS = 30, 3


def write_members(folder: Path, count: int) -> Path:
    path = folder / "members.csv"
    rows = "".join(f"M{number},Name {number},2015-01-05\n" for number in range(count))
    path.write_text("member_id,name,joined_on\n" + rows, encoding="utf-8")
    return path


def publish(folder: Path, count: int) -> str:
    return load_paths([write_members(folder, count)], folder / "data").release.id


def read_on(data: Path, stop: object, results: object) -> None:
    """Open the live release again and again, and count its members in two ways; each release has its own number of them."""
    reads, errors = 0, []
    while not stop.is_set() or not reads:  # type: ignore[attr-defined]
        try:
            engine = Engine(find_release(data))
            try:
                rows = int(engine.query("SELECT count(*) AS n FROM members")["n"][0])
                present = int(engine.query("SELECT count(DISTINCT mid) AS n FROM member_codes")["n"][0])
                stated = engine.release.manifest["tables"]["members"]
                if not rows == present == stated:
                    errors.append(f"torn: {rows}, {present}, {stated}")
            finally:
                engine.close()
        except Exception as fault:
            errors.append(f"{type(fault).__name__}: {fault}")
        reads += 1
    results.put((reads, errors))  # type: ignore[attr-defined]


@pytest.mark.fault("thirty releases one after another with three readers")
def test_thirty_releases_one_after_another_with_three_readers_give_no_error(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    publish(tmp_path, 1)
    spawn = multiprocessing.get_context("spawn")
    stop, results = spawn.Event(), spawn.Queue()
    readers = [spawn.Process(target=read_on, args=(tmp_path / "data", stop, results)) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for number in range(PUBLISHES):
        publish(tmp_path, number + 2)
    stop.set()
    found = [results.get(timeout=120) for _ in readers]
    for reader in readers:
        reader.join(60)
    errors = [error for _, many in found for error in many]
    for name, value in (("tries", sum(reads for reads, _ in found)), ("torn", len(errors))):
        record_property(name, value)
    assert errors == []
    assert all(reads for reads, _ in found)


def test_a_release_that_is_read_is_not_removed_until_it_is_closed(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    engine = Engine(find_release(tmp_path / "data"))
    for number in range(KEEP + 2):
        publish(tmp_path, number + 2)
    assert engine.release.path.is_dir()
    assert int(engine.query("SELECT count(*) AS n FROM members")["n"][0]) == 1
    assert len(list_folders(tmp_path / "data")) == KEEP + 1
    engine.close()
    publish(tmp_path, KEEP + 9)
    assert not engine.release.path.exists(), "control: closed it goes in its turn"
    assert len(list_folders(tmp_path / "data")) == KEEP


@pytest.mark.fault("a clock that was set back")
def test_the_oldest_publication_goes_first_also_when_the_clock_was_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    class Clock(datetime):
        year_now = 2030

        @classmethod
        def now(cls, zone: object = None) -> datetime:  # type: ignore[override]
            return datetime(cls.year_now, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(etl.publish, "datetime", Clock)
    published = []
    for number in range(KEEP + 3):
        published.append(publish(tmp_path, number + 1))
        Clock.year_now -= 1
        assert current_id(tmp_path / "data") == published[-1]
    assert [path.name for path in list_folders(tmp_path / "data")] == published[-KEEP:]
    assert find_release(tmp_path / "data").manifest["published_at"].startswith("2023")
    record_property("tries", KEEP + 3)
