"""python -m tests.fault.killing WHAT PATH DATA STEP…: a load, check or upload of a file, killed at each of these steps in turn.

Each runs in a fork of one process that has imported all. Prints for each the signal that ended it, or 0.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import etl.filling
import etl.load
from etl.command.upload import How, Upload
from settings import PROJECT


def kill_at_steps(what: str, path: Path, data: Path, steps: Sequence[int], **environment: str) -> list[int]:
    """The signal that ended each run, 0 for one that came to its end."""
    finished = subprocess.run(
        [sys.executable, "-m", "tests.fault.killing", what, str(path), str(data), *map(str, steps)],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return [int(line) for line in finished.stdout.split()]


Places = Sequence[tuple[ModuleType, str]]
WRITES: Places = [(os, name) for name in ("fsync", "rename", "replace")]
LOADING: Places = [*WRITES, (shutil, "copyfile"), (etl.load, "take_in"), (etl.filling, "check_table")]


def count_steps(last: int, places: Places) -> None:
    """Have this process killed at a step, a call of one of these functions of modules."""
    step = 0

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **more: Any) -> Any:
            nonlocal step
            step += 1
            if step == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **more)

        return run

    for place, name in places:
        setattr(place, name, counted(getattr(place, name)))


def upload_file(path: Path, data: Path) -> None:
    """Check a file and load it as the dashboard does."""
    upload: Upload[None] = Upload(data)
    upload.check([(path.name, path.read_bytes())], How(), lambda release: None)
    upload.wait()
    upload.load("")
    upload.wait()


def main(what: str, path: str, data: str, *steps: str) -> None:
    for step in map(int, steps):
        child = os.fork()
        if child == 0:
            # A write that is to last, a file begun or read, a table checked.
            count_steps(step, LOADING)
            match what:
                case "load":
                    etl.load.load_paths([Path(path)], Path(data))
                case "check":
                    etl.load.check_paths([Path(path)], Path(data))
                case "upload":
                    upload_file(Path(path), Path(data))
            os._exit(0)
        print(os.waitpid(child, 0)[1] & 0x7F, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
