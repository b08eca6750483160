"""The load against DuckDB's bare typed COPY of the same CSVs to Parquet, and against pandas with pandera."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from bench import samples
from bench.apart import run_apart
from bench.report.row import Row, Unavailable
from bench.speed.asking import open_release
from etl.demo.plan import plan_sample
from indicators.prepare import prepare
from warehouse.contracts import DUCKDB_TYPES, TABLES
from warehouse.engine import quote_name, quote_text

NAME = "load"
SIZES = (10_000, 100_000)
MOST_TABLES, MOST_WHOLE = 1.5, 10.0
MOST_PANDAS = 100_000
# Peak MB by members, from the size on.
MOST_MB = {100_000: 2_000.0, 1_000_000: 6_000.0}


def measure(sizes: tuple[int, ...] = SIZES) -> Iterator[Row]:
    """CPU seconds of the bare COPY, of the load, of it with the facts and families of the pages, and of pandas with pandera; peak memory."""
    for members in sizes:
        if plan_sample(members).is_founding:
            raise RuntimeError(
                "A small sample is in exports that COPY cannot read: ask for more than 2,000 members."
            )
        exports = str(samples.make_exports(members))
        target = samples.find_folder() / f"parquet-{members}"
        bare = run_apart(("bench.speed.load:copy_bare", (exports, str(target))))
        call = ("bench.samples:load_folder", (exports, str(samples.find_folder() / f"load-{members}")))
        load = run_apart(call)
        peer = "bare COPY"
        yield Row(
            NAME,
            "load to a live release",
            members,
            load.cpu,
            "CPU s",
            peer,
            bare.cpu,
            None,
            MOST_TABLES,
            again=call,
        )
        prepared = ("bench.speed.load:load_and_prepare", call[1])
        whole = run_apart(prepared).cpu
        what = "load, facts and families of the pages"
        yield Row(NAME, what, members, whole, "CPU s", peer, bare.cpu, None, MOST_WHOLE, again=prepared)
        most = [megabytes for size, megabytes in MOST_MB.items() if members >= size]
        yield Row(
            NAME,
            "peak memory of the load",
            members,
            load.peak_mb,
            "MB",
            peer,
            bare.peak_mb,
            most[-1] if most else None,
            again=call,
        )
        if members <= MOST_PANDAS:
            yield _measure_pandas(exports, members, bare.cpu)


def _measure_pandas(exports: str, members: int, bare: float) -> Row:
    what = "pandas and pandera, the same CSVs checked and written"
    target = samples.find_folder() / f"pandas-{members}"
    try:
        used = run_apart(("bench.speed.peers:load_with_pandera", (exports, str(target))))
    except Unavailable as error:
        return Row(NAME, what, members, None, "CPU s", "bare COPY", bare, note=str(error))
    return Row(NAME, what, members, used.cpu, "CPU s", "bare COPY", bare, note=f"peak {used.peak_mb:,.0f} MB")


def load_and_prepare(exports: str, data: str) -> None:
    """A load, and the facts and families of the pages of the new release."""
    samples.load_folder(exports, data)
    engine = open_release(Path(data))
    prepare(engine, lambda _: None)
    engine.close()


def copy_bare(exports: str, target: str) -> None:
    """COPY with the contract's types and no checks at all."""
    Path(target).mkdir(parents=True)
    with duckdb.connect(config={"threads": 2}) as connection:
        for path in sorted(Path(exports).glob("*.csv")):
            with path.open(encoding="utf-8") as handle:
                names = handle.readline().strip().split(",")
            known = {column.name: DUCKDB_TYPES[column.type] for column in TABLES[path.stem].columns}
            types = ", ".join(f"{quote_text(name)}: '{known.get(name, 'VARCHAR')}'" for name in names)
            listed = ", ".join(quote_name(name) for name in names)
            connection.execute(
                f"COPY (SELECT {listed} FROM read_csv({quote_text(str(path))}, header = true, auto_detect = false, "
                f"delim = ',', quote = '\"', escape = '\"', columns = {{{types}}})) "
                f"TO {quote_text(str(Path(target) / f'{path.stem}.parquet'))} (FORMAT parquet, COMPRESSION zstd)"
            )
