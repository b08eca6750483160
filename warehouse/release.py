"""Releases: published whole, immutable, named by CURRENT, which is replaced atomically."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from commands import Refusal
from warehouse.files import sync, write_whole

KEEP = 5
LAYOUT = 10
CURRENT = "CURRENT"
BUILDING, REMOVING = ".building-", ".removing-"


class NoRelease(Refusal):
    """There is no release, or not the one that was asked for, or it is damaged."""


class Busy(Refusal):
    """Another load is writing to the same data folder."""


@dataclass(frozen=True)
class Release:
    """One published release: its id, its concrete folder and its manifest."""

    id: str
    path: Path
    manifest: dict[str, Any]

    @property
    def complete_to(self) -> date | None:
        """Last day on which every source is complete, or None for a release without dates."""
        text = self.manifest.get("complete_to")
        return date.fromisoformat(text) if text else None

    @property
    def zone(self) -> str:
        return str(self.manifest["zone"])

    @property
    def is_synthetic(self) -> bool:
        return bool(self.manifest.get("is_synthetic"))


def hash_file(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def current_id(data: Path) -> str | None:
    """Id of the live release, or None where none is named. One small read: cheap enough to poll.

    Raises NoRelease where the name cannot be read.
    """
    path = data / CURRENT
    try:
        named = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeError):
        named = ""
    if path.is_dir():
        raise NoRelease(
            f"{path} is a folder: remove it, then python -m etl rollback ID makes a release the live one."
        )
    if not re.fullmatch(r"[\w-]+", named, re.ASCII):
        raise NoRelease(f"{path} is damaged: python -m etl rollback ID makes a release the live one again.")
    return named


def list_folders(data: Path) -> list[Path]:
    """The folder of every published release, also of a damaged one, in the order of publication."""
    folder = data / "releases"
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def list_releases(data: Path) -> list[Release]:
    """All published releases whose manifest can be read, oldest first."""
    found = []
    for path in list_folders(data):
        with suppress(NoRelease):
            found.append(find_release(data, path.name))
    return found


def find_release(data: Path, release_id: str | None = None) -> Release:
    """The live release, or the one named. Raises NoRelease with what to do."""
    wanted = release_id or current_id(data)
    if wanted is None and list_folders(data):
        raise NoRelease(
            f"{data / CURRENT} is missing: python -m etl rollback ID makes a release the live one again."
        )
    if wanted is None:
        raise NoRelease(
            "There is no release yet: load some files with python -m etl load PATH, or python -m etl demo."
        )
    path = data / "releases" / wanted
    if release_id is None and not path.is_dir():
        raise NoRelease(
            f"{data / CURRENT} names release {wanted}, which is not there: python -m etl rollback ID makes another the live one."
        )
    if path.parent != data / "releases" or not path.is_dir():
        raise NoRelease(f"There is no release {wanted}: python -m etl releases lists those there are.")
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        if manifest["release"] != wanted or not isinstance(manifest["hashes"], dict):
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError):
        raise NoRelease(
            f"{path / 'manifest.json'} is damaged or missing: restore release {wanted} from the backup, or go back to "
            "another with python -m etl rollback ID."
        ) from None
    return Release(wanted, path, manifest)


def refuse_damaged(release: Release) -> None:
    """Raises NoRelease where a file of the release is not the one that was published."""
    refuse_removed(release.path)
    if faults := _find_damage(release):
        raise NoRelease(
            f"{faults[0]} Restore the release from the backup, load its files again with python -m etl load, or go back to "
            "another release with python -m etl rollback ID."
        )


def refuse_removed(path: Path) -> None:
    """Raises NoRelease where the folder of a release is no longer there."""
    if not path.is_dir():
        raise NoRelease(f"Release {path.name} has been removed: open the live one.")


@contextmanager
def lock_data(data: Path) -> Iterator[None]:
    """Hold the data folder for one writer; raises Busy at once when another holds it."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                f"Another load is writing to {data}: wait until it has finished, then try again."
            ) from None
        yield


@contextmanager
def stage_release(data: Path) -> Iterator[Path]:
    """A new empty folder beside the releases, removed unless `publish` moves it away."""
    releases = data / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    for pattern in (f"{BUILDING}*", f"{REMOVING}*"):
        for leftover in releases.glob(pattern):
            shutil.rmtree(leftover)
    folder = releases / f"{BUILDING}{os.getpid()}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(data: Path, folder: Path, manifest: dict[str, Any]) -> Release:
    """Give a finished folder its manifest and name, and make it live: fsync, rename, swap CURRENT.

    The caller holds `lock_data`. Killed at any point, a reader sees the old release or the new one, whole.
    """
    release_id = str(manifest["release"])
    (folder / "manifest.json").write_text(
        json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8"
    )
    for path in sorted(folder.rglob("*")):
        sync(path)
    sync(folder)
    target = data / "releases" / release_id
    os.rename(folder, target)
    sync(target.parent)
    point_to(data, release_id)
    for old in list_folders(data)[:-KEEP]:
        if old != target:
            with suppress(BlockingIOError), hold_release(old, fcntl.LOCK_EX | fcntl.LOCK_NB):
                remove_release(old)
    return find_release(data, release_id)


def name_release(data: Path, now: datetime, content: str) -> str:
    """The id of the next release: the time, or just after the last one where the clock was set back, so that names are in the
    order of publication."""
    form = "%Y%m%dT%H%M%S%fZ"
    for path in reversed(list_folders(data)):
        with suppress(ValueError):
            last = datetime.strptime(path.name.split("-")[0], form).replace(tzinfo=UTC)
            now = max(now, last + timedelta(microseconds=1))
            break
    return f"{now.strftime(form)}-{content[:8]}"


def remove_release(path: Path) -> None:
    """Remove the folder of a release, which is gone at once; what is left of it when this is killed goes with the next load."""
    going = path.with_name(f"{REMOVING}{path.name}")
    os.rename(path, going)
    shutil.rmtree(going)


@contextmanager
def hold_release(path: Path, how: int = fcntl.LOCK_SH) -> Iterator[None]:
    """While inside, no load removes the release in this folder. Raises NoRelease where it is gone."""
    refuse_removed(path)
    with lock_folder(path, how):
        refuse_removed(path)
        yield


@contextmanager
def lock_folder(path: Path, how: int) -> Iterator[None]:
    """Hold a lock on a folder, which goes with the process; raises BlockingIOError where it is not to wait."""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)


def point_to(data: Path, release_id: str) -> None:
    """Make a published release the live one, atomically."""
    find_release(data, release_id)
    with write_whole(data / CURRENT, 0o666) as fresh:
        fresh.write_text(release_id + "\n", encoding="utf-8")


def verify_release(release: Release) -> list[str]:
    """Compare every file with the manifest's SHA-256; returns one sentence a fault, none when all is well."""
    present = {str(path.relative_to(release.path)) for path in release.path.rglob("*") if path.is_file()}
    return _find_damage(release) + [
        f"{name} in release {release.id} is not in the manifest."
        for name in sorted(present - set(release.manifest["hashes"]) - {"manifest.json"})
    ]


def _find_damage(release: Release) -> list[str]:
    faults = []
    for name, digest in release.manifest["hashes"].items():
        path = release.path / name
        if not path.is_file():
            faults.append(f"{name} is missing from release {release.id}.")
        elif hash_file(path) != digest:
            faults.append(
                f"{name} in release {release.id} is not the file that was published (SHA-256 differs)."
            )
    return faults
