"""Take a page away as a file, as a browser does it: press the button, then fetch what the server offers."""

from __future__ import annotations

import asyncio
import http.client
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection

from tests.attack.funder_server import read_messages
from tests.attack.staff_viewer import ask_page, open_host
from ui.export import Format


@dataclass
class Offered:
    """What a session was sent: widgets by their key with id and fragment, downloads by their key."""

    widgets: dict[str, tuple[str, str]] = field(default_factory=dict)
    downloads: dict[str, str] = field(default_factory=dict)

    def find(self, key: str) -> tuple[str, str]:
        return next(found for name, found in self.widgets.items() if name.endswith(key))

    def find_url(self, key: str) -> str:
        return next(url for name, url in self.downloads.items() if name.endswith(key))


async def run_page(stream: ClientConnection, frame: bytes, offered: Offered) -> Offered:
    """Send a frame and note what is offered until its script has finished."""
    await stream.send(frame)
    for message in await read_messages(stream):
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        widget = getattr(element, str(kind), None)
        if kind in ("button", "radio", "download_button"):
            key = widget.id.rsplit("-None-")[-1].split("-", 2)[-1] if "-None-" in widget.id else widget.id
            offered.widgets[key] = (widget.id, message.delta.fragment_id)
            if kind == "download_button":
                offered.downloads[key] = widget.url
    return offered


def fetch_file(host: str, url: str, cookie: str = "") -> tuple[bytes, str]:
    """Content and content disposition of a download."""
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("GET", urlsplit(url).path, headers={"Cookie": cookie} if cookie else {})
    answer = connection.getresponse()
    assert answer.status == 200
    content = answer.read()
    connection.close()
    return content, str(answer.getheader("content-disposition"))


def take_away(host: str, kind: Format, page: str, query: str = "", cookie: str = "") -> tuple[bytes, str]:
    """Open a page, choose a format, and take the page away: the file and its content disposition."""

    async def run() -> tuple[bytes, str]:
        async with open_host(host, cookie) as stream:
            offered = await run_page(stream, ask_page(page, query=query), Offered())
            button, fragment = offered.find("take-away-make")
            radio, _ = offered.find("take-away-format")
            widgets: dict[str, str | bool] = {radio: kind.title, button: True}
            frame = ask_page(page, query=query, fragment=fragment, widgets=widgets)
            await run_page(stream, frame, offered)
            return fetch_file(host, offered.find_url("take-away-download"), cookie)

    return asyncio.run(run())
