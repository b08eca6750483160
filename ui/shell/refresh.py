"""Live refresh: an open page notices a newly published release by itself, and says how far its figures are.

The browser asks a door of this server, and a script runs only when there is something new. A fragment that runs every few
seconds would now and then fall together with somebody's press, whose run Streamlit then ends without clearing what is no
longer shown (issue 16708 of Streamlit).
"""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import Protocol
from weakref import WeakValueDictionary

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sharing.store.people import Person
from ui.shell.elements import mount
from ui.shell.preparing import PREPARING
from ui.shell.session import find_live_id, shown_release_id
from ui.shell.viewer.identity import find_person, find_viewer

LIVE = "/live"
_PROCESS = secrets.token_hex(16)


class Watched(Protocol):
    """What is under way and says how far it is."""

    def read_state(self) -> object: ...


_WATCHED: WeakValueDictionary[str, Watched] = WeakValueDictionary()


def watch(key: str, what: Watched | None = None) -> None:
    """Run the fragment around this again when a release goes live, or when the figures of this one, or `what`, have come further."""
    token = "" if what is None else f"{id(what):x}"
    if what is not None:
        _WATCHED[token] = what
    address = LIVE.lstrip("/") + (f"?of={token}" if token else "")
    data = {"address": address, **_say(find_viewer(), token)}
    mount(Path(__file__).parent, "live", "moved", key=key, data=data)


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
    """A word that changes when the live release does, or how far its figures are, or what is watched, and one that changes with this
    process and with who asks in which role; they say none of these."""
    person = await run_in_threadpool(find_person, dict(request.headers))
    said = _say(person, request.query_params.get("of", ""))
    return JSONResponse(said, headers={"cache-control": "no-store"})


def _say(person: Person | None, token: str) -> dict[str, str]:
    live, what = find_live_id(), _WATCHED.get(token)
    told = {
        "state": (live, PREPARING.read_state(live), what and what.read_state()),
        "session": (_PROCESS, person),
    }
    return {name: hashlib.sha256(repr(one).encode()).hexdigest()[:16] for name, one in told.items()}


ROUTES = [Route(LIVE, answer_live)]
