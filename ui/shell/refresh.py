"""Live refresh: an open page notices a newly published release by itself, and says how far its figures are.

The browser asks a door of this server, and a script runs only when there is something new. A fragment that runs every few
seconds would now and then fall together with somebody's press, whose run Streamlit then ends without clearing what is no
longer shown (issue 16708 of Streamlit).
"""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sharing.store.people import Person
from ui.shell.elements import mount
from ui.shell.identity import find_person, find_viewer
from ui.shell.preparing import PREPARING
from ui.shell.session import find_live_id, shown_release_id

LIVE = "/live"
_PROCESS = secrets.token_hex(16)


def watch(key: str) -> None:
    """Run the fragment around this again when a release goes live, or when the figures of this one have come further."""
    data = {"address": LIVE.lstrip("/"), **_say(find_viewer())}
    mount(Path(__file__).parent, "live", key=key, data=data, on_moved_change=_nothing)


@st.fragment
def watch_release() -> None:
    """When the live release is not the one shown, run the page again; until its figures are made, say how far they are."""
    shown = shown_release_id()
    if find_live_id() != shown:
        st.rerun()
    said = st.empty()
    if words := PREPARING.say_progress(shown):
        said.caption(words)
    watch("live")


async def answer_live(request: Request) -> JSONResponse:
    """A word that changes when the live release does, or how far its figures are, and one that changes with this process and with
    who asks in which role; they say none of these."""
    person = await run_in_threadpool(find_person, dict(request.headers))
    return JSONResponse(_say(person), headers={"cache-control": "no-store"})


def _say(person: Person | None) -> dict[str, str]:
    live = find_live_id()
    told = {"state": (live, PREPARING.read_state(live)), "session": (_PROCESS, person)}
    return {name: hashlib.sha256(repr(what).encode()).hexdigest()[:16] for name, what in told.items()}


def _nothing() -> None: ...


ROUTES = [Route(LIVE, answer_live)]
