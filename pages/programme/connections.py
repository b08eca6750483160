"""Connections: who is tied to whom, across which boundaries, and how that changes."""

from __future__ import annotations

import streamlit as st

from ui.blocks.cards import show_header, show_missing
from ui.blocks.panels import (
    choose_attribute,
    choose_breakdown,
    keep_latest,
    show_cards,
    show_panel,
    show_result,
    show_when_opened,
)
from ui.charts.map import show_network
from ui.shell.session import current_view, fetch

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
    show_panel(view, "ties_if_all_answered")

    st.header("New, kept and lost", anchor=False)
    st.markdown(
        "Among members who answered in both waves, so that joiners and leavers do not count as change."
    )
    show_cards(view, "ties_new", "ties_kept", "ties_lost", "tie_stability")

    events = ("event_ties_share", "event_ties_odds", "event_ties_p", "tie_change_adequacy")
    show_when_opened(view, "Did the events make the ties?", events, period=latest)

    st.header("Across boundaries", anchor=False)
    attribute = choose_attribute(view)
    if attribute:
        show_panel(view, f"cross_{attribute}")
        show_panel(view, f"mixing_{attribute}")
        show_panel(view, f"ties_new_by_{attribute}", period=latest)
        show_cards(view, f"mixing_p_{attribute}")

    st.header("The map", anchor=False)
    show_network(view)

    st.header("The shape of the network", anchor=False)
    show_cards(view, "reciprocity", "transitivity", "isolates", "in_largest_component")
    with st.expander("Density, paths, communities and centralisation"):
        st.caption(
            "Density falls as membership grows, because nobody can know everybody: it is never the headline."
        )
        show_cards(view, "density", "clustering", "degree_assortativity", "centralisation")
        show_cards(view, "communities", "modularity", "diameter", "path_length")
    show_when_opened(view, "Pairs and triples", ("dyad_census", "triad_census"), period=latest)
    with st.expander("Who joins others together"):
        show_cards(view, "constraint", "betweenness_highest", "in_degree")
        show_panel(view, "brokerage", period=latest)
    with st.expander("How strong the ties are"):
        show_cards(view, "tie_strength", "tie_trust", "tie_value")

    st.header("By group", anchor=False)
    by = choose_breakdown(view)
    if by:
        show_panel(view, "ties_per_member", by=by, period=latest)
