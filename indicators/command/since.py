"""What has changed in a figure of an earlier release since, on the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from commands import Refusal
from indicators.catalogue import find_indicator
from indicators.command.printing import write_number
from indicators.gate.disclosure import Scope
from indicators.published.show import compute_result
from indicators.result import Result
from indicators.selection import Selection
from indicators.vintages import Change, list_causes, list_changed
from warehouse.engine import Engine
from warehouse.release import Release

SAME_FILES = "its files are the same: the software that reads or counts them has changed"


def tell_since(then: Result, was: Release, live: Release, scope: Scope) -> Iterator[str]:
    """Of a figure as it was in an earlier release: which rows are other ones in the live release, and what came in between."""
    yield f"As of release {was.id}; the live release is {live.id}."
    try:
        now = _ask(live, then.indicator.id, then.selection, scope)
    except Refusal as fault:
        yield f"The live release has no such figure: {fault}"
        return
    changed = list_changed(then, now)
    if not changed:
        yield "Nothing of it has changed since."
        return
    causes = list_causes(was, live, then.indicator, scope) or [SAME_FILES]
    yield f"Changed since in {len(changed)} of {len(then.table)} rows: {'; '.join(causes)}."
    yield from map(_tell_change, changed)


def _ask(release: Release, id: str, selection: Selection, scope: Scope) -> Result:
    engine = Engine(release)
    try:
        return compute_result(engine, find_indicator(engine, id), selection, scope)
    finally:
        engine.close()


def _tell_change(change: Change) -> str:
    where = " ".join([change.period, *(one for one in change.dimensions if one != "nan")])
    then, now = (_tell_row(row) for row in (change.then, change.now))
    return f"{where}: {then} then, {now} now"


def _tell_row(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "no such row"
    if row["status"] != "ok":
        return str(row["status"])
    low, high = row["low"], row["high"]
    has_range = low == low
    return write_number(row["value"]) + (
        f" ({write_number(low)} to {write_number(high)})" if has_range else ""
    )
