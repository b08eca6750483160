"""Dated notes beside a chart, kept in the journal: what happened then, and where a new baseline begins."""

from __future__ import annotations

import streamlit as st

from commands import Refusal
from indicators.result import Result
from ui.charts.figures import label_all
from ui.shell.notebook import LONGEST_NAME, LONGEST_TEXT, list_notes, open_shared_journal
from ui.shell.session import View, current_view, say_refusal
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import escape_markdown, format_day, format_period

MOST_SHOWN = 3
NOTE, BASELINE = gettext_noop("A note"), gettext_noop("A new baseline from this period on")


def summarise_notes(view: View, result: Result) -> str:
    """The latest notes on periods that the result shows, in one line; empty where there are none."""
    shown = set(result.table["period"])
    labels = label_all(view)
    notes = [entry for entry in list_notes(result.indicator.id) if entry.period in shown]
    return " ".join(
        f"{format_period(entry.period, labels)}: {entry.text} ({entry.author})."
        for entry in notes[:MOST_SHOWN]
    )


def show_notes(result: Result, *, key: str) -> None:
    """The notes of an indicator, and a form for a new one."""
    view = current_view()
    if view is None:
        return
    labels = label_all(view)
    notes = list_notes(result.indicator.id, is_fresh=True)
    if not notes:
        st.markdown(gettext("Nothing has been noted about this yet."))
    for entry in notes:
        what = gettext("New baseline. ") if entry.kind == "rebase" else ""
        st.text(f"{format_period(entry.period, labels)}: {what}{entry.text}")
        st.caption(escape_markdown(f"{entry.author}, {format_day(entry.created_at.date())}"))
    periods = list(dict.fromkeys(result.table["period"]))[::-1]
    with st.form(f"note-{key}", clear_on_submit=True, border=False):
        period = st.selectbox(
            gettext("Period"),
            periods,
            format_func=lambda one: format_period(one, labels),
            key=f"note-period-{key}",
        )
        kinds = [NOTE] if len(periods) < 2 else [NOTE, BASELINE]
        kind = st.selectbox(gettext("What it is"), kinds, format_func=gettext, key=f"note-kind-{key}")
        text = st.text_area(gettext("What happened"), max_chars=LONGEST_TEXT, key=f"note-text-{key}")
        author = st.text_input(gettext("Your name"), max_chars=LONGEST_NAME, key=f"note-author-{key}")
        if st.form_submit_button(gettext("Save note")):
            try:
                open_shared_journal().add_entry(
                    "rebase" if kind == BASELINE else "annotation",
                    text,
                    author=author,
                    indicator_id=result.indicator.id,
                    period=str(period),
                    release_id=view.release.id,
                )
            except Refusal as problem:
                st.markdown(say_refusal(problem))
            else:
                st.rerun()
