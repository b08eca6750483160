"""Two staff processes behind one nginx, roles on PostgreSQL: fifty people, each with a filter, against one idle client."""

from __future__ import annotations

import asyncio
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from itertools import combinations, islice, product
from pathlib import Path
from urllib.parse import urlencode

import websockets
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench import samples
from bench.report.row import Row
from bench.speed.clients import find_p95, find_port, read_memory, rerun, wait_for
from indicators.__main__ import main as ask_indicators
from settings import PROJECT
from sharing.store.people import open_people
from tests.database.server import find_programs, run_postgres
from tests.deploy.proxy import NGINX, run_nginx

NAME = "processes"
SIZES: tuple[int, ...] = (231,)
PEOPLE = 50
MINUTES = 5.0
THINK_SECONDS = 5.0
ALONE = 40
PAGE = "members"
DIMENSIONS = ("cohort", "profession", "region", "organisation_type")
FIGURES = {
    "Members": "members",
    "Organisations reached": "organisations_reached",
    "Joiners": "joiners",
    "Leavers": "leavers",
}
Filters = tuple[tuple[str, str], ...]
Figures = Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """What somebody asks for, and the figures that the command line gives for it, by the title of their card."""

    filters: Filters
    figures: Figures


@dataclass
class Tally:
    """What came of all runs: seconds of each after the first of a session, and what went wrong, by kind."""

    first: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    processes: Counter[str] = field(default_factory=Counter)


def measure(sizes: tuple[int, ...] = SIZES) -> Iterator[Row]:
    """Milliseconds of a rerun before two staff processes behind one nginx, of people who each ask with a filter of their own."""
    programs = find_programs()
    for members in sizes:
        if programs is None or not NGINX:
            why = "left out, as PostgreSQL or nginx is not installed (apt-get install postgresql nginx)"
            yield Row(NAME, "two processes", members, None, "ms", note=why)
            continue
        with ExitStack() as stack:
            data = samples.make_release(members)
            os.environ |= {"EVALUATION_DATA": str(data)}
            stack.callback(os.environ.pop, "EVALUATION_DATA")
            asked = list_asked(PEOPLE)
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            os.environ["DATABASE_URL"] = stack.enter_context(run_postgres(programs)).make_database()
            stack.callback(os.environ.pop, "DATABASE_URL")
            people = open_people(folder)
            for number in range(PEOPLE):
                people.grant(_name(number), "evaluator")
            people.close()
            ports = find_port(), find_port()
            pids = [stack.enter_context(serve_staff(port)) for port in ports]
            front = find_port()
            stack.enter_context(run_nginx(folder, front, ports, find_port()))
            yield from asyncio.run(_use_both(front, pids, asked, members))


async def _use_both(port: int, pids: Sequence[int], asked: Sequence[Asked], members: int) -> list[Row]:
    """One client on both processes until they are warm, one idle client, then everybody, twice, and nobody."""
    for process in ("a", "b"):
        await use(port, asked[0], 0, Tally(), process=process, runs=3)
    alone = Tally()
    await use(port, asked[0], 0, alone, process="a", runs=ALONE)
    memory = [("before", read_memory(pids))]
    ended = asyncio.Event()
    everybody = asyncio.create_task(use_all(port, asked, MINUTES * 60, ended))
    await asyncio.wait({everybody, asyncio.create_task(ended.wait())}, return_when=asyncio.FIRST_COMPLETED)
    memory.append(("while all are there", read_memory(pids)))
    tally = await everybody
    memory.append(("after all have gone", read_memory(pids)))
    second = await use_all(port, asked, 0.0, asyncio.Event())
    memory.append(("after as many came again and went", read_memory(pids)))
    errors = alone.errors + tally.errors + second.errors
    who = f"{len(asked)} people, think {THINK_SECONDS:.0f} s, {MINUTES:g} min, {len(tally.times)} runs"
    used = "; ".join(f"{words} {' and '.join(f'{one:,.0f}' for one in both)} MB" for words, both in memory)
    p95, median = find_p95(tally.times) * 1000, statistics.median(tally.times) * 1000
    of_one = find_p95(alone.times) * 1000, statistics.median(alone.times) * 1000
    return [
        Row(
            NAME,
            f"{who}: p95 of a rerun",
            members,
            p95,
            "ms",
            "p95 of one idle client",
            of_one[0],
            note=f"memory {used}",
        ),
        Row(NAME, f"{who}: median rerun", members, median, "ms", "median of one idle client", of_one[1]),
        Row(
            NAME,
            f"{who}: errors, wrong figures among them",
            members,
            errors.total(),
            "errors",
            most=0,
            note=str(dict(errors) or ""),
        ),
    ]


def list_asked(count: int) -> list[Asked]:
    """Filters that no two people share, single groups and pairs of them, with what the command line says of each."""
    groups = {
        name: [row["dimensions"][name] for row in ask("members", by=name) if row["status"] == "ok"]
        for name in DIMENSIONS
    }
    single = [((name, group),) for name in DIMENSIONS for group in groups[name] if group != "Not recorded"]
    pairs = [
        tuple(zip(names, chosen, strict=True))
        for names in combinations(DIMENSIONS, 2)
        for chosen in product(*(groups[name] for name in names))
        if "Not recorded" not in chosen
    ]
    filled = (filters for filters in [*single, *pairs] if _find_figure("members", filters) != "0")
    return [
        Asked(filters, {title: _find_figure(name, filters) for title, name in FIGURES.items()})
        for filters in islice(filled, count)
    ]


def ask(indicator: str, *, by: str = "", where: Filters = ()) -> list[dict[str, object]]:
    """What `indicators value` says, as its JSON."""
    words = ["value", indicator, "--format", "json", "--as", "evaluator"]
    words += ["--by", by] if by else []
    words += [word for name, group in where for word in ("--where", f"{name}={group}")]
    with redirect_stdout(io.StringIO()) as said:
        assert ask_indicators(words) == 0
    return list(json.loads(said.getvalue()))


def _find_figure(indicator: str, where: Filters) -> str:
    rows = ask(indicator, where=where)
    return f"{rows[0]['value']:,.0f}" if rows and rows[0]["status"] == "ok" else "0"


@contextmanager
def serve_staff(port: int) -> Iterator[int]:
    """A staff process behind a proxy that says who comes; its id."""
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port)],
        cwd=PROJECT,
        env={**os.environ, "AUDIENCE": "staff", "IDENTITY": "proxy"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


async def use_all(port: int, asked: Sequence[Asked], seconds: float, ended: asyncio.Event) -> Tally:
    """Everybody for some seconds, arriving one after another; `ended` is set once the first is about to go."""
    tally = Tally()
    gap = THINK_SECONDS / len(asked) if seconds else 0.0

    async def come(number: int) -> None:
        await asyncio.sleep(gap * number)
        await use(port, asked[number], number, tally, seconds=seconds)

    def say_ended(task: asyncio.Task[None]) -> None:
        ended.set()

    tasks = [asyncio.create_task(come(number)) for number in range(len(asked))]
    for task in tasks:
        task.add_done_callback(say_ended)
    await asyncio.gather(*tasks)
    return tally


async def use(
    port: int,
    asked: Asked,
    number: int,
    tally: Tally,
    *,
    process: str = "",
    runs: int = 0,
    seconds: float = 0.0,
) -> None:
    """One person's session: the page through nginx, then its websocket, run upon run; every figure is checked.

    A number of runs one after another, or as many as there is time for, with time to think between them.
    """
    headers = {"X-Forwarded-Email": _name(number)}
    try:
        cookie = (
            f"staff_process={process}" if process else await asyncio.to_thread(_fetch_cookie, port, headers)
        )
        tally.processes[cookie.rpartition("=")[2]] += 1
        async with websockets.connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit")],
            additional_headers={**headers, "Cookie": cookie},
            max_size=None,
            open_timeout=60,
        ) as stream:
            query, end = urlencode(asked.filters), time.perf_counter() + seconds
            tally.first.append(await _time(stream, query, asked, tally))
            for _ in range(runs):
                tally.times.append(await _time(stream, query, asked, tally))
            while time.perf_counter() + THINK_SECONDS < end:
                await asyncio.sleep(THINK_SECONDS)
                tally.times.append(await _time(stream, query, asked, tally))
    except (OSError, websockets.WebSocketException, TimeoutError) as fault:
        tally.errors[type(fault).__name__] += 1


async def _time(stream: websockets.ClientConnection, query: str, asked: Asked, tally: Tally) -> float:
    start = time.perf_counter()
    messages = await rerun(stream, PAGE, query)
    seconds = time.perf_counter() - start
    elements = [message.delta.new_element for message in messages if message.HasField("delta")]
    if any(element.HasField("exception") for element in elements):
        tally.errors["exception on the page"] += 1
    elif _read_figures(messages) != asked.figures:
        tally.errors["another's figures"] += 1
    return seconds


def _read_figures(messages: Sequence[ForwardMsg]) -> Figures:
    """The cards of a page: figures by title."""
    elements = [message.delta.new_element for message in messages if message.HasField("delta")]
    return {one.metric.label: one.metric.body for one in elements if one.HasField("metric")}


def _fetch_cookie(port: int, headers: Mapping[str, str]) -> str:
    """The cookie by which nginx keeps a browser with one process."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/{PAGE}", headers=dict(headers))
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(answer.headers["set-cookie"]).partition(";")[0]


def _name(number: int) -> str:
    return f"person{number}@example.org"
