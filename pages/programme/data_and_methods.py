"""Data and methods: where this release comes from, what was set aside, and how every figure is computed."""

from __future__ import annotations

import streamlit as st

from ui.blocks.cards import show_header, show_rows
from ui.blocks.codebook.panel import show_questions
from ui.blocks.methods import (
    count_reasons,
    list_checks,
    list_quarantine,
    list_remarks,
    list_sources,
    list_warnings,
    summarise_checks,
)
from ui.blocks.methods_found import show_methods
from ui.blocks.upload.panel import show_upload
from ui.blocks.upload.people import show_people
from ui.blocks.upload.pulls import show_pulls
from ui.shell.session import current_view
from ui.words.language import gettext
from ui.words.numbers import escape_markdown

view = current_view()
assert view is not None
show_header(
    gettext("Data and methods"),
    gettext("Every figure can be traced to a file, and every file to its rows."),
    has_filters=False,
)

st.header(gettext("Files of this release"), anchor=False)
st.markdown(
    gettext(
        "Of each file, rows read = loaded + quarantined + duplicates + summed (repeated contacts of a tie) + those of guests."
    )
)
show_rows(list_sources(view))
for warning in (*list_warnings(view), *list_remarks(view)):
    st.markdown("- " + escape_markdown(warning))
show_pulls(view)

st.header(gettext("Load files"), anchor=False)
show_upload()

show_people()

st.header(gettext("Quarantine"), anchor=False)
reasons = count_reasons(view)
if reasons:
    st.markdown(gettext("Rows that could not be loaded. Correct them in the source and load the file again."))
    show_rows(reasons)
    lines = list_quarantine(view)
    if lines is not None:
        with st.expander(gettext("Each line with its reason")):
            show_rows(lines, download="quarantine", release_id=view.release.id)
else:
    st.markdown(gettext("No row of this release is in quarantine."))

st.header(gettext("Checks"), anchor=False)
st.markdown(summarise_checks(view.release))
with st.expander(gettext("Each check")):
    show_rows(list_checks(view))

show_questions(view)

show_methods(view)
