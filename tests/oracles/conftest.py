"""Communities by name, each loaded once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import MakeRelease
from tests.indicators.random_community import COMPLETE_TO, Community
from tests.oracles.runner import draw_community
from warehouse.engine import Engine

LoadNamed = Callable[[str], tuple[Community, Engine]]


@pytest.fixture(scope="session")
def load_named(make_release: MakeRelease) -> LoadNamed:
    """`load_named(name)` gives the community of that name (see `draw_community`) and its release."""
    loaded: dict[str, tuple[Community, Engine]] = {}

    def load(name: str) -> tuple[Community, Engine]:
        if name not in loaded:
            community = draw_community(name)
            loaded[name] = community, make_release(community.export(), complete_to=COMPLETE_TO)
        return loaded[name]

    return load
