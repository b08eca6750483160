"""What an oracle is: the figures of one indicator worked out a second time, from the rows of a made-up community."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.indicators.random_community import Community

Cells = Mapping[tuple[str, ...], object]


@dataclass(frozen=True)
class Oracle:
    """`figures(community)` gives what `tests.figures.read_cells(engine, indicator, *names, period=…)` must give.

    Keys are (period, further dimensions in the indicator's order); values are one number, or a tuple of as many
    numbers as `names`. Every figure of status ok must be there, and no other. `by` says who works it out: a library
    with its function, or "slow Python". `also` are larger communities, without which some figures are never there.
    """

    indicator: str
    by: str
    figures: Callable[[Community], Cells]
    names: tuple[str, ...] = ("value",)
    period: str = "all"
    grain: str = ""
    tolerance: float = 1e-9
    also: tuple[str, ...] = ()
