"""What is inside the frames of Streamlit's websocket: every text, and the longest array in them."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from google.protobuf.message import Message
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from ui.charts.component import unpack


def read_frames(received: Iterable[bytes]) -> list[Message]:
    """The messages of the frames that a browser got."""
    messages: list[Message] = []
    for frame in received:
        message = ForwardMsg()
        message.ParseFromString(frame)
        messages.append(message)
    return messages


def list_texts(message: Message) -> Iterator[tuple[str, str]]:
    """Every text in a message with where it stands: a field, a chart or a table."""
    for place, value in _walk(message):
        yield place, value if isinstance(value, str) else " ".join(map(str, value))


def find_longest(messages: Iterable[Message]) -> int:
    """The number of values in the longest column of a table or array of a chart."""
    lengths = [len(value) for one in messages for _, value in _walk(one) if isinstance(value, list)]
    return max(lengths, default=0)


def _walk(message: Message) -> Iterator[tuple[str, str | list[Any]]]:
    for field, value in message.ListFields():
        is_many = field.is_repeated
        if field.message_type and field.message_type.GetOptions().map_entry:
            yield field.name, str(dict(value))
            continue
        for part in value if is_many else (value,):
            if isinstance(part, Message):
                yield from _walk(part)
            elif isinstance(part, bytes):
                yield from _walk_bytes(part)
            elif isinstance(part, str):
                yield from _walk_text(field.name, part)


def _walk_bytes(content: bytes) -> Iterator[tuple[str, str | list[Any]]]:
    """A packed chart, a table of Arrow, or else text."""
    try:
        yield from _walk_chart(unpack(content))
        return
    except (ValueError, OSError, EOFError, zlib.error):
        pass
    try:
        table = pa.ipc.open_stream(content).read_all()
    except pa.ArrowInvalid:
        yield "bytes", content.decode("utf-8", "replace")
        return
    for name in table.column_names:
        yield "table", name
        yield "table", table.column(name).to_pylist()


def _walk_text(name: str, text: str) -> Iterator[tuple[str, str | list[Any]]]:
    yield name, text
    if rows := re.findall("<tr.*?</tr>", text, re.DOTALL):
        yield "table", rows
    if text.startswith("{"):
        try:
            yield from _walk_chart(json.loads(text))
        except ValueError:
            return


def _walk_chart(part: Any) -> Iterator[tuple[str, str | list[Any]]]:
    if isinstance(part, dict):
        if "bdata" in part:
            values = np.frombuffer(base64.b64decode(part["bdata"]), dtype=part["dtype"])
            yield "chart", values.tolist()
        for value in part.values():
            yield from _walk_chart(value)
    elif isinstance(part, list):
        yield "chart", part
        for value in part:
            yield from _walk_chart(value)
    elif isinstance(part, str):
        yield "chart", part
