"""What the address of a page asks for: matched to what there is, whatever its case, and said where there is no such thing.

Every name in the address is read here, through the box that it sets; what no box of a page reads is said once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.words.language import LANGUAGES, find_language, gettext, gettext_noop, speak
from ui.words.numbers import escape_markdown

ALL = gettext_noop("All")
RELEASE = "release"
WAY_OUT = gettext_noop("Choose one here, or ask for the address again.")
_READ, _MOVED = "address_read", "address_moved"


def choose(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    noun: str = "",
    index: int = 0,
    format_func: Callable[[str], str] = str,
    **how: Any,
) -> str:
    """A box of options that the address sets under `key`; returns what is chosen, options[index] at first.

    An option is meant by its words or its value, in any case. What is none of the options is said, and so is one that the
    release does not offer at all; it is never repeated, because whoever wrote the address chose its words. `noun` is what
    is chosen, where the label does not say it.
    """

    def name(option: str) -> str:
        return gettext(ALL) if option == ALL else format_func(option)

    _heed(key, options, name, noun or label.lower(), index)
    if list(options) in ([], [ALL]):
        return ALL
    chosen = st.selectbox(label, options, index=index, key=key, bind="query-params", format_func=name, **how)
    return str(chosen if chosen is not None else options[index])


def choose_by_id(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    index: int,
    format_func: Callable[[str], str],
    **how: Any,
) -> str:
    """A box of things whose words may be bettered one day: the address holds the id of what is chosen, and not its words."""
    st.session_state.setdefault(_READ, set()).add(key)
    asked = st.query_params.get(key, "")
    seen = f"{key}_in_address"
    if asked and asked != st.session_state.get(seen):
        meant = match_option(asked, options, [format_func(option) for option in options])
        if meant is None:
            say_asked_in_vain(label.lower(), escape_markdown(format_func(options[index])))
        st.session_state[key] = meant or options[index]
    st.session_state.setdefault(key, options[index])
    chosen = st.selectbox(label, options, key=key, format_func=format_func, **how)
    st.session_state[seen] = st.query_params[key] = str(chosen)
    return str(chosen)


def say_asked_in_vain(noun: str, shown: str) -> None:
    """Say that the address asks for something that there is not, and what is shown in its place."""
    words = gettext("The address asks for a {noun} that there is not: {shown} is shown.")
    st.warning(f"{words.format(noun=noun, shown=shown)} {gettext(WAY_OUT)}")


def read_all(key: str) -> list[str]:
    """Every value that the address gives under a name that no box sets."""
    st.session_state.setdefault(_READ, set()).add(key)
    return st.query_params.get_all(key)


def pick(
    label: str, options: Sequence[str], *, key: str, noun: str, format_func: Callable[[str], str] = str
) -> str | None:
    """One of several options as buttons beside one another, or none; the address sets it under `key`, as in `choose`."""
    _heed(key, options, format_func, noun, None)
    chosen = st.pills(label, options, key=key, bind="query-params", format_func=format_func)
    return None if chosen is None else str(chosen)


def _heed(key: str, options: Sequence[str], name: Callable[[str], str], noun: str, index: int | None) -> None:
    """Match what the address asks for under `key` to the options and their words in any language; say where it is none of them."""
    words = [name(option) for option in options]
    st.session_state.setdefault(_READ, set()).add(key)
    given = _find_name(key)
    asked = st.query_params[given] if given else ""
    if given and (given != key or asked not in words):
        meant = _match_in_any(asked, options, name)
        if meant is not None and given == key and st.session_state.get(key) == meant:
            return  # It was chosen, and written there, in another language.
        if meant is not None:
            _correct(given, key, words[options.index(meant)])
        if asked:
            said = gettext("The address asks for a {noun} that this release does not have: {first} is shown.")
            first = gettext("none") if index is None else ""
            if not words or (index is not None and options[index] == ALL):
                said = gettext(
                    "The address asks for a {noun} that this release does not have: all are shown."
                )
            elif index is not None:
                first = escape_markdown(words[index].lower())
            st.warning(f"{said.format(noun=noun, first=first)} {gettext(WAY_OUT)}")
        if given != key:
            del st.query_params[given]


def _correct(given: str, key: str, words: str) -> NoReturn:
    """Write the address as the box writes it, and begin again with that: what is copied from it then means the same."""
    if given != key:
        del st.query_params[given]
    st.query_params[key] = words
    st.rerun()


def match_option(asked: str, options: Sequence[str], words: Sequence[str]) -> str | None:
    """The one option that a text means by its value or its words, whatever case and blanks; None for none, or for several."""
    for alike in (str, _fold):
        found = {
            option
            for option, name in zip(options, words, strict=True)
            if alike(asked) in (alike(option), alike(name))
        }
        if len(found) == 1:
            return found.pop()
    return None


def _match_in_any(asked: str, options: Sequence[str], name: Callable[[str], str]) -> str | None:
    """The one option that a text means, in the language of now or else in another: an address outlives a change of it."""
    for code in dict.fromkeys((find_language(), *LANGUAGES)):
        with speak(code):
            meant = match_option(asked, options, [name(option) for option in options])
        if meant is not None:
            return meant
    return None


def begin_address() -> None:
    """Forget what the last run of the script read."""
    st.session_state[_READ] = set()


def say_unread(shown: str | None) -> None:
    """Say what the address asks for that nothing on the page has read, and take it out; `shown` is the release on show."""
    unread = [name for name in st.query_params if name not in st.session_state.get(_READ, ())]
    if RELEASE in unread and st.query_params[RELEASE] == shown:
        unread.remove(RELEASE)
    for name in unread:
        del st.query_params[name]
    if RELEASE in unread:
        st.warning(
            gettext(
                "The address asks for a release that is not the one shown. Pages show the live one; "
                "`python -m indicators value ID --as-of RELEASE` gives the figures of an earlier one."
            )
        )
    if set(unread) - {RELEASE}:
        st.warning(
            gettext(
                "The address asks for something that this page does not have: it is left out, and the page is shown as without it. "
                "Choose on the page, or ask for the address again."
            )
        )


def say_no_page(pages: Sequence[StreamlitPage], moved: Mapping[str, str]) -> None:
    """Lead from the address of a page that has `moved` to where it is now; say that there is no page at any other."""
    context = get_script_run_ctx()
    name = context.pages_manager.intended_page_name if context else None
    if name in moved:
        st.session_state[_MOVED] = True
        (page,) = (page for page in pages if page.url_path == moved[str(name)])
        st.switch_page(page, query_params=st.query_params.to_dict())
    if st.session_state.pop(_MOVED, False):
        st.info(
            gettext(
                "The page that the address asks for has moved: it is part of this one now, with a new address."
            )
        )
        return
    if not name or any(page.url_path == name for page in pages):
        return
    meant = match_option(name, [page.url_path for page in pages], [page.title for page in pages])
    titles = [page.title for page in pages if page.url_path == meant]
    way_out = (
        gettext("{page} may be meant: choose it").format(page=titles[0])
        if titles
        else gettext("Choose a page")
    )
    st.warning(
        gettext("There is no page at this address: {page} is shown. {way_out} on the left.").format(
            page=pages[0].title, way_out=way_out
        )
    )


def _find_name(key: str) -> str | None:
    """The name under which the address sets a box, in any case."""
    if key in st.query_params:
        return key
    alike = [name for name in st.query_params if _fold(name) == _fold(key)]
    return alike[0] if len(alike) == 1 else None


def _fold(text: str) -> str:
    return " ".join(text.replace("_", " ").replace("-", " ").casefold().split())
