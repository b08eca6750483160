"""How tests ask for figures: records as the command line prints them, or one figure a cell."""

from __future__ import annotations

from typing import Any

from indicators.catalogue import find_indicator
from indicators.gate.disclosure import SCOPES, Role
from indicators.published.show import compute_result
from indicators.selection import Selection
from warehouse.engine import Engine


def read_records(
    engine: Engine, indicator_id: str, *, role: Role = "evaluator", **selection: Any
) -> list[dict[str, Any]]:
    """The rows of a result; `selection` takes period, grain, by and where."""
    indicator = find_indicator(engine, indicator_id)
    return compute_result(engine, indicator, Selection(**selection), SCOPES[role]).to_records()


def read_cells(
    engine: Engine, indicator_id: str, *figures: str, **selection: Any
) -> dict[tuple[str, ...], Any]:
    """The figures named (`value` where none is) by period and further dimensions; one figure is given bare."""
    names = figures or ("value",)
    cells = {}
    for record in read_records(engine, indicator_id, **selection):
        further = [value for name, value in record["dimensions"].items() if name != "wave"]
        key = (record["period"], *further)
        assert key not in cells, f"{indicator_id} gives {key} twice"
        cells[key] = record[names[0]] if len(names) == 1 else tuple(record[name] for name in names)
    return cells
