"""Traces of Chromium's: what its main thread did on the way to the painted chart, in milliseconds by kind, which add up to the whole."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from playwright.sync_api import BrowserContext

Event = dict[str, Any]
Parts = dict[str, float]
# Microseconds from and to, and a kind.
Span = tuple[float, float, str]
CATEGORIES = (
    "devtools.timeline",
    "disabled-by-default-devtools.timeline",
    "blink.user_timing",
    "disabled-by-default-v8.cpu_profiler",
)
TICK = 10  # microseconds
RERUN = "waiting for the rerun on the server"
FILES = "waiting for scripts to come"
ANSWERS = "waiting for other answers of the server"
COMPILING = "parsing and compiling"
BROWSER = "the browser itself: messages, modules, memory"
LAYOUT = "style and layout"
PAINT = "painting"
STREAMLIT, OURS = "scripts of Streamlit", "scripts of our components"
IDLE = "idle: timers, frames, other threads"
# Whose a script is, by what stands in its address; the first that does.
OWNERS = {
    "/static/js/": STREAMLIT,
    "/_stcore/bidi-components/": OURS,
    "plotly": "scripts of Plotly",
    "/_dash-component-suites/": "scripts of Dash",
    "bench-watch": "the watch of this bench",
}
WAITS = (ANSWERS, FILES, RERUN)
SCRIPTS = (*OWNERS.values(), BROWSER)
KINDS = {
    "RunTask": BROWSER,
    "EvaluateScript": BROWSER,
    "FunctionCall": BROWSER,
    "ParseHTML": COMPILING,
    "ParseAuthorStyleSheet": COMPILING,
    "v8.compile": COMPILING,
    "v8.compileModule": COMPILING,
    "UpdateLayoutTree": LAYOUT,
    "Layout": LAYOUT,
    "PrePaint": PAINT,
    "Paint": PAINT,
    "Layerize": PAINT,
    "Commit": PAINT,
}
ORDER = (*WAITS, COMPILING, *SCRIPTS, LAYOUT, PAINT, IDLE)


@contextmanager
def record(window: BrowserContext) -> Iterator[list[Event]]:
    """Trace what is done meanwhile; the events are there when it has ended."""
    events: list[Event] = []
    browser = window.browser
    assert browser is not None
    browser.start_tracing(categories=list(CATEGORIES))
    yield events
    events += json.loads(browser.stop_tracing())["traceEvents"]


def sum_parts(events: list[Event]) -> Parts:
    """Milliseconds by kind between the marks `start` and `painted`, of those kinds that there were.

    As a painter does it: first nothing, over it what was waited for, over that what the thread worked on, and over
    its scripts whose they were.
    """
    start, painted = (_find_mark(events, name) for name in ("start", "painted"))
    thread = start["pid"], start["tid"]
    own = [event for event in events if (event["pid"], event["tid"]) == thread]
    ticks = [IDLE] * round((painted["ts"] - start["ts"]) / TICK)

    def fill(spans: Iterable[Span], over: tuple[str, ...] = ORDER) -> None:
        for begin, end, kind in spans:
            part = slice(*(max(0, round((moment - start["ts"]) / TICK)) for moment in (begin, end)))
            ticks[part] = [kind if old in over else old for old in ticks[part]]

    fill(list_waits(own))
    fill(list_work(own))
    fill(list_samples(events, thread), over=SCRIPTS)
    counts = Counter(ticks)
    return {kind: counts[kind] * TICK / 1000 for kind in ORDER if counts[kind]}


def list_waits(events: list[Event]) -> list[Span]:
    """From each request to its answer, and from the first message over the websocket to the last that came back."""
    asked: dict[str, tuple[float, str]] = {}
    waits: list[Span] = []
    messages: dict[str, list[float]] = {"WebSocketSend": [], "WebSocketReceive": []}
    for event in events:
        name, moment = event["name"], event["ts"]
        data = event.get("args", {}).get("data", {})
        if name == "ResourceSendRequest":
            # That of the page itself is told when it has come.
            asked[data["requestId"]] = (
                0 if data["resourceType"] == "Document" else moment,
                _judge(data["url"]),
            )
        elif name == "ResourceFinish" and data["requestId"] in asked:
            begin, kind = asked.pop(data["requestId"])
            waits.append((begin, moment, kind))
        elif name in messages:
            messages[name].append(moment)
    if all(messages.values()):
        waits.append((min(messages["WebSocketSend"]), max(messages["WebSocketReceive"]), RERUN))
    return sorted(waits, key=lambda wait: WAITS.index(wait[2]))


def list_work(events: list[Event]) -> list[Span]:
    """What the thread worked on; what is inside another comes after it."""
    work = [event for event in events if event["ph"] == "X" and event["name"] in KINDS]
    work.sort(key=lambda event: (event["ts"], -event["dur"]))
    return [(event["ts"], event["ts"] + event["dur"], _name(event)) for event in work]


def list_samples(events: list[Event], thread: tuple[int, int]) -> list[Span]:
    """Whose script ran from one sample of the profiler to the next: that of the innermost function with an address."""
    profile = next(
        event for event in events if event["name"] == "Profile" and (event["pid"], event["tid"]) == thread
    )
    moment = profile["args"]["data"]["startTime"]
    owners: dict[int | None, str] = {}
    samples: list[tuple[float, str]] = []
    for event in events:
        if event["name"] != "ProfileChunk" or (event["pid"], event["id"]) != (thread[0], profile["id"]):
            continue
        data = event["args"]["data"]
        profiled = data.get("cpuProfile", {})
        for node in profiled.get("nodes", ()):
            own = _find_owner(node["callFrame"].get("url", ""))
            owners[node["id"]] = own or owners.get(node.get("parent"), "")
        taken = zip(profiled.get("samples", ()), data.get("timeDeltas", ()), strict=True)
        for node, passed in taken:
            moment += passed
            samples.append((moment, owners[node]))
    return [(begin, end, owner) for (begin, owner), (end, _) in pairwise(samples) if owner]


def _name(event: Event) -> str:
    address = event.get("args", {}).get("data", {}).get("url", "")
    kind = KINDS[event["name"]]
    return (_find_owner(address) or kind) if kind == BROWSER else kind


def _find_owner(address: str) -> str:
    return next((owner for part, owner in OWNERS.items() if part in address), "")


def _judge(address: str) -> str:
    if "_dash-update-component" in address:
        return RERUN
    return FILES if address.partition("?")[0].endswith(".js") else ANSWERS


def _find_mark(events: list[Event], name: str) -> Event:
    marks = (event for event in events if event["name"] == name and event["cat"] == "blink.user_timing")
    return max(marks, key=lambda event: float(event["ts"]))
