"""A Result as rows formatted for reading; unformatted ones are in ui/export/rows.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from indicators.result import Result, find_unit
from indicators.statistics.cells import explain_no_range
from ui.words.changes import judge_changes
from ui.words.numbers import (
    DECIMALS,
    describe_status,
    format_figure,
    format_n,
    format_period,
    format_range,
    name_dimension,
)

NOT_SHOWN = "–"


def table_columns(result: Result) -> list[str]:
    """Headings of the table for reading, in order."""
    return [
        "Period",
        *map(name_dimension, result.dimensions),
        "Figure",
        _head_range(result),
        "Rests on",
        "Note",
    ]


def table_rows(result: Result, labels: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows as people read them; a hidden or missing figure says so in a note. `labels` names waves and items."""
    labels = result.name_items(labels)
    rows = []
    for row, verdict in zip(result.table.to_dict(orient="records"), judge_changes(result), strict=True):
        unit = find_unit(result.indicator, {str(name): value for name, value in row.items()})
        is_ok = row["status"] == "ok"
        has_interval = is_ok and not pd.isna(row["low"]) and unit in DECIMALS
        dimensions = [_name_group(name, row[name], labels) for name in result.dimensions]
        named = {str(name): value for name, value in row.items()}
        note = describe_status(named) or explain_no_range(result.indicator, named) or _say_verdict(verdict)
        cells = [
            format_period(str(row["period"]), labels),
            *dimensions,
            format_figure(named, unit)
            if is_ok
            else row["status"].replace("suppressed", "hidden").replace("_", " "),
            format_range(row["low"], row["high"], unit) if has_interval else NOT_SHOWN,
            format_n(row["n"], row["numerator"], row["denominator"], unit, result.indicator.n_words)
            if is_ok
            else NOT_SHOWN,
            note if note or row["is_complete"] else "Incomplete period",
        ]
        rows.append(dict(zip(table_columns(result), cells, strict=True)))
    return rows


def _say_verdict(verdict: str) -> str:
    """What a change is when all that are looked at together are judged together."""
    return f"{verdict.capitalize()}, judged with all others" if verdict else ""


def _head_range(result: Result) -> str:
    words = result.indicator.range_words
    return words[0].upper() + words[1:]


def _name_group(dimension: str, group: Any, labels: Mapping[str, str]) -> str:
    if pd.isna(group):
        return NOT_SHOWN
    return labels.get(str(group), str(group)) if dimension in ("item", "wave") else str(group)
