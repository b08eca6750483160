"""Who has which role: a table on the server, looked up on every run and every frame, with an append-only audit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, select

from commands import Refusal
from database import begin_writing, find_place, keep_append_only, open_tables
from indicators.gate.disclosure import Role

FILE = Path("state") / "people.sqlite"
ROLES: tuple[Role, ...] = ("admin", "evaluator", "lead")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")

_metadata = MetaData()
_people = Table(
    "people",
    _metadata,
    Column("email", String, primary_key=True),
    Column("role", String),
    Column("changed_at", DateTime, nullable=False),
)
_ended = Table(
    "ended_sessions",
    _metadata,
    Column("session_sha256", String, primary_key=True),
    Column("ended_at", DateTime, nullable=False),
)
_audit = Table(
    "people_audit",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String, nullable=False),
    Column("role", String),
    Column("changed_by", String, nullable=False),
    Column("changed_at", DateTime, nullable=False),
)
keep_append_only(_audit)


class BadPerson(Refusal):
    """A person or role that cannot be entered: one sentence that says what is wrong and what to do."""


@dataclass(frozen=True)
class Person:
    """Somebody who looks at the dashboard: e-mail and name as the identity provider says, and the role; None has none.

    `session` is the SHA-256 of what proves who they are ('' where nothing does: in local mode).
    """

    email: str
    name: str
    role: Role | None
    session: str = ""


class People:
    """The table of roles; safe to share between threads and processes. Raises NoDatabase."""

    def __init__(self, place: Path | str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = open_tables(place, _metadata)
        self._clock = clock

    def grant(self, email: str, role: str, *, by: str = "") -> None:
        """Give somebody a role, whatever the identity provider says. Raises BadPerson for bad input."""
        if role not in ROLES:
            raise BadPerson(f"{role} is no role: choose {', '.join(ROLES)}.")
        self._set(email, role, by)

    def withdraw(self, email: str, *, by: str = "") -> None:
        """Take away every role, also one that the identity provider gives. Raises BadPerson for bad input."""
        self._set(email, None, by)

    def list_people(self) -> list[tuple[str, str | None]]:
        """Everybody who was given or refused a role here, by e-mail."""
        with self._database.connect() as connection:
            rows = connection.execute(select(_people.c.email, _people.c.role))
            return sorted((str(email), role) for email, role in rows)

    def find_role(self, claims: Mapping[str, Any], role_claim: str) -> Role | None:
        """The role of somebody signed in: from this table where it has their e-mail, else from the provider's claim.

        An address in the table counts when the provider has verified it; unverified it gives no role at all.
        """
        email = str(claims.get("email", "")).strip()
        with self._database.connect() as connection:
            query = select(_people.c.role).where(_people.c.email == email.lower())
            row = connection.execute(query).one_or_none() if email.isascii() else None
        if row is not None:
            is_verified = claims.get("email_verified") in (True, "true")
            return next((role for role in ROLES if is_verified and role == row.role), None)
        given = claims.get(role_claim)
        named = given if isinstance(given, list) else [given]
        return next((role for role in ROLES if role in named), None)

    def end_session(self, session: str) -> None:
        """Remember that somebody signed out: what proved who they were counts no more, wherever it is kept."""
        with begin_writing(self._database) as connection:
            if not self._is_ended(connection, session):
                connection.execute(_ended.insert().values(session_sha256=session, ended_at=self._now()))

    def has_ended(self, session: str) -> bool:
        """Whether somebody signed out of a session."""
        with self._database.connect() as connection:
            return self._is_ended(connection, session)

    def close(self) -> None:
        self._database.dispose()

    def _is_ended(self, connection: Any, session: str) -> bool:
        query = select(_ended.c.session_sha256).where(_ended.c.session_sha256 == session)
        return connection.execute(query).one_or_none() is not None

    def _set(self, email: str, role: str | None, by: str) -> None:
        address = email.strip().lower()
        if not EMAIL.fullmatch(address) or not address.isascii():
            raise BadPerson(f"{email} is no e-mail address: give the one the person signs in with.")
        now = self._now()
        with begin_writing(self._database) as connection:
            connection.execute(_people.delete().where(_people.c.email == address))
            connection.execute(_people.insert().values(email=address, role=role, changed_at=now))
            connection.execute(
                _audit.insert().values(email=address, role=role, changed_by=by, changed_at=now)
            )

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC).replace(tzinfo=None)


def open_people(data: Path) -> People:
    """The table of roles of this installation, made on first use. Raises NoDatabase."""
    return People(find_place(data / FILE))
