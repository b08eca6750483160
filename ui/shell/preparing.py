"""The figures of the pages, made in a thread after a release goes live, before somebody looks at them."""

from __future__ import annotations

import fcntl
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from indicators.gate.disclosure import SCOPES, Role
from indicators.notable.scan import look_through
from indicators.prepare import FIRST, list_statements
from indicators.published.leads.sets import SOURCES, NoSet, read_set
from settings import load_settings
from ui.shell.session import find_live_id, open_engine
from ui.words.language import gettext
from ui.words.numbers import format_count
from warehouse.engine import Engine
from warehouse.release import NoRelease, current_id

LOGGER = logging.getLogger(__name__)
LOCK = Path("state") / "prepare.lock"
EVERY_SECONDS = 0.3
LONGEST_PAUSE = 2.0
_FIRST = {name for name, _ in FIRST}


@dataclass(frozen=True)
class Progress:
    """How far a release is: `done` of `total` statements, how many of them `failed`, and what the last failure was.

    `looked` counts for how many kinds of viewers the figures have been looked through for what stands out.
    """

    release_id: str = ""
    total: int = 0
    done: int = 0
    failed: int = 0
    failure: str = ""
    looked: int = 0

    @property
    def words(self) -> str:
        """What a page says of it, '' where there is nothing to say."""
        if self.done < self.total:
            return gettext("Preparing the figures of this release: {done} of {total}.").format(
                done=self.done, total=self.total
            )
        if self.failed:
            return gettext(
                "{statements} of {total} behind the figures of this release failed ({failure}); a page that shows them tries again."
            ).format(
                statements=format_count(self.failed, "statement"), total=self.total, failure=self.failure
            )
        return ""


class Preparing:
    """Has the figures of the live release made in the order of the pages, by the engine that the pages use, then what leads see.

    Of several processes one makes at a time, and the others find what it kept. While a page is put together no further
    statement is begun, for two seconds at most. What a function makes of a network stays for whoever looks at it first.
    """

    def __init__(self) -> None:
        self._progress = Progress()
        self._engine: Engine | None = None
        self._pages = 0
        self._page_ended = threading.Condition()
        self._stopping = threading.Event()

    def say_progress(self, release_id: str | None) -> str:
        """What a page that shows this release says of it."""
        state = self.read_state(release_id)
        return "" if state is None else state.words

    def read_state(self, release_id: str | None) -> Progress | None:
        """How far this release is, where anything has been made of it."""
        return self._progress if self._progress.release_id == release_id else None

    @contextmanager
    def pause(self) -> Iterator[None]:
        """While inside, a page is put together."""
        with self._page_ended:
            self._pages += 1
        try:
            yield
        finally:
            with self._page_ended:
                self._pages -= 1
                self._page_ended.notify_all()

    @contextmanager
    def follow(self, data: Path) -> Iterator[None]:
        """While inside, a thread makes the figures of whichever release is live."""
        self._stopping.clear()
        thread = threading.Thread(target=self._follow, args=(data,), name="preparing")
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            while thread.is_alive():
                if (engine := self._engine) is not None:
                    engine.interrupt()
                thread.join(0.1)

    def _follow(self, data: Path) -> None:
        while not self._stopping.is_set():
            self.make_if_due(data)
            self._stopping.wait(EVERY_SECONDS)

    def make_if_due(self, data: Path) -> None:
        """Make the figures of the live release, unless that has been done or another process is at it."""
        progress = self._progress
        release_id = find_live_id()
        if release_id is None or (progress.release_id == release_id and progress.done == progress.total):
            return
        try:
            with (data / LOCK).open("a") as handle:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._engine = open_engine(release_id)
                self._make(self._engine, data)
        except BlockingIOError:
            return
        except (NoRelease, duckdb.Error, OSError):
            # The page says what is wrong with a release that cannot be opened.
            self._progress = Progress(release_id)
        except Exception as fault:
            # The thread goes on: the next release is made as if nothing had been.
            LOGGER.exception("The figures of release %s could not all be made ahead.", release_id)
            state = self.read_state(release_id) or Progress(release_id)
            left = state.total - state.done
            name = type(fault).__name__
            self._progress = replace(state, done=state.total, failed=state.failed + left, failure=name)
        finally:
            self._engine = None

    def _make(self, engine: Engine, data: Path) -> None:
        listed = [(title, sql) for title, sql in list_statements(engine) if not engine.needs_function(sql)]
        first = sum(title in _FIRST for title, _ in listed)
        self._progress = Progress(engine.release.id, len(listed))
        for place, (_, sql) in enumerate(listed):
            if place == first:
                self._look_through(engine, "evaluator")
            self._wait_for_pages()
            if self._stopping.is_set() or current_id(data) != engine.release.id:
                return
            progress = replace(self._progress, done=self._progress.done + 1)
            try:
                engine.keep(sql)
            except (NoRelease, duckdb.Error, OSError) as fault:
                progress = replace(progress, failed=progress.failed + 1, failure=type(fault).__name__)
            self._progress = progress
        if load_settings().identity != "local":
            for source in SOURCES:
                # Where it cannot be kept, the pages of leads say so.
                with suppress(NoSet):
                    read_set(engine, source)
            self._look_through(engine, "lead")

    def _look_through(self, engine: Engine, role: Role) -> None:
        look_through(engine, SCOPES[role], self._wait_for_pages)
        self._progress = replace(self._progress, looked=self._progress.looked + 1)

    def _wait_for_pages(self) -> None:
        with self._page_ended:
            self._page_ended.wait_for(lambda: not self._pages, LONGEST_PAUSE)


PREPARING = Preparing()
