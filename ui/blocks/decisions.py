"""What did we decide, and did it work: the journal's decisions on a page, with small forms to add to them."""

from __future__ import annotations

from datetime import date

import streamlit as st

from commands import Refusal
from journal.store import Entry, Journal
from ui.shell.notebook import LONGEST_NAME, LONGEST_TEXT, open_shared_journal
from ui.shell.session import View, say_refusal
from ui.words.numbers import escape_markdown, format_day


def show_decisions(view: View) -> None:
    """The decisions, newest first, each with its outcome or a place to say it; then a form for a new one."""
    try:
        journal = open_shared_journal()
        decisions = journal.list_entries(kind="decision")
    except Refusal as problem:
        st.markdown(say_refusal(problem))
        return
    if not decisions:
        st.markdown("No decision has been written down yet.")
    for decision in decisions:
        _show_decision(journal, decision)
    with st.expander("Add a decision"), st.form("new-decision", clear_on_submit=True, border=False):
        text = st.text_area("What was decided", max_chars=LONGEST_TEXT)
        author = st.text_input("Your name", max_chars=LONGEST_NAME)
        due_on = st.date_input("To be looked at again on", value=None, format="DD/MM/YYYY")
        if st.form_submit_button("Save decision"):
            _add_decision(journal, view, text, author, due_on if isinstance(due_on, date) else None)


def describe_decision(decision: Entry) -> str:
    """Who decided when, and when it is due: "Ada, 12 November 2015; due 1 December 2015"."""
    due = f"; due {format_day(decision.due_on)}" if decision.due_on else ""
    return f"{decision.author}, {format_day(decision.created_at.date())}{due}"


def _show_decision(journal: Journal, decision: Entry) -> None:
    with st.container(gap="xxsmall"):
        st.text(decision.text)
        st.caption(escape_markdown(describe_decision(decision)))
        if decision.outcome:
            st.text(f"Outcome: {decision.outcome}")
            return
        with (
            st.popover("Say how it turned out", type="tertiary"),
            st.form(f"outcome-{decision.id}", border=False),
        ):
            outcome = st.text_area("Outcome", max_chars=LONGEST_TEXT, key=f"outcome-text-{decision.id}")
            if st.form_submit_button("Save outcome"):
                try:
                    journal.record_outcome(decision.id, outcome)
                except Refusal as problem:
                    st.markdown(say_refusal(problem))
                else:
                    st.rerun()


def _add_decision(journal: Journal, view: View, text: str, author: str, due_on: date | None) -> None:
    try:
        journal.add_entry("decision", text, author=author, due_on=due_on, release_id=view.release.id)
    except Refusal as problem:
        st.markdown(say_refusal(problem))
    else:
        st.rerun()
