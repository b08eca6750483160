"""Eventbrite attendee lists: a line a ticket, with its status."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set

from etl.reading.records import Record, make_table
from etl.reading.shapes.meetings import Clock, Meeting, Unreadable, name_event
from etl.reading.types import About, RawFile, Reading, Refused, Reject, Sample
from etl.reading.written.dates import format_utc, settle_order, to_local
from etl.reading.written.headings import EMAIL, FIRST, LAST, WHOLE
from etl.reading.written.names import normalise_email, normalise_name
from etl.sources.lists.columns import Listed, find_list, read_list

NAME = "eventbrite"
TITLE = "Eventbrite attendee list"
ABOUT = About(
    "English",
    "`--event`, where the list has no columns of the event's name and start; `--date-order` where every date leaves it open",
    "statuses that Eventbrite does not have; who shares an address is known by name",
)

_STATUS = {
    "checked in": (True, True),
    "attending": (True, False),
    "not attending": (False, False),
    "refunded": (False, False),
    "transferred": (False, False),
    "deleted": (False, False),
    "cancelled": (False, False),
    "canceled": (False, False),
}
_TITLE = ("event name", "event title")
_START = ("event start date", "event start", "event date", "event start date and time")
_COLUMNS = ("event_id", "person_email", "person_name", "registered", "attended")


def recognise(sample: Sample) -> bool:
    """Whether the heading has Eventbrite's orders and the status of an attendee."""
    return find_list(sample.text, _is_eventbrite) is not None


def _is_eventbrite(names: Set[str]) -> bool:
    return "attendee status" in names and bool({"order #", "order id", "attendee #"} & names)


def read(file: RawFile) -> Reading:
    """Read one row of `attendance` a ticket: Checked In attended; Attending registered and did not; the others are not registered.

    Guests of one order often share the buyer's address: who does is known by name. The columns Event Name and Event Start Date give the
    events, where `--event` does not name one; refused without either.
    """
    delimiter = find_list(file.text, _is_eventbrite)
    if delimiter is None:
        raise Refused(f"{file.name} is no Eventbrite attendee list: export the attendees again as CSV.")
    listed = read_list(file.text, delimiter)
    events = _read_events(file, listed) if file.options.event_id is None else {}
    shared = _find_shared(listed)
    rows, rejects, came, hidden = [], [], 0, 0
    for row, reason in listed.fit():
        stated = listed.cell(row, "attendee status")
        email, name = listed.cell_of(row, EMAIL), _read_name(listed, row)
        if not reason and stated.casefold() not in _STATUS:
            reason = f"the attendee status '{stated[:40]}' is none of Eventbrite's"
        if not reason and not (email or name):
            reason = "the line has neither a name nor an e-mail address"
        if reason:
            rejects.append(Reject(row.line, reason))
            continue
        is_shared = normalise_email(email) in shared and bool(name)
        hidden += is_shared
        registered, attended = _STATUS[stated.casefold()]
        came += attended
        cells = ("" if is_shared else email, name, str(registered).lower(), str(attended).lower())
        if file.options.event_id is None and _cells_of_event(listed, row) not in events:
            rejects.append(
                Reject(
                    row.line,
                    "the line does not say of which event it is: fill in Event Name and Event Start Date",
                )
            )
            continue
        event = file.options.event_id or events[_cells_of_event(listed, row)].event_id
        rows.append((row.line, (event, *cells)))
    warnings = []
    if rows and not came:
        warnings.append(
            f"{file.name}: nobody is checked in, so that everybody counts as registered only: check people in at the event, or map who came."
        )
    if hidden:
        warnings.append(
            f"{file.name}: {hidden} attendees share an address with another name and are known by their names."
        )
    tables = {"attendance": make_table(_COLUMNS, rows)}
    if events:
        told = [(0, (one.event_id, one.title, format_utc(one.starts_at))) for one in events.values()]
        tables["events"] = make_table(("event_id", "title", "starts_at"), told)
    return Reading(NAME, len(listed.rows), tables, tuple(rejects), tuple(warnings))


def _cells_of_event(listed: Listed, row: Record) -> tuple[str, str]:
    return listed.cell(row, *_TITLE), listed.cell(row, *_START)


def _read_events(file: RawFile, listed: Listed) -> dict[tuple[str, str], Meeting]:
    """The events by their cells (name, start) in the rows. Refused where the list has none, or a start is no date and time."""
    found = dict.fromkeys(_cells_of_event(listed, row) for row, reason in listed.fit() if not reason)
    written = [cells for cells in found if all(cells)]
    if not written:
        raise Refused(
            f"{file.name} is an Eventbrite attendee list: name the event it is of with --event. Or add the columns Event Name and Event "
            "Start Date to the report in Eventbrite."
        )
    ordered = [listed.cell(row, "order date") for row, reason in listed.fit() if not reason]
    dates = [*(start for _, start in written), *ordered]
    clock = Clock(settle_order(dates, file.name, file.options.date_order), file.options.zone)
    events: dict[tuple[str, str], Meeting] = {}
    for title, start in written:
        try:
            moment = clock.read(start, "the event's start")
        except Unreadable as error:
            raise Refused(f"{file.name}: {error}: correct it, or name the event with --event.") from None
        if moment:
            event = name_event(NAME, title, to_local(moment, clock.zone))
            taken = event in {one.event_id for one in events.values()}
            event = f"{event}~{to_local(moment, clock.zone).strftime('%H%M%S')}" if taken else event
            events[title, start] = Meeting(event, title, moment, None)
    return events


def _read_name(listed: Listed, row: Record) -> str:
    parts = (listed.cell_of(row, part) for part in (FIRST, LAST))
    return " ".join(filter(None, parts)) or listed.cell_of(row, WHOLE)


def _find_shared(listed: Listed) -> set[str]:
    """Addresses that stand beside more than one name."""
    names: dict[str, set[str]] = defaultdict(set)
    for row, reason in listed.fit():
        if not reason:
            email = normalise_email(listed.cell_of(row, EMAIL))
            names[email].add(normalise_name(_read_name(listed, row)))
    return {email for email, known in names.items() if email and len(known) > 1}
