"""Views under a name: what the boxes are set to now, kept for everybody who signs in."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import streamlit as st

from commands import Refusal
from ui.shell.address import RELEASE
from ui.shell.notebook import LONGEST_NAME, open_shared_journal
from ui.shell.session import say_refusal
from ui.shell.viewer.identity import find_viewer
from ui.words.language import gettext
from ui.words.numbers import escape_markdown, format_day

PAGE = "pages/programme/explore.py"


def show_saved() -> None:
    """The saved views as links, and a form that saves this one."""
    try:
        journal = open_shared_journal()
        views = journal.list_entries(kind="view")
    except Refusal as problem:
        st.markdown(say_refusal(problem))
        return
    if not views:
        st.markdown(gettext("No view has been saved yet."))
    for view in views:
        name, _, address = view.text.partition("\n")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.page_link(PAGE, label=escape_markdown(name), query_params=parse_qsl(address))
            st.caption(
                escape_markdown(f"{view.author}, {format_day(view.created_at.date())}"), width="content"
            )
            if st.button(gettext("Remove"), key=f"remove-view-{view.id}", type="tertiary"):
                journal.remove_view(view.id)
                st.rerun()
    with st.form("save-view", clear_on_submit=True, border=False):
        name = st.text_input(
            gettext("Save this view as"),
            max_chars=80,
            placeholder=gettext("For example: Retention, North and Midlands"),
        )
        if st.form_submit_button(gettext("Save")):
            try:
                journal.add_entry("view", _join(name), author=_name_viewer())
            except Refusal as problem:
                st.markdown(say_refusal(problem))
            else:
                st.rerun()


def _join(name: str) -> str:
    """What is kept: the name, or nothing at all where there is none, and the address without the release."""
    pairs = [
        (key, value) for key in st.query_params if key != RELEASE for value in st.query_params.get_all(key)
    ]
    return f"{' '.join(name.split())}\n{urlencode(pairs)}" if name.strip() else ""


def _name_viewer() -> str:
    person = find_viewer()
    return ((person.email if person else "") or "Somebody here")[:LONGEST_NAME]
