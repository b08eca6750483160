"""A viewer of the staff server without a browser: its websocket frames and its requests."""

from __future__ import annotations

import asyncio
import http.client

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from tests.browser.provider import StaffServer

STREAM = "/_stcore/stream"


def ask_page(
    page: str = "", *, page_hash: str = "", fragment: str = "", widgets: dict[str, str] | None = None
) -> bytes:
    """A frame that asks for a run of the script: by page name or by its hash, with values of widgets by their ids."""
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.page_script_hash = page_hash
    message.rerun_script.fragment_id = fragment
    for identifier, value in (widgets or {}).items():
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.string_value = identifier, value
    message.rerun_script.SetInParent()
    return bytes(message.SerializeToString())


def open_socket(
    staff: StaffServer, cookie: str = "", *, protocols: tuple[str, ...] = ("streamlit",), **headers: str
) -> connect:
    given = {"Origin": staff.address, **({"Cookie": cookie} if cookie else {}), **headers}
    return connect(
        f"ws://127.0.0.1:{staff.port}{STREAM}",
        subprotocols=list(protocols),  # type: ignore[arg-type]
        additional_headers=given,
        max_size=None,
    )


async def read_messages(stream: ClientConnection) -> list[ForwardMsg]:
    """What the server sends until the script has ended."""
    seen = []
    while True:
        message = ForwardMsg()
        message.ParseFromString(await asyncio.wait_for(stream.recv(decode=False), 120))
        seen.append(message)
        if message.WhichOneof("type") == "script_finished":
            return seen


def look(staff: StaffServer, cookie: str = "", frame: bytes = b"", **more: str) -> str:
    """All that one run sends to a viewer, as text."""

    async def run() -> str:
        async with open_socket(staff, cookie, **more) as stream:
            await stream.send(frame or ask_page("data-and-methods"))
            return "\n".join(str(message) for message in await read_messages(stream))

    return asyncio.run(run())


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
