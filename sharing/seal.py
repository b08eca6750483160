"""Seal what a link will show: a fixed list of headline indicators, gated for funders, with no way to ask for more.

The groups are fixed and disjoint: those too small to be named to a funder are put together under one name
before anything is hidden, so that not even the name of a small group is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from indicators.catalogue import list_indicators
from indicators.definition import Indicator
from indicators.engine.compute import compute_exact
from indicators.gate.disclosure import SCOPES, apply_gate
from indicators.gate.groups import TOGETHER, count_groups
from indicators.result import FIGURES, Result
from indicators.selection import Selection, list_attributes
from sharing.audit import Row, Universe, read_universes, withhold_exposed
from sharing.changes import Earlier, carry_forward
from sharing.extract import Extract, write_extract
from sharing.ledger import Ledger, open_ledger
from sharing.links import LATEST
from warehouse.engine import Engine
from warehouse.release import find_release

HEADLINES: tuple[str, ...] = (
    "members",
    "active_members",
    "attendance_rate",
    "membership_retention",
    "response_rate_rr1",
    "construct_positive",
    "construct_change",
    "ties_new",
    "cross_profession",
    "cross_region",
)
BREAKDOWNS: tuple[str, ...] = ("profession", "region")


@dataclass(frozen=True)
class Summary:
    """One figure of an extract before it goes out: how many values it shows and hides."""

    title: str
    by: tuple[str, ...]
    shown: int
    hidden: int


def build_extract(
    engine: Engine, link_id: str, label: str, *, earlier: Earlier, ledger: Ledger, now: datetime | None = None
) -> Extract:
    """Everything that a link on this release will show. Indicators without any data are left out.

    What was shown before (`ledger`) is shown again unless enough people changed, and a table that with the others, or
    with earlier ones, would give away a hidden figure is hidden.
    """
    results = []
    attributes = list_attributes(engine)
    known = list_indicators(attributes)
    groups = {name: list_groups(engine, name, ledger) for name in BREAKDOWNS if name in attributes}
    groups = {name: (large, small) for name, (large, small) in groups.items() if large}
    alone = {name: large for name, (large, _) in groups.items()}
    for indicator in (known[name] for name in HEADLINES if name in known):
        if compute_exact(engine, indicator, _select(indicator)).is_empty:
            continue
        for by in [(), *((name,) for name in groups)]:
            closed = _close(_break_down(engine, indicator, by, groups))
            results.append(carry_forward(engine, earlier, closed, ledger, alone))
    waves = engine.query(
        "SELECT wave_id, any_value(coalesce(label, wave_id)) AS label FROM waves GROUP BY wave_id"
    )
    return Extract(
        link_id=link_id,
        label=label,
        release=engine.release.id,
        published_at=str(engine.release.manifest["published_at"]),
        complete_to=engine.release.complete_to,
        sealed_at=(now or datetime.now(UTC)).replace(microsecond=0),
        is_synthetic=engine.release.is_synthetic,
        waves={str(row["wave_id"]): str(row["label"]) for row in waves.to_dict(orient="records")},
        results=withhold_exposed(results, read_earlier(results, ledger)),
    )


def list_groups(engine: Engine, name: str, ledger: Ledger) -> tuple[list[str], list[str]]:
    """The groups of an attribute that stand alone, and those that are only shown together.

    Together are all that are too small to be named and, while these are still too few, the next larger ones. Once
    sealed the groups stay: which stand alone is not decided anew with every release.
    """
    sizes = count_groups(engine, name)
    fixed = ledger.read_groups(name)
    if fixed:
        return fixed, sorted(set(sizes) - set(fixed))
    scope = SCOPES["funder"]
    small: list[str] = []
    count = 0
    for group, size in sizes.items():
        if size >= scope.smallest_group and (not small or count >= scope.minimum):
            break
        small.append(group)
        count += size
    return sorted(set(sizes) - set(small)), small


def read_earlier(results: Sequence[Result], ledger: Ledger) -> dict[Universe, list[Row]]:
    """The rows that earlier extracts showed of the same tables, for the audit."""
    earlier: dict[Universe, list[Row]] = {}
    for result in results:
        rows = [
            dict(zip(("period", *result.dimensions), key, strict=True)) | dict(one.figures)
            for key, versions in ledger.read_rows(result).items()
            for one in versions
        ]
        columns = ["period", *result.dimensions, *FIGURES, "status", "reason"]
        shown = replace(result, table=pd.DataFrame(rows, columns=columns))
        for universe, found in read_universes([shown]).items():
            earlier.setdefault(universe, []).extend(found)
    return earlier


def summarise_extract(extract: Extract) -> list[Summary]:
    """What the recipient will see, figure by figure."""
    return [
        Summary(
            result.indicator.title,
            result.selection.by,
            int((result.table["status"] == "ok").sum()),
            int((result.table["status"] == "suppressed").sum()),
        )
        for result in extract.results
    ]


def find_smallest(extract: Extract) -> int | None:
    """The smallest rounded count behind any value shown, complements included; None when everything is hidden."""
    counts: list[float] = []
    for result in extract.results:
        shown = result.table[result.table["status"] == "ok"]
        counts += [*shown["n"].dropna(), *shown["denominator"].dropna()]
        if result.indicator.estimator in ("proportion", "share"):
            counts += [*shown["numerator"], *(shown["denominator"] - shown["numerator"])]
    return int(min(counts)) if counts else None


def seal_release(data: Path, release_id: str, link_id: str, label: str) -> Extract:
    """The extract of a release (`latest` for the live one), not yet written. Raises NoRelease when it is not there."""
    release = find_release(data, None if release_id == LATEST else release_id)
    engine, earlier, ledger = Engine(release), Earlier(data), open_ledger(data)
    try:
        return build_extract(engine, link_id, label, earlier=earlier, ledger=ledger)
    finally:
        engine.close()
        earlier.close()
        ledger.close()


def store_extract(data: Path, extract: Extract) -> Path:
    """Enter an extract in the ledger and write it; returns the file."""
    ledger = open_ledger(data)
    try:
        groups: dict[str, set[str]] = {}
        for result in extract.results:
            for name in result.selection.by:
                groups.setdefault(name, set()).update(str(value) for value in result.table[name])
        alone = {name: sorted(values - {TOGETHER}) for name, values in groups.items()}
        ledger.record(extract.release, alone, extract.results)
    finally:
        ledger.close()
    return write_extract(data, extract)


def _select(indicator: Indicator, by: Sequence[str] = ()) -> Selection:
    """By quarter for a whole calendar series; in groups over all time; every wave of a survey."""
    is_curve = indicator.estimator == "survival"
    has_series = indicator.time_axis in ("week", "month") and not by and not is_curve
    return Selection(grain="quarter" if has_series else "", by=tuple(by))


def _break_down(
    engine: Engine,
    indicator: Indicator,
    by: Sequence[str],
    groups: Mapping[str, tuple[Sequence[str], Sequence[str]]],
) -> Result:
    """A breakdown in which the small groups of each dimension are one, counted together and not summed."""
    selection = _select(indicator, by)
    parts = []
    for are_small in product((False, True), repeat=len(by)):
        chosen = {name: groups[name][is_small] for name, is_small in zip(by, are_small, strict=True)}
        if not all(chosen.values()):
            continue
        kept = tuple(name for name, is_small in zip(by, are_small, strict=True) if not is_small)
        where = tuple((name, group) for name, values in chosen.items() for group in values)
        part = compute_exact(engine, indicator, replace(selection, by=kept, where=where))
        merged = {name: TOGETHER for name in by if name not in kept}
        parts.append((part, part.table.assign(**merged)))
    exact = parts[0][0]
    dimensions = (*indicator.measures, *by)
    table = pd.concat([rows for _, rows in parts], ignore_index=True)
    place = {period: number for number, period in enumerate(table["period"].unique())}
    table = table.sort_values("period", key=lambda column: column.map(place), kind="stable")
    return replace(exact, selection=selection, dimensions=dimensions, table=table.reset_index(drop=True))


def _close(result: Result) -> Result:
    """Pass a result through the funder's gate and take from its passport what leads to a file.

    A quarter that is still running is left out of a series: it would change with every release.
    """
    scope = SCOPES["funder"]
    exact = result.table
    if result.selection.grain and exact["is_complete"].any():
        exact = exact[exact["is_complete"]].reset_index(drop=True)
    if result.selection.by and result.indicator.estimator != "survival":
        exact = exact.assign(
            status="ok"
        )  # that a group has no data says that nobody of it is in: hidden like any few
    table = apply_gate(exact, result.indicator, result.dimensions, scope)
    is_missing = table["status"] == "no_data"
    table.loc[is_missing, list(FIGURES)] = np.nan
    table.loc[is_missing, "reason"] = "No data."
    passport = replace(result.passport, sources=(), role=scope.role, selection=result.selection)
    return replace(result, table=table, passport=passport)
