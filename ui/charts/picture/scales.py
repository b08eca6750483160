"""Axes made explicit: their type, range, ticks and the place of a value, chosen here and not by whoever draws."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from ui.charts.picture.features import Figure, UnknownFeature

PAD = 0.05
TICKS = 6
KINDS = ("linear", "category", "date")
DAY = 86_400_000.0
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True)
class Axis:
    """One axis: `kind` linear, category or date; `low` and `high` ends of its range in its own numbers; its part of the paper."""

    name: str
    kind: str
    low: float
    high: float
    categories: Mapping[str, int]
    domain: tuple[float, float]

    def number(self, value: Any) -> float | None:
        """A value as a number on the axis: a category by its place, a date by its milliseconds; None where there is none."""
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return None
        if self.kind == "category" and isinstance(value, str):
            return float(self.categories[value]) if value in self.categories else None
        return read_date(value) if self.kind == "date" and isinstance(value, str) else float(value)

    def share(self, value: Any) -> float | None:
        """The place of a value as a share of the paper, from the left or the bottom."""
        number = self.number(value)
        if number is None:
            return None
        start, end = self.domain
        return start + (number - self.low) / ((self.high - self.low) or 1.0) * (end - start)

    def holds(self, value: Any) -> bool:
        """Whether a value lies in the range."""
        number, slack = self.number(value), abs(self.high - self.low) * 1e-4
        return (
            number is not None
            and min(self.low, self.high) - slack <= number <= max(self.low, self.high) + slack
        )


def read_date(text: str) -> float:
    """Milliseconds since 1970 of an ISO date or time."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000


def name_axes(figure: Figure) -> list[str]:
    """The axes that a figure has, as its layout calls them: xaxis, yaxis, xaxis2 …"""
    used = {"xaxis", "yaxis"} | {name for name in figure["layout"] if name[:5] in ("xaxis", "yaxis")}
    for trace in figure["data"]:
        used |= {long_name(trace.get(name, name[0])) for name in ("xaxis", "yaxis")}
    return sorted(used)


def long_name(short: str) -> str:
    """The name in the layout of an axis that a trace or shape calls x2."""
    return f"{short[0]}axis{short[1:]}"


def make_axis(figure: Figure, name: str) -> Axis:
    """An axis with its range: as it is given, else around all that is drawn on it."""
    given, letter = figure["layout"].get(name, {}), name[0]
    traces = [one for one in figure["data"] if long_name(one.get(f"{letter}axis", letter)) == name]
    values = [value for trace in traces for value in trace.get(letter) or () if value is not None]
    kind = given.get("type") or _choose_kind(values)
    listed = dict.fromkeys([*(given.get("categoryarray") or ()), *(str(one) for one in values)])
    categories = {one: place for place, one in enumerate(listed)} if kind == "category" else {}
    if kind not in KINDS:
        raise UnknownFeature(f"The picture has no {kind} axis: use {', '.join(KINDS)}.")
    domain = tuple(given.get("domain") or (0.0, 1.0))
    bare = Axis(name, kind, 0.0, 1.0, categories, (float(domain[0]), float(domain[1])))
    if given.get("range") and None not in given["range"]:
        low, high = (bare.number(end) or 0.0 for end in given["range"])
    elif kind == "category":
        pad = (
            0.5
            if any(trace["type"] != "scatter" for trace in traces)
            else max(PAD * (len(categories) - 1), 0.5 if len(categories) < 2 else 0.1)
        )
        low, high = -pad, max(len(categories) - 1, 0) + pad
    else:
        low, high = _spread(bare, traces, letter, str(given.get("rangemode", "normal")))
    if given.get("autorange") == "reversed":
        low, high = high, low
    return Axis(name, kind, float(low), float(high), categories, bare.domain)


def _choose_kind(values: Sequence[Any]) -> str:
    words = [value for value in values if isinstance(value, str)]
    if not words:
        return "linear"
    return "date" if all(_DATE.match(word) for word in words) else "category"


def _spread(axis: Axis, traces: Sequence[Mapping[str, Any]], letter: str, mode: str) -> tuple[float, float]:
    """The range around values, intervals and bars from their base; a bar's zero and `tozero` are kept without a pad."""
    reached: list[float] = []
    is_from_zero = mode == "tozero"
    for trace in traces:
        if trace["type"] == "heatmap":
            known = sorted({number for value in trace[letter] if (number := axis.number(value)) is not None})
            half = min((after - before for before, after in pairwise(known)), default=1.0) / 2
            return known[0] - half, known[-1] + half
        base = trace.get("base")
        is_length = trace["type"] == "bar" and (trace.get("orientation") == "h") == (letter == "x")
        is_from_zero |= is_length and base is None
        for place, value in enumerate(trace.get(letter) or ()):
            number = axis.number(value)
            if number is None:
                continue
            start = float(pick(base, place) or 0.0) if is_length else 0.0
            reached += [number + start, *([start] if is_length else [])]
            errors = trace.get(f"error_{letter}") or {}
            more, less = (pick(errors.get(key), place) for key in ("array", "arrayminus"))
            reached += (
                [number + (more or 0.0), number - (more if less is None else less or 0.0)] if errors else []
            )
    if not reached:
        return 0.0, 1.0
    low, high = min(reached), max(reached)
    if is_from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = (low - 1, high + 1) if not is_from_zero else (0.0, 1.0)
    pad = (high - low) * PAD
    return low - (0 if is_from_zero and low == 0 else pad), high + (0 if is_from_zero and high == 0 else pad)


def pick(value: Any, place: int) -> Any:
    """One of several values, or the one that there is for all."""
    if isinstance(value, (list, tuple)):
        return value[place] if place < len(value) else None
    return value


def choose_ticks(axis: Axis, given: Mapping[str, Any]) -> tuple[list[Any], list[str]]:
    """The places of the ticks and their words, as given or round numbers inside the range."""
    if given.get("tickvals") is not None:
        places = list(given["tickvals"])
        words = given.get("ticktext")
        return places, [_write_place(one) for one in (places if words is None else words)]
    if axis.kind == "category":
        return list(axis.categories), list(axis.categories)
    low, high = sorted((axis.low, axis.high))
    if axis.kind == "date":
        return _choose_dates(low, high)
    most = int(given.get("nticks") or TICKS)
    step = float(given["dtick"]) if given.get("dtick") else _round_step((high - low) / max(most - 1, 1))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    places = [round(number * step, 10) for number in range(first, last + 1)]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return list(places), [f"{place:,.{decimals}f}".replace("-", "\u2212") for place in places]


def _write_place(place: Any) -> str:
    return f"{place:,.6g}".replace("-", "\u2212") if isinstance(place, (int, float)) else str(place)


def _choose_dates(low: float, high: float) -> tuple[list[Any], list[str]]:
    months = max((high - low) / DAY / 30.4, 1.0)
    step = next((one for one in (1, 3, 6, 12) if months / one <= TICKS), 24)
    start = datetime.fromtimestamp(low / 1000, UTC)
    numbers = range(start.year * 12, datetime.fromtimestamp(high / 1000, UTC).year * 12 + 12, step)
    places = [f"{number // 12}-{number % 12 + 1:02d}-01" for number in numbers]
    kept = [place for place in places if low <= read_date(place) <= high]
    return list(kept), [f"{_MONTHS[int(place[5:7]) - 1]} {place[:4]}" for place in kept]


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough or 1.0) + 1e-9)
    return float(next(power * one for one in (1, 2, 5, 10) if power * one >= rough * (1 - 1e-9)))
