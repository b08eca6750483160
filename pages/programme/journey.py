"""Journey: attending, new ties, staying; what goes together, and not what causes what."""

from __future__ import annotations

import streamlit as st

from ui.blocks.cards import show_header, show_missing
from ui.blocks.panels import choose_breakdown, show_panel, show_result
from ui.shell.session import current_view, fetch

view = current_view()
assert view is not None
show_header(
    "Journey",
    "From joining to attending and to new ties; and who stays. What goes together is shown here; it does not say what causes what.",
    has_period=False,
)
stages = fetch(view, "journey_stages")

if stages.is_empty:
    show_missing(stages)
else:
    show_result(view, stages, key="stages")
    st.header("Do those who attend make more ties?", anchor=False)
    show_panel(view, "journey_ties_by_attendance")
    st.header("Do those who attend early stay?", anchor=False)
    show_panel(view, "journey_staying_by_attendance")
    show_panel(view, "journey_staying_gap")
    st.header("Do those with new ties stay?", anchor=False)
    show_panel(view, "journey_staying_by_ties")

    st.header("By group", anchor=False)
    by = choose_breakdown(view)
    if by:
        show_panel(view, "journey_stages", by=by)
