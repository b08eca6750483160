"""What did we decide, and did it work: the journal's decisions, each with its figure then and now, and forms to add to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from commands import Refusal
from indicators.catalogue import find_indicator
from indicators.gate.disclosure import SCOPES
from indicators.selection import BadSelection
from journal.figures import Figure
from journal.store import Entry, Journal
from ui.blocks.week.headlines import HEADLINES, Headline, read_headlines, see_everybody
from ui.charts.figures import label_all
from ui.shell.notebook import LONGEST_NAME, LONGEST_TEXT, open_shared_journal
from ui.shell.session import View, list_options, say_refusal
from ui.words.decisions import compare_then_and_now, describe_decision, describe_then, name_figure
from ui.words.language import gettext, gettext_noop, speak_whole
from ui.words.numbers import escape_markdown, name_dimension

NO_FIGURE, EVERYBODY = gettext_noop("No figure"), gettext_noop("Everybody")
Choice = tuple[str, str]


def show_decisions(view: View) -> None:
    """The decisions, newest first, each with its figure and its outcome or a place to say it; then a form for a new one."""
    try:
        journal = open_shared_journal()
        decisions, figures = journal.list_entries(kind="decision"), journal.list_figures()
    except Refusal as problem:
        st.markdown(say_refusal(problem))
        return
    if not decisions:
        st.markdown(gettext("No decision has been written down yet."))
    for decision in decisions:
        _show_decision(journal, view, decision, figures.get(decision.id))
    choices, groups = _list_choices(view), _list_groups(view)
    with st.expander(gettext("Add a decision")), st.form("new-decision", clear_on_submit=True, border=False):
        text = st.text_area(gettext("What was decided"), max_chars=LONGEST_TEXT)
        with st.grid(min_column_width=220, gap="small"):
            author = st.text_input(gettext("Your name"), max_chars=LONGEST_NAME)
            due_on = st.date_input(gettext("To be looked at again on"), value=None, format="DD/MM/YYYY")
            about = st.selectbox(gettext("The figure that it should move"), list(choices))
            of_whom = st.selectbox(gettext("Of whom"), list(groups))
        if st.form_submit_button(gettext("Save decision")):
            due = due_on if isinstance(due_on, date) else None
            _add_decision(view, journal, text, author, due, choices[about], groups[of_whom])


def _list_choices(view: View) -> dict[str, Choice | None]:
    """The figures that a decision can be tied to, by their words: (indicator, measure)."""
    found: dict[str, Choice | None] = {gettext(NO_FIGURE): None}
    for name, grain in HEADLINES:
        for one in read_headlines(see_everybody(view), name, grain):
            found[one.label] = (name, one.key.partition("/")[2])
    return found


def _list_groups(view: View) -> dict[str, Choice]:
    """Whose figure it can be, by its words: (dimension, group)."""
    found: dict[str, Choice] = {gettext(EVERYBODY): ("", "")}
    for dimension, groups in list_options(view.engine, view.scope).items():
        if dimension != "period":
            found |= {f"{name_dimension(dimension)}: {group}": (dimension, group) for group in groups}
    return found


def read_figure(view: View, choice: Choice, group: Choice) -> tuple[Mapping[str, Any], Headline] | None:
    """The latest whole figure of a choice for a group, and its headline; None where the release has none."""
    name, measure = choice
    where = (group,) if group[0] else ()
    for one in read_headlines(_narrow(view, where), name, dict(HEADLINES).get(name, "")):
        if one.key.partition("/")[2] == measure:
            return one.row, one
    return None


def _narrow(view: View, where: tuple[Choice, ...]) -> View:
    return replace(see_everybody(view), filters=where)


def _show_decision(journal: Journal, view: View, decision: Entry, figure: Figure | None) -> None:
    with st.container(gap="xxsmall"):
        st.text(decision.text)
        st.caption(escape_markdown(describe_decision(decision)))
        if figure is not None:
            st.markdown(escape_markdown(_tell_figure(view, figure)))
        if decision.outcome:
            st.text(gettext("Outcome: {outcome}").format(outcome=decision.outcome))
            return
        with (
            st.popover(gettext("Say how it turned out"), type="tertiary"),
            st.form(f"outcome-{decision.id}", border=False),
        ):
            outcome = st.text_area(
                gettext("Outcome"), max_chars=LONGEST_TEXT, key=f"outcome-text-{decision.id}"
            )
            if st.form_submit_button(gettext("Save outcome")):
                try:
                    journal.record_outcome(decision.id, outcome)
                except Refusal as problem:
                    st.markdown(say_refusal(problem))
                else:
                    st.rerun()


@speak_whole()
def _tell_figure(view: View, then: Figure) -> str:
    """The figure then and now, and what can be told of the two; what was shown to an evaluator is not shown to a lead."""
    try:
        indicator = find_indicator(view.engine, then.indicator_id)
        found = read_figure(view, (then.indicator_id, then.measure), (then.dimension, then.group_name))
    except BadSelection as problem:
        return str(problem)
    labels = label_all(view)
    name = name_figure(then, indicator, labels)
    if view.scope.covers(indicator) and not SCOPES[then.role].covers(indicator):  # type: ignore[index]
        return gettext(
            "{name}: what it was then was written down by an evaluator, and is not shown to you."
        ).format(name=name)
    if found is None:
        return gettext("{name}: {then}; this release has no such figure.").format(
            name=name, then=describe_then(then, indicator, labels)
        )
    row, _ = found
    return compare_then_and_now(then, row, indicator, labels)


def _add_decision(
    view: View,
    journal: Journal,
    text: str,
    author: str,
    due_on: date | None,
    choice: Choice | None,
    group: Choice,
) -> None:
    try:
        figure = None if choice is None else _take_figure(view, choice, group)
        about = {} if figure is None else {"indicator_id": figure.indicator_id, "period": figure.period}
        journal.add_entry(
            "decision", text, author=author, due_on=due_on, release_id=view.release.id, figure=figure, **about
        )
    except Refusal as problem:
        st.markdown(say_refusal(problem))
    else:
        st.rerun()


def _take_figure(view: View, choice: Choice, group: Choice) -> Figure | None:
    """The figure as it is shown now; None where there is none, or it is hidden."""
    found = read_figure(view, choice, group)
    if found is None or found[0]["status"] != "ok":
        return None
    row, one = found
    value, low, high, n = (
        None if row[name] != row[name] else float(row[name]) for name in ("value", "low", "high", "n")
    )
    return Figure(
        one.indicator.id,
        one.indicator.version,
        choice[1],
        *group,
        str(row["period"]),
        view.scope.role,
        value,
        low,
        high,
        n,
    )
