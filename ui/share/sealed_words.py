"""What stands above the figures on a funder's page: that some were restated, facts at a glance, notes in words."""

from __future__ import annotations

from typing import Any

import streamlit as st

from indicators.result import Result
from sharing.extract import Extract
from sharing.links import LATEST, Link
from ui.words.numbers import escape_markdown, format_day, format_period, format_value

FACTS = ("members", "attendance_rate", "response_rate_rr1", "ties_new")


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
        return f"Figures restated on {day}: {titles}. This page shows them as they are now."
    return (
        f"Some of these figures have been restated since {day}: {titles}. "
        "Please ask the person who sent you this link for a new one."
    )


def list_facts(extract: Extract) -> list[tuple[str, str, str]]:
    """At most four facts, each with its title, its value and its period."""
    facts = []
    for result in extract.results:
        row = None if result.selection.by or result.indicator.id not in FACTS else _find_latest(result)
        if row is not None:
            about = "about " if result.indicator.unit == "people" else ""
            value = about + format_value(row["value"], result.indicator.unit)
            period = "" if row["period"] == "all" else format_period(str(row["period"]), extract.waves)
            facts.append((result.indicator.title, value, period[:1].upper() + period[1:]))
    return facts


def show_facts(extract: Extract) -> None:
    """The facts side by side, two abreast on a phone."""
    facts = list_facts(extract)
    if not facts:
        return
    with st.grid(min_column_width=140, gap="medium"):
        for title, value, period in facts:
            with st.container(gap="xxsmall"):
                st.metric(escape_markdown(title), value)
                st.caption(escape_markdown(period))


def show_funder_notes(extract: Extract) -> None:
    """Notes for funders, newest first, as they were written: never read as Markdown."""
    if not extract.notes:
        return
    st.header("Notes from the evaluation", anchor=False, divider="gray")
    for day, words in extract.notes:
        with st.container(gap="xxsmall"):
            st.caption(escape_markdown(format_day(day)))
            st.text(words)


def _find_latest(result: Result) -> dict[str, Any] | None:
    """The latest row that is shown, where there is one only."""
    shown = result.table[result.table["status"] == "ok"]
    if shown.empty:
        return None
    rows = shown[shown["period"] == shown["period"].iloc[-1]]
    return {str(name): value for name, value in rows.iloc[0].items()} if len(rows) == 1 else None
