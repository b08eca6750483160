"""What the findings of surveys share: rows, periods and the joining of sentences. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from indicators.result import Result
from ui.words.changes import find_clear

Labels = Mapping[str, str]
Row = dict[str, Any]
MOST_NAMED, MOST_ROWS = 3, 8


def list_periods(result: Result) -> list[str]:
    """The periods of a result, in order."""
    return list(dict.fromkeys(result.table["period"].astype(str)))


def judge_latest(change: Result, period: str) -> dict[str, tuple[Row, int]]:
    """Of each question its row of a change in the latest wave, and 1 or −1 where that stands, judged with the others."""
    key = next(name for name in change.telling if name != "part")
    rows = change.table[(change.table["period"] == period) & (change.table["status"] == "ok")]
    clear = find_clear(change, rows) if len(rows) else []
    return {
        str(row[key]): (row, int(np.sign(row["value"])) if is_clear else 0)
        for row, is_clear in zip(list_rows(rows), clear, strict=True)
    }


def list_rows(rows: pd.DataFrame) -> list[Row]:
    """Rows of a table, each by its columns."""
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict(orient="records")]


def read_value(row: Row | None) -> float:
    """The figure of a row, 0 where it has none."""
    return 0.0 if row is None or row["status"] != "ok" else float(row["value"])


def join_sentences(*sentences: str) -> str:
    """Sentences after one another; empty ones are left out."""
    return " ".join(sentence for sentence in sentences if sentence)
