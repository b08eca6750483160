"""Staged files: raw exports kept by content hash, so that a release can always be rebuilt whole."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from etl.reading.files import SYNTHETIC_MARK, StagedFile
from etl.reading.mapping import Mapping, find_mapping, override_options
from etl.reading.types import Options, Refused
from warehouse.release import hash_file

WORK = "load-"
SUFFIXES = {".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".sav", ".zsav"}


def list_inputs(paths: Iterable[Path]) -> list[Path]:
    """The files that are meant: a folder stands for the data files in it. Refused when one is missing or none is there."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(
                entry
                for entry in path.iterdir()
                if entry.is_file()
                and entry.suffix.lower() in SUFFIXES
                and not entry.name.startswith(".")
                and entry.name != SYNTHETIC_MARK
            )
            if not inside:
                raise Refused(
                    f"There is no CSV, XLSX, Parquet or SPSS file in {path}: name the files or another folder."
                )
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise Refused(f"There is no file {path}: check its name.")
    return list(dict.fromkeys(found))


def stage_files(
    state: Path, paths: Iterable[Path], options: Options, mappings: Iterable[Mapping]
) -> list[StagedFile]:
    """Copy files into the state folder by content hash; safe to interrupt."""
    folder = state / "staged"
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(state, 0o700)
    staged = []
    for path in list_inputs(paths):
        fresh = folder / f".new-{secrets.token_hex(8)}"
        mapping = find_mapping(mappings, path.name)
        file_options = override_options(options, mapping)
        try:
            shutil.copyfile(path, fresh)
            digest = hash_file(fresh)
            os.chmod(fresh, 0o600)
            os.replace(fresh, folder / digest)
        finally:
            fresh.unlink(missing_ok=True)
        is_synthetic = (path.parent / SYNTHETIC_MARK).is_file()
        staged.append(StagedFile(path.name, digest, file_options, mapping, is_synthetic))
    return staged


def open_work(state: Path) -> tempfile.TemporaryDirectory[str]:
    """An empty folder for one load, which goes afterwards; also goes what loads left there that were killed.

    The caller holds the lock.
    """
    for left in state.glob(f"{WORK}*"):
        shutil.rmtree(left)
    return tempfile.TemporaryDirectory(dir=state, prefix=WORK)


def merge_staged(earlier: Iterable[StagedFile], added: Iterable[StagedFile]) -> list[StagedFile]:
    """The files of the next release: a newly loaded file takes the place of earlier ones of its name.

    The order depends on names and contents only, never on the order of loading.
    """
    added = list(added)
    replaced = {file.name for file in added}
    by_hash = {
        file.sha256: file for file in (*(file for file in earlier if file.name not in replaced), *added)
    }
    return sorted(by_hash.values(), key=lambda file: (file.name, file.sha256))


def prune_staged(state: Path, keep: Iterable[str]) -> None:
    """Remove staged files that no kept release was built from."""
    wanted = set(keep)
    for path in (state / "staged").iterdir():
        if path.name not in wanted:
            path.unlink()
