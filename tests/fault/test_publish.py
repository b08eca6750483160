"""Faults while publishing: killed at every step, two loads at once, a disk that is full, readers meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from etl.__main__ import main
from etl.coding.bulk import Bulk
from etl.load import load_paths
from settings import PROJECT
from warehouse.engine import Engine
from warehouse.release import Busy, current_id, find_release, list_releases, lock_data, verify_release

KILLER = """
import os, sys
from pathlib import Path
from etl.load import load_paths
from tests.fault.killing import WRITES, count_steps

for line in sys.stdin:
    child = os.fork()
    if not child:
        last, data = int(line.split(" ", 1)[0]), Path(line.split(" ", 1)[1].strip())
        count_steps(last, WRITES)
        load_paths([data.parent / "members.csv"], data)
        sys.exit()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
RunKilled = Callable[[Path, int], int]
FIRST = "member_id,name,joined_on\nM1,Ann,2015-01-05\n"
SECOND = FIRST + "M2,Bob,2015-02-05\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "members.csv").write_text(FIRST, encoding="utf-8")
    load_paths([tmp_path / "members.csv"], tmp_path / "data")
    (tmp_path / "members.csv").write_text(SECOND, encoding="utf-8")
    return tmp_path / "data"


@pytest.fixture(scope="module")
def run_killed() -> Iterator[RunKilled]:
    """Load in a process that is killed at a step; its exit status. All are forks of one that has imported what a load needs."""
    with subprocess.Popen(
        [sys.executable, "-c", KILLER], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        given, said = process.stdin, process.stdout

        def run(data: Path, step: int) -> int:
            print(step, data, file=given, flush=True)
            return int(said.readline())

        yield run


def count_members(data: Path) -> int:
    engine = Engine(find_release(data))
    try:
        return int(engine.query("SELECT count(*) AS n FROM members")["n"][0])
    finally:
        engine.close()


@pytest.mark.fault("a load killed at every step of publishing")
def test_killed_at_every_step_a_reader_sees_the_old_release_or_the_new_one_whole(
    data: Path, run_killed: RunKilled, record_property: Callable[[str, object], None]
) -> None:
    old = current_id(data)
    seen = []
    step = 0
    while True:
        step += 1
        status = run_killed(data, step)
        assert verify_release(find_release(data)) == []
        seen.append(count_members(data))
        if status == 0:
            break
        assert status == -signal.SIGKILL
        assert step < 100
    record_property("tries", step)
    assert step > 15, "the kills have to reach into the publishing"
    assert set(seen) == {1, 2}
    assert seen == sorted(seen), "once the new release is live it stays"
    assert current_id(data) != old
    assert not list((data / "releases").glob(".building-*"))


def test_a_load_after_a_kill_converges(data: Path, run_killed: RunKilled) -> None:
    assert run_killed(data, 5) == -signal.SIGKILL
    load_paths([data.parent / "members.csv"], data)
    assert count_members(data) == 2
    assert not list((data / "releases").glob(".building-*"))
    assert not list((data / "state" / "staged").glob(".new-*"))


def test_what_a_killed_load_decoded_is_its_owners_and_goes_with_the_next_load(
    data: Path, run_killed: RunKilled
) -> None:
    state, members = data / "state", data.parent / "members.csv"
    members.write_text(SECOND, encoding="utf-16")
    assert run_killed(data, 3) == -signal.SIGKILL
    (decoded,) = state.glob("load-*/*.csv")
    assert "Bob" in decoded.read_text(encoding="utf-8")
    assert decoded.stat().st_mode & 0o777 == 0o600
    load_paths([members], data)
    assert not list(state.glob("load-*"))
    assert count_members(data) == 2


def test_a_second_load_at_the_same_time_is_refused_in_one_sentence(data: Path) -> None:
    with lock_data(data):
        command = [sys.executable, "-m", "etl", "load", str(data.parent / "members.csv"), "--data", str(data)]
        refused = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120)
        with pytest.raises(Busy):
            load_paths([data.parent / "members.csv"], data)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "Another load is writing" in refused.stderr
    assert count_members(data) == 1
    load_paths([data.parent / "members.csv"], data)
    assert count_members(data) == 2, "positive control: without the lock the same load goes through"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (duckdb.IOException("could not write: No space left on device"), "No space left on device"),
        (duckdb.OutOfMemoryException("failed to allocate"), "activities.csv needs more memory"),
        (duckdb.IOException("an invalid state"), "activities.csv cannot be read as a table"),
    ],
)
def test_what_stops_the_parser_is_said_in_one_sentence(
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fault: duckdb.Error,
    words: str,
) -> None:
    def fail(self: Bulk, intake: object) -> None:
        raise fault

    old = current_id(data)
    activities = data.parent / "activities.csv"
    activities.write_text("member_id,at,kind\nM1,2015-02-01T10:00:00Z,post\n", encoding="utf-8")
    monkeypatch.setattr(Bulk, "take", fail)
    assert main(["load", str(activities), "--data", str(data)]) == 1
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert current_id(data) == old


def test_a_failing_write_leaves_the_old_release(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = current_id(data)

    def fail(source: object, target: object) -> None:
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(OSError, match="No space left"):
        load_paths([data.parent / "members.csv"], data)
    monkeypatch.undo()
    assert current_id(data) == old
    assert not list((data / "releases").glob(".building-*"))
    assert count_members(data) == 1


def test_a_reader_keeps_its_release_while_others_are_published(data: Path) -> None:
    engine = Engine(find_release(data))
    for number in range(3, 10):
        with (data.parent / "members.csv").open("a", encoding="utf-8") as handle:
            handle.write(f"M{number},Nobody,2015-03-05\n")
        load_paths([data.parent / "members.csv"], data)
    assert len(list_releases(data)) == 6, "the five latest, and the one that is read"
    assert int(engine.query("SELECT count(*) AS n FROM members")["n"][0]) == 1
    engine.close()
    assert count_members(data) == 9
    (data.parent / "members.csv").write_text(SECOND, encoding="utf-8")
    load_paths([data.parent / "members.csv"], data)
    assert len(list_releases(data)) == 5
