"""How figures are worked out: an indicator's method is found by its words, or under its theme."""

from __future__ import annotations

import streamlit as st

from ui.blocks.methods import describe_method, list_methods
from ui.shell.address import pick
from ui.shell.session import View
from ui.words.numbers import escape_markdown, format_count, name_dimension


def show_methods(view: View) -> None:
    """A box for words and a button a theme; the methods of neither are listed."""
    themes = {name_dimension(theme): found for theme, found in list_methods(view).items()}
    st.header("Methods", anchor=False)
    st.markdown(
        f"How each of {format_count(sum(map(len, themes.values())), 'indicator')} is worked out, from its definition to its source."
    )
    words = st.text_input("Find an indicator", placeholder="For example: retention", key="method_words")
    theme = pick("Or choose a theme", list(themes), key="theme", noun="theme")
    found = list_methods(view, words) if words.strip() else {}
    listed = [one for indicators in found.values() for one in indicators]
    if words.strip() and not listed:
        st.markdown("No indicator has these words in its title or definition.")
    elif not words.strip() and theme is not None:
        listed = themes[theme]
    with st.container(gap="xsmall"):
        for indicator in listed:
            with st.expander(escape_markdown(indicator.title)):
                for name, sentence in describe_method(indicator):
                    st.markdown(f"**{name}**  \n{escape_markdown(sentence)}")
