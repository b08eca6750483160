"""Load made-up communities and hold the figures of the indicators against their oracles."""

from __future__ import annotations

import importlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from indicators.catalogue import find_indicator
from indicators.definition import Indicator
from tests.figures import read_records
from tests.indicators.random_community import ITEMS, SPECIAL, Community, make_community, make_special
from tests.oracles.oracle import Oracle
from warehouse.engine import Engine

THEMES = (
    "membership",
    "response",
    "attitude",
    "panel",
    "engagement",
    "retention",
    "connections",
    "pairs",
    "journey",
)
EDGES = SPECIAL[1:]
SHOWN = 4


@dataclass(frozen=True)
class Comparison:
    """One oracle on one community: how many numbers were compared, and the largest absolute difference."""

    cases: int
    largest: float


class Differs(AssertionError):
    """An indicator and its oracle do not give the same figures: which, and what each gives."""


def list_oracles() -> tuple[Oracle, ...]:
    """Every oracle there is, theme by theme."""
    modules = (importlib.import_module(f"tests.oracles.{theme}") for theme in THEMES)
    return tuple(oracle for module in modules for oracle in module.ORACLES)


def draw_community(name: str) -> Community:
    """A community by name: a special one, or `SIZE-SEED` such as "9-2015"."""
    if name in SPECIAL:
        return make_special(name)
    size, seed = name.split("-")
    return make_community(int(seed), int(size))


def compare(engine: Engine, community: Community, oracle: Oracle) -> Comparison:
    """Compare every figure of status ok. Raises Differs where a cell is missing, one too many, or outside the tolerance."""
    indicator = find_indicator(engine, oracle.indicator)
    expected = {
        key: _settle(indicator, oracle.names, key, _as_tuple(figures))
        for key, figures in oracle.figures(community).items()
    }
    found = {}
    for record in read_records(engine, oracle.indicator, period=oracle.period, grain=oracle.grain):
        if record["status"] == "ok":
            further = [value for name, value in record["dimensions"].items() if name != "wave"]
            found[record["period"], *further] = tuple(record[name] for name in oracle.names)
    if set(found) != set(expected):
        missing, surplus = sorted(set(expected) - set(found)), sorted(set(found) - set(expected))
        raise Differs(f"{oracle.indicator}: lacks {missing[:SHOWN]}, has {surplus[:SHOWN]} too many")
    largest, cases = 0.0, 0
    for key, figures in expected.items():
        for name, mine, own in zip(oracle.names, figures, found[key], strict=True):
            difference = _measure(mine, own)
            if not difference <= oracle.tolerance:
                raise Differs(f"{oracle.indicator} {key} {name}: {own} and not {mine}")
            largest, cases = max(largest, difference), cases + 1
    return Comparison(cases, largest)


def _settle(
    indicator: Indicator, names: Sequence[str], key: Sequence[str], figures: tuple[object, ...]
) -> tuple[object, ...]:
    """The oracle's figures with its interval within what can be; none without width, or of too few."""
    told = {
        name: float(str(figure))
        for name, figure in zip(names, figures, strict=True)
        if not _is_absent(figure)
    }
    if not {"value", "low", "high"} <= set(told):
        return figures
    least, most = _list_limits(indicator, key) if indicator.is_interval else (-math.inf, math.inf)
    low, high = max(told["low"], min(least, told["value"])), min(told["high"], max(most, told["value"]))
    is_void = high - low < 1e-9 * max(1, abs(told["value"])) or told.get("n", math.inf) < indicator.least_n
    settled = told | ({"low": math.nan, "high": math.nan} if is_void else {"low": low, "high": high})
    return tuple(settled.get(name, figure) for name, figure in zip(names, figures, strict=True))


def _list_limits(indicator: Indicator, key: Sequence[str]) -> tuple[float, float]:
    """The limits of the unit, and of a score the ends of its scale: twice as far where it is what is left of a change."""
    rated = [item for item in ITEMS if item.item_id in key or (item.construct or "") in key]
    if indicator.unit not in ("score", "difference") or not rated:
        return indicator.limits
    least, most = min(item.low for item in rated), max(item.high for item in rated)
    if indicator.unit == "score":
        return least, most
    reach = (most - least) * (2 if "part" in indicator.measures else 1)
    return -reach, reach


def _as_tuple(figures: object) -> tuple[object, ...]:
    return figures if isinstance(figures, tuple) else (figures,)


def _measure(one: object, other: object) -> float:
    """The absolute difference; none between two figures that both cannot be worked out."""
    if _is_absent(one) or _is_absent(other):
        return 0.0 if _is_absent(one) and _is_absent(other) else math.inf
    return abs(float(str(one)) - float(str(other)))


def _is_absent(figure: object) -> bool:
    return figure is None or math.isnan(float(str(figure)))
