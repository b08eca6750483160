"""A situation that evaluators report, with its files in `cases/`: what is loaded, what is set aside and what is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from etl.__main__ import main
from warehouse.engine import open_connection
from warehouse.release import find_release

CASES = Path(__file__).parent / "cases"
MEMBERS, ITEMS, WAVES = (f"00-base/{name}.csv" for name in ("members", "items", "waves"))
BASE = (MEMBERS, ITEMS, WAVES)


@dataclass(frozen=True)
class Case:
    """Files and arguments of a load; (read, loaded, quarantined, duplicates) of files, rows of queries, and what is printed.

    `refused` is what a load says that takes nothing.
    """

    files: Sequence[str]
    counts: Mapping[str, tuple[int, int, int, int]] = field(default_factory=dict)
    said: Sequence[str] = ()
    unsaid: Sequence[str] = ()
    found: Mapping[str, Sequence[tuple[object, ...]]] = field(default_factory=dict)
    arguments: Sequence[str] = ()
    refused: str = ""


def find(pattern: str) -> str:
    """The path that a pattern stands for; other arguments as they are."""
    return str(next(CASES.glob(pattern), pattern)) if "/" in pattern else pattern


def check_case(case: Case, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Load the files of a case into a data folder, and hold what came of it to what the case says."""
    status = main(["load", *map(find, (*case.files, *case.arguments)), "--data", str(data)])
    printed = capsys.readouterr()
    if case.refused:
        assert (status, case.refused in printed.err) == (1, True), printed.err
        assert "Traceback" not in printed.err
        return
    assert status == 0, printed.err
    release = find_release(data)
    counts = {
        file["name"]: tuple(file[key] for key in ("read", "loaded", "quarantined", "duplicates"))
        for file in release.manifest["files"]
    }
    assert {key: counts.get(key) for key in case.counts} == case.counts, printed.out
    for words in case.said:
        assert words in printed.out
    for words in case.unsaid:
        assert words not in printed.out
    with open_connection(release.path) as connection:
        for sql, rows in case.found.items():
            assert connection.execute(sql).fetchall() == rows, sql
