"""Keep sealed pages in step with the releases: seal anew what follows the latest, mark what a release restated."""

from __future__ import annotations

import asyncio
import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from commands import Refusal
from database import find_place
from sharing.sealing.extract import Extract, NoExtract, read_extract, remove_extract
from sharing.sealing.preflight import add_words
from sharing.sealing.restated import find_restated
from sharing.sealing.seal import seal_release, store_extract
from sharing.store.hashing import hash_secret
from sharing.store.links import FILE, LATEST, Link, Links, open_links
from warehouse.files import write_whole
from warehouse.release import current_id

LOCK = Path("state") / "refresh.lock"
REPORT = Path("state") / "refresh.json"
EVERY_SECONDS = 2.0
RETRY_SECONDS = 300.0


@dataclass(frozen=True)
class Report:
    """How the last refresh ended: `stamp` is what it was for, `failure` one sentence or '', `ended_at` in UTC."""

    stamp: str
    failure: str
    ended_at: datetime


def refresh_links(data: Path, links: Links) -> list[str]:
    """Seal anew every link that follows the latest release, and say of every other what has been restated.

    What expired and revoked links had is deleted. Waits while another process does the same. Returns the ids
    sealed. Raises NoRelease, BadSelection or OSError; every page sealed before stays whole.
    """
    with _lock(data):
        return _refresh_and_report(data, links)


def find_stamp(data: Path, links: Links) -> str:
    """What sealed pages depend on: the live release, the notes for funders and the programme's words."""
    words = repr((links.list_notes(), links.read_story()))
    return f"{current_id(data) or ''} {hash_secret(words)[:16]}"


def read_report(data: Path) -> Report | None:
    """How the last refresh ended; None before the first."""
    try:
        written = json.loads((data / REPORT).read_text(encoding="utf-8"))
        return Report(written["stamp"], written["failure"], datetime.fromisoformat(written["ended_at"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


async def follow_releases(data: Path) -> None:
    """Refresh, in a thread of its own, whenever another release is live or the notes or words for funders are others."""
    while True:
        await asyncio.to_thread(refresh_if_due, data)
        await asyncio.sleep(EVERY_SECONDS)


def refresh_if_due(data: Path) -> bool:
    """Refresh when something has changed since the last time, a failure no sooner than five minutes after it.

    Returns whether a refresh was tried. Nothing is raised: the report says what failed. Of several processes one does it.
    """
    place = find_place(data / FILE)
    try:
        if current_id(data) is None or (isinstance(place, Path) and not place.exists()):
            return False
        links = open_links(data)
        try:
            if not _is_due(data, links):
                return False
            with _lock(data):
                if not _is_due(data, links):
                    return False
                _refresh_and_report(data, links)
        finally:
            links.close()
    except Exception:
        return True
    return True


def _is_due(data: Path, links: Links) -> bool:
    report = read_report(data)
    if report is None or report.stamp != find_stamp(data, links):
        return True
    age = (datetime.now(UTC) - report.ended_at).total_seconds()
    return bool(report.failure) and age >= RETRY_SECONDS


def _refresh_and_report(data: Path, links: Links) -> list[str]:
    stamp = find_stamp(data, links)
    try:
        sealed = _refresh(data, links)
    except BaseException as fault:
        _report(data, stamp, _describe(fault))
        raise
    _report(data, stamp, "")
    return sealed


def _refresh(data: Path, links: Links) -> list[str]:
    used = []
    for link in links.list_links():
        if link.status in ("revoked", "expired"):
            remove_extract(data, link.id)
        else:
            used.append(link)
    if not used:
        return []
    fresh = add_words(seal_release(data, LATEST, used[0].id, ""), links)
    return [link.id for link in used if _bring_up(data, links, link, fresh)]


def _bring_up(data: Path, links: Links, link: Link, fresh: Extract) -> bool:
    """Bring one link in step with what the live release shows; whether its page was sealed anew."""
    try:
        sealed = read_extract(data, link.id)
    except NoExtract:
        sealed = None
    titles = [] if sealed is None else find_restated(sealed, fresh)
    day = fresh.sealed_at.date()
    if link.release_id != LATEST:
        if tuple(titles) != link.restated:
            links.note_restated(link.id, (link.restated_on or day) if titles else None, titles)
        return False
    if titles:
        links.note_restated(link.id, day, titles)
    store_extract(data, replace(fresh, link_id=link.id, label=link.label))
    links.note_refresh(link.id)
    if links.find_link(link.id).status == "revoked":
        remove_extract(data, link.id)
    return True


@contextmanager
def _lock(data: Path) -> Iterator[None]:
    path = data / LOCK
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _describe(fault: BaseException) -> str:
    why = str(fault) if isinstance(fault, Refusal) else f"{type(fault).__name__}."
    return f"The shared pages could not be sealed anew and stay as they were: {why}"


def _report(data: Path, stamp: str, failure: str) -> None:
    report = asdict(Report(stamp, failure, datetime.now(UTC)))
    with write_whole(data / REPORT, 0o666) as fresh:
        fresh.write_text(json.dumps(report, default=datetime.isoformat), encoding="utf-8")
