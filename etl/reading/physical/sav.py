"""Reads an SPSS data file in a process of its own, because its reader (C) can die of a damaged file: python -I sav.py PATH MOST.

Prints one JSON object: the columns of raw values and the file's own description of them; exit status 1 where it cannot
be read, 2 where its values would fill more than MOST bytes.
"""

from __future__ import annotations

import json
import math
import resource
import sys
from collections.abc import Mapping, Sequence
from typing import Any

MEMORY_BYTES = 4 * 1024**3


def main(path: str, most_bytes: int) -> int:
    """Print the file as JSON; returns the exit status."""
    import pyreadstat

    try:
        columns: Mapping[str, Sequence[Any]]
        meta: Any
        _, about = pyreadstat.read_sav(path, metadataonly=True)
        width = sum(max(8, int(size)) for size in about.variable_storage_width.values())
        most_rows = most_bytes // max(1, width)
        columns, meta = pyreadstat.read_sav(
            path,
            output_format="dict",
            user_missing=True,
            disable_datetime_conversion=True,
            row_limit=most_rows + 1,
        )
    except (Exception, MemoryError):
        return 1
    if max((len(values) for values in columns.values()), default=0) > most_rows:
        return 2
    described: list[dict[str, Any]] = [
        {
            "name": str(name),
            "text": meta.column_names_to_labels.get(name) or "",
            "labels": [
                (value, str(label))
                for value, label in (meta.variable_value_labels.get(name) or {}).items()
                if _plain(value) is not None
            ],
            "missing": [(span["lo"], span["hi"]) for span in meta.missing_ranges.get(name, ())],
            "format": str(meta.original_variable_types.get(name) or ""),
            "measure": str(meta.variable_measure.get(name) or ""),
            "is_text": meta.readstat_variable_types.get(name) == "string",
            "values": [_plain(value) for value in columns[name]],
        }
        for name in meta.column_names
    ]
    json.dump(described, sys.stdout)
    return 0


def _plain(value: Any) -> float | str | None:
    if isinstance(value, str):
        return value
    return None if value is None or not math.isfinite(value) else float(value)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
