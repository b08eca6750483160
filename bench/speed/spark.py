"""The figures of the default pages by Apache Spark, against DuckDB: how long, and whether every cell is the same."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from bench import samples
from bench.apart import run_apart
from bench.report.row import Row, Unavailable
from warehouse.kept import find_kept_folder
from warehouse.quoting import quote_name, quote_text

NAME = "spark"
SIZES = (231, 10_000)
ENGINE = "local[2]"
LIMIT = 1e-9


@dataclass(frozen=True)
class Compared:
    """Two folders of Parquet files with the same names: cells of both, and one sentence a file that is not the same."""

    files: int
    cells: int
    largest: float
    faults: tuple[str, ...]


def measure(sizes: tuple[int, ...] = SIZES) -> Iterator[Row]:
    """Seconds from the start of the session to the last table, and the cells that differ from DuckDB's."""
    for members in sizes:
        folders = [_copy_release(members, name) for name in ("duckdb", "spark")]
        what = f"facts and families of the pages on Spark {ENGINE}"
        try:
            peer, used = (
                run_apart(("bench.speed.spark:compute", (str(data), url)))
                for data, url in zip(folders, ("", ENGINE), strict=True)
            )
        except Unavailable as error:
            yield Row(NAME, what, members, None, "s", note=str(error))
            return
        yield Row(NAME, what, members, used.wall, "s", "DuckDB", peer.wall)
        compared = compare_folders(*map(find_kept_folder, folders))
        note = f"{compared.files} tables, {compared.cells:,} cells, largest relative difference {compared.largest:.1g}"
        yield Row(
            NAME, "tables that are not the same", members, len(compared.faults), "tables", most=0, note=note
        )


def compute(data: str, url: str) -> None:
    """Compute what the pages show of the live release on the engine at `url`, or on DuckDB where that is empty."""
    from indicators.prepare import prepare
    from warehouse.engine import Engine
    from warehouse.release import find_release
    from warehouse.spark import NoSpark, Spark

    if not url:
        prepare(Engine(find_release(Path(data))), lambda step: None)
        return
    try:
        spark = Spark(url)
    except NoSpark as error:
        raise Unavailable(str(error)) from error
    with spark:
        prepare(Engine(find_release(Path(data)), spark.write), lambda step: None)


def compare_folders(first: Path, second: Path) -> Compared:
    """Compare Parquet files of the same names row by row: integers and words exactly, sums within LIMIT."""
    names = [{path.name for path in folder.glob("*.parquet")} for folder in (first, second)]
    faults = [f"{name} is in one folder only." for name in sorted(names[0] ^ names[1])]
    cells, largest = 0, 0.0
    for name in sorted(names[0] & names[1]):
        found, difference, fault = _compare_files(first / name, second / name)
        cells, largest = cells + found, max(largest, difference)
        faults += [f"{name}: {fault}"] if fault else []
    return Compared(len(names[0] & names[1]), cells, largest, tuple(faults))


def _compare_files(first: Path, second: Path) -> tuple[int, float, str]:
    """Cells, largest relative difference of a sum, and what is not the same."""
    types = [{field.name: str(field.type) for field in pq.read_schema(path)} for path in (first, second)]
    rows = [pq.read_metadata(path).num_rows for path in (first, second)]
    if types[0] != types[1] or rows[0] != rows[1]:
        return 0, 0.0, f"{rows[0]} rows of {types[0]}, {rows[1]} rows of {types[1]}."
    sums = [name for name, kind in types[0].items() if kind == "double"]
    order = ", ".join(quote_name(name) for name in sorted(types[0], key=lambda name: name in sums))
    placed = (
        f"SELECT *, row_number() OVER (ORDER BY {order}) AS row_place FROM read_parquet({quote_text(str(path))})"
        for path in (first, second)
    )
    columns = []
    for name in map(quote_name, types[0]):
        apart = f"a.{name} IS DISTINCT FROM b.{name}"
        if name.strip('"') in sums:
            off = f"abs(a.{name} - b.{name}) / greatest(1, abs(a.{name}))"
            apart = f"(a.{name} IS NULL) <> (b.{name} IS NULL) OR {off} > {LIMIT}"
            columns.append(f"coalesce(max({off}), 0.0)")
        else:
            columns.append("0.0")
        columns.append(f"count(*) FILTER (WHERE {apart})")
    with duckdb.connect(config={"threads": 2}) as connection:
        found = connection.execute(
            f"SELECT {', '.join(columns)} FROM ({next(placed)}) a JOIN ({next(placed)}) b USING (row_place)"
        ).fetchall()[0]
    apart_in = [f"{n} of {name}" for name, n in zip(types[0], found[1::2], strict=True) if n]
    return rows[0] * len(types[0]), max(map(float, found[::2]), default=0.0), ", ".join(apart_in)


def _copy_release(members: int, name: str) -> Path:
    """A data folder with the release of a sample and nothing kept."""
    data = samples.find_folder() / f"{NAME}-{name}-{members}"
    made = samples.make_release(members)
    shutil.copytree(made / "releases", data / "releases", copy_function=os.link)
    shutil.copy(made / "CURRENT", data)
    return data
