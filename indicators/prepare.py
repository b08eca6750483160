"""What the pages ask for when nothing is chosen: the statements whose rows are kept for them, in the order of the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from indicators.catalogue import list_indicators
from indicators.engine.cells import list_held
from warehouse.engine import Engine


def list_statements(engine: Engine) -> Iterator[tuple[str, str]]:
    """Title and SQL of every statement, each once: all figures of everybody, of each attribute, and by each breakdown.

    What a figure is broken down by comes after all figures that are not.
    """
    indicators = list_indicators(engine.attributes).values()
    listed: set[str] = set()
    for are_broken in (False, True):
        for indicator in indicators:
            for name in indicator.breakdowns if are_broken else ("",):
                for sql in list_held(engine, indicator, (name,) if name else ()):
                    if sql not in listed:
                        listed.add(sql)
                        yield f"{indicator.id} by {name}" if name else indicator.id, sql


def prepare(engine: Engine, progress: Callable[[str], object]) -> None:
    """Keep the rows of every statement that the pages ask for when nothing is chosen; what is kept already costs nothing."""
    statements = list(list_statements(engine))
    for place, (title, sql) in enumerate(statements, 1):
        progress(f"Computing {title}, {place} of {len(statements)}")
        engine.keep(sql)
