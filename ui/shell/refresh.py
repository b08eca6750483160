"""Live refresh: an open page notices a newly published release by itself."""

from __future__ import annotations

import streamlit as st

from settings import load_settings
from ui.shell.session import shown_release_id
from warehouse.release import current_id

EVERY = "2s"


@st.fragment(run_every=EVERY)
def watch_release() -> None:
    """Every two seconds compare the live release with the one shown; when they differ, run the page again."""
    if current_id(load_settings().data) != shown_release_id():
        st.rerun()
