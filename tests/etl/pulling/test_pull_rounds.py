"""Rounds of pulls: the status of each source, those that are due while a folder is watched, and people who were erased."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from etl.__main__ import main
from etl.command import pull as pulling
from etl.command.pull import LOOK_SECONDS, Due
from etl.erasing.erase import erase_member
from etl.pulling.status import FILE, Status, read_statuses, write_statuses
from etl.reading.types import Refused
from tests.etl.pulling.answered import ATTENDEES, make_tool
from tests.etl.pulling.conftest import TOKEN, Write, write_source
from tests.etl.pulling.served import Served, Tool, say, speak_eventbrite
from warehouse.release import current_id, lock_data

DAMAGED = json.dumps(
    {"sources": [{"name": "eventbrite", "kind": "eventbrite", "last": "", "next": "2026-01-01", "rows": "x"}]}
)
Start = Callable[[Tool], Served]


def pull(data: Path) -> int:
    return main(["pull", "--data", str(data)])


@pytest.fixture
def served(start: Start, configure: Write) -> Served:
    """Eventbrite, pulled every six hours."""
    served = start(make_tool("eventbrite"))
    configure(write_source("eventbrite", served.address, further='every = "6h"'))
    return served


def test_a_status_says_when_it_was_pulled_and_when_next(data: Path, served: Served) -> None:
    assert pull(data) == 0
    (status,) = read_statuses(data / "state").values()
    last, following = map(datetime.fromisoformat, (status.last, status.next))
    assert (following - last, last.utcoffset()) == (timedelta(hours=6), timedelta(0))
    assert (status.name, status.kind, status.rows, status.error) == ("eventbrite", "eventbrite", 3, "")
    path = data / "state" / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(one.stat().st_mode) for one in (data / "state" / "staged").iterdir()} == {0o600}


def test_what_is_not_configured_any_more_has_no_status(data: Path, served: Served, configure: Write) -> None:
    configure(*(write_source("eventbrite", served.address, name) for name in ("one", "two")))
    assert pull(data) == 0
    assert list(read_statuses(data / "state")) == ["one", "two"]
    configure(write_source("eventbrite", served.address, "two"))
    assert pull(data) == 0
    assert list(read_statuses(data / "state")) == ["two"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"sources": [{"name": "x"}]}', '{"sources": 3}', DAMAGED]
)
def test_a_damaged_status_is_said_and_made_anew(data: Path, served: Served, content: str) -> None:
    (data / "state" / FILE).write_text(content, encoding="utf-8")
    with pytest.raises(Refused, match="is damaged"):
        read_statuses(data / "state")
    assert pull(data) == 0
    assert list(read_statuses(data / "state")) == ["eventbrite"]


def test_a_data_folder_without_anything_keeps_the_status_of_a_pull_that_failed(
    tmp_path: Path, served: Served, data: Path
) -> None:
    served.tool = lambda asked: say({}, 404)
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "pull.toml").write_bytes((data / "pull.toml").read_bytes())
    assert pull(tmp_path / "new") == 1
    assert read_statuses(tmp_path / "new" / "state")["eventbrite"].error


def test_another_load_under_way_is_said_and_changes_nothing(
    data: Path, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    before = current_id(data)
    with lock_data(data):
        assert pull(data) == 1
    assert "Another load is writing to the data folder:" in capsys.readouterr().err
    assert current_id(data) == before
    assert pull(data) == 0


def test_watching_pulls_what_is_due_and_says_a_fault_once(
    data: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    due = Due(data, "Europe/London", said.append)
    due.look(0)
    assert len(served.asked) == 2, "never pulled"
    due.look(LOOK_SECONDS / 2)
    due.look(LOOK_SECONDS)
    assert len(served.asked) == 2, "not due for six hours"

    class Later(datetime):
        hours = 7

        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(hours=cls.hours)

    monkeypatch.setattr(pulling, "datetime", Later)
    served.tool = lambda asked: say({}, 403)
    due.look(2 * LOOK_SECONDS)
    due.look(3 * LOOK_SECONDS)
    assert [words.split(":")[0] for words in said] == ["eventbrite"]
    served.tool = make_tool("eventbrite")
    due.look(4 * LOOK_SECONDS)
    assert read_statuses(data / "state")["eventbrite"].error == ""


def test_watching_without_a_configuration_asks_nobody_and_a_wrong_one_is_said_once(data: Path) -> None:
    said: list[str] = []
    due = Due(data, "Europe/London", said.append)
    due.look(0)
    assert said == []
    assert not (data / "state" / FILE).exists()
    (data / "pull.toml").write_text("[[source]]\n", encoding="utf-8")
    due.look(LOOK_SECONDS)
    due.look(2 * LOOK_SECONDS)
    assert len(said) == 1
    assert "has a source without a name" in said[0]


def find_person(data: Path) -> list[str]:
    needles = (b"sam@east.example", b"Sam Lee", b"Sam,Lee")
    return [
        path.name
        for path in data.rglob("*")
        if path.is_file() and any(needle in path.read_bytes() for needle in needles)
    ]


def test_an_erased_person_leaves_what_was_pulled_and_does_not_come_back(data: Path, served: Served) -> None:
    assert pull(data) == 0
    (status,) = read_statuses(data / "state").values()
    words = "eventbrite.csv: 'Sam Lee' is none of its statuses."
    write_statuses(data / "state", [Status(**{**vars(status), "error": words})])
    staged = data / "state" / "staged"
    assert any(b"Sam,Lee" in path.read_bytes() for path in staged.iterdir()), "control: it is there"
    erased = erase_member(data, "M2")
    assert erased.rows["eventbrite.csv"] == 1
    assert find_person(data) == []
    assert json.loads((data / "state" / FILE).read_text())["sources"][0]["error"].startswith(
        "eventbrite.csv: '[removed]'"
    )
    assert pull(data) == 0
    assert find_person(data) == []
    assert b"Sam" in served.tool(served.asked[-2]).body, "control: the tool still gives that row"
    served.tool = speak_eventbrite(ATTENDEES[:2], TOKEN)
    assert pull(data) == 0
    assert find_person(data) == []


def test_erasing_removes_a_status_that_nobody_can_read(data: Path) -> None:
    (data / "state" / FILE).write_bytes(b"\xff Sam Lee")
    erase_member(data, "M2")
    assert find_person(data) == []
