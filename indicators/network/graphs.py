"""One network as arrays of integers, and the graphs that igraph makes of it, each made once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from indicators.network.seeding import SEED, seed_igraph
from indicators.network.steps import count_steps

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Kept = TypeVar("Kept")
NAN = float("nan")
FEW, MANY = 1_000, 10_000
MOST_EXACT, MOST_RANKED = 2_000, 100_000
PIVOTS = 200


@dataclass(frozen=True, eq=False)
class Network:
    """Members 0 … size − 1 and the arcs between them, each once, none to oneself.

    An undirected tie is two arcs; `is_directed` is false where the survey asked for undirected ties. `is_everybody`
    tells the whole network of a wave from that of a group, which holds the ties among its own members only.

    With `copies`, it is so many networks of `size` members side by side, member v of the network c (from 0) being the
    node c·size + v: their statistics are worked out together.
    """

    size: int
    senders: Ints
    receivers: Ints
    is_directed: bool
    has_responded: Bools
    is_missing: Bools
    is_everybody: bool = True
    copies: int = 1
    _kept: dict[str, Any] = field(default_factory=dict, repr=False)

    def keep(self, name: str, make: Callable[[Network], Kept]) -> Kept:
        """What `make` gives for this network, made once."""
        if name not in self._kept:
            self._kept[name] = make(self)
        kept: Kept = self._kept[name]
        return kept

    @cached_property
    def pairs(self) -> Ints:
        """Pairs of members with a tie in either direction, the lower one first: one row a pair."""
        nodes = max(self.size * self.copies, 1)
        lower, upper = np.minimum(self.senders, self.receivers), np.maximum(self.senders, self.receivers)
        codes = sort_codes(lower * nodes + upper)
        return np.column_stack((codes // nodes, codes % nodes))

    @cached_property
    def degrees(self) -> Ints:
        """Partners of each member, in either direction."""
        return np.bincount(self.pairs.ravel(), minlength=self.size * self.copies)

    @cached_property
    def components(self) -> Ints:
        """The number of each member's component, ties counting in either direction."""
        from scipy import sparse

        nodes = self.size * self.copies
        ones = np.ones(len(self.pairs), dtype=np.int8)
        ties = sparse.csr_array((ones, (self.pairs[:, 0], self.pairs[:, 1])), shape=(nodes, nodes))
        return np.asarray(sparse.csgraph.connected_components(ties, directed=False)[1], dtype=np.int64)

    @cached_property
    def largest(self) -> Ints:
        """The members of the largest component; of all of them, where several are as large."""
        sizes = np.bincount(self.components)
        return np.flatnonzero(sizes[self.components] == sizes.max(initial=0))

    @property
    def is_exact(self) -> bool:
        """Whether every shortest path is followed: with up to 2,000 members in the largest component."""
        return not len(self.pairs) or len(self.largest) <= MOST_EXACT

    @cached_property
    def undirected(self) -> Any:
        """The simple undirected graph: two members are partners if either named the other."""
        import igraph

        return igraph.Graph(self.size, self.pairs, directed=False)

    @cached_property
    def graph(self) -> Any:
        """The graph as it was asked for: directed, or undirected."""
        import igraph

        if not self.is_directed:
            return self.undirected
        return igraph.Graph(self.size, np.column_stack((self.senders, self.receivers)), directed=True)

    @cached_property
    def steps(self) -> Ints:
        """How many members of the largest component are 1, 2, … steps away: a row a step, a column a member of it.

        Of every member up to 2,000, beyond that of 200 drawn at random without replacement, seeded.
        """
        places = np.full(self.size, -1)
        places[self.largest] = np.arange(len(self.largest))
        pairs = places[self.pairs]
        sources = np.arange(len(self.largest)) if self.is_exact else _draw_pivots(len(self.largest))
        return count_steps(len(self.largest), pairs[pairs[:, 0] >= 0], sources)

    @cached_property
    def betweenness(self) -> tuple[Floats, Floats]:
        """Shortest paths that run through each member (Freeman 1977), and the standard error of that number.

        Along the direction of ties where they have one. Exact, with an error of 0, up to 2,000 members in the largest
        component. Beyond, N / k Σ over k = 200 of the N members with a tie, drawn without replacement and seeded, of the
        paths from that member which run through it (Brandes & Pich 2007); its error is N √((1 − k / N) s² / k). NaN in
        networks of more than 100,000 members, where it would take too long.
        """
        if self.size > MOST_RANKED:
            return np.full(self.size, NAN), np.full(self.size, NAN)
        if self.is_exact:
            return np.array(self.graph.betweenness(), dtype=np.float64), np.zeros(self.size)
        tied = np.flatnonzero(self.degrees)
        pivots = tied[_draw_pivots(len(tied))]
        mean, spread = np.zeros(self.size), np.zeros(self.size)
        for place, pivot in enumerate(pivots.tolist(), start=1):
            through = np.array(self.graph.betweenness(sources=[pivot]), dtype=np.float64)
            step = through - mean
            mean += step / place
            spread += step * (through - mean)
        number, drawn = len(tied), len(pivots)
        error = np.sqrt((1 - drawn / number) * spread / (drawn - 1) / drawn)
        return number * mean, number * error

    @cached_property
    def communities(self) -> Any:
        """Communities by the Leiden algorithm on modularity, seeded (Traag et al. 2019).

        Up to 1,000 members the best of 20 runs of two iterations each, beyond that one run of 20, beyond 10,000 of two.
        To iterate until nothing improves could take for ever: of some small networks igraph then takes two partitions
        of equal quality in turn.
        """
        runs, iterations = (20, 2) if self.size <= FEW else (1, 20) if self.size <= MANY else (1, 2)
        with seed_igraph():
            found = [
                self.undirected.community_leiden(objective_function="modularity", n_iterations=iterations)
                for _ in range(runs)
            ]
        return max(found, key=attrgetter("modularity"))


def sort_codes(codes: Ints) -> Ints:
    """The codes in order, each once; several times as fast as `np.unique`, which hashes them."""
    ordered: Ints = np.sort(codes)
    is_first: Bools = np.diff(ordered, prepend=-1) != 0
    return np.asarray(ordered[is_first])


def are_in(codes: Ints, held: Ints) -> Bools:
    """Which of the codes are held; those held are in order."""
    if not len(held):
        return np.zeros(len(codes), dtype=bool)
    return np.asarray(held[np.minimum(np.searchsorted(held, codes), len(held) - 1)] == codes)


def _draw_pivots(number: int) -> Ints:
    """Which of so many members are drawn: 200 of them, or all."""
    random = np.random.default_rng(SEED)
    return np.sort(random.choice(number, min(number, PIVOTS), replace=False))


def make_network(size: int, senders: Ints, receivers: Ints, *, is_directed: bool = True) -> Network:
    """A network of which everybody answered, from arcs in any order, with repeated ones and ties to oneself."""
    kept = senders != receivers
    codes = sort_codes(senders[kept].astype(np.int64) * size + receivers[kept])
    if not is_directed:
        codes = sort_codes(np.concatenate((codes, codes % max(size, 1) * size + codes // max(size, 1))))
    nobody = np.zeros(size, dtype=bool)
    return Network(size, codes // max(size, 1), codes % max(size, 1), is_directed, ~nobody, nobody)


def induce_network(network: Network, members: Ints) -> Network:
    """The network among these members (numbers in ascending order), numbered anew in that order."""
    if len(members) == network.size:
        return network
    places = np.full(network.size, -1)
    places[members] = np.arange(len(members))
    senders, receivers = places[network.senders], places[network.receivers]
    is_inside = (senders >= 0) & (receivers >= 0)
    return Network(
        len(members),
        senders[is_inside],
        receivers[is_inside],
        network.is_directed,
        network.has_responded[members],
        network.is_missing[members],
        is_everybody=False,
    )
