"""Who do we hear from? Who is a member, who was asked, who answered, and what that means for every other figure."""

from __future__ import annotations

import streamlit as st

from ui.blocks.cards import show_header, show_missing
from ui.blocks.panels import (
    Panel,
    choose_attribute,
    keep_latest,
    list_panels,
    show_by_group,
    show_more,
    show_panel,
    show_result,
)
from ui.shell.session import current_view, fetch

view = current_view()
assert view is not None
show_header(
    "Who do we hear from?", "Who is a member, who was asked, who answered, and whom the answers leave out."
)
response = fetch(view, "response_rate_rr1")
latest = keep_latest(response)
attitude = keep_latest(fetch(view, "construct_positive"))
attribute = choose_attribute(view)

if response.is_empty:
    show_missing(response)
else:
    if attribute:
        show_panel(view, f"representation_{attribute}", period=latest)
    show_result(view, response, key="rr1")

topics = {
    "Members": (Panel("members", asked={"grain": "month"}), *list_panels("organisations_reached")),
    "What came of the invitations": list_panels("dispositions", "survey_burden", period=latest),
    "With partial answers": list_panels("response_rate_rr2"),
    "Weighted answers": list_panels("construct_mean_weighted", "effective_respondents", period=attitude),
    "Whatever the others think": list_panels("item_positive_bounds", "item_nonresponse", period=attitude),
}
st.header("By group", anchor=False)
show_by_group(view, "response_rate_rr1", period=latest)
show_more(view, topics)
