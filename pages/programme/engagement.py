"""Engagement: who takes part in what."""

from __future__ import annotations

import streamlit as st

from ui.blocks.cards import show_card, show_header, show_missing
from ui.blocks.panels import choose_breakdown, show_panel, show_series
from ui.shell.session import current_view, fetch

view = current_view()
assert view is not None
show_header(
    "Engagement",
    "Who takes part in events and between them. The programme expects no minimum: low activity is not failure.",
)
attendance = fetch(view, "attendance_rate")
active = fetch(view, "active_members")

if attendance.is_empty and active.is_empty:
    show_missing(attendance)
    show_missing(active)
else:
    with st.grid(min_column_width=190, gap="medium"):
        show_card(fetch(view, "events_held"))
        show_card(attendance)
        show_card(fetch(view, "no_show_rate"))
        show_card(active, label="Active at least once")
        show_card(fetch(view, "contribution_rate"))

    st.header("Events", anchor=False)
    st.markdown(
        "The attendance rate is of all events and of everybody who came. The funnel and the no-show rate are of events with "
        "registrations, and of those registered."
    )
    show_panel(view, "event_funnel")
    show_panel(view, "attendance_rate", by=("event_kind",))
    with st.expander("Every event"):
        show_panel(view, "attendance_rate", by=("event",))
        show_panel(view, "event_attendance", by=("event",))
        show_panel(view, "no_show_rate", by=("event",))
    show_panel(view, "events_attended")
    show_panel(view, "attendance_patterns")
    show_panel(view, "first_timers", grain="month")
    show_panel(view, "attendance_minutes")

    st.header("Between events", anchor=False)
    show_series(view, "active_members", grain="week")
    show_panel(view, "engagement_ladder")
    show_panel(view, "wanted_against_actual")
    show_panel(view, "recency")
    show_panel(view, "breadth")
    show_panel(view, "weekly_active", grain="quarter")

    st.header("The programme's other streams", anchor=False)
    show_panel(view, "stream_members")
    show_panel(view, "coffee_trials")
    show_panel(view, "exchange_funnel")

    st.header("By group", anchor=False)
    by = choose_breakdown(view)
    if by:
        show_panel(view, "attendance_rate", by=by)
        show_panel(view, "active_members", by=by)
