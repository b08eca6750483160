"""What lies in the data folder is damaged or gone: every command says so in one sentence, and nothing is lost.

The control is the same commands on the folder as it was: all of them end well.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fault.damaging import (
    PLACES,
    READING,
    VALUE,
    WAYS,
    WRITING,
    cut,
    fill_in,
    find_live,
    is_sentence,
    read_all,
    run,
)
from warehouse.release import KEEP, list_folders


def test_control_undamaged_every_command_ends_well(data: Path, kitchen: Path) -> None:
    for command in (*READING, *WRITING):
        assert run(data, *fill_in(command, kitchen)) == 0, command


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "place", [pytest.param(place, marks=pytest.mark.fault(f"{place} damaged or gone")) for place in PLACES]
)
def test_what_is_damaged_is_said_in_one_sentence_and_nothing_else_is_lost(
    kitchen: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
    place: str,
    way: str,
) -> None:
    path, writing = PLACES[place]
    tries = lost = torn = 0
    assert run(kitchen, *VALUE) == 0
    figures = capsys.readouterr().out
    for number, commands in enumerate((READING, *([one] for one in WRITING if one[:2] in writing))):
        data = tmp_path / str(number)
        shutil.copytree(kitchen, data)
        damaged = path(data)
        WAYS[way](damaged)
        others = read_all(data)
        for command in commands:
            capsys.readouterr()
            status = run(data, *fill_in(command, kitchen))
            said = capsys.readouterr()
            assert status in (0, 1)
            assert status == 0 or is_sentence(said.err), f"{command}: {said.err}"
            tries += 1
            lost += len(others.items() - read_all(data).items()) if status else 0
            torn += status == 0 and command == VALUE and said.out != figures
    for name, value in (("tries", tries), ("lost", lost), ("torn", torn)):
        record_property(name, value)
    assert (lost, torn) == (0, 0)


@pytest.mark.parametrize("command", [("list",), ("audit",), ("pause", "LINK"), ("create", "--label", "More")])
def test_a_link_store_that_is_gone_is_no_empty_one(
    data: Path, kitchen: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    store = data / "state" / "links.sqlite"
    store.unlink()
    assert run(data, *fill_in(("sharing", *command), kitchen)) == 1
    assert is_sentence(said := capsys.readouterr().err)
    assert str(store) in said


@pytest.mark.fault("the ledger of what was shown gone")
def test_a_missing_ledger_is_to_be_confirmed_and_not_an_empty_one(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = data / "state" / "published.sqlite"
    ledger.unlink()
    assert run(data, "sharing", "create", "--label", "Another") == 1
    assert is_sentence(said := capsys.readouterr().err)
    assert str(ledger) in said
    assert run(data, "sharing", "new-ledger") == 0
    assert run(data, "sharing", "create", "--label", "Another") == 0


def test_a_damaged_staged_file_stops_the_load_with_its_name(
    data: Path, kitchen: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    staged, _ = PLACES["a staged file"]
    path, old = staged(data), find_live(data)
    cut(path)
    assert run(data, "etl", "load", str(kitchen.parent / "raw" / "members.csv")) == 1
    said = capsys.readouterr().err
    assert said.startswith("answers.csv was loaded before, but its copy")
    assert str(path) in said
    assert find_live(data) == old
    answers = kitchen.parent / "raw" / "answers.csv"
    assert run(data, "etl", "load", str(answers)) == 0, "control: that file loaded once more puts it right"
    assert run(data, "etl", "load", str(kitchen.parent / "raw" / "members.csv")) == 0


def test_a_damaged_older_manifest_is_named_and_blocks_nothing(
    data: Path, kitchen: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    oldest = list_folders(data)[0]
    staged = set((data / "state" / "staged").iterdir())
    cut(oldest / "manifest.json")
    members = kitchen.parent / "raw" / "members.csv"
    changed = data.parent / "members.csv"
    for number in range(KEEP):
        text = members.read_text(encoding="utf-8").replace("Person 58", f"Somebody {number}")
        changed.write_text(text, encoding="utf-8")
        assert run(data, "etl", "releases") == 0
        assert f"{oldest.name}  damaged" in capsys.readouterr().out or number == KEEP - 1
        assert run(data, "etl", "verify") == (1 if oldest.exists() else 0)
        assert str(oldest) in capsys.readouterr().err or not oldest.exists()
        assert run(data, "etl", "load", str(changed)) == 0
        if oldest.exists():
            assert set((data / "state" / "staged").iterdir()) >= staged, "what it was made of stays"
    assert not oldest.exists(), "it goes in its turn"
    assert len(list_folders(data)) == KEEP


@pytest.mark.fault("an erasure where a manifest is gone")
def test_an_erasure_removes_a_release_whose_manifest_is_gone(data: Path) -> None:
    (list_folders(data)[0] / "manifest.json").unlink()
    assert run(data, "etl", "erase", "m3") == 0
    assert len(list_folders(data)) == 1
