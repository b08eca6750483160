"""Python values as Arrow columns and as tables of DuckDB.

Not by `pyarrow.array`: that imports pandas to see whether it was given any of it, which costs a load of a few files a third
of its time.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa


def text_array(values: Iterable[str | None]) -> pa.Array[Any]:
    """Texts, None where there is none."""
    builder = pa.lib.StringBuilder()
    builder.append_values(values)
    return builder.finish()


def number_array(values: Iterable[int]) -> pa.Array[Any]:
    """Whole numbers of 64 bits."""
    numbers = array("q", values)
    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(numbers)])


def store_table(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    """Make the DuckDB table `name` of some rows, in place of one of that name."""
    connection.register("arriving", rows)
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM arriving")
    connection.unregister("arriving")


def store_texts(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, Iterable[str]]
) -> None:
    """A DuckDB table of text columns."""
    store_table(connection, name, pa.table({key: text_array(values) for key, values in columns.items()}))


def store_numbers(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, Iterable[int]]
) -> None:
    """A DuckDB table of whole numbers."""
    store_table(connection, name, pa.table({key: number_array(values) for key, values in columns.items()}))
