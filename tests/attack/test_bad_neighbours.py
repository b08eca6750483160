"""Requests whose Host or Origin is no address, and what the frames of a server say of where its files lie."""

from __future__ import annotations

import asyncio
import http.client
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from settings import PROJECT
from sharing.sealing.extract import FOLDER
from tests.attack.funder_server import STREAM, Server, ask_rerun, open_stream, read_messages, serve_links

NO_ADDRESS = ("[::1", "[x]:80", "127.0.0.1:x", "127.0.0.1:99999")


def ask(server: Server, path: str, **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.putrequest("GET", path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.attack(24)
@pytest.mark.parametrize("address", NO_ADDRESS)
def test_24_a_host_or_origin_that_is_no_address_gets_400(
    server: Server, make_link: Callable[..., tuple[str, str]], address: str
) -> None:
    cookie = server.enter(make_link()[1])
    assert ask(server, "/", Cookie=cookie) == 200
    assert ask(server, "/", Cookie=cookie, Host=address) == 400
    assert ask(server, "/", Cookie=cookie, Origin=f"http://{address}") == 400

    async def shake_hands(origin: str) -> int:
        try:
            async with open_stream(server, cookie, origin=origin):
                return 101
        except InvalidStatus as refusal:
            return refusal.response.status_code

    assert asyncio.run(shake_hands(f"http://{address}")) == 400
    assert asyncio.run(shake_hands(f"http://127.0.0.1:{server.port}")) == 101
    assert STREAM.startswith("/")


@pytest.mark.attack(53)
def test_53_no_frame_of_the_funder_server_says_where_its_files_lie(
    server: Server, make_link: Callable[..., tuple[str, str]]
) -> None:
    cookie = server.enter(make_link()[1])

    async def run() -> bytes:
        async with open_stream(server, cookie) as stream:
            await stream.send(ask_rerun())
            return b"".join(message.SerializeToString() for message in await read_messages(stream))

    seen = asyncio.run(run())
    assert b"dashboard.py" in seen, "control: the name of the script is where its path would be"
    for path in (PROJECT, server.data, *PROJECT.parents[:-1], *server.data.parents[:-1]):
        assert str(path).encode() not in seen, path


def test_a_damaged_link_store_opens_nothing(kitchen: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(kitchen / FOLDER, data / FOLDER)
    with serve_links(data, tmp_path / "server.log") as running:
        link, token = running.links.create_link("For the attack")
        (data / FOLDER / link.id).mkdir()
        cookie = running.enter(token)
        assert running.get("/", cookie=cookie)[0] == 200, "control: undamaged it opens"
        (data / "state" / "links.sqlite").write_bytes(b"no database at all" * 999)
        assert running.get("/", cookie=cookie)[0] == 404
        status, _, text = running.get(f"/shared?token={token}")
        assert (status, str(data) in text) == (404, False)
        assert running.get("/healthz")[0] == 200
