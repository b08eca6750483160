"""What is computed once and kept under the hash of what it was computed from, in files for their owner only."""

from __future__ import annotations

import hashlib
import math
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from warehouse.release import hash_file, refuse_removed

ROOMS = ("warehouse", "indicators")
UNUSED_DAYS = 14
# A folder of this name is what another engine is writing, or has left.
WORKING = ".working-"


class Kept:
    """Parquet files named by a key: what did not change is found again by any later release, rollback or process.

    The files hold exact small cells: mode 0600, outside every release, emptied when somebody is erased. Of a release that is
    no longer there nothing is kept: somebody may have been erased from it. Beside each lies its SHA-256: a file that is no
    longer what was written is not found.
    """

    def __init__(self, folder: Path, release: Path) -> None:
        self.folder = folder
        self._release = release
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def find(self, key: str) -> Path | None:
        """The file of a key, marked as used today; None where there is none that is whole."""
        path, digest = self.folder / f"{key}.parquet", self.folder / f"{key}.sha256"
        try:
            is_whole = digest.read_text(encoding="ascii") == hash_file(path)
            for each in (path, digest):
                os.utime(each)
        except (OSError, UnicodeError):
            return None
        return path if is_whole else None

    def keep(self, key: str, write: Callable[[Path], object]) -> Path:
        """Let `write` make the file of a key; it appears whole or not at all, whoever else makes it too.

        Raises NoRelease where the release has been removed, OSError where nothing can be written.
        """
        path, digest = self.folder / f"{key}.parquet", self.folder / f"{key}.sha256"
        try:
            with self._write_fresh() as fresh, self._write_fresh() as fresh_digest:
                write(fresh)
                # Another engine moves a file of its own there.
                fresh.chmod(0o600)
                fresh_digest.write_text(hash_file(fresh), encoding="ascii")
                os.replace(fresh, path)
                os.replace(fresh_digest, digest)
        finally:
            if not self._release.is_dir():
                path.unlink(missing_ok=True)
                digest.unlink(missing_ok=True)
                refuse_removed(self._release)
        return path

    @contextmanager
    def _write_fresh(self) -> Iterator[Path]:
        fresh = self.folder / f".new-{secrets.token_hex(8)}"
        try:
            os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            yield fresh
        finally:
            fresh.unlink(missing_ok=True)


def empty_kept(folder: Path) -> None:
    """Remove everything kept, as after an erasure."""
    _remove_older(folder, math.inf)


def prune_kept(folder: Path, days: int = UNUSED_DAYS) -> None:
    """Remove what nobody has used for some days."""
    _remove_older(folder, time.time() - days * 86400)


def _remove_older(folder: Path, oldest: float) -> None:
    """Remove what is older; a folder into which an engine spills stays without its files. Others may remove at the same time."""
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):
            if path.is_dir() and not path.name.startswith(WORKING):
                _remove_older(path, oldest)
            elif path.stat().st_mtime < oldest:
                _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def find_kept_folder(data: Path) -> Path:
    """Where a data folder keeps what was computed."""
    return data / "state" / "kept"


@cache
def hash_code() -> str:
    """SHA-256 of the source that computes figures: what an older version of it kept is not found again."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def hash_parts(*parts: str) -> str:
    """SHA-256 of some texts, in hexadecimal."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
