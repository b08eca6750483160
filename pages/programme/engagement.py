"""Engagement: who takes part, and who fades?"""

from __future__ import annotations

from functools import partial

import streamlit as st

from ui.blocks.cards import show_header, show_missing
from ui.blocks.panels import (
    Panel,
    list_panels,
    show_by_group,
    show_kind,
    show_more,
    show_series,
)
from ui.blocks.upload.people import show_unmet
from ui.shell.session import current_view, fetch
from ui.shell.timeline import place_in_time
from ui.words.language import gettext, gettext_noop

CARDS = ("events_held", "no_show_rate", "contribution_rate", "breadth", "weekly_active", "attendance_minutes")
view = current_view()
assert view is not None
show_header(
    gettext("Engagement"),
    gettext("Who takes part, and who fades? The programme expects no minimum: low activity is not failure."),
)
show_unmet(view, "attendance")
events = place_in_time(view, fetch(view, "attendance_rate", by=("event",)), "event")
active = fetch(view, "active_members")

if events.is_empty and active.is_empty:
    show_missing(events)
    show_missing(active)
else:
    stages, first = fetch(view, "event_funnel", by=("event",)), fetch(view, "event_first_timers")
    ladder = fetch(view, "engagement_ladder", grain="quarter")
    by_attendance = fetch(view, "active_by_attendance", grain="month")
    with st.grid(min_column_width=350, gap="medium"):
        show_kind(view, "turnout", events, stages, first, heading=gettext("Who comes to events?"))
        show_series(view, "active_members", grain="week")
        show_kind(view, "ladder", ladder, heading=gettext("How engaged, by quarter?"))
        show_kind(view, "lines", by_attendance, heading=gettext("Do those who never came fade?"))
    wanted = fetch(view, "wanted_against_actual")
    show_kind(view, "sides", wanted, heading=gettext("Are members as engaged as they want to be?"))

    topics = {
        gettext_noop("By group"): partial(show_by_group, view, "attendance_rate", "active_members"),
        gettext_noop("Every event"): list_panels("attendance_rate", "no_show_rate", by=("event",)),
        gettext_noop("Kinds of event"): (
            Panel("attendance_rate", ("event_kind",)),
            *list_panels("event_funnel", "events_attended"),
            Panel("first_timers", asked={"grain": "month"}, is_series=True),
        ),
        gettext_noop("How lately and how widely"): (Panel("recency"),),
        gettext_noop("In one figure each"): CARDS,
        gettext_noop("The programme's other streams"): list_panels(
            "stream_members", "exchange_funnel", "coffee_trials"
        ),
    }
    show_more(view, topics)
