"""The journal as pages use it: opened once for all sessions, and read without failing a page."""

from __future__ import annotations

import streamlit as st

from commands import Refusal
from journal.store import Entry, Journal, open_journal
from settings import load_settings

LONGEST_TEXT = 2000
LONGEST_NAME = 200


@st.cache_resource(max_entries=2, show_spinner=False, on_release=lambda journal: journal.close())
def _open_journal(data: str, journal_url: str) -> Journal:
    return open_journal(load_settings())


def open_shared_journal() -> Journal:
    """The journal, shared by all sessions. Raises BadEntry when its database cannot be reached."""
    settings = load_settings()
    return _open_journal(str(settings.data), settings.journal_url)


def list_notes(indicator_id: str) -> list[Entry]:
    """Notes and new baselines of an indicator, newest first; none where the journal cannot be opened."""
    try:
        entries = open_shared_journal().list_entries(indicator_id=indicator_id)
    except Refusal:
        return []
    return [entry for entry in entries if entry.kind in ("annotation", "rebase")]
