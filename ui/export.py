"""Files that leave the dashboard: CSV in which no cell can start a formula in a spreadsheet."""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from collections.abc import Iterable, Sequence

from indicators.result import escape_cell

BYTE_ORDER_MARK = "\ufeff"


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as UTF-8 CSV with a byte order mark, so that spreadsheets read accents; None and NaN are empty."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([escape_cell(column) for column in columns])
    for row in rows:
        writer.writerow(["" if _is_absent(cell) else escape_cell(cell) for cell in row])
    return (BYTE_ORDER_MARK + buffer.getvalue()).encode("utf-8")


def name_file(subject: str, release_id: str, content: bytes) -> str:
    """A file name that no other content shares: subject, release and the start of the content's SHA-256."""
    digest = hashlib.sha256(content).hexdigest()[:10]
    return f"{_slug(subject)}_{_slug(release_id)}_{digest}.csv"


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-").lower() or "figures"


def _is_absent(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell))
