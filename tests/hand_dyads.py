"""Pairs of members by hand: Firth's penalised likelihood by a root finder, errors by looking at any two pairs, tests by matrices."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

Floats = NDArray[np.float64]
Pair = tuple[str, str]


@dataclass(frozen=True)
class HandPanel:
    """Members who answered both waves; of each pair its columns (met first, then ones) and whether a tie came; who was tied."""

    members: tuple[str, ...]
    asked: int
    columns: dict[Pair, list[float]]
    new: set[Pair]
    before: set[Pair]
    after: set[Pair]
    came: dict[str, set[str]]

    @property
    def at_risk(self) -> list[Pair]:
        return [pair for pair in combinations(self.members, 2) if pair not in self.before]

    def design(self, *, has_events: bool = True) -> tuple[Floats, Floats]:
        width = len(next(iter(self.columns.values())))
        rows = np.array([self.columns[pair] for pair in self.at_risk], dtype=float).reshape(-1, width)
        return rows if has_events else rows[:, :-1], np.array([float(p in self.new) for p in self.at_risk])


def keep_independent(rows: Floats) -> Floats:
    """The columns without those that the ones before them say already."""
    chosen: list[int] = []
    for place in range(rows.shape[1]):
        if np.linalg.matrix_rank(rows[:, [*chosen, place]], tol=1e-7) > len(chosen):
            chosen.append(place)
    return rows[:, chosen]


def is_told(rows: Floats, outcome: Floats) -> bool:
    """Whether five ties came, pairs that met and that did not both came to be tied and did not, and the others do not say who met."""
    cells = {(met > 0, tie) for met, tie in zip(rows[:, 0], outcome, strict=True)}
    rank = np.linalg.matrix_rank
    return outcome.sum() >= 5 and len(cells) == 4 and rank(rows, tol=1e-7) > rank(rows[:, 1:], tol=1e-7)


def find_firth(rows: Floats, outcome: Floats) -> tuple[Floats, Floats, Floats]:
    """Coefficients, penalised residuals, and the inverse of the information."""

    def parts(beta: Floats) -> tuple[Floats, Floats]:
        chance = 1 / (1 + np.exp(-rows @ beta))
        spread = np.linalg.inv(rows.T @ np.diag(chance * (1 - chance)) @ rows)
        leverage = np.array([c * (1 - c) * row @ spread @ row for c, row in zip(chance, rows, strict=True)])
        return outcome - chance + leverage * (0.5 - chance), spread

    found = optimize.root(lambda beta: rows.T @ parts(beta)[0], np.zeros(rows.shape[1]), tol=1e-12)
    return found.x, *parts(found.x)


def work_out_odds(rows: Floats, outcome: Floats, pairs: list[Pair], members: int) -> tuple[float, ...] | None:
    """The odds ratio of the first column with its interval."""
    if not is_told(rows, outcome):
        return None
    rows = keep_independent(rows)
    beta, residual, spread = find_firth(rows, outcome)
    scores = (rows * residual[:, None]) @ spread[:, 0]
    robust = sum(
        a * b
        for a, one in zip(scores, pairs, strict=True)
        for b, other in zip(scores, pairs, strict=True)
        if set(one) & set(other)
    )
    error = math.sqrt(max(robust * members / (members - 1), spread[0, 0]))
    reach = stats.t.ppf(0.975, members - 1) * error
    return tuple(math.exp(beta[0] + side * reach) for side in (0, -1, 1))


def permute_by_matrices(panel: HandPanel, draws: int, seed: int) -> float | None:
    """p of the test: what is left of who met as a matrix over all members, its rows and columns permuted together."""
    rows, outcome = panel.design()
    if not is_told(rows, outcome):
        return None
    place = {name: number for number, name in enumerate(panel.members)}
    size = len(place)
    others = keep_independent(rows)[:, 1:]
    kept = [
        next(j for j in range(1, rows.shape[1]) if np.array_equal(rows[:, j], column)) for column in others.T
    ]
    beta, _, _ = find_firth(others, outcome)
    chance = 1 / (1 + np.exp(-others @ beta))
    weights = np.sqrt(chance * (1 - chance))
    slopes = np.linalg.lstsq(others * weights[:, None], rows[:, 0] * weights)[0]
    left = np.zeros((size, size))
    for pair, columns in panel.columns.items():
        i, j = place[pair[0]], place[pair[1]]
        left[i, j] = left[j, i] = columns[0] - np.array(columns)[kept] @ slopes
    ends = np.array([[place[a], place[b]] for a, b in panel.at_risk])

    def score(matrix: Floats) -> float:
        own = matrix[ends[:, 0], ends[:, 1]]
        own = own - others @ np.linalg.lstsq(others * weights[:, None], own * weights)[0]
        parts = own * (outcome - chance)
        of_members = np.zeros(size)
        np.add.at(of_members, ends.ravel(), np.repeat(parts, 2))
        variance = max(of_members @ of_members - parts @ parts, parts @ parts / 2)
        return abs(parts.sum()) / math.sqrt(variance) if variance > 0 else 0.0

    random = np.random.default_rng(seed)
    observed, beyond = score(left), 0
    for _ in range(draws):
        order = random.permutation(size)
        beyond += score(left[np.ix_(order, order)]) >= observed * (1 - 1e-6)
    return (1 + beyond) / (1 + draws)
