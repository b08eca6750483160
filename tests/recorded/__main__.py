"""Record the figures of the sample anew: python -m tests.recorded. Only where a definition has changed, and said so."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.recorded.figures import RECORDED, load_sample, read_all

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        engine = load_sample(Path(folder) / "data")
        figures = read_all(engine)
        engine.close()
    figures.to_parquet(RECORDED, compression="zstd", index=False)
    print(f"{len(figures):,} figures written to {RECORDED.name}")
