"""More of the numbered attacks on share links: guessing, expiry, pages that rerun by themselves, other links' cookies."""

from __future__ import annotations

import asyncio
import http.client
import sqlite3
from collections.abc import Callable
from contextlib import suppress

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed

from sharing.sealing.extract import FILE, FOLDER
from tests.attack.funder_server import (
    ALWAYS,
    SEEN,
    Server,
    ask_rerun,
    converse,
    open_stream,
    read_all,
    read_run,
    refuse_stream,
)


@pytest.mark.attack(2)
def test_02_ten_thousand_guesses_find_nothing_and_are_slowed_down(
    server: Server, make_link: Callable[..., tuple[str, str]]
) -> None:
    _, token = make_link()
    guesser = http.client.HTTPConnection("127.0.0.1", server.port, source_address=("127.0.2.1", 0))

    def guess(guessed: str) -> int:
        guesser.request("GET", f"/shared?token={guessed}")
        answer = guesser.getresponse()
        answer.read()
        return answer.status

    answers = [guess(f"{number:043d}") for number in range(10_000)]
    assert answers[:30] == [404] * 30
    assert set(answers[30:]) <= {404, 429}
    assert answers.count(429) > 9_000
    assert answers[-1] == guess(token) == 429
    guesser.close()
    assert server.get(f"/shared?token={token}", address="127.0.2.2")[0] == 303


@pytest.mark.attack(3)
def test_03_an_expired_link_opens_nothing_and_its_open_page_closes(
    server: Server, make_link: Callable[..., tuple[str, str]]
) -> None:
    link_id, token = make_link()
    cookie = server.enter(token)
    first, code, received = converse(server, cookie, lambda: expire(server, link_id), ask_rerun())
    for words in (SEEN, ALWAYS):
        assert words in first
        assert words.encode() not in b"".join(received)
    assert code == 4403
    assert server.get(f"/shared?token={token}")[0] == 404
    assert server.get("/", cookie=cookie)[0] == 404


def expire(server: Server, link_id: str) -> None:
    with sqlite3.connect(server.data / "state" / "links.sqlite") as store:
        store.execute("UPDATE links SET expires_at = '2020-01-01 00:00:00.000000' WHERE id = ?", [link_id])


@pytest.mark.attack(4)
@pytest.mark.attack(6)
@pytest.mark.parametrize("is_asking", [True, False])
def test_06_a_page_that_reruns_by_itself_or_stands_idle_gets_no_data_after_revoke(
    server: Server, make_link: Callable[..., tuple[str, str]], is_asking: bool
) -> None:
    link_id, token = make_link()
    cookie = server.enter(token)
    frame = BackMsg()
    frame.rerun_script.is_auto_rerun = True

    async def run() -> tuple[str, str, int | None, list[str]]:
        async with open_stream(server, cookie) as stream:
            first = await read_all(stream)
            await stream.send(frame.SerializeToString())
            again = await read_run(stream)
            server.links.revoke_link(link_id)
            received: list[str] = []
            with suppress(ConnectionClosed):
                if is_asking:
                    await stream.send(frame.SerializeToString())
                while True:
                    received += await asyncio.wait_for(stream.recv(decode=False), 60)
            return first, again, stream.close_code, received

    first, again, code, received = asyncio.run(run())
    assert SEEN in first
    assert "delta" in again
    assert code == 4403
    assert not {"delta", "new_session"} & set(received)


@pytest.mark.attack(9)
def test_09_a_doubled_token_opens_nothing(server: Server, make_link: Callable[..., tuple[str, str]]) -> None:
    _, token = make_link()
    _, other = make_link()
    for query in (f"token={token}&token={other}", f"token={other}&token={token}", f"token={token}&token="):
        assert server.get(f"/shared?{query}", address="127.0.3.1")[0] == 404
    assert server.get(f"/shared?token={token}&cohort=x", address="127.0.3.1")[0] == 303


@pytest.mark.attack(11)
def test_11_the_cookie_of_one_link_never_shows_another(
    server: Server, make_link: Callable[..., tuple[str, str]]
) -> None:
    (first_id, first_token), (second_id, second_token) = make_link(), make_link()
    for link_id, label in ((first_id, "For the first"), (second_id, "For the second")):
        path = server.data / FOLDER / link_id / FILE
        path.write_text(path.read_text(encoding="utf-8").replace("For the attack", label), encoding="utf-8")
    first, second = server.enter(first_token), server.enter(second_token)

    async def read(cookie: str, query: str) -> str:
        async with open_stream(server, cookie) as stream:
            return await read_all(stream, query)

    for query in ("", f"?token={second_token}", f"?link_id={second_id}&label=For+the+second"):
        seen = asyncio.run(read(first, query))
        assert "For the first" in seen
        assert "For the second" not in seen
    assert "For the second" in asyncio.run(read(second, ""))
    server.links.revoke_link(first_id)
    assert server.get(f"/?token={second_token}", cookie=first)[0] == 404
    assert refuse_stream(server, first) == 403
    assert refuse_stream(server, second) == 101
