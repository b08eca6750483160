"""The engine: DuckDB over one release, hardened, read only, one cursor a query."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

from warehouse.codes import CODED, create_views
from warehouse.contracts import RELEASED
from warehouse.derived import CALENDAR, list_derived
from warehouse.quoting import quote_name as quote_name
from warehouse.quoting import quote_text as quote_text
from warehouse.release import NoRelease, Release

EVALUATION = "evaluation.duckdb"
CUBE = "cube"
COMPUTED = "computed"
NETWORK_NODES = "network_nodes"
LAYOUT = 6


class Engine:
    """Queries over one release. Safe to share between threads: every query has a cursor of its own."""

    def __init__(self, release: Release) -> None:
        if release.manifest.get("layout") != LAYOUT:
            raise NoRelease(
                f"Release {release.id} was made by another version of this software: load its files again with "
                "python -m etl load, or make the sample again with python -m etl demo."
            )
        self.release = release
        self._connection = open_connection(release.path)
        self._connection.execute(
            f"ATTACH {quote_text(str(release.path / EVALUATION))} AS evaluation (READ_ONLY)"
        )
        derived = list_derived(tuple(release.manifest["attributes"]))
        stored = (one.name for one in derived if one.is_stored)
        for name in (CALENDAR, *stored, NETWORK_NODES, CUBE, COMPUTED):
            self._connection.execute(
                f"CREATE VIEW {quote_name(name)} AS SELECT * FROM evaluation.{quote_name(name)}"
            )
        for one in derived:
            if not one.is_stored:
                self._connection.execute(f"CREATE VIEW {quote_name(one.name)} AS {one.sql}")
        self._connection.execute(f"SET allowed_directories = [{quote_text(str(release.path))}]")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pd.DataFrame:
        """Run one query; values go in as parameters, identifiers only from allow-lists."""
        with self._connection.cursor() as cursor:
            return cursor.execute(sql, list(parameters)).df()

    def column_names(self, table: str) -> list[str]:
        """Columns of a table of the release, in order."""
        return list(self.query(f"SELECT * FROM {quote_name(table)} LIMIT 0").columns)

    def close(self) -> None:
        self._connection.close()


def open_connection(folder: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB with one view a released table over `folder`/tables, and the coded ones and their dictionaries."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": 2,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "python_enable_replacements": False,
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    create_views(connection, folder)
    for name in (name for name in RELEASED if name not in CODED):
        path = quote_text(str(folder / "tables" / f"{name}.parquet"))
        connection.execute(f"CREATE VIEW {quote_name(name)} AS SELECT * FROM read_parquet({path})")
    return connection
