"""Every indicator of a release without a breakdown and by each dimension, in every period it has, as one table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from etl.load import load_paths
from indicators.definition import Indicator
from indicators.engine.compute import compute_exact
from indicators.result import FIGURES
from indicators.selection import Selection, list_attributes
from warehouse.engine import Engine

RECORDED = Path(__file__).with_name("figures.parquet")
SAMPLE = Path("data/sample")
KEY = bytes(range(32))


def load_sample(data: Path) -> Engine:
    """The sample as a release whose pseudonyms are always the same: some ties are broken by them."""
    (data / "state").mkdir(parents=True)
    (data / "state" / "pseudonym.key").write_text(KEY.hex(), encoding="ascii")
    return Engine(load_paths([SAMPLE], data).release)


def list_selections(engine: Engine, indicator: Indicator) -> Iterator[Selection]:
    """No breakdown and each dimension, in each grain of the indicator."""
    attributes = () if indicator.is_whole else list_attributes(engine)
    for grain in indicator.grains or ("",):
        for by in ((), *((name,) for name in (*indicator.breakdowns, *attributes))):
            yield Selection(grain=grain, by=by)


def read_figures(engine: Engine, indicator: Indicator) -> pd.DataFrame:
    """The figures of one indicator: `indicator, version, by, period, cell` (the dimensions as JSON) and FIGURES."""
    tables = []
    for selection in list_selections(engine, indicator):
        result = compute_exact(engine, indicator, selection)
        known = result.table[result.table["status"] != "no_data"]
        cells = [json.dumps(list(cell)) for cell in known[list(result.dimensions)].astype("str").to_numpy()]
        tables.append(
            known[["period", *FIGURES]].assign(
                indicator=indicator.id,
                version=indicator.version,
                by=",".join(selection.by),
                cell=pd.Series(cells, known.index, dtype="str"),
            )
        )
    return pd.concat(tables, ignore_index=True)
