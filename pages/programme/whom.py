"""Who do we hear from? Who is a member, who was asked, who answered, and what that means for every other figure."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ui.blocks.cards import show_header, show_missing
from ui.blocks.panels import (
    Panel,
    choose_attribute,
    keep_latest,
    list_panels,
    show_kind,
    show_more,
    show_weighting,
)
from ui.shell.session import current_view, fetch
from ui.words.language import gettext, gettext_noop

view = current_view()
assert view is not None
show_header(
    gettext("Who do we hear from?"),
    gettext("Whom the figures of surveys speak for, and whom they leave out."),
)
response = fetch(view, "response_rate_rr1")
latest = keep_latest(response)
attitude = keep_latest(fetch(view, "construct_positive"))

attribute = choose_attribute(view)
by = (attribute,) if attribute else ()

if response.is_empty:
    show_missing(response)
else:
    with st.grid(min_column_width=360, gap=("medium", "large")):
        if attribute:
            shares = fetch(view, f"respondents_{attribute}", period=latest)
            gaps = fetch(view, f"representation_{attribute}", period=latest)
            members = fetch(replace(view, filters=()), f"composition_{attribute}", period="all")
            show_kind(view, "reach", shares, gaps, members, heading=gettext("Whom do the answers leave out?"))
        show_kind(view, "waves", response, heading=gettext("How many answer?"))
    show_weighting(view, "construct_mean_weighted", period=attitude)
show_more(
    view,
    {
        gettext_noop("Members"): (
            Panel("members", asked={"grain": "month"}),
            *list_panels("organisations_reached"),
        ),
        gettext_noop("Who answered, by group"): list_panels("response_rate_rr1", by=by, period=latest),
        gettext_noop("What came of the invitations"): list_panels(
            "dispositions", "survey_burden", period=latest
        ),
        gettext_noop("With partial answers"): list_panels("response_rate_rr2"),
        gettext_noop("Weighted answers"): list_panels(
            "construct_mean_weighted", "design_effect", period=attitude
        ),
        gettext_noop("What those who did not answer could change"): list_panels(
            "item_positive_bounds", "item_nonresponse", period=attitude
        ),
        gettext_noop("Other rates"): list_panels(
            "response_rates", "cooperation_rates", "refusal_rates", "contact_rates", period=latest
        ),
    },
)
