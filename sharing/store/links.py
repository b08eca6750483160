"""Share links, their sessions and receipts: random tokens of which only a SHA-256 is kept, revocable, with an audit."""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import RowMapping

from commands import Refusal
from database import begin_writing, find_place
from sharing.store.hashing import hash_password, hash_secret
from sharing.store.link_tables import AUDIT, LINKS, NOTES, SESSIONS, STORY, open_link_tables
from sharing.store.story import Story, check_story, read_story

FILE = Path("state") / "links.sqlite"
LATEST = "latest"
DEFAULT_DAYS = 90
LONGEST_DAYS = 365
SLEEP_DAYS = 30
LONGEST_LABEL = 200
LONGEST_PASSWORD = 200
SHORTEST_PASSWORD = 8
SESSION = timedelta(hours=8)

Status = Literal["live", "asleep", "paused", "revoked", "expired", "used up"]
ENDED: tuple[Status, ...] = ("revoked", "expired", "used up")
Action = Literal["created", "opened", "paused", "resumed", "revoked", "refreshed", "restated"]


class BadLink(Refusal):
    """A link that cannot be made or found: one sentence that says what is wrong and what to do."""


@dataclass(frozen=True)
class Link:
    """One share link, without its token, which is known only to whoever was given it.

    `id` is used to manage the link and opens nothing. `release_id` is a release or `latest`; times are in UTC;
    `views` counts how often the link was opened, of at most `max_views` where there is such a limit. A link that is
    not opened for `sleep_days` days falls asleep until it is resumed. `restated` are the titles of the sealed figures
    that a later release changed, found on `restated_on`.
    """

    id: str
    label: str
    release_id: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    is_paused: bool
    revoked_at: datetime | None
    has_password: bool
    max_views: int | None
    views: int
    sleep_days: int
    restated_on: date | None
    restated: tuple[str, ...]
    status: Status


@dataclass(frozen=True)
class AuditEntry:
    """How often one thing was done with a link on one day; who did it is not kept."""

    link_id: str
    day: date
    action: Action
    count: int


class Links:
    """The store of links, their sessions and the audit; safe to share between threads and processes.

    It lies in a file, made for its owner alone (a group that it was given to keeps its rights; others never have any), or
    at the URL of a database. Raises NoDatabase.
    """

    def __init__(self, place: Path | str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = open_link_tables(place)
        self._clock = clock

    def create_link(
        self,
        label: str,
        *,
        release_id: str = LATEST,
        created_by: str = "",
        days: int = DEFAULT_DAYS,
        password: str | None = None,
        max_views: int | None = None,
        sleep_days: int = SLEEP_DAYS,
        link_id: str | None = None,
    ) -> tuple[Link, str]:
        """A new link and its token, which is not kept and cannot be shown again. Raises BadLink for bad input."""
        token = secrets.token_urlsafe(32)
        now = self._now()
        values: dict[str, Any] = {
            "id": link_id or new_link_id(),
            "token_sha256": hash_secret(token),
            "label": check_request(label, days, password, max_views, sleep_days),
            "release_id": release_id,
            "created_by": created_by,
            "created_at": now,
            "expires_at": now + timedelta(days=days),
            "is_paused": False,
            "password_scrypt": None if password is None else hash_password(password, secrets.token_hex(16)),
            "max_views": max_views,
            "views": 0,
            "sleep_days": sleep_days,
            "used_at": now,
            "restated": "",
        }
        with self._database.begin() as connection:
            connection.execute(LINKS.insert().values(values))
            self._note(connection, values["id"], "created")
        return self.find_link(values["id"]), token

    def list_links(self) -> list[Link]:
        """All links ever made, newest first."""
        with self._database.connect() as connection:
            rows = connection.execute(
                select(LINKS).order_by(LINKS.c.created_at.desc(), LINKS.c.id)
            ).mappings()
            return [self._read(row) for row in rows]

    def find_link(self, link_id: str) -> Link:
        """The link of that id. Raises BadLink when there is none."""
        with self._database.connect() as connection:
            row = connection.execute(select(LINKS).where(LINKS.c.id == link_id)).mappings().one_or_none()
        if row is None:
            raise BadLink(f"There is no link {link_id}: python -m sharing list names them all.")
        return self._read(row)

    def pause_link(self, link_id: str) -> Link:
        """Stop a link, and every page opened through it, until it is resumed."""
        return self._change(link_id, "paused", is_paused=True)

    def resume_link(self, link_id: str) -> Link:
        """Let a paused link work again, or wake one that is asleep. Raises BadLink for a revoked one."""
        if self.find_link(link_id).revoked_at is not None:
            raise BadLink(f"Link {link_id} was revoked and cannot be resumed: create a new one.")
        return self._change(link_id, "resumed", is_paused=False, used_at=self._now())

    def revoke_link(self, link_id: str) -> Link:
        """Stop a link, and every page opened through it, for good."""
        already = self.find_link(link_id)
        if already.revoked_at is not None:
            return already
        changed = self._change(link_id, "revoked", revoked_at=self._now())
        with self._database.begin() as connection:
            connection.execute(SESSIONS.delete().where(SESSIONS.c.link_id == link_id))
        return changed

    def note_refresh(self, link_id: str) -> None:
        """Enter in the audit that the extract of a link was written anew."""
        with self._database.begin() as connection:
            self._note(connection, link_id, "refreshed")

    def note_restated(self, link_id: str, day: date | None, titles: Sequence[str] = ()) -> Link:
        """Say since when which figures of a link are restated; None takes it back."""
        return self._change(link_id, "restated", restated_on=day, restated="\n".join(titles))

    def list_notes(self) -> tuple[tuple[date, str], ...]:
        """The notes for funders, newest first: (day, text)."""
        query = select(NOTES.c.day, NOTES.c.text).order_by(NOTES.c.day.desc(), NOTES.c.entry_id.desc())
        with self._database.connect() as connection:
            return tuple((row.day, row.text) for row in connection.execute(query))

    def list_noted(self) -> set[int]:
        """The ids of the journal entries that are marked for funders."""
        with self._database.connect() as connection:
            return set(connection.execute(select(NOTES.c.entry_id)).scalars())

    def mark_notes(self, notes: Sequence[tuple[int, date, str]]) -> None:
        """Make these the notes for funders, in place of all before: (id of the journal entry, day, text)."""
        with begin_writing(self._database) as connection:
            connection.execute(NOTES.delete())
            for entry_id, day, words in notes:
                connection.execute(NOTES.insert().values(entry_id=entry_id, day=day, text=words))

    def read_story(self) -> Story:
        """What the programme says of itself on the shared pages."""
        with self._database.connect() as connection:
            return read_story({row.part: row.text for row in connection.execute(select(STORY))})

    def tell_story(self, story: Story) -> None:
        """Make this what it says, in place of all before. Raises BadStory."""
        parts = check_story(story).write()
        with begin_writing(self._database) as connection:
            connection.execute(STORY.delete())
            connection.execute(STORY.insert(), [{"part": name, "text": text} for name, text in parts.items()])

    def read_audit(self, link_id: str | None = None) -> list[AuditEntry]:
        """What was done with the links by day, oldest first. Raises BadLink when the link named does not exist."""
        query = select(AUDIT.c.link_id, AUDIT.c.day, AUDIT.c.action, func.count().label("count"))
        if link_id is not None:
            self.find_link(link_id)
            query = query.where(AUDIT.c.link_id == link_id)
        query = query.group_by(AUDIT.c.link_id, AUDIT.c.day, AUDIT.c.action).order_by(
            AUDIT.c.day, func.min(AUDIT.c.id)
        )
        with self._database.connect() as connection:
            return [AuditEntry(**row) for row in connection.execute(query).mappings()]

    def count_opens(self, link_id: str) -> list[tuple[date, int]]:
        """Receipts: how often a link was opened on each day from its making until now, days without any included."""
        opens = {entry.day: entry.count for entry in self.read_audit(link_id) if entry.action == "opened"}
        first, last = self.find_link(link_id).created_at.date(), self._now().date()
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        return [(day, opens.get(day, 0)) for day in days]

    def find_by_token(self, token: str) -> Link | None:
        """The live link of a token; None alike for one unknown, expired, paused, revoked, asleep or used up."""
        with self._database.connect() as connection:
            query = select(LINKS).where(LINKS.c.token_sha256 == hash_secret(token))
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        link = self._read(row)
        return link if link.status == "live" else None

    def is_password(self, link: Link, password: str) -> bool:
        """Whether a password opens a link."""
        with self._database.connect() as connection:
            query = select(LINKS.c.password_scrypt).where(LINKS.c.id == link.id)
            kept = connection.execute(query).scalar_one_or_none()
        if kept is None or len(password) > LONGEST_PASSWORD:
            return False
        salt, _, _ = str(kept).partition("$")
        return hmac.compare_digest(hash_password(password, salt), str(kept))

    def open_session(self, link: Link) -> tuple[str, int] | None:
        """Count one view and begin a session: its id, which is kept only as a hash, and its length in seconds.

        None when the last view was taken meanwhile.
        """
        session, now = secrets.token_urlsafe(32), self._now()
        ends = min(now + SESSION, link.expires_at.replace(tzinfo=None))
        with self._database.begin() as connection:
            free = LINKS.c.max_views.is_(None) | (LINKS.c.views < LINKS.c.max_views)
            counted = connection.execute(
                LINKS.update()
                .where((LINKS.c.id == link.id) & free)
                .values(views=LINKS.c.views + 1, used_at=now)
            )
            if counted.rowcount != 1:
                return None
            connection.execute(SESSIONS.delete().where(SESSIONS.c.expires_at <= now))
            connection.execute(
                SESSIONS.insert().values(
                    session_sha256=hash_secret(session), link_id=link.id, expires_at=ends
                )
            )
            self._note(connection, link.id, "opened")
        return session, int((ends - now).total_seconds())

    def find_by_session(self, session: str) -> Link | None:
        """The link behind a session, while both are valid. A link that is used up keeps the sessions it has begun."""
        query = (
            select(LINKS)
            .join(SESSIONS, SESSIONS.c.link_id == LINKS.c.id)
            .where(
                (SESSIONS.c.session_sha256 == hash_secret(session)) & (SESSIONS.c.expires_at > self._now())
            )
        )
        with self._database.connect() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        link = self._read(row)
        return link if link.status in ("live", "used up") else None

    def close(self) -> None:
        self._database.dispose()

    def _change(self, link_id: str, action: Action, **values: Any) -> Link:
        self.find_link(link_id)
        with self._database.begin() as connection:
            connection.execute(LINKS.update().where(LINKS.c.id == link_id).values(values))
            self._note(connection, link_id, action)
        return self.find_link(link_id)

    def _note(self, connection: Connection, link_id: str, action: Action) -> None:
        entry = {"link_id": link_id, "day": self._now().date(), "action": action}
        connection.execute(AUDIT.insert().inline().values(entry))

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC).replace(tzinfo=None)

    def _read(self, row: RowMapping) -> Link:
        used_up = row["max_views"] is not None and row["views"] >= row["max_views"]
        used_at = row["used_at"] or row["created_at"]
        is_asleep = used_at + timedelta(days=row["sleep_days"]) <= self._now()
        status: Status = "used up" if used_up else "asleep" if is_asleep else "live"
        if row["is_paused"]:
            status = "paused"
        if row["expires_at"] <= self._now():
            status = "expired"
        if row["revoked_at"] is not None:
            status = "revoked"
        return Link(
            id=row["id"],
            label=row["label"],
            release_id=row["release_id"],
            created_by=row["created_by"],
            created_at=row["created_at"].replace(tzinfo=UTC),
            expires_at=row["expires_at"].replace(tzinfo=UTC),
            is_paused=row["is_paused"],
            revoked_at=None if row["revoked_at"] is None else row["revoked_at"].replace(tzinfo=UTC),
            has_password=row["password_scrypt"] is not None,
            max_views=row["max_views"],
            views=row["views"],
            sleep_days=row["sleep_days"],
            restated_on=row["restated_on"],
            restated=tuple(row["restated"].splitlines()),
            status=status,
        )


def open_links(data: Path) -> Links:
    """The link store of this installation, made on first use. Raises NoDatabase."""
    return Links(find_place(data / FILE))


def new_link_id() -> str:
    """A fresh id to manage a link by."""
    return secrets.token_hex(4)


def check_request(
    label: str,
    days: int,
    password: str | None = None,
    max_views: int | None = None,
    sleep_days: int = SLEEP_DAYS,
) -> str:
    """The label, tidied. Raises BadLink for a link that cannot be made as asked."""
    tidied = " ".join(label.split())
    if (
        not tidied
        or len(tidied) > LONGEST_LABEL
        or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in tidied)
    ):
        raise BadLink(
            f"The label must be plain text of 1 to {LONGEST_LABEL} characters: say whom the link is for."
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise BadLink(f"A link cannot last {days} days: choose from 1 to {LONGEST_DAYS}.")
    if password is not None and not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadLink(
            f"The password must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters: choose another."
        )
    if max_views is not None and max_views < 1:
        raise BadLink(f"A link cannot be opened {max_views} times at most: choose 1 or more.")
    if not 1 <= sleep_days <= LONGEST_DAYS:
        raise BadLink(f"A link cannot fall asleep after {sleep_days} days: choose from 1 to {LONGEST_DAYS}.")
    return tidied
