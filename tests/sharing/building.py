"""A funder server around an echo in place of Streamlit, asked without a network, with a clock that is set by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from sharing.doors.funders import Doors, Guard, make_routes
from sharing.store.links import FILE, Links


class Clock:
    """Seconds that pass only when they are made to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Answer:
    """A response as the browser gets it."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Building:
    """A funder server around an echo in place of Streamlit, its store, its clock and what it was asked inside."""

    app: Starlette
    doors: Doors
    links: Links
    clock: Clock
    asked: list[str]

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        query: str = "",
        cookie: str = "",
        body: str = "",
        **more: Any,
    ) -> Answer:
        """One HTTP request."""
        sent: list[dict[str, Any]] = []
        scope = make_scope("http", path, cookie=cookie, method=method, query_string=query.encode(), **more)
        incoming = iter([{"type": "http.request", "body": body.encode(), "more_body": False}])

        async def receive() -> dict[str, Any]:
            return next(incoming)

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.app(scope, receive, send))
        headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        content = b"".join(message.get("body", b"") for message in sent[1:])
        return Answer(sent[0]["status"], headers, content.decode())

    def open(self, token: str, **more: Any) -> Answer:
        return self.ask("/shared", query=urlencode({"token": token}), **more)

    def enter(self, token: str) -> str:
        """The Cookie header after a link was opened."""
        return self.open(token).headers["set-cookie"].partition(";")[0]


def make_scope(
    kind: str, path: str, *, cookie: str = "", address: str = "10.0.0.1", **more: Any
) -> dict[str, Any]:
    headers = [(b"host", b"shared.example:8502")]
    if cookie:
        headers.append((b"cookie", cookie.encode()))
    headers += more.pop("headers", [])
    return {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": more.pop("scheme", "http"),
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "client": (address, 5000),
        "server": ("shared.example", 8502),
        "headers": headers,
        **more,
    }


def build(folder: Path) -> Building:
    """A server whose store of links is in `folder`."""
    links, clock = Links(folder / FILE), Clock()
    doors = Doors(lambda: links, clock)
    asked: list[str] = []

    async def answer(request: Request) -> PlainTextResponse:
        asked.append(request.url.path)
        return PlainTextResponse("inside")

    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        async for frame in socket.iter_bytes():
            await socket.send_bytes(socket.headers.get("sec-websocket-protocol", "").encode() + b"|" + frame)

    routes = [*make_routes(doors), WebSocketRoute("/_stcore/stream", echo), Route("/{path:path}", answer)]
    app = Starlette(routes=routes, middleware=[Middleware(Guard, doors=doors)])
    return Building(app, doors, links, clock, asked)


def converse(
    building: Building,
    cookie: str,
    talk: Callable[[Callable[..., Awaitable[Any]]], Awaitable[None]],
    **more: Any,
) -> list[dict[str, Any]]:
    """Run a websocket: `talk` is given a function that sends one frame and waits for what comes back."""

    async def run() -> list[dict[str, Any]]:
        incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        outgoing: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        seen: list[dict[str, Any]] = []

        async def send(message: Any) -> None:
            seen.append(message)
            await outgoing.put(message)

        async def say(message: dict[str, Any]) -> dict[str, Any]:
            await incoming.put(message)
            return await asyncio.wait_for(outgoing.get(), 20)

        scope = make_scope(
            "websocket", "/_stcore/stream", cookie=cookie, scheme="ws", subprotocols=[], **more
        )
        served = asyncio.ensure_future(building.app(scope, incoming.get, send))
        await say({"type": "websocket.connect"})
        await talk(say)
        await incoming.put({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(served, 20)
        return seen

    return asyncio.run(run())
