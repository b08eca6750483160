"""Numbered attacks on share links (the list of the access rules), against a real funder server over HTTP and websocket.

Each has its positive control: the same request with a valid link works.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.RootContainer_pb2 import RootContainer
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus

from sharing.doors.funders import COOKIE
from sharing.store.links import Links
from tests.attack.funder_server import (
    ALWAYS,
    LONG_AGO,
    SEEN,
    Server,
    ask_rerun,
    converse,
    open_stream,
    read_all,
    refuse_stream,
)


@pytest.mark.attack(1)
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
@pytest.mark.attack(4)
@pytest.mark.attack(5)
@pytest.mark.attack(8)
def test_04_05_08_a_stopped_link_closes_the_open_page(
    server: Server, make_link: Callable[..., tuple[str, str]], verb: str, fragment: str
) -> None:
    link_id, token = make_link()
    cookie = server.enter(token)
    first, code, received = converse(
        server, cookie, lambda: getattr(server.links, verb)(link_id), ask_rerun(fragment=fragment)
    )
    for words in (SEEN, ALWAYS):
        assert words in first
        assert words.encode() not in b"".join(received)
    assert code == 4403
    assert server.get("/", cookie=cookie)[0] == 404
    assert refuse_stream(server, cookie) == 403
    if verb == "pause_link":
        server.links.resume_link(link_id)
        assert server.get("/", cookie=cookie)[0] == 200
        assert refuse_stream(server, cookie) == 101


@pytest.mark.attack(7)
def test_07_a_cookie_replayed_after_revoke_is_refused(
    server: Server, make_link: Callable[..., tuple[str, str]]
) -> None:
    link_id, token = make_link()
    cookie = server.enter(token)
    assert refuse_stream(server, cookie) == 101
    server.links.revoke_link(link_id)
    assert refuse_stream(server, cookie) == 403


@pytest.mark.attack(9)
@pytest.mark.attack(10)
def test_09_10_a_forged_query_changes_nothing(
    server: Server, make_link: Callable[..., tuple[str, str]]
) -> None:
    _, token = make_link()
    cookie = server.enter(token)

    async def run(query: str) -> set[str]:
        async with open_stream(server, cookie) as stream:
            text = await read_all(stream, query)
        return {line.strip() for line in text.splitlines() if line.strip().startswith(("body:", "chart:"))}

    plain = asyncio.run(run(""))
    assert any("Nurse" in line for line in plain)
    assert asyncio.run(run("?cohort=x&profession=Astronaut&period=2015-W09&token=a&token=b")) == plain


@pytest.mark.attack(12)
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


@pytest.mark.attack(13)
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


@pytest.mark.attack(15)
@pytest.mark.attack(16)
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


@pytest.mark.attack(17)
def test_17_unknown_expired_paused_and_revoked_look_the_same(
    server: Server, make_link: Callable[..., tuple[str, str]]
) -> None:
    paused, paused_token = make_link()
    revoked, revoked_token = make_link()
    used, used_token = make_link(max_views=1)
    _, live_token = make_link()
    store = server.data / "state" / "links.sqlite"
    _, expired_token = Links(store, lambda: LONG_AGO).create_link("long ago")
    two_months_ago = datetime.now(UTC) - timedelta(days=60)
    asleep, asleep_token = Links(store, lambda: two_months_ago).create_link("unused", days=90)
    assert server.links.open_session(server.links.find_link(used)) is not None
    assert server.links.find_link(asleep.id).status == "asleep"
    server.links.pause_link(paused)
    server.links.revoke_link(revoked)
    answers = [
        server.get(f"/shared?token={token}", address="127.0.3.2")
        for token in ("A" * 43, expired_token, paused_token, revoked_token, used_token, asleep_token)
    ]
    assert {(status, text) for status, _, text in answers} == {(404, answers[0][2])}
    assert len({tuple(sorted(headers.keys())) for _, headers, _ in answers}) == 1
    assert server.get(f"/shared?token={live_token}")[0] == 303


@pytest.mark.attack(19)
@pytest.mark.parametrize("name", ["attitude", "data-and-methods", "share", "this-week"])
def test_19_a_staff_page_is_not_found_by_a_funder(
    server: Server, make_link: Callable[..., tuple[str, str]], name: str
) -> None:
    _, token = make_link()
    cookie = server.enter(token)
    assert server.get(f"/{name}", cookie=cookie)[0] == 404
    assert server.get("/", cookie=cookie)[0] == 200, "positive control"

    async def run() -> str:
        async with open_stream(server, cookie) as stream:
            return await read_all(stream, page=name)

    shown = asyncio.run(run())
    assert SEEN in shown
    for staff_only in ("Find an indicator", "Quarantine", "A new link"):
        assert staff_only not in shown
    assert re.search(rf"delta_path: {RootContainer.MAIN}\b", shown), "positive control"
    assert not re.search(rf"metadata {{\s+delta_path: {RootContainer.SIDEBAR}\b", shown)


@pytest.mark.attack(22)
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


@pytest.mark.attack(23)
@pytest.mark.attack(24)
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
@pytest.mark.attack(29)
def test_29_what_a_funder_does_not_need_is_closed(
    server: Server, make_link: Callable[..., tuple[str, str]], path: str
) -> None:
    _, token = make_link()
    cookie = server.enter(token)
    assert server.get("/", cookie=cookie)[0] == 200
    assert server.get("/_stcore/health")[0] == 200
    assert server.get(path, cookie=cookie)[0] == 404
