"""The page while there is nothing to show: why, and a place for the first files."""

from __future__ import annotations

import logging

import streamlit as st

from settings import load_settings
from ui.blocks.upload.panel import show_upload
from ui.shell.session import explain_closed, shown_release_id
from ui.words.language import gettext
from ui.words.numbers import escape_markdown
from warehouse.release import list_folders

LOG = logging.getLogger(__name__)


def show_no_release() -> None:
    """The page while nothing has been published, or what has been cannot be opened."""
    release_id = shown_release_id()
    if release_id is not None or list_folders(load_settings().data):
        LOG.warning(explain_closed())
        named = (
            gettext("Release {release}").format(release=escape_markdown(release_id))
            if release_id
            else gettext("The live release")
        )
        st.title(gettext("This release cannot be opened"), anchor=False)
        st.markdown(
            gettext(
                "{named} was made by another version of this software, or is damaged: `python -m etl releases` and "
                "`python -m etl verify` say what is wrong. Load your exports again with `python -m etl load PATH`, "
                "or go back to an earlier release with `python -m etl rollback ID`."
            ).format(named=named)
        )
        return
    st.title(gettext("No data yet"), anchor=False)
    st.markdown(
        gettext(
            "Nothing has been loaded. Load your exports here or with `python -m etl load PATH`, "
            "or the synthetic sample with `python -m etl demo`. This page will show them by itself."
        )
    )
    st.header(gettext("Load files"), anchor=False)
    show_upload()
