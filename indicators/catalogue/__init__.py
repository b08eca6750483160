"""The catalogue: every indicator there is, by id."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.catalogue import (
    activity_retention,
    attendance,
    attitude,
    attitude_change,
    attitude_scales,
    attitude_split,
    connections,
    engagement,
    journey,
    membership,
    mixing,
    network,
    response,
    retention,
    streams,
    weighting,
)
from indicators.definition import Indicator
from warehouse.contracts import MEMBER_DIMENSIONS

PARTS = (
    membership,
    response,
    weighting,
    attitude,
    attitude_scales,
    attitude_change,
    attitude_split,
    attendance,
    engagement,
    streams,
    retention,
    activity_retention,
    connections,
    network,
    mixing,
    journey,
)


def list_indicators(attributes: Sequence[str] = MEMBER_DIMENSIONS) -> dict[str, Indicator]:
    """Every indicator by id, in the order of the themes; `attributes` are the dimensions of members in a release."""
    return {indicator.id: indicator for part in PARTS for indicator in part.list_indicators(attributes)}
