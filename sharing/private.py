"""A database of the staff's own: one file that its owner alone may read, or a group that was given it."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import DDL, Engine, MetaData, Table, create_engine, event
from sqlalchemy.exc import OperationalError


def open_private(path: Path) -> Engine:
    """The SQLite database at a path, made for its owner alone. A group that it was given to keeps its rights; others never have any."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    found = path.stat()
    if found.st_uid == os.getuid():
        path.chmod(found.st_mode & 0o660)
    return create_engine(f"sqlite:///{path}")


def make_tables(database: Engine, metadata: MetaData) -> None:
    """Make the tables that are not there yet, also while another process makes them."""
    try:
        metadata.create_all(database)
    except OperationalError:
        metadata.create_all(database)


def keep_append_only(table: Table) -> None:
    """Let nobody change or delete a row of an audit once it is made."""
    for verb in ("UPDATE", "DELETE"):
        event.listen(
            table,
            "after_create",
            DDL(  # type: ignore[no-untyped-call]
                f"CREATE TRIGGER {table.name}_no_{verb.lower()} BEFORE {verb} ON {table.name} "
                "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
            ),
        )
