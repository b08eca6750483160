"""The engine: DuckDB over one release, hardened, one cursor a query; what is derived is made when it is first asked for."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import duckdb
import pandas as pd

from warehouse.codes import VIEWS, is_made_of, list_views, select_file
from warehouse.contracts import RELEASED
from warehouse.derived import CALENDAR, MADE, SMALL, Derived, list_derived
from warehouse.kept import Kept, find_kept_folder, hash_code, hash_parts
from warehouse.quoting import quote_name as quote_name
from warehouse.quoting import quote_text as quote_text
from warehouse.release import LAYOUT, NoRelease, Release, hold_release, refuse_damaged

# Tables of figures are small and made of many small steps, which cost a fifth less where words are Python's (docs/decisions/0023).
pd.set_option("mode.string_storage", "python")

MEMORY = "4GB"
MOST_LOOKED_UP = 500
# An attribute of members may have the name of a table: it is always quoted.
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
T = TypeVar("T")


@dataclass(frozen=True)
class Statement:
    """What another engine is to run: SQL in DuckDB's words, the columns and DuckDB types of its rows, and the SQL of the
    views that it reads, in order."""

    sql: str
    columns: dict[str, str]
    sources: dict[str, str]


# Runs a statement and writes its rows to one Parquet file.
Elsewhere = Callable[[Statement, Path], None]


class Engine:
    """Queries over one release. Safe to share between threads: every query has a cursor of its own.

    A derived table exists from the first query that names it. What is stored of them, and every result of `keep`, is
    kept under the hash of its statement and of what that reads, so that the next release finds again what did not change.
    `elsewhere` runs the statements whose rows are kept, but for those over small tables.
    """

    def __init__(self, release: Release, elsewhere: Elsewhere | None = None) -> None:
        if release.manifest.get("layout") != LAYOUT:
            raise NoRelease(
                f"Release {release.id} was made by another version of this software: load its files again with "
                "python -m etl load, or make the sample again with python -m etl demo."
            )
        self._held = ExitStack()
        self._held.enter_context(hold_release(release.path))
        refuse_damaged(release)
        self.release = release
        self._elsewhere = elsewhere
        self._kept = Kept(find_kept_folder(release.path.parent.parent), release.path)
        self._connection = open_connection(release.path)
        self._running: set[duckdb.DuckDBPyConnection] = set()
        manifest = release.manifest
        span = [manifest["first_on"], manifest["complete_to"], manifest["zone"]]
        self._views = list_views(release.path)
        folders = ", ".join(quote_text(str(path)) for path in (release.path, self._kept.folder))
        self._connection.execute(f"SET allowed_directories = [{folders}]")
        self._connection.execute(f"SET temp_directory = {quote_text(str(self._kept.folder / 'spill'))}")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")
        self._derived = {one.name: one for one in list_derived(tuple(manifest["attributes"]))}
        names = sorted((*RELEASED, *VIEWS, CALENDAR, *self._derived, *MADE), key=len, reverse=True)
        self._names = re.compile(rf"\b({'|'.join(names)})\b")
        self._keys = {CALENDAR: hash_parts(*map(str, span))}
        self._ready: set[str] = set()
        self._files: dict[str, Path] = {}
        self._words: dict[str, dict[int, str]] = {}
        self._times: dict[str, dict[str, int]] = {}
        self._looked_up: dict[tuple[str, tuple[str, ...]], pd.DataFrame] = {}
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._view(CALENDAR, _calendar_sql(*span))

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pd.DataFrame:
        """Run one query; values go in as parameters, identifiers only from allow-lists."""
        return self._run(sql, lambda cursor: cursor.execute(sql, list(parameters)).df())

    def lookup(self, sql: str, parameters: Sequence[object] = ()) -> pd.DataFrame:
        """The rows of a small query that is asked again and again, run once while the engine is open: to be read only."""
        key = (sql, tuple(map(str, parameters)))
        if key not in self._looked_up:
            if len(self._looked_up) >= MOST_LOOKED_UP:
                self._looked_up.clear()
            self._looked_up[key] = self.query(sql, parameters)
        return self._looked_up[key]

    def keep(self, sql: str) -> str:
        """The name of a table with the rows of a statement, run once and kept. It takes no parameters: its text is its key."""
        key = self._hash(sql)
        name = f"kept_{key[:32]}"
        with self._lock_of(name):
            if name not in self._ready:
                path = self._find_file(key, lambda path: self._copy(sql, path))
                self._define(f"CREATE TABLE {name} AS {select_file(path) if path else sql}")
                self._ready.add(name)
        return name

    def keep_frame(self, title: str, reads: Sequence[str], make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """The rows that a function makes of some tables, made once and kept; `title` says all that they depend on besides."""
        key = hash_parts(title, *(self._key(name) for name in sorted(reads)))
        path = self._find_file(key, lambda path: make().to_parquet(path, index=False))
        return pd.read_parquet(path) if path else make()

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes of members in this release: the fixed ones first."""
        return tuple(map(str, self.release.manifest["attributes"]))

    def words(self, attribute: str) -> dict[int, str]:
        """What each code of an attribute stands for; 0 is what is not recorded."""
        if not self._words:
            for name, rows in self.query("SELECT * FROM group_words ORDER BY code").groupby("dimension"):
                self._words[str(name)] = dict(zip(rows["code"].tolist(), rows["value"].tolist(), strict=True))
        return self._words[attribute]

    def codes(self, attribute: str) -> dict[str, int]:
        """The code of each value of an attribute."""
        return {value: code for code, value in self.words(attribute).items()}

    def times(self, code: str) -> dict[str, int]:
        """The code of each calendar period (`pid`) or wave (`wid`)."""
        if code not in self._times:
            table, name = {"pid": ("calendar_periods", "period"), "wid": ("wave_codes", "wave_id")}[code]
            rows = self.query(f"SELECT {name} AS name, {code} AS code FROM {table}")
            self._times[code] = dict(zip(rows["name"].tolist(), rows["code"].tolist(), strict=True))
        return self._times[code]

    def column_names(self, table: str) -> list[str]:
        """Columns of a table of the release, in order."""
        return list(self.query(f"SELECT * FROM {quote_name(table)} LIMIT 0").columns)

    def interrupt(self) -> None:
        """Break off every query that runs now: whoever asked gets duckdb.InterruptException."""
        for cursor in tuple(self._running):
            with suppress(duckdb.ConnectionException):
                cursor.interrupt()

    def close(self) -> None:
        self._connection.close()
        self._held.close()

    @contextmanager
    def _open_cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._connection.cursor()
        self._running.add(cursor)
        try:
            yield cursor
        finally:
            self._running.discard(cursor)
            cursor.close()

    def _run(self, sql: str, act: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """Let `act` run some SQL; what it reads of derived tables is made first, and made again where it has been removed."""
        self._provide(sql)
        try:
            with self._open_cursor() as cursor:
                return act(cursor)
        except duckdb.InterruptException:
            raise
        except duckdb.Error:
            refuse_damaged(self.release)
            if not self._forget_removed():
                raise
        self._provide(sql)
        with self._open_cursor() as cursor:
            return act(cursor)

    def _provide(self, sql: str) -> None:
        """Make the derived tables that some SQL names."""
        for name in self.read_by(sql):
            if name in self._ready or not (name in self._derived or name in MADE):
                continue
            with self._lock_of(name):
                if name not in self._ready:
                    self._make(name)
                    self._ready.add(name)

    def _make(self, name: str) -> None:
        one: Derived | None = self._derived.get(name)
        if one is None:
            make = MADE[name].make
            path = self._find_file(
                self._key(name), lambda path: make(self.query).to_parquet(path, index=False)
            )
            if path is None:
                self._fill(name, make(self.query))
                return
        else:
            copy = self._copy_here if name in SMALL else self._copy
            path = (
                self._find_file(self._key(name), lambda path: copy(one.sql, path)) if one.is_stored else None
            )
            if path is None:
                self._view(name, one.sql)
                return
        self._files[name] = path
        self._view(name, select_file(path))

    def _fill(self, name: str, rows: pd.DataFrame) -> None:
        with self._open_cursor() as cursor:
            cursor.register("made_rows", rows)
            cursor.execute(f"CREATE TABLE {quote_name(name)} AS SELECT * FROM made_rows")

    def _find_file(self, key: str, write: Callable[[Path], object]) -> Path | None:
        """The kept file of a key; None where nothing can be kept, because the disk is full or may only be read."""
        try:
            return self._kept.find(key) or self._kept.keep(key, write)
        except (OSError, duckdb.IOException):
            return None

    def _forget_removed(self) -> bool:
        """Forget derived tables whose files somebody removed; whether there were any."""
        removed = [name for name, path in self._files.items() if not path.exists()]
        for name in removed:
            self._ready.discard(name)
            del self._files[name]
        return bool(removed)

    def _view(self, name: str, sql: str) -> None:
        self._define(f"CREATE OR REPLACE VIEW {quote_name(name)} AS {sql}")
        self._views[name] = sql

    def _copy(self, sql: str, path: Path) -> None:
        if self._elsewhere is None:
            self._copy_here(sql, path)
            return
        described = self._run(sql, lambda cursor: cursor.execute(f"DESCRIBE {sql}").fetchall())
        columns = {str(name): str(kind) for name, kind, *_ in described}
        self._elsewhere(Statement(sql, columns, self._list_sources(sql)), path)

    def _copy_here(self, sql: str, path: Path) -> None:
        self._define(
            f"COPY ({sql}) TO {quote_text(str(path))} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"
        )

    def _list_sources(self, sql: str) -> dict[str, str]:
        """SQL of every view that a statement needs, each after those that it needs itself."""
        sources: dict[str, str] = {}
        for name in self.read_by(sql):
            view = self._views[name]
            sources |= {**self._list_sources(view), name: view} if name not in sources else {}
        return sources

    def _define(self, sql: str) -> None:
        self._run(sql, lambda cursor: cursor.execute(sql))

    def needs_function(self, sql: str) -> bool:
        """Whether some SQL reads, itself or by way of other tables, what no SQL gives: positions in a network."""
        return any(
            name in MADE or (name in self._derived and self.needs_function(self._derived[name].sql))
            for name in self.read_by(sql)
        )

    def read_by(self, sql: str) -> list[str]:
        """The tables that some SQL names, in order."""
        return list(dict.fromkeys(self._names.findall(_QUOTED.sub("", sql))))

    def _hash(self, sql: str) -> str:
        return hash_parts(sql, *(self._key(name) for name in sorted(self.read_by(sql))))

    def _key(self, name: str) -> str:
        """The hash of all that a table depends on: the bytes of the files, the statements and the code."""
        if name not in self._keys:
            if name in self._derived:
                self._keys[name] = self._hash(f"{hash_code()} {self._derived[name].sql}")
            elif name in MADE:
                self._keys[name] = hash_parts(hash_code(), name, *map(self._key, sorted(MADE[name].reads)))
            else:
                hashes: dict[str, str] = self.release.manifest["hashes"]
                parts = [
                    f"{path} {digest}" for path, digest in sorted(hashes.items()) if is_made_of(name, path)
                ]
                self._keys[name] = hash_parts(hash_code(), *parts)
        return self._keys[name]

    def _lock_of(self, name: str) -> threading.Lock:
        with self._lock:
            return self._locks.setdefault(name, threading.Lock())


def _calendar_sql(first_on: str | None, complete_to: str | None, zone: str) -> str:
    days = (f"CAST({quote_text(day) if day else 'NULL'} AS DATE)" for day in (first_on, complete_to))
    return f"SELECT {next(days)} AS first_on, {next(days)} AS complete_to, {quote_text(zone)} AS zone"


def open_connection(folder: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB with one view a released table over `folder`/tables, and the coded ones and their dictionaries."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": 2,
            "memory_limit": MEMORY,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "python_enable_replacements": False,
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    for name, sql in list_views(folder).items():
        connection.execute(f"CREATE VIEW {quote_name(name)} AS {sql}")
    return connection
