"""How often 95 % intervals hold the truth, in simulated communities whose truth is known."""

from __future__ import annotations

import numpy as np

from bench.truth.rows import cover_rows
from bench.truth.scenarios import MEMBERS, RESPONSE, SCENARIOS, Scenario

REPLICATIONS = 4000
SEED = 2015
LEAST, MOST = 0.93, 0.97


def main() -> None:
    """Print the coverage of every interval: by the estimators alone, then from rows by the whole engine."""
    print(
        f"Coverage of 95 % intervals: {REPLICATIONS:,} communities of {MEMBERS} members, "
        f"response {RESPONSE:.0%} where asked; ± is one Monte-Carlo standard error\n"
    )
    print(f"{'interval':<26} {'community':<36} {'holds the truth':>15}  inside 93–97 %")
    outside = 0
    for place, scenario in enumerate(SCENARIOS):
        share, count, empty = cover(scenario, place)
        outside += report(f"{scenario.interval:<26} {scenario.community:<36}", share, count, empty)
    print()
    outside += cover_rows(report)
    print("All within 93–97 %." if not outside else f"{outside} outside 93–97 %.")


def cover(scenario: Scenario, place: int = 0) -> tuple[float, int, int]:
    """Share of replications whose interval holds the truth, of those that have one; those, and those without."""
    low, high, truth = scenario.draw(np.random.default_rng([SEED, place]), REPLICATIONS)
    is_known = ~np.isnan(low) & ~np.isnan(high)
    holds = (low <= truth) & (truth <= high)
    return float(holds[is_known].mean()), int(is_known.sum()), int((~is_known).sum())


def report(title: str, share: float, count: int, empty: int = 0) -> int:
    """Print one line; 1 if the share lies outside 93–97 %, else 0. Says where that may be by chance: two standard errors."""
    error = (share * (1 - share) / count) ** 0.5
    is_outside = not LEAST <= share <= MOST
    may_be_chance = LEAST - 2 * error <= share <= MOST + 2 * error
    note = ("no, but it may be chance" if may_be_chance else "no") if is_outside else "yes"
    note += f" ({empty} without an interval)" if empty else ""
    print(f"{title} {share:>7.1%} ± {error:>5.2%}  {note}", flush=True)
    return int(is_outside)
