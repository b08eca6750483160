"""Reruns of each page by AppTest, against an empty page in the same process."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator

from streamlit.testing.v1 import AppTest

from bench import samples
from bench.apart import run_apart
from bench.report.row import Row
from settings import PROJECT

NAME = "pages"
SIZES: tuple[int, ...] = (231,)
RUNS = 20
MOST = 60.0


def measure(sizes: tuple[int, ...] = SIZES) -> Iterator[Row]:
    """Milliseconds of the median rerun of each page, and of an empty page in the same process."""
    for members in sizes:
        found = run_apart(("bench.speed.pages:time_pages", (str(samples.make_release(members)),))).result
        base = found.pop("empty")
        for page, milliseconds in found.items():
            yield Row(NAME, page, members, milliseconds, "ms", "empty page", base, most=MOST)


def time_pages(data: str) -> dict[str, float]:
    """Median milliseconds of each page by its name; `empty` is a page of one line."""
    os.environ["EVALUATION_DATA"] = data
    empty = AppTest.from_string("import streamlit as st\nst.write('empty')", default_timeout=60)
    found = {"empty": time_reruns(empty)}
    for page in sorted((PROJECT / "pages" / "programme").glob("[a-z]*.py")):
        app = AppTest.from_file(str(PROJECT / "dashboard.py"), default_timeout=120)
        app.run()
        app.switch_page(f"pages/programme/{page.name}")
        found[page.stem] = time_reruns(app)
    return found


def time_reruns(app: AppTest) -> float:
    """Median milliseconds of a rerun, after one that fills the caches."""
    app.run()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        app.run()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000
