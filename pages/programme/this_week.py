"""This week: what needs us, what changed, did it work?"""

from __future__ import annotations

import streamlit as st

from ui.blocks.cards import show_header
from ui.blocks.week.decisions import show_decisions
from ui.blocks.week.headlines import list_headlines
from ui.blocks.week.items import show_items
from ui.blocks.week.looks import describe_look, find_last_look, list_earlier, note_look
from ui.blocks.week.summary import show_summary
from ui.shell.session import current_view
from ui.words.language import gettext, speak_whole
from ui.words.numbers import escape_markdown

view = current_view()
assert view is not None
show_header(
    gettext("This week"),
    gettext("What needs us, what changed, and did it work? Of everybody, and all time."),
    has_filters=False,
)
headlines = list_headlines(view)
last = find_last_look(view)
with speak_whole():
    changed = describe_look(last, list_headlines(view))
if changed:
    st.markdown(escape_markdown(changed))

st.header(gettext("What needs us"), anchor=False)
told = show_items(view, None if last is None else frozenset(last.told))

st.header(gettext("Where we stand"), anchor=False)
show_summary(headlines, list_earlier(last, headlines), is_first=last is None)

st.header(gettext("What did we decide, and did it work?"), anchor=False)
show_decisions(view)
note_look(view, headlines, told)
