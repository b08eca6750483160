"""This week: what the person running the programme should know today."""

from __future__ import annotations

import streamlit as st

from ui.blocks.cards import show_card, show_header
from ui.blocks.decisions import show_decisions
from ui.blocks.headlines import list_headlines
from ui.blocks.panels import show_series
from ui.shell.session import current_view, fetch
from ui.shell.timeline import label_waves
from ui.words.attention import list_attention
from ui.words.numbers import escape_markdown

view = current_view()
assert view is not None
show_header("This week", "Where the programme stands today, and what to look at first.", has_period=False)
weeks = fetch(view, "active_members", period="all", grain="week")
response = fetch(view, "response_rate_rr1", period="all")

st.header("What needs attention", anchor=False)
found = list_attention(weeks, response, view.release.manifest, label_waves(view), view.release.complete_to)
if not found:
    st.markdown("Nothing stands out in this release.")
for attention in found:
    st.markdown(f"**{attention.heading}.** {escape_markdown(attention.sentence)}")

st.header("At a glance", anchor=False)
with st.grid(min_column_width=190, gap="medium"):
    for headline in list_headlines(view, weeks):
        show_card(headline.result, label=headline.label, note=headline.note)

show_series(view, "active_members", grain="week", period="all")

st.header("What did we decide, and did it work?", anchor=False)
show_decisions(view)
