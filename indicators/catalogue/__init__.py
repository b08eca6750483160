"""The catalogue: every indicator there is, by id."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.catalogue import (
    attitude,
    connections,
    engagement,
    journey,
    membership,
    response,
    retention,
)
from indicators.definition import Indicator
from warehouse.contracts import MEMBER_DIMENSIONS

PARTS = (membership, response, attitude, engagement, retention, connections, journey)


def list_indicators(attributes: Sequence[str] = MEMBER_DIMENSIONS) -> dict[str, Indicator]:
    """Every indicator by id, in the order of the themes; `attributes` are the dimensions of members in a release."""
    return {indicator.id: indicator for part in PARTS for indicator in part.list_indicators(attributes)}
