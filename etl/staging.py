"""Staged files: raw exports kept by content hash, so that a release can always be rebuilt whole."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from etl.mapping import Mapping, find_mapping, override_options
from etl.reading import Options, Refused
from warehouse.release import hash_file

SUFFIXES = {".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".sav", ".zsav"}
SYNTHETIC_MARK = "SYNTHETIC.txt"
ERASED = "erased.json"


@dataclass(frozen=True)
class StagedFile:
    """A raw export by name and SHA-256, with the options and the column mapping it was loaded with.

    `is_cleaned` marks rows that `etl.erasure` kept in place of an export that named an erased person.
    """

    name: str
    sha256: str
    options: Options = field(default_factory=Options)
    mapping: Mapping | None = None
    is_synthetic: bool = False
    is_cleaned: bool = False

    def to_record(self) -> dict[str, Any]:
        options = {key: str(value) for key, value in asdict(self.options).items() if value is not None}
        return {
            "name": self.name,
            "sha256": self.sha256,
            "options": options,
            "mapping": asdict(self.mapping) if self.mapping else None,
            "is_synthetic": self.is_synthetic,
            **({"is_cleaned": True} if self.is_cleaned else {}),
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> StagedFile:
        options = dict(record["options"])
        if "complete_to" in options:
            options["complete_to"] = date.fromisoformat(options["complete_to"])
        mapping = Mapping(**record["mapping"]) if record["mapping"] else None
        return cls(
            record["name"],
            record["sha256"],
            Options(**options),
            mapping,
            bool(record["is_synthetic"]),
            bool(record.get("is_cleaned")),
        )


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


def load_key(state: Path) -> bytes:
    """The pseudonym key: 32 random bytes, made on first use, readable by the owner only, never in a release.

    Refused where the key is gone and people were erased: only with that key are they known again and left out.
    """
    state.mkdir(parents=True, exist_ok=True)
    path = state / "pseudonym.key"
    if (state / ERASED).exists() and not path.exists():
        raise Refused(
            f"{path} is missing, and without it the people who were erased would come back: restore it from the backup."
        )
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = bytes.fromhex(path.read_text(encoding="ascii"))
        if len(key) != 32:
            raise Refused(
                f"{path} is damaged: restore it from the backup, or every pseudonym changes."
            ) from None
        return key
    key = secrets.token_bytes(32)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex())
        file.flush()
        os.fsync(file.fileno())
    return key


def make_pseudonym(key: bytes, kind: str, value: str) -> str:
    """Keyed pseudonym (HMAC-SHA-256, first 64 bits in hexadecimal) of a person."""
    return hmac.digest(key, f"{kind}|{value}".encode(), hashlib.sha256).hex()[:16]
