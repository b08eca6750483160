"""What the machine refuses, or a file of a name or a width that cannot be taken: a sentence, and nothing is lost."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fault.damaging import (
    READING,
    WRITING,
    fill_in,
    is_sentence,
    read_all,
    run,
)
from warehouse.release import find_release, verify_release

COMMANDS = [
    ("etl", "load", "RAW/members.csv"),
    ("etl", "load", "--fresh", "RAW"),
    ("etl", "check", "RAW/members.csv"),
    ("etl", "erase", "m3"),
    ("etl", "rollback", "OLDEST"),
    ("sharing", "create", "--label", "Another"),
    ("sharing", "refresh"),
    ("sharing", "grant", "bob@example.org", "lead"),
    ("journal", "remove", "nobody"),
    ("indicators", "value", "active_members"),
]


@contextmanager
def mount_disk(folder: Path, size: int) -> Iterator[Path]:
    """A disk of so many bytes; the test is left out where this user may not mount one."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"this user may not mount a disk: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.fault("a full disk, a real one of memory")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_real_full_disk_is_said_in_one_sentence(
    kitchen: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
    command: tuple[str, ...],
) -> None:
    """With no room and with a little; the control is the same command where there is room."""
    used = sum(path.stat().st_size + 8192 for path in kitchen.rglob("*"))
    statuses, lost, torn = [], 0, 0
    for room in (64 << 20, 0, 32 << 10):
        with mount_disk(tmp_path / str(room), used + (128 << 20)) as disk:
            data = disk / "data"
            shutil.copytree(kitchen, data)
            shutil.rmtree(data / "state" / "kept")
            others = read_all(data)
            left = shutil.disk_usage(disk).free - room
            with (disk / "filling").open("wb") as filling:
                filling.write(bytes(left))
            capsys.readouterr()
            statuses.append(run(data, *fill_in(command, kitchen)))
            said = capsys.readouterr().err
            assert statuses[-1] == 0 or is_sentence(said), said
            if statuses[-1]:
                lost += len(others.items() - read_all(data).items())
                torn += bool(verify_release(find_release(data)))
    for name, value in (("tries", len(statuses)), ("lost", lost), ("torn", torn)):
        record_property(name, value)
    assert (lost, torn) == (0, 0)
    assert statuses[0] == 0, "control: with room it does its work"
    assert statuses[1] or command[:2] in (("indicators", "value"), ("etl", "check")), "control: it needs room"


@pytest.mark.fault("a full disk")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_is_said_in_one_sentence(
    kitchen: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
    command: tuple[str, ...],
) -> None:
    """No file may grow beyond a limit, which is what a full disk comes to: at each of several sizes."""
    refused = lost = torn = 0
    for size in (0, 1500, 6000):
        data = tmp_path / f"{size}"
        shutil.copytree(kitchen, data)
        shutil.rmtree(data / "state" / "kept")
        others = read_all(data)
        capsys.readouterr()
        with limit_files(size):
            status = run(data, *fill_in(command, kitchen))
        said = capsys.readouterr().err
        assert status == 0 or is_sentence(said), said
        refused += status
        if status:
            lost += len(others.items() - read_all(data).items())
            torn += bool(verify_release(find_release(data)))
    for name, value in (("tries", 3), ("lost", lost), ("torn", torn)):
        record_property(name, value)
    assert (lost, torn) == (0, 0)
    assert refused or command[0] == "indicators", "control: at no byte nothing can be written"


@contextmanager
def limit_files(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.fault("a folder that may only be read")
def test_a_folder_that_may_only_be_read_is_said_in_one_sentence(
    kitchen: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """To somebody who is not root; the control is the same commands on a copy of their own before."""
    for name in ("writable", "data"):
        shutil.copytree(kitchen, tmp_path / name)
    data = tmp_path / "data"
    for command in (*READING, *WRITING):
        assert run(tmp_path / "writable", *fill_in(command, kitchen)) == 0
    with only_reading(data, kitchen.parent / "raw"):
        for command in (*READING, *WRITING):
            capsys.readouterr()
            status = run(data, *fill_in(command, kitchen))
            said = capsys.readouterr().err
            assert status == 0 or is_sentence(said), f"{command}: {said}"
            assert status == 1 or command not in WRITING, command


@contextmanager
def only_reading(*folders: Path) -> Iterator[None]:
    """Be nobody who may write into these folders, or into any."""
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        for path in folder.parents:
            if path.stat().st_uid == os.getuid() and not path.stat().st_mode & 0o005:
                path.chmod(path.stat().st_mode | 0o055)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
        for folder in folders:
            for path in (folder, *folder.rglob("*")):
                path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.mark.fault("a file name that is not UTF-8")
def test_a_file_name_that_is_not_utf_8_is_said_in_one_sentence(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.csv"))
    path.write_text("member_id,name,joined_on\nM1,Ann,2015-01-05\n", encoding="utf-8")
    for name in ("load", "check"):
        assert run(data, "etl", name, str(path)) == 1
        assert is_sentence(said := capsys.readouterr().err)
        assert "caf" in said
    path.rename(tmp_path / "cafe.csv")
    assert run(data, "etl", "check", str(tmp_path / "cafe.csv")) == 0


def test_more_than_sixty_further_columns_of_members_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    members = tmp_path / "members.csv"
    for count, status in ((60, 0), (61, 1)):
        names = [f"column_{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(count)]
        members.write_text(
            ",".join(["member_id", "name", "joined_on", *names])
            + "\nM1,Ann,2015-01-05"
            + ",x" * count
            + "\n",
            encoding="utf-8",
        )
        assert run(tmp_path / "data", "etl", "load", str(members)) == status
    assert is_sentence(said := capsys.readouterr().err)
    assert said.startswith("With members.csv the members have 61 further columns")
