"""What the pages ask for when nothing is chosen: the statements whose rows are kept for them, in the order of the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

from indicators.catalogue import list_indicators
from indicators.definition import Indicator
from indicators.engine.cells import list_held
from warehouse.engine import Engine

# The figures of This week, the page that opens first, each with the breakdown that it is asked for by.
FIRST = (
    ("members", ""),
    ("period_retention", ""),
    ("active_members", ""),
    ("attendance_rate", ""),
    ("response_rate_rr1", ""),
    ("construct_positive", ""),
    ("ties_new", ""),
    ("cross_organisation", ""),
)


def list_statements(engine: Engine) -> Iterator[tuple[str, str]]:
    """Title and SQL of every statement, each once: all figures of everybody, of each attribute, and by each breakdown.

    First those of This week, then theme by theme; what is broken down comes after all of its theme that is not.
    """
    listed: set[str] = set()
    for indicator, name in _list_asked(list_indicators(engine.attributes)):
        for sql in list_held(engine, indicator, (name,) if name else ()):
            if sql not in listed:
                listed.add(sql)
                yield f"{indicator.id} by {name}" if name else indicator.id, sql


def _list_asked(indicators: dict[str, Indicator]) -> Iterator[tuple[Indicator, str]]:
    for name, breakdown in FIRST:
        yield indicators[name], breakdown
    for _, theme in groupby(indicators.values(), lambda indicator: indicator.theme):
        listed = list(theme)
        yield from ((indicator, "") for indicator in listed)
        yield from ((indicator, name) for indicator in listed for name in indicator.breakdowns)


def prepare(engine: Engine, progress: Callable[[str], object]) -> None:
    """Keep the rows of every statement that the pages ask for when nothing is chosen; what is kept already costs nothing."""
    statements = list(list_statements(engine))
    for place, (title, sql) in enumerate(statements, 1):
        progress(f"Computing {title}, {place} of {len(statements)}")
        engine.keep(sql)
