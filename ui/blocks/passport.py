"""The passport of a figure: what it means, who is in it, and which files it comes from."""

from __future__ import annotations

import streamlit as st

from indicators.gate.disclosure import is_closed
from indicators.result import Result
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import escape_markdown
from ui.words.origin.passport import describe_source, list_facts

NOT_LISTED = gettext_noop(
    "Files that hold answers are not listed here: how many rows they have says how many answered."
)
METHODS_PAGE = "pages/programme/data_and_methods.py"


def show_passport(result: Result) -> None:
    """The passport of a result, for a popover."""
    st.markdown(f"**{escape_markdown(gettext(result.indicator.title))}**")
    if result.passport.is_synthetic:
        st.markdown(gettext("Synthetic sample data: no figure here is about real people."))
    facts = [f"**{name}**  \n{escape_markdown(words)}" for name, words in list_facts(result)]
    files = [f"- {escape_markdown(describe_source(source))}" for source in result.passport.sources]
    st.markdown("\n\n".join(facts))
    listed = "\n".join(files) or gettext("None of the files of this release.")
    if is_closed(result.passport.role, result.indicator):
        listed = gettext(NOT_LISTED)
    elif result.passport.closed_files:
        listed = "\n".join([*files, f"- {gettext(NOT_LISTED)}"])
    st.markdown("**" + gettext("Files") + f"**\n\n{listed}")
    st.page_link(METHODS_PAGE, label=gettext("All files and methods"))
