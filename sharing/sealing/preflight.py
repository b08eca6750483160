"""Before a link is made: what its recipient will see, and whom else the same figures were given to; then the link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from database import NoDatabase, find_place
from indicators.gate.disclosure import SCOPES
from indicators.published.checks import CHECKS
from sharing.sealing.causes import advise, describe_causes
from sharing.sealing.extract import FOLDER, Extract, find_folder, is_lost, remove_extract
from sharing.sealing.seal import VERDICTS, find_smallest, seal_release, store_extract, summarise_extract
from sharing.store.links import (
    DEFAULT_DAYS,
    FILE,
    LATEST,
    SLEEP_DAYS,
    BadLink,
    Link,
    Links,
    check_request,
    new_link_id,
    open_links,
)
from warehouse.release import current_id, find_release

FUNDER = SCOPES["funder"]


@dataclass(frozen=True)
class Request:
    """What is asked for: whom for, how long, behind which password, how often, which release or `latest`."""

    label: str
    days: int = DEFAULT_DAYS
    password: str | None = None
    max_views: int | None = None
    sleep_days: int = SLEEP_DAYS
    release_id: str = LATEST


@dataclass(frozen=True)
class Preflight:
    """What a link would show, not yet written; `others` are the links that can show the same figures."""

    request: Request
    extract: Extract
    others: tuple[Link, ...]


def check_address(address: str) -> str:
    """The address of the funder server without a slash at its end. Raises BadLink for what is no address."""
    base = address.rstrip("/")
    try:
        parts = urlsplit(base)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise BadLink(
            f"{base} is not the address of a server: give one such as https://share.example.org (SHARE_URL)."
        )
    return base


def prepare_link(data: Path, links: Links, request: Request) -> Preflight:
    """Everything that a link would show. Raises BadLink for a bad request, NoRelease for an unknown release."""
    label = check_request(
        request.label, request.days, request.password, request.max_views, request.sleep_days
    )
    release_id = request.release_id or find_release(data).id
    extract = add_words(seal_release(data, release_id, new_link_id(), label), links)
    others = tuple(link for link in links.list_links() if link.status in ("live", "asleep", "paused"))
    return Preflight(replace(request, label=label, release_id=release_id), extract, others)


def add_words(extract: Extract, links: Links) -> Extract:
    """An extract with what people wrote for those who open it: the notes and the programme's own words."""
    return replace(extract, notes=links.list_notes(), story=links.read_story())


def open_kept_links(data: Path) -> Links:
    """The link store for staff. Raises NoDatabase, also where its file is gone and pages are sealed."""
    place = find_place(data / FILE)
    if is_lost(data, place):
        raise NoDatabase(
            f"{place}, the store of links, is missing or empty, though pages are sealed for links: restore it from the backup, "
            f"or remove {data / FOLDER}, whose pages nobody can open without it."
        )
    return open_links(data)


def add_password(preflight: Preflight, password: str) -> Preflight:
    """The same with a password that opens it. Raises BadLink for one too short or too long."""
    request = replace(preflight.request, password=password)
    check_request(request.label, request.days, password, request.max_views, request.sleep_days)
    return replace(preflight, request=request)


def make_link(data: Path, links: Links, preflight: Preflight, created_by: str) -> tuple[Link, str]:
    """Seal exactly what was shown beforehand and make its link; the token is not kept and not shown again."""
    request, link_id = preflight.request, preflight.extract.link_id
    if find_folder(data, link_id).exists():
        raise BadLink("This link has been made already: ask for another preview to make one more.")
    if request.release_id == LATEST and preflight.extract.release != current_id(data):
        raise BadLink("A new release was published meanwhile: look at the preview again.")
    store_extract(data, preflight.extract)
    try:
        return links.create_link(
            request.label,
            release_id=request.release_id,
            created_by=created_by,
            days=request.days,
            password=request.password,
            max_views=request.max_views,
            sleep_days=request.sleep_days,
            link_id=link_id,
        )
    except BaseException:
        remove_extract(data, link_id)
        raise


def revoke_link(data: Path, links: Links, link_id: str) -> Link:
    """Stop a link for good, then delete what was sealed for it."""
    revoked = links.revoke_link(link_id)
    remove_extract(data, link_id)
    return revoked


def write_address(address: str, token: str) -> str:
    """What is sent to the recipient."""
    return f"{check_address(address)}/shared?token={token}"


def describe_preflight(preflight: Preflight) -> list[str]:
    """What a recipient will see, figure by figure, the smallest count in it, and who else has the same figures."""
    extract = preflight.extract
    kind = " of synthetic sample data" if extract.is_synthetic else ""
    complete = f", complete to {extract.complete_to}" if extract.complete_to else ""
    lines = [f"The recipient will see, of release {extract.release}{kind}{complete}:"]
    summaries = summarise_extract(extract)
    for summary in summaries:
        by = f" by {', '.join(summary.by)}" if summary.by else ""
        why = describe_causes(summary.causes, FUNDER)
        lines.append(
            f"  {summary.title}{by}: {say_count(summary.shown, 'value')} shown, {summary.hidden} hidden"
            + (f": {why}" if why else "")
        )
    lines += advise([one.causes for one in summaries if not one.shown], FUNDER)
    lines += [f"  Note of {day}: {text}" for day, text in extract.notes]
    return [*lines, describe_smallest(extract), describe_checks(extract), describe_others(preflight.others)]


def describe_smallest(extract: Extract) -> str:
    """How few people stand behind the least of the values shown."""
    smallest = find_smallest(extract)
    if smallest is None:
        return "Every value is hidden."
    return f"The smallest count behind any value shown is {smallest} to {smallest + FUNDER.rounding - 1}."


def describe_checks(extract: Extract) -> str:
    """How the checks ended of all values that the recipient will see."""
    failed = [one.indicator for one in extract.verdicts if not one.is_passed]
    listed = ", ".join(CHECKS)
    if failed:
        return f"Checks ({listed}): failed by {', '.join(failed)}. Do not send this link."
    return f"Checks ({listed}): passed by every value shown; the verdict is kept in {VERDICTS}."


def describe_others(others: Sequence[Link]) -> str:
    """The links in use that show the same figures, of the same release or another."""
    names = [
        f"{link.id} ({link.label}{'' if link.status == 'live' else ', ' + link.status})" for link in others
    ]
    return f"Other live links to the same figures: {', '.join(names) or 'none'}."


def say_count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
