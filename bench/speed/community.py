"""Two communities as they are met: loaded in a process of its own, all families counted, every figure shown."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from bench import communities, samples
from bench.apart import run_apart
from bench.report.row import Row

NAME = "community"
SIZES: tuple[int, ...] = ()
MEETUP_MB, MEETUP_CPU, CALENDAR_MB = 400.0, 4.0, 1_500.0
LINEAR = 1.25


def measure(sizes: tuple[int, ...] = SIZES) -> Iterator[Row]:
    """CPU seconds and peak memory of each, from the start of the process; of the large one beside half of it.

    Twice the size may cost twice as much and a quarter.
    """
    members, events, attendances = communities.MEETUP
    title = f"{events:,} events, {attendances:,} attendances"
    call = _draw("meetup", members, "write_meetup")
    used = run_apart(call)
    yield Row(NAME, title, members, used.whole_cpu, "CPU s", most=MEETUP_CPU, note=used.result, again=call)
    yield Row(NAME, title, members, used.peak_mb, "MB", most=MEETUP_MB, again=call)
    members, events = communities.CALENDAR
    half = run_apart(_draw("half", members // 2, "write_calendar", events // 2))
    call = _draw("calendar", members, "write_calendar")
    used = run_apart(call)
    title, beside = f"{events:,} events, no attendance", "half of both"
    yield Row(
        NAME,
        title,
        members,
        used.whole_cpu,
        "CPU s",
        beside,
        half.whole_cpu,
        most_ratio=2 * LINEAR,
        note=used.result,
        again=call,
    )
    yield Row(
        NAME, title, members, used.peak_mb, "MB", beside, half.peak_mb, CALENDAR_MB, 2 * LINEAR, again=call
    )


def _draw(name: str, members: int, write: str, *sizes: int) -> tuple[str, tuple[str, str]]:
    """Write a community in a process of its own; the call that loads it and asks."""
    folder = samples.find_folder() / name
    run_apart(("bench.speed.community:write", (write, str(folder), members, *sizes)))
    return "bench.speed.community:load_and_ask", (str(folder), str(samples.find_folder() / f"{name}-data"))


def write(name: str, folder: str, *sizes: int) -> None:
    getattr(communities, name)(Path(folder), *sizes)


def load_and_ask(folder: str, data: str) -> str:
    """Load, count every family that pages show (of everybody and each dimension), show every figure once; says how many.

    A breakdown is then read of a family that is there: what it costs is measured by `figure`.
    """
    from bench.speed.asking import open_release, time_questions
    from etl.load import load_paths
    from indicators.prepare import list_statements, prepare

    shutil.rmtree(data, ignore_errors=True)
    load_paths([Path(folder)], Path(data))
    engine = open_release(Path(data))
    prepare(engine, lambda step: None)
    families = len(list(list_statements(engine)))
    figures = len(time_questions(engine, 0))
    engine.close()
    return f"{families} statements, {figures} figures"
