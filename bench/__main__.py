"""python -m bench [etl] [pages] [clients]: benchmarks as ratios in one run, these three by default; and
python -m bench coverage: how often 95 % intervals hold the truth; python -m bench flags: how often alarms come of nothing."""

from __future__ import annotations

import argparse

from bench import clients, coverage, etl_copy, flags, pages

RATIOS = {"etl": etl_copy.main, "pages": pages.main, "clients": clients.main}
PARTS = {**RATIOS, "coverage": coverage.main, "flags": flags.main}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[])
    for part in parser.parse_args().parts or RATIOS:
        PARTS[part]()
