"""The headline cards of This week: which figure, under which label, with which note."""

from __future__ import annotations

from dataclasses import dataclass, replace

from indicators.result import Result
from ui.shell.session import View, fetch
from ui.shell.timeline import find_latest_event, label_waves
from ui.words.attention import list_complete_weeks
from ui.words.numbers import format_day, format_period, format_value


@dataclass(frozen=True)
class Headline:
    """One card: its result (the last row is the figure), its label and a note beside the interval."""

    result: Result
    label: str
    note: str = ""


def list_headlines(view: View, weeks: Result) -> list[Headline]:
    """Members, active members, attendance at the latest event, latest response rate, new ties per member.

    `weeks` is active_members by week over all time.
    """
    return [
        Headline(fetch(view, "members", period="all"), "Members", _say_complete_to(view)),
        _head_week(view, weeks),
        _head_event(view),
        _head_response(view),
        _head_ties(view),
    ]


def _say_complete_to(view: View) -> str:
    return f"on {format_day(view.release.complete_to)}" if view.release.complete_to else ""


def _head_week(view: View, weeks: Result) -> Headline:
    complete = list_complete_weeks(weeks)
    if not complete:
        return Headline(fetch(view, "active_members", period="all"), "Active members", "all time")
    period = str(complete[-1]["period"])
    note = format_period(period)
    if len(complete) > 1:
        note += f"; the week before {format_value(complete[-2]['value'], weeks.indicator.unit)}"
    return Headline(fetch(view, "active_members", period=period), "Active members", note)


def _head_event(view: View) -> Headline:
    event = find_latest_event(view)
    if event is None:
        return Headline(fetch(view, "attendance_rate", period="all"), "Attendance")
    result = fetch(view, "attendance_rate", by=("event",), where=(("event", event.event_id),), period="all")
    return Headline(result, "Attendance", f"{event.title}, {format_day(event.on_date)}")


def _head_response(view: View) -> Headline:
    result = fetch(view, "response_rate_rr1", period="all")
    if result.is_empty:
        return Headline(result, "Response rate")
    wave = str(result.table["period"].iloc[-1])
    return Headline(result, "Response rate", format_period(wave, label_waves(view)))


def _head_ties(view: View) -> Headline:
    result = fetch(view, "ties_new", period="all")
    if result.is_empty:
        return Headline(result, "New ties per member")
    wave = str(result.table["period"].iloc[-1])
    latest = result.table[result.table["period"] == wave].head(1)
    note = f"{latest['relation'].iloc[0]}, {format_period(wave, label_waves(view))}"
    return Headline(replace(result, table=latest), "New ties per member", note)
