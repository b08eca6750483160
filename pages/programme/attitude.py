"""Attitude: what members who answered think, and whether it has changed."""

from __future__ import annotations

import streamlit as st

from ui.blocks.cards import show_header, show_missing
from ui.blocks.panels import (
    choose_breakdown,
    keep_latest,
    show_cards,
    show_panel,
    show_result,
    show_when_opened,
)
from ui.charts.figures import list_constructs, list_items
from ui.shell.address import ALL, choose
from ui.shell.session import current_view, fetch

view = current_view()
assert view is not None
show_header(
    "Attitude",
    "What those who answered think of the programme, by construct and by item, and what has changed in the matched panel.",
)
positive = fetch(view, "construct_positive")
latest = keep_latest(positive)

if positive.is_empty:
    show_missing(positive)
else:
    show_result(view, positive, key="positive")
    show_panel(view, "construct_distribution", period=latest)
    with st.expander("Mean scores, index and net agreement"):
        for name in ("construct_mean", "construct_index", "construct_net"):
            show_panel(view, name)
    with st.expander("How well the items of a construct go together"):
        show_panel(view, "construct_reliability", period=latest)

    st.header("Has it changed?", anchor=False)
    show_panel(view, "construct_change_since_first", period=latest)
    show_panel(view, "construct_change", period=latest)
    show_panel(view, "construct_change_split", period=latest)

    retests = ("construct_retest", "construct_dz", "item_retest", "item_dz")
    show_when_opened(
        view, "How alike and how far apart the two answers of a person are", retests, period=latest
    )

    st.header("Importance and intention to stay", anchor=False)
    show_cards(view, "importance", "intention_to_stay")

    st.header("Item by item", anchor=False)
    construct = choose("Construct", [ALL, *list_constructs(view)], key="construct", width=280)
    items = list_items(view, "likert", "" if construct == ALL else construct)
    where = tuple(("item", item) for item in items)
    for name in ("item_distribution", "item_change", "item_positive_change"):
        show_panel(view, name, where=where, period=latest)
    tests = ("item_distribution_p", "item_symmetry_p", "item_positive_mcnemar_p")
    show_when_opened(view, "Tests of a changed distribution", tests, where=where, period=latest)
    with st.expander("Positive answers, agreement as asked, net agreement and mean score of each item"):
        for name in ("item_positive", "item_agreement", "item_net", "item_mean"):
            show_panel(view, name, where=where, period=latest)
    for item in list_items(view, "nps"):
        show_panel(view, "item_distribution", where=(("item", item),), period=latest)
        show_panel(view, "item_nps", where=(("item", item),))

    st.header("By group", anchor=False)
    by = choose_breakdown(view)
    if by:
        show_panel(view, "construct_positive", by=by, period=latest)
