"""python -m bench [NAME ...] [--members N ...] [--write]: what things cost, each with its peer in one run; all by default.

Names: load, network, community, figure, live, pages, paint, clients, processes, spark. With --write what was measured goes into
docs/performance.md; with --traces paint measures nothing, and traces anew what fell short when it was last written. And how often what is shown is true: coverage (95 % intervals), flags (alarms that come of nothing),
meetings (whether events made ties), notable (what This week tells; with --write into docs/notable.md).
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench.apart import profile_apart
from bench.report.page import update_page, write_table
from bench.report.row import Row, Scenario

SPEED = ("load", "network", "community", "figure", "live", "pages", "paint", "clients", "processes", "spark")
TRUTH = ("coverage", "flags", "meetings", "notable")
NOTABLE = Path(__file__).resolve().parent.parent / "docs" / "notable.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run scenarios and print their rows; exit status 1 when one of them failed."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join((*SPEED, *TRUTH)))
    parser.add_argument(
        "--members", nargs="+", type=int, metavar="N", help="sizes, for scenarios that have them"
    )
    parser.add_argument(
        "--minutes", type=float, metavar="M", help="how long processes are used (5), or samples drawn"
    )
    parser.add_argument(
        "--traces", action="store_true", help="paint: keep what was measured, trace anew what fell short"
    )
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    given = parser.parse_args(arguments)
    if unknown := sorted(set(given.names) - {*SPEED, *TRUTH}):
        parser.error(f"there is no {', '.join(unknown)}: choose from {', '.join((*SPEED, *TRUTH))}")
    names = given.names or SPEED
    if given.minutes:
        for name in ("speed.processes", "truth.notable"):
            importlib.import_module(f"bench.{name}").MINUTES = given.minutes
    if given.traces:
        importlib.import_module("bench.speed.paint").ONLY_TRACES = True
    rows: list[Row] = []
    failed = []
    for name in names:
        if name in TRUTH:
            page = importlib.import_module(f"bench.truth.{name}").main()
            if given.write and page:
                NOTABLE.write_text(page, encoding="utf-8")
            continue
        try:
            for row in run_scenario(name, tuple(given.members or ())):
                rows.append(row)
        except RuntimeError as error:
            failed.append(name)
            print(f"{name}: {error}", file=sys.stderr)
    if given.write and rows:
        print(f"Written: {update_page(rows, {name: describe(name) for name in SPEED})}")
    return int(bool(failed))


def describe(name: str) -> str:
    """What a scenario is, in the first lines of its module."""
    return (importlib.import_module(f"bench.speed.{name}").__doc__ or "").strip()


def run_scenario(name: str, members: tuple[int, ...]) -> Iterator[Row]:
    """The rows of a scenario as they come, printed; those beyond a limit with a profile."""
    module = importlib.import_module(f"bench.speed.{name}")
    measure: Scenario = module.measure
    print(f"{name}: {describe(name)}", flush=True)
    for row in measure(members if members and module.SIZES else module.SIZES):
        print(write_table([row]).splitlines()[-1], flush=True)
        profile = profile_apart(row.again) if row.is_held is False and row.again else row.profile
        yield replace(row, profile=profile)


if __name__ == "__main__":
    sys.exit(main())
