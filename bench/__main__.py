"""python -m bench [etl] [pages] [clients]: benchmarks as ratios in one run; all of them by default."""

from __future__ import annotations

import argparse

from bench import clients, etl_copy, pages

PARTS = {"etl": etl_copy.main, "pages": pages.main, "clients": clients.main}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[])
    for part in parser.parse_args().parts or PARTS:
        PARTS[part]()
