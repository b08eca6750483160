"""How the last pull of each source went: one small file beside the releases, never in one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from etl.reading.types import Refused
from warehouse.files import write_whole

FILE = "pulls.json"


@dataclass(frozen=True)
class Status:
    """Of one source: when it was last pulled and is due next (ISO, UTC), the rows of its file at the last pull that went well (None
    before one did), and why the last one failed, '' where it did not."""

    name: str
    kind: str
    last: str
    next: str
    rows: int | None = None
    error: str = ""

    def is_due(self, now: datetime) -> bool:
        return datetime.fromisoformat(self.next) <= now


def write_moment(moment: datetime) -> str:
    """A time as a status holds it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def read_statuses(state: Path) -> dict[str, Status]:
    """The status of every source that was pulled, by name. Refused where the file is damaged."""
    path = state / FILE
    try:
        found = [Status(**one) for one in json.loads(path.read_text(encoding="utf-8"))["sources"]]
        for one in found:
            _check(one)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, LookupError):
        raise Refused(f"{path} is damaged: remove it, and the next pull makes it anew.") from None
    return {one.name: one for one in found}


def read_known(state: Path) -> dict[str, Status]:
    """The same; none where the file is damaged, which is then made anew."""
    try:
        return read_statuses(state)
    except Refused:
        return {}


def _check(one: Status) -> None:
    """Raises where a value is none that was written."""
    words = (one.name, one.kind, one.last, one.next, one.error)
    if not all(isinstance(word, str) for word in words) or not isinstance(one.rows, int | None):
        raise TypeError
    one.is_due(datetime.now(UTC))


def write_statuses(state: Path, statuses: Iterable[Status]) -> None:
    """Keep these; readable by the owner only."""
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    with write_whole(state / FILE) as fresh:
        fresh.write_text(
            json.dumps({"sources": [asdict(one) for one in statuses]}, ensure_ascii=False, indent=1),
            encoding="utf-8",
        )


def clean_errors(state: Path, clean: Callable[[str], str]) -> None:
    """Say every error as `clean` gives it; a file that is damaged goes, because nobody can tell what it says."""
    try:
        found = read_statuses(state)
    except Refused:
        path = state / FILE
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        return
    if found:
        write_statuses(state, [replace(one, error=clean(one.error)) for one in found.values()])
