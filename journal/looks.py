"""When somebody last looked, and which figures they were shown then: what "since you last looked" is told by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    select,
)

from database import begin_writing
from journal.figures import METADATA

KEPT = 3
Shown = Mapping[str, float]

_looks = Table(
    "looks",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("person", String(64), nullable=False),
    Column("role", String(20), nullable=False),
    Column("release_id", String(200), nullable=False),
    Column("looked_at", DateTime, nullable=False),
    Column("figures", Text, nullable=False),
    Column("told", Text, nullable=False),
    UniqueConstraint("person", "role", "release_id"),
)


@dataclass(frozen=True)
class Look:
    """A release that somebody looked at, the figures that it showed them by name, and the headings of what it told."""

    release_id: str
    looked_at: datetime
    figures: Shown
    told: tuple[str, ...]


class Looks:
    """The looks of every person, known by a hash of their address, and role: of another role other figures were shown."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def find_last(self, person: str, role: str, release_id: str) -> Look | None:
        """The latest look at another release."""
        own = (_looks.c.person == person) & (_looks.c.role == role) & (_looks.c.release_id != release_id)
        with self._database.connect() as connection:
            row = (
                connection.execute(select(_looks).where(own).order_by(_looks.c.id.desc()).limit(1))
                .mappings()
                .first()
            )
        if row is None:
            return None
        looked_at = row["looked_at"].replace(tzinfo=UTC)
        return Look(row["release_id"], looked_at, json.loads(row["figures"]), tuple(json.loads(row["told"])))

    def note(self, person: str, role: str, release_id: str, figures: Shown, told: tuple[str, ...]) -> None:
        """Remember the first look at a release; of each person the latest KEPT."""
        own = (_looks.c.person == person) & (_looks.c.role == role)
        with begin_writing(self._database) as connection:
            ids = connection.execute(
                select(_looks.c.id, _looks.c.release_id).where(own).order_by(_looks.c.id)
            ).all()
            if ids and ids[-1].release_id == release_id:
                return
            connection.execute(delete(_looks).where(own & (_looks.c.release_id == release_id)))
            if old := [row.id for row in ids[: -KEPT + 1]]:
                connection.execute(delete(_looks).where(_looks.c.id.in_(old)))
            connection.execute(
                _looks.insert().values(
                    person=person,
                    role=role,
                    release_id=release_id,
                    looked_at=datetime.now(UTC).replace(tzinfo=None),
                    figures=json.dumps(dict(figures)),
                    told=json.dumps(told, ensure_ascii=False),
                )
            )
