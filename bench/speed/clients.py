"""Twenty and fifty browsers' worth of websocket clients on one server, against one client in the same run; what sessions leave behind."""

from __future__ import annotations

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench import samples
from bench.report.row import Row
from settings import PROJECT

NAME = "clients"
SIZES: tuple[int, ...] = (231,)
CLIENTS = 20
MOST_RATIOS = {20: 1.5, 50: 3.0}
SESSIONS, AT_ONCE = 2000, 5
RERUNS = 10
THINK_SECONDS = 5.0


def measure(sizes: tuple[int, ...] = SIZES) -> Iterator[Row]:
    """Milliseconds of a rerun of This week over websockets, one server: of twenty at once, and of twenty who think."""
    for members in sizes:
        with start(samples.make_release(members)) as (port, pid):
            alone = asyncio.run(run_clients(port, 1, 0.0))
            for count, think in ((CLIENTS, 0.0), *((count, THINK_SECONDS) for count in MOST_RATIOS)):
                times = asyncio.run(run_clients(port, count, think))
                what = f"{count} clients who think {think:.0f} s, median rerun"
                note = f"p95 {find_p95(times) * 1000:,.0f} ms"
                median, one = (statistics.median(found) * 1000 for found in (times, alone))
                most = MOST_RATIOS[count] if think else None
                yield Row(NAME, what, members, median, "ms", "one client", one, None, most, note)
            before = read_memory([pid])[0]
            asyncio.run(come_and_go(port, SESSIONS))
            what = f"memory after {SESSIONS:,} sessions more, one run each"
            yield Row(NAME, what, members, read_memory([pid])[0], "MB", "before them", before)


async def come_and_go(port: int, count: int) -> None:
    """So many sessions, a few at once: each runs the page once and leaves."""
    free = asyncio.Semaphore(AT_ONCE)

    async def visit() -> None:
        async with free:
            await run_client(port, 0.0, 0.0, runs=0)

    await asyncio.gather(*(visit() for _ in range(count)))


def read_memory(pids: Sequence[int]) -> list[float]:
    """Resident megabytes of each process."""
    return [
        int(line.split()[1]) / 1024
        for pid in pids
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
        if line.startswith("VmRSS:")
    ]


@contextmanager
def serve(data: Path) -> Iterator[int]:
    """A staff server over a data folder; gives its port."""
    with start(data) as (port, _):
        yield port


@contextmanager
def start(data: Path) -> Iterator[tuple[int, int]]:
    """A staff server over a data folder; gives its port and the number of its process."""
    port = find_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port)],
        cwd=PROJECT,
        env={**os.environ, "AUDIENCE": "staff", "EVALUATION_DATA": str(data)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(10)


def find_p95(times: Sequence[float]) -> float:
    """The time that 95 % of all do not exceed."""
    return sorted(times)[int(0.95 * (len(times) - 1))]


def find_port() -> int:
    """A free port on the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until the server answers its health check, at most half a minute."""
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("The server did not start within 30 seconds.")


async def run_clients(port: int, count: int, think: float) -> list[float]:
    """Rerun times in seconds of `count` closed-loop clients."""
    lists = await asyncio.gather(*(run_client(port, think, think / count * place) for place in range(count)))
    return [seconds for times in lists for seconds in times]


async def run_client(port: int, think: float, delay: float, runs: int = RERUNS) -> list[float]:
    """Rerun times of one client, its first run not counted."""
    await asyncio.sleep(delay)
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    async with websockets.connect(
        address,
        subprotocols=[websockets.Subprotocol("streamlit")],
        origin=websockets.Origin(f"http://127.0.0.1:{port}"),
        max_size=None,
    ) as socket_:
        await rerun(socket_)
        times = []
        for _ in range(runs):
            await asyncio.sleep(think)
            start = time.perf_counter()
            await rerun(socket_)
            times.append(time.perf_counter() - start)
        return times


async def rerun(connection: websockets.ClientConnection, page: str = "", query: str = "") -> list[ForwardMsg]:
    """Ask for a run of a page and read until the script has finished; all that came."""
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = query
    await connection.send(message.SerializeToString())
    seen = []
    while True:
        received = ForwardMsg()
        received.ParseFromString(await connection.recv())  # type: ignore[arg-type]
        seen.append(received)
        if received.WhichOneof("type") == "script_finished":
            return seen
