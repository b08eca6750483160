"""Whether meeting at an event made ties: how often the interval of the odds ratio holds what was planted, and the test's size."""

from __future__ import annotations

import numpy as np

from bench.truth.coverage import report
from indicators.network.dyads.formation import draw_pairs
from indicators.statistics.dyads import estimate_odds, permute_p
from tests.meeting_communities import Meetings, draw_panel

REPLICATIONS, TESTED, DRAWS = 800, 300, 99
SEED = 2015
LEVEL = 0.05
PLANS = {
    "nothing planted": Meetings(),
    "nothing planted, 60 members": Meetings(members=60, base=-3.2),
    "nothing planted, the sociable come": Meetings(keen=1.0),
    "odds times 2": Meetings(odds=2.0),
    "odds times 3, the sociable come": Meetings(odds=3.0, keen=1.0),
    "odds times 3, 60 members": Meetings(members=60, odds=3.0, base=-3.8),
}


def main() -> None:
    """Print the coverage of each plan, and of those without an effect how often the permutation test says that there is one."""
    print(
        f"Odds ratio of a new tie for pairs who met: {REPLICATIONS:,} communities a line, {TESTED} tested\n"
    )
    outside = 0
    for place, (title, plan) in enumerate(PLANS.items()):
        held, count = cover(plan, place, REPLICATIONS)
        outside += report(f"{title:<40} interval", held / max(count, 1), count, REPLICATIONS - count)
        if plan.odds == 1.0:
            found, tested = alarm(plan, place, TESTED)
            error = (found / tested * (1 - found / tested) / tested) ** 0.5
            print(f"{title:<40} p ≤ 0.05 {found / tested:>7.1%} ± {error:>5.2%}", flush=True)
    print("\nAll within 93–97 %." if not outside else f"\n{outside} outside 93–97 %.")


def cover(plan: Meetings, place: int, replications: int) -> tuple[int, int]:
    """How many intervals hold what was planted, of how many communities that have one."""
    held = count = 0
    for number in range(replications):
        panel = draw_panel(np.random.default_rng([SEED, place, number]), plan)
        pairs, _ = draw_pairs(panel)
        found = estimate_odds(pairs, panel.describe(pairs.one, pairs.other))
        if found is not None:
            held, count = held + (found.low <= plan.odds <= found.high), count + 1
    return held, count


def alarm(plan: Meetings, place: int, replications: int) -> tuple[int, int]:
    """How many permutation tests are at 5 % or below, of how many communities that have one."""
    found = count = 0
    for number in range(replications):
        panel = draw_panel(np.random.default_rng([SEED, place, number]), plan)
        pairs, _ = draw_pairs(panel)
        p = permute_p(pairs, panel.describe, DRAWS, SEED + number)
        if not np.isnan(p):
            found, count = found + (p <= LEVEL), count + 1
    return found, count
