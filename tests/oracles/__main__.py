"""python -m tests.oracles: hold every indicator against its oracle and write docs/verification.md; --check says whether
that page has a row for every indicator."""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.progress import track

from etl.load import load_paths
from etl.reading.types import Options
from indicators.catalogue import list_indicators
from tests.conftest import write_drawn
from tests.indicators.random_community import COMPLETE_TO
from tests.oracles.oracle import Oracle
from tests.oracles.runner import EDGES, compare, draw_community, list_oracles
from warehouse.engine import Engine

PAGE = Path(__file__).resolve().parents[2] / "docs" / "verification.md"
COMMUNITIES = (*(f"{3 + seed % 12}-{seed}" for seed in range(1, 21)), *EDGES)
HEADING = f"""# Verification

Made by `make verify` (`python -m tests.oracles`); do not edit. Every indicator is worked out a second time, by a library or
by slow and obvious Python, from the rows of {len(COMMUNITIES)} made-up communities: {len(COMMUNITIES) - len(EDGES)} random ones of 3 to
14 members, with everything that goes wrong in real records, and those of one member, of members who all left, in which
nobody answered, and without ties (a few figures over pairs of members also of 24). A cell that only one side has is an error, so what is compared is everything. The
figures are value, and where the oracle gives them low, high, n, numerator and denominator; the difference is absolute.
Numbers published by others are met in `tests/real`; how often 95 % intervals hold the truth is printed by
`python -m bench coverage`.

| indicator | over | worked out by | communities | figures | largest difference | allowed |
|---|---|---|---|---|---|---|
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or with --check compare its rows with the catalogue; exit status 1 when one is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracles", description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args(arguments).check:
        missing = sorted(set(list_indicators()) - list_verified())
        if missing:
            print(
                f"docs/verification.md has no row for {', '.join(missing)}: run make verify.", file=sys.stderr
            )
        return 1 if missing else 0
    PAGE.write_text(HEADING + "\n".join(verify(list_oracles())) + "\n", encoding="utf-8")
    return 0


def list_verified() -> set[str]:
    """The indicators that have a row in the page."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    return set(re.findall(r"^\| `(\w+)`", text, flags=re.MULTILINE))


def verify(oracles: Sequence[Oracle]) -> list[str]:
    """One row of the table an oracle. Raises Differs where one does not agree."""
    figures = dict.fromkeys(oracles, 0)
    communities = dict.fromkeys(oracles, 0)
    largest = dict.fromkeys(oracles, 0.0)
    further = sorted({name for oracle in oracles for name in oracle.also})
    for name in track((*COMMUNITIES, *further), "Comparing"):
        community = draw_community(name)
        with tempfile.TemporaryDirectory() as folder:
            write_drawn(Path(folder) / "in", community.export())
            options = Options(complete_to=COMPLETE_TO)
            engine = Engine(load_paths([Path(folder) / "in"], Path(folder) / "data", options=options).release)
            for oracle in (one for one in oracles if name in COMMUNITIES or name in one.also):
                found = compare(engine, community, oracle)
                figures[oracle] += found.cases
                communities[oracle] += found.cases > 0
                largest[oracle] = max(largest[oracle], found.largest)
            engine.close()
    return [
        f"| `{oracle.indicator}` | {oracle.grain or oracle.period} | {oracle.by} | {communities[oracle]} | {figures[oracle]:,} "
        f"| {largest[oracle]:.0e} | {oracle.tolerance:.0e} |".replace(" 0e+00 ", " 0 ")
        for oracle in oracles
    ]


if __name__ == "__main__":
    sys.exit(main())
