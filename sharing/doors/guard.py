"""What both servers do with every answer and websocket: headers are added, no session is resumed, and every frame needs a viewer who still may look."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

RECHECK_SECONDS = 1.0
ENDED = 4403
ALWAYS = {
    "x-robots-tag": "noindex, nofollow",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


async def relay(
    app: ASGIApp,
    scope: Scope,
    receive: Receive,
    send: Send,
    is_live: Callable[[], Awaitable[bool]],
    farewell: bytes = b"",
) -> None:
    """Pass frames both ways while `is_live`, asked at every frame and every second; then close with 4403.

    `farewell` is a last frame, for a page that must not stay as it is; without one the browser connects anew.
    """
    is_ended = False

    async def receive_live() -> Message:
        nonlocal is_ended
        waiting = asyncio.ensure_future(receive())
        try:
            while True:
                done, _ = await asyncio.wait({waiting}, timeout=RECHECK_SECONDS)
                if done and waiting.result()["type"] == "websocket.disconnect":
                    return waiting.result()
                if is_ended or not await is_live():
                    break
                if done:
                    return waiting.result()
        finally:
            waiting.cancel()
        if not is_ended:
            is_ended = True
            if farewell:
                await send({"type": "websocket.send", "bytes": farewell})
            await send({"type": "websocket.close", "code": ENDED})
        return {"type": "websocket.disconnect", "code": ENDED}

    async def send_live(message: Message) -> None:
        if not is_ended:
            await send(message)

    await app(strip_resume(scope), receive_live, send_live)


def add_headers(scope: Scope, send: Send, values: Mapping[str, str]) -> Send:
    """A `send` that puts these headers, and those of every answer of both servers, on each response.

    Over HTTPS every cookie is for HTTPS only; Streamlit sets its own without.
    """
    is_https = "https" in (scope["scheme"], Headers(scope=scope).get("x-forwarded-proto", ""))

    async def send_secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in {**ALWAYS, **values}.items():
                headers[name] = value
            if is_https:
                message["headers"] = [(name, _secure(name, value)) for name, value in headers.raw]
        await send(message)

    return send_secured


def _secure(name: bytes, value: bytes) -> bytes:
    has_to_be = name == b"set-cookie" and b"; secure" not in value.lower()
    return value + b"; Secure" if has_to_be else value


def is_readable(scope: Scope) -> bool:
    """Whether the Host and Origin of a request are addresses at all."""
    headers = Headers(scope=scope)
    try:
        for address in (f"//{headers.get('host', '')}", headers.get("origin", "")):
            _ = urlsplit(address).hostname, urlsplit(address).port
    except ValueError:
        return False
    return True


async def refuse_unreadable(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 400 to a request or handshake whose Host or Origin is no address."""
    if scope["type"] == "http" or "websocket.http.response" in scope.get("extensions", {}):
        await PlainTextResponse("Bad request\n", 400)(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.close", "code": 1008})


def is_same_origin(scope: Scope) -> bool:
    """Whether a handshake comes from a page of this server, or from no page at all."""
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")


def strip_resume(scope: Scope) -> Scope:
    """The handshake without the third subprotocol, by which Streamlit would resume another viewer's session."""
    values = [
        value.strip()
        for name, listed in scope["headers"]
        if name.lower() == b"sec-websocket-protocol"
        for value in listed.split(b",")
    ]
    headers = [pair for pair in scope["headers"] if pair[0].lower() != b"sec-websocket-protocol"]
    if values:
        headers.append((b"sec-websocket-protocol", b", ".join(values[:2])))
    return {**scope, "headers": headers, "subprotocols": list(scope.get("subprotocols", []))[:2]}
