"""Every indicator agrees with its oracle on made-up communities, ordinary ones and those at the edge."""

from __future__ import annotations

import pytest

from indicators.catalogue import list_indicators
from tests.conftest import MakeRelease
from tests.indicators.random_community import COMPLETE_TO, Community
from tests.oracles.oracle import Oracle
from tests.oracles.runner import EDGES, Differs, compare, draw_community, list_oracles
from warehouse.engine import Engine

ORACLES = list_oracles()
COMMUNITIES = ("14-2015", "9-3", "6-4", "3-5", *EDGES)
Loaded = dict[str, tuple[Community, Engine]]


@pytest.fixture(scope="module")
def loaded(make_release: MakeRelease) -> Loaded:
    communities = {name: draw_community(name) for name in COMMUNITIES}
    return {
        name: (community, make_release(community.export(), complete_to=COMPLETE_TO))
        for name, community in communities.items()
    }


@pytest.mark.parametrize(
    "oracle", ORACLES, ids=lambda oracle: f"{oracle.indicator}-{oracle.grain or oracle.period}"
)
def test_an_indicator_agrees_with_its_oracle(oracle: Oracle, loaded: Loaded) -> None:
    cases = sum(compare(engine, community, oracle).cases for community, engine in loaded.values())
    assert cases > 0, "the oracle was never asked for a figure"


def test_every_indicator_has_an_oracle() -> None:
    assert sorted(set(list_indicators()) - {oracle.indicator for oracle in ORACLES}) == []


def test_an_oracle_that_says_otherwise_is_found(loaded: Loaded) -> None:
    community, engine = loaded["9-3"]
    right = next(oracle for oracle in ORACLES if oracle.indicator == "members")
    cells = right.figures(community)
    off = Oracle(
        "members", "a wrong one", lambda _: {key: float(str(value)) + 1e-6 for key, value in cells.items()}
    )
    with pytest.raises(Differs, match="and not"):
        compare(engine, community, off)
    with pytest.raises(Differs, match="lacks"):
        compare(engine, community, Oracle("members", "one more", lambda _: {**cells, ("1066",): 1}))
