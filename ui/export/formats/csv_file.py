"""CSV in which no cell can start a formula in a spreadsheet."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence

from indicators.result import escape_cell
from ui.export.handout import Handout
from ui.export.rows import list_cells, list_columns

BYTE_ORDER_MARK = "\ufeff"


def write_csv(handout: Handout) -> bytes:
    """All figures as one tidy table, one row an estimate."""
    return write_rows(list_columns(handout.results), list_cells(handout))


def write_rows(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as UTF-8 CSV with a byte order mark, so that spreadsheets read accents; None and NaN are empty."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([escape_cell(column) for column in columns])
    for row in rows:
        writer.writerow(["" if _is_absent(cell) else escape_cell(cell) for cell in row])
    return (BYTE_ORDER_MARK + buffer.getvalue()).encode("utf-8")


def _is_absent(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell))
