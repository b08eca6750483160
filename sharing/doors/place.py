"""The page that somebody asked for before signing in: kept in a cookie, and gone to after the provider has answered."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import Message, Scope, Send

COOKIE = "wanted_page"
CALLBACK = "/oauth2callback"
SECONDS = 900
MOST = 1000
_PAGE = re.compile(r"/[a-z][a-z-]*(\?[!-~]*)?")


def is_page(scope: Scope) -> bool:
    """Whether a request asks for one of the pages other than the first, as a browser opens it."""
    wants_page = "text/html" in Headers(scope=scope).get("accept", "")
    return scope["method"] == "GET" and wants_page and _PAGE.fullmatch(scope["path"]) is not None


def remember_place(scope: Scope, send: Send) -> Send:
    """A `send` that keeps the page and query of this request for after signing in."""
    query = scope["query_string"].decode("latin-1")
    wanted = quote(f"{scope['path']}?{query}" if query else scope["path"], safe="")
    if len(wanted) > MOST:
        return send
    return _set_cookie(send, wanted, SECONDS)


def return_to_place(scope: Scope, send: Send) -> Send:
    """A `send` that answers a successful sign-in with the page asked for before it, which is always one of this server's."""
    cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
    wanted = unquote(cookies.get(COOKIE, ""))
    if not _PAGE.fullmatch(wanted):
        return send

    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 302:
            headers = MutableHeaders(scope=message)
            if headers.get("location") == "/":
                headers["location"] = wanted
        await send(message)

    return _set_cookie(send_on, "", 0)


def _set_cookie(send: Send, value: str, seconds: int) -> Send:
    kept = Response()
    kept.set_cookie(COOKIE, value, max_age=seconds, path="/", httponly=True, samesite="lax")

    async def send_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("set-cookie", kept.headers["set-cookie"])
        await send(message)

    return send_cookie
