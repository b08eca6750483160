"""Commands of Python as processes of their own that need not import the libraries: forks of a process that has.

Everything of the project is imported by each of them itself, with its own environment, as if the interpreter had just begun.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from settings import PROJECT

LIBRARIES = (
    "streamlit.web.cli",
    "streamlit.web.server.starlette",
    "uvicorn",
    "duckdb",
    "igraph",
    "openpyxl",
    "pandas",
    "plotly.graph_objects",
    "pyarrow.parquet",
    "rich.console",
    "scipy.special",
    "scipy.stats",
    "sqlalchemy",
    "starlette.middleware.gzip",
)
MOST = 2**20


@dataclass
class Forked:
    """A running command; the part of `subprocess.Popen` that tests need."""

    pid: int
    _ended: IO[bytes]
    returncode: int | None = field(default=None)

    def poll(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        if self.returncode is None and select.select([self._ended], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            if not select.select([self._ended], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("a forked command", timeout or 0)
            with self._ended:
                self.returncode = os.waitstatus_to_exitcode(int(self._ended.read()))
        return self.returncode

    def terminate(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


def start(
    arguments: Sequence[str], environment: Mapping[str, str], output: IO[Any], errors: IO[Any] | None = None
) -> Forked:
    """Start `python -m module …` in the project's folder; without `errors` they go to the output."""
    assert arguments[0] == "-m"
    ended, ending = os.pipe()
    asked = json.dumps({"arguments": list(arguments[1:]), "environment": dict(environment)}).encode()
    assert len(asked) < MOST
    parent = _run_parent()
    with open(os.devnull, "rb") as nothing:
        given = [nothing.fileno(), output.fileno(), (errors or output).fileno(), ending]
        socket.send_fds(parent, [asked], given)
    os.close(ending)
    return Forked(int(parent.recv(64)), os.fdopen(ended, "rb"))


def run_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m …` from its beginning to its end, with what it said."""
    heard = [b"", b""]

    def hear(place: int, end: int) -> None:
        with os.fdopen(end, "rb") as stream:
            heard[place] = stream.read()

    pipes = [os.pipe(), os.pipe()]
    threads = [threading.Thread(target=hear, args=(place, pipe[0])) for place, pipe in enumerate(pipes)]
    with os.fdopen(pipes[0][1], "wb") as output, os.fdopen(pipes[1][1], "wb") as errors:
        process = start(["-m", *arguments], os.environ, output, errors)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return subprocess.CompletedProcess(arguments, process.wait(), heard[0].decode(), heard[1].decode())


@functools.cache
def _run_parent() -> socket.socket:
    """The process that has the libraries, one for a worker of tests; it ends with what asks it."""
    own, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for side in (own, other):
        side.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MOST)
    with other:
        command = [sys.executable, "-m", "tests.forking", str(other.fileno())]
        process = subprocess.Popen(command, cwd=PROJECT, pass_fds=[other.fileno()])

    def end() -> None:
        own.close()
        process.wait(60)

    atexit.register(end)
    return own


def scan_packages_once() -> None:
    """Have Streamlit read once what every installed package says of itself: for each page of a test, or each server, it takes a second."""
    from streamlit.components.v2 import manifest_scanner

    found = manifest_scanner.scan_component_manifests()
    manifest_scanner.scan_component_manifests = lambda *arguments: found


def _serve(asked: socket.socket) -> None:
    """Fork a process for each that is asked for, until nobody is there to ask."""
    for name in LIBRARIES:
        importlib.import_module(name)
    scan_packages_once()
    gc.collect()
    gc.freeze()
    while True:
        request, descriptors, _, _ = socket.recv_fds(asked, MOST, 4)
        if not request:
            return
        if os.fork() == 0:
            _keep(asked, json.loads(request), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _keep(asked: socket.socket, request: dict[str, Any], descriptors: Sequence[int]) -> None:
    """In a fork: start the command in another, say its number, and at its end how it ended."""
    pid = os.fork()
    if pid == 0:
        asked.close()
        _become(request["arguments"], request["environment"], descriptors)
    for descriptor in descriptors[:3]:
        os.close(descriptor)
    asked.send(str(pid).encode())
    asked.close()
    os.write(descriptors[3], str(os.waitpid(pid, 0)[1]).encode())
    os._exit(0)


def _become(arguments: Sequence[str], environment: Mapping[str, str], descriptors: Sequence[int]) -> None:
    """In a fork of its own: be the command."""
    for place, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, place)
    for descriptor in descriptors:
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(environment)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(write_through=True)  # type: ignore[union-attr]
    sys.argv = list(arguments)
    status = 1
    try:
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        if isinstance(leaving.code, str):
            print(leaving.code, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        os._exit(status)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as listening:
        _serve(listening)
    os._exit(0)
