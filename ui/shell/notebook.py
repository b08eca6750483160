"""The journal as pages use it: opened once for all sessions, and read without failing a page."""

from __future__ import annotations

import streamlit as st

from commands import Refusal
from journal.store import Entry, Journal, open_journal
from settings import load_settings

LONGEST_TEXT = 2000
LONGEST_NAME = 200
_READ = "journal_of_this_run"


@st.cache_resource(max_entries=2, show_spinner=False, on_release=lambda journal: journal.close())
def _open_journal(data: str, journal_url: str) -> Journal:
    return open_journal(load_settings())


def open_shared_journal() -> Journal:
    """The journal, shared by all sessions. Raises BadEntry when its database cannot be reached."""
    settings = load_settings()
    return _open_journal(str(settings.data), settings.journal_url)


def begin_reading() -> None:
    """Let this run of the script read the journal anew, once for all its charts."""
    st.session_state[_READ] = _read_notes()


def list_notes(indicator_id: str, *, is_fresh: bool = False) -> list[Entry]:
    """Notes and new baselines of an indicator, newest first, as this run has read them or `is_fresh`.

    None where the journal cannot be opened.
    """
    notes = _read_notes() if is_fresh else st.session_state.get(_READ, {})
    return list(notes.get(indicator_id, ()))


def _read_notes() -> dict[str, list[Entry]]:
    try:
        entries = open_shared_journal().list_entries()
    except Refusal:
        return {}
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.kind in ("annotation", "rebase"):
            found.setdefault(entry.indicator_id, []).append(entry)
    return found
