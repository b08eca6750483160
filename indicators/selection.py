"""What is asked: an indicator's period, breakdown and filters."""

from __future__ import annotations

from dataclasses import dataclass, replace

from commands import Refusal
from warehouse.engine import Engine


class BadSelection(Refusal):
    """A period, dimension or value that cannot be asked for: one sentence that says which and what there is."""


# What is written in capitals wherever it stands, as a word of the name of an attribute.
ABBREVIATIONS = frozenset({"gp", "icb", "ics", "id", "nhs", "qi", "uk"})


def word_attribute(name: str) -> str:
    """The name of an attribute within a sentence: "organisation type", "QI experience"."""
    return " ".join(one.upper() if one in ABBREVIATIONS else one for one in name.split("_"))


@dataclass(frozen=True)
class Selection:
    """What is asked of one indicator.

    `period` is all, a calendar period, or a wave id; `grain` (week, month, quarter, year) asks for every such
    period inside it; `by` are the dimensions to break down by; `where` are (dimension, value) pairs, of which
    values of the same dimension are alternatives; `settings` are (parameter, value) pairs that replace defaults.
    """

    period: str = "all"
    grain: str = ""
    by: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()
    settings: tuple[tuple[str, str], ...] = ()


WAVE = "wave"


def list_attributes(engine: Engine) -> list[str]:
    """Dimensions of members in this release: the five fixed ones first, then further attribute columns."""
    return [str(name) for name in engine.release.manifest["attributes"]]


def split_waves(selection: Selection) -> tuple[Selection, list[str]]:
    """The selection without the dimension wave, and the waves that it filters by: on the axis wave they are periods."""
    waves = [value for name, value in selection.where if name == WAVE]
    by = tuple(name for name in selection.by if name != WAVE)
    where = tuple((name, value) for name, value in selection.where if name != WAVE)
    return replace(selection, by=by, where=where), waves
