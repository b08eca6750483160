"""A real funder server, and how an attacker speaks to it: over HTTP and over the websocket."""

from __future__ import annotations

import asyncio
import http.client
import itertools
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from sharing.store.links import Links, open_links
from tests.browser.server import borrow_port
from tests.forking import Forked, start
from ui.charts.component import unpack

SEEN, ALWAYS = "Attendance rate", "How to read this page"  # on the whole of the page; on every run of it
STREAM = "/_stcore/stream"
ADDRESSES = itertools.count(1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Server:
    """A funder process, its log, and its data folder, which holds only what a funder process may read."""

    port: int
    data: Path
    log: Path
    links: Links

    def get(
        self, path: str, *, cookie: str = "", method: str = "GET", body: str = "", address: str = "127.0.0.1"
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and text of one request from a loopback address, redirects not followed."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=30, source_address=(address, 0)
        )
        connection.request(method, path, body=body or None, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text

    def enter(self, token: str) -> str:
        """Open a link, each time from another address; the Cookie header of the session."""
        address = f"127.0.1.{next(ADDRESSES)}"
        status, headers, _ = self.get(f"/shared?token={token}", address=address)
        assert (status, headers["location"]) == (303, "/")
        return headers["set-cookie"].partition(";")[0]


@contextmanager
def serve_links(data: Path, log: Path) -> Iterator[Server]:
    """A funder server over a data folder, and the store of its links, until the block ends."""
    with borrow_port() as port:
        process = _start(port, data, log)
        links = open_links(data)
        try:
            yield Server(port, data, log, links)
        finally:
            links.close()
            process.terminate()
            process.wait(30)


def _start(port: int, data: Path, log: Path) -> Forked:
    """Start the funder process by uvicorn with its access log on; returns once it answers."""
    environment = {**os.environ, "AUDIENCE": "funder", "EVALUATION_DATA": str(data)}
    command = ["-m", "uvicorn", "dashboard:app", "--port", str(port)]
    with log.open("wb") as output:
        process = start(command, environment, output)
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/_stcore/health")
            if connection.getresponse().status == 200:
                return process
        except OSError:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
    process.kill()
    raise AssertionError(f"the server did not start: {log.read_text(encoding='utf-8')[-2000:]}")


def ask_rerun(query: str = "", fragment: str = "", page: str = "", opened: str = "") -> bytes:
    """A frame that asks for a run of the script; `opened` is the id of an expander that is open then."""
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.fragment_id = fragment
    message.rerun_script.page_name = page
    if opened:
        message.rerun_script.widget_states.widgets.add(id=opened, bool_value=True)
    message.rerun_script.SetInParent()
    return bytes(message.SerializeToString())


async def read_whole(stream: ClientConnection, query: str = "", page: str = "") -> list[ForwardMsg]:
    """All that a server sends of a page: as it opens, then with its expander of all figures open, where it has one."""
    await stream.send(ask_rerun(query, page=page))
    seen = await read_messages(stream)
    blocks = [message.delta.add_block.expandable for message in seen]
    for expander in [one for one in blocks if one.id]:
        await stream.send(ask_rerun(query, page=page, opened=expander.id))
        seen += await read_messages(stream)
    return seen


async def read_messages(stream: ClientConnection) -> list[ForwardMsg]:
    """All that a server sends until the script has finished."""
    seen = []
    while True:
        message = ForwardMsg()
        message.ParseFromString(await asyncio.wait_for(stream.recv(decode=False), 120))
        seen.append(message)
        if message.WhichOneof("type") == "script_finished":
            return seen


def write_out(messages: Iterable[ForwardMsg]) -> str:
    """Messages as text, a packed chart as a line of what is in it."""
    lines = []
    for message in messages:
        lines.append(str(message))
        if message.delta.new_element.bidi_component.bytes:
            box = unpack(message.delta.new_element.bidi_component.bytes)
            lines.append(f"chart: {json.dumps(box, ensure_ascii=False)}")
    return "\n".join(lines)


async def read_run(stream: ClientConnection) -> str:
    """The same as text."""
    return write_out(await read_messages(stream))


async def read_all(stream: ClientConnection, query: str = "", page: str = "") -> str:
    """All of a page as text."""
    return write_out(await read_whole(stream, query, page))


def open_stream(
    server: Server, cookie: str, *, protocols: Sequence[str] = ("streamlit",), **more: Any
) -> connect:
    headers = {"Cookie": cookie} if cookie else {}
    address = f"ws://127.0.0.1:{server.port}{STREAM}"
    return connect(address, subprotocols=list(protocols), additional_headers=headers, max_size=None, **more)  # type: ignore[arg-type]


def refuse_stream(server: Server, cookie: str) -> int:
    """Status of a refused handshake; 101 when it was accepted."""

    async def try_it() -> int:
        try:
            async with open_stream(server, cookie):
                return 101
        except InvalidStatus as refusal:
            return refusal.response.status_code

    return asyncio.run(try_it())


def converse(
    server: Server, cookie: str, stop: Callable[[], object], frame: bytes
) -> tuple[str, int | None, list[bytes]]:
    """What the page shows; then the code the socket is closed with after `stop` and one more frame, and what came."""

    async def run() -> tuple[str, int | None, list[bytes]]:
        async with open_stream(server, cookie) as stream:
            first = await read_all(stream)
            stop()
            received: list[bytes] = []
            try:
                await stream.send(frame)
                while True:
                    received.append(await asyncio.wait_for(stream.recv(decode=False), 60))
                    message = ForwardMsg()
                    message.ParseFromString(received[-1])
                    if message.WhichOneof("type") == "script_finished":
                        return first, None, received
            except ConnectionClosed:
                return first, stream.close_code, received

    return asyncio.run(run())
