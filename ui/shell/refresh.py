"""Live refresh: an open page notices a newly published release by itself, and says how far its figures are."""

from __future__ import annotations

import streamlit as st

from ui.shell.preparing import PREPARING
from ui.shell.session import find_live_id, shown_release_id

EVERY = "2s"


@st.fragment(run_every=EVERY)
def watch_release() -> None:
    """Every two seconds compare the live release with the one shown; when they differ, run the page again."""
    shown = shown_release_id()
    if find_live_id() != shown:
        st.rerun()
    if words := PREPARING.say_progress(shown):
        st.caption(words)
