"""Made-up communities between two waves, in which meeting at an event multiplies the odds of a new tie by what is planted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from indicators.network.dyads.formation import Panel

GROUPS = (5, 8, 4, 3)
ALIKE = np.array([1.0, 0.3, 0.3, 0.0])


@dataclass(frozen=True)
class Meetings:
    """How a community is drawn: members, events, the planted odds ratio, and how differently sociable members are.

    - sociable: standard deviation of what a member adds to the log odds of each of their ties, before and now;
    - keen: how much more likely the sociable are to attend, in log odds a standard deviation;
    - base: log odds of a new tie between two members with nothing in common.
    """

    members: int = 120
    events: int = 6
    odds: float = 1.0
    sociable: float = 0.6
    keen: float = 0.0
    base: float = -4.2


def draw_panel(random: np.random.Generator, plan: Meetings) -> Panel:
    """A panel that was asked as a whole and answered as a whole."""
    size = plan.members
    counts = (max(4, size // GROUPS[0]), *GROUPS[1:])
    groups = np.column_stack([random.integers(0, count, size) for count in counts])
    own = random.standard_normal(size)
    coming = -0.5 + plan.keen * own + 0.8 * random.standard_normal(size) - 0.4 * (groups[:, 3] == 2)
    attended = random.random((size, plan.events)) < special.expit(coming)[:, None]
    one, other = np.triu_indices(size, 1)
    leaning = plan.sociable * (own[one] + own[other]) + (groups[one] == groups[other]) @ ALIKE
    was_tied = random.random(len(one)) < special.expit(plan.base + 0.5 + leaning)
    ties = np.zeros((size, size), dtype=np.int64)
    ties[one[was_tied], other[was_tied]] = 1
    ties += ties.T
    acquainted = (ties @ ties)[one, other] > 0
    has_met = (attended[one] & attended[other]).any(axis=1)
    leaning += 0.5 * acquainted + np.log(plan.odds) * has_met
    is_new = ~was_tied & (random.random(len(one)) < special.expit(plan.base + leaning))
    is_kept = was_tied & (random.random(len(one)) < 0.75)
    codes = one * size + other
    return Panel(
        size,
        size,
        groups,
        ties.sum(axis=1),
        attended,
        codes[was_tied],
        codes[is_new | is_kept],
        codes[acquainted],
    )
