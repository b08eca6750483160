"""What a page is told before its scripts run: where its server is, which they would otherwise find out by asking and waiting."""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.shell.opening.files import route_file

# It changes with the file, which browsers keep for good.
ADDRESS = "/paint/opening-1.js"
SCRIPT = Path(__file__).with_name("opening.js")
_BEFORE = b'<script type="module"'
_TAG = f'<script src=".{ADDRESS}"></script>'.encode()
# What would make the inner server answer with something else than the page as it is.
_CONDITIONS = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")


class Opening:
    """ASGI middleware: Streamlit's page with our script before its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", ""):
            asked = [(name, value) for name, value in scope["headers"] if name not in _CONDITIONS]
            await self._app({**scope, "headers": asked}, receive, _add_script(send))
        else:
            await self._app(scope, receive, send)


def _add_script(send: Send) -> Send:
    """A `send` that holds a page back until it is whole, and sends it with the script."""
    begun: list[Message] = []
    page = bytearray()

    async def hold(message: Message) -> None:
        if message["type"] == "http.response.start":
            is_page = Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
            if is_page:
                begun.append(message)
            else:
                await send(message)
        elif not begun:
            await send(message)
        else:
            page.extend(message.get("body", b""))
            if not message.get("more_body"):
                whole = bytes(page).replace(_BEFORE, _TAG + _BEFORE, 1)
                headers = MutableHeaders(raw=begun[0]["headers"])
                for name in ("etag", "last-modified", "accept-ranges"):
                    del headers[name]
                headers["content-length"] = str(len(whole))
                await send(begun.pop())
                await send({"type": "http.response.body", "body": whole})

    return hold


ROUTES = [route_file(ADDRESS, SCRIPT, "text/javascript")]
