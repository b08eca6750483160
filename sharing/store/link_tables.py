"""The tables of the link store, made on first use; a store of an earlier version is given the columns it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import (
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
    Text,
    inspect,
    text,
)

from database import begin_writing, keep_append_only, open_tables

_METADATA = MetaData()
LINKS = Table(
    "links",
    _METADATA,
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
    Column("sleep_days", Integer, nullable=False, server_default="30"),
    Column("used_at", DateTime),
    Column("restated_on", Date),
    Column("restated", Text, nullable=False, server_default=""),
)
SESSIONS = Table(
    "sessions",
    _METADATA,
    Column("session_sha256", String, primary_key=True),
    Column("link_id", String, ForeignKey("links.id"), nullable=False),
    Column("expires_at", DateTime, nullable=False),
)
AUDIT = Table(
    "audit",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("link_id", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("action", String, nullable=False),
)
NOTES = Table(
    "notes",
    _METADATA,
    Column("entry_id", Integer, primary_key=True),
    Column("day", Date, nullable=False),
    Column("text", Text, nullable=False),
)
STORY = Table(
    "story",
    _METADATA,
    Column("part", String, primary_key=True),
    Column("text", Text, nullable=False),
)
keep_append_only(AUDIT)


def open_link_tables(place: Path | str) -> Engine:
    """The database of a file or at a URL, with all its tables and columns. Raises NoDatabase."""
    database = open_tables(place, _METADATA)
    if _list_missing(database):
        with begin_writing(database) as connection:
            for column in _list_missing(connection):
                kind = column.type.compile(database.dialect)
                default = column.server_default
                rest = "" if default is None else f" NOT NULL DEFAULT '{default.arg}'"  # type: ignore[attr-defined]
                connection.execute(text(f"ALTER TABLE {LINKS.name} ADD COLUMN {column.name} {kind}{rest}"))
    return database


def _list_missing(database: Engine | Connection) -> Sequence[Column[Any]]:
    there = {column["name"] for column in inspect(database).get_columns(LINKS.name)}
    return [column for column in LINKS.columns if column.name not in there]
