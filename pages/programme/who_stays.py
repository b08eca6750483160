"""Who stays, and what goes with it? Staying on the list and staying active are two kinds that are never merged."""

from __future__ import annotations

import streamlit as st

from ui.blocks.cards import show_header, show_missing
from ui.blocks.panels import Panel, choose_attribute, choose_parameter, show_cards, show_kind, show_more
from ui.shell.session import current_view, fetch
from ui.words.language import gettext, gettext_noop

view = current_view()
assert view is not None
show_header(
    gettext("Who stays?"),
    gettext(
        "Who stays on the list, and what goes with it? Being on the list is not the same as being active."
    ),
)
retention = fetch(view, "membership_retention")
ATTENDED = ("journey_staying_by_attendance", "journey_staying_gap", "journey_ties_by_attendance")
COMPARED = (*ATTENDED, "journey_ties_gap", "journey_staying_by_ties", "journey_staying_by_ties_gap")


def show_activity() -> None:
    """Staying active, by what counts as a lapse."""
    assert view is not None
    window = choose_parameter(view, "lapsed_members", "window")
    show_cards(view, "lapsed_members", "activity_kept", "reactivation", settings=window)
    Panel("activity_retention", asked={"settings": window}).show(view)


if retention.is_empty:
    show_missing(retention)
else:
    show_kind(view, "curve", retention, heading=gettext("How long do members stay?"))
    attribute = choose_attribute(view, "cohort", gettext("Side by side"))
    if attribute:
        curves = fetch(view, "membership_retention", by=(attribute,))
        test = fetch(view, f"logrank_{attribute}")
        show_kind(view, "multiples", curves, test, heading=gettext("Who leaves sooner?"))
    with st.grid(min_column_width=350, gap="medium"):
        pairs = [fetch(view, name) for name in COMPARED]
        show_kind(view, "comparisons", *pairs, heading=gettext("Do events, ties and staying go together?"))
        months = [fetch(view, name, grain="month") for name in ("leavers", "joiners")]
        show_kind(view, "flow", *months, heading=gettext("Who left, and who joined?"))

    quarters = {"grain": "quarter"}
    topics = {
        gettext_noop("Who stays active"): show_activity,
        gettext_noop("From joining to new ties"): (Panel("journey_stages"),),
        gettext_noop("Cohort by cohort"): (
            Panel("cohort_retention"),
            Panel("period_retention", asked=quarters),
        ),
        gettext_noop("Is leaving rarer than before?"): (
            Panel("member_days_between_leavers", is_series=True),
        ),
        gettext_noop("Until half have left"): (Panel("membership_median"),),
    }
    show_more(view, topics)
