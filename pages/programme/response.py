"""Response: who was asked, who answered, whom the answers leave out, and how much that could matter."""

from __future__ import annotations

import streamlit as st

from ui.blocks.cards import show_header, show_missing
from ui.blocks.panels import (
    choose_attribute,
    choose_breakdown,
    keep_latest,
    show_panel,
    show_result,
    show_when_opened,
)
from ui.shell.session import current_view, fetch

view = current_view()
assert view is not None
show_header(
    "Response",
    "Who was asked, who answered, whom the answers leave out, and how much that could matter.",
)
response = fetch(view, "response_rate_rr1")
latest = keep_latest(response)
attitude = keep_latest(fetch(view, "construct_positive"))

if response.is_empty:
    show_missing(response)
else:
    show_result(view, response, key="rr1")
    with st.expander("With partial answers"):
        show_panel(view, "response_rate_rr2")
    rates = ("response_rates", "cooperation_rates", "refusal_rates", "contact_rates")
    show_when_opened(view, "Cooperation, refusal, contact, and unknown eligibility", rates, period=latest)
    show_panel(view, "dispositions", period=latest)
    show_panel(view, "survey_burden")

    st.header("Who answered, against everybody asked", anchor=False)
    attribute = choose_attribute(view)
    if attribute:
        show_panel(view, f"representation_{attribute}", period=latest)

    st.header("Could those who did not answer change the picture?", anchor=False)
    st.markdown(
        "Answers weighted so that those who answered look like those asked, beside the answers as given."
    )
    show_panel(view, "construct_mean_weighted", period=attitude)
    show_panel(view, "effective_respondents")
    own = ("construct_mean_survey_weighted", "item_positive_survey_weighted", "survey_weights")
    show_when_opened(view, "With the survey's own weights", own, period=attitude)
    show_panel(view, "item_positive_bounds", period=attitude)

    st.header("Items left out", anchor=False)
    show_panel(view, "item_nonresponse", period=attitude)

    st.header("By group", anchor=False)
    by = choose_breakdown(view)
    if by:
        show_panel(view, "response_rate_rr1", by=by, period=latest)
