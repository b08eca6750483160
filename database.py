"""The databases of one installation: SQLite files that their owner alone may read, or PostgreSQL by URL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import DDL, Connection, Engine, MetaData, Table, create_engine, event, inspect, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, ProgrammingError

from commands import Refusal, describe_fault
from settings import load_settings

CONNECTIONS = 5
CONNECT_SECONDS = 5
_UNREACHED = "The database at DATABASE_URL or FUNDER_LINKS_URL cannot be used: check that it runs, and the rights to it."
_ALONE = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(8501)"}


class NoDatabase(Refusal):
    """A database that cannot be opened: one sentence that says which and what to do. No address is in it."""


def find_place(file: Path) -> Path | str:
    """Where the tables of a file lie: the URL of this process's settings, or the file where there is none."""
    return load_settings().database_url or file


def open_tables(place: Path | str, metadata: MetaData) -> Engine:
    """A database with all these tables, in a file or at an SQLAlchemy URL.

    Raises NoDatabase, and so does every statement on it that fails for what becomes of a database: damage, rights, a full
    disk, a server that is gone.
    """
    try:
        database = create_engine(_make_private(place)) if isinstance(place, Path) else _reach(place)
        event.listen(database, "handle_error", partial(_explain, place))
        _make_tables(database, metadata)
    except (ArgumentError, NoSuchModuleError, ImportError):
        raise NoDatabase(
            "DATABASE_URL or FUNDER_LINKS_URL is not a database address that is installed here: "
            "write postgresql://USER@HOST/NAME (docs/deploy.md)."
        ) from None
    except ProgrammingError:
        raise NoDatabase(_UNREACHED) from None
    return database


def _explain(place: Path | str, context: ExceptionContext) -> None:
    """Raise NoDatabase for what a driver says of the database; what it says of a statement stays as it is."""
    fault = context.sqlalchemy_exception
    is_of_statement = isinstance(fault, IntegrityError | ProgrammingError)
    if not isinstance(fault, DBAPIError) or is_of_statement or context.is_pre_ping:
        return
    if isinstance(place, Path):
        raise NoDatabase(
            f"The database {place} cannot be used ({fault.orig}): look at its rights and the room on the disk, or restore it "
            "from the backup."
        )
    raise NoDatabase(_UNREACHED)


@contextmanager
def begin_writing(database: Engine) -> Iterator[Connection]:
    """A transaction that no other one of this kind overlaps, in any process: what it reads stays so until it has written.

    SQLite locks the file; on PostgreSQL it is one advisory lock a database, which the funder's process never waits for.
    """
    with database.begin() as connection:
        if alone := _ALONE.get(database.dialect.name):
            connection.exec_driver_sql(alone)
        yield connection


def keep_append_only(table: Table) -> None:
    """Let nobody change or delete a row of an audit once it is made."""
    sentence = "the audit is append-only"
    for verb in ("UPDATE", "DELETE"):
        _after_create(
            table,
            "sqlite",
            f"CREATE TRIGGER {table.name}_no_{verb.lower()} BEFORE {verb} ON {table.name} "
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END",
        )
    _after_create(
        table,
        "postgresql",
        f"CREATE FUNCTION {table.name}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation'; END $$; "
        f"CREATE TRIGGER {table.name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table.name} "
        f"EXECUTE FUNCTION {table.name}_refuse()",
    )


def _after_create(table: Table, dialect: str, statement: str) -> None:
    event.listen(table, "after_create", DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]


def _make_private(path: Path) -> str:
    """URL of a file made for its owner alone. A group that it was given to keeps its rights; others never have any."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        found = path.stat()
        if found.st_uid == os.getuid():
            path.chmod(found.st_mode & 0o660)
    except OSError as fault:
        raise NoDatabase(describe_fault(fault)) from fault
    return f"sqlite:///{path}"


def _reach(url: str) -> Engine:
    """A server that went away and came back is reached anew; no more than five connections a store and process."""
    if make_url(url).get_backend_name() != "postgresql":
        return create_engine(url)
    return create_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_SECONDS},
    )


def _make_tables(database: Engine, metadata: MetaData) -> None:
    """Make the tables that are not there yet, one process at a time."""
    if not set(metadata.tables) <= set(inspect(database).get_table_names()):
        with begin_writing(database) as connection:
            metadata.create_all(connection)
