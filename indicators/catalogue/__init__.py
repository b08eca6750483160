"""The catalogue: every indicator there is, by id."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.catalogue import journey, membership
from indicators.catalogue.attitude import change, items, scales, split
from indicators.catalogue.connections import mixing, shape, ties
from indicators.catalogue.engagement import activity, attendance, streams
from indicators.catalogue.response import rates, weighting
from indicators.catalogue.retention import activity as activity_retention
from indicators.catalogue.retention import membership as membership_retention
from indicators.definition import Indicator
from indicators.network import nodes as _nodes  # noqa: F401 (lets engines know the table of positions)
from indicators.selection import BadSelection, list_attributes
from warehouse.contracts import MEMBER_DIMENSIONS
from warehouse.engine import Engine

PARTS = (
    membership,
    rates,
    weighting,
    items,
    scales,
    change,
    split,
    attendance,
    activity,
    streams,
    membership_retention,
    activity_retention,
    ties,
    shape,
    mixing,
    journey,
)


def list_indicators(attributes: Sequence[str] = MEMBER_DIMENSIONS) -> dict[str, Indicator]:
    """Every indicator by id, in the order of the themes; `attributes` are the dimensions of members in a release."""
    return {indicator.id: indicator for part in PARTS for indicator in part.list_indicators(attributes)}


def find_indicator(engine: Engine, indicator_id: str) -> Indicator:
    """The indicator of that id in this release; BadSelection when there is none."""
    known = list_indicators(list_attributes(engine))
    if indicator_id not in known:
        raise BadSelection(f"There is no indicator {indicator_id}: python -m indicators list names them all.")
    return known[indicator_id]
