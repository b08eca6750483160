"""The journal: a table of entries, and two beside it, kept in SQLite in the data folder or in any database that SQLAlchemy reaches."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from sqlalchemy import (
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    String,
    Table,
    Text,
    select,
)
from sqlalchemy.engine import RowMapping

from commands import Refusal
from database import NoDatabase, begin_writing, open_tables
from journal.figures import METADATA, Figure, read_figures, write_figure
from journal.looks import Looks
from settings import Settings

Kind = Literal["annotation", "decision", "sign_off", "rebase", "view", "story"]
LONGEST_TEXT = 2000
LONGEST_NAME = 200
FILE = Path("state") / "journal.sqlite"
REMOVED = "[removed]"
_VACUUM = {"sqlite": "VACUUM", "postgresql": "VACUUM FULL entries"}

_entries = Table(
    "entries",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("indicator_id", String(LONGEST_NAME), nullable=False),
    Column("period", String(LONGEST_NAME), nullable=False),
    Column("text", Text, nullable=False),
    Column("author", String(LONGEST_NAME), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("due_on", Date),
    Column("outcome", Text, nullable=False),
    Column("release_id", String(LONGEST_NAME), nullable=False),
)


class BadEntry(Refusal):
    """An entry that cannot be kept: one sentence that says what is wrong and what to do."""


@dataclass(frozen=True)
class Entry:
    """One entry of the journal.

    An annotation explains a figure, a decision says what is to be done (by `due_on`, with an `outcome` once it is
    known), a sign-off says that somebody has checked a figure in a release. A rebase says that an indicator's control
    limits start anew at `period`, and why. A view is an address within the dashboard under a name: the first line of `text` is its
    name, the second the address. A story is what stands on the shared pages from then on. `indicator_id`, `period`, `release_id` and `outcome` are '' where there is
    none; `created_at` is in UTC.
    """

    id: int
    kind: Kind
    indicator_id: str
    period: str
    text: str
    author: str
    created_at: datetime
    due_on: date | None
    outcome: str
    release_id: str


class Journal:
    """Reads and writes entries; safe to share between threads and processes. Raises NoDatabase."""

    def __init__(self, place: Path | str) -> None:
        self._database = open_tables(place, METADATA)
        self.looks = Looks(self._database)

    def add_entry(
        self,
        kind: Kind,
        text: str,
        *,
        author: str,
        indicator_id: str = "",
        period: str = "",
        due_on: date | None = None,
        release_id: str = "",
        figure: Figure | None = None,
    ) -> Entry:
        """Keep one entry. Raises BadEntry for an unknown kind, empty text or author, or text that is too long.

        A rebase needs its indicator and period too. `figure` is what a decision is about, as it was shown to its author.
        """
        if kind not in get_args(Kind):
            raise BadEntry(
                f"The journal has no kind of entry {kind!r}: use one of {', '.join(get_args(Kind))}."
            )
        values: dict[str, Any] = {
            "kind": kind,
            "indicator_id": _check_text("indicator", indicator_id, LONGEST_NAME),
            "period": _check_text("period", period, LONGEST_NAME),
            "text": _require_text("text", text, LONGEST_TEXT),
            "author": _require_text("author", author, LONGEST_NAME),
            "created_at": datetime.now(UTC).replace(tzinfo=None),
            "due_on": due_on,
            "outcome": "",
            "release_id": _check_text("release", release_id, LONGEST_NAME),
        }
        if kind == "rebase":
            _require_text("indicator", indicator_id, LONGEST_NAME)
            _require_text("period", period, LONGEST_NAME)
        with self._database.begin() as connection:
            key = connection.execute(_entries.insert().values(values)).inserted_primary_key
            assert key is not None
            if figure is not None:
                write_figure(connection, key[0], figure)
            return self._find(
                connection.execute(select(_entries).where(_entries.c.id == key[0])).mappings().all()
            )

    def list_entries(self, kind: Kind | None = None, indicator_id: str | None = None) -> list[Entry]:
        """Entries, newest first; of one kind, or about one indicator, where asked."""
        with self._database.connect() as connection:
            return _list_entries(connection, kind, indicator_id)

    def list_figures(self) -> dict[int, Figure]:
        """What decisions are about, by the id of the entry, as it was then."""
        with self._database.connect() as connection:
            return read_figures(connection)

    def record_outcome(self, entry_id: int, outcome: str) -> Entry:
        """Say how a decision turned out. Raises BadEntry when there is no such decision or nothing is said."""
        wanted = (_entries.c.id == entry_id) & (_entries.c.kind == "decision")
        values = {"outcome": _require_text("outcome", outcome, LONGEST_TEXT)}
        with self._database.begin() as connection:
            connection.execute(_entries.update().where(wanted).values(values))
            found = connection.execute(select(_entries).where(wanted)).mappings().all()
            if not found:
                raise BadEntry(
                    f"There is no decision {entry_id} in the journal: choose one from the list of decisions."
                )
            return self._find(found)

    def remove_view(self, entry_id: int) -> None:
        """Forget a saved view; nothing where there is none."""
        wanted = (_entries.c.id == entry_id) & (_entries.c.kind == "view")
        with self._database.begin() as connection:
            connection.execute(_entries.delete().where(wanted))

    def find_words(self, words: Sequence[str]) -> list[Entry]:
        """Entries that say any of some words in their text, author or outcome, in capitals or not. Raises BadEntry without words."""
        pattern = _match_any(words)
        with self._database.connect() as connection:
            return _find_entries(connection, pattern)

    def remove_words(self, words: Sequence[str]) -> int:
        """Put "[removed]" in place of some words wherever entries say them; how many entries it was. Raises BadEntry.

        The file or table is written anew, so that it does not keep them either.
        """
        pattern = _match_any(words)
        with begin_writing(self._database) as connection:
            found = _find_entries(connection, pattern)
            for entry in found:
                parts = {"text": entry.text, "author": entry.author, "outcome": entry.outcome}
                values = {name: pattern.sub(REMOVED, part) for name, part in parts.items()}
                connection.execute(_entries.update().where(_entries.c.id == entry.id).values(values))
        if vacuum := _VACUUM.get(self._database.dialect.name):
            with self._database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql(vacuum)
        return len(found)

    def close(self) -> None:
        self._database.dispose()

    @staticmethod
    def _find(rows: Sequence[RowMapping]) -> Entry:
        (row,) = rows
        return _read_entry(row)


def _list_entries(
    connection: Connection, kind: Kind | None = None, indicator_id: str | None = None
) -> list[Entry]:
    query = select(_entries).order_by(_entries.c.created_at.desc(), _entries.c.id.desc())
    if kind is not None:
        query = query.where(_entries.c.kind == kind)
    if indicator_id is not None:
        query = query.where(_entries.c.indicator_id == indicator_id)
    return [_read_entry(row) for row in connection.execute(query).mappings()]


def _find_entries(connection: Connection, pattern: re.Pattern[str]) -> list[Entry]:
    return [
        entry
        for entry in _list_entries(connection)
        if any(pattern.search(part) for part in (entry.text, entry.author, entry.outcome))
    ]


def _match_any(words: Sequence[str]) -> re.Pattern[str]:
    wanted = [word.strip() for word in words if word.strip()]
    if not wanted:
        raise BadEntry("Nothing to look for: name the words, such as a person's name or address.")
    longest_first = sorted(wanted, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)


def open_journal(settings: Settings) -> Journal:
    """The journal of this installation, made on first use. Raises BadEntry when its database cannot be reached."""
    file = settings.data / FILE
    try:
        journal = Journal(settings.journal_url or file)
    except NoDatabase as fault:
        if not settings.journal_url:
            raise BadEntry(str(fault)) from None
        raise BadEntry(
            "The journal at JOURNAL_URL or DATABASE_URL cannot be opened: check the address, that a driver for it is "
            "installed, and the rights to it."
        ) from None
    if not settings.journal_url:
        file.parent.chmod(0o700)
        file.chmod(0o600)
    return journal


def _require_text(what: str, text: str, longest: int) -> str:
    checked = _check_text(what, text, longest)
    if not checked:
        raise BadEntry(f"The {what} is empty: write something before saving.")
    return checked


def _check_text(what: str, text: str, longest: int) -> str:
    cleaned = text.strip()
    if len(cleaned) > longest:
        raise BadEntry(f"The {what} has {len(cleaned)} characters: shorten it to {longest} or fewer.")
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\r\t" for sign in cleaned):
        raise BadEntry(f"The {what} holds characters that cannot be stored: type it again.")
    return cleaned


def _read_entry(row: RowMapping) -> Entry:
    return Entry(**{**row, "created_at": row["created_at"].replace(tzinfo=UTC)})
