"""python -m tests.fault: try every fault and write docs/reliability.md."""

from __future__ import annotations

import sys

import pytest

from settings import PROJECT
from tests.marked import Recorder

PAGE = PROJECT / "docs" / "reliability.md"
HEADING = """# Reliability

Made by `make reliability` (`python -m tests.fault`); do not edit. Each fault is made in a real data folder, and every command that
reads or writes what is damaged is run: it either does its work, or ends with status 1 and one sentence that says what is
wrong, where, and what to do. Each has a positive control: the same commands without the fault. Lost are rows or files that were there before
and are neither damaged nor there afterwards; torn are reads that gave anything but a whole release.

| fault | tests | tries | lost | torn reads | outcome |
|---|---|---|---|---|---|
"""


def main() -> int:
    """Write the page; exit status 1 where a fault got through."""
    recorder = Recorder("fault")
    pytest.main(["-q", "-m", "fault", str(PROJECT / "tests" / "fault")], plugins=[recorder])
    rows = [write_row(str(name), recorder) for name in recorder.words]
    PAGE.write_text(HEADING + "\n".join(rows) + "\n", encoding="utf-8")
    return 0 if rows and all(row.endswith("| held |") for row in rows) else 1


def write_row(name: str, recorder: Recorder) -> str:
    sums = recorder.sums[name]
    numbers = f"{sums['tries']:,} | {sums['lost']} | {sums['torn']}"
    return f"| {name} | {len(recorder.outcomes[name])} | {numbers} | {recorder.say_outcome(name)} |"


if __name__ == "__main__":
    sys.exit(main())
