"""python -m etl pull, and what of it etl watch does when it is due."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from commands import Refusal, describe_fault
from etl.command.printing import out, print_loaded
from etl.pulling.configured import choose_pulls, read_pulls
from etl.pulling.rounds import pull_round
from etl.pulling.status import Status, read_known
from etl.reading.types import Refused

LOOK_SECONDS = 10.0
_err = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


def pull_named(data: Path, names: Sequence[str], zone: str) -> int:
    """Pull sources by name, or all that are configured; the exit status: 1 where one of them failed, with its sentence."""
    configured, before = read_pulls(data), read_known(data / "state")
    chosen = choose_pulls(configured, names)
    with _err.status("Pulling") as status:
        statuses = pull_round(data, chosen, configured, zone, progress=status.update, tell=print_loaded)
    if failed := _tell(statuses, before):
        raise Refused(failed)
    return 0


def _tell(statuses: Sequence[Status], before: Mapping[str, Status]) -> str:
    """Print what was pulled, beside how it was before; the sentences of what failed."""
    for one in statuses:
        if not one.error:
            out.print(_say_done(one, before.get(one.name)))
    return "\n".join(one.error for one in statuses if one.error)


def _say_done(one: Status, before: Status | None) -> str:
    rows = "no rows yet" if not one.rows else f"{one.rows:,} row{'s' if one.rows > 1 else ''}"
    fewer = (before.rows or 0) - (one.rows or 0) if before else 0
    lost = (
        f" {fewer:,} fewer than before: what its tool no longer has is no longer in the release."
        if fewer > 0
        else ""
    )
    return f"{one.name}: {rows}; next {one.next}.{lost}"


@dataclass
class Due:
    """What is configured and due is pulled; whatever is wrong is said once until something else is."""

    data: Path
    zone: str
    say: Callable[[str], object] = lambda words: print(words, file=sys.stderr)
    _next_look: float = 0.0
    _said: str = ""

    def look(self, now: float) -> None:
        """Look once, `now` in seconds of a clock that is never set back; not more often than every ten seconds."""
        if now < self._next_look:
            return
        self._next_look = now + LOOK_SECONDS
        try:
            words = self._pull()
        except Refusal as fault:
            words = str(fault)
        except OSError as fault:
            words = describe_fault(fault)
        if words not in ("", self._said):
            self.say(words)
        self._said = words

    def _pull(self) -> str:
        configured = read_pulls(self.data)
        if not configured:
            return ""
        known = read_known(self.data / "state")
        moment = datetime.now(UTC)
        due = [pull for pull in configured if pull.name not in known or known[pull.name].is_due(moment)]
        if not due:
            return ""
        statuses = pull_round(self.data, due, configured, self.zone, tell=print_loaded)
        return _tell(statuses, known)
