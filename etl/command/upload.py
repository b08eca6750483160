"""Files that somebody gives over the dashboard: in a private folder of theirs until they are loaded, given up or left."""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Generic, Literal, TypeVar

from commands import explain_fault
from etl.checking.reconcile import FileCount
from etl.command.proposing import list_drafts
from etl.load import NOT_TAKEN_TITLE, check_paths, load_paths, rehearse
from etl.reading.mapping import Mapping, read_mappings, tell_unmatched
from etl.reading.types import Options, Refused
from etl.sources.proposals.draft import Draft
from etl.staging import list_passed, open_work
from warehouse.contracts import SETTLED
from warehouse.release import Release, current_id, find_release

LOG = logging.getLogger(__name__)
MAPPING = ".toml"
LONGEST_NAME = 200
FAULT = "Something failed here that should not have: the log of this server says what. The live release is unchanged."
_FOLDER = re.compile(r"(?<![\w/])/(?:[^\s/:'\"]+/)+")
T = TypeVar("T")
R = TypeVar("R")
State = Literal["empty", "checking", "checked", "loading", "loaded", "refused"]


class Cancelled(Refused):
    """Somebody no longer wants what is being done."""


@dataclass(frozen=True)
class How:
    """How files are to be read, whether they are to be all that there is, and whether they may say who people are.

    `drafts` are what is said of the columns of files that no importer knows.
    """

    options: Options = field(default_factory=Options)
    is_fresh: bool = False
    may_settle: bool = True
    drafts: tuple[Draft, ...] = ()


@dataclass(frozen=True)
class Checked(Generic[T]):
    """What a check found: each file, those passed over, what is new to be said of the release, which files stop a load, and what `look` gave of the release to come.

    `live` is the release that was live then; None of `seen` where files stop a load.
    """

    counts: tuple[FileCount, ...]
    passed: tuple[str, ...]
    remarks: tuple[str, ...]
    stopping: tuple[str, ...]
    live: str | None
    seen: T | None


class Upload(Generic[T]):
    """One person's files, checked and loaded in a thread as `python -m etl check` and `load` do; `step` and `state` say how far.

    `proposals` are what files seem to be that no importer knows, or are said to be, until they are loaded or given up; `checks` counts.
    `cancel` ends what runs at its next step and leaves nothing; after the last one, when the release is live, it is too late for it.
    Whatever ends it, the folder goes; that of a process that was killed goes with the next load or check.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._held = ExitStack()
        self._folder: Path | None = None
        self._thread: threading.Thread | None = None
        self._cancelling = threading.Event()
        self._lock = threading.Lock()
        self._how, self._mappings = How(), list[Mapping]()
        self.state: State = "empty"
        self.step = self.words = ""
        self.checked: Checked[T] | None = None
        self.proposals: tuple[Draft, ...] = ()
        self.checks = 0
        self.release_id, self.is_new = "", False

    @property
    def is_running(self) -> bool:
        return self.state in ("checking", "loading")

    @property
    def is_ending(self) -> bool:
        """Whether what runs was cancelled and has not ended yet."""
        return self.is_running and self._cancelling.is_set()

    @property
    def is_outdated(self) -> bool:
        """Whether another release has gone live since the files were checked, so that they may change something else now."""
        return (
            self.state == "checked"
            and self.checked is not None
            and self.checked.live != current_id(self._data)
        )

    def read_state(self) -> object:
        """What changes whenever there is something new to say."""
        return self.state, self.step, self.is_ending

    def check(self, files: Iterable[tuple[str, bytes]], how: How, look: Callable[[Release], T]) -> None:
        """Take files, by name, and begin to check them; `look` is given the release that they would make, while it is there."""
        self._begin("checking", lambda: self._check(files, how, look))

    def check_again(self, look: Callable[[Release], T]) -> None:
        """Begin to check the files that were checked, as they were to be read, beside the release that is live now."""
        if self.state == "checked":
            self._begin("checking", lambda: self._examine(look))

    def load(self, by: str) -> None:
        """Begin to load what was checked, unless something of it stops that or another release has gone live since."""
        checked = self.checked
        if self.state != "checked" or checked is None or checked.stopping:
            return
        self._begin("loading", lambda: self._load(by, checked.live))

    def cancel(self) -> None:
        """Give the files up; what runs ends at its next step."""
        with self._lock:
            self._cancelling.set()
            if not self.is_running:
                self._end("empty")

    def wait(self) -> None:
        """Wait until nothing runs."""
        if self._thread is not None:
            self._thread.join()

    def _begin(self, state: State, run: Callable[[], None]) -> None:
        with self._lock:
            if self.is_running:
                return
            self._cancelling.clear()
            self.state, self.step, self.words = state, "", ""
            self._thread = threading.Thread(target=self._run, args=(run,), name="upload", daemon=True)
            self._thread.start()

    def _run(self, run: Callable[[], None]) -> None:
        words, state = "", None
        try:
            run()
        except Cancelled:
            state = "empty"
        except Exception as fault:
            state, words = "refused", explain_fault(fault)
            if not words:
                LOG.exception("An upload failed.")
        with self._lock:
            if state == "refused":
                self._end("refused", self._hide(words) or FAULT)
            elif state or (self._cancelling.is_set() and self.state == "checking"):
                self._end("empty")
            elif self.state == "loading":
                self._end("loaded")
            else:
                self.state = "checked"

    def _end(self, state: State, words: str = "") -> None:
        self._held.close()
        self._folder, self.checked = None, None
        self.state, self.words = state, words
        if state != "refused":
            self.proposals = ()

    def _step(self, words: str) -> None:
        if self._cancelling.is_set():
            raise Cancelled("Cancelled; the live release is unchanged.")
        self.step = words

    def _check(self, files: Iterable[tuple[str, bytes]], how: How, look: Callable[[Release], T]) -> None:
        self.checks, self.proposals = self.checks + 1, how.drafts
        self._step("Taking the files")
        self._held.close()
        work = self._held.enter_context(open_work(self._data / "state"))
        self._folder = work / "files"
        self._folder.mkdir(mode=0o700)
        _write_files(self._folder, work, files)
        self._how = how
        self._examine(look)

    def _examine(self, look: Callable[[Release], T]) -> None:
        """Check the files that were taken."""
        assert self._folder is not None
        how, work = self._how, self._folder.parent
        self._mappings = [draft.make_mapping() for draft in how.drafts]
        self._mappings += [one for path in sorted(work.glob(f"*{MAPPING}")) for one in read_mappings(path)]
        paths, live = [self._folder], current_id(self._data)
        try:
            counts, _, remarks = self._run_on(paths, check_paths)
        except Refused as fault:
            self._propose(str(fault).splitlines())
            raise
        self._propose([words for count in counts if not count.tables for words in count.warnings])
        for count in counts:
            if SETTLED in count.tables and not how.may_settle:
                raise Refused(f"{count.staged.name} says who people are: an evaluator loads it.")
        stopping = tuple(
            count.staged.name for count in counts if not count.tables and count.title == NOT_TAKEN_TITLE
        )
        seen = None
        if not stopping:
            with self._run_on(paths, rehearse) as loaded:
                self._step("Comparing the headline figures")
                seen = look(loaded.release)
        before = find_release(self._data).manifest.get("remarks", ()) if live else ()
        unmatched = tell_unmatched(self._mappings, [count.staged.name for count in counts])
        new = [*unmatched, *(one for one in remarks if one not in before)]
        passed, told = (tuple(map(self._hide, words)) for words in (list_passed(paths), new))
        self.checked = Checked(tuple(counts), passed, told, stopping, live, seen)

    def _propose(self, said: list[str]) -> None:
        """Look at the files that a sentence of the check would have mapped."""
        assert self._folder is not None
        known = {draft.name for draft in self.proposals}
        found = list_drafts([self._folder], self._data, said, self._how.options)
        self.proposals += tuple(draft for draft in found if draft.name not in known)

    def _load(self, by: str, live: str | None) -> None:
        assert self._folder is not None
        if current_id(self._data) != live:
            raise Refused(
                "Another release has gone live since these files were checked, so that they may change something else now: check them again."
            )
        loaded = self._run_on([self._folder], partial(load_paths, by=by))
        self.release_id, self.is_new = loaded.release.id, loaded.is_new

    def _run_on(self, paths: list[Path], run: Callable[..., R]) -> R:
        """Check, rehearse or load these files as they are to be read."""
        how = self._how
        return run(
            paths,
            self._data,
            options=how.options,
            mappings=self._mappings,
            zone=how.options.zone,
            is_fresh=how.is_fresh,
            progress=self._step,
        )

    def _hide(self, words: str) -> str:
        """A sentence of a command without where things lie on this server."""
        for folder, told in ((self._folder, "what was chosen"), (self._data, "the data folder")):
            for path in (folder, folder.resolve()) if folder else ():
                words = words.replace(f"{path}/", "").replace(str(path), told)
        return _FOLDER.sub("", words)


def _write_files(folder: Path, work: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write files where only their owner reads them, mappings beside the folder. Refused where a name is none or stands twice."""
    for name, content in files:
        is_name = name == Path(name).name and name.isprintable() and not name.startswith(".")
        if not name or not is_name or len(name.encode("utf-8", "replace")) > LONGEST_NAME:
            raise Refused(
                f"A file is called {name[:50]!r}, which cannot be kept: give it a short name of letters, and choose it again."
            )
        place = work if Path(name).suffix.lower() == MAPPING else folder
        try:
            handle = os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise Refused(
                f"Two files are called {name}: give one of them another name, and choose them again."
            ) from None
        with os.fdopen(handle, "wb") as written:
            written.write(content)
