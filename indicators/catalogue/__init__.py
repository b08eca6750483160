"""The catalogue: every indicator there is, by id."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.catalogue import attitude, connections, engagement, membership, response, retention
from indicators.definition import Indicator
from warehouse.contracts import MEMBER_DIMENSIONS


def list_indicators(attributes: Sequence[str] = MEMBER_DIMENSIONS) -> dict[str, Indicator]:
    """Every indicator by id, in the order of the themes; `attributes` are the dimensions of members in a release."""
    every = (
        *membership.INDICATORS,
        *response.INDICATORS,
        *attitude.INDICATORS,
        *engagement.INDICATORS,
        *retention.INDICATORS,
        *connections.INDICATORS,
        *connections.list_boundary_indicators(attributes),
    )
    return {indicator.id: indicator for indicator in every}
