"""Connections: do ties cross boundaries beyond chance?"""

from __future__ import annotations

from functools import partial

import streamlit as st

from ui.blocks.cards import show_header, show_missing
from ui.blocks.network.board import choose_relation, show_network
from ui.blocks.panels import (
    choose_attribute,
    keep_latest,
    list_groupings,
    list_panels,
    show_by_group,
    show_kind,
    show_more,
)
from ui.charts.connections.boundary import name_attribute, rank_boundaries
from ui.shell.session import current_view, fetch
from ui.shell.timeline import place_in_time
from ui.words.language import gettext, gettext_noop

MADE = ("event_ties_share", "event_ties_odds", "event_ties_p", "tie_change_adequacy")
SHAPE = ("reciprocity", "transitivity", "isolates", "in_largest_component", "clustering", "density")
view = current_view()
assert view is not None
show_header(gettext("Connections"), gettext("Do ties cross boundaries beyond chance, and is that changing?"))
view = choose_relation(view)
ties = place_in_time(view, fetch(view, "ties_per_member"), "period")

if ties.is_empty:
    show_missing(ties)
else:
    latest = keep_latest(ties)
    ranked = rank_boundaries([fetch(view, f"mixing_cross_{name}") for name in list_groupings(view)])
    chosen = choose_attribute(view, name_attribute(ranked[0]), gettext("Boundary")) if ranked else None
    whole = place_in_time(view, fetch(view, "ties_if_all_answered"), "period")
    events = place_in_time(view, fetch(view, "attendance_rate", by=("event",), period="all"), "event")
    with st.grid(min_column_width=350, gap="medium"):
        if chosen:
            boundaries = sorted(ranked, key=lambda result: name_attribute(result) != chosen)
            show_kind(view, "boundaries", *boundaries, heading=gettext("Which boundaries do ties cross?"))
        show_kind(view, "timeline", ties, whole, events, heading=gettext("Have members more ties?"))
        if chosen:
            new = [fetch(view, f"ties_new_by_{name_attribute(one)}") for one in boundaries]
            pairs = [one for pair in zip(new, boundaries, strict=True) for one in pair]
            show_kind(view, "new-ties", *pairs, heading=gettext("And new ties?"))
            show_kind(
                view, "matrix", fetch(view, f"mixing_matrix_{chosen}"), heading=gettext("Who names whom?")
            )

    topics = {
        gettext_noop("The map"): partial(show_network, view),
        gettext_noop("By group"): partial(show_by_group, view, "ties_per_member", period=latest),
        gettext_noop("New, kept and lost"): ("ties_new", "ties_kept", "ties_lost", "tie_stability"),
        gettext_noop("Did the events make the ties?"): list_panels(*MADE, period=latest),
        gettext_noop("The shape of the network"): SHAPE,
        gettext_noop("Pairs and triples"): list_panels("dyad_census", "triad_census", period=latest),
        gettext_noop("Who joins others together"): list_panels(
            "brokerage", "constraint", "in_degree", period=latest
        ),
        gettext_noop("How strong ties are"): ("tie_strength", "tie_trust", "tie_value"),
    }
    show_more(view, topics)
