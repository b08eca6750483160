"""The programme's own words on the shared pages, and which figures stand first there; for the administrator to write."""

from __future__ import annotations

import streamlit as st

from commands import Refusal
from indicators.catalogue import list_indicators
from indicators.selection import list_attributes
from sharing.sealing.seal import HEADLINES
from sharing.store.links import Links
from sharing.store.story import LONGEST_PART, LONGEST_TITLE, MOST_CLAIMS, Story, check_story
from ui.shell.notebook import open_shared_journal
from ui.shell.session import View, say_refusal
from ui.shell.viewer.identity import find_viewer
from ui.words.language import gettext, gettext_noop

PARTS = (
    (
        "about",
        gettext_noop("What it is"),
        gettext_noop("Who the members are, and what brings them together."),
    ),
    (
        "done",
        gettext_noop("What was done"),
        gettext_noop("Events, programmes, changes since the last report."),
    ),
    (
        "meaning",
        gettext_noop("What it means"),
        gettext_noop("What follows from what was found, and what happens next."),
    ),
)


def show_story_form(view: View, links: Links) -> None:
    """A form for the words and the figures, as they stand now."""
    st.header(gettext("The story"), anchor=False)
    st.markdown(
        gettext(
            "Your own words stand on every shared page from now on, around the figures; they are kept in the journal. Check that they name nobody."
        )
    )
    told = links.read_story()
    known = list_indicators(list_attributes(view.engine))
    offered = [name for name in HEADLINES if name in known]
    with st.form("story"):
        title = st.text_input(
            gettext("Title"),
            told.title,
            max_chars=LONGEST_TITLE,
            placeholder=gettext("For example: The Q community"),
        )
        words = {
            name: st.text_area(
                gettext(label), getattr(told, name), max_chars=LONGEST_PART, placeholder=gettext(hint)
            )
            for name, label, hint in PARTS
        }
        # Not picked from a list: the words of what was picked are white on pale in the dark.
        claims = st.pills(
            gettext(
                "Figures that stand first (at most {most}; none: the usual ones; without an earlier time or a target to hold it against a figure stands below)"
            ).format(most=MOST_CLAIMS),
            offered,
            selection_mode="multi",
            default=[name for name in told.claims if name in offered],
            format_func=lambda name: gettext(known[name].title),
        )
        is_saved = st.form_submit_button(gettext("Save the story"))
    if is_saved:
        _save(links, Story(title=title, **words, claims=tuple(claims)), told)


def _save(links: Links, story: Story, before: Story) -> None:
    try:
        told = check_story(story)
        if told == before:
            return
        links.tell_story(told)
        person = find_viewer()
        paragraphs = [
            told.title,
            *(f"{label}: {getattr(told, name)}" for name, label, _ in PARTS if getattr(told, name)),
        ]
        text = "\n\n".join(one for one in paragraphs if one)
        if text:
            open_shared_journal().add_entry(
                "story", text[:LONGEST_PART], author=(person and person.email) or "Somebody here"
            )
    except Refusal as fault:
        st.markdown(say_refusal(fault))
    else:
        st.rerun()
