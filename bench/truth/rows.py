"""Coverage from rows: simulated communities loaded like any other files, their intervals from the whole engine."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from etl.load import load_paths
from etl.reading.types import Options
from indicators.catalogue import find_indicator
from indicators.gate.disclosure import SCOPES
from indicators.published.show import compute_result
from indicators.selection import Selection
from tests.many_communities import ANSWERS, COMPLETE_TO, STEPS, Plan, draw_tables
from warehouse.engine import Engine

COMMUNITIES = 800
SEED = 2015
CURVE_DAY = 180
Report = Callable[[str, float, int, int], int]

PLAN = Plan(COMMUNITIES, 231)
TRUTHS: dict[str, tuple[str, float]] = {
    "attendance_rate": ("all", 0.5),
    "response_rate_rr1": ("w1", PLAN.response),
    "item_positive": ("w1", float(ANSWERS[3:].sum())),
    "item_mean": ("w1", float(ANSWERS @ STEPS)),
    "item_net": ("w1", float(ANSWERS[3:].sum() - ANSWERS[:2].sum())),
    "item_change": ("w2", 0.0),
    "item_positive_change": ("w2", 0.0),
    "membership_retention": ("all", float(np.exp(-PLAN.hazard * CURVE_DAY))),
}


def cover_rows(report: Report) -> int:
    """Report the coverage of each indicator over the communities; returns how many lie outside."""
    print(
        f"From rows: {COMMUNITIES} communities of {PLAN.members} members in one release, by the whole engine; "
        f"attendance with correlation {1 / (2 * PLAN.alpha + 1):.1f} within members"
    )
    outside = 0
    with tempfile.TemporaryDirectory() as folder:
        engine = load_communities(Path(folder))
        for name, (period, truth) in TRUTHS.items():
            rows = read_intervals(engine, name, period)
            is_known = rows["low"].notna() & rows["high"].notna()
            holds = (rows["low"] <= truth) & (truth <= rows["high"])
            count = int(is_known.sum())
            title = f"{name:<26} {period + f', truth {truth:.3f}':<36}"
            outside += report(title, float(holds[is_known].mean()), count, len(rows) - count)
        engine.close()
    return outside


def load_communities(folder: Path) -> Engine:
    """Draw the communities, write them as template CSVs, load them and open the release."""
    exports = folder / "exports"
    exports.mkdir()
    for name, table in draw_tables(PLAN, SEED).items():
        table.to_csv(exports / f"{name}.csv", index=False)
    options = Options(complete_to=date.fromisoformat(str(COMPLETE_TO)))
    return Engine(load_paths([exports], folder / "data", options=options).release)


def read_intervals(engine: Engine, name: str, period: str) -> pd.DataFrame:
    """One row a community; of a survival curve the last step up to CURVE_DAY."""
    indicator = find_indicator(engine, name)
    rows = compute_result(engine, indicator, Selection(by=("hub",)), SCOPES["evaluator"]).table
    rows = rows[(rows["period"] == period) & (rows["status"] == "ok")]
    if indicator.estimator == "survival":
        days = rows["time_days"].astype(float)
        rows = rows[days <= CURVE_DAY].assign(days=days).sort_values("days").groupby("hub").tail(1)
    return rows
