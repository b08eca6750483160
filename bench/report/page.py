"""docs/performance.md, made of the rows that were measured last; they are kept beside it between runs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.report.curves import draw_curves, list_curves
from bench.report.row import HEADER, Row, write_number
from settings import PROJECT

DOCS = PROJECT / "docs"
UNITS = {"CPU s": "cpu", "MB": "memory", "ms": "ms", "s": "seconds"}
INTRODUCTION = """# Performance

Made by `make bench` (and `make bench-million`); do not edit. Every line was measured with its peer in one run on one machine:
ratios can be compared, absolute times only within a run. A limit stands where one is asked; what does not hold it is
listed at the end with a profile. That of a painted page is a trace of Chromium's, the middle of three; they were taken in a run
of their own, and what is traced takes longer than what is only measured. Samples are synthetic, drawn from a seed.
"""


def merge_rows(earlier: Iterable[Row], fresh: Iterable[Row]) -> list[Row]:
    """Fresh rows take the place of all of the same scenario and number of members."""
    fresh = list(fresh)
    replaced = {(row.scenario, row.members) for row in fresh}
    return [row for row in earlier if (row.scenario, row.members) not in replaced] + fresh


def read_rows(path: Path) -> list[Row]:
    if not path.exists():
        return []
    return [Row(**record) for record in json.loads(path.read_text(encoding="utf-8"))["rows"]]


def update_page(fresh: list[Row], titles: dict[str, str], docs: Path = DOCS) -> Path:
    """Merge the fresh rows into those kept and write the page and its pictures; returns the page."""
    kept = docs / "performance.json"
    rows = merge_rows(read_rows(kept), fresh)
    content: dict[str, Any] = {"rows": [row.to_record() for row in rows]}
    kept.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page = docs / "performance.md"
    page.write_text(write_page(rows, titles, docs), encoding="utf-8")
    return page


def write_page(rows: list[Row], titles: dict[str, str], docs: Path) -> str:
    """The page: a table a scenario, its curves where it was measured at several sizes, and what fell short."""
    parts = [INTRODUCTION, describe_machine()]
    for scenario, title in titles.items():
        own = sorted((row for row in rows if row.scenario == scenario), key=lambda row: row.members)
        if not own:
            continue
        parts += [f"## {scenario.capitalize()}", title, write_table(own)]
        for unit, name in UNITS.items():
            if curves := list_curves(own, unit):
                path = docs / "images" / f"performance-{scenario}-{name}.svg"
                draw_curves(curves, unit, path)
                parts.append(f"![{scenario}: {unit} by members]({path.relative_to(docs)})")
    parts += ["## What fell short", write_shortfall(rows)]
    return "\n\n".join(parts) + "\n"


def write_table(rows: Iterable[Row]) -> str:
    cells = [HEADER, ("---",) * len(HEADER), *(row.cells for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def write_shortfall(rows: Iterable[Row]) -> str:
    """Every row beyond its limit; a profile or sentence that serves several is shown with the first."""
    parts, shown = [], set()
    for row in rows:
        if row.is_held is not False:
            continue
        what, members, measured, peer, ratio, limit, _ = row.cells
        beside = f" ({peer}: {ratio})" if peer else ""
        parts.append(f"**{row.scenario}, {what}, {members} members**: {measured}{beside}, asked {limit}.")
        if row.profile and row.profile not in shown:
            shown.add(row.profile)
            parts.append(f"```\n{row.profile}\n```")
        if row.trace:
            parts.append(write_trace(row.trace))
        parts += [words for words in row.why if words not in shown]
        shown.update(row.why)
    return "\n\n".join(parts) or "Every limit was held."


def write_trace(trace: Mapping[str, Mapping[str, float]]) -> str:
    """A table of what each page's thread did until the chart was painted, in milliseconds."""
    kinds = dict.fromkeys(kind for parts in trace.values() for kind in parts)
    lines = [("traced, ms", *trace), ("---",) * (1 + len(trace))]
    lines += [(kind, *(write_number(parts.get(kind)) for parts in trace.values())) for kind in kinds]
    lines.append(("all", *(write_number(sum(parts.values())) for parts in trace.values())))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def describe_machine() -> str:
    load = " ".join(f"{part:.1f}" for part in os.getloadavg())
    return (
        f"Last written {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, DuckDB {version('duckdb')}; load average {load}."
    )
