"""A figure from what the release holds, and one that nobody has asked before."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from bench import samples
from bench.apart import run_apart
from bench.report.row import Row

NAME = "figure"
SIZES = (231, 4_500)
MOST_MS, MOST_PAIR_MS = 16.0, 100.0
PAIRS, REPEATS = 200, 50


def measure(sizes: tuple[int, ...] = SIZES) -> Iterator[Row]:
    """Milliseconds a figure in a warm process: everybody, by one dimension, by two for the first time; medians."""
    for members in sizes:
        call = ("bench.speed.figure:time_figures", (str(samples.make_release(members)),))
        found = run_apart(call).result
        kinds = (
            ("everybody", MOST_MS, "figures for everybody"),
            ("single", MOST_MS, "figures by one dimension"),
            ("pair", MOST_PAIR_MS, "figures by two dimensions, first use"),
        )
        for kind, most, what in kinds:
            times = sorted(found[kind])
            note = f"{len(times)} asked, 95 in 100 within {times[int(0.95 * (len(times) - 1))]:.0f} ms"
            median, bare = statistics.median(times), found["bare"]
            yield Row(
                NAME, what, members, median, "ms", "bare DuckDB GROUP BY", bare, most, note=note, again=call
            )


def time_figures(data: str) -> dict[str, float | list[float]]:
    """Times in ms of each kind, after a first round for everybody; `bare` is a count by profession over the members."""
    from bench.speed.asking import open_release, time_questions

    engine = open_release(Path(data))
    time_questions(engine, 0)
    bare = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        engine.query("SELECT profession, count(*) AS n FROM members GROUP BY profession")
        bare.append((time.perf_counter() - start) * 1000)
    return {
        "bare": statistics.median(bare),
        "everybody": time_questions(engine, 0),
        "single": time_questions(engine, 1),
        "pair": time_questions(engine, 2, PAIRS),
    }
