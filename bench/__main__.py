"""python -m bench [etl] [pages] [clients]: benchmarks as ratios in one run, these three by default; and
python -m bench coverage: how often 95 % intervals hold the truth."""

from __future__ import annotations

import argparse

from bench import clients, coverage, etl_copy, pages

RATIOS = {"etl": etl_copy.main, "pages": pages.main, "clients": clients.main}
PARTS = {**RATIOS, "coverage": coverage.main}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[])
    for part in parser.parse_args().parts or RATIOS:
        PARTS[part]()
