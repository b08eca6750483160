"""The tables of a release as the contract has them, whatever lies in its folder."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from warehouse.engine import open_connection


def read_released(folder: Path, name: str) -> pa.Table:
    """A table of the release in `folder`."""
    with open_connection(folder) as connection:
        return connection.execute(f"SELECT * FROM {name}").to_arrow_table()


def list_rows(folder: Path, name: str) -> list[tuple[object, ...]]:
    """The rows of a table, in the order of all their columns."""
    with open_connection(folder) as connection:
        return connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall()
