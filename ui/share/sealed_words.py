"""What stands above the figures on a funder's page: that some were restated, the programme's own words, notes."""

from __future__ import annotations

import streamlit as st

from sharing.sealing.extract import Extract
from sharing.store.links import LATEST, Link
from sharing.store.story import Story
from ui.words.language import gettext
from ui.words.numbers import escape_markdown, format_day


def show_restated(link: Link) -> None:
    """The banner of a page some of whose figures a later release has changed; nothing where none has."""
    words = describe_restated(link)
    if words:
        st.info(escape_markdown(words))


def describe_restated(link: Link) -> str:
    """Since when which figures are restated, and what to do; '' where none is."""
    if link.restated_on is None:
        return ""
    day, titles = format_day(link.restated_on), ", ".join(link.restated)
    if link.release_id == LATEST:
        return gettext("Figures restated on {day}: {titles}. This page shows them as they are now.").format(
            day=day, titles=titles
        )
    return gettext(
        "Some of these figures have been restated since {day}: {titles}. Please ask the person who sent you this link for a new one."
    ).format(day=day, titles=titles)


def show_words(story: Story) -> None:
    """What the programme is and what it did, as it wrote it: never read as Markdown."""
    for name, words in ((gettext("What it is"), story.about), (gettext("What was done"), story.done)):
        if words:
            with st.container(gap="xxsmall"):
                st.caption(name)
                st.text(words)


def show_meaning(story: Story) -> None:
    """What follows from it, as the programme wrote it."""
    if story.meaning:
        st.header(gettext("What it means"), anchor=False, divider="gray")
        st.text(story.meaning)


def show_funder_notes(extract: Extract) -> None:
    """Notes for funders, newest first, as they were written: never read as Markdown."""
    if not extract.notes:
        return
    st.header(gettext("Notes from the evaluation"), anchor=False, divider="gray")
    for day, words in extract.notes:
        with st.container(gap="xxsmall"):
            st.caption(escape_markdown(format_day(day)))
            st.text(words)
