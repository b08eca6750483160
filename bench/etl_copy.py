"""The load against DuckDB's bare typed COPY of the same CSVs to Parquet: CPU seconds, as a ratio."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import duckdb

from etl.demo.build import write_exports
from etl.load import load_paths
from warehouse.contracts import DUCKDB_TYPES, TABLES
from warehouse.engine import quote_name, quote_text

SIZES = (10_000, 100_000)


def main() -> None:
    """Print, for each size, the CPU seconds of the bare COPY and of the steps of the load, and their ratio."""
    print(
        "ETL: the whole load (read, resolve, validate, tables, cube, checks) against DuckDB's bare typed COPY"
    )
    print(
        f"{'members':>9} {'CSV MB':>8} {'COPY s':>8} {'tables s':>9} {'ratio':>6} {'with cube s':>12} {'ratio':>6}"
    )
    for members in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            exports = Path(folder) / "exports"
            exports.mkdir()
            write_exports(exports, members, 1)
            size = sum(path.stat().st_size for path in exports.glob("*.csv")) / 1e6
            bare = time_copy(exports, Path(folder))
            tables, whole = time_load(exports, Path(folder) / "data")
            print(
                f"{members:>9} {size:>8.1f} {bare:>8.2f} {tables:>9.2f} {tables / bare:>6.1f} "
                f"{whole:>12.2f} {whole / bare:>6.1f}"
            )


def time_copy(exports: Path, target: Path) -> float:
    """CPU seconds of COPY with the contract's types and no checks at all."""
    start = time.process_time()
    with duckdb.connect(config={"threads": 2}) as connection:
        for path in sorted(exports.glob("*.csv")):
            with path.open(encoding="utf-8") as handle:
                names = handle.readline().strip().split(",")
            known = {column.name: DUCKDB_TYPES[column.type] for column in TABLES[path.stem].columns}
            types = ", ".join(f"{quote_text(name)}: '{known.get(name, 'VARCHAR')}'" for name in names)
            listed = ", ".join(quote_name(name) for name in names)
            connection.execute(
                f"COPY (SELECT {listed} FROM read_csv({quote_text(str(path))}, header = true, auto_detect = false, "
                f"delim = ',', quote = '\"', escape = '\"', columns = {{{types}}})) "
                f"TO {quote_text(str(target / f'{path.stem}.parquet'))} (FORMAT parquet, COMPRESSION zstd)"
            )
    return time.process_time() - start


def time_load(exports: Path, data: Path) -> tuple[float, float]:
    """CPU seconds until the tables are written, and of the whole load."""
    start = time.process_time()
    marks: dict[str, float] = {}

    def note(step: str) -> None:
        marks.setdefault("cube" if step.startswith("Computing") else step, time.process_time() - start)

    load_paths([exports], data, progress=note)
    return marks["cube"], time.process_time() - start
