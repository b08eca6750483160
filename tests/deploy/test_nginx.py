"""nginx before two staff processes, as configured in deploy/: whoever came to one of them stays with it."""

from __future__ import annotations

import http.client
import os
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.http11 import Request, Response
from websockets.sync.client import connect
from websockets.sync.server import Server, ServerConnection, serve

from tests.deploy.proxy import MISSING, NGINX, run_nginx

COOKIE = re.compile(r"staff_process=([ab]); Path=/; Secure; HttpOnly; SameSite=Lax")
NAMES = ("a", "b")


@dataclass(frozen=True)
class Front:
    """nginx's port, and the two servers behind it by the name of their process."""

    port: int
    behind: dict[str, Server]

    def get(self, cookie: str = "") -> tuple[str, str]:
        """Which server answered, and the cookie it was answered with."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", "/members", headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        said, given = answer.read().decode(), answer.getheader("set-cookie") or ""
        connection.close()
        assert answer.status == 200
        return said, given

    def open_socket(self, cookie: str) -> str:
        """Which server the websocket leads to."""
        address = f"ws://127.0.0.1:{self.port}/_stcore/stream"
        with connect(address, additional_headers={"Cookie": cookie}) as stream:
            return str(stream.recv(timeout=30))


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    if not NGINX:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    behind = {name: start(name) for name in NAMES}
    ports = tuple(server.socket.getsockname()[1] for server in behind.values())
    port, redirect = find_ports()
    with run_nginx(tmp_path, port, (ports[0], ports[1]), redirect):
        yield Front(port, behind)
    for server in behind.values():
        server.shutdown()


def start(name: str) -> Server:
    """A server that says its name, to a request and over a websocket."""

    def say(stream: ServerConnection) -> None:
        stream.send(name)

    def answer(stream: ServerConnection, request: Request) -> Response | None:
        return None if "Upgrade" in request.headers else stream.respond(200, name)  # type: ignore[arg-type]

    server = serve(say, "127.0.0.1", 0, process_request=answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def find_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        for free in (one, other):
            free.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1]), int(other.getsockname()[1])


def test_a_newcomer_is_drawn_to_either_process_and_stays_there(front: Front) -> None:
    drawn = {}
    for _ in range(60):
        name, given = front.get()
        match = COOKIE.fullmatch(given)
        assert match
        assert match[1] == name
        drawn[name] = f"staff_process={name}"
    assert set(drawn) == set(NAMES)
    for name, cookie in drawn.items():
        assert {front.get(cookie) for _ in range(10)} == {(name, "")}
        assert {front.open_socket(cookie) for _ in range(5)} == {name}


@pytest.mark.parametrize(
    "cookie", ["staff_process=c", "staff_process=127.0.0.1:22", "staff_process=", "other=a"]
)
def test_a_cookie_of_no_process_counts_as_none(front: Front, cookie: str) -> None:
    name, given = front.get(cookie)
    assert name in NAMES
    assert COOKIE.fullmatch(given)


def test_where_one_process_is_down_the_other_answers_for_it(front: Front) -> None:
    assert front.get("staff_process=b")[0] == "b", "positive control"
    front.behind["b"].shutdown()
    assert front.get("staff_process=b")[0] == "a"
    assert front.open_socket("staff_process=b") == "a"
    assert front.get("staff_process=a")[0] == "a"
