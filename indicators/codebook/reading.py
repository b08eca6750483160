"""What a release keeps of its questions, read for a viewer: of who answered nothing for whoever may see aggregates only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from indicators.gate.disclosure import Scope
from warehouse.codes import select_file
from warehouse.contracts import ASKED
from warehouse.engine import Engine

_ITEMS = """SELECT survey_id, item_id, text, construct, kind, scale_min, scale_max, reversed, labels FROM items
ORDER BY survey_id, construct NULLS LAST, item_id"""
_WAVES = """SELECT wave_id, survey_id, coalesce(label, wave_id) AS label FROM waves
WHERE survey_id IN (SELECT survey_id FROM items) ORDER BY survey_id, opened_on, wave_id"""
_ANSWERED = """SELECT w.wave_id, i.survey_id, i.item_id FROM (SELECT DISTINCT wid, iid FROM coded_answers) a
JOIN wave_codes w ON w.wid = a.wid JOIN item_codes i ON i.iid = a.iid"""
_TOLD = ("codebook", "definition")


@dataclass(frozen=True)
class Item:
    """An item of the codebook, or as a file of it has it; `text` alone is known where only the heading of an export asks it.

    `is_reversed` is None in a file of definitions, which does not say so.
    """

    survey_id: str
    item_id: str
    text: str
    construct: str = ""
    kind: str = ""
    scale_min: int | None = None
    scale_max: int | None = None
    is_reversed: bool | None = False
    labels: str = ""
    file: str = ""

    @property
    def steps(self) -> dict[int, str]:
        """The words of each step that has any."""
        parted = [label.partition("=") for label in self.labels.split("|")]
        return {
            int(float(number)): words.strip() for number, mark, words in parted if mark and _is_number(number)
        }

    @property
    def valueless(self) -> list[str]:
        """The answers that have no value, such as not applicable."""
        parted = [(label, label.partition("=")[0]) for label in self.labels.split("|") if label.strip()]
        return [label.strip() for label, number in parted if not _is_number(number)]

    @property
    def ends(self) -> tuple[int | None, int | None]:
        """The lowest and the highest value of the scale, from its words where it is given by these alone."""
        steps = self.steps
        low = min(steps, default=None) if self.scale_min is None else self.scale_min
        return low, max(steps, default=None) if self.scale_max is None else self.scale_max


@dataclass(frozen=True)
class Asked:
    """How one file asks an item; `wave_id` is '' where the file does not name its wave, `form` '' where that is not told."""

    file: str
    survey_id: str
    item_id: str
    wave_id: str
    is_named: bool
    heading: str
    text: str
    labels: str
    missing: str
    form: str
    is_off_scale: bool


@dataclass(frozen=True)
class Wave:
    """A wave of a survey that has items."""

    wave_id: str
    survey_id: str
    label: str


@dataclass(frozen=True)
class Kept:
    """All that a viewer may know of the questions of a release.

    `answered` are (wave, survey, item) with any answer, None for a viewer who may not know; `is_loose` says that a file of answers
    does not name its wave, so that it may have asked anything in any.
    """

    items: tuple[Item, ...]
    versions: tuple[Item, ...]
    waves: tuple[Wave, ...]
    asked: tuple[Asked, ...]
    answered: frozenset[tuple[str, str, str]] | None
    is_loose: bool
    synonyms: Mapping[str, tuple[str, ...]]

    @cached_property
    def headed(self) -> frozenset[str]:
        """The waves that the heading of a file is of."""
        return frozenset(one.wave_id for one in self.asked)

    @cached_property
    def heard(self) -> frozenset[str]:
        """The waves that have any answer."""
        return frozenset(wave for wave, _, _ in self.answered or ())

    @cached_property
    def missing(self) -> dict[str, tuple[str, ...]]:
        """By survey the cells of its files that are no answer."""
        found: dict[str, dict[str, None]] = {}
        for one in self.asked:
            found.setdefault(one.survey_id, {}).update(dict.fromkeys(filter(None, one.missing.split("|"))))
        return {survey: tuple(cells) for survey, cells in found.items()}


def read_questions(engine: Engine, scope: Scope) -> Kept | None:
    """The questions of a release; None where it keeps none, being older, or for a viewer who sees sealed pages only."""
    path = engine.release.path / f"{ASKED.name}.parquet"
    if not path.is_file() or (scope.minimum and not scope.keeps_records):
        return None
    rows = engine.lookup(select_file(path)).astype(object)
    rows = rows.where(rows.notna(), None)
    exports = rows[rows["source"] == "export"]
    versions = tuple(_read_item(row) for row in _list(rows[rows["source"].isin(_TOLD)]))
    items = tuple(_read_item(row) for row in _list(engine.lookup(_ITEMS)))
    waves = tuple(
        Wave(**{str(name): str(value) for name, value in row.items()}) for row in _list(engine.lookup(_WAVES))
    )
    if not scope.minimum:
        found = engine.lookup(_ANSWERED).itertuples(index=False, name=None)
        asked = tuple(_read_asked(row) for row in _list(exports))
        answered = frozenset((str(wave), str(survey), str(item)) for wave, survey, item in found)
        return Kept(items, versions, waves, asked, answered, False, _list_synonyms(engine))
    asked = tuple(
        _read_asked({**row, "form": None, "is_off_scale": False, "labels": None})
        for row in _list(exports)
        if row["is_open"] and (row["is_named"] or row["wave_id"] is None)
    )
    named = {one.file for one in asked if one.is_named}
    is_loose = any(
        "answers" in file["tables"] and file["name"] not in named for file in engine.release.manifest["files"]
    )
    return Kept(_list_open(items, versions, asked), versions, waves, asked, None, is_loose, {})


def _list_open(
    items: tuple[Item, ...], versions: tuple[Item, ...], asked: tuple[Asked, ...]
) -> tuple[Item, ...]:
    """The items of a codebook as they are; of a survey without one what the headings of its files ask, in their words alone."""
    written = {(one.survey_id, one.item_id) for one in versions}
    surveys = {survey for survey, _ in written}
    headed = {
        (one.survey_id, one.item_id): Item(one.survey_id, one.item_id, one.text or one.heading)
        for one in asked
        if one.survey_id not in surveys
    }
    kept = [one for one in items if (one.survey_id, one.item_id) in written]
    return (*kept, *(headed[key] for key in sorted(headed)))


def _list_synonyms(engine: Engine) -> dict[str, tuple[str, ...]]:
    """By item the cells that a mapping reads as an answer of the codebook."""
    found: dict[str, tuple[str, ...]] = {}
    for file in engine.release.manifest["files"]:
        values = (file["mapping"] or {}).get("values", {}) if "answers" in file["tables"] else {}
        for item, words in values.items():
            said = tuple(f"“{cell}” is read as {value}" for cell, value in words.items())
            found[item] = tuple(dict.fromkeys((*found.get(item, ()), *said)))
    return found


def _list(rows: pd.DataFrame) -> list[dict[str, object]]:
    plain = rows.astype(object)
    return [
        {str(name): value for name, value in row.items()}
        for row in plain.where(plain.notna(), None).to_dict(orient="records")
    ]


def _read_item(row: Mapping[str, object]) -> Item:
    low, high = (
        None if row[name] is None else int(str(row[name]).split(".")[0])
        for name in ("scale_min", "scale_max")
    )
    text, construct, kind, labels, file = (
        str(row.get(name) or "") for name in ("text", "construct", "kind", "labels", "file")
    )
    is_reversed = None if row.get("source") == "definition" else bool(row["reversed"])
    return Item(
        str(row["survey_id"]),
        str(row["item_id"]),
        text,
        construct,
        kind,
        low,
        high,
        is_reversed,
        labels,
        file,
    )


def _read_asked(row: Mapping[str, object]) -> Asked:
    file, survey, item, wave, heading, text, labels, missing, form = (
        str(row[name] or "")
        for name in (
            "file",
            "survey_id",
            "item_id",
            "wave_id",
            "heading",
            "text",
            "labels",
            "missing",
            "form",
        )
    )
    is_named, is_off = bool(row["is_named"]), bool(row["is_off_scale"])
    return Asked(file, survey, item, wave, is_named, heading, text, labels, missing, form, is_off)


def _is_number(text: str) -> bool:
    return text.strip().removeprefix("-").replace(".", "", 1).isdecimal()
