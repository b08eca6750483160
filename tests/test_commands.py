"""A full disk is one sentence whoever met it, and so are words that are no text and settings that are not allowed."""

from __future__ import annotations

import errno
import os
from argparse import Namespace
from pathlib import Path

import pytest

from commands import run_command
from settings import BadSetting, load_settings
from tests.fault.damaging import is_sentence, run

DUCKDB = 'IO Error: Async write failed: {"exception_message":"Could not write file \\"/d/x.parquet\\": No space left on device"}'


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/d/x.parquet"), "/d/x.parquet"),
        (RuntimeError(DUCKDB), "/d/x.parquet"),
        (RuntimeError("(sqlite3.OperationalError) database or disk is full"), "The disk"),
    ],
)
def test_a_full_disk_is_a_sentence(capsys: pytest.CaptureFixture[str], fault: Exception, place: str) -> None:
    def fail(given: Namespace) -> int:
        raise fault

    assert run_command(Namespace, fail) == 1
    said = capsys.readouterr().err
    assert said == (
        f"{place}: No space left on device. Make room on the disk and try again; the live release is unchanged.\n"
    )


def test_control_another_fault_is_not_called_a_full_disk() -> None:
    def fail(given: Namespace) -> int:
        raise RuntimeError("something else")

    with pytest.raises(RuntimeError, match="something else"):
        run_command(Namespace, fail)


COMMANDS = (
    ("etl", "releases"),
    ("etl", "erase", "CAFE"),
    ("etl", "demo", "--members", "20", "--write-only", "CAFE/raw"),
    ("etl", "watch", "CAFE"),
    ("indicators", "value", "members"),
    ("indicators", "bundle", "rsiena", "--to", "CAFE/bundle"),
    ("sharing", "list"),
    ("journal", "find", "CAFE"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_words_that_are_not_utf_8_are_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    cafe = tmp_path / os.fsdecode(b"caf\xe9")
    cafe.mkdir()
    words = [part.replace("CAFE", str(cafe)) for part in command]
    data = tmp_path if "CAFE" in " ".join(command) else cafe
    assert run(data, *words) == 1
    said = capsys.readouterr().err
    assert is_sentence(said)
    assert "caf\\udce9" in said


COMMAND = {
    "etl": "demo --members 20 --write-only RAW",
    "indicators": "list",
    "sharing": "list",
    "journal": "find x",
}


@pytest.mark.parametrize("module", COMMAND)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUDIENCE", "everybody"),
        ("IDENTITY", "nobody"),
        ("EVALUATION_ZONE", "Mars/Olympus"),
        ("EVALUATION_ZONE", "../x"),
        ("EVALUATION_DATA", os.fsdecode(b"/caf\xe9")),
    ],
)
def test_a_setting_that_is_not_allowed_is_said_in_a_sentence(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    name: str,
    value: str,
) -> None:
    command = COMMAND[module].replace("RAW", str(tmp_path / "raw")).split()
    assert run(tmp_path, module, *command) == 0, "control: as it is it ends well"
    monkeypatch.setenv(name, value)
    capsys.readouterr()
    assert run(tmp_path, module, *command) == 1
    said = capsys.readouterr().err
    assert is_sentence(said)
    assert said.startswith(f"{name} is ")


def test_secrets_that_cannot_be_read_are_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secrets.toml").mkdir()
    monkeypatch.setenv("EVALUATION_SECRETS", str(tmp_path / "secrets.toml"))
    with pytest.raises(BadSetting, match=r"secrets.toml: Is a directory\."):
        load_settings()
    assert run(tmp_path, "indicators", "list") == 1
    assert is_sentence(capsys.readouterr().err)
