"""What the analytic pages ask: every indicator whose tables are there, without a breakdown and by each dimension."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from indicators.catalogue import list_indicators
from indicators.definition import Indicator
from indicators.engine.asking import check_dimensions
from indicators.gate.disclosure import SCOPES
from indicators.published.show import compute_result
from indicators.result import Result
from indicators.selection import BadSelection, Selection, list_attributes
from warehouse.engine import Engine
from warehouse.release import find_release

HEADLINES = (
    ("members", ""),
    ("active_members", "week"),
    ("response_rate_rr1", ""),
    ("attendance_rate", ""),
    ("construct_positive", ""),
    ("ties_per_member", ""),
)


def open_release(data: Path) -> Engine:
    return Engine(find_release(data))


def list_questions(engine: Engine, size: int) -> Iterator[tuple[Indicator, Selection]]:
    """Every indicator that has rows to count, with each set of `size` attributes that it can be broken down by."""
    attributes = list_attributes(engine)
    for indicator in list_indicators(attributes).values():
        if not has_rows(engine, indicator.tables[0]):
            continue
        for by in combinations(attributes, size):
            selection = Selection(by=by)
            try:
                check_dimensions(engine, indicator, selection)
            except BadSelection:
                continue
            yield indicator, selection


def has_rows(engine: Engine, table: str) -> bool:
    return not engine.lookup(f'SELECT 1 AS one FROM "{table}" LIMIT 1').empty


def ask(engine: Engine, indicator: Indicator, selection: Selection) -> Result:
    return compute_result(engine, indicator, selection, SCOPES["evaluator"])


def ask_headlines(engine: Engine) -> None:
    """The headline figures of the pages."""
    listed = list_indicators(list_attributes(engine))
    for name, grain in HEADLINES:
        ask(engine, listed[name], Selection(grain=grain))


def time_questions(engine: Engine, size: int, most: int = 10**9) -> list[float]:
    """Wall milliseconds of each question's first asking."""
    times = []
    for place, (indicator, selection) in enumerate(list_questions(engine, size)):
        if place >= most:
            break
        start = time.perf_counter()
        ask(engine, indicator, selection)
        times.append((time.perf_counter() - start) * 1000)
    return times
