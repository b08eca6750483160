"""Every indicator agrees with its oracle on made-up communities, ordinary ones and those at the edge."""

from __future__ import annotations

import pytest

from indicators.catalogue import list_indicators
from tests.oracles.conftest import LoadNamed
from tests.oracles.oracle import Oracle
from tests.oracles.runner import EDGES, Differs, compare, list_oracles

ORACLES = list_oracles()
COMMUNITIES = ("14-2015", "12-1", "9-3", "7-8", "6-4", "3-5", *EDGES)


@pytest.mark.parametrize(
    "oracle", ORACLES, ids=lambda oracle: f"{oracle.indicator}-{oracle.grain or oracle.period}"
)
def test_an_indicator_agrees_with_its_oracle(oracle: Oracle, load_named: LoadNamed) -> None:
    cases = sum(
        compare(engine, community, oracle).cases
        for name in (*COMMUNITIES, *oracle.also)
        for community, engine in [load_named(name)]
    )
    assert cases > 0, "the oracle was never asked for a figure"


def test_every_indicator_has_an_oracle() -> None:
    assert sorted(set(list_indicators()) - {oracle.indicator for oracle in ORACLES}) == []


def test_an_oracle_that_says_otherwise_is_found(load_named: LoadNamed) -> None:
    community, engine = load_named("9-3")
    right = next(oracle for oracle in ORACLES if oracle.indicator == "members")
    cells = right.figures(community)
    off = Oracle(
        "members", "a wrong one", lambda _: {key: float(str(value)) + 1e-6 for key, value in cells.items()}
    )
    with pytest.raises(Differs, match="and not"):
        compare(engine, community, off)
    with pytest.raises(Differs, match="lacks"):
        compare(engine, community, Oracle("members", "one more", lambda _: {**cells, ("1066",): 1}))
