"""Releases: published whole, immutable, named by CURRENT, which is replaced atomically."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

KEEP = 5
LAYOUT = 7
CURRENT = "CURRENT"


class NoRelease(Exception):
    """There is no release, or not the one that was asked for."""


class Busy(Exception):
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
    """Id of the live release, or None when nothing has been published. One small read: cheap enough to poll."""
    try:
        return (data / CURRENT).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def list_releases(data: Path) -> list[Release]:
    """All published releases, oldest first."""
    folder = data / "releases"
    if not folder.is_dir():
        return []
    return [
        find_release(data, path.name)
        for path in sorted(folder.iterdir())
        if (path / "manifest.json").is_file()
    ]


def find_release(data: Path, release_id: str | None = None) -> Release:
    """The live release, or the one named. Raises NoRelease with what to do."""
    wanted = release_id or current_id(data)
    if wanted is None:
        raise NoRelease(
            "There is no release yet: load some files with python -m etl load PATH, or python -m etl demo."
        )
    path = data / "releases" / wanted
    if path.parent != data / "releases" or not (path / "manifest.json").is_file():
        raise NoRelease(f"There is no release {wanted}: python -m etl releases lists those there are.")
    return Release(wanted, path, json.loads((path / "manifest.json").read_text(encoding="utf-8")))


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
    for leftover in releases.glob(".building-*"):
        shutil.rmtree(leftover)
    folder = releases / f".building-{os.getpid()}"
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
        _sync(path)
    _sync(folder)
    target = data / "releases" / release_id
    os.rename(folder, target)
    _sync(target.parent)
    point_to(data, release_id)
    for old in list_releases(data)[:-KEEP]:
        if old.id != release_id:
            shutil.rmtree(old.path)
    return find_release(data, release_id)


def point_to(data: Path, release_id: str) -> None:
    """Make a published release the live one, atomically."""
    find_release(data, release_id)
    fresh = data / f".{CURRENT}.new"
    fresh.write_text(release_id + "\n", encoding="utf-8")
    _sync(fresh)
    os.replace(fresh, data / CURRENT)
    _sync(data)


def verify_release(release: Release) -> list[str]:
    """Compare every file with the manifest's SHA-256; returns one sentence a fault, none when all is well."""
    faults = []
    expected = release.manifest["hashes"]
    for name, digest in expected.items():
        path = release.path / name
        if not path.is_file():
            faults.append(f"{name} is missing from release {release.id}.")
        elif hash_file(path) != digest:
            faults.append(
                f"{name} in release {release.id} is not the file that was published (SHA-256 differs)."
            )
    present = {str(path.relative_to(release.path)) for path in release.path.rglob("*") if path.is_file()}
    for name in sorted(present - set(expected) - {"manifest.json"}):
        faults.append(f"{name} in release {release.id} is not in the manifest.")
    return faults


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
