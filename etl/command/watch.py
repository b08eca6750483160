"""Watch a folder: what rests in it is loaded, what is still being written or has become smaller waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from commands import Refusal, describe_fault
from etl.load import find_last, list_staged
from etl.reading.types import Refused
from etl.staging import check_name, list_data
from warehouse.release import Busy

LOOK_SECONDS = 0.1
REST_SECONDS = 0.5
UNENDED_SECONDS = 5.0
_TEXT = (".csv", ".tsv", ".txt")
State = tuple[int, int]


@dataclass
class Watch:
    """A folder whose files are loaded by `load`, once the size and time of a file have rested for half a second.

    A text whose last line has no end rests for five seconds. A file that is smaller than it was, here or in the live release,
    waits until it is as large again. What `load` refuses waits until it changes; for a full disk or another load it tries again.
    """

    folder: Path
    data: Path
    load: Callable[[Sequence[Path]], object]
    say: Callable[[str], object]
    _seen: dict[Path, tuple[State, float]] = field(default_factory=dict)
    _largest: dict[Path, int] = field(default_factory=dict)
    _settled: dict[Path, State] = field(default_factory=dict)
    _unnamed: set[Path] = field(default_factory=set)
    _said: str = ""

    def look(self, now: float) -> None:
        """Look at the folder once, `now` in seconds of a clock that is never set back."""
        ready = [path for path in self._list_files() if self._is_ready(path, now)]
        if ready:
            self._take(ready, now)

    def _list_files(self) -> list[Path]:
        try:
            found = list_data(self.folder)
        except OSError as fault:
            self._say_once(describe_fault(fault))
            return []
        return [path for path in found if self._can_be_named(path)]

    def _can_be_named(self, path: Path) -> bool:
        try:
            check_name(path)
        except Refused as fault:
            if path not in self._unnamed:
                self.say(str(fault))
            self._unnamed.add(path)
            return False
        return True

    def _is_ready(self, path: Path, now: float) -> bool:
        try:
            found = path.stat()
            state = found.st_size, found.st_mtime_ns
            before, since = self._seen.get(path, (None, now))
            if state != before:
                self._seen[path] = state, now
                return False
            if self._settled.get(path) == state or now - since < REST_SECONDS:
                return False
            if now - since < UNENDED_SECONDS and not _is_ended(path):
                return False
        except OSError:
            return False
        return not self._has_shrunk(path, state)

    def _has_shrunk(self, path: Path, state: State) -> bool:
        largest = max(self._largest.get(path, 0), self._find_loaded_size(path.name))
        if state[0] >= largest:
            return False
        self._largest[path] = largest
        self._settled[path] = state
        self.say(
            f"{path} has {state[0]} bytes and had {largest}: it waits until it is as large again. If it is meant to be smaller, "
            f"load it with python -m etl load {path}."
        )
        return True

    def _find_loaded_size(self, name: str) -> int:
        """The size of a file of this name in the live release."""
        try:
            live = find_last(self.data)
            staged = [] if live is None else list_staged(live)
            sizes = [
                (self.data / "state" / "staged" / file.sha256).stat().st_size
                for file in staged
                if file.name == name and not file.is_cleaned
            ]
        except (Refusal, OSError):
            return 0
        return max(sizes, default=0)

    def _take(self, paths: Sequence[Path], now: float) -> None:
        try:
            self.load(paths)
        except (Busy, OSError) as fault:
            for path in paths:
                self._seen[path] = self._seen[path][0], now
            self._say_once(describe_fault(fault) if isinstance(fault, OSError) else str(fault))
            return
        except Refusal as fault:
            if len(paths) > 1:
                for path in paths:
                    self._take([path], now)
                return
            self.say(str(fault))
        self._said = ""
        for path in paths:
            self._settled[path] = self._seen[path][0]
            self._largest[path] = self._seen[path][0][0]

    def _say_once(self, words: str) -> None:
        if words != self._said:
            self.say(words)
        self._said = words


def _is_ended(path: Path) -> bool:
    """Whether the last line of a text has an end; other kinds of file say in themselves whether they are whole."""
    if path.suffix.lower() not in _TEXT:
        return True
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2))
        return bool(set(file.read()) & set(b"\r\n"))
