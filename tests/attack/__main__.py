"""python -m tests.attack: run every numbered attack and write docs/security.md; --check says whether each has a row."""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.progress import track

from etl.demo.build import write_exports
from etl.load import load_paths
from settings import PROJECT
from sharing.sealing.seal import seal_release
from tests.attack.attacker import Haul, attack
from tests.attack.lead_attacker import attack_as_lead
from tests.attack.random_programme import write_random_programme
from tests.marked import Recorder
from warehouse.engine import Engine
from warehouse.release import find_release

PAGE = PROJECT / "docs" / "security.md"
ATTACKS = range(1, 57)
RANDOM = 20
MOST_PEOPLE = 10
HEADING = """# Security

Made by `make security` (`python -m tests.attack`); do not edit. Each numbered attack is a test against a real server
process (43 to 45: against the loader's), with a positive control that shows that the test can fail: the same request of
somebody who may, or the same attack on something left open. Tries are the requests, values or cells tried. What is closed, and why, is said in `docs/privacy.md` and
`docs/deploy.md`.

| attack | what is tried | tests | tries | outcome |
|---|---|---|---|---|
"""
HAULS = f"""
## What an attacker recovers

The reader of a link (`tests/attack/attacker.py`) has everything that it shows and tries every hidden cell by integer
programming: it knows the steps that counts are told in, the minimum, that groups make up the whole, and how many members they have. Recovered is a
cell bounded to a width of 4 or less.

The programme lead (`tests/attack/lead_attacker.py`) has every member's record and every figure of the answers to scales and
of the response rates that a lead can ask for. It tries every hidden row, of both sides of the scale, and combinations of groups
of fewer than five people. Recovered is a row bounded to a width of 2 or less, or people of whom it is certain how many
answered favourably.

Tried on the synthetic sample and on {RANDOM} random programmes of 120 to 400 members. Of the sample, whose constructs have about
5,000 unknowns, the lead's program tries one hidden row and one combination of groups at random of each construct and wave, each for
2 seconds; what is certain by then counts.

| programme | link: cells shown | hidden | shown | recovered | lead: cells shown | hidden | shown | recovered |
|---|---|---|---|---|---|---|---|---|
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or with --check say which attack it lacks; exit status 1 where one is missing or got through."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args(arguments).check:
        text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        held = {int(number) for number in re.findall(r"^\| (\d+) \|.*\| held \|$", text, flags=re.MULTILINE)}
        missing = [str(number) for number in ATTACKS if number not in held]
        if missing:
            print(
                f"docs/security.md has no row for attack {', '.join(missing)}: run make security.",
                file=sys.stderr,
            )
        return 1 if missing else 0
    recorder = Recorder("attack")
    pytest.main(["-q", "-m", "attack", str(PROJECT / "tests")], plugins=[recorder])
    rows = [write_row(number, recorder) for number in ATTACKS]
    PAGE.write_text(
        HEADING + "\n".join(rows) + "\n" + HAULS + "\n".join(list_hauls()) + "\n", encoding="utf-8"
    )
    return 0 if all(row.endswith("| held |") for row in rows) else 1


def write_row(number: int, recorder: Recorder) -> str:
    words = "; ".join(recorder.words[number])
    numbers = f"{len(recorder.outcomes[number])} | {recorder.sums[number]['tries']:,}"
    return f"| {number} | {words} | {numbers} | {recorder.say_outcome(number)} |"


def list_hauls() -> list[str]:
    """One row for the sample, one for each random programme, and one for these together."""
    rows, together, of_leads = [], Haul(), Haul()
    for seed in track(range(RANDOM + 1), "Attacking"):
        with tempfile.TemporaryDirectory() as folder:
            raw, data = Path(folder) / "raw", Path(folder) / "data"
            if seed == 0:
                write_exports(raw)
            else:
                write_random_programme(raw, seed)
            load_paths([raw], data)
            haul = attack(seal_release(data, "latest", "0a1b2c3d", "For the attack").results)
            engine = Engine(find_release(data))
            if seed:
                lead = attack_as_lead(engine, MOST_PEOPLE)
                together.add(haul)
                of_leads.add(lead)
            else:
                lead = attack_as_lead(engine, 1, most_rows=1, seconds=2.0)
            engine.close()
        rows.append(write_hauls(f"random {seed}" if seed else "sample", haul, lead))
    return [*rows, write_hauls(f"random 1 to {RANDOM}", together, of_leads)]


def write_hauls(name: str, *hauls: Haul) -> str:
    cells = [
        f"{haul.shown:,} | {haul.hidden:,} | {haul.published:.0%} | {len(haul.recovered)}" for haul in hauls
    ]
    return f"| {name} | {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
