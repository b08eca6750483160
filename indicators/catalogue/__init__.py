"""The catalogue: every indicator there is, by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cache

from indicators.catalogue import journey, membership
from indicators.catalogue.attitude import change, distributions, items, retest, scales, split
from indicators.catalogue.connections import formation, mixing, shape, ties
from indicators.catalogue.engagement import activity, attendance, series, streams
from indicators.catalogue.response import aapor, rates, survey_weights, weighting
from indicators.catalogue.retention import activity as activity_retention
from indicators.catalogue.retention import membership as membership_retention
from indicators.catalogue.retention import rare
from indicators.definition import Base, Expressions, Indicator
from indicators.network import nodes as _nodes  # noqa: F401 (lets engines know the table of positions)
from indicators.selection import BadSelection, list_attributes
from warehouse.contracts import MEMBER_DIMENSIONS
from warehouse.engine import Engine

Family = tuple[Base | None, str, tuple[str, ...]]
Counted = tuple[tuple[Expressions, ...], tuple[str, ...]]

PARTS = (
    membership,
    rates,
    aapor,
    weighting,
    survey_weights,
    items,
    scales,
    change,
    distributions,
    retest,
    split,
    attendance,
    activity,
    streams,
    series,
    membership_retention,
    activity_retention,
    rare,
    ties,
    shape,
    mixing,
    formation,
    journey,
)


def list_indicators(attributes: Sequence[str] = MEMBER_DIMENSIONS) -> dict[str, Indicator]:
    """Every indicator by id, in the order of the themes; `attributes` are the dimensions of members in a release."""
    return _list_indicators(tuple(attributes))


@cache
def _list_indicators(attributes: tuple[str, ...]) -> dict[str, Indicator]:
    listed = [indicator for part in PARTS for indicator in part.list_indicators(attributes)]
    families: dict[Family, list[Indicator]] = {}
    for indicator in listed:
        for counted in (indicator, *(indicator.count_by(name) for name, _ in indicator.finer)):
            families.setdefault(_name_family(counted), []).append(counted)
    joined = {name: _join_family(members) for name, members in families.items()}
    return {indicator.id: _find_families(indicator, joined) for indicator in listed}


def _name_family(indicator: Indicator) -> Family:
    """What indicators have in common that are counted by one statement."""
    return indicator.base, indicator.attributes, indicator.sums or indicator.measures


def _join_family(members: Sequence[Indicator]) -> Counted:
    """The expressions and the grains of a family."""
    grains = tuple(dict.fromkeys(grain for member in members for grain in member.grains))
    return tuple(dict.fromkeys(member.expressions for member in members)), grains


def _find_families(indicator: Indicator, joined: Mapping[Family, Counted]) -> Indicator:
    if indicator.base is None:
        return indicator
    finer = tuple(
        (name, replace(one, family=joined[_name_family(indicator.count_by(name))][0]))
        for name, one in indicator.finer
    )
    name = _name_family(indicator)
    return _give_family(replace(indicator, finer=finer), name, *joined[name])


def _give_family(
    indicator: Indicator, name: Family, expressions: tuple[Expressions, ...], grains: tuple[str, ...]
) -> Indicator:
    """The indicator counted with its family, as it will be when rebuilt, unless that makes it one of another."""
    if _name_family(indicator) != name or indicator.expressions not in expressions:
        return indicator
    build = indicator.rebuild

    def rebuild(**values: str) -> Indicator:
        assert build is not None
        return _give_family(build(**values), name, expressions, grains)

    return replace(
        indicator, family=expressions, family_grains=grains, rebuild=rebuild if build is not None else None
    )


def find_indicator(engine: Engine, indicator_id: str) -> Indicator:
    """The indicator of that id in this release; BadSelection when there is none."""
    known = list_indicators(list_attributes(engine))
    if indicator_id not in known:
        close = get_close_matches(indicator_id.lower(), known, 1)
        meant = f"did you mean {close[0]}? " if close else ""
        raise BadSelection(
            f"There is no indicator {indicator_id}: {meant}python -m indicators list names them all."
        )
    return known[indicator_id]
