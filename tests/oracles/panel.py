"""The panel's change a second time: statsmodels for tables, scipy for correlations and noncentral t."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial

import networkx as nx
import numpy as np
from scipy import optimize, special, stats
from statsmodels.stats.contingency_tables import SquareTable, mcnemar

from tests.indicators.random_community import Community
from tests.oracles.attitude import Scores, adjust, list_changes, score_positive
from tests.oracles.oracle import Cells, Oracle
from tests.oracles.survey import BEFORE, FIRST, list_answers, score_constructs, score_items

_P = ("value", "numerator", "denominator")
LIMITS = ("value", "low", "high", "n")
Pairs = dict[tuple[str, ...], list[tuple[float, float]]]


def _mcnemar_p(earlier: Mapping[str, str], community: Community) -> Cells:
    changes = list_changes(score_positive(community), earlier)
    return adjust(
        {
            key: float(
                mcnemar(
                    [[0, values.count(1.0)], [values.count(-1.0), 0]], exact=False, correction=False
                ).pvalue
            )
            for key, values in changes.items()
            if any(values)
        }
    )


def find_table_p(moves: Sequence[tuple[float, float]], *, is_symmetry: bool) -> float:
    """p of a table of answers then and now; of the margins by each part that moves join, of which statsmodels drops one answer."""
    answers = sorted({one for move in moves for one in move})
    table = np.array([[moves.count((a, b)) for b in answers] for a in answers], dtype=float)
    if is_symmetry:
        met = sum((table + table.T)[np.triu_indices(len(answers), 1)] > 0)
        return float(stats.chi2.sf(SquareTable(table, shift_zeros=False).symmetry().statistic, met))
    graph = nx.from_numpy_array(table + table.T - 2 * np.diag(table.diagonal()))
    statistic, degrees = 0.0, 0
    for part in map(sorted, nx.connected_components(graph)):
        if len(part) > 1:
            own = SquareTable(table[np.ix_(part, part)], shift_zeros=False).homogeneity()
            statistic, degrees = statistic + own.statistic, degrees + len(part) - 1
    return float(stats.chi2.sf(statistic, degrees))


def _pair(scores: Mapping[tuple[str, str, str], float], earlier: Mapping[str, str]) -> Pairs:
    """By wave and item or construct everybody's score then and now."""
    pairs: Pairs = {}
    for (wave, measure, person), score in scores.items():
        then = scores.get((earlier.get(wave, ""), measure, person))
        if then is not None:
            pairs.setdefault((wave, measure), []).append((then, score))
    return pairs


def _tables_p(is_symmetry: bool, earlier: Mapping[str, str], community: Community) -> Cells:
    steps = {
        (one.wave, one.item, one.person): one.step for one in list_answers(community) if one.kind == "likert"
    }
    return adjust(
        {
            key: find_table_p(moves, is_symmetry=is_symmetry)
            for key, moves in _pair(steps, earlier).items()
            if any(a != b for a, b in moves)
        }
    )


def _retest(scores: Scores, earlier: Mapping[str, str], community: Community) -> Cells:
    cells = {}
    for key, pairs in _pair(scores(community), earlier).items():
        then, now = (np.array(side) for side in zip(*pairs, strict=True))
        if len(pairs) > 2 and len(set(then)) > 1 and len(set(now)) > 1:
            found = stats.pearsonr(then, now)
            limits = (float("nan"), float("nan"))
            if len(pairs) > 3 and abs(found.statistic) < 1 - 1e-12:
                limits = tuple(found.confidence_interval(0.95))
            cells[key] = (float(found.statistic), *map(float, limits), len(pairs))
    return cells


@cache
def place_nodes() -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of the quadrature over −1 to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(400)
    return nodes, weights


def find_dz(changes: list[float]) -> tuple[float, float, float, int]:
    """d_z, and the centres of the noncentral t of which √n d_z is the 97.5 and the 2.5 % point, by integration over χ."""
    n = len(changes)
    value = float(np.mean(changes) / np.std(changes, ddof=1))

    nodes, weights = place_nodes()
    spread = np.concatenate([(nodes + 1) / 2, 1 + 7 * (nodes + 1) / 2])
    density = np.concatenate([weights / 2, 7 * weights / 2])
    density *= 2 * (n - 1) * spread * stats.chi2.pdf((n - 1) * spread**2, n - 1)

    def below(centre: float) -> float:
        return float(density @ special.ndtr(value * n**0.5 * spread - centre))

    reach = abs(value) * n**0.5 * 5 + 5
    limits = [
        optimize.brentq(lambda centre, level=level: below(centre) - level, -reach, reach) / n**0.5
        for level in (0.975, 0.025)
    ]
    return value, *limits, n


def _dz(scores: Scores, earlier: Mapping[str, str], community: Community) -> Cells:
    return {
        key: find_dz(changes)
        for key, changes in list_changes(scores(community), earlier).items()
        if len(set(np.round(changes, 9))) > 1
    }


_TABLE = "statsmodels SquareTable, multipletests"
ORACLES: tuple[Oracle, ...] = tuple(
    oracle
    for suffix, earlier in (("", BEFORE), ("_since_first", FIRST))
    for oracle in (
        Oracle(
            f"item_positive_mcnemar_p{suffix}",
            "statsmodels mcnemar, multipletests",
            partial(_mcnemar_p, earlier),
            _P,
        ),
        Oracle(f"item_distribution_p{suffix}", _TABLE, partial(_tables_p, False, earlier), _P),
        Oracle(f"item_symmetry_p{suffix}", _TABLE, partial(_tables_p, True, earlier), _P),
        *(
            # SciPy finds the centre of a noncentral t to six digits only.
            Oracle(
                f"{measure}_{kind}{suffix}", by, partial(work_out, scores, earlier), LIMITS, tolerance=1e-4
            )
            for measure, scores in (("construct", score_constructs), ("item", score_items))
            for kind, by, work_out in (
                ("retest", "scipy.stats.pearsonr", _retest),
                ("dz", "Gauss–Legendre quadrature, scipy.optimize.brentq", _dz),
            )
        ),
    )
)
