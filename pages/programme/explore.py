"""Explore: any figure, by any group and period, beside any other."""

from __future__ import annotations

import streamlit as st

from ui.blocks.cards import show_header
from ui.blocks.explore.asking import ask_result, draw_whole
from ui.blocks.explore.comparing import choose_pair, narrow, show_pair
from ui.blocks.explore.elsewhere import show_elsewhere
from ui.blocks.explore.rows import can_ask, show_rows_and_questions
from ui.blocks.explore.saved import show_saved
from ui.blocks.explore.vintage import reopen, show_vintage
from ui.blocks.panels import show_answer
from ui.shell.session import current_view
from ui.words.language import gettext

live = current_view()
assert live is not None
view = reopen(live)
show_header(gettext("Explore"), gettext("Any figure, by any group and period, beside any other."), view=view)
result = ask_result(view)
if result is not None:
    pair = choose_pair(view, result)
    result = result if pair is None else narrow(view, result, pair)
    show_vintage(live, view, result)
    show_answer(view, draw_whole(view, result), key="explore")
    if pair is not None:
        show_pair(view, result, pair)

tabs = [
    gettext("Saved views"),
    gettext("The same number elsewhere"),
    *([gettext("Rows and SQL")] if can_ask(view.scope) else []),
]
saved, elsewhere, *rows = st.tabs(tabs, key="explore-more", on_change="rerun")
if saved.open:
    with saved:
        show_saved()
if elsewhere.open and result is not None:
    with elsewhere:
        show_elsewhere(result)
if rows and rows[0].open:
    with rows[0]:
        show_rows_and_questions(view)
