"""The figures of a network's shape. Those that are quick take many networks at once: one value a copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from indicators.network.graphs import NAN, Floats, Ints, Network

_MOST_PATHS = 5_000_000


def _divide(part: Any, whole: Any) -> Floats:
    """part / whole, NaN where whole is 0."""
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    quotient: Floats = np.divide(part, whole, out=np.full(part.shape, NAN), where=whole != 0)
    return quotient


def _sum_copies(network: Network, nodes: Ints, weights: Any = None) -> Floats:
    """The sum over these nodes, of the weights or of 1, within each copy."""
    return np.bincount(nodes // max(network.size, 1), weights, network.copies).astype(np.float64)


def _sum_members(network: Network, values: Any) -> Floats:
    """The sum over the members of each copy, of one value a node."""
    table: Floats = np.asarray(values, dtype=np.float64).reshape(network.copies, network.size)
    return np.asarray(table.sum(axis=1))


def mean_degree(network: Network) -> Floats:
    """2m / n: m pairs with a tie in either direction."""
    return _divide(2 * _sum_copies(network, network.pairs[:, 0]), np.full(network.copies, network.size))


def measure_transitivity(network: Network) -> Floats:
    """3 × triangles / connected triples of the undirected graph (Wasserman & Faust 1994); NaN without a triple.

    Each triangle is met once, at the lowest of its members in order of partners.
    """
    from scipy import sparse

    degrees, (one, two) = network.degrees, network.pairs.T
    is_turned = degrees[one] > degrees[two]
    low, high = np.where(is_turned, two, one), np.where(is_turned, one, two)
    nodes = len(degrees)
    ties = sparse.csr_array((np.ones(len(low)), (low, high)), shape=(nodes, nodes))
    triangles = _sum_members(network, (ties @ ties).multiply(ties).sum(axis=1))
    return _divide(3 * triangles, _sum_members(network, degrees * (degrees - 1) / 2))


def measure_directed_transitivity(network: Network) -> Floats:
    """Of the two-step paths i → j → k with i ≠ k, the share with a tie i → k; NaN without a path."""
    from scipy import sparse

    nodes = network.size * network.copies
    ones = np.ones(len(network.senders))
    ties = sparse.csr_array((ones, (network.senders, network.receivers)), shape=(nodes, nodes))
    paths = ties @ np.bincount(network.senders, minlength=nodes)
    closed = np.zeros(nodes)
    # So many members at a time that their paths fit in memory.
    parts = np.concatenate(([0], np.cumsum(paths))) // _MOST_PATHS
    edges = np.flatnonzero(np.diff(parts[:-1], prepend=-1))
    for first, last in zip(edges.tolist(), [*edges[1:].tolist(), nodes], strict=False):
        some = ties[first:last]
        closed[first:last] = (some @ ties).multiply(some).sum(axis=1)
    returning: Floats = ties.multiply(ties.T).sum(axis=1)
    return _divide(_sum_members(network, closed), _sum_members(network, paths - returning))


def count_components(network: Network) -> Floats:
    """Parts that no tie joins; a member without ties is a part."""
    if not network.size:
        return np.full(network.copies, NAN)
    _, first = np.unique(network.components, return_index=True)
    return _sum_copies(network, first)


def measure_centralisation(network: Network) -> Floats:
    """Σ(max − kᵢ) / ((n − 1)(n − 2)): 1 for a star, 0 where all have as many partners (Freeman 1978)."""
    n = network.size
    if n < 3:
        return np.full(network.copies, NAN)
    degrees = network.degrees.reshape(network.copies, n)
    return _divide(degrees.max(axis=1) * n - degrees.sum(axis=1), np.full(network.copies, (n - 1) * (n - 2)))


def measure_degree_assortativity(network: Network) -> Floats:
    """Correlation of the partner counts on the two sides of a tie (Newman 2002); NaN where all are alike."""
    one, two = network.degrees[network.pairs].T.astype(np.float64)
    nodes = network.pairs[:, 0]
    ties = _sum_copies(network, nodes)
    mean = _divide(_sum_copies(network, nodes, one + two), 2 * ties)[nodes // max(network.size, 1)]
    covariance = _sum_copies(network, nodes, (one - mean) * (two - mean))
    variance = _sum_copies(network, nodes, ((one - mean) ** 2 + (two - mean) ** 2) / 2)
    return _divide(covariance, np.where(variance > 1e-9 * ties, variance, 0))


def measure_diameter(network: Network) -> float:
    """The longest of the shortest paths in the largest component; NaN without a tie.

    Beyond 2,000 members the longest of those from 200 members: at least so long.
    """
    return float(len(network.steps)) if len(network.pairs) else NAN


def measure_path_length(network: Network) -> float:
    """Mean length of the shortest paths between the pairs of the largest component; NaN without a tie.

    Beyond 2,000 members the mean of the paths from 200 members: an estimate.
    """
    if not len(network.pairs):
        return NAN
    lengths = np.arange(1, len(network.steps) + 1)
    return float(lengths @ network.steps.sum(axis=1) / network.steps.sum())


def find_highest_betweenness(network: Network) -> float:
    """The highest betweenness of a member (`Network.betweenness`)."""
    return rank_betweenness(network, np.arange(network.size))[0]


def rank_betweenness(network: Network, members: Ints) -> tuple[float, float, float]:
    """The highest betweenness of these members in the network, and ± 1.96 standard errors, at least 0.

    The two limits are NaN where it is exact, all three where there is none.
    """
    values, errors = (figures[members] for figures in network.betweenness)
    if not len(values) or np.isnan(values[0]):
        return NAN, NAN, NAN
    highest = int(values.argmax())
    value, reach = float(values[highest]), 1.96 * float(errors[highest])
    return (value, NAN, NAN) if network.is_exact else (value, max(value - reach, 0.0), value + reach)


def measure_modularity(network: Network) -> float:
    """Modularity of the Leiden communities (Newman & Girvan 2004); NaN without a tie."""
    return float(network.communities.modularity) if len(network.pairs) else NAN


def count_communities(network: Network) -> float:
    """Leiden communities of two members or more; NaN without a tie."""
    if not len(network.pairs):
        return NAN
    return float(sum(size > 1 for size in network.communities.sizes()))


def bound_sampling(network: Network, statistic: str) -> tuple[float, float]:
    """What drawing 200 members leaves open of the diameter or the mean path length; NaN where the figure is exact.

    The mean path length ± 1.96 standard errors, drawn without replacement. The diameter is at least the longest path
    that was met, and at most twice the reach of the drawn member who reaches all soonest.
    """
    if statistic not in ("diameter", "path_length") or network.is_exact:
        return NAN, NAN
    steps = network.steps
    if statistic == "diameter":
        is_joined = len(np.unique(network.components[network.largest])) == 1
        return float(len(steps)), 2.0 * float((steps > 0).sum(axis=0).min()) if is_joined else NAN
    means = np.arange(1, len(steps) + 1) @ steps / steps.sum(axis=0)
    left = 1 - len(means) / len(network.largest)
    error = 1.96 * float(np.sqrt(left * means.var(ddof=1) / len(means)))
    return float(means.mean()) - error, float(means.mean()) + error


QUICK: dict[str, Callable[[Network], Floats]] = {
    "mean_degree": mean_degree,
    "transitivity": measure_transitivity,
    "transitivity_directed": measure_directed_transitivity,
    "components": count_components,
    "centralisation": measure_centralisation,
    "degree_assortativity": measure_degree_assortativity,
}
ON_PATHS: dict[str, Callable[[Network], float]] = {
    "diameter": measure_diameter,
    "path_length": measure_path_length,
    "betweenness": find_highest_betweenness,
}
ON_COMMUNITIES: dict[str, Callable[[Network], float]] = {
    "modularity": measure_modularity,
    "communities": count_communities,
}


def measure_shape(network: Network, statistic: str) -> float:
    """One figure of one network, by the names of QUICK, ON_PATHS and ON_COMMUNITIES; NaN where there is none."""
    if statistic in QUICK:
        return float(QUICK[statistic](network)[0])
    return (ON_PATHS | ON_COMMUNITIES)[statistic](network)


STATISTICS = (*QUICK, *ON_PATHS, *ON_COMMUNITIES)
