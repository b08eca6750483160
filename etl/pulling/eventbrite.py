"""Eventbrite's attendees of an event: who they are, the ticket and its status, without addresses, payments and answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from etl.pulling.configured import Pull
from etl.pulling.web import Web, check_header, list_rows, pick, pick_text, write_csv

HEADING = (
    "Order #",
    "Order Date",
    "First Name",
    "Last Name",
    "Email",
    "Quantity",
    "Ticket Type",
    "Attendee #",
    "Attendee Status",
)


def fetch(pull: Pull, token: str) -> bytes | None:
    """The attendee list; None where nobody is on it. Raises Unanswered."""
    web = Web(pull, {"Authorization": f"Bearer {check_header(token, pull)}"})

    def find_next(page: dict[str, Any]) -> str:
        paging = pick(page, "pagination", dict, pull)
        return pick(paging, "continuation", str, pull) if pick(paging, "has_more_items", bool, pull) else ""

    url = f"{pull.address}/events/{quote(pull.id, safe='')}/attendees/"
    attendees = list_rows(web, url, "attendees", "continuation", find_next)
    return write_csv(HEADING, [_write_row(pull, one) for one in attendees]) if attendees else None


def _write_row(pull: Pull, attendee: dict[str, Any]) -> tuple[str, ...]:
    profile = pick(attendee, "profile", dict, pull)
    first, last = pick_text(profile, "first_name"), pick_text(profile, "last_name")
    if not first and not last:
        first = pick_text(profile, "name")
    return (
        pick_text(attendee, "order_id"),
        pick_text(attendee, "created"),
        first,
        last,
        pick_text(profile, "email"),
        pick_text(attendee, "quantity"),
        pick_text(attendee, "ticket_class_name"),
        pick(attendee, "id", str, pull),
        pick(attendee, "status", str, pull),
    )
