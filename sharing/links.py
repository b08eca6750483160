"""Share links and their sessions: random tokens of which only a SHA-256 is kept, revocable, with an audit."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import (
    DDL,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import OperationalError

FILE = Path("state") / "links.sqlite"
LATEST = "latest"
DEFAULT_DAYS = 90
LONGEST_DAYS = 365
LONGEST_LABEL = 200
LONGEST_PASSWORD = 200
SHORTEST_PASSWORD = 8
SESSION = timedelta(hours=8)

Status = Literal["live", "paused", "revoked", "expired", "used up"]
Action = Literal["created", "opened", "paused", "resumed", "revoked", "refreshed"]

_metadata = MetaData()
_links = Table(
    "links",
    _metadata,
    Column("id", String, primary_key=True),
    Column("token_sha256", String, nullable=False, unique=True),
    Column("label", String, nullable=False),
    Column("release_id", String, nullable=False),
    Column("created_by", String, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("expires_at", DateTime, nullable=False),
    Column("is_paused", Boolean, nullable=False),
    Column("revoked_at", DateTime),
    Column("password_scrypt", String),
    Column("max_views", Integer),
    Column("views", Integer, nullable=False),
)
_sessions = Table(
    "sessions",
    _metadata,
    Column("session_sha256", String, primary_key=True),
    Column("link_id", String, ForeignKey("links.id"), nullable=False),
    Column("expires_at", DateTime, nullable=False),
)
_audit = Table(
    "audit",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("link_id", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("action", String, nullable=False),
)
for _verb in ("UPDATE", "DELETE"):
    event.listen(
        _audit,
        "after_create",
        DDL(  # type: ignore[no-untyped-call]
            f"CREATE TRIGGER audit_no_{_verb.lower()} BEFORE {_verb} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        ),
    )


class BadLink(Exception):
    """A link that cannot be made or found: one sentence that says what is wrong and what to do."""


@dataclass(frozen=True)
class Link:
    """One share link, without its token, which is known only to whoever was given it.

    `id` is used to manage the link and opens nothing. `release_id` is a release or `latest`; times are in UTC;
    `views` counts how often the link was opened, of at most `max_views` where there is such a limit.
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

    Its file is made for its owner alone. A group that it was given to keeps its rights; others never have any.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        found = path.stat()
        if found.st_uid == os.getuid():
            path.chmod(found.st_mode & 0o660)
        self._database: Engine = create_engine(f"sqlite:///{path}")
        self._clock = clock
        try:
            _metadata.create_all(self._database)
        except OperationalError:
            _metadata.create_all(self._database)  # another process made the tables meanwhile

    def create_link(
        self,
        label: str,
        *,
        release_id: str = LATEST,
        created_by: str = "",
        days: int = DEFAULT_DAYS,
        password: str | None = None,
        max_views: int | None = None,
        link_id: str | None = None,
    ) -> tuple[Link, str]:
        """A new link and its token, which is not kept and cannot be shown again. Raises BadLink for bad input."""
        token = secrets.token_urlsafe(32)
        now = self._now()
        values: dict[str, Any] = {
            "id": link_id or new_link_id(),
            "token_sha256": _hash(token),
            "label": check_request(label, days, password, max_views),
            "release_id": release_id,
            "created_by": created_by,
            "created_at": now,
            "expires_at": now + timedelta(days=days),
            "is_paused": False,
            "password_scrypt": None if password is None else _scrypt(password, secrets.token_hex(16)),
            "max_views": max_views,
            "views": 0,
        }
        with self._database.begin() as connection:
            connection.execute(_links.insert().values(values))
            self._note(connection, values["id"], "created")
        return self.find_link(values["id"]), token

    def list_links(self) -> list[Link]:
        """All links ever made, newest first."""
        with self._database.connect() as connection:
            rows = connection.execute(
                select(_links).order_by(_links.c.created_at.desc(), _links.c.id)
            ).mappings()
            return [self._read(row) for row in rows]

    def find_link(self, link_id: str) -> Link:
        """The link of that id. Raises BadLink when there is none."""
        with self._database.connect() as connection:
            row = connection.execute(select(_links).where(_links.c.id == link_id)).mappings().one_or_none()
        if row is None:
            raise BadLink(f"There is no link {link_id}: python -m sharing list names them all.")
        return self._read(row)

    def pause_link(self, link_id: str) -> Link:
        """Stop a link, and every page opened through it, until it is resumed."""
        return self._change(link_id, "paused", is_paused=True)

    def resume_link(self, link_id: str) -> Link:
        """Let a paused link work again. Raises BadLink for a revoked one."""
        if self.find_link(link_id).revoked_at is not None:
            raise BadLink(f"Link {link_id} was revoked and cannot be resumed: create a new one.")
        return self._change(link_id, "resumed", is_paused=False)

    def revoke_link(self, link_id: str) -> Link:
        """Stop a link, and every page opened through it, for good."""
        already = self.find_link(link_id)
        if already.revoked_at is not None:
            return already
        changed = self._change(link_id, "revoked", revoked_at=self._now())
        with self._database.begin() as connection:
            connection.execute(_sessions.delete().where(_sessions.c.link_id == link_id))
        return changed

    def note_refresh(self, link_id: str) -> None:
        """Enter in the audit that the extract of a link was written anew."""
        with self._database.begin() as connection:
            self._note(connection, link_id, "refreshed")

    def read_audit(self, link_id: str | None = None) -> list[AuditEntry]:
        """What was done with the links by day, oldest first. Raises BadLink when the link named does not exist."""
        query = select(_audit.c.link_id, _audit.c.day, _audit.c.action, func.count().label("count"))
        if link_id is not None:
            self.find_link(link_id)
            query = query.where(_audit.c.link_id == link_id)
        query = query.group_by(_audit.c.link_id, _audit.c.day, _audit.c.action).order_by(
            _audit.c.day, func.min(_audit.c.id)
        )
        with self._database.connect() as connection:
            return [AuditEntry(**row) for row in connection.execute(query).mappings()]

    def find_by_token(self, token: str) -> Link | None:
        """The live link of a token; None alike for a token that is unknown, expired, paused, revoked or used up."""
        with self._database.connect() as connection:
            query = select(_links).where(_links.c.token_sha256 == _hash(token))
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        link = self._read(row)
        return link if link.status == "live" else None

    def is_password(self, link: Link, password: str) -> bool:
        """Whether a password opens a link."""
        with self._database.connect() as connection:
            query = select(_links.c.password_scrypt).where(_links.c.id == link.id)
            kept = connection.execute(query).scalar_one_or_none()
        if kept is None or len(password) > LONGEST_PASSWORD:
            return False
        salt, _, _ = str(kept).partition("$")
        return hmac.compare_digest(_scrypt(password, salt), str(kept))

    def open_session(self, link: Link) -> tuple[str, int] | None:
        """Count one view and begin a session: its id, which is kept only as a hash, and its length in seconds.

        None when the last view was taken meanwhile.
        """
        session, now = secrets.token_urlsafe(32), self._now()
        ends = min(now + SESSION, link.expires_at.replace(tzinfo=None))
        with self._database.begin() as connection:
            free = _links.c.max_views.is_(None) | (_links.c.views < _links.c.max_views)
            counted = connection.execute(
                _links.update().where((_links.c.id == link.id) & free).values(views=_links.c.views + 1)
            )
            if counted.rowcount != 1:
                return None
            connection.execute(_sessions.delete().where(_sessions.c.expires_at <= now))
            connection.execute(
                _sessions.insert().values(session_sha256=_hash(session), link_id=link.id, expires_at=ends)
            )
            self._note(connection, link.id, "opened")
        return session, int((ends - now).total_seconds())

    def find_by_session(self, session: str) -> Link | None:
        """The link behind a session, while both are valid. A link that is used up keeps the sessions it has begun."""
        query = (
            select(_links)
            .join(_sessions, _sessions.c.link_id == _links.c.id)
            .where((_sessions.c.session_sha256 == _hash(session)) & (_sessions.c.expires_at > self._now()))
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
            connection.execute(_links.update().where(_links.c.id == link_id).values(values))
            self._note(connection, link_id, action)
        return self.find_link(link_id)

    def _note(self, connection: Connection, link_id: str, action: Action) -> None:
        connection.execute(_audit.insert().values(link_id=link_id, day=self._now().date(), action=action))

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC).replace(tzinfo=None)

    def _read(self, row: RowMapping) -> Link:
        used_up = row["max_views"] is not None and row["views"] >= row["max_views"]
        status: Status = "used up" if used_up else "live"
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
            status=status,
        )


def open_links(data: Path) -> Links:
    """The link store of a data folder, made on first use; only its owner may read it."""
    return Links(data / FILE)


def new_link_id() -> str:
    """A fresh id to manage a link by."""
    return secrets.token_hex(4)


def check_request(label: str, days: int, password: str | None = None, max_views: int | None = None) -> str:
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
    return tidied


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _scrypt(password: str, salt: str) -> str:
    """The salt and the scrypt hash (N = 2¹⁵, r = 8, p = 3)."""
    digest = hashlib.scrypt(
        unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass"),
        salt=bytes.fromhex(salt),
        n=2**15,
        r=8,
        p=3,
        maxmem=2**26,
    )
    return f"{salt}${digest.hex()}"
