"""Microsoft Teams attendance reports: numbered sections (any language), the older "Meeting Summary" report and the
2020-21 list of users and actions (Joined, Left)."""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from etl.reading.records import Record, read_lines
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
from etl.sources.meetings.actions import find_actions, read_actions

NAME = "teams"
TITLE = "Microsoft Teams attendance report"
ABOUT = About(
    "any for headings, by their places; durations in 26 languages; of one in another language the load names the lines; the list of 2020 in English",
    "the order of day and month (`--date-order`) where every date leaves it open; `--event` where the file says no day",
    "lines without a join time, a name or an address; engagement (section 4) is not read; a second report in one file",
)

_SECTION = re.compile(r"([1-9])\.\s*\S.*")
_TITLE_LESS = "Teams meeting"
_LONGEST_PREAMBLE = 40
_HEADINGS: Mapping[str, frozenset[str]] = {
    "name": frozenset({"name", "full name", "imię i nazwisko", "nazwa"}),
    "joined": frozenset(
        {"first join", "first join time", "join time", "pierwsze dołączenie", "erster beitritt"}
    ),
    "left": frozenset(
        {"last leave", "last leave time", "leave time", "ostatnie wyjście", "letztes verlassen"}
    ),
    "duration": frozenset({"in-meeting duration", "duration", "czas udziału w spotkaniu", "dauer"}),
    "email": frozenset({"email", "e-mail", "email address", "adres e-mail", "e-mail-adresse"}),
    "upn": frozenset({"participant id (upn)", "identyfikator uczestnika (upn)", "teilnehmer-id (upn)"}),
    "role": frozenset({"role", "rola", "rolle"}),
    "registered": frozenset({"registration time", "registered on", "registration date"}),
    "status": frozenset({"registration status"}),
}
_TIMES = _HEADINGS["joined"] | {"timestamp"}
_PEOPLE_ORDER = ("name", "joined", "left", "duration", "email", "upn", "role")
_JOINS_ORDER = ("name", "joined", "left", "duration", "email", "role")


@dataclass(frozen=True)
class _Block:
    """A table inside the report: its columns by field, and its rows, each of which `is_total` of a person's joins or one join."""

    places: Mapping[str, int]
    rows: tuple[Record, ...]
    is_total: bool = False

    def cell(self, row: Record, field: str) -> str:
        place = self.places.get(field, len(row.cells))
        return row.cells[place].strip() if place < len(row.cells) else ""


@dataclass(frozen=True)
class _Report:
    """The parts of a report; `people` has one row a person, `joins` one row a join."""

    summary: tuple[Record, ...]
    people: _Block | None
    joins: _Block | None
    is_numbered: bool


def recognise(sample: Sample) -> bool:
    """Whether the text has Teams' numbered sections, the older report's columns, or a list of user actions."""
    records = _split(sample.text)
    return find_actions(records) is not None or _cut(records) is not None


def read(file: RawFile) -> Reading:
    """Read one meeting: an event, and one row a join (section 3 where it is there, otherwise section 2).

    A person in section 2 who came and went more than once has a stated total but no single interval: the last leave
    is then left empty, so that the total stands. Section 4 (engagement) is not read.
    """
    records = _split(file.text)
    refuse_second(file.name, _find_second(records))
    start = find_actions(records)
    if start is not None:
        clock, presences, rejects, warnings = read_actions(file, records[start:])
        ends = max((presence.left_at for presence in presences if presence.left_at), default=None)
        return _finish(file, "", None, ends, presences, rejects, warnings, clock)
    report = _cut(records)
    if report is None:
        raise Refused(f"{file.name} is no Teams attendance report: export it again from the meeting.")
    return _read_report(file, report)


def _split(text: str) -> list[Record]:
    """Each line on its own: Teams breaks no line inside a cell, so a stray quotation mark harms one line only."""
    delimiter = "\t" if "\t" in text else ";" if text.count(";") > text.count(",") else ","
    return list(read_lines(text, delimiter))


def _cut(records: Sequence[Record]) -> _Report | None:
    sections = _cut_sections(records)
    if 1 in sections and 2 in sections:
        people = _make_block(sections[2], _PEOPLE_ORDER, is_total=True)
        joins = _make_block(sections.get(3, ()), _JOINS_ORDER)
        return _Report(tuple(sections[1]), people, joins, True) if people or joins else None
    for place, record in enumerate(records[:_LONGEST_PREAMBLE]):
        places = _find_places(record)
        if {"name", "joined", "left", "duration"} <= set(places):
            return _Report(tuple(records[:place]), None, _Block(places, tuple(records[place + 1 :])), False)
    return None


def _cut_sections(records: Sequence[Record]) -> dict[int, list[Record]]:
    """Rows by section number; a section starts with a line that holds nothing but the next number and its title."""
    sections: dict[int, list[Record]] = {}
    for record in records:
        match = _SECTION.fullmatch(record.filled[0]) if len(record.filled) == 1 else None
        if match and int(match[1]) == len(sections) + 1:
            sections[int(match[1])] = []
        elif sections:
            sections[len(sections)].append(record)
        else:
            return {}
    return sections


def _find_second(records: Sequence[Record]) -> int:
    """The line on which another whole report begins below the first, 0 where there is none: its first section, or the summary and
    the heading of the older report."""
    numbers = [
        (int(match[1]), record.line)
        for record in records
        if len(record.filled) == 1 and (match := _SECTION.fullmatch(record.filled[0]))
    ]
    first = [line for number, line in numbers if number == 1]
    if len(first) > 1 and [number for number, line in numbers if line > first[1]][:1] == [2]:
        return first[1]
    tables = [record for record in records if _is_table(record)]
    if not tables or len(first) == 1:
        return 0
    if begun := [record for record in records if record.line < tables[0].line][:1]:
        again = [record.line for record in records if record.filled[:1] == begun[0].filled[:1]]
        return next((line for line in again if tables[0].line < line < tables[-1].line), 0)
    place = next(place for place, cell in enumerate(tables[0].cells) if cell.strip().casefold() in _TIMES)
    times = [
        (record.line, record.cells[place])
        for record in records[1:]
        if len(record.cells) > place and record not in tables
    ]
    return find_second(times, [record.line for record in tables[1:]])


def _is_table(record: Record) -> bool:
    """Whether a line is the heading of the older report, or of a list of user actions."""
    return find_actions([record]) is not None or {"name", "joined", "left", "duration"} <= set(
        _find_places(record)
    )


def _make_block(records: Sequence[Record], order: Sequence[str], is_total: bool = False) -> _Block | None:
    """A section as a table; columns by their headings, or by their usual places where the language is not known."""
    if len(records) < 2 or len(records[0].filled) < 4:
        return None
    places = _find_places(records[0])
    usual = {field: place for place, field in enumerate(order[: len(records[0].cells)])}
    if not {"name", "joined", "left"} <= set(places):
        places = usual
    elif len(records[0].filled) == len(order):
        taken = set(places.values())
        places |= {
            field: place for field, place in usual.items() if field not in places and place not in taken
        }
    if "left" in places and places["left"] + 1 not in places.values():
        places.setdefault("duration", places["left"] + 1)
    return _Block(places, tuple(records[1:]), is_total)


def _find_places(heading: Record) -> dict[str, int]:
    words = [" ".join(cell.casefold().split()) for cell in heading.cells]
    return {
        field: next(place for place, word in enumerate(words) if word in known)
        for field, known in _HEADINGS.items()
        if known & set(words)
    }


def _read_report(file: RawFile, report: _Report) -> Reading:
    blocks = [block for block in (report.people, report.joins) if block]
    written = [
        block.cell(row, field) for block in blocks for row in block.rows for field in ("joined", "left")
    ]
    stated = [value for _, value in _list_facts(report)]
    clock = Clock(settle_order([*written, *stated], file.name, file.options.date_order), file.options.zone)
    chosen = report.joins or report.people
    assert chosen is not None
    presences, rejects = _read_block(chosen, clock)
    warnings: list[str] = []
    if chosen is report.people:
        presences = [_drop_gaps(presence) for presence in presences]
    elif report.people:
        totals, unread = _read_block(report.people, clock)
        upns = {person.person: person.upn for person in totals if person.upn}
        presences = [replace(join, upn=join.upn or upns.get(join.person, "")) for join in presences]
        joined = {join.person for join in presences}
        absent = [_drop_gaps(person) for person in totals if person.person not in joined]
        warnings += _compare_totals(file.name, [one for one in totals if one.person in joined], presences)
        came = sum(person.is_attended for person in absent)
        if came:
            warnings.append(
                f"{file.name}: people of section 2 who are not in section 3: {came}. They were counted with their totals, but the "
                "report seems to be cut off: export it again."
            )
        presences = sorted([*presences, *absent], key=lambda presence: presence.line)
        named = {_name_row(chosen, row) for row in chosen.rows}
        of_line = {row.line: _name_row(report.people, row) for row in report.people.rows}
        rejects += [reject for reject in unread if of_line[reject.line] not in named]
    if unknown := _list_unknown(report.people or chosen):
        warnings.append(
            f"{file.name}: the duration '{unknown[0]}' is in a language that is not known, as on {len(unknown)} lines: these people "
            "count as attended, without minutes unless their joins say them. Export the report again in English."
        )
    claimed = _find_count(report)
    people = (
        len((report.people or chosen).rows)
        if report.is_numbered
        else len({one.person for one in presences}) + len(rejects)
    )
    if any(presence.is_registered is not None for presence in presences):
        came = sum(presence.is_attended for presence in presences)
        people = came if claimed == came else people
    if claimed is not None and claimed != people:
        warnings.append(
            f"{file.name} says that {claimed} people took part, but lists {people}: the list was used."
        )
    title, starts, ends = _read_summary(report, clock)
    return _finish(file, title, starts, ends, presences, rejects, warnings, clock)


def _name_row(block: _Block, row: Record) -> str:
    return Presence(0, email=block.cell(row, "email"), name=block.cell(row, "name")).person


def _read_block(block: _Block, clock: Clock) -> tuple[list[Presence], list[Reject]]:
    presences, rejects = [], []
    for row in block.rows:
        try:
            presences.append(_read_row(block, row, clock))
        except Unreadable as error:
            rejects.append(Reject(row.line, str(error)))
    return presences, rejects


def _read_row(block: _Block, row: Record, clock: Clock) -> Presence:
    if row.fault:
        raise Unreadable(row.fault)
    presence = Presence(
        row.line,
        email=block.cell(row, "email"),
        upn=block.cell(row, "upn"),
        name=block.cell(row, "name"),
        joined_at=clock.read(block.cell(row, "joined"), "the join time"),
        left_at=clock.read(block.cell(row, "left"), "the leave time"),
        role=block.cell(row, "role"),
    )
    if not presence.person:
        raise Unreadable("the line has neither a name nor an e-mail address")
    status = block.cell(row, "status").casefold()
    if status or block.cell(row, "registered"):
        presence = replace(presence, is_registered=not status.startswith(("cancel", "denied", "declined")))
        if presence.joined_at is None:
            return replace(presence, is_attended=False)
    if presence.joined_at is None:
        raise Unreadable("the line has no join time")
    stated = block.cell(row, "duration")
    try:
        return replace(presence, minutes=parse_duration(stated))
    except ValueError:
        return replace(presence, minutes=None if stated and block.is_total else count_minutes(presence))


def _list_unknown(block: _Block) -> list[str]:
    """The durations of totals that cannot be read."""
    stated = [block.cell(row, "duration") for row in block.rows if block.is_total]
    return [text[:40] for text in stated if text and not _is_duration(text)]


def _is_duration(text: str) -> bool:
    with contextlib.suppress(ValueError):
        return parse_duration(text) >= 0
    return False


def _drop_gaps(presence: Presence) -> Presence:
    """A stated total that is shorter than first join to last leave, or not known, stands: the leave is left empty."""
    span = count_minutes(presence)
    has_gap = span is not None and (presence.minutes is None or span - presence.minutes > 1.5 / 60)
    return replace(presence, left_at=None) if has_gap else presence


def _compare_totals(name: str, totals: Sequence[Presence], joins: Sequence[Presence]) -> list[str]:
    """A warning where a person's total differs from the sum of their joins by more than a second a join."""
    sums: dict[str, float] = defaultdict(float)
    counts: dict[str, int] = defaultdict(int)
    for join in joins:
        sums[join.person] += join.minutes or 0
        counts[join.person] += 1
    claims: dict[str, float] = defaultdict(float)
    lines: dict[str, int] = {}
    for total in totals:
        claims[total.person] += total.minutes or 0
        lines.setdefault(total.person, total.line)
    differing = [
        str(line)
        for person, line in lines.items()
        if abs(claims[person] - sums[person]) * 60 > max(1, counts[person]) + 1e-6
    ]
    missing = len(set(sums) - set(lines))
    found = []
    if differing:
        found.append(
            f"{name}: the totals of section 2 differ from the joins of section 3 (line {', '.join(differing)}): "
            "the joins were used."
        )
    if missing:
        found.append(
            f"{name}: people of section 3 who are not in section 2: {missing}. They were counted all the same."
        )
    return found


def _list_facts(report: _Report) -> list[tuple[str, str]]:
    """Heading and value of each line of the summary after the title."""
    return [
        (row.filled[0], ", ".join(row.filled[1:]))
        for place, row in enumerate(report.summary)
        if len(row.filled) > 1 and not _is_title(report, place)
    ]


def _is_title(report: _Report, place: int) -> bool:
    return report.summary[place].filled[0].casefold() == "meeting title" or (
        report.is_numbered and place == 0
    )


def _find_count(report: _Report) -> int | None:
    """The number of participants that the summary claims: its first whole number."""
    return next((int(value) for _, value in _list_facts(report) if re.fullmatch(r"\d{1,9}", value)), None)


def _read_summary(report: _Report, clock: Clock) -> tuple[str, datetime | None, datetime | None]:
    """Title, start and end (naive UTC); the times are the first two dates, whatever the language of the headings."""
    titles = [
        ", ".join(row.filled[1:]) for place, row in enumerate(report.summary) if _is_title(report, place)
    ]
    times: list[datetime | None] = []
    for _, value in _list_facts(report):
        with contextlib.suppress(Unreadable):
            times.append(clock.read(value, ""))
    starts, ends = (*times, None, None)[:2]
    return "".join(titles[:1]), starts, ends


def _finish(
    file: RawFile,
    title: str,
    starts: datetime | None,
    ends: datetime | None,
    presences: Sequence[Presence],
    rejects: Sequence[Reject],
    warnings: Sequence[str],
    clock: Clock,
) -> Reading:
    first = starts or min((join.joined_at for join in presences if join.joined_at), default=None)
    unread = next((one.reason for one in rejects if "is not a date and time" in one.reason), "")
    if first is None and unread and file.options.event_id is None:
        raise Refused(
            f"{file.name} has no time that can be read ({unread}): save it again with times as 2015-03-16 21:00."
        )
    if first is None and file.options.event_id is None:
        raise Refused(
            f"{file.name} does not say when the meeting took place: name the event it is of with --event."
        )
    meetings = []
    if first is not None:
        event_id = name_event(NAME, title, to_local(first, clock.zone))
        meetings = [Meeting(event_id, title or _TITLE_LESS, first, ends)]
        presences = [replace(presence, event_id=event_id) for presence in presences]
    return make_reading(NAME, file, meetings, presences, rejects, warnings)
