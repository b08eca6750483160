"""Numbered attacks on exports (the list of the access rules), against a real server process over HTTP and websocket."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from etl.load import load_paths
from tests.app.small_programme import write_members, write_programme
from tests.browser.server import PROJECT, serve
from tests.ui.read_files import read_any, read_package
from ui.export import FORMATS, Format

HOSTILE = ("=HYPERLINK(A1)", "+SUM(1;2)", "-2+3", "@SUM(1)")


@contextmanager
def run_script(script: str, data: Path) -> Iterator[str]:
    """A Streamlit process on a free port; gives its host and port once it answers."""
    with serve(data, command=("-m", "streamlit", "run", script), PYTHONPATH=str(PROJECT)) as address:
        yield address.removeprefix("http://")


@dataclass
class Seen:
    """What a session was sent: widgets by their key with id and fragment, downloads by their key."""

    widgets: dict[str, tuple[str, str]] = field(default_factory=dict)
    downloads: dict[str, str] = field(default_factory=dict)

    def read(self, message: ForwardMsg) -> None:
        if message.WhichOneof("type") != "delta":
            return
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        widget = getattr(element, str(kind), None)
        if kind in ("button", "radio", "download_button"):
            key = widget.id.rsplit("-None-")[-1].split("-", 2)[-1] if "-None-" in widget.id else widget.id
            self.widgets[key] = (widget.id, message.delta.fragment_id)
            if kind == "download_button":
                self.downloads[key] = widget.url

    def find(self, key: str) -> tuple[str, str]:
        return next(found for name, found in self.widgets.items() if name.endswith(key))

    def find_url(self, key: str) -> str:
        return next(url for name, url in self.downloads.items() if name.endswith(key))


async def run_page(stream: ClientConnection, message: BackMsg, seen: Seen) -> Seen:
    """Send a rerun and read until its script has finished."""
    await stream.send(message.SerializeToString())
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(await asyncio.wait_for(stream.recv(decode=False), 120))
        seen.read(answer)
        if answer.WhichOneof("type") == "script_finished":
            return seen


def open_stream(host: str) -> connect:
    return connect(f"ws://{host}/_stcore/stream", subprotocols=["streamlit"], max_size=None)  # type: ignore[list-item]


def ask(page: str = "", query: str = "") -> BackMsg:
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = query
    message.rerun_script.SetInParent()
    return message


def fetch(host: str, url: str) -> tuple[bytes, str]:
    """Content and content disposition of a download."""
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("GET", urlsplit(url).path)
    answer = connection.getresponse()
    assert answer.status == 200
    content = answer.read()
    connection.close()
    return content, str(answer.getheader("content-disposition"))


@pytest.mark.attack(31)
def test_31_two_long_exports_with_the_same_ends_are_each_its_own_file(tmp_path: Path) -> None:
    with run_script("tests/attack/colliding_page.py", tmp_path) as host:

        async def run() -> list[dict[str, bytes]]:
            async with open_stream(host) as first, open_stream(host) as second:
                one = await run_page(first, ask(query="who=alice"), Seen())
                two = await run_page(second, ask(query="who=bob"), Seen())
                return [
                    {key: fetch(host, seen.find_url(key))[0] for key in ("bare", "download-ours")}
                    for seen in (one, two)
                ]

        alice, bob = asyncio.run(run())
    assert b"     alice" in alice["download-ours"]
    assert b"       bob" in bob["download-ours"]
    assert len(alice["download-ours"]) == len(bob["download-ours"]) == 1_400_000
    # The control: under one name, both are given one and the same file.
    assert alice["bare"] == bob["bare"]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard over members whose regions are formulas."""
    root = tmp_path_factory.mktemp("hostile")
    raw = write_programme(root / "raw", has_ties=False)
    write_members(raw, regions=HOSTILE)
    load_paths([raw], root / "data")
    with run_script("dashboard.py", root / "data") as host:
        yield host


def take_away(host: str, kind: Format) -> tuple[bytes, str]:
    """Open the members by region, choose a format, and take the page away."""

    async def run() -> tuple[bytes, str]:
        async with open_stream(host) as stream:
            seen = await run_page(stream, ask("members", "by=Region"), Seen())
            button, fragment = seen.find("take-away-make")
            radio, _ = seen.find("take-away-format")
            message = ask("members", "by=Region")
            message.rerun_script.fragment_id = fragment
            states = message.rerun_script.widget_states.widgets
            states.add(id=radio, string_value=kind.title)
            states.add(id=button, trigger_value=True)
            await run_page(stream, message, seen)
            return fetch(host, seen.find_url("take-away-download"))

    return asyncio.run(run())


def list_formulas(kind: Format, content: bytes) -> Sequence[str]:
    """The cells of a file that a spreadsheet would compute."""
    text = read_any(kind.ending, content)
    if kind.ending == "csv":
        return [cell for line in text.splitlines() for cell in line.split(",") if cell in HOSTILE]
    return [part for part in text.split("<c ") if "<f>" in part]


@pytest.mark.attack(41)
@pytest.mark.parametrize(
    "kind", [one for one in FORMATS if one.ending in ("csv", "xlsx", "pptx")], ids=lambda kind: kind.ending
)
def test_41_no_cell_of_an_export_starts_a_formula(hostile: str, kind: Format) -> None:
    content, disposition = take_away(hostile, kind)
    assert f".{kind.ending}" in disposition
    text = read_any(kind.ending, content).replace("&apos;", "'").replace("&#39;", "'")
    for region in HOSTILE:
        assert f"'{region}" in text
    assert list_formulas(kind, content) == []


@pytest.mark.attack(41)
def test_41_control_an_unprotected_file_has_formulas(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"] = HOSTILE[0]
    book.save(tmp_path / "plain.xlsx")
    csv, xlsx = (next(one for one in FORMATS if one.ending == ending) for ending in ("csv", "xlsx"))
    assert "<f>" in read_package((tmp_path / "plain.xlsx").read_bytes())
    assert len(list_formulas(xlsx, (tmp_path / "plain.xlsx").read_bytes())) == 1
    assert list_formulas(csv, f"a,{HOSTILE[1]},b\r\n".encode()) == [HOSTILE[1]]
