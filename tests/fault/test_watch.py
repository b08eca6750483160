"""A watched folder: what is still being written, has become smaller or is cut off is not taken."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from etl.command.watch import REST_SECONDS, UNENDED_SECONDS, Watch
from etl.load import load_paths
from warehouse.engine import Engine
from warehouse.release import Busy, current_id, find_release

HEADING = "member_id,name,joined_on\n"
LINES = [f"M{number},Name {number},2015-01-05\n" for number in range(8)]


class Watched:
    """A watched folder with a clock of its own."""

    def __init__(self, root: Path) -> None:
        self.folder, self.data = root / "inbox", root / "data"
        self.folder.mkdir()
        self.said: list[str] = []
        self.now = 0.0
        self.watch = Watch(self.folder, self.data, self.load, self.said.append)

    def load(self, paths: Sequence[Path]) -> None:
        load_paths(paths, self.data, must_be_whole=True)

    def wait(self, seconds: float) -> None:
        """Look now, and again after so many seconds."""
        self.watch.look(self.now)
        self.now += seconds
        self.watch.look(self.now)

    def write(self, text: str, name: str = "members.csv") -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def count(self) -> int:
        engine = Engine(find_release(self.data))
        rows = int(engine.query("SELECT count(*) AS n FROM members")["n"][0])
        engine.close()
        return rows


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_a_file_is_taken_when_its_size_and_time_have_rested(watched: Watched) -> None:
    for length in range(1, len(LINES)):
        watched.write(HEADING + "".join(LINES[:length]))
        watched.wait(REST_SECONDS / 2)
        assert current_id(watched.data) is None
    watched.wait(REST_SECONDS)
    assert watched.count() == len(LINES) - 1
    assert watched.said == []
    watched.wait(REST_SECONDS)
    assert watched.said == []


def test_a_text_without_an_end_of_its_last_line_rests_longer(watched: Watched) -> None:
    watched.write((HEADING + "".join(LINES)).rstrip("\n"))
    watched.wait(UNENDED_SECONDS / 2)
    assert current_id(watched.data) is None
    watched.wait(UNENDED_SECONDS)
    assert watched.count() == len(LINES), "control: it is taken in the end"


@pytest.mark.fault("a file that is half written")
def test_a_file_cut_off_in_a_line_is_not_taken_until_it_is_whole(
    watched: Watched, record_property: Callable[[str, object], None]
) -> None:
    text = HEADING + "".join(LINES)
    cuts = [len(HEADING) + at for at in range(2, len(LINES[0]) - 12)]
    for cut in cuts:
        watched.write(text[:cut])
        watched.wait(UNENDED_SECONDS)
        assert current_id(watched.data) is None, text[:cut]
        assert "cut off" in watched.said[-1]
        watched.folder.joinpath("members.csv").unlink()
        watched.watch._largest.clear()
    watched.write(text)
    watched.wait(REST_SECONDS)
    assert watched.count() == len(LINES)
    record_property("tries", len(cuts))


@pytest.mark.fault("a file that becomes smaller")
def test_a_file_that_became_smaller_waits_also_after_a_new_start(watched: Watched, tmp_path: Path) -> None:
    watched.write(HEADING + "".join(LINES))
    watched.wait(REST_SECONDS)
    watched.write(HEADING + "".join(LINES[:3]))
    watched.wait(REST_SECONDS)
    assert watched.count() == len(LINES)
    assert "waits until it is as large again" in watched.said[-1]
    watched.watch = Watch(watched.folder, watched.data, watched.load, watched.said.append)
    watched.wait(REST_SECONDS)
    assert watched.count() == len(LINES)
    assert len(watched.said) == 2
    watched.write(HEADING + "".join(LINES) + "M9,Name 9,2015-01-05\n")
    watched.wait(REST_SECONDS)
    assert watched.count() == len(LINES) + 1, "control: larger again it is taken"


def test_what_is_refused_stops_no_other_file_and_what_passes_is_tried_again(watched: Watched) -> None:
    def be_busy(paths: Sequence[Path]) -> None:
        raise Busy("Another load is writing.")

    watched.write("nothing,known\n1,2\n", "a.csv")
    watched.write(HEADING + "".join(LINES))
    watched.watch.load = be_busy
    watched.wait(REST_SECONDS)
    watched.wait(REST_SECONDS)
    assert watched.said == ["Another load is writing."]
    watched.watch.load = watched.load
    watched.wait(REST_SECONDS)
    assert watched.count() == len(LINES)
    assert len(watched.said) == 2
    assert watched.said[1].startswith("a.csv")


def test_a_name_that_is_not_utf_8_is_said_once_and_stops_no_other_file(watched: Watched) -> None:
    unnamed = watched.folder / os.fsdecode(b"caf\xe9.csv")
    unnamed.write_text(HEADING + "".join(LINES[:2]), encoding="utf-8")
    watched.write(HEADING + "".join(LINES))
    watched.wait(REST_SECONDS)
    watched.wait(REST_SECONDS)
    assert watched.count() == len(LINES)
    assert len(watched.said) == 1
    assert "is not UTF-8: give it another name" in watched.said[0]
    unnamed.rename(watched.folder / "cafe.csv")
    watched.wait(REST_SECONDS)
    assert len(watched.said) == 1, "control: with another name it is taken"


def test_a_folder_that_is_gone_is_said_once_and_watched_when_it_is_back(watched: Watched) -> None:
    watched.folder.rmdir()
    watched.wait(REST_SECONDS)
    watched.wait(REST_SECONDS)
    assert len(watched.said) == 1
    assert watched.said[0].startswith(f"{watched.folder}: No such file or directory.")
    watched.folder.mkdir()
    watched.write(HEADING + "".join(LINES))
    watched.wait(REST_SECONDS)
    assert watched.count() == len(LINES)
