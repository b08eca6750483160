"""Staged files: raw exports kept by content hash, so that a release can always be rebuilt whole."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from commands import is_text
from etl.reading.files import SYNTHETIC_MARK, StagedFile
from etl.reading.mapping import Mapping, find_mapping, override_options
from etl.reading.physical.archive import unpack_single
from etl.reading.types import Options, Refused
from warehouse.release import hash_file, lock_folder

WORK = "load-"
SUFFIXES = {".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".sav", ".zsav", ".zip", ".json", ".qsf"}
# what many things lie in besides exports: in a folder one that is no export is passed over
_WRAPPERS = {".zip", ".json", ".qsf", ".txt"}


_WAYS = {
    ".xls": "it is in Excel's old format: save it as .xlsx or CSV",
    ".xlsb": "save it as .xlsx or CSV",
    ".ods": "save it as .xlsx or CSV",
    ".numbers": "export it as .xlsx or CSV",
    ".gz": "unpack it",
    ".pdf": "it holds no table: export it as CSV or .xlsx",
}
LOCK = "~$"


def list_passed(paths: Iterable[Path]) -> list[str]:
    """A sentence for each file of a folder that is not read, with the way to one that is, and for each folder in it that has some; what
    is hidden is no file."""
    return [
        f"{entry.name} was passed over: {_explain_passed(entry)}."
        for path in paths
        if path.is_dir()
        for entry in sorted(path.iterdir())
        if (entry.is_file() or (entry.is_dir() and any(map(_is_data, entry.glob("*")))))
        and not entry.name.startswith(".")
        and not _is_data(entry)
        and entry.name != SYNTHETIC_MARK
    ]


def list_wrappers(paths: Iterable[Path]) -> set[str]:
    """Names of the files of folders that are passed over where they are no export."""
    return {
        entry.name
        for path in paths
        if path.is_dir()
        for entry in path.iterdir()
        if entry.suffix.lower() in _WRAPPERS
    }


def _explain_passed(path: Path) -> str:
    if path.is_dir():
        return "it is a folder in a folder: name it beside the other"
    if path.name.startswith(LOCK):
        return "it is the lock file of a program that has the real one open"
    return _WAYS.get(
        path.suffix.lower(),
        "only CSV, XLSX, Parquet, SPSS, JSON and QSF files, and zip archives of one of them, are read",
    )


def _is_data(path: Path) -> bool:
    return (
        path.is_file()
        and path.suffix.lower() in SUFFIXES
        and not path.name.startswith((".", LOCK))
        and path.name != SYNTHETIC_MARK
    )


def list_data(folder: Path) -> list[Path]:
    """The data files of a folder, by name."""
    return sorted(entry for entry in folder.iterdir() if _is_data(entry))


def list_inputs(paths: Iterable[Path]) -> list[Path]:
    """The files that are meant: a folder stands for the data files in it. Refused when one is missing or none is there."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = list_data(path)
            if not inside:
                passed = " ".join(list_passed([path])[:5])
                raise Refused(
                    f"There is no CSV, XLSX, Parquet or SPSS file in {path}: name the files or another folder. {passed}".rstrip()
                )
            found += inside
        elif path.is_file() and path.name.startswith(LOCK):
            raise Refused(
                f"{path.name} cannot be read: {_explain_passed(path)}. Close it, and load {path.name[2:]}."
            )
        elif path.is_file():
            found.append(path)
        else:
            raise Refused(f"There is no file {path}: check its name.")
    for path in found:
        check_name(path)
    return list(dict.fromkeys(found))


def check_name(path: Path) -> None:
    """Refused where the name of a file cannot be written down."""
    if not is_text(path.name):
        raise Refused(
            f"The name of the file {os.fsencode(path)!r} is not UTF-8: give it another name, and load it again."
        )


def stage_files(
    state: Path, paths: Iterable[Path], options: Options, mappings: Iterable[Mapping]
) -> list[StagedFile]:
    """Copy files into the state folder by content hash, of a zip archive with one file that file; safe to interrupt."""
    folder = state / "staged"
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(state, 0o700)
    staged = []
    for path in list_inputs(paths):
        fresh = folder / f".new-{secrets.token_hex(8)}"
        inside = fresh.with_suffix(".inside")
        mapping = find_mapping(mappings, path.name)
        file_options = override_options(options, mapping)
        try:
            shutil.copyfile(path, fresh)
            if unpack_single(fresh, inside):
                os.replace(inside, fresh)
            digest = hash_file(fresh)
            os.chmod(fresh, 0o600)
            os.replace(fresh, folder / digest)
        finally:
            fresh.unlink(missing_ok=True)
            inside.unlink(missing_ok=True)
        is_synthetic = (path.parent / SYNTHETIC_MARK).is_file()
        staged.append(StagedFile(path.name, digest, file_options, mapping, is_synthetic))
    return staged


def refuse_damaged(state: Path, staged: Iterable[StagedFile]) -> None:
    """Refused where the copy of a file is not, byte for byte, what was loaded."""
    for file in staged:
        path = state / "staged" / file.sha256
        if not path.is_file() or hash_file(path) != file.sha256:
            raise Refused(
                f"{file.name} was loaded before, but its copy {path.resolve()} is {'damaged' if path.exists() else 'gone'}: load that "
                "file once more from where it came, or restore the copy from the backup; the live release is unchanged."
            )


@contextmanager
def open_work(state: Path) -> Iterator[Path]:
    """An empty folder of its owner's for one load or check, which goes afterwards; what others left that were killed goes now.

    A folder in use is locked, so that a check may run beside a load.
    """
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chmod(state, 0o700)
    with lock_folder(state, fcntl.LOCK_EX):
        for left in state.glob(f"{WORK}*"):
            with suppress(BlockingIOError), lock_folder(left, fcntl.LOCK_EX | fcntl.LOCK_NB):
                shutil.rmtree(left)
        folder = Path(tempfile.mkdtemp(dir=state, prefix=WORK))
        mine = ExitStack()
        mine.enter_context(lock_folder(folder, fcntl.LOCK_EX))
    with mine:
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):
                state.rmdir()
                state.parent.rmdir()


def merge_staged(state: Path, earlier: Iterable[StagedFile], added: Iterable[StagedFile]) -> list[StagedFile]:
    """The files of the next release: a newly loaded file takes the place of earlier ones of its name, and of one that is the same with
    the same options. The same content with others, as of two events to which the same people came, is a file of its own.

    The order depends on names and contents only, never on the order of loading. Refused where an earlier one is damaged.
    """
    added = list(added)
    replaced = {file.name for file in added}
    kept = {
        _describe(file): file for file in (*(file for file in earlier if file.name not in replaced), *added)
    }
    refuse_damaged(state, [file for file in kept.values() if file not in added])
    return sorted(kept.values(), key=lambda file: (file.name, file.sha256, _describe(file)))


def list_same(added: Iterable[StagedFile], staged: Iterable[StagedFile]) -> list[str]:
    """A sentence for each of the files that were added which is not among those of the release, because another there is the same."""
    names = {_describe(file): file.name for file in staged}
    return [
        f"{file.name} is the same file as {names[_describe(file)]}, and is read once."
        for file in added
        if file.name != names[_describe(file)]
    ]


def _describe(file: StagedFile) -> str:
    """A file's content and how it is to be read, whatever its name is."""
    return json.dumps(replace(file, name="").to_record(), sort_keys=True)


def prune_staged(state: Path, keep: Iterable[str]) -> None:
    """Remove staged files that no kept release was built from."""
    wanted = set(keep)
    for path in (state / "staged").iterdir():
        if path.name not in wanted:
            path.unlink()
