"""One network and the figures of its shape, on igraph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from indicators.network.seeding import seed_igraph

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
NAN = float("nan")
FEW, MOST_EXACT = 1_000, 10_000
FACTS: tuple[str, ...] = (
    "period",
    "member_id",
    "relation",
    "position",
    "node",
    "other",
    "is_directed",
    "has_responded",
    "is_missing",
    "betweenness",
    "size",
)


@dataclass(frozen=True, eq=False)
class Network:
    """Members 0 … size − 1 and the arcs between them, each once, in order of sender and receiver, none to oneself.

    An undirected tie is two arcs; `is_directed` is false where the survey asked for undirected ties. `is_everybody`
    tells the whole network of a wave from that of a group, which holds the ties among its own members only.
    """

    size: int
    senders: Ints
    receivers: Ints
    is_directed: bool
    has_responded: Bools
    is_missing: Bools
    is_everybody: bool = True

    @cached_property
    def key(self) -> tuple[int, bytes, bytes, bool, bytes, bytes]:
        """The network as a key of a cache."""
        return (
            self.size,
            self.senders.tobytes(),
            self.receivers.tobytes(),
            self.is_directed,
            self.has_responded.tobytes(),
            self.is_missing.tobytes(),
        )

    @cached_property
    def pairs(self) -> Ints:
        """Pairs of members with a tie in either direction, the lower one first: one row a pair."""
        lower, upper = np.minimum(self.senders, self.receivers), np.maximum(self.senders, self.receivers)
        codes = np.unique(lower * self.size + upper)
        return np.column_stack((codes // max(self.size, 1), codes % max(self.size, 1)))

    @cached_property
    def undirected(self) -> Any:
        """The simple undirected graph: two members are partners if either named the other."""
        import igraph

        return igraph.Graph(self.size, self.pairs.tolist(), directed=False)

    @cached_property
    def graph(self) -> Any:
        """The graph as it was asked for: directed, or undirected."""
        import igraph

        if not self.is_directed:
            return self.undirected
        arcs = np.column_stack((self.senders, self.receivers))
        return igraph.Graph(self.size, arcs.tolist(), directed=True)

    @cached_property
    def degrees(self) -> Ints:
        """Partners of each member, in either direction."""
        return np.bincount(self.pairs.ravel(), minlength=self.size)

    @cached_property
    def largest(self) -> Any:
        """The undirected graph of the largest component; of all of them, where several are as large."""
        parts = self.undirected.connected_components()
        sizes = np.array(parts.sizes())
        if not len(sizes):
            return self.undirected
        return self.undirected.induced_subgraph(
            np.flatnonzero(sizes[parts.membership] == sizes.max()).tolist()
        )

    @cached_property
    def path_counts(self) -> NDArray[np.float64]:
        """Pairs of the largest component by the length of their shortest path: element k − 1 for length k."""
        bins = self.largest.path_length_hist(directed=False).bins()
        return np.array([count for _, _, count in bins], dtype=np.float64)

    @cached_property
    def communities(self) -> Any:
        """Communities by the Leiden algorithm on modularity, seeded (Traag et al. 2019).

        Up to 1,000 members the best of 20 runs of two iterations each, beyond that one run of 20, beyond 10,000 of two.
        To iterate until nothing improves could take for ever: of some small networks igraph then takes two partitions
        of equal quality in turn.
        """
        runs, iterations = (20, 2) if self.size <= FEW else (1, 20) if self.size <= MOST_EXACT else (1, 2)
        with seed_igraph():
            found = [
                self.undirected.community_leiden(objective_function="modularity", n_iterations=iterations)
                for _ in range(runs)
            ]
        return max(found, key=attrgetter("modularity"))


def make_network(size: int, senders: Ints, receivers: Ints, *, is_directed: bool = True) -> Network:
    """A network of which everybody answered, from arcs in any order, with repeated ones and ties to oneself."""
    kept = senders != receivers
    codes = np.unique(senders[kept].astype(np.int64) * size + receivers[kept])
    if not is_directed:
        codes = np.unique(np.concatenate((codes, codes % max(size, 1) * size + codes // max(size, 1))))
    nobody = np.zeros(size, dtype=bool)
    return Network(size, codes // max(size, 1), codes % max(size, 1), is_directed, ~nobody, nobody)


def read_network(rows: pd.DataFrame) -> Network:
    """The network of one cell of facts: a row a member (`other` is −1) and a row an arc, numbered within the wave.

    Arcs to members outside the cell are left out: the network of a group is that among its members.
    """
    node, other = rows["node"].to_numpy(dtype=np.int64), rows["other"].to_numpy(dtype=np.int64)
    is_member = other < 0
    places = np.flatnonzero(is_member)
    places = places[np.argsort(node[places], kind="stable")]
    nodes = node[places]
    senders, receivers = node[~is_member], other[~is_member]
    order = np.lexsort((receivers, senders))
    senders = np.searchsorted(nodes, senders[order])
    receivers = receivers[order]
    found = np.searchsorted(nodes, receivers)
    is_inside = nodes[np.minimum(found, len(nodes) - 1)] == receivers if len(nodes) else found < 0
    return Network(
        size=len(nodes),
        senders=senders[is_inside],
        receivers=found[is_inside],
        is_directed=bool(rows["is_directed"].iloc[0]),
        has_responded=rows["has_responded"].to_numpy(dtype=bool)[places],
        is_missing=rows["is_missing"].to_numpy(dtype=bool)[places],
        is_everybody=len(nodes) == int(rows["size"].iloc[0]),
    )


def mean_degree(network: Network) -> float:
    """2m / n: m pairs with a tie in either direction."""
    return 2 * len(network.pairs) / network.size if network.size else NAN


def measure_transitivity(network: Network) -> float:
    """3 × triangles / connected triples of the undirected graph (Wasserman & Faust 1994); NaN without a triple."""
    return float(network.undirected.transitivity_undirected(mode="nan"))


def measure_directed_transitivity(network: Network) -> float:
    """Of the two-step paths i → j → k with i ≠ k, the share with a tie i → k; NaN without a path."""
    ones = np.ones(len(network.senders))
    shape = (network.size, network.size)
    ties = sparse.csr_array((ones, (network.senders, network.receivers)), shape=shape)
    paths = ties @ ties
    every = float(paths.sum() - paths.diagonal().sum())
    return float((paths * ties).sum()) / every if every else NAN


def count_components(network: Network) -> float:
    """Parts that no tie joins; a member without ties is a part."""
    return float(len(network.undirected.connected_components())) if network.size else NAN


def is_exact(network: Network) -> bool:
    """Whether every shortest path can be followed in time: with up to 10,000 members in the largest component."""
    return bool(network.largest.vcount() <= MOST_EXACT)


def measure_diameter(network: Network) -> float:
    """The longest of the shortest paths in the largest component; NaN without a tie and beyond 10,000 members."""
    return float(len(network.path_counts)) if len(network.pairs) and is_exact(network) else NAN


def measure_path_length(network: Network) -> float:
    """Mean length of the shortest paths between the pairs of the largest component.

    NaN without a tie and beyond 10,000 members.
    """
    if not len(network.pairs) or not is_exact(network):
        return NAN
    counts = network.path_counts
    return float((counts * np.arange(1, len(counts) + 1)).sum() / counts.sum())


def measure_centralisation(network: Network) -> float:
    """Σ(max − kᵢ) / ((n − 1)(n − 2)): 1 for a star, 0 where all have as many partners (Freeman 1978)."""
    n = network.size
    if n < 3:
        return NAN
    return float((network.degrees.max() - network.degrees).sum()) / ((n - 1) * (n - 2))


def measure_modularity(network: Network) -> float:
    """Modularity of the Leiden communities (Newman & Girvan 2004); NaN without a tie."""
    return float(network.communities.modularity) if len(network.pairs) else NAN


def count_communities(network: Network) -> float:
    """Leiden communities of two members or more; NaN without a tie."""
    if not len(network.pairs):
        return NAN
    return float(sum(size > 1 for size in network.communities.sizes()))


def measure_degree_assortativity(network: Network) -> float:
    """Correlation of the partner counts on the two sides of a tie (Newman 2002); NaN where all are alike."""
    ends = network.degrees[network.pairs]
    if not len(ends) or (ends == ends[0, 0]).all():
        return NAN
    return float(network.undirected.assortativity_degree(directed=False))


def find_highest_betweenness(network: Network) -> float:
    """The highest betweenness of a member, along the direction of ties where they have one (Freeman 1977)."""
    return float(max(network.graph.betweenness(), default=NAN))


Statistic = Callable[[Network], float]
QUICK: dict[str, Statistic] = {
    "mean_degree": mean_degree,
    "transitivity": measure_transitivity,
    "transitivity_directed": measure_directed_transitivity,
    "components": count_components,
    "centralisation": measure_centralisation,
    "degree_assortativity": measure_degree_assortativity,
}
ON_PATHS: dict[str, Statistic] = {
    "diameter": measure_diameter,
    "path_length": measure_path_length,
    "betweenness": find_highest_betweenness,
}
ON_COMMUNITIES: dict[str, Statistic] = {
    "modularity": measure_modularity,
    "communities": count_communities,
}
STATISTICS: dict[str, Statistic] = QUICK | ON_PATHS | ON_COMMUNITIES
