"""What was made of a file once and is kept: its part, the rows that are not in it, and what both were made with."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from etl.reading.files import StagedFile
from warehouse.release import hash_file

FOLDER = "taken"
VERSION = 4


@dataclass(frozen=True)
class Part:
    """The rows of one file in codes, in its order, without the lines `absent`, which have to be judged one by one.

    `made_with` and `words` say which numbers its codes are; `first` and `latest` are the days of it (in UTC, and in the programme's zone); `has_gaps` that an attribute is
    empty, `has_repeats` that a key is in it twice; `broken` are the lines among `absent` that are no rows at all, with the kind of fault.
    """

    name: str
    table: str
    path: Path
    sha256: str
    rows: int
    absent: tuple[int, ...]
    broken: dict[int, str]
    first: date | None
    latest: date | None
    has_gaps: bool
    has_repeats: bool
    made_with: dict[str, Any]
    words: dict[int, str] = field(default_factory=dict)

    @property
    def aside(self) -> Path:
        """The rows of the lines `absent`, as text; there is none where all are broken."""
        return self.path.with_suffix(".aside.parquet")


def name_part(staged: StagedFile, table: str, zone: str, attributes: Iterable[str]) -> str:
    """The name under which a file's part is kept: it starts with the file's own hash."""
    made_of = [staged.sha256, staged.options.date_order, table, zone, list(attributes), VERSION]
    return f"{staged.sha256[:24]}-{hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]}"


def find_part(state: Path, name: str) -> Part | None:
    """The part that is kept under this name; None where there is none, or not whole."""
    path = state / FOLDER / f"{name}.parquet"
    try:
        digest, _, text = path.with_suffix(".json").read_text(encoding="ascii").partition("\n")
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            return None
        record = json.loads(text)
        aside = record.pop("aside_sha256")
        if hash_file(path) != record["sha256"] or (
            aside and hash_file(path.with_suffix(".aside.parquet")) != aside
        ):
            return None
    except (OSError, UnicodeError):
        return None
    record["absent"] = tuple(record["absent"])
    for numbered in ("broken", "words"):
        record[numbered] = {int(number): text for number, text in record[numbered].items()}
    for day in ("first", "latest"):
        record[day] = date.fromisoformat(record[day]) if record[day] else None
    return Part(name=name, path=path, **record)


def open_fresh(state: Path) -> Path:
    """A new empty file among the taken ones, readable by the owner only."""
    folder = state / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = folder / f".new-{secrets.token_hex(8)}"
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return fresh


def keep_part(state: Path, part: Part, aside: Path | None) -> Part:
    """Keep a part, written at `part.path`, and the rows that are not in it; safe to interrupt."""
    kept = state / FOLDER / f"{part.name}.parquet"
    record = {key: value for key, value in asdict(part).items() if key not in ("name", "path")}
    for day in ("first", "latest"):
        record[day] = record[day].isoformat() if record[day] else None
    record["aside_sha256"] = None if aside is None else hash_part(aside)
    kept.with_suffix(".json").unlink(missing_ok=True)
    for fresh, target in ((part.path, kept), (aside, kept.with_suffix(".aside.parquet"))):
        if fresh is not None:
            os.chmod(fresh, 0o600)
            os.replace(fresh, target)
    note = open_fresh(state)
    with note.open("w", encoding="ascii") as file:
        text = json.dumps(record)
        file.write(f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}")
        file.flush()
        os.fsync(file.fileno())
    os.replace(note, kept.with_suffix(".json"))
    return Part(**{**part.__dict__, "path": kept})


def hash_part(path: Path) -> str:
    """SHA-256 of a finished part, which is on the disk from here on."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return hash_file(path)


def prune_taken(state: Path, keep: Iterable[str]) -> None:
    """Remove what was made of files that no kept release was built from (given by SHA-256), and leftovers."""
    wanted = {digest[:24] for digest in keep}
    folder = state / FOLDER
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.split("-")[0] not in wanted:
            path.unlink()
