"""A viewer of the staff server without a browser: its websocket frames and its requests."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Mapping
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from tests.attack.funder_server import STREAM, read_messages, write_out
from tests.browser.provider import StaffServer


def ask_page(
    page: str = "",
    *,
    query: str = "",
    page_hash: str = "",
    fragment: str = "",
    widgets: Mapping[str, str | bool] | None = None,
) -> bytes:
    """A frame that asks for a run of the script: by page name or by its hash, with values of widgets by their ids.

    A text is the value of a widget; True presses a button.
    """
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = query
    message.rerun_script.page_script_hash = page_hash
    message.rerun_script.fragment_id = fragment
    for identifier, value in (widgets or {}).items():
        state = message.rerun_script.widget_states.widgets.add()
        state.id = identifier
        if isinstance(value, str):
            state.string_value = value
        else:
            state.trigger_value = value
    message.rerun_script.SetInParent()
    return bytes(message.SerializeToString())


def open_socket(staff: StaffServer, cookie: str = "", **more: Any) -> connect:
    return open_host(f"127.0.0.1:{staff.port}", cookie, **more)


def open_host(
    host: str, cookie: str = "", *, protocols: tuple[str, ...] = ("streamlit",), **headers: str
) -> connect:
    given = {"Origin": f"http://{host}", **({"Cookie": cookie} if cookie else {}), **headers}
    return connect(
        f"ws://{host}{STREAM}",
        subprotocols=list(protocols),  # type: ignore[arg-type]
        additional_headers=given,
        max_size=None,
    )


def fetch(staff: StaffServer, cookie: str = "", frame: bytes = b"", **more: str) -> list[ForwardMsg]:
    """All that one run sends to a viewer."""

    async def run() -> list[ForwardMsg]:
        async with open_socket(staff, cookie, **more) as stream:
            await stream.send(frame or ask_page("data-and-methods"))
            return await read_messages(stream)

    return asyncio.run(run())


def look(staff: StaffServer, cookie: str = "", frame: bytes = b"", **more: str) -> str:
    """The same as text."""
    return write_out(fetch(staff, cookie, frame, **more))


def get(
    staff: StaffServer, path: str, *, cookie: str = "", method: str = "GET", body: str = "", **headers: str
) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", staff.port, timeout=60)
    given = {**headers, **({"Cookie": cookie} if cookie else {})}
    connection.request(method, path, body=body or None, headers=given)
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, text
