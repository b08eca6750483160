"""Connections: who is tied to whom, across which boundaries, and how that changes."""

from __future__ import annotations

import streamlit as st

from ui.cards import show_header, show_missing
from ui.panels import choose_breakdown, keep_latest, show_cards, show_panel, show_result
from ui.session import current_view, fetch

view = current_view()
assert view is not None
show_header(
    "Connections", "Who is connected to whom, across which boundaries, and what has changed between waves."
)
ties = fetch(view, "ties_per_member")
latest = keep_latest(ties)

if ties.is_empty:
    show_missing(ties)
else:
    show_result(view, ties, key="ties")

    st.header("New, kept and lost", anchor=False)
    st.markdown(
        "Among members who answered in both waves, so that joiners and leavers do not count as change."
    )
    show_cards(view, "ties_new", "ties_kept", "ties_lost", "tie_stability")

    st.header("Across boundaries", anchor=False)
    for name in ("cross_profession", "cross_region", "cross_organisation"):
        show_panel(view, name)
    with st.expander("E-I index"):
        for name in ("ei_profession", "ei_region", "ei_organisation"):
            show_panel(view, name)

    st.header("The shape of the network", anchor=False)
    show_cards(view, "reciprocity", "density")
    st.caption(
        "Density falls as membership grows, because nobody can know everybody: it is never the headline."
    )

    st.header("By group", anchor=False)
    by = choose_breakdown(view)
    if by:
        show_panel(view, "ties_per_member", by=by, period=latest)
