"""What a session holds goes with its websocket: a real server is asked what it still holds."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import ClientConnection, connect

from etl.load import load_paths
from settings import PROJECT
from tests.app.small_programme import write_members, write_table
from tests.attack.funder_server import read_messages
from tests.browser.server import find_port

SERVER = """
import gc, sys, threading
from streamlit import runtime
from streamlit.runtime.app_session import AppSession
from streamlit.web.cli import main

def answer():
    for _ in sys.stdin:
        gc.collect()
        files = runtime.get_instance().media_file_mgr
        held = sum(isinstance(one, AppSession) for one in gc.get_objects())
        active = runtime.get_instance()._session_mgr.num_active_sessions()
        print("held", active, held, len(files._file_metadata), flush=True)

threading.Thread(target=answer, daemon=True).start()
if "--resumable" in sys.argv:
    sys.argv.remove("--resumable")
    runtime.Runtime.mark_session_nonresumable = lambda self, session_id: None
sys.argv = ["streamlit", "run", *sys.argv[1:]]
main()
"""


@dataclass(frozen=True)
class Staff:
    """A staff process that says what it holds."""

    process: subprocess.Popen[str]
    port: int

    def count_held(self) -> tuple[int, int, int]:
        """Sessions with a websocket, all sessions in memory, and files kept for them."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("held"):
                active, held, files = map(int, line.split()[1:])
                return active, held, files
        raise AssertionError("The server ended.")

    def wait_until_alone(self) -> tuple[int, int, int]:
        """What is held once no websocket is open."""
        while (held := self.count_held())[0]:
            continue
        return held


@contextmanager
def serve_staff(data: Path, *options: str) -> Iterator[Staff]:
    port = find_port()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, *options, "dashboard.py", "--server.port", str(port)],
        cwd=PROJECT,
        env={**os.environ, "AUDIENCE": "staff", "EVALUATION_DATA": str(data), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        while "URL:" not in (line := process.stdout.readline()):
            assert process.poll() is None, line
        yield Staff(process, port)
    finally:
        process.terminate()
        process.communicate()


def ask_page(path: str) -> bytes:
    message = BackMsg()
    message.rerun_script.page_name = path
    return bytes(message.SerializeToString())


async def visit(staff: Staff, visitors: int, path: str) -> tuple[int, int, int]:
    """Some visitors look at a page and go; what the server holds while they are there."""
    streams: list[ClientConnection] = []
    for _ in range(visitors):
        address = f"ws://127.0.0.1:{staff.port}/_stcore/stream"
        stream = await connect(address, subprotocols=["streamlit"], max_size=None, open_timeout=120)  # type: ignore[list-item]
        await stream.send(ask_page(path))
        await read_messages(stream)
        streams.append(stream)
    held = await asyncio.to_thread(staff.count_held)
    for stream in streams:
        await stream.close()
    return held


def look(data: Path, *options: str) -> list[tuple[int, int, int]]:
    """What is held of three visitors to a page with a file, once they have left, and with one who came after them."""
    with serve_staff(data, *options) as staff:
        there = asyncio.run(visit(staff, 3, "data-and-methods"))
        return [there, staff.wait_until_alone(), asyncio.run(visit(staff, 1, ""))]


def test_a_session_and_its_files_go_with_its_websocket(tmp_path: Path) -> None:
    write_members(tmp_path / "raw", 12)
    write_table(
        tmp_path / "raw", "activities", ("member_id", "at", "kind"), [("nobody", "2015-07-01", "post")]
    )
    load_paths([tmp_path / "raw"], tmp_path / "data")
    there, left, after = look(tmp_path / "data")
    assert there == (3, 3, 2), "what is set aside, and who was not met"
    assert left[1] <= 1, "Streamlit's own loop holds the one that it looked at last until somebody comes"
    assert after == (1, 1, 0)
    assert look(tmp_path / "data", "--resumable") == [(3, 3, 2), (0, 3, 2), (1, 4, 2)], "positive control"
