"""Whom members meet at events: the planted effect that new ties run to people who were at the same event."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def name_met(
    rng: np.random.Generator,
    held: Sequence[Flags],
    named_by: Ints,
    named: Ints,
    asked: Flags,
    share: float,
) -> Ints:
    """Whom each names, a `share` of them drawn anew among those who are asked and were at one of the naming member's events.

    `held` is who attended each event. Whoever attended none, or with nobody who is asked, names whom they would have named.
    """
    if not held or not share:
        return named
    came = np.array(held)[:, named_by]
    is_drawn = rng.random(len(named_by)) < share
    which = (rng.random(came.shape) * came).argmax(axis=0)
    drawn = named.copy()
    for event, attended in enumerate(held):
        there = np.flatnonzero(attended & asked[: len(attended)])
        place = np.flatnonzero(is_drawn & came[event] & (which == event))
        if len(there):
            drawn[place] = rng.choice(there, len(place))
    return drawn
