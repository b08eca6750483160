"""What is pulled from the tools themselves, and how the last pull of each source went."""

from __future__ import annotations

import streamlit as st

from etl.pulling.configured import SURVEYS, read_pulls
from etl.pulling.status import Status, read_statuses
from etl.reading.types import Refused
from settings import load_settings
from ui.blocks.cards import show_rows
from ui.blocks.methods import NOT_SHOWN
from ui.shell.session import View
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import escape_markdown, format_moment

_FAILED, _CLOSED = (
    gettext_noop("The last pull failed."),
    gettext_noop("The last pull failed; evaluators see why."),
)


def show_pulls(view: View) -> None:
    """The status of each source; nothing where nothing is pulled."""
    data = load_settings().data
    try:
        configured = {pull.name for pull in read_pulls(data)}
    except Refused:
        st.info(
            gettext(
                "The file that says what is pulled cannot be read: python -m etl pull says why. Nothing is pulled."
            )
        )
        return
    try:
        statuses = {name: one for name, one in read_statuses(data / "state").items() if name in configured}
    except Refused:
        st.info(
            gettext("The file that says how the last pulls went is damaged: the next pull makes it anew.")
        )
        return
    if not statuses:
        return
    st.subheader(gettext("Pulled from the tools themselves"), anchor=False)
    show_rows(list_pulls(view, list(statuses.values())))
    failed = [] if view.scope.minimum else [one.error for one in statuses.values() if one.error]
    for words in failed:
        st.markdown("- " + escape_markdown(words))


def list_pulls(view: View, statuses: list[Status]) -> list[dict[str, object]]:
    """One row a source.

    Whoever sees aggregates only is told neither rows nor faults of a survey, because two pulls would say that one more answered, and
    a file may be refused once it has its first answer; of no other fault what it was, because it quotes what a file holds.
    """
    rows: list[dict[str, object]] = []
    for one in statuses:
        is_closed = view.scope.minimum > 0 and one.kind in SURVEYS
        known = gettext("none yet") if one.rows is None else f"{one.rows:,}"
        error = "" if not one.error else gettext(_CLOSED if view.scope.minimum else _FAILED)
        rows.append(
            {
                gettext("Source"): one.name,
                gettext("Last"): format_moment(one.last),
                gettext("Next"): format_moment(one.next),
                gettext("Rows"): gettext(NOT_SHOWN) if is_closed else known,
                gettext("Error"): gettext(NOT_SHOWN) if is_closed else error,
            }
        )
    return rows
