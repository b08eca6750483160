"""Weights that make those who answered look like those who were asked: raking, and what it costs. Beside the estimators."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

import numpy as np
from numpy.typing import NDArray

from indicators.statistics.estimators import Floats, find_t

MOST_ROUNDS = 2000
PRECISION = 1e-12
LARGEST = 1e6
Codes = NDArray[np.int64]


def rake_cells(margins: Sequence[Codes], asked: Floats, answered: Floats) -> Floats | None:
    """Weight of each respondent of a cell, so that every margin of the weighted respondents is that of those asked.

    Iterative proportional fitting (Deming & Stephan 1940) over cells: people with the same group in every margin
    get the same weight, so cells give exactly what fitting over people gives. `margins` hold each cell's group in
    one margin (0 to g − 1); `asked` and `answered` are the people of each cell. A group in which nobody answered is
    collapsed: its share of the margin is spread over the margin's other groups in proportion. The weights have
    mean 1 over respondents, and are 0 for cells without any. None where nobody answered, or where no weights give
    these margins: cells without respondents are in the way, and some weights grow without end.
    """
    size, is_met = float(answered.sum()), answered > 0
    if not size:
        return None
    targets = []
    for codes in margins:
        target = np.where(np.bincount(codes, answered) > 0, np.bincount(codes, asked), 0.0)
        if target.sum() <= 0:
            return None
        targets.append(target * (size / target.sum()))
    people, groups = answered[is_met], [codes[is_met] for codes in margins]
    weights = np.ones(len(people))
    for _ in range(MOST_ROUNDS):
        gap = 0.0
        for codes, target in zip(groups, targets, strict=True):
            reached = np.bincount(codes, weights * people, len(target))
            gap = max(gap, float(np.abs(reached - target).max()))
            weights *= np.divide(target, reached, out=np.ones_like(target), where=reached > 0)[codes]
        if gap <= PRECISION * size:
            found = np.zeros(len(answered))
            found[is_met] = weights
            return found
        if weights.max() > LARGEST * weights.min():
            return None
    return None


def count_effective(weights: Floats, answered: Floats) -> float:
    """Effective number of respondents (Kish 1965): (Σw)²/Σw²; their number over it is the design effect."""
    total = float((weights * answered).sum())
    return total**2 / float((weights**2 * answered).sum()) if total else nan


def estimate_weighted(
    weights: Floats, n: Floats, total: Floats, squares: Floats, margins: Sequence[Codes]
) -> tuple[float, float]:
    """Weighted mean Σwx/Σw over cells with n, Σx and Σx² each, and its variance.

    Linearised: n/(n − 1) Σw²(e − ē_w)²/(Σw)², e what is left of x after the margins are taken out by least squares,
    because raking removes what the margins explain (Deville & Särndal 1992). NaN for n < 2 in the variance.
    """
    is_met = n > 0
    weights, n, total, squares = (part[is_met] for part in (weights, n, total, squares))
    people, whole = float(n.sum()), float((weights * n).sum())
    if not whole:
        return nan, nan
    mean = float((weights * total).sum()) / whole
    if people < 2:
        return mean, nan
    design = np.column_stack([np.ones(len(n)), *(_mark_groups(codes[is_met]) for codes in margins)])
    fitted = design @ np.linalg.lstsq(design.T @ (n[:, None] * design), design.T @ total, rcond=1e-10)[0]
    centre = fitted + float((weights * (total - n * fitted)).sum()) / whole
    spread = squares - 2 * centre * total + n * centre**2
    spread = np.where(spread > 1e-11 * (squares + n), spread, 0.0)
    return mean, people / (people - 1) * float((weights**2 * spread).sum()) / whole**2


def estimate_gaps(asked: Floats, answered: Floats) -> tuple[Floats, Floats, Floats]:
    """Share of each group among those who answered less its share among those asked, with a 95 % interval.

    `asked` and `answered` are the people of each group. Linearised over everybody asked: n/(n − 1) Σψ²,
    ψ = r(1_g − p_r)/Σr − (1_g − p_a)/n, t with n − 1 degrees of freedom, within −1 to 1. NaN where nobody answered.
    """
    n, r = float(asked.sum()), float(answered.sum())
    if not n or not r:
        nothing = np.full(len(asked), nan)
        return nothing, nothing, nothing
    among, of = answered / r, asked / n
    gap = among - of
    if n < 2:
        return gap, np.full(len(asked), nan), np.full(len(asked), nan)

    def square(is_in: int, people: Floats, has_answered: int) -> Floats:
        influence = has_answered * (is_in - among) / r - (is_in - of) / n
        return np.asarray(people * influence**2)

    spread = square(1, answered, 1) + square(0, r - answered, 1)
    spread += square(1, asked - answered, 0) + square(0, (n - asked) - (r - answered), 0)
    half = float(find_t(np.array(n - 1))) * np.sqrt(n / (n - 1) * spread)
    return gap, np.maximum(gap - half, -1.0), np.minimum(gap + half, 1.0)


def _mark_groups(codes: Codes) -> Floats:
    """One column a group of a margin, 1 where the cell is in it."""
    return np.asarray(codes[:, None] == np.arange(codes.max() + 1), dtype=np.float64)
