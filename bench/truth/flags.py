"""Alarms on synthetic samples without any effect, against what chance gives, and on those with the planted ones."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich.progress import track

from etl.demo.build import write_exports
from etl.load import load_paths
from indicators.catalogue import find_indicator
from indicators.gate.disclosure import SCOPES
from indicators.published.show import compute_result
from indicators.result import Result
from indicators.selection import Selection
from indicators.statistics.spc import make_charts
from warehouse.engine import Engine

SAMPLES, MEMBERS, FIRST_SEED = 12, 231, 5000
LEVEL = 0.05
CHANGES = ("item_change", "construct_change", "item_positive_change")
P_VALUES = ("item_change_p", "item_positive_p", "item_sign_p", "logrank_cohort", "mixing_p_organisation")
SERIES = (("active_members", "week"),)
OUTSIDE = "points outside the limits"
# One point in 370 lies outside three sigma.
NOMINAL = {
    **{f"{name}: told from 0": LEVEL for name in CHANGES},
    **{f"{name}: any below 5 %": LEVEL for name in P_VALUES},
    OUTSIDE: 0.0027,
}


def main() -> None:
    """Print how often each alarm is raised, of how many that could be: null samples, then planted ones."""
    print(
        f"Alarms: {SAMPLES} samples of {MEMBERS} members without effects, and {SAMPLES} with the planted ones"
    )
    null, planted = (count_alarms(is_planted=is_planted) for is_planted in (False, True))
    print(f"{'alarm':<44} {'nominal':>8} {'null':>16} {'planted':>16}")
    for name, rate in NOMINAL.items():
        shown = (
            f"{raised:>5} of {tried:>5} {raised / tried:>4.0%}" if tried else f"{'never tried':>16}"
            for raised, tried in (null[name], planted[name])
        )
        print(f"{name:<44} {rate:>8.2%} {'  '.join(shown)}")


def count_alarms(*, is_planted: bool) -> dict[str, tuple[int, int]]:
    """By alarm how often it was raised, and how often it could have been, over the samples."""
    raised: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    kind = "planted" if is_planted else "null"
    for seed in track(range(FIRST_SEED, FIRST_SEED + SAMPLES), f"Loading {kind} samples"):
        with tempfile.TemporaryDirectory() as folder:
            exports = Path(folder) / "exports"
            write_exports(exports, MEMBERS, seed, planted=is_planted)
            engine = Engine(load_paths([exports], Path(folder) / "data").release)
            for name, is_raised in list_alarms(engine):
                raised[name] += is_raised
                tried[name] += 1
            engine.close()
    return {name: (raised[name], tried[name]) for name in NOMINAL}


def list_alarms(engine: Engine) -> Iterator[tuple[str, bool]]:
    """Every alarm that a release could raise, and whether it does."""
    for name in CHANGES:
        table = read(engine, name).table
        for low, high in table.loc[table["status"] == "ok", ["low", "high"]].itertuples(index=False):
            yield f"{name}: told from 0", low > 0 or high < 0
    for name in P_VALUES:
        table = read(engine, name).table
        for _, p in table[table["status"] == "ok"].groupby("period")["value"]:
            yield f"{name}: any below 5 %", p.min() < LEVEL
    for name, grain in SERIES:
        weeks = read(engine, name, grain)
        for chart in make_charts(weeks):
            for point in chart.judged:
                yield OUTSIDE, any("limits" in flag for flag in point.flags)


def read(engine: Engine, name: str, grain: str = "") -> Result:
    """The indicator for everybody."""
    indicator = find_indicator(engine, name)
    return compute_result(engine, indicator, Selection(grain=grain), SCOPES["evaluator"])
