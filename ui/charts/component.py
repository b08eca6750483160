"""One element a chart: title, sentence, picture, notes and buttons, as bytes made once; Plotly takes the picture's place on demand.

The script and its style are files of our own, so that a policy of `script-src 'self'` holds. Plotly is its own cartesian bundle
(the file of plotly.js-cartesian-dist-min), of the version that plotly.py is made for.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import weakref
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ui.charts.picture.draw import draw_picture
from ui.charts.picture.settled import settle
from ui.shell.elements import mount
from ui.shell.opening.files import FOR_GOOD
from ui.words.numbers import keep_together

ROOM = Path(__file__).parent
PLOTLY = ROOM / "static" / "plotly-cartesian.min.js.gz"
FOLDER = "paint"
MOST_PACKED = 1000
_packed: dict[tuple[int, str], tuple[weakref.ref[go.Figure], bytes]] = {}


@dataclass(frozen=True)
class Words:
    """What stands around a figure: above it title and reading, below it notes and the buttons; `open` is the one that is."""

    title: str = ""
    reading: str = ""
    notes: Sequence[str] = ()
    buttons: Sequence[str] = ()
    open: str = ""


def paint(
    figure: go.Figure, alt: str, words: Words, *, key: str, on_open: Callable[[], None] = lambda: None
) -> None:
    """Show a chart. When a button is pressed `on_open` is called before the run that follows; `open` of the session state of `key`
    then names the button whose content is to be shown, or nothing."""
    said = keep_together(json.dumps(asdict(words), ensure_ascii=False)).encode()
    data = len(said).to_bytes(4, "little") + said + pack(figure, alt)
    mount(ROOM, "chart", "open", on_open, css="chart.css", key=key, data=data)


def pack(figure: go.Figure, alt: str) -> bytes:
    """Picture and settled figure of a chart as one JSON object, compressed; made once as long as the figure is kept."""
    key = id(figure), alt
    if (kept := _packed.get(key)) and kept[0]() is figure:
        return kept[1]
    settled = settle(figure)
    box = {
        "alt": alt,
        "picture": draw_picture(settled, alt),
        "height": settled.height,
        "figure": settled.for_plotly,
        "plotly": f"{FOLDER}/{hash_plotly()}/plotly.js",
    }
    packed = gzip.compress(json.dumps(box, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)
    while len(_packed) >= MOST_PACKED:
        _packed.pop(next(iter(_packed)), None)
    _packed[key] = weakref.ref(figure), packed
    return packed


def unpack(data: bytes) -> dict[str, Any]:
    """What the component makes of the bytes that it is sent: the words around a figure, its picture and the figure."""
    end = 4 + int.from_bytes(data[:4], "little")
    return {**json.loads(data[4:end]), **json.loads(gzip.decompress(data[end:]))}


@cache
def hash_plotly() -> str:
    """The start of the bundle's SHA-256: a name under which it never changes."""
    return hashlib.sha256(PLOTLY.read_bytes()).hexdigest()[:16]


@cache
def _read_plotly(encoding: str) -> bytes:
    content = PLOTLY.read_bytes()
    return content if encoding == "gzip" else gzip.decompress(content)


async def answer_plotly(request: Request) -> Response:
    """Plotly's bundle, which lies here compressed, and which the browser keeps for good."""
    encoding = "gzip" if "gzip" in request.headers.get("accept-encoding", "") else "identity"
    headers = FOR_GOOD | {"vary": "accept-encoding"}
    if encoding == "gzip":
        headers["content-encoding"] = encoding
    return Response(_read_plotly(encoding), media_type="text/javascript", headers=headers)


ROUTES = [Route(f"/{FOLDER}/{hash_plotly()}/plotly.js", answer_plotly)]
