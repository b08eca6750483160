"""The list of users and actions (Joined, Left) that Microsoft Teams gave in 2020-21."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from etl.reading.records import Record
from etl.reading.shapes.meetings import Clock, Presence, Unreadable, count_minutes
from etl.reading.types import RawFile, Reject
from etl.reading.written.dates import settle_order
from etl.sources.lists.columns import Listed

_ACTIONS_ORDER = ("full name", "user action", "timestamp")
_JOINED = ("joined", "joined before")
_LEFT = ("left",)


def find_actions(records: Sequence[Record]) -> int | None:
    """The place of the heading of a list of user actions."""
    for place, record in enumerate(records[:5]):
        if {cell.strip().casefold() for cell in record.cells} >= set(_ACTIONS_ORDER):
            return place
    return None


def read_actions(
    file: RawFile, records: Sequence[Record]
) -> tuple[Clock, list[Presence], list[Reject], list[str]]:
    """Pair each Joined with the next Left of the same name. Who had not left when the list was made has no leave."""
    heading = [cell.strip().casefold() for cell in records[0].cells]
    block = Listed({field: heading.index(field) for field in _ACTIONS_ORDER}, records[0], tuple(records[1:]))
    order = settle_order(
        [block.cell(row, "timestamp") for row in block.rows], file.name, file.options.date_order
    )
    clock = Clock(order, file.options.zone)
    moves, rejects = _read_moves(block, clock)
    presences: list[Presence] = []
    waiting: dict[str, deque[int]] = defaultdict(deque)
    for moment, line, name, has_joined in sorted(moves):
        presence = Presence(line, name=name, joined_at=moment)
        if has_joined:
            waiting[presence.person].append(len(presences))
            presences.append(presence)
        elif waiting[presence.person]:
            place = waiting[presence.person].popleft()
            closed = replace(presences[place], left_at=moment)
            presences[place] = replace(closed, minutes=count_minutes(closed))
        else:
            rejects.append(Reject(line, "the person left without having joined"))
    still_there = sum(presence.left_at is None for presence in presences)
    warnings = []
    if still_there:
        warnings.append(
            f"{file.name}: joins without an end, because the list was downloaded before everybody had left: "
            f"{still_there}. They count as attended, without minutes."
        )
    presences.sort(key=lambda presence: presence.line)
    return clock, presences, rejects, warnings


def _read_moves(block: Listed, clock: Clock) -> tuple[list[tuple[datetime, int, str, bool]], list[Reject]]:
    """(moment, line, name, whether it is a join) of each line."""
    moves, rejects = [], []
    for row in block.rows:
        action, name = block.cell(row, "user action").casefold(), block.cell(row, "full name")
        try:
            if row.fault:
                raise Unreadable(row.fault)
            moment = clock.read(block.cell(row, "timestamp"), "the time")
            if moment is None or not name:
                raise Unreadable("the line has no name or no time")
            if action not in (*_JOINED, *_LEFT):
                raise Unreadable(f"the action '{action[:40]}' is neither Joined nor Left")
        except Unreadable as error:
            rejects.append(Reject(row.line, str(error)))
            continue
        moves.append((moment, row.line, name, action in _JOINED))
    return moves, rejects
