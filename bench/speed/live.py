"""From a file dropped into a watched folder to the headline figures, and what the commands cost."""

from __future__ import annotations

import compileall
import csv
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from bench import samples
from bench.apart import run_apart
from bench.report.row import Row
from settings import PROJECT

NAME = "live"
SIZES = (231, 4_500)
MOST_LIVE = {231: 1.5, 4_500: 3.0}
MOST_WARM, MOST_COMMAND, MOST_VALUE = 1.0, 2.0, 0.6
MOST_IMPORTS = 10
LONGEST = 600.0
SAMPLE = 231
COMMANDS = ("etl", "indicators", "warehouse")


def measure(sizes: tuple[int, ...] = SIZES) -> Iterator[Row]:
    """Wall seconds of each phase by size; then a whole load of the sample warm and cold, and one figure."""
    for members in sizes:
        exports, data = samples.make_exports(members), samples.make_release(members)
        call = ("bench.speed.live:drop_warm", (str(exports), str(data)))
        phases = run_apart(call).result
        for phase, seconds in phases["load"].items():
            yield Row(NAME, f"phase of the load: {phase}", members, seconds, "s")
        yield Row(
            NAME, "load of one dropped file, warm", members, sum(phases["load"].values()), "s", again=call
        )
        yield Row(NAME, "headline figures of the new release", members, phases["figures"], "s", again=call)
        watched = run_apart(("bench.speed.live:drop_watched", (str(exports), str(data)))).result
        yield Row(NAME, "dropped to published, by python -m etl watch", members, watched["published"], "s")
        whole = watched["published"] + watched["figures"]
        yield Row(
            NAME, "dropped to headline figures", members, whole, "s", most=MOST_LIVE.get(members), again=call
        )
    exports = samples.make_exports(SAMPLE)
    folder = samples.find_folder()
    call = ("bench.speed.live:load_twice", (str(exports), str(folder / "warm")))
    yield Row(
        NAME, "whole load, warm process", SAMPLE, run_apart(call).result, "s", most=MOST_WARM, again=call
    )
    for room in COMMANDS:
        compileall.compile_dir(PROJECT / room, quiet=1)
    wall, _ = time_command("-m", "etl", "load", str(exports), "--fresh", "--data", str(folder / "cold"))
    yield Row(NAME, "whole load, command line", SAMPLE, wall, "s", most=MOST_COMMAND)
    release = str(samples.make_release(SAMPLE))
    _, cpu = time_command("-m", "indicators", "value", "members", "--data", release)
    _, bare = time_command("-c", "import duckdb; duckdb.connect()")
    what, peer = "python -m indicators value members", "python with duckdb"
    parts = list_imports("-m", "indicators", "value", "members", "--data", release)
    yield Row(NAME, what, SAMPLE, cpu, "CPU s", peer, bare, MOST_VALUE, profile=parts)


def time_command(*arguments: str) -> tuple[float, float]:
    """Wall and CPU seconds of the interpreter with these arguments, the code compiled as after any first run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=PROJECT, check=True, capture_output=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def list_imports(*arguments: str) -> str:
    """Milliseconds to import each package, the longest first, as the interpreter tells them; the rest is the work itself."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    )
    spent: Counter[str] = Counter()
    for line in run.stderr.splitlines():
        took, _, name = line.removeprefix("import time:").split("|") if line.count("|") == 2 else ("", "", "")
        if took.strip().isdigit():
            spent[name.strip().partition(".")[0].lstrip("_")] += int(took)
    return "\n".join(
        f"{took / 1000:8.1f} ms  import {name}" for name, took in spent.most_common(MOST_IMPORTS)
    )


def write_dropped(exports: Path, path: Path, place: int) -> None:
    """A file that comes in on its own: activities of one kind, one for each of a hundred members."""
    with (exports / "members.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    members = list(dict.fromkeys(row["member_id"] for row in rows if row["left_on"] == ""))[:100]
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(("member_id", "at", "kind", "amount"))
        writer.writerows((who, f"2015-12-{10 + place}T10:00:00Z", "dropped", 1) for who in members)
    unfinished.rename(path)


def drop_warm(exports: str, data: str) -> dict[str, object]:
    """Load one dropped file after another in one process; of the second, seconds by step, and of the figures."""
    from bench.speed.asking import ask_headlines, open_release
    from etl.load import load_paths

    folder = Path(data).with_name(Path(data).name + "-warm")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(data, folder)
    marks: list[tuple[str, float]] = []
    figures = 0.0
    for place in (1, 2):
        path = folder / f"dropped_{place}.csv"
        write_dropped(Path(exports), path, place)
        marks = [("start", time.perf_counter())]

        def note(step: str, marks: list[tuple[str, float]] = marks) -> None:
            marks.append((step, time.perf_counter()))

        load_paths([path], folder, progress=note)
        marks.append(("", time.perf_counter()))
        engine = open_release(folder)
        start = time.perf_counter()
        ask_headlines(engine)
        figures = time.perf_counter() - start
        engine.close()
    steps: dict[str, float] = {}
    for (step, start), (_, end) in pairwise(marks):
        name = step.split(" ")[0].lower()
        steps[name] = steps.get(name, 0.0) + end - start
    return {"load": steps, "figures": figures}


def drop_watched(exports: str, data: str) -> dict[str, float]:
    """Seconds from a file dropped into a folder that `python -m etl watch` watches to the release, and to the figures.

    A first file makes the watching process warm.
    """
    from bench.speed.asking import ask_headlines, open_release
    from warehouse.release import current_id

    folder = Path(data).with_name(Path(data).name + "-watched")
    inbox = folder.with_name(folder.name + "-inbox")
    for one in (folder, inbox):
        shutil.rmtree(one, ignore_errors=True)
    shutil.copytree(data, folder)
    inbox.mkdir()
    watching = subprocess.Popen(
        [sys.executable, "-m", "etl", "watch", str(inbox), "--data", str(folder)],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    published = figures = 0.0
    try:
        for place in (1, 2):
            before = current_id(folder)
            write_dropped(Path(exports), inbox / f"dropped_{place}.csv", place)
            start = time.perf_counter()
            while current_id(folder) == before:
                if watching.poll() is not None or time.perf_counter() - start > LONGEST:
                    raise RuntimeError("python -m etl watch did not publish the dropped file.")
                time.sleep(0.005)
            published = time.perf_counter() - start
            engine = open_release(folder)
            start = time.perf_counter()
            ask_headlines(engine)
            figures = time.perf_counter() - start
            engine.close()
    finally:
        watching.terminate()
        watching.wait(10)
    return {"published": published, "figures": figures}


def load_twice(exports: str, data: str) -> float:
    """Wall seconds of a whole load of the sample, the second in this process, into a new folder."""
    from etl.load import load_paths

    seconds = 0.0
    shutil.rmtree(data, ignore_errors=True)
    for place in ("1", "2"):
        start = time.perf_counter()
        load_paths([Path(exports)], Path(data) / place, is_fresh=True)
        seconds = time.perf_counter() - start
    return seconds
