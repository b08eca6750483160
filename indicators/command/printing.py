"""A figure on the command line: as a table, JSON or CSV."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from math import isfinite

from indicators.result import FIGURES, Result, escape_cell
from indicators.statistics.spc import SpcPoint

LIMITS = ("centre", "lower", "upper")
Points = Sequence[SpcPoint]


def list_limits(point: SpcPoint) -> dict[str, float | None]:
    figures = {name: getattr(point, name) for name in LIMITS}
    return {name: value if isfinite(value) else None for name, value in figures.items()}


def print_json(result: Result, points: Points) -> None:
    records = result.to_records()
    for record, point in zip(records, points, strict=False):
        record |= {**list_limits(point), "flags": list(point.flags)}
    print(json.dumps(records, indent=1, ensure_ascii=False))


def print_csv(result: Result, points: Points) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    fixed = ("release", "indicator", "definition_version", "period")
    further = (*LIMITS, "flags") if points else ()
    texts = ("item_text",) if result.items else ()
    writer.writerow([*fixed, *result.dimensions, *texts, *FIGURES, "unit", "status", "is_complete", *further])
    for place, row in enumerate(result.to_records()):
        dimensions = [escape_cell(row["dimensions"].get(name, "")) for name in result.dimensions]
        limits = [*list_limits(points[place]).values(), "; ".join(points[place].flags)] if points else []
        writer.writerow(
            [
                *(escape_cell(str(row[name])) for name in fixed),
                *dimensions,
                *(escape_cell(row[name]) for name in texts),
                *(row[name] for name in FIGURES),
                row["unit"],
                row["status"],
                str(row["is_complete"]).lower(),
                *limits,
            ]
        )


def show(*parts: object) -> None:
    from rich.console import Console

    width = None if sys.stdout.isatty() else 200
    console = Console(soft_wrap=True, highlight=False, markup=False, width=width)
    for part in parts:
        console.print(part)


def print_table(result: Result, points: Points) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("period", *result.dimensions):
        table.add_column(name, no_wrap=True)
    for name in (*FIGURES, "status", *(LIMITS if points else ())):
        table.add_column(name, justify="right", no_wrap=True)
    if points:
        table.add_column("flags", no_wrap=True)
    for place, row in enumerate(result.to_records()):
        limits = [write_number(limit) for limit in list_limits(points[place]).values()] if points else []
        table.add_row(
            row["period"],
            *(row["dimensions"].get(name, "") for name in result.dimensions),
            *(write_number(row[name]) for name in FIGURES),
            row["status"],
            *limits,
            *(["; ".join(points[place].flags)] if points else []),
        )
    show(f"{result.indicator.title} ({result.indicator.unit}), release {result.passport.release}", table)
    shown = set(result.table["item"]) if result.items else set()
    show(*(f"{item}: {words}" for item, words in result.items.items() if item in shown))


def write_number(value: float | None) -> str:
    """A figure with what can be read of it: whole numbers whole, others with at least four digits and no more than three decimals
    from 1 on."""
    if value is None:
        return ""
    return (
        f"{value:.0f}" if float(value).is_integer() else f"{value:.3f}" if abs(value) >= 1 else f"{value:.4g}"
    )
