"""Retention: who stays a member, and for how long."""

from __future__ import annotations

import streamlit as st

from ui.cards import show_card, show_header, show_missing
from ui.panels import choose_breakdown, show_panel
from ui.session import current_view, fetch

view = current_view()
assert view is not None
show_header(
    "Retention",
    "Who stays on the list, and for how long. Being on the list is not the same as being active.",
    has_period=False,
)
retention = fetch(view, "membership_retention")

if retention.is_empty:
    show_missing(retention)
else:
    with st.grid(min_column_width=220, gap="medium"):
        show_card(fetch(view, "members"), label="Members now")
        show_card(fetch(view, "joiners"), label="Ever joined", note="Those who came back count once")
        show_card(fetch(view, "leavers"), label="Ever left", note="Also those who came back")
    show_panel(view, "membership_retention")
    show_panel(view, "cohort_retention")

    st.header("Joining and leaving", anchor=False)
    show_panel(view, "joiners", grain="month")
    show_panel(view, "leavers", grain="month")

    st.header("By group", anchor=False)
    by = choose_breakdown(view)
    if by:
        show_panel(view, "membership_retention", by=by)
