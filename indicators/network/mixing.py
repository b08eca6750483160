"""Ties across groups against random mixing: the network rewired with everybody's ties sent and received kept."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from indicators.network.graphs import FACTS, NAN, Ints, Network, read_network
from indicators.network.seeding import SEED, seed_igraph
from warehouse.contracts import NOT_RECORDED

DRAWS = 1_000
BURN_IN = 20
THINNING = 2
_TOLERANCE = 1e-12
_AT_ONCE = 20_000


class Mixing(NamedTuple):
    """Ties across groups, as observed and in each draw, as shares of the ties with both groups recorded."""

    external: int
    total: int
    members: int
    draws: NDArray[np.float64]

    @property
    def observed(self) -> float:
        return self.external / self.total

    @property
    def expected(self) -> float:
        return float(self.draws.mean())

    @property
    def limits(self) -> tuple[float, float]:
        """2.5 and 97.5 percentile of the draws."""
        low, high = np.quantile(self.draws, (0.025, 0.975))
        return float(low), float(high)

    @property
    def p(self) -> float:
        """(1 + draws at least as far from their mean as the observed share) / (draws + 1): two-sided."""
        distances = np.abs(self.draws - self.expected)
        as_far = int((distances >= abs(self.observed - self.expected) - _TOLERANCE).sum())
        return (1 + as_far) / (len(self.draws) + 1)


def count_draws(arcs: int) -> int:
    """1,000 draws up to 20,000 arcs, 200 up to 100,000, 100 beyond."""
    if arcs <= 20_000:
        return DRAWS
    return 200 if arcs <= 100_000 else 100


def read_groups(rows: pd.DataFrame) -> tuple[tuple[str, ...], Ints]:
    """The attributes in the facts of one network, and each member's group of each: a number, −1 if not recorded."""
    names = tuple(sorted(name for name in rows.columns if name not in FACTS))
    members = rows[rows["other"] < 0].sort_values("node", kind="stable")
    groups = np.full((len(members), len(names)), -1, dtype=np.int64)
    for place, name in enumerate(names):
        codes, values = pd.factorize(members[name], sort=True)
        is_known = np.array([value != NOT_RECORDED for value in values], dtype=bool)
        groups[:, place] = np.where(is_known[codes], codes, -1) if len(values) else -1
    return names, groups


def compare_mixing(rows: pd.DataFrame, attribute: str) -> Mixing | None:
    """Mixing by an attribute in the network of one cell of facts; None without a tie that has both groups recorded.

    The draws are made once for all attributes of a network.
    """
    network = read_network(rows)
    names, groups = read_groups(rows)
    drawn = _draw_shares(
        network.size, network.senders.tobytes(), network.receivers.tobytes(), network.is_directed,
        groups.shape[1], groups.tobytes(),
    )  # fmt: skip
    place = names.index(attribute)
    own, others = groups[network.senders, place], groups[network.receivers, place]
    is_known = (own >= 0) & (others >= 0)
    shares = drawn[:, place]
    shares = shares[~np.isnan(shares)]
    if not is_known.any() or not len(shares):
        return None
    return Mixing(
        external=int((own != others)[is_known].sum()),
        total=int(is_known.sum()),
        members=len(np.unique(network.senders[is_known])),
        draws=shares,
    )


@lru_cache(maxsize=16)
def _draw_shares(
    size: int, senders: bytes, receivers: bytes, is_directed: bool, width: int, groups: bytes
) -> NDArray[np.float64]:
    nobody = np.zeros(size, dtype=bool)
    network = Network(
        size, np.frombuffer(senders, np.int64), np.frombuffer(receivers, np.int64), is_directed, ~nobody, nobody
    )  # fmt: skip
    return draw_shares(network, np.frombuffer(groups, np.int64).reshape(size, width))


def draw_shares(network: Network, groups: Ints) -> NDArray[np.float64]:
    """Share of ties across groups, one row a rewired network and one column an attribute; NaN where none is known.

    A Markov chain of swaps a → b, c → d to a → d, c → b, refused where that makes a tie to oneself or a second one,
    keeps every member's ties sent and received, or their partners where ties are undirected (Rao et al. 1996;
    Milo et al. 2003): 20 swaps tried a tie to begin with, 2 a tie between draws and by a coin one more, without which
    a network of few ties would come back to itself every second swap; seeded.
    """
    draws = np.full((count_draws(len(network.senders)), groups.shape[1]), NAN)
    graph = network.graph.copy()
    ties = graph.ecount()
    if not ties:
        return draws
    step = max(1, _AT_ONCE // ties)
    coins = np.random.default_rng(SEED).integers(2, size=len(draws))
    with seed_igraph(), np.errstate(invalid="ignore"):
        graph.rewire(n=BURN_IN * ties)
        for first in range(0, len(draws), step):
            edges = []
            for coin in coins[first : first + step].tolist():
                graph.rewire(n=THINNING * ties + coin)
                edges.append(graph.get_edgelist())
            ends = groups[np.array(edges, dtype=np.int64)]
            own, others = ends[:, :, 0], ends[:, :, 1]
            is_known = (own >= 0) & (others >= 0)
            crossing = ((own != others) & is_known).sum(axis=1)
            draws[first : first + step] = crossing / is_known.sum(axis=1)
    return draws


def measure_assortativity(network: Network, groups: Ints) -> float:
    """(Σeᵢᵢ − Σaᵢbᵢ) / (1 − Σaᵢbᵢ) over the ties with both groups recorded (Newman 2003); NaN with one group only."""
    own, others = groups[network.senders], groups[network.receivers]
    is_known = (own >= 0) & (others >= 0)
    own, others = own[is_known], others[is_known]
    if not len(own):
        return NAN
    kinds = int(groups.max()) + 1
    sent, received = (np.bincount(side, minlength=kinds) / len(own) for side in (own, others))
    by_chance = float(sent @ received)
    return (float((own == others).mean()) - by_chance) / (1 - by_chance) if by_chance < 1 else NAN
