"""Retention: who stays a member, and who stays active; two kinds that are never merged."""

from __future__ import annotations

import streamlit as st

from ui.blocks.cards import show_card, show_header, show_missing
from ui.blocks.panels import choose_breakdown, choose_parameter, show_panel, show_series
from ui.shell.session import current_view, fetch

view = current_view()
assert view is not None
show_header(
    "Retention",
    "Who stays on the list, and who stays active. Being on the list is not the same as being active.",
)
retention = fetch(view, "membership_retention")

if retention.is_empty:
    show_missing(retention)
else:
    st.header("Membership", anchor=False)
    with st.grid(min_column_width=190, gap="medium"):
        show_card(fetch(view, "members"), label="Members now")
        show_card(fetch(view, "joiners"), label="Ever joined", note="Those who came back count once")
        show_card(fetch(view, "leavers"), label="Ever left", note="Also those who came back")
    show_panel(view, "membership_retention")
    with st.expander("Is leaving rarer or more frequent than before?"):
        st.markdown(
            "Read it off the member-days: they allow for how many members there were, so that a community that grows is not "
            "seen as one that more people leave. The time before the first leaver lies between no two, and is in no gap."
        )
        show_series(view, "member_days_between_leavers")
    with st.expander("More: the days alone, however many members there were"):
        st.markdown(
            "Days between leavers grow shorter by themselves as a community grows, so that this chart can say the opposite. "
            "All who left on one day count once, so that it can have fewer gaps."
        )
        show_series(view, "days_between_leavers")
    show_panel(view, "cohort_retention")
    with st.expander("Quarter by quarter, and until half have left"):
        show_panel(view, "period_retention", grain="quarter")
        show_panel(view, "membership_median")

    st.header("Activity", anchor=False)
    window = choose_parameter(view, "lapsed_members", "window")
    with st.grid(min_column_width=190, gap="medium"):
        show_card(fetch(view, "lapsed_members", settings=window))
        show_card(fetch(view, "activity_kept", settings=window))
        show_card(fetch(view, "reactivation", settings=window))
    show_panel(view, "activity_retention", settings=window)

    st.header("By group", anchor=False)
    by = choose_breakdown(view)
    if by:
        show_panel(view, "membership_retention", by=by)
        show_panel(view, f"logrank_{by[0]}")
        show_panel(view, "activity_retention", by=by, settings=window)
