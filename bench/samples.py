"""Synthetic samples that the scenarios of one run share: each is written and loaded once, and removed at the end."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import time
from functools import cache
from pathlib import Path

from bench.apart import run_apart
from etl.load import load_paths

SEED = 1


@cache
def find_folder() -> Path:
    """A folder for this run."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def make_exports(members: int) -> Path:
    """The raw exports of a sample."""
    folder = find_folder() / f"exports-{members}"
    run_apart(("bench.samples:write_sample", (str(folder), members)))
    return folder


@cache
def make_release(members: int) -> Path:
    """A data folder in which the sample is the live release. Nobody loads into it again: copy it for that."""
    data = find_folder() / f"data-{members}"
    run_apart(("bench.samples:load_folder", (str(make_exports(members)), str(data))))
    return data


def write_sample(folder: str, members: int) -> None:
    from etl.demo.build import write_exports

    write_exports(Path(folder), members, SEED)


def load_folder(exports: str, data: str) -> dict[str, float]:
    """Load into a new folder; returns the CPU seconds from the start of the load to the start of each of its steps."""
    shutil.rmtree(data, ignore_errors=True)
    start = time.process_time()
    marks: dict[str, float] = {}

    def note(step: str) -> None:
        marks.setdefault(step, time.process_time() - start)

    load_paths([Path(exports)], Path(data), progress=note)
    return marks
