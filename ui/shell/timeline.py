"""Where the release stands in time: its waves, weeks and events, in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import streamlit as st

from ui.shell.session import View
from warehouse.engine import Engine


@dataclass(frozen=True)
class Event:
    """An event that has taken place: its id, title and day."""

    event_id: str
    title: str
    on_date: date


def label_waves(view: View) -> dict[str, str]:
    """Name of each wave for readers, by wave id."""
    return _label_waves(str(view.release.path), view.engine)


@st.cache_resource(max_entries=3, show_spinner=False)
def _label_waves(path: str, _engine: Engine) -> dict[str, str]:
    waves = _engine.query("SELECT wave_id, coalesce(label, wave_id) AS label FROM wave_order")
    return {str(wave): str(label) for wave, label in zip(waves["wave_id"], waves["label"], strict=True)}


def find_latest_event(view: View) -> Event | None:
    """The latest event on or before the complete-to day; None when there is none."""
    events = view.engine.query(
        """SELECT e.event_id, e.title, d.on_date FROM event_days d JOIN events e USING (event_id)
        WHERE d.on_date <= (SELECT complete_to FROM calendar) ORDER BY d.on_date DESC, e.event_id LIMIT 1"""
    )
    if events.empty:
        return None
    event = events.iloc[0]
    return Event(str(event["event_id"]), str(event["title"]), event["on_date"].date())
