"""Zoom's reports of every past meeting, or webinar, of one id, as the admin's report of many meetings has them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from etl.pulling.configured import WEBINAR, Pull
from etl.pulling.web import Unanswered, Web, check_header, list_rows, pick, pick_text, write_csv

HEADING = (
    "Topic",
    "Meeting ID",
    "Start Time",
    "End Time",
    "Duration (Minutes)",
    "Participants",
    "Name (Original Name)",
    "User Email",
    "Join Time",
    "Leave Time",
    "Duration (Minutes)",
    "In Waiting Room",
)
PAGE = "300"
# For so long Zoom has reports for certain; one that it does not know (404) by then is of a meeting of one, of which it makes none, or
# that has only just ended.
KEPT = timedelta(days=330)
_GONE, _WAITED = (400, 404), "in_waiting_room"


def fetch(pull: Pull, token: str) -> bytes | None:
    """The report: a row a join, times in UTC; None where nobody has met yet. Raises Unanswered, also where Zoom has no report any more."""
    web = Web(pull, {"Authorization": f"Bearer {_sign_in(pull, check_header(token, pull))}"})
    kind = "webinars" if pull.kind == WEBINAR else "meetings"
    past = web.ask("GET", f"{pull.address}/past_{kind}/{quote(pull.id, safe='')}/instances")
    rows = []
    for one in pick(past, kind, list, pull):
        held = pick({"instance": one}, "instance", dict, pull)
        day = pick(held, "start_time", str, pull)[:10]
        if pull.since is None or day >= pull.since.isoformat():
            rows += _read_report(
                web, f"{pull.address}/report/{kind}/{_quote(pick(held, 'uuid', str, pull))}", day
            )
    return write_csv(HEADING, sorted(rows)) if rows else None


def _sign_in(pull: Pull, secret: str) -> str:
    """A token for an hour."""
    given = {"grant_type": "account_credentials", "account_id": pull.account}
    with Web(pull, {}) as web:
        web.auth = (check_header(pull.user, pull), secret)
        return check_header(pick(web.ask("POST", pull.login, data=given), "access_token", str, pull), pull)


def _quote(uuid: str) -> str:
    """A UUID in an address; Zoom wants one that begins with / or holds // encoded twice."""
    once = quote(uuid, safe="")
    return quote(once, safe="") if uuid.startswith("/") or "//" in uuid else once


def _read_report(web: Web, url: str, day: str) -> list[tuple[str, ...]]:
    pull = web.pull
    try:
        meeting = web.ask("GET", url)
        given = {"page_size": PAGE}
        joins = list_rows(
            web,
            f"{url}/participants",
            "participants",
            "next_page_token",
            lambda page: pick_text(page, "next_page_token"),
            given,
        )
    except Unanswered as fault:
        if fault.status not in _GONE:
            raise
        if fault.status == 404 and day > (datetime.now(UTC) - KEPT).date().isoformat():
            return []
        raise Unanswered(
            f"{pull.name}: Zoom has no report any more of {day}, and a pull without it would take it out of the release: call the "
            f"source another name, so that {pull.file} stays, and write since = the day after.",
            fault.status,
        ) from None
    told = (
        pick(meeting, "topic", str, pull),
        pull.id,
        pick(meeting, "start_time", str, pull),
        pick_text(meeting, "end_time"),
        pick_text(meeting, "duration"),
        pick_text(meeting, "participants_count"),
    )
    return [(*told, *_write_join(pull, join)) for join in joins]


def _write_join(pull: Pull, join: dict[str, Any]) -> tuple[str, ...]:
    return (
        pick_text(join, "name"),
        pick_text(join, "user_email"),
        pick(join, "join_time", str, pull),
        pick_text(join, "leave_time"),
        str(math.ceil(pick(join, "duration", int, pull) / 60)),
        "Yes" if pick_text(join, "status") == _WAITED else "No",
    )
