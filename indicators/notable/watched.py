"""What is looked at for every group when a release goes live: one indicator a question.

The catalogue tells most questions in several ways (a mean, a share, a net share of the same answers). Looking at each of them
would find the same thing many times over, and what is rarer seldom: every further test weakens all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["rest", "change", "before", "chance", "survival", "odds", "week", "weeks"]
# What tells that something has become different; the others tell how it stands.
CHANGES: tuple[Kind, ...] = ("change", "before", "week", "weeks")


@dataclass(frozen=True)
class Watch:
    """An indicator and how its figures are compared; `by` is an attribute of members or a measure, '' for everybody.

    - rest: each group against the others of the same time;  change: the figure is a difference, against 0;
    - before: the latest time against the one before;  chance: the observed against what random mixing gives;
    - survival: each group's curve against that of the others;  odds: a ratio against 1;
    - week: the latest weeks against all, by what the series does by itself.

    Of one `subject` a group, or a measure, is told of once.
    """

    kind: Kind
    indicator: str
    by: str = ""
    subject: str = ""


_GROUPS = ("response_rate_rr1", "item_nps", "attendance_rate", "weekly_active", "ties_per_member")
_BEFORE = ("response_rate_rr1", "item_nps", "tie_strength")


def list_watched(attributes: Sequence[str]) -> Iterator[Watch]:
    """Everything that is looked at, by the attributes of the release."""
    yield from (Watch("rest", name, attribute, subject=name) for name in _GROUPS for attribute in attributes)
    for name in ("construct_mean", "construct_change_since_first"):
        yield from (Watch("rest", name, attribute, subject="construct") for attribute in attributes)
    yield Watch("rest", "journey_ties_by_attendance", "attended", subject="ties_by_attendance")
    yield Watch("rest", "journey_staying_by_ties", "new_ties", subject="staying_by_ties")
    for name in ("construct_change", "construct_change_since_first"):
        yield Watch("change", name, subject="construct")
    yield Watch("change", "journey_staying_gap", subject="staying_by_attendance")
    yield from (Watch("before", name, subject=name) for name in _BEFORE)
    yield from (
        Watch("before", "response_rate_rr1", name, subject="response_rate_rr1") for name in attributes
    )
    for attribute in attributes:
        yield Watch("before", f"cross_{attribute}", subject="boundary")
        yield Watch("chance", f"mixing_cross_{attribute}", subject="boundary")
        yield Watch("survival", "membership_retention", attribute, subject="staying")
    yield Watch("odds", "event_ties_odds", subject="meeting")
    yield Watch("week", "active_members", subject="active_members")
