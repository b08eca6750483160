"""Reruns of each page by AppTest, against an empty page in the same process."""

from __future__ import annotations

import statistics
import time

from streamlit.testing.v1 import AppTest

from settings import PROJECT

RUNS = 20


def main() -> None:
    """Print the median rerun of each page and its ratio to an empty page."""
    print("Pages: median rerun by AppTest, ratio to an empty page")
    empty = AppTest.from_string("import streamlit as st\nst.write('empty')", default_timeout=60)
    base = time_reruns(empty)
    print(f"{'empty page':<22} {base * 1000:>7.1f} ms")
    for page in sorted((PROJECT / "pages" / "programme").glob("[a-z]*.py")):
        app = AppTest.from_file(str(PROJECT / "dashboard.py"), default_timeout=120)
        app.run()
        app.switch_page(f"pages/programme/{page.name}")
        median = time_reruns(app)
        print(f"{page.stem:<22} {median * 1000:>7.1f} ms {median / base:>7.1f} times")


def time_reruns(app: AppTest) -> float:
    """Median wall time of a rerun in seconds, after one that fills the caches."""
    app.run()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        app.run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)
