"""Figures of the network on their first asking, against networkx on the same arcs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from bench import samples
from bench.apart import run_apart
from bench.report.row import Row

NAME = "network"
SIZES = (231, 4_500)
FIGURES = ("density", "reciprocity", "clustering", "betweenness_highest")


def measure(sizes: tuple[int, ...] = SIZES) -> Iterator[Row]:
    """Milliseconds to a figure of the last wave, with its interval, and of networkx's bare function."""
    for members in sizes:
        exports, data = samples.make_exports(members), samples.make_release(members)
        wave = find_last_wave(exports)
        peer = run_apart(("bench.speed.peers:measure_with_networkx", (str(exports), wave))).result
        call = ("bench.speed.network:ask_figures", (str(data), wave))
        own = run_apart(call).result
        for name in FIGURES:
            theirs = peer[name] * 1000 if name in peer else None
            note = f"{peer['nodes']:,.0f} members asked, {peer['arcs']:,.0f} ties"
            yield Row(NAME, name, members, own[name] * 1000, "ms", "networkx", theirs, note=note, again=call)


def find_last_wave(exports: Path) -> str:
    """The last wave that asked for connections."""
    lines = (exports / "waves.csv").read_text(encoding="utf-8").splitlines()
    return [line.split(",")[0] for line in lines if line.split(",")[1] == "connections"][-1]


def ask_figures(data: str, wave: str) -> dict[str, float]:
    """Wall seconds of each figure of one wave, everybody, after the engine has answered one other question."""
    from bench.speed.asking import ask, open_release
    from indicators.catalogue import find_indicator
    from indicators.selection import Selection

    engine = open_release(Path(data))
    ask(engine, find_indicator(engine, "members"), Selection())
    found = {}
    for name in FIGURES:
        start = time.perf_counter()
        ask(engine, find_indicator(engine, name), Selection(period=wave))
        found[name] = time.perf_counter() - start
    return found
