"""The rules that tell a signal from noise, on the figures of one rebase group in order of time. Pure.

Of a chart with limits (xmr, p; NHS England, "Making data count", as the R package NHSRplotthedots computes them): a
point outside the limits; 7 rising or falling; 2 of 3 in the outer third on one side, all 3 on that side of the
centre; 7 on one side of the centre. The outer third is what lies beyond 2/3 of the way to a limit and not outside it.

Of a run chart (Perla, Provost & Murray 2011): a trend of 5 and a shift of 6 on one side of the median; points on the median
and repeated values neither count nor break, and where all others lie on one side of it, as of mostly nobody, none is a shift.
Of fewer than 12 points at most 5 can lie on one side of their own median, so there only a trend can show, or too few or too
many runs: of LEAST_RUNS points off the median the chance of so few (so many) runs, if every order were as likely, is 2.5 % or
less. That is the exact distribution of Wald & Wolfowitz 1940, of which the tables of Swed & Eisenhart 1943 that Perla,
Provost & Murray 2011 print are made; like their tables it holds the number of points on each side. (Anhøj & Olesen 2014 count
crossings, one less than runs, against the binomial, which does not.)

On normal points from a process in control some point is flagged in about 19 of 100 series of 24: outside in 10, run
in 8, 2 of 3 in 3 and trend in 1 of 100. With the true centre and limits, theory gives 6.3, 14.4, at most 2.9 and 0.6
(tests/indicators/test_spc_null.py). Of 100 run charts of 11 points 10 have a trend. One flag is a reason to look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RUN, TREND = 7, 7
SHORT_RUN, SHORT_TREND = 6, 5
LEAST_RUNS, RUNS_TAIL = 10, 0.025
_ROUNDING = 1e-12
# Every flag in order of rank, with the side that it points to: the first flag of a point says what the point is.
FLAGS: dict[str, int] = {
    "above limits": 1,
    "below limits": -1,
    "rising": 1,
    "falling": -1,
    "2 of 3 high": 1,
    "2 of 3 low": -1,
    "run above": 1,
    "run below": -1,
}


@dataclass(frozen=True)
class Runs:
    """How many runs a series has around its median, of how many points off it, and the fewest and the most by chance."""

    count: int
    points: int
    fewest: int
    most: int

    @property
    def verdict(self) -> str:
        """`too few`: one shift or a slow wave; `too many`: two sources taking turns; empty where neither."""
        return "too few" if self.count < self.fewest else "too many" if self.count > self.most else ""


def count_runs(values: Floats, centre: float) -> Runs | None:
    """The runs on either side of a median; None with fewer than LEAST_RUNS points off it. Gaps and points on it do not break."""
    rounding = _ROUNDING * np.nanmax(np.abs(values), initial=0.0)
    away = values[np.isfinite(values)] - centre
    is_above = away[np.abs(away) > rounding] > 0
    above, below = int(is_above.sum()), int((~is_above).sum())
    if above + below < LEAST_RUNS or not above or not below:
        return None
    chances = _list_run_chances(above, below)
    lower, upper = np.cumsum(chances), np.cumsum(chances[::-1])[::-1]
    number = np.arange(len(chances))
    fewest = int(number[lower > RUNS_TAIL].min())
    most = int(number[upper > RUNS_TAIL].max())
    return Runs(int(1 + (is_above[1:] != is_above[:-1]).sum()), above + below, fewest, most)


def _list_run_chances(above: int, below: int) -> Floats:
    """The chance of each number of runs, from 0 on, of so many points on each side in any order (Wald & Wolfowitz 1940)."""
    chances = np.zeros(above + below + 1)
    for runs in range(2, above + below + 1):
        half, is_odd = divmod(runs, 2)
        a, b = above - 1, below - 1
        ways = (
            comb(a, half) * comb(b, half - 1) + comb(a, half - 1) * comb(b, half)
            if is_odd
            else 2 * comb(a, half - 1) * comb(b, half - 1)
        )
        chances[runs] = ways / comb(above + below, above)
    return chances


def list_flags(values: Floats, centre: float, spread: Floats) -> list[tuple[str, ...]]:
    """The flags of each point of one group by the rules of xmr and p; `spread` is from the centre to a limit.

    Equality is meant up to rounding: a point on the centre is on no side of it, a point on a limit is not outside.
    """
    rounding = _ROUNDING * np.nanmax(np.abs(values), initial=0.0)
    away = values - centre
    side = np.where(np.abs(away) <= rounding, np.where(np.isnan(away), np.nan, 0.0), np.sign(away))
    is_outside = np.abs(away) > spread + rounding
    is_near = ~is_outside & (np.abs(away) > spread * 2 / 3 + rounding)
    marks = (
        np.where(is_outside, side, 0.0),
        _mark_trends(values, TREND),
        _mark_pairs(side, is_near),
        _mark_stretches(side, RUN),
    )
    return _name_flags(marks)


def list_short_flags(values: Floats, centre: float) -> list[tuple[str, ...]]:
    """The flags of each point of one group by the rules of a run chart."""
    rounding = _ROUNDING * np.nanmax(np.abs(values), initial=0.0)
    nothing = np.zeros(len(values))
    runs, trends = nothing.copy(), nothing.copy()
    counted = np.flatnonzero(~(np.abs(values - centre) <= rounding))
    sides = np.sign(values - centre)[counted]
    if (sides > 0).any() and (sides < 0).any():
        runs[counted] = _mark_stretches(sides, SHORT_RUN)
    changed = np.flatnonzero(np.r_[True, np.diff(values) != 0][: len(values)])
    trends[changed] = _mark_trends(values[changed], SHORT_TREND)
    return _name_flags((nothing, trends, nothing, runs))


def _name_flags(marks: Sequence[Floats]) -> list[tuple[str, ...]]:
    """The words of marks of 1, −1 and 0, one array a rule in the order of FLAGS."""
    words = list(FLAGS)
    pairs = list(zip(words[::2], words[1::2], strict=True))
    return [
        tuple(
            high if mark > 0 else low
            for (high, low), mark in zip(pairs, of_point, strict=True)
            if mark in (-1, 1)
        )
        for of_point in zip(*marks, strict=True)
    ]


def _mark_stretches(signs: Floats, length: int) -> Floats:
    """1 or −1 where at least `length` neighbours have that sign, else 0; NaN breaks a stretch."""
    marks = np.zeros(len(signs))
    start = 0
    for place in range(1, len(signs) + 1):
        if place == len(signs) or signs[place] != signs[start]:
            if place - start >= length and abs(signs[start]) == 1:
                marks[start:place] = signs[start]
            start = place
    return marks


def _mark_trends(values: Floats, length: int) -> Floats:
    """1 or −1 where a point is one of at least `length` that rise or fall; the turn of two trends takes the later."""
    marks = np.zeros(len(values))
    for place, step in enumerate(_mark_stretches(np.sign(np.diff(values)), length - 1)):
        if step:
            marks[place : place + 2] = step
    return marks


def _mark_pairs(side: Floats, is_near: NDArray[np.bool_]) -> Floats:
    """The side of points in the outer third, where 2 of 3 neighbours are and all 3 lie on that side of the centre."""
    marks = np.zeros(len(side))
    for start in range(len(side) - 2):
        window = slice(start, start + 3)
        if abs(side[window].sum()) == 3 and is_near[window].sum() >= 2:
            marks[window] = np.where(is_near[window], side[window], marks[window])
    return marks
