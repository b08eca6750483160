"""A raw export as the load keeps it, and what was read of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from etl.reading.mapping import Mapping
from etl.reading.types import Item, Options, Reject, Scan, Wording

SYNTHETIC_MARK = "SYNTHETIC.txt"


@dataclass(frozen=True)
class StagedFile:
    """A raw export by name and SHA-256, with the options and the column mapping it was loaded with.

    `is_cleaned` marks rows that `etl.reading.physical.cleaned` kept in place of an export that named an erased person.
    """

    name: str
    sha256: str
    options: Options = field(default_factory=Options)
    mapping: Mapping | None = None
    is_synthetic: bool = False
    is_cleaned: bool = False

    def to_record(self) -> dict[str, Any]:
        options = {
            key: str(value) for key, value in asdict(self.options).items() if value not in (None, False)
        }
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
        for flag in ("is_zone_stated", "is_same_people"):
            options[flag] = flag in options
        mapping = Mapping.from_record(record["mapping"]) if record["mapping"] else None
        return cls(
            record["name"],
            record["sha256"],
            Options(**options),
            mapping,
            bool(record["is_synthetic"]),
            bool(record.get("is_cleaned")),
        )


@dataclass(frozen=True)
class Batch:
    """Rows of one table out of one file: `raw` names a DuckDB table of VARCHAR columns and `line`."""

    file: int
    table: str
    raw: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Intake:
    """One file, read: what it is, how many rows it held, its batches and what could not be read.

    `bulk` is a file whose rows are still to be taken (`etl.coding`), once the members and events are known. `last_line` is the
    last one that holds anything, 0 where each row is one line; a file that `is_split` may have several
    rows of a table on one line.
    """

    staged: StagedFile
    source: str
    title: str
    read: int
    batches: tuple[Batch, ...]
    rejects: tuple[Reject, ...]
    warnings: tuple[str, ...]
    complete_to: date | None
    items: tuple[Item, ...] = ()
    bulk: Scan | None = None
    last_line: int = 0
    sheets: tuple[str, ...] = ()
    is_split: bool = False
    asked: tuple[Wording, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether each line is one row of one table, so that rows are counted."""
        return self.source == "template" and not self.is_split
