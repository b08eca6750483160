"""Numbered attacks on share links (the list of the access rules), against a real funder server over HTTP and websocket.

Each has its positive control: the same request with a valid link works.
"""

from __future__ import annotations

import asyncio
import http.client
import itertools
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from etl.load import load_paths
from sharing.__main__ import main
from sharing.doors import COOKIE
from sharing.extract import FILE, FOLDER
from sharing.links import Links, open_links
from tests.sharing.known_programme import write_programme

PROJECT = Path(__file__).resolve().parents[2]
SEEN = "Attendance rate"
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


def run_server(data: Path, log: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Start the funder process by uvicorn with its access log on; returns once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {**os.environ, "AUDIENCE": "funder", "EVALUATION_DATA": str(data)}
    command = [sys.executable, "-m", "uvicorn", "dashboard:app", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/_stcore/health")
            if connection.getresponse().status == 200:
                return process, port
        except OSError:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
    process.kill()
    raise AssertionError(f"the server did not start: {log.read_text(encoding='utf-8')[-2000:]}")


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The staff's data folder: a release and one sealed link."""
    root = tmp_path_factory.mktemp("kitchen")
    load_paths([write_programme(root / "raw")], root / "data")
    assert main(["create", "--label", "For the attack", "--data", str(root / "data")]) == 0
    return root / "data"


@pytest.fixture(scope="module")
def server(kitchen: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A funder server whose folder has the sealed extracts and the link store, and no release at all."""
    root = tmp_path_factory.mktemp("funder")
    data = root / "data"
    shutil.copytree(kitchen / FOLDER, data / FOLDER)
    process, port = run_server(data, root / "server.log")
    links = open_links(data)
    try:
        yield Server(port, data, root / "server.log", links)
    finally:
        links.close()
        process.terminate()
        process.wait(30)


@pytest.fixture
def make_link(server: Server) -> Callable[..., tuple[str, str]]:
    """Make a link with a sealed extract of its own; its id and token."""
    sealed = next((server.data / FOLDER).iterdir())

    def make(**more: Any) -> tuple[str, str]:
        link, token = server.links.create_link("For the attack", **more)
        folder = server.data / FOLDER / link.id
        folder.mkdir()
        text = (sealed / FILE).read_text(encoding="utf-8").replace(sealed.name, link.id)
        (folder / FILE).write_text(text, encoding="utf-8")
        return link.id, token

    return make


def ask_rerun(query: str = "", fragment: str = "") -> bytes:
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.fragment_id = fragment
    message.rerun_script.SetInParent()
    return bytes(message.SerializeToString())


async def read_run(stream: ClientConnection) -> str:
    """All that the server sends until the script has finished, as text."""
    seen = []
    while True:
        message = ForwardMsg()
        message.ParseFromString(await asyncio.wait_for(stream.recv(decode=False), 60))
        seen.append(str(message))
        if message.WhichOneof("type") == "script_finished":
            return "\n".join(seen)


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
    """What the first run shows; then the code the socket is closed with after `stop` and one more frame, and what came."""

    async def run() -> tuple[str, int | None, list[bytes]]:
        async with open_stream(server, cookie) as stream:
            await stream.send(ask_rerun())
            first = await read_run(stream)
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


def test_01_one_changed_character_opens_nothing(
    server: Server, make_link: Callable[..., tuple[str, str]]
) -> None:
    _, token = make_link()
    changed = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
    assert server.get(f"/shared?token={changed}")[0] == 404
    cookie = server.enter(token)
    first, code, _ = converse(server, cookie, lambda: None, ask_rerun())
    assert SEEN in first
    assert code is None


@pytest.mark.parametrize("verb", ["revoke_link", "pause_link"])
@pytest.mark.parametrize("fragment", ["", "0a1b2c3d4e5f"])
def test_04_05_08_a_stopped_link_closes_the_open_page(
    server: Server, make_link: Callable[..., tuple[str, str]], verb: str, fragment: str
) -> None:
    link_id, token = make_link()
    cookie = server.enter(token)
    first, code, received = converse(
        server, cookie, lambda: getattr(server.links, verb)(link_id), ask_rerun(fragment=fragment)
    )
    assert SEEN in first
    assert code == 4403
    assert SEEN.encode() not in b"".join(received)
    assert server.get("/", cookie=cookie)[0] == 404
    assert refuse_stream(server, cookie) == 403
    if verb == "pause_link":
        server.links.resume_link(link_id)
        assert server.get("/", cookie=cookie)[0] == 200
        assert refuse_stream(server, cookie) == 101


def test_07_a_cookie_replayed_after_revoke_is_refused(
    server: Server, make_link: Callable[..., tuple[str, str]]
) -> None:
    link_id, token = make_link()
    cookie = server.enter(token)
    assert refuse_stream(server, cookie) == 101
    server.links.revoke_link(link_id)
    assert refuse_stream(server, cookie) == 403


def test_09_10_a_forged_query_changes_nothing(
    server: Server, make_link: Callable[..., tuple[str, str]]
) -> None:
    _, token = make_link()
    cookie = server.enter(token)

    async def run(query: str) -> set[str]:
        async with open_stream(server, cookie) as stream:
            await stream.send(ask_rerun(query))
            text = await read_run(stream)
        return {line.strip() for line in text.splitlines() if line.strip().startswith(("body:", "alt:"))}

    plain = asyncio.run(run(""))
    assert any("Nurse" in line for line in plain)
    assert asyncio.run(run("?cohort=x&profession=Astronaut&period=2015-W09&token=a&token=b")) == plain


def test_12_passwords_are_locked_after_five_tries(
    server: Server, make_link: Callable[..., tuple[str, str]]
) -> None:
    _, token = make_link(password="correct horse")
    _, open_token = make_link(password="correct horse")

    def try_password(of: str, password: str) -> int:
        return server.get("/shared", method="POST", body=f"token={of}&password={password}")[0]

    assert [try_password(token, f"wrong{n}") for n in range(5)] == [403] * 5
    assert try_password(token, "correct+horse") == 429
    assert try_password(open_token, "correct+horse") == 303


def test_13_no_token_is_kept_in_the_store_or_written_to_the_log(
    server: Server, make_link: Callable[..., tuple[str, str]]
) -> None:
    link_id, token = make_link()
    cookie = server.enter(token)
    assert refuse_stream(server, cookie) == 101
    log = server.log.read_text(encoding="utf-8")
    assert '"GET /shared' in log  # the access log is on
    store = b"".join(path.read_bytes() for path in (server.data / "state").iterdir())
    assert link_id.encode() in store
    for secret in (token, cookie.partition("=")[2]):
        assert secret not in log
        assert secret.encode() not in store


def test_15_16_answers_say_noindex_and_no_referrer(
    server: Server, make_link: Callable[..., tuple[str, str]]
) -> None:
    _, token = make_link()
    page = server.get("/", cookie=server.enter(token))
    for status, headers, _ in (page, server.get("/shared?token=x"), server.get("/robots.txt")):
        assert status in (200, 404)
        assert headers["referrer-policy"] == "no-referrer"
        assert "noindex" in headers["x-robots-tag"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert page[0] == 200
    assert server.get("/robots.txt")[2] == "User-agent: *\nDisallow: /\n"


def test_17_unknown_expired_paused_and_revoked_look_the_same(
    server: Server, make_link: Callable[..., tuple[str, str]]
) -> None:
    paused, paused_token = make_link()
    revoked, revoked_token = make_link()
    _, live_token = make_link()
    _, expired_token = Links(server.data / "state" / "links.sqlite", lambda: LONG_AGO).create_link("long ago")
    server.links.pause_link(paused)
    server.links.revoke_link(revoked)
    answers = [
        server.get(f"/shared?token={token}")
        for token in ("A" * 43, expired_token, paused_token, revoked_token)
    ]
    assert {(status, text) for status, _, text in answers} == {(404, answers[0][2])}
    assert len({tuple(sorted(headers.keys())) for _, headers, _ in answers}) == 1
    assert server.get(f"/shared?token={live_token}")[0] == 303


def test_22_another_session_cannot_be_resumed(
    server: Server, make_link: Callable[..., tuple[str, str]]
) -> None:
    _, token = make_link()
    cookie = server.enter(token)

    async def run() -> tuple[str, str]:
        async with open_stream(server, cookie) as stream:
            await stream.send(ask_rerun())
            own = await find_session(stream)
            async with open_stream(server, cookie, protocols=("streamlit", "PLACEHOLDER", own)) as other:
                await other.send(ask_rerun())
                return own, await find_session(other)

    own, other = asyncio.run(run())
    assert own
    assert other
    assert own != other


async def find_session(stream: ClientConnection) -> str:
    while True:
        message = ForwardMsg()
        message.ParseFromString(await asyncio.wait_for(stream.recv(decode=False), 60))
        if message.WhichOneof("type") == "new_session":
            return str(message.new_session.initialize.session_id)


def test_23_24_no_socket_without_a_cookie_or_from_a_foreign_page(
    server: Server, make_link: Callable[..., tuple[str, str]]
) -> None:
    _, token = make_link()
    cookie = server.enter(token)
    assert refuse_stream(server, cookie) == 101
    assert refuse_stream(server, "") == 403
    assert refuse_stream(server, f"{COOKIE}={'A' * 43}") == 403

    async def from_elsewhere() -> int:
        try:
            async with open_stream(server, cookie, origin="https://elsewhere.example"):
                return 101
        except InvalidStatus as refusal:
            return refusal.response.status_code

    assert asyncio.run(from_elsewhere()) == 403


@pytest.mark.parametrize(
    "path",
    ["/_stcore/metrics", "/_stcore/upload_file/a/b", "/_stcore/agent/document", "/media/x.csv", "/attitude"],
)
def test_29_what_a_funder_does_not_need_is_closed(
    server: Server, make_link: Callable[..., tuple[str, str]], path: str
) -> None:
    _, token = make_link()
    cookie = server.enter(token)
    assert server.get("/", cookie=cookie)[0] == 200
    assert server.get("/_stcore/health")[0] == 200
    assert server.get(path, cookie=cookie)[0] == 404


def test_02_guesses_find_nothing_and_are_slowed_down(server: Server) -> None:
    answers = [server.get(f"/shared?token={number:043d}", address="127.0.2.1")[0] for number in range(200)]
    assert answers[:30] == [404] * 30
    assert set(answers[30:]) <= {404, 429}
    assert answers[-1] == 429
