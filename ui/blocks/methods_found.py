"""How figures are worked out: an indicator's method is found by its words, or under its theme."""

from __future__ import annotations

import streamlit as st

from ui.blocks.methods import describe_method, list_methods
from ui.shell.address import pick
from ui.shell.session import View
from ui.words.language import gettext
from ui.words.numbers import escape_markdown, format_count


def show_methods(view: View) -> None:
    """A box for words and a button a theme; the methods of neither are listed."""
    themes = {theme.capitalize(): found for theme, found in list_methods(view).items()}
    st.header(gettext("Methods"), anchor=False)
    st.markdown(
        gettext("How each of {indicators} is worked out, from its definition to its source.").format(
            indicators=format_count(sum(map(len, themes.values())), "indicator")
        )
    )
    words = st.text_input(
        gettext("Find an indicator"), placeholder=gettext("For example: retention"), key="method_words"
    )
    theme = pick(
        gettext("Or choose a theme"), list(themes), key="theme", noun=gettext("theme"), format_func=gettext
    )
    found = list_methods(view, words) if words.strip() else {}
    listed = [one for indicators in found.values() for one in indicators]
    if words.strip() and not listed:
        st.markdown(gettext("No indicator has these words in its title or definition."))
    elif not words.strip() and theme is not None:
        listed = themes[theme]
    with st.container(gap="xsmall"):
        for indicator in listed:
            with st.expander(escape_markdown(gettext(indicator.title))):
                for name, sentence in describe_method(indicator):
                    st.markdown(f"**{name}**  \n{escape_markdown(sentence)}")
