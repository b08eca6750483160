"""Who in the files of a release was not met, and who was settled: kept beside the release for whoever settles them, never in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from etl.reading.types import Refused
from warehouse.files import write_whole
from warehouse.quoting import quote_text

FOLDER = "people"


def keep_listed(
    connection: duckdb.DuckDBPyConnection, state: Path, release: str, names: Sequence[str]
) -> None:
    """Write the list of a release, readable by the owner only; `names` are those of its files."""
    folder = state / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    files = ", ".join(map(quote_text, names)) or "''"
    with write_whole(folder / f"{release}.parquet") as fresh:
        connection.execute(
            f"""COPY (
              SELECT external, address, name, ([{files}])[file + 1] AS file, sum(rows)::BIGINT AS rows,
                bool_or(is_unclear) AS is_unclear, '' AS answer
              FROM unmet GROUP BY ALL
              UNION ALL SELECT external, address, name, ([{files}])[place + 1], 0, false, answer FROM
                (SELECT *, unnest(if(len(places) = 0 OR places = [-1], [file], places)) AS place FROM accepted_settled)
              ORDER BY ALL) TO {quote_text(str(fresh))} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"""
        )


def read_listed(state: Path, release: str) -> list[tuple[str, str, str, str, int, bool, str]] | None:
    """(external, address, name, file, rows, is_unclear, answer) of everybody in the list of a release; None where none was kept.

    Refused where it is damaged.
    """
    path = state / FOLDER / f"{release}.parquet"
    if not path.exists():
        return None
    try:
        with duckdb.connect(":memory:") as connection:
            return connection.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    except (duckdb.Error, OSError):
        raise Refused(
            f"The list of people {FOLDER}/{path.name} is damaged: load a file of this release again, and it is made anew."
        ) from None


def prune_listed(state: Path, releases: Iterable[str]) -> None:
    """Remove the lists of releases that are no more."""
    kept = set(releases)
    for path in (state / FOLDER).glob("*"):
        if path.stem not in kept and path.is_file():
            path.unlink(missing_ok=True)
