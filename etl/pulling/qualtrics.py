"""Qualtrics' response exports: one is started, looked at until it is complete, and taken as the zip that it is."""

from __future__ import annotations

from urllib.parse import quote

from etl.pulling.configured import Pull
from etl.pulling.web import Unanswered, Web, check_header, pick, wait

LOOK_SECONDS, MOST_LOOKS = 4.0, 150
_UNDER_WAY = ("inProgress", "queued")


def fetch(pull: Pull, token: str) -> bytes | None:
    """The export: a CSV with three heading rows, alone in a zip. Raises Unanswered, also where it is not complete after ten minutes."""
    web = Web(pull, {"X-API-TOKEN": check_header(token, pull)})
    url = f"{pull.address}/API/v3/surveys/{quote(pull.id, safe='')}/export-responses"
    started = pick(web.ask("POST", url, json={"format": "csv"}), "result", dict, pull)
    progress = quote(pick(started, "progressId", str, pull), safe="")
    for _ in range(MOST_LOOKS):
        found = pick(web.ask("GET", f"{url}/{progress}"), "result", dict, pull)
        status = pick(found, "status", str, pull)
        if status == "complete":
            file = quote(pick(found, "fileId", str, pull), safe="")
            return web.request("GET", f"{url}/{file}/file").content
        if status not in _UNDER_WAY:
            raise Unanswered(f"{pull.name}: Qualtrics could not make the export: pull it again.")
        wait(LOOK_SECONDS)
    raise Unanswered(
        f"{pull.name}: Qualtrics did not complete the export in {MOST_LOOKS * LOOK_SECONDS / 60:.0f} minutes: pull it again."
    )
