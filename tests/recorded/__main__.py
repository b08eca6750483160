"""Record figures of the sample anew: python -m tests.recorded ID … (all without one), where a definition has changed."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pandas as pd

from indicators.catalogue import list_indicators
from tests.recorded.figures import RECORDED, load_sample, read_figures

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        engine = load_sample(Path(folder) / "data")
        known = list_indicators(engine.attributes)
        asked = sys.argv[1:] or list(known)
        fresh = pd.concat([read_figures(engine, known[name]) for name in asked])
        engine.close()
    if RECORDED.exists():
        before = pd.read_parquet(RECORDED)
        fresh = pd.concat([before[~before["indicator"].isin(asked)], fresh])
    place = {name: number for number, name in enumerate(known)}
    figures = fresh.sort_values("indicator", key=lambda names: names.map(place), kind="stable")
    figures.to_parquet(RECORDED, compression="zstd", index=False)
    print(f"{len(figures):,} figures in {RECORDED.name}, of which anew: {', '.join(asked)}")
