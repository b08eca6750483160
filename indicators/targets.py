"""What the programme aims at: baselines and targets from the table `targets`."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from indicators.catalogue import find_indicator, list_indicators
from indicators.definition import MEASURE_DIMENSIONS, Estimator
from indicators.result import Result
from indicators.selection import list_attributes
from warehouse.engine import Engine

# What these count grows with the length of the period, so that a year's target is not a month's.
GROWING: tuple[Estimator, ...] = ("count", "reach", "total")
MOST_NAMED = 5


@dataclass(frozen=True)
class Target:
    """A value at the start and a value aimed at, in the unit of the indicator; None where it was not set."""

    baseline: float | None
    target: float | None


def find_target(engine: Engine, indicator_id: str, period: str) -> Target | None:
    """The target of an indicator for everybody in a period; rows for a group are not read.

    It is that of the period itself, else of the shortest calendar period that holds it (a wave is held by the day
    it opened), all time last; for counts, which grow with the period, only that of the period itself.
    """
    indicator = find_indicator(engine, indicator_id)
    found = engine.query(
        """WITH asked AS (
            SELECT starts_on, ends_on FROM calendar_periods WHERE period = $1
            UNION ALL
            SELECT CAST(opened_on AS DATE), CAST(opened_on AS DATE) FROM wave_order WHERE wave_id = $1 AND $4
        ),
        listed AS (SELECT * FROM targets WHERE indicator_id = $2 AND coalesce("group", '') = '')
        SELECT t.baseline, t.target FROM listed t
        LEFT JOIN calendar_periods p ON p.period = t.period
        LEFT JOIN asked ON p.starts_on <= asked.starts_on AND p.ends_on >= asked.ends_on
        WHERE t.period = $1 OR (NOT $3 AND (t.period = 'all' OR asked.starts_on IS NOT NULL))
        ORDER BY t.period <> $1, t.period = 'all', p.ends_on - p.starts_on
        LIMIT 1""",
        [period, indicator_id, indicator.estimator in GROWING, indicator.time_axis == "wave"],
    )
    if found.empty:
        return None
    baseline, target = (None if pd.isna(value) else float(value) for value in found.iloc[0])
    return Target(baseline, target)


def find_shown_target(engine: Engine, result: Result) -> float | None:
    """The target for everybody of a result in its latest complete period; None for a filter or groups of members."""
    complete = result.table.loc[result.table["is_complete"], "period"]
    is_of_some = result.selection.where or set(result.groups) - set(MEASURE_DIMENSIONS)
    if is_of_some or complete.empty:
        return None
    found = find_target(engine, result.indicator.id, str(complete.iloc[-1]))
    return found.target if found else None


def find_series_target(engine: Engine, result: Result) -> float | None:
    """The target that a chart of a series is held against: that of its latest complete period.

    None for a result of several lines, of a breakdown or of a filter: targets are for everybody.
    """
    is_one_line = not result.telling and not result.selection.by
    return find_shown_target(engine, result) if is_one_line else None


def list_targeted(engine: Engine) -> list[str]:
    """Ids of the indicators that have a target for everybody, in the order of the catalogue."""
    found = engine.lookup(
        "SELECT DISTINCT indicator_id FROM targets WHERE target IS NOT NULL AND coalesce(\"group\", '') = ''"
    )
    named = set(found["indicator_id"])
    return [name for name in list_indicators(list_attributes(engine)) if name in named]


def list_unfit_targets(engine: Engine) -> list[str]:
    """A sentence for targets of no indicator that there is, and for those that lie outside what their indicator can be."""
    found = engine.lookup("SELECT indicator_id, baseline, target FROM targets ORDER BY ALL")
    known = list_indicators(list_attributes(engine))
    unknown = found.loc[~found["indicator_id"].isin(list(known)), "indicator_id"]
    said = []
    if len(unknown):
        named = ", ".join(unknown.unique()[:MOST_NAMED])
        said.append(
            f"{len(unknown):,} target{' is' if len(unknown) == 1 else 's are'} of no indicator that there is ({named}): nothing is held "
            "against them. Write indicator_id as python -m indicators list has it."
        )
    for name, rows in found.groupby("indicator_id"):
        if str(name) not in known:
            continue
        least, most = known[str(name)].limits
        values = pd.concat([rows["baseline"], rows["target"]]).dropna()
        beyond = values[(values < least) | (values > most)]
        if len(beyond):
            one = "baseline or target" if len(beyond) == 1 else "baselines or targets"
            said.append(
                f"{len(beyond):,} {one} of {name} cannot be reached, such as {beyond.iloc[0]:g}: it is from {least:g} to {most:g}. "
                "Write a share of 50 % as 0.5."
            )
    return said
