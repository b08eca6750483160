"""The shared page as it would be now, for everybody who signs in."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from commands import Refusal
from settings import load_settings
from sharing.sealing.extract import Extract
from sharing.sealing.preflight import add_words
from sharing.sealing.seal import seal_release
from sharing.store.links import LATEST
from ui.share.page import open_shared_links
from ui.share.sealed_page import COLUMN, show_preview
from ui.shell.session import View, say_refusal
from ui.words.language import gettext

NOBODY = "00000000"


def show_story(view: View) -> None:
    """The page that a link would open, made of the live release and the programme's words; nothing of it is kept."""
    try:
        with st.spinner(gettext("Making what a link would show")):
            extract = _seal(load_settings().data, view.release.id)
        extract = add_words(extract, open_shared_links())
    except Refusal as fault:
        st.markdown(say_refusal(fault))
        return
    with st.container(border=True, key="story_preview", width=COLUMN):
        show_preview(extract)


@st.cache_resource(max_entries=2, show_spinner=False)
def _seal(data: Path, release_id: str) -> Extract:
    return seal_release(data, LATEST, NOBODY, "")
