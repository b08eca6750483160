"""The same figure elsewhere: what to type for it in other tools."""

from __future__ import annotations

import streamlit as st

from indicators.result import Result
from ui.words.language import gettext
from ui.words.origin.citation import write_command, write_python, write_r


def show_elsewhere(result: Result) -> None:
    """What gives the same number on the command line, in Python and in R."""
    for name, words, language in (
        (gettext("Command line"), write_command(result), "bash"),
        ("Python", write_python(result), "python"),
        ("R", write_r(result), "r"),
    ):
        st.markdown(f"**{name}**")
        st.code(words, language=language, wrap_lines=True)
