"""Which groups are told of says no more than the steps in which they are told."""

from __future__ import annotations

from itertools import product

import pytest

from indicators.gate.disclosure import SCOPES
from indicators.published.leads.steps import _close_few

LEAD = SCOPES["lead"]
PARTS = (("no",), ("yes",))


def list_told(groups: dict[str, tuple[int, int]]) -> set[str]:
    """The groups that are told of, of which so many said no and yes."""
    counts = {
        ("w1", "q1", name): {"no": (float(no), float(no)), "yes": (float(yes), float(yes))}
        for name, (no, yes) in groups.items()
    }
    fitting = {("w1", "q1", name) for name, sides in groups.items() if min(sides) >= LEAD.minimum}
    return {cell[2] for cell in _close_few(fitting, counts, PARTS, LEAD)}


@pytest.mark.parametrize("few", list(product(range(5), range(5))))
def test_how_many_are_too_few_decides_nothing(few: tuple[int, int]) -> None:
    told = list_told({"Wales": few, "Scotland": (3, 4), "England": (26, 31), "London": (12, 14)})
    assert told == {"England"}, "with a few more or fewer in Wales it would be another"


@pytest.mark.parametrize("within", list(product(range(5), range(5))))
def test_of_groups_told_in_the_same_steps_it_is_always_the_same_that_is_hidden(
    within: tuple[int, int],
) -> None:
    many = (10 + within[0], 10 + within[1])
    assert list_told({"Wales": (1, 2), "Scotland": (12, 12), "England": many}) == {"Scotland"}


def test_what_is_told_decides() -> None:
    assert list_told({"Wales": (1, 2), "Scotland": (12, 15), "England": (10, 10)}) == {"Scotland"}
    assert list_told({"Wales": (1, 2), "Scotland": (12, 10), "England": (10, 15)}) == {"England"}
    few_said_no = list_told({"Wales": (4, 9), "London": (2, 9), "Scotland": (12, 10)})
    assert few_said_no == set(), "what is not told is not enough where it is not in one group"
    assert list_told({"Wales": (5, 4), "London": (4, 9), "Scotland": (12, 10)}) == {"Scotland"}
