"""Attitude: what do members think, and is the change real?"""

from __future__ import annotations

import streamlit as st

from ui.blocks.cards import show_header, show_missing
from ui.blocks.panels import Panel, choose_attribute, keep_latest, list_panels, show_kind, show_more
from ui.charts.figures import list_items
from ui.shell.session import current_view, fetch
from ui.words.language import gettext, gettext_noop

view = current_view()
assert view is not None
show_header(gettext("Attitude"), gettext("What do members think, and is the change real?"))
positive = fetch(view, "construct_positive")
latest = keep_latest(positive)

if positive.is_empty:
    show_missing(positive)
else:
    positive_change = fetch(view, "construct_positive_change_since_first")
    change = fetch(view, "construct_change_since_first")
    items, item_change = fetch(view, "item_positive"), fetch(view, "item_positive_change_since_first")
    with st.grid(min_column_width=360, gap=("medium", "large")):
        show_kind(view, "tracks", positive, positive_change, heading=gettext("What do members think?"))
        split = fetch(view, "construct_change_split_since_first")
        show_kind(
            view, "split", split, change, heading=gettext("Is the change real, or did other people answer?")
        )
        show_kind(view, "tracks", items, item_change, heading=gettext("Which statements moved?"))
        with st.container():
            attribute = choose_attribute(view)
            if attribute:
                groups = fetch(view, "construct_positive", by=(attribute,), period=latest)
                everybody = fetch(view, "construct_positive", period=latest)
                show_kind(
                    view,
                    "contrasts",
                    groups,
                    everybody,
                    heading=gettext("Who thinks otherwise than the rest?"),
                )
    nps = [
        Panel(name, asked={"where": (("item", item),), "period": latest})
        for item in list_items(view, "nps")
        for name in ("item_distribution", "item_nps")
    ]
    show_more(
        view,
        {
            gettext_noop("All answers"): list_panels(
                "construct_distribution", "item_distribution", period=latest
            ),
            gettext_noop("Mean scores"): list_panels("construct_mean", "construct_index", "construct_net"),
            gettext_noop("Since the wave before"): list_panels(
                "construct_change", "construct_change_split", "item_change", period=latest
            ),
            gettext_noop("Statements as asked"): list_panels(
                "item_agreement", "item_net", "item_mean", period=latest
            ),
            gettext_noop("Recommending the community"): nps,
            gettext_noop("How the answers hang together"): list_panels(
                "construct_reliability",
                "construct_retest",
                "construct_dz",
                "item_retest",
                "item_dz",
                period=latest,
            ),
        },
    )
