"""A function in a process of its own: its CPU seconds and peak memory are nobody else's."""

from __future__ import annotations

import cProfile
import importlib
import io
import json
import pstats
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

from bench.report.row import Call, Unavailable
from settings import PROJECT

PROFILE_LINES = 12


@dataclass(frozen=True)
class Used:
    """CPU and wall seconds of the call, CPU seconds and peak MB of its whole process, and what it returned."""

    cpu: float
    wall: float
    whole_cpu: float
    peak_mb: float
    result: Any


def run_apart(call: Call) -> Used:
    """Run a call in a fresh interpreter. Raises Unavailable where it did, RuntimeError with its stderr if it failed."""
    return Used(**json.loads(_run(call, "measure")))


@cache
def profile_apart(call: Call) -> str:
    """The functions of the project, and what they call, that take the time of a call: a table of cProfile's."""
    return str(json.loads(_run(call, "profile")))


def _run(call: Call, how: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bench.apart", how, call[0], json.dumps(call[1])],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 3:
        raise Unavailable(done.stderr.strip())
    if done.returncode:
        raise RuntimeError(f"{call[0]} failed:\n{done.stderr}")
    return done.stdout.splitlines()[-1]


def _find(place: str) -> Any:
    module, name = place.split(":")
    return getattr(importlib.import_module(module), name)


def _measure(place: str, arguments: list[Any]) -> dict[str, Any]:
    run = _find(place)
    cpu, wall = time.process_time(), time.perf_counter()
    result = run(*arguments)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    parts = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    whole = sum(part.ru_utime + part.ru_stime for part in parts)
    return {"cpu": cpu, "wall": wall, "whole_cpu": whole, "peak_mb": _read_peak_mb(), "result": result}


def _read_peak_mb() -> float:
    """Peak resident memory. Where there is /proc it is read there: getrusage also counts the parent before exec."""
    try:
        with open("/proc/self/status", encoding="utf-8") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _profile(place: str, arguments: list[Any]) -> str:
    run = _find(place)
    profiler = cProfile.Profile()
    profiler.runcall(run, *arguments)
    text = io.StringIO()
    pstats.Stats(profiler, stream=text).strip_dirs().sort_stats("cumulative").print_stats(
        r"^(?!<frozen|threading)", PROFILE_LINES
    )
    lines = text.getvalue().splitlines()
    start = next(place for place, line in enumerate(lines) if line.lstrip().startswith("ncalls"))
    return "\n".join(line.rstrip() for line in lines[start:] if line.strip())


if __name__ == "__main__":
    kind, function, given = sys.argv[1:]
    # Comes with a package of the tests, not with the program; igraph would import it to draw with.
    sys.modules["matplotlib"] = None  # type: ignore[assignment]
    try:
        answer = {"measure": _measure, "profile": _profile}[kind](function, json.loads(given))
    except Unavailable as error:
        print(error, file=sys.stderr)
        sys.exit(3)
    print(json.dumps(answer))
