"""A large sample in blocks of members: each is drawn and written on its own, so that memory does not grow with the whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from etl.demo.plan import FOUNDING_ORGANISATIONS, Plan

MEMBERS_A_BLOCK = 20_000
SUBJECT = 30


@dataclass(frozen=True)
class Block:
    """A run of members: how many, and how many members and organisations come before it; with its own plan and seed."""

    members: int
    first: int
    first_organisation: int
    plan: Plan
    seed: int


def list_blocks(plan: Plan, members: int, seed: int, members_a_block: int) -> Iterator[Block]:
    """Blocks of nearly equal size, at most `members_a_block` each; a sample of one block keeps its plan and seed."""
    count = 1 if plan.is_founding else -(-members // members_a_block)
    if count == 1:
        yield Block(members, 0, 0, plan, seed)
        return
    first_organisation = 0
    for number in range(count):
        first, after = (members * place // count for place in (number, number + 1))
        organisations = max(FOUNDING_ORGANISATIONS, (after - first) // 5)
        own_seed = int(np.random.SeedSequence([seed, SUBJECT, number]).generate_state(1, np.uint64)[0])
        own_plan = replace(plan, organisations=organisations)
        yield Block(after - first, first, first_organisation, own_plan, own_seed)
        first_organisation += organisations
