"""Cite: the address that opens a figure again as it is, and a sentence with all that goes with it."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import streamlit as st

from indicators.result import Result
from ui.charts.figures import label_all
from ui.shell.session import FILTERS, current_view
from ui.words.language import gettext, speak_whole
from ui.words.origin.citation import cite_result, write_address

PAGE = "explore"


def show_citation(result: Result) -> None:
    """How a result is cited: its address, which opens it again as it is, and a sentence with all that goes with it."""
    view = current_view()
    address = write_address(result, FILTERS, find_page())
    with speak_whole():
        labels = {} if view is None else label_all(view)
        cited = cite_result(result, labels, address, date.today())
    st.markdown("**" + gettext("Address") + "**")
    st.code(address, language=None, wrap_lines=True)
    st.markdown("**" + gettext("Citation") + "**")
    st.code(cited, language=None, wrap_lines=True)
    st.caption(
        gettext(
            "The address opens the figure again as it stands in this release, while that is kept, and says what has changed since."
        )
    )


def find_page() -> str:
    """The address of the page Explore on the server that this session talks to; relative where that is not known."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}/{PAGE}" if parts.netloc else PAGE
