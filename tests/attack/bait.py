"""Hostile text for every place that text of the data can reach, a listener that hears what runs, and an unsafe page.

The unsafe page shows the same text as a careless page would; it is the positive control of the attacks on content.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from journal.store import open_journal
from settings import Settings
from tests.app.small_programme import LAST_DAY, WAVES, write_programme, write_table

MEMBERS = 90
INJECTED = "Isles' OR '1'='1"
INJECTED_MEMBERS = 12
REASON = "the wave is unknown"


@dataclass
class Listener:
    """A server on loopback that notes the path of every request it gets."""

    port: int
    heard: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True)
class Bait:
    """The hostile texts: a frame with a script, a redirection, a Markdown image, and markup for hover text."""

    frame: str
    refresh: str
    image: str
    hover: str


@contextmanager
def listen() -> Iterator[Listener]:
    """A listener on a free port."""
    heard: list[str] = []

    class Hear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Listener(server.server_port, heard)
    finally:
        server.shutdown()
        server.server_close()


def make_bait(address: str) -> Bait:
    """Texts that ask for a path of the listener as soon as they are more than text."""
    script = f"<script>parent.wasRun=1;fetch('{address}/script')</script>"
    return Bait(
        frame=f'<iframe srcdoc="{script}"></iframe>',
        refresh=f'<meta http-equiv="refresh" content="0;url={address}/refresh">',
        image=f"![x]({address}/image)",
        hover=f'<b>bold</b><a href="{address}/link">link</a><img src="{address}/tag" onerror=window.wasRun=1>'
        "<script>window.wasRun=1</script>",
    )


def write_hostile(folder: Path, bait: Bait) -> Path:
    """The small programme with the texts in every column that takes text, and in a file's name."""
    write_programme(folder)
    professions = (bait.frame, bait.image, bait.hover)
    regions = (bait.refresh, bait.image, bait.hover, "=HYPERLINK(1)")
    columns = "member_id,name,email,organisation,organisation_type,profession,region,cohort,interest,joined_on,left_on"
    rows = [
        (
            f"m{number}",
            f"{bait.frame} {bait.image} {number}",
            f"m{number}@example.org",
            bait.hover,
            (bait.frame, bait.image)[number % 2],
            professions[number % 3],
            INJECTED if number < INJECTED_MEMBERS else regions[number % 4],
            (bait.hover, bait.image)[number % 2],
            (bait.frame, bait.refresh)[number % 2],
            "2015-06-10",
            "2015-09-01" if number % 4 == 3 and number >= INJECTED_MEMBERS else "",
        )
        for number in range(MEMBERS)
    ]
    write_table(folder, "members", columns.split(","), rows)
    events = [
        (f"e{number}", f"Call {bait.image} {bait.frame}", bait.hover, f"2015-11-{10 + number}T09:00:00Z")
        for number in (1, 2)
    ]
    write_table(folder, "events", ("event_id", "title", "kind", "starts_at"), events)
    waves = [
        (wave, "s1", f"{label} {bait.image} {bait.frame}", opened, opened) for wave, label, opened in WAVES
    ]
    write_table(folder, "waves", ("wave_id", "survey_id", "label", "opened_on", "closed_on"), waves)
    words = bait.hover.replace("|", " ")
    labels = "|".join(f"{value}={words} {bait.image}" for value in range(1, 6))
    columns = "survey_id,item_id,text,construct,kind,scale_min,scale_max,reversed,labels"
    items = [
        ("s1", f"q{number}", f"{bait.image} {bait.frame}", bait.hover, "likert", 1, 5, "false", labels)
        for number in (1, 2)
    ]
    write_table(folder, "items", columns.split(","), items)
    activities = [(f"m{number}", f"{LAST_DAY}T09:00:00Z", bait.image) for number in range(0, MEMBERS, 2)]
    write_table(folder, "activities", ("member_id", "at", "kind"), activities)
    ties = [
        (wave, f"m{number}", f"m{(number + step) % MEMBERS}", bait.hover)
        for step, (wave, *_) in enumerate(WAVES, 1)
        for number in range(MEMBERS)
    ]
    ties.append((bait.frame, "m1", "m2", bait.image))
    write_table(folder, "ties", ("wave_id", "from_member_id", "to_member_id", "relation"), ties)
    (folder / "activities.csv").rename(folder / "activities <img src=x onerror=wasRun=1>.csv")
    return folder


def write_hostile_notes(data: Path, bait: Bait) -> None:
    """A note on a figure, and a decision with its outcome, all of the texts."""
    journal = open_journal(Settings(data, "Europe/London", "staff", ""))
    everything = " ".join((bait.frame, bait.refresh, bait.image, bait.hover))
    for period in ("2015-07", "2015-11", "2015-W46", "w2"):
        for indicator in ("members", "active_members", "ties_per_member"):
            journal.add_entry(
                "annotation", everything, author=bait.image, indicator_id=indicator, period=period
            )
    decision = journal.add_entry("decision", everything, author=bait.image)
    journal.record_outcome(decision.id, everything)
    journal.close()


def write_unsafe_page(folder: Path, bait: Bait) -> Path:
    """A Streamlit script that shows the texts as a careless page would; `?redirect=yes` adds the redirection."""
    script = folder / "unsafe.py"
    script.write_text(
        "import plotly.graph_objects as go\nimport streamlit as st\n"
        f"st.title('Unsafe')\nst.markdown({bait.frame!r}, unsafe_allow_html=True)\nst.markdown({bait.image!r})\n"
        f"st.plotly_chart(go.Figure(go.Bar(x=[{bait.hover!r}], y=[1])))\n"
        f"if 'redirect' in st.query_params:\n    st.markdown({bait.refresh!r}, unsafe_allow_html=True)\n",
        encoding="utf-8",
    )
    return script
