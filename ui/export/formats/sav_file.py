"""An SPSS data file: the tidy table with labelled variables; what is hidden or missing is a declared missing value."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

from indicators.result import FIGURES
from ui.export.files import clean_text
from ui.export.handout import FOR_ROLE, Handout
from ui.export.looks import SYNTHETIC_SENTENCE
from ui.export.rows import HIDDEN, NO_DATA, Cell, list_cells, list_columns
from ui.words.numbers import name_dimension, shorten

CODES: dict[str, float] = {HIDDEN: -9999997.0, NO_DATA: -9999998.0, "not given": -9999999.0}
_CODED = ("indicator", "heading", "period_name", "is_synthetic", "is_complete", "range", "unit", "status")
_LABELS = {
    "made_for": "Role for which the file was made",
    "is_synthetic": "Whether the data are made up",
    "definition_version": "Version of the definition",
    "period_name": "Period in words",
    "is_complete": "Whether the data of the period are complete",
    "value": "Figure (a share is between 0 and 1)",
    "low": "Lower end of what the variable range names",
    "high": "Upper end of what the variable range names",
    "n": "What the figure rests on",
    "range": "What low and high are: a 95 % interval, or another range",
    "reason": "Why there is no figure, or no interval",
}
_RESERVED = frozenset(["all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"])
_LONGEST_LABEL = 120
_DATE, _TIME = slice(92, 101), slice(101, 109)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def write_sav(handout: Handout) -> bytes:
    """All figures as one tidy table. Groups, periods and indicators are codes with value labels."""
    columns = list_columns(handout.results)
    rows = list_cells(handout)
    dimensions = columns[columns.index("is_complete") + 1 : columns.index("value")]
    names = _name_variables(columns)
    frame: dict[str, list[Any]] = {}
    values: dict[str, dict[float, str]] = {}
    missing: dict[str, list[Any]] = {}
    for place, (column, name) in enumerate(zip(columns, names, strict=True)):
        cells = [row[place] for row in rows]
        if column in FIGURES:
            frame[name] = [_code_figure(cell) for cell in cells]
            values[name] = {code: word for word, code in CODES.items()}
            missing[name] = list(CODES.values())
        elif column in (*_CODED, *dimensions):
            known = list(dict.fromkeys(str(cell) for cell in cells if cell is not None))
            codes = {text: float(number) for number, text in enumerate(known, 1)}
            frame[name] = [None if cell is None else codes[str(cell)] for cell in cells]
            values[name] = {code: _shorten(shorten(text, _LONGEST_LABEL)) for text, code in codes.items()}
        else:
            is_text = any(isinstance(cell, str) for cell in cells)
            frame[name] = [clean_text(str(cell or "")) if is_text else cell for cell in cells]
    about = [SYNTHETIC_SENTENCE] if handout.is_synthetic else []
    about += [handout.title, *handout.list_facts(), f"Made for {FOR_ROLE[handout.role]}"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures.sav"
        pyreadstat.write_sav(
            pd.DataFrame(frame, columns=names),
            str(path),
            file_label=_shorten(handout.title, 64),
            column_labels=[_LABELS.get(column, name_dimension(column)) for column in columns],
            variable_value_labels=values,
            missing_ranges=missing,
            variable_measure={name: "nominal" for name in values if name not in missing},
            note=[_shorten(line, 80) for line in about],
        )
        content = bytearray(path.read_bytes())
    moment = handout.made_at
    content[_DATE] = f"{moment.day:02d} {_MONTHS[moment.month - 1]} {moment.year % 100:02d}".encode("ascii")
    content[_TIME] = f"{moment:%H:%M:%S}".encode("ascii")
    return bytes(content)


def _code_figure(cell: Cell) -> float:
    if cell is None:
        return CODES["not given"]
    return CODES[cell] if isinstance(cell, str) else float(cell)


def _name_variables(columns: Sequence[str]) -> list[str]:
    """Names that SPSS takes, all different whatever their case."""
    names: list[str] = []
    for column in columns:
        stem = re.sub(r"[^A-Za-z0-9_]+", "_", column).strip("_")[:50] or "group"
        stem = f"v_{stem}" if not stem[0].isalpha() or stem.lower() in _RESERVED else stem
        name, number = stem, 2
        while name.lower() in {taken.lower() for taken in names}:
            name, number = f"{stem}_{number}", number + 1
        names.append(name)
    return names


def _shorten(text: str, longest: int = _LONGEST_LABEL) -> str:
    """Text of at most so many bytes of UTF-8, as SPSS counts."""
    return clean_text(text).encode("utf-8")[:longest].decode("utf-8", "ignore")
