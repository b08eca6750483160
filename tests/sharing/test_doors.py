"""The doors: exchange of a token for a cookie, one answer to all that fails, headers, and frames re-validated."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from sharing.doors.farewell import write_farewell
from sharing.doors.funders import COOKIE, RateLimit, read_session, write_policy
from tests.sharing.building import Answer, Building, Clock, build, converse, make_scope

ENDED = {"type": "websocket.close", "code": 4403}
FAREWELL = {"type": "websocket.send", "bytes": write_farewell("/shared")}


@pytest.fixture
def building(tmp_path: Path) -> Building:
    return build(tmp_path)


async def say_nothing(say: Callable[..., Awaitable[Any]]) -> None:
    return None


def test_a_token_is_exchanged_for_a_cookie_and_leaves_the_address(building: Building) -> None:
    link, token = building.links.create_link("The Foundation")
    answer = building.open(token)
    assert (answer.status, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert re.match(rf"{COOKIE}=[A-Za-z0-9_-]{{43}};", cookie)
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert token not in cookie
    assert building.links.find_link(link.id).views == 1
    assert building.ask("/", cookie=cookie.partition(";")[0]).body == "inside"


@pytest.mark.parametrize("more", [{"scheme": "https"}, {"headers": [(b"x-forwarded-proto", b"https")]}])
def test_over_https_the_cookie_is_secure(building: Building, more: dict[str, Any]) -> None:
    _, token = building.links.create_link("The Foundation")
    assert "Secure" in building.open(token, **more).headers["set-cookie"]


def test_unknown_paused_revoked_used_up_and_malformed_get_one_and_the_same_answer(building: Building) -> None:
    links = building.links
    paused, paused_token = links.create_link("paused")
    links.pause_link(paused.id)
    revoked, revoked_token = links.create_link("revoked")
    links.revoke_link(revoked.id)
    used, used_token = links.create_link("used", max_views=1)
    links.open_session(used)
    _, live = links.create_link("live")
    changed = live[:-1] + ("A" if live[-1] != "A" else "B")
    answers = [
        building.open(token) for token in ("A" * 43, paused_token, revoked_token, used_token, changed, "")
    ]
    answers += [
        building.ask("/shared"),
        building.ask("/shared", query=f"token={live}&token={live}"),
        building.open(live, method="HEAD"),
        building.ask("/", cookie=f"{COOKIE}={'A' * 43}"),
        building.ask("/"),
        building.ask("/media/x.csv"),
    ]
    first = answers[0]
    assert first.status == 404
    assert "set-cookie" not in first.headers
    for answer in answers:
        assert (answer.status, answer.body) == (404, first.body)
        assert answer.headers.keys() == first.headers.keys()
    assert building.asked == []
    assert building.open(live).status == 303


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/upload_file/a/b",
        "/_stcore/agent/interact",
        "/_stcore/script-health-check",
        "/_stcore/bidi-components/x",
        "/media/abc.csv",
        "/component/x/index.html",
        "/attitude",
        "//",
    ],
)
def test_what_a_funder_does_not_need_is_closed_even_with_a_session(building: Building, path: str) -> None:
    _, token = building.links.create_link("The Foundation")
    cookie = building.enter(token)
    assert building.ask("/", cookie=cookie).status == 200
    assert building.ask(path, cookie=cookie).status == 404
    assert building.asked == ["/"]


@pytest.mark.parametrize("file", ["/report.pdf", "/page.html"])
def test_a_file_of_the_page_is_for_viewers_only(file: str, building: Building) -> None:
    link, token = building.links.create_link("The Foundation")
    cookie = building.enter(token)
    assert building.ask(file, cookie=cookie).body == "inside"
    closed = building.ask("/")
    for path, sent in ((file, ""), (f"{file}/", cookie), (file.partition(".")[0], cookie)):
        answer = building.ask(path, cookie=sent)
        assert (answer.status, answer.body) == (404, closed.body)
    building.links.revoke_link(link.id)
    answer = building.ask(file, cookie=cookie)
    assert (answer.status, answer.body) == (404, closed.body)
    assert building.asked == [file]


def test_health_static_files_and_robots_need_no_session(building: Building) -> None:
    for path in ("/_stcore/health", "/_stcore/host-config", "/static/js/index.js", "/favicon.png"):
        assert building.ask(path).body == "inside"
    assert building.ask("/robots.txt").body == "User-agent: *\nDisallow: /\n"


def test_every_answer_carries_the_headers(building: Building) -> None:
    _, token = building.links.create_link("The Foundation")
    answers = [
        building.open(token),
        building.open("A" * 43),
        building.ask("/_stcore/health"),
        building.ask("/robots.txt"),
    ]
    for answer in answers:
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert answer.headers["x-content-type-options"] == "nosniff"
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self';" in policy
        assert "ws://shared.example:8502" in policy


def test_a_host_that_would_write_into_the_policy_is_left_out() -> None:
    assert "evil" not in write_policy("a; script-src evil")
    assert "connect-src 'self' ws://a.org wss://a.org;" in write_policy("a.org")


def test_more_than_thirty_exchanges_a_minute_from_one_address_are_refused(building: Building) -> None:
    _, token = building.links.create_link("The Foundation")
    assert {building.open("A" * 43).status for _ in range(30)} == {404}
    assert building.open(token).status == 429
    assert building.open(token, address="10.0.0.2").status == 303
    building.clock.now = 60.0
    assert building.open(token).status == 303


def post_password(building: Building, token: str, password: str, **more: Any) -> Answer:
    body = urlencode({"token": token, "password": password})
    return building.ask("/shared", method="POST", body=body, **more)


def test_a_password_is_asked_for_and_locked_after_five_tries(building: Building) -> None:
    link, token = building.links.create_link("The Foundation", password="correct horse")
    form = building.open(token)
    assert form.status == 200
    assert 'type="password"' in form.body
    assert "form-action 'self'" in form.headers["content-security-policy"]
    assert "set-cookie" not in form.headers
    assert [post_password(building, token, "wrong horse").status for _ in range(5)] == [403] * 5
    assert post_password(building, token, "correct horse").status == 429
    assert post_password(building, token, "correct horse", address="10.0.0.2").status == 303
    building.clock.now = 15 * 60.0
    assert post_password(building, token, "correct horse").status == 303
    assert building.links.find_link(link.id).views == 2


def test_a_form_that_is_too_long_or_for_no_link_is_the_same_404(building: Building) -> None:
    _, token = building.links.create_link("The Foundation", password="correct horse")
    unknown = post_password(building, "A" * 43, "correct horse")
    long = post_password(building, token, "x" * 5000)
    assert (unknown.status, unknown.body) == (long.status, long.body) == (404, building.open("A" * 43).body)


def test_the_token_is_taken_out_of_what_the_access_log_is_written_from(building: Building) -> None:
    _, token = building.links.create_link("The Foundation")
    scope = make_scope("http", "/shared", method="GET", query_string=f"token={token}".encode())
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            assert token.encode() not in scope["query_string"]
            statuses.append(message["status"])

    asyncio.run(building.app(scope, receive, send))
    assert statuses == [303]


def test_a_handshake_without_a_live_session_is_closed_before_it_is_accepted(building: Building) -> None:
    link, token = building.links.create_link("The Foundation")
    cookie = building.enter(token)
    assert converse(building, cookie, say_nothing)[0]["type"] == "websocket.accept"
    assert converse(building, "", say_nothing) == [ENDED]
    assert converse(building, f"{COOKIE}={'A' * 43}", say_nothing) == [ENDED]
    building.links.revoke_link(link.id)
    assert converse(building, cookie, say_nothing) == [ENDED]


@pytest.mark.parametrize("verb", ["revoke_link", "pause_link"])
def test_the_next_frame_after_the_link_was_stopped_closes_the_socket(building: Building, verb: str) -> None:
    link, token = building.links.create_link("The Foundation")

    async def talk(say: Callable[..., Awaitable[Any]]) -> None:
        assert (await say({"type": "websocket.receive", "bytes": b"before"}))["bytes"] == b"|before"
        getattr(building.links, verb)(link.id)
        assert await say({"type": "websocket.receive", "bytes": b"after"}) == FAREWELL

    seen = converse(building, building.enter(token), talk)
    assert not [message for message in seen if b"after" in message.get("bytes", b"")]
    assert seen[-2:] == [FAREWELL, ENDED]


def test_the_last_frame_sends_the_page_away() -> None:
    message = ForwardMsg()
    message.ParseFromString(write_farewell("/shared"))
    assert message.WhichOneof("type") == "auth_redirect"
    assert message.auth_redirect.url == "/shared"


def test_a_quiet_socket_is_closed_too(building: Building, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sharing.doors.guard.RECHECK_SECONDS", 0.01)
    link, token = building.links.create_link("The Foundation")

    async def talk(say: Callable[..., Awaitable[Any]]) -> None:
        sockets = building.doors.sockets
        assert sockets[link.id] == 1
        assert (await say({"type": "websocket.receive", "bytes": b"before"}))["bytes"] == b"|before"
        building.links.revoke_link(link.id)

    seen = converse(building, building.enter(token), wait_for_close(talk, building, link.id))
    assert seen[-2:] == [FAREWELL, ENDED]
    assert building.doors.sockets == {}


def wait_for_close(
    talk: Callable[[Callable[..., Awaitable[Any]]], Awaitable[None]], building: Building, link_id: str
) -> Callable[[Callable[..., Awaitable[Any]]], Awaitable[None]]:
    """Talk, then say nothing until the server has let go of the socket."""

    async def both(say: Callable[..., Awaitable[Any]]) -> None:
        await talk(say)
        async with asyncio.timeout(20):
            while building.doors.sockets[link_id]:
                await asyncio.sleep(0)

    return both


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (["streamlit, xsrf, 0a1b-session"], b"streamlit, xsrf"),
        (["streamlit, , 0a1b-session"], b"streamlit, "),
        (["streamlit, xsrf", "0a1b-session"], b"streamlit, xsrf"),
        (["streamlit"], b"streamlit"),
    ],
)
def test_the_session_to_resume_never_reaches_streamlit(
    building: Building, sent: Sequence[str], kept: bytes
) -> None:
    _, token = building.links.create_link("The Foundation")
    headers = [(b"sec-websocket-protocol", value.encode()) for value in sent]

    async def talk(say: Callable[..., Awaitable[Any]]) -> None:
        assert (await say({"type": "websocket.receive", "bytes": b"x"}))["bytes"] == kept + b"|x"

    converse(building, building.enter(token), talk, headers=headers)


def test_twenty_sockets_a_link_and_no_more(building: Building) -> None:
    link, token = building.links.create_link("The Foundation")
    cookie = building.enter(token)
    building.doors.sockets[link.id] = 20
    assert converse(building, cookie, say_nothing) == [ENDED]
    building.doors.sockets[link.id] = 19
    assert converse(building, cookie, say_nothing)[0]["type"] == "websocket.accept"


@pytest.mark.parametrize(
    "cookie", ["", COOKIE, f"{COOKIE}=short", f"{COOKIE}={'ä' * 43}", "\x00=;;=\x7f", "a=b; c"]
)
def test_a_cookie_of_the_wrong_shape_is_no_session(cookie: str) -> None:
    assert read_session(cookie) is None


def test_a_rate_limit_forgets_what_is_old_and_keeps_keys_apart() -> None:
    clock = Clock()
    limit = RateLimit(2, 60, clock)
    assert [limit.take("a"), limit.take("a"), limit.take("a"), limit.take("b")] == [True, True, False, True]
    clock.now = 60.0
    assert limit.take("a")
