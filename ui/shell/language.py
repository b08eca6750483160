"""The language of a session: what its address asks for, or what was chosen on the left."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.shell.address import match_option, read_all, say_asked_in_vain
from ui.shell.elements import mount
from ui.words.language import (
    ENGLISH,
    LANGUAGES,
    ask_language,
    choose_language,
    find_language,
    gettext,
    gettext_noop,
)

LANGUAGE = "lang"
NOT_REVIEWED = gettext_noop(
    "The Welsh has not yet been reviewed by a Welsh speaker. Sentences about findings are in English."
)
_CHOSEN, _BOX, _VAIN = "language", "language_box", "language_in_vain"


def begin_language() -> None:
    """Say everything of this run in the language that the address asks for, or else this session has chosen."""
    asked = st.query_params.get(LANGUAGE, "")
    meant = match_option(asked, list(LANGUAGES), list(LANGUAGES.values())) if asked else None
    st.session_state[_VAIN] = bool(asked) and meant is None
    if meant is not None:
        st.session_state[_CHOSEN] = meant
    code = _find_chosen() or ENGLISH
    choose_language(code)
    _write_address(code)


def draw_language() -> None:
    """The choice of a language, and what is to be known of the one that is chosen; a language that there is not is said."""
    read_all(LANGUAGE)
    code = find_language()
    if st.session_state.get(_VAIN):
        say_asked_in_vain(gettext("language"), LANGUAGES[code])
    st.session_state[_BOX] = code
    st.segmented_control(
        gettext("Language"),
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key=_BOX,
        on_change=_choose,
        label_visibility="collapsed",
    )
    if code != ENGLISH:
        st.caption(gettext(NOT_REVIEWED))
    if _find_chosen():
        mount(Path(__file__).parent, "language", "told", key="language-told", data={"language": code})


def _choose() -> None:
    code = st.session_state[_BOX] or find_language()
    st.session_state[_CHOSEN] = code
    _write_address(code)


def _write_address(code: str) -> None:
    """The address says the language, so that what is copied from it opens in the same; English goes without saying."""
    if code == ENGLISH:
        st.query_params.pop(LANGUAGE, None)
    elif st.query_params.get(LANGUAGE) != code:
        st.query_params[LANGUAGE] = code


def _find_chosen() -> str:
    """What this session has chosen; '' where it has chosen nothing, and where there is no session."""
    return "" if get_script_run_ctx() is None else str(st.session_state.get(_CHOSEN, ""))


ask_language(_find_chosen)
