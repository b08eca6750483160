"""A sealed extract: all that one link may show, in one JSON file, with nothing in it that leads back to a person."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from commands import Refusal
from indicators.definition import Base, Indicator
from indicators.gate.disclosure import SCOPES
from indicators.published.verdict import Verdict
from indicators.result import FIGURES, Passport, Result, read_figures
from indicators.selection import Selection
from sharing.sealing.causes import Causes
from sharing.store.story import Story, read_story
from warehouse.files import write_whole

FOLDER = "sealed"
FILE = "extract.json"
FORMAT = 1
LINK_ID = re.compile(r"[0-9a-f]{8}")
_LEFT_OUT = ("facts", "values", "of_records", "tables", "needs", "parameters", "compute", "rebuild", "bounds")


class NoExtract(Refusal):
    """There is nothing sealed for a link, or not in a form that this version reads."""


@dataclass(frozen=True)
class Extract:
    """What a link shows: results that have passed the funder's gate, without any file behind them.

    `waves` are the labels of the waves by id; `sealed_at` is in UTC; `label` says for whom it was made;
    `notes` are the notes for funders, newest first: (day, plain text); `story` is what the programme says of itself; `targets` are
    those of the latest complete period, by indicator; `verdicts` how the checks ended, which is kept apart, and
    `causes` why values of each result are hidden, which is not kept.
    """

    link_id: str
    label: str
    release: str
    published_at: str
    complete_to: date | None
    sealed_at: datetime
    is_synthetic: bool
    waves: Mapping[str, str]
    results: tuple[Result, ...]
    notes: tuple[tuple[date, str], ...] = ()
    story: Story = field(default_factory=Story)
    targets: Mapping[str, float] = field(default_factory=dict)
    verdicts: tuple[Verdict, ...] = field(default=(), compare=False)
    causes: tuple[Causes, ...] = field(default=(), compare=False)


def write_extract(data: Path, extract: Extract) -> Path:
    """Write an extract whole: a reader sees the old one or the new one. Returns the file."""
    folder = find_folder(data, extract.link_id)
    folder.mkdir(parents=True, exist_ok=True)
    with write_whole(folder / FILE, 0o666) as fresh, fresh.open("w", encoding="utf-8") as handle:
        json.dump(_write(extract), handle, indent=1, ensure_ascii=False, allow_nan=False)
    return folder / FILE


def read_extract(data: Path, link_id: str) -> Extract:
    """The extract of a link. Raises NoExtract when there is none that can be read."""
    try:
        return _read(json.loads((find_folder(data, link_id) / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise NoExtract(f"Nothing readable is sealed for link {link_id}: seal it again.") from fault


def is_lost(data: Path, place: Path | str) -> bool:
    """Whether the file that a database lies in is gone or empty, though pages are sealed, which only happens with it."""
    if not isinstance(place, Path) or not any((data / FOLDER).glob(f"*/{FILE}")):
        return False
    return not place.exists() or (place.is_file() and place.stat().st_size == 0)


def remove_extract(data: Path, link_id: str) -> None:
    """Delete what was sealed for a link."""
    shutil.rmtree(find_folder(data, link_id), ignore_errors=True)


def find_folder(data: Path, link_id: str) -> Path:
    """The folder of a link's extract. Raises NoExtract for what is not the id of a link."""
    if not LINK_ID.fullmatch(link_id):
        raise NoExtract("That is not the id of a link.")
    return data / FOLDER / link_id


def _write(extract: Extract) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "link_id": extract.link_id,
        "label": extract.label,
        "release": extract.release,
        "published_at": extract.published_at,
        "complete_to": extract.complete_to.isoformat() if extract.complete_to else None,
        "sealed_at": extract.sealed_at.isoformat(),
        "is_synthetic": extract.is_synthetic,
        "waves": dict(extract.waves),
        "notes": [[day.isoformat(), text] for day, text in extract.notes],
        "story": extract.story.write(),
        "targets": dict(extract.targets),
        "results": [_write_result(result) for result in extract.results],
    }


def _write_result(result: Result) -> dict[str, Any]:
    rows = []
    for row in result.table.to_dict(orient="records"):
        texts = {name: None if pd.isna(row[name]) else str(row[name]) for name in result.dimensions}
        rows.append(
            {
                "period": str(row["period"]),
                "is_complete": bool(row["is_complete"]),
                **texts,
                **read_figures(row),
                "status": str(row["status"]),
                "reason": str(row["reason"]),
            }
        )
    indicator = {name: value for name, value in asdict(result.indicator).items() if name not in _LEFT_OUT}
    return {
        "indicator": indicator,
        "period": result.selection.period,
        "grain": result.selection.grain,
        "by": list(result.selection.by),
        "dimensions": list(result.dimensions),
        "attributes": result.passport.attributes,
        "checks_passed": result.passport.checks_passed,
        "checks_failed": result.passport.checks_failed,
        "rows": rows,
    }


def _read(written: dict[str, Any]) -> Extract:
    if written["format"] != FORMAT:
        raise ValueError(f"format {written['format']}")
    complete_to = date.fromisoformat(written["complete_to"]) if written["complete_to"] else None
    return Extract(
        link_id=written["link_id"],
        label=written["label"],
        release=written["release"],
        published_at=written["published_at"],
        complete_to=complete_to,
        sealed_at=datetime.fromisoformat(written["sealed_at"]),
        is_synthetic=written["is_synthetic"],
        waves=written["waves"],
        results=tuple(_read_result(part, written, complete_to) for part in written["results"]),
        notes=tuple((date.fromisoformat(day), str(text)) for day, text in written.get("notes", ())),
        story=read_story(written.get("story", {})),
        targets={str(name): float(value) for name, value in written.get("targets", {}).items()},
    )


def _read_result(part: dict[str, Any], written: dict[str, Any], complete_to: date | None) -> Result:
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in part["indicator"].items()
    }
    if base := fields["base"]:
        fields["base"] = Base(table="", time=base["time"], kind=base["kind"])
    indicator = Indicator(**fields, facts="", tables=())
    selection = Selection(period=part["period"], grain=part["grain"], by=tuple(part["by"]))
    dimensions = tuple(part["dimensions"])
    columns = ["period", "is_complete", *dimensions, *FIGURES, "status", "reason"]
    table = pd.DataFrame(part["rows"], columns=columns).astype(dict.fromkeys(FIGURES, "float64"))
    table = table.assign(step=SCOPES["funder"].rounding)
    passport = Passport(
        indicator=indicator,
        selection=selection,
        release=written["release"],
        published_at=written["published_at"],
        complete_to=complete_to,
        attributes=part["attributes"],
        sources=(),
        checks_passed=part["checks_passed"],
        checks_failed=part["checks_failed"],
        role="funder",
        is_synthetic=written["is_synthetic"],
    )
    return Result(indicator, selection, dimensions, table, passport)
