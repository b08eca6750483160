"""Eventbrite attendee lists: a line a ticket, with its status."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set

from etl.reading.records import Record, make_table
from etl.reading.types import About, RawFile, Reading, Refused, Reject, Sample
from etl.reading.written.names import normalise_email, normalise_name
from etl.sources.lists.columns import Listed, find_list, read_list

NAME = "eventbrite"
TITLE = "Eventbrite attendee list"
ABOUT = About(
    "English",
    "`--event`",
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
_EMAIL = ("email", "email address", "attendee email")
_COLUMNS = ("event_id", "person_email", "person_name", "registered", "attended")


def recognise(sample: Sample) -> bool:
    """Whether the heading has Eventbrite's orders and the status of an attendee."""
    return find_list(sample.text, _is_eventbrite) is not None


def _is_eventbrite(names: Set[str]) -> bool:
    return "attendee status" in names and bool({"order #", "order id", "attendee #"} & names)


def read(file: RawFile) -> Reading:
    """Read one row of `attendance` a ticket: Checked In attended; Attending registered and did not; the others are not registered.

    Guests of one order often share the buyer's address: who does is known by name. Refused without `--event`.
    """
    delimiter = find_list(file.text, _is_eventbrite)
    if delimiter is None:
        raise Refused(f"{file.name} is no Eventbrite attendee list: export the attendees again as CSV.")
    if file.options.event_id is None:
        raise Refused(f"{file.name} is an Eventbrite attendee list: name the event it is of with --event.")
    listed = read_list(file.text, delimiter)
    shared = _find_shared(listed)
    rows, rejects, came, hidden = [], [], 0, 0
    for row, reason in listed.fit():
        stated = listed.cell(row, "attendee status")
        email, name = listed.cell(row, *_EMAIL), _read_name(listed, row)
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
        rows.append((row.line, (file.options.event_id, *cells)))
    warnings = []
    if rows and not came:
        warnings.append(
            f"{file.name}: nobody is checked in, so that everybody counts as registered only: check people in at the event, or map who came."
        )
    if hidden:
        warnings.append(
            f"{file.name}: {hidden} attendees share an address with another name and are known by their names."
        )
    return Reading(
        NAME, len(listed.rows), {"attendance": make_table(_COLUMNS, rows)}, tuple(rejects), tuple(warnings)
    )


def _read_name(listed: Listed, row: Record) -> str:
    parts = (listed.cell(row, f"{part} name", f"attendee {part} name") for part in ("first", "last"))
    return " ".join(filter(None, parts))


def _find_shared(listed: Listed) -> set[str]:
    """Addresses that stand beside more than one name."""
    names: dict[str, set[str]] = defaultdict(set)
    for row, reason in listed.fit():
        if not reason:
            email = normalise_email(listed.cell(row, *_EMAIL))
            names[email].add(normalise_name(_read_name(listed, row)))
    return {email for email, known in names.items() if email and len(known) > 1}
