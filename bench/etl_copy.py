"""The load against DuckDB's bare typed COPY of the same CSVs to Parquet: CPU seconds, as a ratio, and peak memory."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

import duckdb

from etl.demo.build import write_exports
from etl.load import load_paths
from settings import PROJECT
from warehouse.contracts import DUCKDB_TYPES, TABLES
from warehouse.quoting import quote_name, quote_text

SIZES = (10_000, 100_000)
ROUNDS = 3


def main() -> None:
    """Print, for each size, the least CPU seconds of the bare COPY and of the load in turns, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        load_paths(
            [PROJECT / "data" / "sample"], Path(folder)
        )  # imports and first statements belong to neither
    print("ETL: the whole load (read, resolve, validate, tables, checks) against DuckDB's bare typed COPY")
    print(f"{'members':>9} {'CSV MB':>8} {'COPY s':>8} {'load s':>8} {'ratio':>6} {'peak MB':>8}")
    for members in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            exports = Path(folder) / "exports"
            exports.mkdir()
            write_exports(exports, members, 1)
            compare(exports, Path(folder), members)


def compare(exports: Path, folder: Path, members: int) -> None:
    """Print the row of one size; each load starts from an empty data folder."""
    size = sum(path.stat().st_size for path in exports.glob("*.csv")) / 1e6
    bare, load = [], []
    for turn in range(ROUNDS):
        load.append(time_load(exports, folder / f"data-{turn}"))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        bare.append(time_copy(exports, folder))
    print(
        f"{members:>9} {size:>8.1f} {min(bare):>8.2f} {min(load):>8.2f} {min(load) / min(bare):>6.2f} {peak:>8.0f}"
    )


def time_copy(exports: Path, target: Path) -> float:
    """CPU seconds of COPY with the contract's types and no checks at all, of the files that are template tables."""
    start = time.process_time()
    with duckdb.connect(config={"threads": 2}) as connection:
        for path in sorted(path for path in exports.glob("*.csv") if path.stem in TABLES):
            with path.open(encoding="utf-8") as handle:
                names = handle.readline().strip().split(",")
            known = {column.name: DUCKDB_TYPES[column.type] for column in TABLES[path.stem].columns}
            types = ", ".join(f"{quote_name(name)}: '{known.get(name, 'VARCHAR')}'" for name in names)
            listed = ", ".join(quote_name(name) for name in names)
            connection.execute(
                f"COPY (SELECT {listed} FROM read_csv({quote_text(str(path))}, header = true, auto_detect = false, "
                f"delim = ',', quote = '\"', escape = '\"', columns = {{{types}}})) "
                f"TO {quote_text(str(target / f'{path.stem}.parquet'))} (FORMAT parquet, COMPRESSION zstd)"
            )
    return time.process_time() - start


def time_load(exports: Path, data: Path) -> float:
    """CPU seconds of a load into a new data folder."""
    start = time.process_time()
    load_paths([exports], data)
    return time.process_time() - start
