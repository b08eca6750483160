"""Ask a question of one's own: in a process that is ended by the clock, or by whoever waits."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa

from warehouse.contracts import RELEASED, TABLES
from warehouse.questions.check import BadQuestion
from warehouse.release import Release, hold_release

MOST_ROWS = 5_000
MOST_SECONDS = 60.0
LOOK_SECONDS = 0.2
PROJECT = Path(__file__).resolve().parents[2]


def list_askable() -> dict[str, str]:
    """The tables that can be asked of, in order of the contract, each with what it holds."""
    return {name: TABLES[name].description for name in RELEASED}


def ask_rows(release: Release, sql: str, *, look: Callable[[float], object]) -> tuple[pd.DataFrame, bool]:
    """The rows of one SELECT over the released tables, at most MOST_ROWS, and whether there were more.

    `look` is called about five times a second with the seconds gone; what it raises ends the question, and so does
    MOST_SECONDS. Raises BadQuestion.
    """
    with hold_release(release.path):
        content = _run(
            json.dumps({"folder": str(release.path.resolve()), "sql": sql, "rows": MOST_ROWS}), look
        )
    line, _, rows = content.partition(b"\n")
    if not line:
        raise BadQuestion("This needs more memory or time than a question may use: ask for less.")
    said = json.loads(line)
    if "fault" in said:
        raise BadQuestion(said["fault"])
    return pa.ipc.open_stream(rows).read_pandas(), bool(said["more"])


def _run(asked: str, look: Callable[[float], object]) -> bytes:
    """What the process wrote; nothing where it was ended by what it may use."""
    process = subprocess.Popen(
        [sys.executable, "-m", "warehouse.questions"],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    written: list[bytes] = []
    waiting = threading.Thread(
        target=lambda: written.append(process.communicate(asked.encode())[0]), daemon=True
    )
    waiting.start()
    gone = 0.0
    try:
        waiting.join(LOOK_SECONDS)
        while waiting.is_alive():
            gone += LOOK_SECONDS
            if gone >= MOST_SECONDS:
                raise BadQuestion(
                    f"This took longer than {MOST_SECONDS:.0f} seconds and was stopped: ask for less, or of one table."
                )
            look(gone)
            waiting.join(LOOK_SECONDS)
    finally:
        process.kill()
        waiting.join()
    return written[0] if written and process.returncode in (0, -9) else b""
