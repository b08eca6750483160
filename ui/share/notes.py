"""Which notes of the journal funders may read: each is chosen by the administrator, word for word."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from commands import Refusal
from indicators.catalogue import find_indicator
from indicators.selection import BadSelection
from journal.store import Entry
from sharing.store.links import Links
from ui.charts.figures import label_all
from ui.shell.notebook import open_shared_journal
from ui.shell.session import View, say_refusal
from ui.words.language import gettext
from ui.words.numbers import escape_markdown, format_day, format_period


def show_funder_notes(view: View, links: Links) -> None:
    """The notes beside the charts, each with a box that puts it on the shared pages."""
    st.header(gettext("Notes for funders"), anchor=False)
    try:
        entries = open_shared_journal().list_entries(kind="annotation")
    except Refusal as problem:
        st.markdown(say_refusal(problem))
        return
    if not entries:
        st.markdown(
            gettext("Nothing is noted yet. Write a note beside a chart, then choose here who may read it.")
        )
        return
    marked = links.list_noted()
    st.markdown(
        gettext(
            "Ticked notes stand on the shared pages as they are written, without their author: on new links, "
            "and on those that follow the latest release. Check that none names a person."
        )
    )
    with st.form("share_notes"):
        ticked = []
        for entry in entries:
            about, day = name_subject(view, entry), entry.created_at.date()
            words = f"{about}: {entry.text}" if about else entry.text
            label = (
                gettext("Show the note of {day} on {about}") if about else gettext("Show the note of {day}")
            ).format(day=format_day(day), about=about)
            with st.container(gap="xxsmall"):
                is_ticked = st.checkbox(
                    escape_markdown(label),
                    value=entry.id in marked,
                    key=f"share_note_{entry.id}",
                    width="content",
                )
                st.text(entry.text)
            if is_ticked:
                ticked.append((entry.id, day, words))
        if st.form_submit_button(gettext("Save the choice")):
            links.mark_notes(ticked)
            st.rerun()


def name_subject(view: View, entry: Entry) -> str:
    """What a note is about: "Attendance rate, quarter 4, 2015"; '' where it is about nothing in particular."""
    about = []
    with suppress(
        BadSelection
    ):  # of an indicator that this release does not have, the note stands for itself
        about.append(find_indicator(view.engine, entry.indicator_id).title)
    if entry.period not in ("", "all"):
        about.append(format_period(entry.period, label_all(view)))
    return ", ".join(about)
