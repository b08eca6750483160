"""Sealed pages keep step with the releases; what a release restates is said; one refresh at a time."""

from __future__ import annotations

import asyncio
import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import sharing.refresh
from etl.load import load_paths
from sharing.refresh import LOCK, follow_releases, read_report, refresh_if_due, refresh_links
from sharing.sealing.extract import Extract, read_extract
from sharing.sealing.preflight import Request, make_link, prepare_link
from sharing.sealing.restated import find_restated
from sharing.sealing.seal import seal_release
from sharing.store.links import LATEST, Link, Links, open_links
from tests.sharing.known_programme import write_programme, write_table
from warehouse.release import NoRelease

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A data folder with two releases: the second says that others came to the meeting."""
    root = tmp_path_factory.mktemp("two")
    first = load_paths([write_programme(root / "raw")], root / "data").release.id
    raw = root / "corrected"
    raw.mkdir()
    rows = [("e1", f"m{n}", "true" if n < 40 else "false") for n in range(100)]
    write_table(raw, "attendance", "event_id,member_id,attended", rows)
    second = load_paths([raw], root / "data").release.id
    assert first != second
    return root / "data", first, second


@pytest.fixture
def data(two: tuple[Path, str, str], tmp_path: Path) -> Path:
    """A data folder of its own over both releases, with the first one live."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "releases").symlink_to(two[0] / "releases")
    publish(folder, two[1])
    return folder


@pytest.fixture
def links(data: Path) -> Iterator[Links]:
    store = open_links(data)
    yield store
    store.close()


def publish(data: Path, release_id: str) -> None:
    (data / "CURRENT").write_text(release_id + "\n", encoding="utf-8")


def share(data: Path, links: Links, release_id: str) -> Link:
    preflight = prepare_link(data, links, Request("The Foundation", release_id=release_id))
    return make_link(data, links, preflight, "")[0]


def test_a_new_release_reaches_what_follows_it_and_is_named_on_what_does_not(
    two: tuple[Path, str, str], data: Path, links: Links
) -> None:
    following, pinned = share(data, links, LATEST), share(data, links, two[1])
    assert refresh_if_due(data)
    assert not refresh_if_due(data)
    assert links.find_link(pinned.id).restated_on is None
    publish(data, two[2])
    assert refresh_if_due(data)
    fresh = read_extract(data, following.id)
    assert (fresh.release, fresh.link_id, fresh.label) == (two[2], following.id, "The Foundation")
    assert read_extract(data, pinned.id).release == two[1]
    for link in (links.find_link(following.id), links.find_link(pinned.id)):
        assert link.restated_on == datetime.now(UTC).date()
        assert "Attendance rate" in link.restated
        assert "Members" not in link.restated
    publish(data, two[1])
    assert refresh_if_due(data)
    assert links.find_link(pinned.id).restated_on is None


def test_only_what_was_shown_and_is_shown_otherwise_is_restated(two: tuple[Path, str, str]) -> None:
    extract = seal_release(two[0], two[1], "0a1b2c3d", "x")
    assert find_restated(extract, extract) == []
    later = replace(extract, complete_to=date(2030, 1, 1))
    assert find_restated(extract, change(later, "attendance_rate", period="all")) == []
    assert find_restated(extract, change(extract, "attendance_rate", status="suppressed")) == []
    assert find_restated(extract, change(extract, "attendance_rate", status="ok")) == ["Attendance rate"]
    fewer = replace(extract, results=extract.results[1:])
    assert find_restated(extract, fewer) == [extract.results[0].indicator.title]
    assert find_restated(fewer, extract) == []


def change(extract: Extract, indicator_id: str, **where: str) -> Extract:
    """The extract with the values of an indicator's rows moved where a column is as said."""
    ((column, wanted),) = where.items()
    results = []
    for result in extract.results:
        table = result.table.copy()
        if result.indicator.id == indicator_id:
            table.loc[table[column] == wanted, "value"] += 0.1
        results.append(replace(result, table=table))
    return replace(extract, results=tuple(results))


def test_a_note_for_funders_reaches_what_follows_the_latest_release(data: Path, links: Links) -> None:
    following = share(data, links, LATEST)
    refresh_if_due(data)
    links.mark_notes([(7, date(2026, 3, 2), "The **spring** meeting was cancelled.")])
    assert refresh_if_due(data)
    assert read_extract(data, following.id).notes == (
        (date(2026, 3, 2), "The **spring** meeting was cancelled."),
    )
    links.mark_notes([])
    assert refresh_if_due(data)
    assert read_extract(data, following.id).notes == ()


def test_a_failure_leaves_the_old_page_whole_and_is_said(
    two: tuple[Path, str, str], data: Path, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    following = share(data, links, LATEST)

    def fail(*given: object) -> None:
        raise MemoryError("a path or a row that nobody should read")

    monkeypatch.setattr(sharing.refresh, "seal_release", fail)
    publish(data, two[2])
    assert refresh_if_due(data)
    report = read_report(data)
    assert report is not None
    assert report.failure == ("The shared pages could not be sealed anew and stay as they were: MemoryError.")
    assert read_extract(data, following.id).release == two[1]
    assert not refresh_if_due(data)  # not again at once
    monkeypatch.undo()
    assert refresh_links(data, links) == [following.id]
    report = read_report(data)
    assert report is not None
    assert report.failure == ""


def test_the_command_waits_while_another_refresh_runs(data: Path, links: Links) -> None:
    following = share(data, links, LATEST)
    with (data / LOCK).open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        command = subprocess.Popen(
            [sys.executable, "-m", "sharing", "refresh", "--data", str(data)],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
        )
        wait_until_blocked(command.pid, data / LOCK)
        assert [entry.action for entry in links.read_audit(following.id)] == ["created"]
        fcntl.flock(held, fcntl.LOCK_UN)
        said, _ = command.communicate()
    assert command.returncode == 0
    assert said == f"Sealed anew: {following.id}.\n"
    assert [entry.action for entry in links.read_audit(following.id)] == ["created", "refreshed"]


def wait_until_blocked(pid: int, lock: Path) -> None:
    """Until the kernel lists the process as waiting for the lock."""
    inode = lock.stat().st_ino
    while True:
        for line in Path("/proc/locks").read_text(encoding="utf-8").splitlines():
            if "->" in line and f" {pid} " in line and f":{inode} " in line:
                return
        os.sched_yield()


def test_of_two_processes_that_see_a_new_release_one_seals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, "a-release")
    open_links(tmp_path).create_link("The Foundation")
    sealed: list[str] = []

    def seal(data: Path, links: Links) -> list[str]:
        wait_until_blocked(os.getpid(), data / LOCK)
        sealed.append("once")
        return []

    monkeypatch.setattr(sharing.refresh, "_refresh", seal)
    with ThreadPoolExecutor(2) as both:
        tried = list(both.map(refresh_if_due, [tmp_path, tmp_path]))
    assert sealed == ["once"]
    assert sorted(tried) == [False, True]


def test_a_link_revoked_while_its_page_is_sealed_has_nothing_left(
    data: Path, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    following = share(data, links, LATEST)
    seal = seal_release

    def revoke_meanwhile(*given: str) -> Extract:
        extract = seal(*given)  # type: ignore[arg-type]
        links.revoke_link(following.id)
        return extract

    monkeypatch.setattr(sharing.refresh, "seal_release", revoke_meanwhile)
    refresh_links(data, links)
    assert list((data / "sealed").iterdir()) == []


def test_the_staff_server_follows_by_itself(
    two: tuple[Path, str, str], data: Path, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    following = share(data, links, LATEST)
    done = threading.Event()
    refresh = sharing.refresh._refresh_and_report

    def note(where: Path, store: Links) -> list[str]:
        sealed = refresh(where, store)
        done.set()
        return sealed

    monkeypatch.setattr(sharing.refresh, "_refresh_and_report", note)

    async def run() -> None:
        task = asyncio.create_task(follow_releases(data))
        publish(data, two[2])
        assert await asyncio.to_thread(done.wait, 60)
        task.cancel()

    asyncio.run(run())
    assert read_extract(data, following.id).release == two[2]


def test_there_is_nothing_to_do_without_links_or_without_a_release(tmp_path: Path) -> None:
    assert not refresh_if_due(tmp_path)
    assert not (tmp_path / "state").exists()
    store = open_links(tmp_path)
    assert not refresh_if_due(tmp_path)
    store.create_link("The Foundation")
    with pytest.raises(NoRelease):
        refresh_links(tmp_path, store)
    report = read_report(tmp_path)
    assert report is not None
    assert report.failure.endswith("load some files with python -m etl load PATH, or python -m etl demo.")
