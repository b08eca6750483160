"""Pages in a real Chromium beside the same charts in Dash: the first chart on a cold and a warm visit, a click on a filter, the wire."""

from __future__ import annotations

import importlib.util
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, sync_playwright

from bench import samples
from bench.paint.trace import Event, Parts, record, sum_parts
from bench.paint.why import CLICK, COLD, HERE, PEER, WARM, say_why
from bench.paint.window import CHROMIUM, choose, open_window, visit
from bench.report.page import DOCS, read_rows
from bench.report.row import Row
from bench.speed.clients import find_port, serve
from settings import PROJECT

NAME = "paint"
SIZES: tuple[int, ...] = (231,)
# The first page is of everybody: no filter changes it.
FIRST = "this_week"
PAGES = (FIRST, "attitude", "engagement", "connections")
LABEL, VALUES = "Profession", ("Nurse", "Doctor")
ROUNDS = 9
WARM_VISITS = 2
TRACES = 3
# Set from the command line: what was measured is kept.
ONLY_TRACES = False
MANY, MOST_KB = 4, 1500.0
NEEDS = "left out: this needs Chromium and Dash (pip install dash flask-compress waitress)"


@dataclass
class Seen:
    """Milliseconds of visits and clicks of one side, kilobytes of a cold visit, and how many charts changed at most."""

    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    clicks: list[float] = field(default_factory=list)
    kilobytes: list[float] = field(default_factory=list)
    charts: int = 0


def measure(sizes: tuple[int, ...] = SIZES) -> Iterator[Row]:
    """Medians of nine rounds a page, both sides in turn, and their ratios."""
    for members in sizes:
        if not CHROMIUM or not all(map(importlib.util.find_spec, ("dash", "flask_compress", "waitress"))):
            yield Row(NAME, "pages in a browser", members, None, "ms", note=NEEDS)
            continue
        data = samples.make_release(members)
        with serve(data) as port:
            for page in PAGES:
                path = "" if page == FIRST else page
                with serve_peer(data, page) as peer:
                    addresses = f"http://127.0.0.1:{port}/{path}", f"http://127.0.0.1:{peer}/"
                    if ONLY_TRACES:
                        rows = list_kept(page, members)
                    else:
                        rows = list(list_rows(page, members, *look_at(*addresses, has_filters=page != FIRST)))
                    yield from explain(rows, *addresses)


def list_kept(page: str, members: int) -> list[Row]:
    """The rows of a page that were written last."""
    rows = read_rows(DOCS / "performance.json")
    return [
        row
        for row in rows
        if (row.scenario, row.members) == (NAME, members) and row.what.startswith(f"{page}: ")
    ]


def explain(rows: list[Row], ours: str, theirs: str) -> Iterator[Row]:
    """The rows, those beyond a limit with traces of both sides."""
    missed = [row.what.partition(": ")[2] for row in rows if row.is_held is False]
    if not missed:
        yield from rows
        return
    sides = {
        HERE: trace_visits(ours, clicks=CLICK in missed),
        PEER: trace_visits(theirs, clicks=CLICK in missed),
    }
    for row in rows:
        if row.is_held is not False:
            yield row
            continue
        what = row.what.partition(": ")[2]
        trace = {side: parts[what] for side, parts in sides.items()}
        yield replace(row, trace=trace, why=say_why(what, trace, row.most_ratio or 1.0))


def trace_visits(address: str, *, clicks: bool) -> dict[str, Parts]:
    """Of a cold visit, a warm one and, where asked, a click the parts: each the middle of three that were traced."""
    found: list[dict[str, Parts]] = []
    with sync_playwright() as playwright:
        for _ in range(2 * TRACES):
            # Now and then a page crashes when it is profiled.
            with suppress(Error), open_window(playwright) as window:
                found.append(trace_once(window, address, clicks=clicks))
            if len(found) == TRACES:
                break
        else:
            raise RuntimeError(f"Chromium could not trace {address}.")
    return {
        what: sorted((parts[what] for parts in found), key=lambda one: sum(one.values()))[TRACES // 2]
        for what in found[0]
    }


def trace_once(window: BrowserContext, address: str, *, clicks: bool) -> dict[str, Parts]:
    """What a round of `look_at` measures, in parts."""
    traced: dict[str, list[Event]] = {}
    with record(window) as traced[COLD]:
        page, _ = visit(window, address)
    for _ in range(WARM_VISITS - 1):
        page.close()
        page, _ = visit(window, address)
    page.close()
    with record(window) as traced[WARM]:
        page, _ = visit(window, address)
    if clicks:
        for value in (*VALUES, *VALUES[:-1]):
            choose(page, LABEL, value)
        with record(window) as traced[CLICK]:
            choose(page, LABEL, VALUES[-1])
    return {what: sum_parts(events) for what, events in traced.items()}


def look_at(ours: str, theirs: str, *, has_filters: bool) -> tuple[Seen, Seen]:
    """Each round: a new browser a side, a cold visit, warm ones, then clicks that go through the values where a filter changes the
    page; the sides take turns."""
    seen = {ours: Seen(), theirs: Seen()}
    with sync_playwright() as playwright:
        for number in range(ROUNDS + 1):
            for address in (ours, theirs) if number % 2 else (theirs, ours):
                found = Seen() if number == 0 else seen[address]
                with open_window(playwright) as window:
                    page, first = visit(window, address)
                    found.cold.append(first.first)
                    found.kilobytes.append(first.kilobytes)
                    for _ in range(WARM_VISITS):
                        page.close()
                        page, again = visit(window, address)
                    found.warm.append(again.first)
                    if not has_filters:
                        continue
                    for value in (*VALUES, *VALUES):
                        click = choose(page, LABEL, value)
                    found.clicks.append(click.painted)
                    found.charts = max(found.charts, click.charts)
    return seen[ours], seen[theirs]


def list_rows(page: str, members: int, ours: Seen, theirs: Seen) -> Iterator[Row]:
    """The rows of a page with what is asked of them."""
    is_first = page == FIRST
    click = 0.5 if ours.charts >= MANY else 1.5
    asked = {
        CLICK: (ours.clicks, theirs.clicks, click, 250.0),
        COLD: (ours.cold, theirs.cold, 0.7 if not is_first else 1.2, None),
        WARM: (ours.warm, theirs.warm, 0.8 if not is_first else 1.2, 1500.0),
    }
    for what, (one, other, most_ratio, most) in asked.items():
        if not one:
            continue
        note = (
            f"{ours.charts} charts in sight; lowest {min(one):,.0f} and {min(other):,.0f}"
            if what == CLICK
            else ""
        )
        medians = statistics.median(one), statistics.median(other)
        yield Row(
            NAME, f"{page}: {what}", members, medians[0], "ms", "Dash", medians[1], most, most_ratio, note
        )
    wire = statistics.median(ours.kilobytes), statistics.median(theirs.kilobytes)
    yield Row(NAME, f"{page}: over the wire, cold", members, wire[0], "KB", "Dash", wire[1], MOST_KB)


@contextmanager
def serve_peer(data: Path, page: str) -> Iterator[int]:
    """The same charts in Dash; gives its port."""
    port = find_port()
    command = [sys.executable, "-m", "bench.paint.peer", str(data), page, str(port), LABEL, *VALUES]
    server = subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert server.stdout is not None
        if "ready" not in server.stdout.readline():
            raise RuntimeError(f"The page {page} in Dash did not start.")
        yield port
    finally:
        server.terminate()
        server.wait(10)
