"""Zoom participant reports: of a meeting, with or without the meeting block or the join times; the admin's report of
many meetings; and the webinar report with hosts, panelists and attendees, no-shows among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from etl.reading.records import ANOTHER, REPEATED, Record, find_delimiter, fit_cells, read_records
from etl.reading.shapes.meetings import (
    Clock,
    Meeting,
    Presence,
    Unreadable,
    count_minutes,
    find_second,
    make_reading,
    name_event,
    refuse_second,
)
from etl.reading.types import About, RawFile, Reading, Refused, Reject, Sample
from etl.reading.written.dates import settle_order, to_local
from etl.reading.written.durations import parse_duration

NAME = "zoom"
TITLE = "Zoom participant report"
ABOUT = About(
    "English",
    "`--date-order`; `--event` where the file says no day",
    "lines without a name or an address, or with a time that is none; who was in the waiting room only did not attend",
)

_NAMES = ("name (original name)", "user name (original name)", "user name", "name")
_EMAILS = ("user email", "email")
_STARTS = ("start time", "actual start time")
_ENDS = ("end time",)
_LENGTHS = ("duration (minutes)", "actual duration (minutes)")
_PRESENT = ("total duration (minutes)", "duration (minutes)", "time in session (minutes)", "duration")
_ROLES = {
    "host details": "host",
    "panelist details": "panelist",
    "attendee details": "attendee",
    "other attended": "",
    "other details": "",
}
_TITLE_LESS = "Zoom meeting"
_PREAMBLE = 60
_BRACKETED = re.compile(r"(.*?)\s*\(([^()]*)\)\s*", re.DOTALL)
_WORD = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:['’.-][^\W\d_]*)*")

_Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Line:
    """A participant's line: cells by heading, the facts of its meeting, the section's role, and why it is none."""

    line: int
    cells: Mapping[str, str]
    facts: _Facts
    role: str
    is_webinar: bool
    fault: str = ""

    def cell(self, names: Iterable[str]) -> str:
        return _pick(self.cells, names)


def recognise(sample: Sample) -> bool:
    """Whether a heading names "Name (Original Name)" with a duration, or a webinar's time in session."""
    return _find_delimiter(sample.text) is not None


def read(file: RawFile) -> Reading:
    """Read the meetings of a report: an event each, and one row a join or no-show.

    Zoom writes "Display name (Original Name)". The name in brackets is taken where it reads like a person's (two words
    or more, letters only, none an abbreviation in capitals), otherwise the name in front: "iPad (Ana Silva)" is Ana
    Silva, "Ana Silva (NHS)" and "Ana Silva (she/her)" are too.
    """
    delimiter = _find_delimiter(file.text)
    if delimiter is None:
        raise Refused(f"{file.name} is no Zoom participant report: export it again from Zoom's reports.")
    lines = _list_lines(list(read_records(file.text, delimiter, is_ragged=True)))
    written = [line.cell([field]) for line in lines for field in ("join time", "leave time")]
    written += [_pick(dict(line.facts), names) for line in lines for names in (_STARTS, _ENDS)]
    clock = Clock(settle_order(written, file.name, file.options.date_order), file.options.zone)
    lone = [line for line in lines if not line.facts]
    times = [(line.line, line.cell(["join time"])) for line in lone if not line.fault]
    refuse_second(file.name, find_second(times, [line.line for line in lone if line.fault == REPEATED]))
    presences: dict[_Facts, list[Presence]] = {line.facts: [] for line in lines}
    rejects = []
    for line in lines:
        try:
            presences[line.facts].append(_read_line(line, clock))
        except Unreadable as error:
            rejects.append(Reject(line.line, str(error)))
    meetings = {facts: _read_meeting(file, facts, clock, joins) for facts, joins in presences.items()}
    meetings = _part_namesakes(meetings, clock.zone)
    if len(meetings) > 1 and file.options.event_id is not None:
        raise Refused(f"{file.name} holds {len(meetings)} meetings: leave out --event, or split the file.")
    named = [
        replace(join, event_id=meeting.event_id if meeting else "")
        for facts, meeting in meetings.items()
        for join in presences[facts]
    ]
    warnings = [
        warning for facts, joins in presences.items() for warning in _compare_count(file, facts, joins)
    ]
    named.sort(key=lambda join: join.line)
    return make_reading(
        NAME, file, [meeting for meeting in meetings.values() if meeting], named, rejects, warnings
    )


def _find_delimiter(text: str) -> str | None:
    return find_delimiter(text, _PREAMBLE, lambda records: any(_is_marked(_keys(row)) for row in records))


def _keys(record: Record) -> tuple[str, ...]:
    return tuple(" ".join(cell.casefold().split()) for cell in record.cells)


def _is_marked(keys: Sequence[str]) -> bool:
    """Whether a heading can only be Zoom's."""
    return _is_heading(keys) and (
        bool(set(_NAMES[:2]) & set(keys)) or {"attended", "time in session (minutes)"} <= set(keys)
    )


def _is_heading(keys: Sequence[str]) -> bool:
    has_person = bool({*_NAMES, "first name"} & set(keys))
    is_block = "topic" in keys and not set(_NAMES[:2]) & set(keys)
    return has_person and not is_block and bool({*_PRESENT, "join time"} & set(keys))


def _list_lines(records: Sequence[Record]) -> list[_Line]:
    """Participants' lines, each with the meeting block before it (or, in the admin's report, in front of it)."""
    facts: _Facts = ()
    block: tuple[str, ...] = ()
    heading: tuple[str, ...] = ()
    role, is_webinar = "", False
    lines = []
    for record in records:
        keys = _keys(record)
        cells = tuple("" if cell.strip() == "--" else cell.strip() for cell in record.cells)
        if len(record.filled) == 1 and record.filled[0].casefold() in _ROLES:
            role, heading, is_webinar = _ROLES[record.filled[0].casefold()], (), True
        elif _is_heading(keys) and heading == _trim(keys):
            lines.append(_Line(record.line, {}, facts, role, is_webinar, REPEATED))
        elif _is_heading(keys):
            if heading:
                lines.append(_Line(record.line, {}, facts, role, is_webinar, ANOTHER))
            heading = _trim(keys)
        elif "topic" in keys and (not heading or _is_block(keys)):
            block, heading, role, is_webinar = keys, (), "", False
        elif block:
            facts, block = _pair(block, cells), ()
        elif heading:
            own = next((heading.index(name) for name in _NAMES[:2] if name in heading), 0)
            own = own if "topic" in heading[:own] else 0
            told = _pair(heading[:own], cells) if own else facts
            fault = fit_cells(record, len(heading))
            if fault and own:
                told = facts
            named = dict(_pair(heading[own:], cells[own:]))
            lines.append(_Line(record.line, named, told, role, is_webinar, fault))
    return lines


def _is_block(keys: Sequence[str]) -> bool:
    """Whether a line is the heading of a meeting's block, and nothing of its people."""
    return bool({*_STARTS, *_LENGTHS} & set(keys)) and not {*_NAMES, "first name"} & set(keys)


def _trim(keys: Sequence[str]) -> tuple[str, ...]:
    """A heading without the empty cells at its end."""
    width = max((place for place, key in enumerate(keys, start=1) if key), default=0)
    return tuple(keys[:width])


def _pair(keys: Sequence[str], cells: Sequence[str]) -> _Facts:
    """Cells by heading; of a heading that occurs twice the first counts, and missing cells are blank."""
    found: dict[str, str] = {}
    for place, key in enumerate(keys):
        if key:
            found.setdefault(key, cells[place] if place < len(cells) else "")
    return tuple(found.items())


def _pick(cells: Mapping[str, str], names: Iterable[str]) -> str:
    return next((cells[name] for name in names if cells.get(name)), "")


def _read_line(line: _Line, clock: Clock) -> Presence:
    if line.fault:
        raise Unreadable(line.fault)
    names = " ".join(filter(None, (line.cell(["first name"]), line.cell(["last name"]))))
    is_present = line.cell(["attended"]).casefold() != "no"
    is_waiting = line.cell(["in waiting room"]).casefold() == "yes"
    approval = line.cell(["approval status"]).casefold()
    presence = Presence(
        line.line,
        email=line.cell(_EMAILS),
        name=names or choose_name(line.cell(_NAMES)),
        role=line.role,
        is_attended=is_present and not is_waiting,
    )
    if not presence.person:
        raise Unreadable("the line has neither a name nor an e-mail address")
    if not is_present:
        return replace(presence, is_registered=not approval.startswith(("denied", "cancel")))
    if line.is_webinar and line.cell(["registration time"]):
        presence = replace(presence, is_registered=True)
    if is_waiting:
        return presence
    joined = clock.read(line.cell(["join time"]), "the join time")
    left = clock.read(line.cell(["leave time"]), "the leave time") if joined else None
    presence = replace(presence, joined_at=joined, left_at=left)
    stated = line.cell(_PRESENT)
    if not stated:
        return replace(presence, minutes=count_minutes(presence))
    try:
        return replace(presence, minutes=parse_duration(stated))
    except ValueError:
        raise Unreadable(f"the duration '{stated[:40]}' is not a number of minutes") from None


def choose_name(text: str) -> str:
    """The person's name in Zoom's "Display name (Original Name)"."""
    match = _BRACKETED.fullmatch(text)
    if match is None or not match[1]:
        return text.strip()
    words = match[2].split()
    is_person = len(words) > 1 and all(
        _WORD.fullmatch(word) and not (len(word) > 1 and word.isupper()) for word in words
    )
    return " ".join(words) if is_person else choose_name(match[1])


def _read_meeting(
    file: RawFile, facts: _Facts, clock: Clock, presences: Sequence[Presence]
) -> Meeting | None:
    """The meeting of a block; without a block its times are those of the joins."""
    told = dict(facts)
    title = told.get("topic", "")
    try:
        starts = clock.read(_pick(told, _STARTS), "the start time")
        ends = clock.read(_pick(told, _ENDS), "the end time")
    except Unreadable as error:
        raise Refused(
            f"{file.name}: {error} in the meeting block; correct it, or export the file again."
        ) from None
    starts = starts or min((join.joined_at for join in presences if join.joined_at), default=None)
    if starts is None:
        if file.options.event_id is not None:
            return None
        raise Refused(
            f"{file.name} does not say when the meeting took place: name the event it is of with --event."
        )
    if ends is None:
        ends = _add_length(starts, _pick(told, _LENGTHS)) or max(
            (join.left_at for join in presences if join.left_at), default=None
        )
    return Meeting(name_event(NAME, title, to_local(starts, clock.zone)), title or _TITLE_LESS, starts, ends)


def _add_length(starts: datetime, minutes: str) -> datetime | None:
    try:
        return starts + timedelta(minutes=parse_duration(minutes))
    except (ValueError, OverflowError):
        return None


def _part_namesakes(meetings: Mapping[_Facts, Meeting | None], zone: str) -> dict[_Facts, Meeting | None]:
    """Meetings of one title on one day, in one file, get their start time into the id."""
    ids = [meeting.event_id for meeting in meetings.values() if meeting]
    return {
        facts: replace(
            meeting, event_id=f"{meeting.event_id}~{to_local(meeting.starts_at, zone).strftime('%H%M%S')}"
        )
        if meeting and ids.count(meeting.event_id) > 1
        else meeting
        for facts, meeting in meetings.items()
    }


def _compare_count(file: RawFile, facts: _Facts, presences: Sequence[Presence]) -> list[str]:
    """A warning where the block claims a number of participants that is neither the rows nor the people."""
    claimed = dict(facts).get("participants", "")
    people = len({presence.person for presence in presences})
    if not claimed.isdigit() or int(claimed) in (len(presences), people):
        return []
    return [
        f"{file.name}: the meeting block says {claimed} participants, but the list has {len(presences)} rows "
        f"of {people} people: the list was used."
    ]
