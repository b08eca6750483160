"""The figures of the pages are made after a release goes live, one process at a time, and pages go first."""

from __future__ import annotations

import fcntl
import shutil
import threading
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import duckdb
import pytest
import streamlit as st

from etl.load import load_paths
from indicators.prepare import FIRST, list_statements
from tests.app.page_words import OpenPage, read_words
from tests.app.small_programme import write_table
from ui.shell import preparing
from ui.shell.preparing import LOCK, PREPARING, Preparing, Progress
from ui.shell.session import open_engine
from warehouse.engine import Engine
from warehouse.kept import empty_kept, find_kept_folder
from warehouse.release import current_id, point_to

Keep = Callable[[Engine, str], str]


@pytest.fixture
def data(releases: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own with the small programme, of which nothing has been computed, and nothing is looked through."""
    monkeypatch.setattr(preparing, "look_through", lambda *arguments: None)
    folder = tmp_path / "data"
    shutil.copytree(releases["sample"], folder)
    return forget(folder, monkeypatch)


def forget(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    st.cache_resource.clear()
    monkeypatch.setenv("EVALUATION_DATA", str(folder))
    empty_kept(find_kept_folder(folder))
    return folder


def list_kept(data: Path) -> set[str]:
    return {path.name for path in find_kept_folder(data).glob("*.parquet")}


def list_made(data: Path) -> list[str]:
    """The SQL of the statements that are made ahead."""
    engine = open_engine(str(current_id(data)))
    return [sql for _, sql in list_statements(engine) if not engine.needs_function(sql)]


def watch_keep(monkeypatch: pytest.MonkeyPatch, note: Callable[[str], object]) -> None:
    """Have `note` told of each statement before it is begun."""
    keep: Keep = Engine.keep

    def noted(engine: Engine, sql: str) -> str:
        note(sql)
        return keep(engine, sql)

    monkeypatch.setattr(Engine, "keep", noted)


def test_the_first_statements_are_all_that_this_week_asks_for(
    open_page: OpenPage, releases: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = forget(releases["sample"], monkeypatch)
    asked: set[str] = set()
    with monkeypatch.context() as watched:
        watch_keep(watched, asked.add)
        assert not open_page("sample").exception
    names = {name for name, _ in FIRST}
    statements = list_statements(open_engine(str(current_id(data))))
    assert asked == {sql for _, sql in takewhile(lambda one: one[0].split(" ")[0] in names, statements)}


def test_every_page_finds_what_was_made_but_for_networks(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    making = Preparing()
    making.make_if_due(data)
    engine = open_engine(str(current_id(data)))
    made = list_kept(data)
    assert making.say_progress(engine.release.id) == ""
    for sql in list_made(data):
        engine.keep(sql)
    assert list_kept(data) == made
    left = [title for title, sql in list_statements(engine) if engine.needs_function(sql)]
    assert left == ["ties_per_member"]
    monkeypatch.setattr(Engine, "keep", None)
    making.make_if_due(data)


def test_the_release_is_looked_through_once_what_this_week_shows_is_made(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    watch_keep(monkeypatch, begun.append)
    looked: list[tuple[str, int]] = []
    monkeypatch.setattr(
        preparing, "look_through", lambda engine, scope, wait: looked.append((scope.role, len(begun)))
    )
    Preparing().make_if_due(data)
    engine = open_engine(str(current_id(data)))
    names = {name for name, _ in FIRST}
    first = [
        sql for title, sql in list_statements(engine) if title in names and not engine.needs_function(sql)
    ]
    assert looked == [("evaluator", len(first))]
    assert begun[: len(first)] == first


def test_one_process_makes_at_a_time(data: Path) -> None:
    making, release_id = Preparing(), current_id(data)
    with (data / LOCK).open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        making.make_if_due(data)
        assert list_kept(data) == set()
    making.make_if_due(data)
    assert len(list_kept(data)) > len(FIRST)
    assert making.say_progress(release_id) == ""


def test_the_next_release_ends_what_is_made_for_this_one(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = str(current_id(data))
    columns = ("member_id", "at", "kind")
    write_table(tmp_path / "more", "activities", columns, [("m1", "2015-11-02T10:00:00Z", "wiki")])
    second = load_paths([tmp_path / "more"], data).release.id
    point_to(data, first)
    begun: list[str] = []

    def note(sql: str) -> None:
        begun.append(sql)
        if len(begun) == 2:
            point_to(data, second)

    watch_keep(monkeypatch, note)
    making = Preparing()
    making.make_if_due(data)
    assert begun == list_made(data)[:2]
    assert making.say_progress(first).startswith("Preparing the figures of this release: 2 of ")
    assert making.say_progress(second) == ""
    making.make_if_due(data)
    assert len(begun) == 2 + len(list_made(data))
    assert making.say_progress(second) == ""


def test_what_failed_is_said_and_the_rest_is_made(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    statements = list_made(data)

    def note(sql: str) -> None:
        if sql == statements[1]:
            raise duckdb.OutOfMemoryException("at 4 GB")

    making = Preparing()
    with monkeypatch.context() as failing:
        watch_keep(failing, note)
        making.make_if_due(data)
    said = making.say_progress(current_id(data))
    assert said.startswith(
        f"1 statement of {len(statements)} behind the figures of this release failed (OutOf"
    )
    engine, made = open_engine(str(current_id(data))), list_kept(data)
    for sql in (*statements[:1], *statements[2:]):
        engine.keep(sql)
    assert list_kept(data) == made


def test_a_fault_of_any_kind_ends_one_release_and_not_the_thread(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    making, release_id = Preparing(), str(current_id(data))
    total = len(list_made(data))

    def fail(*arguments: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as failing:
        failing.setattr(preparing, "look_through", fail)
        making.make_if_due(data)
    first = len(list_kept(data))
    assert f" statements of {total} " in making.say_progress(release_id)
    assert "(ZeroDivisionError)" in making.say_progress(release_id)
    with monkeypatch.context() as watching:
        watching.setattr(Engine, "keep", fail)
        making.make_if_due(data)
    columns = ("member_id", "at", "kind")
    write_table(data.parent / "more", "activities", columns, [("m1", "2015-11-02T10:00:00Z", "wiki")])
    second = load_paths([data.parent / "more"], data).release.id
    making.make_if_due(data)
    assert making.say_progress(second) == ""
    assert len(list_kept(data)) > first, "positive control: the next release is made"


def test_no_statement_is_begun_while_a_page_is_put_together(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    making = Preparing()
    monkeypatch.setattr(preparing, "LONGEST_PAUSE", None)
    order: list[str] = []
    waits = threading.Event()
    page = making.pause()

    def note(sql: str) -> None:
        order.append("statement")
        if len(order) == 3:
            page.__enter__()

    def end_page() -> None:
        waits.wait(60)
        order.append("page ended")
        page.__exit__(None, None, None)

    wait_for = making._page_ended.wait_for

    def note_wait(is_due: Callable[[], bool], seconds: float | None) -> bool:
        if not is_due():
            waits.set()
        return wait_for(is_due, seconds)

    monkeypatch.setattr(making._page_ended, "wait_for", note_wait)
    watch_keep(monkeypatch, note)
    ending = threading.Thread(target=end_page)
    ending.start()
    making.make_if_due(data)
    ending.join()
    assert order[:5] == ["statement"] * 3 + ["page ended", "statement"]


def test_a_server_that_stops_breaks_off_what_runs(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "SELECT sum(a.range * b.range % 7) AS n FROM range(1000000000) a, range(1000000000) b"
    monkeypatch.setattr(preparing, "list_statements", lambda engine: iter([("endless", endless)]))
    begun = threading.Event()
    watch_keep(monkeypatch, lambda sql: begun.set())
    making = Preparing()
    with making.follow(data):
        assert begun.wait(60)
    assert not [thread for thread in threading.enumerate() if thread.name == "preparing"]
    assert list_kept(data) == set()


def test_a_page_says_how_far_its_figures_are(
    open_page: OpenPage, releases: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "Preparing the figures of this release: 3 of 80."
    monkeypatch.setattr(PREPARING, "_progress", Progress(str(current_id(releases["sample"])), 80, 3))
    assert words in [str(one.value) for one in open_page("sample").sidebar.caption]
    monkeypatch.setattr(PREPARING, "_progress", Progress("another release", 80, 3))
    assert words not in read_words(open_page("sample"))
