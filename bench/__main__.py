"""python -m bench [etl] [pages] [clients] [processes]: benchmarks as ratios in one run, these four by default; and
python -m bench coverage: how often 95 % intervals hold the truth; python -m bench flags: how often alarms come of nothing."""

from __future__ import annotations

import argparse
from functools import partial

from bench import clients, coverage, etl_copy, flags, pages, processes

RATIOS = {"etl": etl_copy.main, "pages": pages.main, "clients": clients.main, "processes": processes.main}
PARTS = {**RATIOS, "coverage": coverage.main, "flags": flags.main}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[])
    parser.add_argument(
        "--minutes", type=float, default=processes.MINUTES, help="how long processes are used (%(default)s)"
    )
    given = parser.parse_args()
    PARTS["processes"] = partial(processes.main, given.minutes)
    for part in given.parts or RATIOS:
        PARTS[part]()
