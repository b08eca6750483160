"""Where the release stands in time: its waves, weeks and events, in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ui.shell.once import Once
from ui.shell.session import View


@dataclass(frozen=True)
class Event:
    """An event that has taken place: its id, title and day."""

    event_id: str
    title: str
    on_date: date


_WAVES: Once[dict[str, str]] = Once(1)
_LATEST: Once[Event | None] = Once(1)


def label_waves(view: View) -> dict[str, str]:
    """Name of each wave for readers, by wave id."""
    return _WAVES.get(view.engine, None, lambda: _label_waves(view))


def _label_waves(view: View) -> dict[str, str]:
    waves = view.engine.query("SELECT wave_id, coalesce(label, wave_id) AS label FROM wave_order")
    return {str(wave): str(label) for wave, label in zip(waves["wave_id"], waves["label"], strict=True)}


def find_latest_event(view: View) -> Event | None:
    """The latest event on or before the complete-to day; None when there is none."""
    return _LATEST.get(view.engine, None, lambda: _find_latest_event(view))


def _find_latest_event(view: View) -> Event | None:
    events = view.engine.query(
        """SELECT e.event_id, e.title, d.on_date FROM event_days d JOIN events e USING (event_id)
        WHERE d.on_date <= (SELECT complete_to FROM calendar) ORDER BY d.on_date DESC, e.event_id LIMIT 1"""
    )
    if events.empty:
        return None
    event = events.iloc[0]
    return Event(str(event["event_id"]), str(event["title"]), event["on_date"].date())
