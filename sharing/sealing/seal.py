"""Seal what a link will show: a fixed list of headline indicators, gated for funders, with no way to ask for more.

The groups are fixed and disjoint: those too small to be named to a funder are put together under one name
before anything is hidden, so that not even the name of a small group is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path

import pandas as pd

from indicators.catalogue import list_indicators
from indicators.definition import Indicator
from indicators.engine.asking import list_periods
from indicators.engine.compute import compute_exact
from indicators.gate.disclosure import SCOPES
from indicators.gate.groups import TOGETHER, list_alone
from indicators.published.closing import close_table, count_table
from indicators.published.order import order_rows
from indicators.published.verdict import CARRIED, judge, write_verdicts
from indicators.result import FIGURES, Result
from indicators.selection import Selection, list_attributes
from indicators.targets import find_series_target
from sharing.sealing.audit import Row, Universe, read_universes, withhold_exposed
from sharing.sealing.causes import Causes, count_causes
from sharing.sealing.changes import Earlier, carry_forward
from sharing.sealing.extract import Extract, write_extract
from sharing.sealing.ledger import Ledger, open_ledger
from sharing.store.links import LATEST
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
    "cross_organisation",
    "cross_profession",
    "cross_region",
)
BREAKDOWNS: tuple[str, ...] = ("profession", "region")
VERDICTS = Path("state") / "verdicts"


@dataclass(frozen=True)
class Summary:
    """One figure of an extract before it goes out: how many values it shows and hides, and why."""

    title: str
    by: tuple[str, ...]
    shown: int
    hidden: int
    causes: Causes = ()


def build_extract(
    engine: Engine, link_id: str, label: str, *, earlier: Earlier, ledger: Ledger, now: datetime | None = None
) -> Extract:
    """Everything that a link on this release will show. Indicators without any data are left out.

    What was shown before (`ledger`) is shown again unless enough people changed, and a table that with the others, or
    with earlier ones, would give away a hidden figure is hidden.
    """
    exact: list[Result] = []
    results: list[Result] = []
    attributes = list_attributes(engine)
    known = list_indicators(attributes)
    scope = SCOPES["funder"]
    fixed = {name: ledger.read_groups(name) for name in BREAKDOWNS if name in attributes}
    alone = {name: list_alone(engine, name, scope, groups) for name, groups in fixed.items()}
    alone = {name: groups for name, groups in alone.items() if groups}
    for indicator in (known[name] for name in HEADLINES if name in known):
        if compute_exact(engine, indicator, _select(indicator)).is_empty:
            continue
        for by in [(), *((name,) for name in alone)]:
            exact.append(count_table(engine, indicator, _select(indicator, by), alone, scope))
            closed = close_table(exact[-1], scope)
            results.append(carry_forward(engine, earlier, closed, ledger, alone))
    told = withhold_exposed(results, read_earlier(results, ledger))
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
        targets=_find_targets(engine, exact),
        results=tuple(_order(engine, one) for one in told),
        verdicts=tuple(judge(*pair, scope) for pair in zip(exact, told, strict=True)),
        causes=tuple(count_causes(*pair, scope) for pair in zip(exact, told, strict=True)),
    )


def _order(engine: Engine, told: Result) -> Result:
    periods = list_periods(engine, told.indicator, told.selection)
    rows = told.table.drop(columns=CARRIED).assign(step=SCOPES["funder"].rounding)
    return replace(told, table=order_rows(engine, told.indicator, rows, periods, told.dimensions))


def _find_targets(engine: Engine, exact: Sequence[Result]) -> dict[str, float]:
    """The target that each figure of everybody is held against, where the programme set one."""
    found = {one.indicator.id: find_series_target(engine, one) for one in exact if not one.selection.by}
    return {name: target for name, target in found.items() if target is not None}


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
        table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(FIGURES, "float64"))
        shown = replace(result, table=table)
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
            causes,
        )
        for result, causes in zip(extract.results, extract.causes or repeat(()), strict=False)
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
    """Enter an extract in the ledger, keep the verdict on it, and write it; returns the file."""
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
    write_verdicts(
        data / VERDICTS / f"{extract.link_id}.json", extract.release, SCOPES["funder"], extract.verdicts
    )
    return write_extract(data, extract)


def _select(indicator: Indicator, by: Sequence[str] = ()) -> Selection:
    """By quarter for a whole calendar series; in groups over all time; every wave of a survey."""
    is_curve = indicator.estimator == "survival"
    has_series = indicator.time_axis in ("week", "month") and not by and not is_curve
    return Selection(grain="quarter" if has_series else "", by=tuple(by))
