"""What the readings of charts share: rows, what they are of, and whether two overlap. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from indicators.result import Result
from ui.words.language import gettext

Labels = Mapping[str, str]


def say_overlap(result: Result, one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Whether two intervals, or ranges, overlap, in words; nothing where there are none."""
    if any(pd.isna(row[name]) for row in (one, other) for name in ("low", "high")):
        return ""
    noun = gettext("intervals") if result.indicator.is_interval else gettext("ranges")
    if one["low"] <= other["high"] and other["low"] <= one["high"]:
        return gettext("; the {noun} overlap, so this alone does not show a difference").format(noun=noun)
    return gettext("; the {noun} do not overlap").format(noun=noun)


def name_parts(result: Result, row: Mapping[str, Any], labels: Labels) -> str:
    """What a row is of, with a blank after it; empty for everybody."""
    names = [labels.get(str(row[name]), str(row[name])) for name in result.telling if not pd.isna(row[name])]
    return f"{', '.join(names)} " if names else ""


def read_row(table: pd.DataFrame, place: int) -> dict[str, Any]:
    """One row of a table by its columns."""
    return {str(name): value for name, value in table.iloc[place].items()}


def list_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table, each by its columns."""
    return [read_row(table, place) for place in range(len(table))]
