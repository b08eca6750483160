"""Members: who is on the list, which organisations they come from, and how far that is from the frame."""

from __future__ import annotations

import streamlit as st

from ui.blocks.cards import show_card, show_header, show_missing
from ui.blocks.panels import choose_attribute, choose_breakdown, show_panel, show_series
from ui.shell.session import current_view, fetch
from ui.words.readings import say_returns

view = current_view()
assert view is not None
show_header("Members", "Who is on the list, which organisations they come from, and who comes and goes.")
members = fetch(view, "members")

if members.is_empty:
    show_missing(members)
else:
    with st.grid(min_column_width=190, gap="medium"):
        show_card(members)
        show_card(fetch(view, "organisations_reached"))
        joiners = fetch(view, "joiners")
        show_card(joiners, note=say_returns(joiners, fetch(view, "joiners", grain="month")))
        show_card(fetch(view, "leavers"), note="Also those who came back")
    show_panel(view, "members", grain="month")
    show_series(view, "joiners", grain="month")
    show_series(view, "leavers", grain="month")

    st.header("Who they are", anchor=False)
    attribute = choose_attribute(view)
    if attribute:
        show_panel(view, f"composition_{attribute}")
        show_panel(view, f"composition_gap_{attribute}")

    st.header("By group", anchor=False)
    by = choose_breakdown(view)
    if by:
        show_panel(view, "members", by=by)
        show_panel(view, "organisations_reached", by=by)
