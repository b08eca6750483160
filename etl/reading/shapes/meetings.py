"""What a meeting report holds, whichever tool wrote it: the meeting, and one presence a join."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pyarrow as pa

from etl.reading.records import make_table
from etl.reading.types import DateOrder, RawFile, Reading, Refused, Reject
from etl.reading.written.dates import format_utc, load_zone, parse_local, read_serial, to_local, to_utc
from etl.reading.written.names import normalise_email, normalise_name

_EVENT_COLUMNS = ("event_id", "title", "mode", "starts_at", "ends_at")
_ATTENDANCE_COLUMNS = (
    "event_id",
    "person_email",
    "person_upn",
    "person_name",
    "registered",
    "attended",
    "minutes",
    "first_join_at",
    "last_leave_at",
    "role",
)


class Unreadable(ValueError):
    """A line that cannot be taken; the message is the reason in plain words."""


@dataclass(frozen=True)
class Meeting:
    """A meeting; times are naive UTC."""

    event_id: str
    title: str
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True)
class Presence:
    """One join of one person, or one no-show; times are naive UTC, `minutes` the time present."""

    line: int
    event_id: str = ""
    email: str = ""
    upn: str = ""
    name: str = ""
    is_registered: bool | None = None
    is_attended: bool = True
    minutes: float | None = None
    joined_at: datetime | None = None
    left_at: datetime | None = None
    role: str = ""

    @property
    def person(self) -> str:
        """Who it is within one report: the e-mail address, otherwise the name."""
        return normalise_email(self.email or self.upn) or normalise_name(self.name)


@dataclass(frozen=True)
class Clock:
    """How a file writes times: the order of its dates and the zone of its local times."""

    order: DateOrder
    zone: str

    def read(self, text: str, what: str) -> datetime | None:
        """A written time as naive UTC, None where it is blank; Unreadable says `what` is wrong."""
        if not text.strip():
            return None
        try:
            local = parse_local(read_serial(text), self.order)
            moment = to_utc(local, self.zone)
        except ValueError:
            raise Unreadable(f"{what} '{text.strip()[:40]}' is not a date and time") from None
        if local.tzinfo is None and to_local(moment, self.zone) != local:
            raise Unreadable(
                f"{what} '{text.strip()[:40]}' is in the hour that clocks in {self.zone} leave out: say with --zone where the file was written"
            )
        return moment


def name_event(tool: str, title: str, starts: datetime) -> str:
    """The id of an event: tool, day and title as in "teams-2015-07-14-q-design-event-1"; the time where it has no title.

    `starts` is the start as written, local time.
    """
    words = re.sub(r"[\W_]+", "-", title.casefold()).strip("-") or starts.strftime("%H%M")
    return f"{tool}-{starts.date().isoformat()}-{words}"


def count_minutes(presence: Presence) -> float | None:
    """Minutes from join to leave; None where one of them is not known or the leave comes first."""
    if presence.joined_at is None or presence.left_at is None or presence.left_at < presence.joined_at:
        return None
    return (presence.left_at - presence.joined_at).total_seconds() / 60


def _settle_leave(presence: Presence, zone: str) -> Presence:
    """Of a leave in the hour that occurs twice, when clocks go back, the one with which the stated minutes agree."""
    if presence.joined_at is None or presence.left_at is None or presence.minutes is None:
        return presence
    later = _read_second(presence.left_at, zone)
    stated = timedelta(minutes=presence.minutes)
    first, second = (abs(left - presence.joined_at - stated) for left in (presence.left_at, later))
    return replace(presence, left_at=later) if second < first else presence


def _settle_end(meeting: Meeting, last: datetime | None, zone: str) -> Meeting:
    """Of an end in the hour that occurs twice the second, where the last who left did so after the first."""
    if meeting.ends_at is None or last is None or last <= meeting.ends_at:
        return meeting
    return replace(meeting, ends_at=_read_second(meeting.ends_at, zone))


def _read_second(moment: datetime, zone: str) -> datetime:
    """The second of the two times that are written as this one, the same where there is one."""
    return to_utc(to_local(moment, zone).replace(tzinfo=load_zone(zone), fold=1), zone)


def make_reading(
    source: str,
    file: RawFile,
    meetings: Sequence[Meeting],
    presences: Sequence[Presence],
    rejects: Sequence[Reject],
    warnings: Sequence[str],
) -> Reading:
    """The tables `events` (left out where the options name the event) and `attendance`, one row a presence."""
    presences = [_settle_leave(presence, file.options.zone) for presence in presences]
    last: dict[str, datetime] = {}
    for one in presences:
        if one.left_at:
            last[one.event_id] = max(one.left_at, last.get(one.event_id, one.left_at))
    meetings = [_settle_end(meeting, last.get(meeting.event_id), file.options.zone) for meeting in meetings]
    tables: dict[str, pa.Table] = {}
    if file.options.event_id is None:
        tables["events"] = make_table(
            _EVENT_COLUMNS,
            [
                (0, (meeting.event_id, meeting.title, "online", *_write(meeting.starts_at, meeting.ends_at)))
                for meeting in meetings
            ],
        )
    tables["attendance"] = make_table(
        _ATTENDANCE_COLUMNS,
        [
            (
                presence.line,
                (
                    file.options.event_id or presence.event_id,
                    presence.email.strip(),
                    presence.upn.strip(),
                    presence.name.strip(),
                    {True: "true", False: "false", None: ""}[presence.is_registered],
                    "true" if presence.is_attended else "false",
                    "" if presence.minutes is None else str(round(presence.minutes, 6)),
                    *_write(presence.joined_at, presence.left_at),
                    presence.role,
                ),
            )
            for presence in presences
        ],
    )
    return Reading(source, len(presences) + len(rejects), tables, tuple(rejects), tuple(warnings))


def _write(start: datetime | None, end: datetime | None) -> tuple[str, str]:
    return format_utc(start) if start else "", format_utc(end) if end else ""


def refuse_second(name: str, line: int) -> None:
    """Refused where another whole report begins on a line (0 where none does), whose people would be those of the first meeting."""
    if line:
        raise Refused(
            f"{name} has a second report, which begins in line {line}: save each report as a file of its own."
        )


def find_second(times: Sequence[tuple[int, str]], headings: Sequence[int]) -> int:
    """The line of a further heading between times (line, as written) of which no day is on both sides of it, else 0."""
    for again in headings:
        before, after = (
            {text.split()[0] for line, text in times if text.strip() and is_side(line)}
            for is_side in (again.__gt__, again.__lt__)
        )
        if before and after and not before & after:
            return again
    return 0
