"""Keyed marks of the people who were erased, and how many there have to be: without them those people would come back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from etl.checking.identity.pseudonyms import ERASED
from etl.reading.types import Refused
from warehouse.files import write_whole
from warehouse.release import lock_data

# How many marks there are, kept beside them: some that are gone are missed.
REGISTER = "erased-count.json"
_RESTORE = (
    "and without it the people who were erased would come back: restore it from the backup, or confirm that it is lost with "
    "python -m etl new-marks."
)


def read_marks(state: Path) -> frozenset[str]:
    """The marks of everybody who was erased. Refused where they are damaged or fewer than there were."""
    path = state / ERASED
    marks = _read_list(path)
    known = _read_count(state / REGISTER)
    if known and not path.exists():
        raise Refused(f"{path} is missing, {_RESTORE}")
    if len(marks) < known:
        raise Refused(f"{path} is damaged, {_RESTORE}")
    return marks


def add_marks(state: Path, marks: Iterable[str]) -> None:
    """Remember marks for good; readable by the owner only, safe to interrupt."""
    _write(state, {*read_marks(state), *marks})


def begin_marks(data: Path) -> int:
    """Miss no marks any more: those that can be read count, and how many they are is given back. Raises OSError, Busy."""
    state = data / "state"
    with lock_data(data):
        try:
            marks = _read_list(state / ERASED)
        except Refused:
            marks = frozenset()
        _write(state, marks)
    return len(marks)


def _read_list(path: Path) -> frozenset[str]:
    try:
        found = json.loads(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        return frozenset()
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise Refused(f"{path} is damaged, {_RESTORE}")
    return frozenset(found)


def _read_count(path: Path) -> int:
    try:
        found = json.loads(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        return 0
    except ValueError:
        found = None
    if not isinstance(found, int):
        raise Refused(f"{path} is damaged, {_RESTORE}")
    return found


def _write(state: Path, marks: Iterable[str]) -> None:
    """The marks first: a kill between the two leaves more than are counted, which is no loss."""
    listed = sorted(set(marks))
    for name, text in ((ERASED, json.dumps(listed)), (REGISTER, json.dumps(len(listed)))):
        with write_whole(state / name) as fresh:
            fresh.write_text(text, encoding="ascii")
