"""What a trace adds up to: a drawn one of 200 ms in, the worked sums out; and how the page shows it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.paint.trace import FILES, OURS, RERUN, STREAMLIT, Event, sum_parts
from bench.paint.why import COLD, say_why
from bench.report.page import read_rows, update_page
from bench.report.row import Row

FRONTEND, CHART, PLOTLY = (
    "/static/js/index.js",
    "/_stcore/bidi-components/q.chart/chart.js",
    "/paint/1/plotly.js",
)
# Whose function, and which called it.
NODES = ((1, None, ""), (2, 1, FRONTEND), (3, 1, CHART), (4, 2, PLOTLY), (5, 4, ""))
SAMPLES = ((100, 3), (106, 1), (150, 4), (160, 5), (165, 1), (200, 1))


def draw(name: str, begin: float, end: float | None = None, **data: Any) -> Event:
    """An event of the page's thread, its milliseconds from the start of the page."""
    event = {
        "name": name,
        "cat": "devtools.timeline",
        "ph": "I" if end is None else "X",
        "ts": 5_000_000 + begin * 1000,
        "pid": 7,
        "tid": 8,
        "args": {"data": data},
    }
    return event if end is None else {**event, "dur": (end - begin) * 1000}


def draw_trace() -> list[Event]:
    moments = [moment for moment, _ in SAMPLES]
    chunk = {
        "cpuProfile": {
            "nodes": [
                {"id": number, "callFrame": {"url": url}} | ({"parent": parent} if parent else {})
                for number, parent, url in NODES
            ],
            "samples": [node for _, node in SAMPLES],
        },
        "timeDeltas": [(end - begin) * 1000 for begin, end in zip([0, *moments[:-1]], moments, strict=True)],
    }
    return [
        draw("start", -90) | {"cat": "blink.user_timing"},
        draw("start", 0) | {"cat": "blink.user_timing"},
        draw("Profile", 0, startTime=5_000_000) | {"id": "0x1"},
        draw("Profile", 0, startTime=1) | {"id": "0x1", "pid": 9},
        draw("RunTask", 0, 200) | {"tid": 1},
        draw("ResourceSendRequest", 15, requestId="1", resourceType="Document", url="http://here/"),
        draw("ResourceFinish", 20, requestId="1"),
        draw("ResourceSendRequest", 20, requestId="2", resourceType="Script", url=f"http://here{FRONTEND}?1"),
        draw("RunTask", 20, 25),
        draw("ParseHTML", 20, 25),
        draw("ResourceFinish", 50, requestId="2"),
        draw("RunTask", 50, 90),
        draw("v8.compile", 50, 60),
        draw("EvaluateScript", 60, 90, url=FRONTEND),
        draw("Layout", 80, 90),
        draw("WebSocketSend", 90),
        draw("RunTask", 100, 110),
        draw("WebSocketReceive", 120),
        draw("RunTask", 150, 180),
        draw("FunctionCall", 150, 180, url=FRONTEND),
        draw("RunTask", 180, 210),
        draw("Paint", 180, 195),
        draw("painted", 200) | {"cat": "blink.user_timing"},
        draw("ProfileChunk", 250, endTime=5_250_000) | {"id": "0x1"},
        {
            "name": "ProfileChunk",
            "cat": "",
            "ph": "P",
            "ts": 0,
            "pid": 7,
            "tid": 3,
            "id": "0x1",
            "args": {"data": chunk},
        },
    ]


def test_a_trace_is_summed_by_kind_of_work_and_adds_up() -> None:
    parts = sum_parts(draw_trace())
    assert parts == pytest.approx(
        {
            "waiting for other answers of the server": 20,
            "waiting for scripts to come": 25,
            "waiting for the rerun on the server": 10 + 10,
            "parsing and compiling": 5 + 10,
            "scripts of Streamlit": 20 + 15,
            "scripts of our components": 6,
            "scripts of Plotly": 10 + 5,
            "the browser itself: messages, modules, memory": 4 + 5,
            "style and layout": 10,
            "painting": 15,
            "idle: timers, frames, other threads": 30,
        }
    )
    assert sum(parts.values()) == pytest.approx(200)


@pytest.mark.parametrize(
    ("most", "judged"), [(1.2, "1.2 × would be held"), (0.7, "0.7 × would still be missed")]
)
def test_what_a_trace_says_is_what_would_be_left_without_what_is_ours(most: float, judged: str) -> None:
    here = {OURS: 12.0, RERUN: 8.0, STREAMLIT: 100.0, FILES: 30.0, "painting": 50.0}
    said = say_why(COLD, {"this page": here, "Dash": {"painting": 180.0}}, most)[0]
    assert "are 20 of 200 ms; Streamlit's scripts are 100, and waiting for script files is 30" in said
    assert said.endswith(f"1.00 × what Dash does: {judged}.")


def test_the_page_shows_a_trace_below_what_fell_short(tmp_path: Path) -> None:
    row = Row("paint", "first chart", 231, 200.0, "ms", "Dash", 100.0, most_ratio=1.0)
    traced = Row(
        **{
            **row.to_record(),
            "trace": {"this page": {"painting": 150.0, "idle": 60.0}, "Dash": {"painting": 110.0}},
            "why": ["It paints."],
        }
    )
    page = update_page([traced, replace(traced, what="again")], {"paint": "Paint."}, tmp_path)
    text = page.read_text(encoding="utf-8")
    table = text.split("asked ≤ 1 ×.")[1].partition("**")[0].strip().splitlines()
    assert table == [
        "| traced, ms | this page | Dash |",
        "| --- | --- | --- |",
        "| painting | 150 | 110 |",
        "| idle | 60 | – |",
        "| all | 210 | 110 |",
        "",
        "It paints.",
    ]
    assert text.count("It paints.") == 1
    assert read_rows(tmp_path / "performance.json")[0] == traced
