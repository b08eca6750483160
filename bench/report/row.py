"""One measurement with its peer and its limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

# A function by its place, "package.module:name", and its arguments as JSON can hold them.
Call = tuple[str, tuple[Any, ...]]


class Unavailable(Exception):
    """Something that a measurement needs is not there: one sentence that says what."""


@dataclass(frozen=True)
class Row:
    """What was measured, at how many members, in `unit`; the same of a `peer` in the same run, and what is asked.

    `most` bounds the measurement, `most_ratio` its ratio to the peer. `again` is the call to profile where a bound is
    not held; `profile` what came of it. `trace` is, by page, the milliseconds of each kind of work on the way to a painted
    chart, and `why` what that says. `note` says what a reader must know, or why there is no measurement.
    """

    scenario: str
    what: str
    members: int
    measured: float | None
    unit: str
    peer: str = ""
    peer_measured: float | None = None
    most: float | None = None
    most_ratio: float | None = None
    note: str = ""
    profile: str = ""
    trace: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    why: Sequence[str] = field(default_factory=list)
    again: Call | None = None

    @property
    def ratio(self) -> float | None:
        if self.measured is None or not self.peer_measured:
            return None
        return self.measured / self.peer_measured

    @property
    def is_held(self) -> bool | None:
        """Whether every bound is held; None where nothing is asked or nothing could be measured."""
        pairs = ((self.measured, self.most), (self.ratio, self.most_ratio))
        judged = [value <= bound for value, bound in pairs if value is not None and bound is not None]
        return all(judged) if judged else None

    @property
    def cells(self) -> tuple[str, ...]:
        """What, members, measured, peer, ratio, limit, held."""
        limits = [f"≤ {self.most:,g} {self.unit}"] if self.most is not None else []
        limits += [f"≤ {self.most_ratio:g} ×"] if self.most_ratio is not None else []
        peer = f"{self.peer} {write_number(self.peer_measured)}" if self.peer else ""
        return (
            self.what + (f" ({self.note})" if self.note else ""),
            f"{self.members:,}",
            f"{write_number(self.measured)} {self.unit}",
            peer,
            f"{self.ratio:.3g} ×" if self.ratio is not None else "",
            ", ".join(limits),
            {True: "yes", False: "**no**", None: ""}[self.is_held],
        )

    def to_record(self) -> dict[str, Any]:
        return asdict(replace(self, again=None))


HEADER = ("what", "members", "measured", "peer", "ratio", "limit", "held")
Scenario = Callable[[tuple[int, ...]], Iterator[Row]]


def write_number(value: float | None) -> str:
    """Three figures; a dash where there is none."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
