"""The doors of the funder server: the exchange of a link for a session, and what guards every request and frame.

Starlette only, no Streamlit. Streamlit keeps `/_stcore/`, `/media/`, `/component/` and `/static/` for itself, so that
what is closed there is closed in the middleware. Everything that is not on the list of open paths is answered with
the same 404 as a link that does not work.
"""

from __future__ import annotations

import re
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from commands import Refusal
from settings import load_settings
from sharing.doors.farewell import write_farewell
from sharing.doors.guard import ENDED, add_headers, is_readable, is_same_origin, refuse_unreadable, relay
from sharing.store.links import Link, Links, open_links

COOKIE = "share_session"
EXCHANGE = "/shared"
STREAM = "/_stcore/stream"
OPEN_PATHS = frozenset(
    {EXCHANGE, "/robots.txt", "/favicon.png", "/healthz", "/_stcore/health", "/_stcore/host-config"}
)
OPEN_FOLDERS = (
    "/static/",
    "/app/static/",
    "/paint/",
    "/_stcore/bidi-components/q.chart/",
    "/_stcore/bidi-components/q.language/language.js",
)
PAGE = "/"
REPORT, PAGE_FILE = "/report.pdf", "/page.html"
VIEWER_PATHS = frozenset({PAGE, REPORT, PAGE_FILE})
EXCHANGES_A_MINUTE = 30
PASSWORDS_A_QUARTER = 5
SOCKETS_A_LINK = 20
LONGEST_FORM = 4096
HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")

_FRAME = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>{title}</title><style>body{{font:1.1rem/1.6 system-ui,sans-serif;max-width:32rem;margin:15vh auto;
padding:0 1.5rem}}h1{{font-size:1.5rem}}input,button{{font:inherit;padding:.5rem .7rem;margin:.3rem 0;width:100%;
box-sizing:border-box}}</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"""
_CLOSED = _FRAME.format(
    title="This link does not open anything",
    body="<p>It may be mistyped, or no longer in use. Please ask the person who sent it to you for a new one.</p>",
)
_FORM = """<p>{sentence}</p><form method="post" action="/shared"><input type="hidden" name="token" value="{token}">
<label for="password">Password</label><input id="password" name="password" type="password" required autofocus
autocomplete="off" maxlength="200"><button type="submit">Open</button></form>"""
_TOKEN = re.compile(r"[A-Za-z0-9_\-]{43}")


class RateLimit:
    """At most `allowed` events in any `seconds`, for each key; kept in memory, the oldest keys forgotten."""

    def __init__(self, allowed: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._allowed, self._seconds, self._clock = allowed, seconds, clock
        self._events: dict[tuple[str, ...], deque[float]] = {}

    def take(self, *key: str) -> bool:
        """Count one event; False, and not counted, when the limit is reached."""
        now = self._clock()
        events = self._events.pop(key, deque())
        while events and events[0] <= now - self._seconds:
            events.popleft()
        is_free = len(events) < self._allowed
        if is_free:
            events.append(now)
        self._events[key] = events
        while len(self._events) > 10_000:
            self._events.pop(next(iter(self._events)))
        return is_free


class Doors:
    """The exchange of links, and the ASGI middleware around the page, over one link store."""

    def __init__(self, find_links: Callable[[], Links], clock: Callable[[], float] = time.monotonic) -> None:
        self._find_links = find_links
        self._exchanges = RateLimit(EXCHANGES_A_MINUTE, 60, clock)
        self._passwords = RateLimit(PASSWORDS_A_QUARTER, 15 * 60, clock)
        self.sockets: Counter[str] = Counter()

    async def exchange(self, request: Request) -> Response:
        """Exchange a token for a session cookie and go on to the page; one and the same 404 for all that fails."""
        try:
            return await self._exchange(request)
        except Refusal:
            return close()

    async def _exchange(self, request: Request) -> Response:
        address = request.client.host if request.client else ""
        if not self._exchanges.take(address):
            return refuse(
                "Too many tries. Wait a minute, then open the link again.", 429, {"retry-after": "60"}
            )
        if request.method == "HEAD":
            return close()
        fields = await _read_form(request) if request.method == "POST" else _read_fields(request.url.query)
        tokens = [value for name, value in fields if name == "token"]
        if len(tokens) != 1 or not _TOKEN.fullmatch(tokens[0]):
            return close()
        links = self._find_links()
        link = await run_in_threadpool(links.find_by_token, tokens[0])
        if link is None:
            return close()
        if link.has_password:
            refusal = await self._ask_password(
                links, link, tokens[0], address, fields, request.method == "POST"
            )
            if refusal is not None:
                return refusal
        opened = await run_in_threadpool(links.open_session, link)
        if opened is None:
            return close()
        session, seconds = opened
        response = RedirectResponse(PAGE, status_code=303)
        response.set_cookie(COOKIE, session, max_age=seconds, path="/", httponly=True, samesite="lax")
        return response

    async def _ask_password(
        self,
        links: Links,
        link: Link,
        token: str,
        address: str,
        fields: list[tuple[str, str]],
        is_tried: bool,
    ) -> Response | None:
        """The password form, or None when the right password was given."""
        sentence, status = "This page is protected by a password.", 200
        if is_tried:
            if not self._passwords.take(link.id, address):
                return refuse("Too many tries. Wait a quarter of an hour, then open the link again.", 429, {})
            given = [value for name, value in fields if name == "password"]
            if len(given) == 1 and await run_in_threadpool(links.is_password, link, given[0]):
                return None
            sentence, status = "That is not the password of this link. Please try again.", 403
        body = _FORM.format(sentence=sentence, token=token)
        return HTMLResponse(_FRAME.format(title="Shared findings", body=body), status)

    async def find_viewer(self, scope: Scope) -> Link | None:
        """The live link behind the session cookie of a request or handshake; none where the store cannot be read."""
        session = read_session(Headers(scope=scope).get("cookie", ""))
        with suppress(Refusal):
            return await run_in_threadpool(self._find_links().find_by_session, session) if session else None
        return None


class Guard:
    """ASGI middleware: headers on every response, closed paths, and a live session behind the page and every frame."""

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        self._app = app
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not is_readable(scope):
            await refuse_unreadable(scope, receive, add_headers(scope, send, _list_headers(scope)))
        elif scope["type"] == "http":
            await self._serve_request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._serve_socket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _serve_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        secured = add_headers(scope, send, _list_headers(scope))
        is_open = path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)
        if not is_open and not (path in VIEWER_PATHS and await self._doors.find_viewer(scope)):
            await close()(scope, receive, secured)
            return
        inner = dict(scope)
        if path == EXCHANGE:
            scope["query_string"] = b""  # the server's access log is written from this dictionary
        await self._app(inner, receive, secured)

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_open = scope["path"] == STREAM and is_same_origin(scope)
        link = await self._doors.find_viewer(scope) if is_open else None
        sockets = self._doors.sockets
        if link is None or sockets[link.id] >= SOCKETS_A_LINK:
            await receive()
            await send({"type": "websocket.close", "code": ENDED})
            return

        async def is_live() -> bool:
            return await self._doors.find_viewer(scope) is not None

        sockets[link.id] += 1
        try:
            await relay(self._app, scope, receive, send, is_live, write_farewell(EXCHANGE))
        finally:
            sockets[link.id] -= 1
            if not sockets[link.id]:
                del sockets[link.id]


def close() -> Response:
    """The one answer to everything that is not there, or not any more."""
    return HTMLResponse(_CLOSED, 404, {"cache-control": "no-store"})


def refuse(sentence: str, status: int, headers: dict[str, str]) -> Response:
    """A plain page with one sentence."""
    return HTMLResponse(_FRAME.format(title="Please wait", body=f"<p>{sentence}</p>"), status, headers)


def read_session(cookie: str) -> str | None:
    """The session in a Cookie header, or None when there is none of the right shape."""
    try:
        morsel = SimpleCookie(cookie).get(COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel is not None and _TOKEN.fullmatch(morsel.value) else None


def write_policy(host: str, form_action: str = "'none'") -> str:
    """The content security policy, which keeps Plotly and data frames working and lets nothing else in or out."""
    sockets = f" ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
    return (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        f"font-src 'self' data:; connect-src 'self'{sockets}; frame-src 'none'; object-src 'none'; base-uri 'none'; "
        f"form-action {form_action}; frame-ancestors 'none'"
    )


def _list_headers(scope: Scope) -> dict[str, str]:
    host = Headers(scope=scope).get("host", "")
    headers = {
        "content-security-policy": write_policy(host, "'self'" if scope["path"] == EXCHANGE else "'none'"),
        "referrer-policy": "no-referrer",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }
    return headers | ({"cache-control": "no-store"} if scope["path"] in (EXCHANGE, PAGE) else {})


def _read_fields(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return []


async def _read_form(request: Request) -> list[tuple[str, str]]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            return []
    return _read_fields(body.decode("utf-8", "replace"))


async def _answer_robots(request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


def make_routes(doors: Doors) -> list[Route]:
    """The routes of the funder server besides Streamlit's own."""
    return [
        Route(EXCHANGE, doors.exchange, methods=["GET", "POST"]),
        Route("/robots.txt", _answer_robots),
    ]


@lru_cache(maxsize=1)
def open_store() -> Links:
    """The link store of this process's settings."""
    return open_links(load_settings().data)


DOORS = Doors(open_store)
ROUTES = make_routes(DOORS)
MIDDLEWARE = [Middleware(Guard, doors=DOORS)]
