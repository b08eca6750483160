"""The networks of a made-up community, put together row by row, and networks rewired tie by tie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from indicators.network.graphs import Ints, Network, make_network
from indicators.network.seeding import SEED, seed_igraph
from tests.indicators.random_community import WAVES, Community

Arcs = set[tuple[str, str]]


@dataclass(frozen=True)
class Drawn:
    """One network of a community: who is in the wave, who was asked, who responded, who is missing, the arcs."""

    wave: str
    relation: str
    nodes: tuple[str, ...]
    asked: frozenset[str]
    responded: frozenset[str]
    missing: frozenset[str]
    rate: float
    arcs: Arcs
    is_directed: bool

    @property
    def graph(self) -> Any:
        graph = nx.Graph()
        graph.add_nodes_from(self.nodes)
        graph.add_edges_from(self.arcs)
        return graph

    @property
    def as_asked(self) -> Any:
        if not self.is_directed:
            return self.graph
        graph = nx.DiGraph()
        graph.add_nodes_from(self.nodes)
        graph.add_edges_from(self.arcs)
        return graph


def list_networks(community: Community) -> Iterator[Drawn]:
    ties = [
        row
        for row in community.tables.get("ties", [])
        if row["wave_id"] in WAVES and row["from_member_id"] != row["to_member_id"]
    ]
    for relation in sorted({row["relation"] for row in ties}):
        own = [row for row in ties if row["relation"] == relation]
        is_directed = any(row.get("directed") is not False for row in own)
        for wave in WAVES:
            there = {(row["from_member_id"], row["to_member_id"]) for row in own if row["wave_id"] == wave}
            back = {
                (row["to_member_id"], row["from_member_id"])
                for row in own
                if row["wave_id"] == wave and row.get("directed") is False
            }
            if there:
                yield _draw(community, wave, relation, there | back, is_directed)


def _draw(community: Community, wave: str, relation: str, arcs: Arcs, is_directed: bool) -> Drawn:
    ties = [row for row in community.tables.get("ties", []) if row["wave_id"] == wave]
    answers = [row for row in community.tables.get("answers", []) if row["wave_id"] == wave]
    answered = {row["respondent_id"] for row in answers} | {row["from_member_id"] for row in ties}
    asked, responded, missing = set(), set(), set()
    eligible = 0
    invited = [row for row in community.tables.get("invitations", []) if row["wave_id"] == wave]
    for row in invited:
        name, disposition = row["member_id"], row["disposition"]
        asked.add(name)
        has_responded = disposition in ("complete", "partial") if disposition else name in answered
        if has_responded:
            responded.add(name)
        elif disposition != "ineligible":
            missing.add(name)
        eligible += disposition != "ineligible"
    if not invited:
        asked = {name for name in community.spells if community.is_member(name, WAVES[wave])}
        responded, eligible = set(asked), len(asked)
    rate = len(responded) / eligible if eligible else 1.0
    others = answered | {row["to_member_id"] for row in ties}
    nodes = asked | others
    responded |= others & answered - asked
    return Drawn(
        wave, relation, tuple(sorted(nodes)), frozenset(asked), frozenset(responded), frozenset(missing),
        rate, arcs, is_directed,
    )  # fmt: skip


def find_groups(community: Community, wave: str, attribute: str) -> dict[str, str | None]:
    """Each member's group as at the wave: the invitation's, else the member's own."""
    groups = {row["member_id"]: row.get(attribute) for row in community.tables["members"]}
    for row in community.tables.get("invitations", []):
        if row["wave_id"] == wave and row.get(attribute) is not None:
            groups[row["member_id"]] = row[attribute]
    for answer in community.tables.get("answers", []):
        groups.setdefault(answer["respondent_id"], None)
    return groups


def draw_network(seed: int, size: int, arcs: int, *, is_directed: bool = True) -> Network:
    """A network of so many members and ties drawn at random, of which ties to oneself and repeated ones are left out."""
    random = np.random.default_rng(seed)
    ends = random.integers(size, size=(2, arcs))
    return make_network(size, ends[0], ends[1], is_directed=is_directed)


def rewire_shares(network: Network, groups: Ints, draws: int) -> NDArray[np.float64]:
    """Share of ties across groups, one row a rewired network and one column an attribute; NaN where none is known.

    A Markov chain of swaps a → b, c → d to a → d, c → b, refused where that makes a tie to oneself or a second one,
    keeps every member's ties sent and received, or their partners where ties are undirected (Rao et al. 1996;
    Milo et al. 2003): 20 swaps tried a tie to begin with, 2 a tie between draws and by a coin one more, without which
    a network of few ties would come back to itself every second swap; seeded.
    """
    shares = np.full((draws, groups.shape[1]), np.nan)
    graph = network.graph.copy()
    ties = graph.ecount()
    coins = np.random.default_rng(SEED).integers(2, size=draws) if ties else ()
    with seed_igraph(), np.errstate(invalid="ignore"):
        graph.rewire(n=20 * ties)
        for draw, coin in enumerate(coins):
            graph.rewire(n=2 * ties + int(coin))
            own, others = (groups[side] for side in np.array(graph.get_edgelist(), dtype=np.int64).T)
            is_known = (own >= 0) & (others >= 0)
            shares[draw] = ((own != others) & is_known).sum(axis=0) / is_known.sum(axis=0)
    return shares
