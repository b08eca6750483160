"""The tables `network_nodes`, who stands where in each network, and `network_places`, where each is on the map."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from indicators.gate.reliability import RESPONSE_RATES, TOO_FEW_ANSWERED
from indicators.network.graphs import Ints, Network, make_network
from indicators.network.reading import Query, read_wave
from indicators.network.seeding import seed_igraph
from warehouse.derived import Made, register

NODES, PLACES = "network_nodes", "network_places"
MOST_PLACED = 20_000
ITERATIONS = 100
RING = 1.15
DECIMALS = 4

_NODES = f"""
WITH rates AS ({RESPONSE_RATES})
SELECT f.wave_id, r.relation, f.member_id,
  dense_rank() OVER (PARTITION BY w.survey_id, r.relation ORDER BY f.member_id) - 1 AS node,
  coalesce(q.rate, 1.0) < {TOO_FEW_ANSWERED} AS is_withheld
FROM (SELECT DISTINCT wave_id, relation FROM arcs) r
JOIN waves w ON w.wave_id = r.wave_id JOIN frames f ON f.wave_id = r.wave_id
LEFT JOIN rates q ON q.wave_id = f.wave_id
ORDER BY f.wave_id, r.relation, f.member_id"""

_MEMBERS = """
SELECT DISTINCT w.survey_id, r.relation, f.member_id
FROM (SELECT DISTINCT wave_id, relation FROM arcs) r
JOIN waves w ON w.wave_id = r.wave_id JOIN frames f ON f.wave_id = r.wave_id
ORDER BY w.survey_id, r.relation, f.member_id"""

_TIES = f"""
WITH members AS (
  SELECT survey_id, relation, member_id,
    row_number() OVER (PARTITION BY survey_id, relation ORDER BY member_id) - 1 AS node FROM ({_MEMBERS})
)
SELECT DISTINCT w.survey_id, a.relation, s.node AS sender, t.node AS receiver
FROM arcs a JOIN waves w ON w.wave_id = a.wave_id
JOIN members s ON s.survey_id = w.survey_id AND s.relation = a.relation AND s.member_id = a.from_id
JOIN members t ON t.survey_id = w.survey_id AND t.relation = a.relation AND t.member_id = a.to_id
ORDER BY w.survey_id, a.relation, sender, receiver"""


def make_nodes(query: Query) -> pd.DataFrame:
    """The table `network_nodes`: one row a wave (`wave_id`), `relation` and `member_id` in the wave, tied or not.

    - `node`: the member's number in the survey's relation, in order of member_id, the same in every wave.
    - `is_directed`: false where every tie of the relation in the survey is marked as undirected.
    - `has_responded`, `is_missing`: answered; was asked, could answer and did not.
    - `degree`: partners in either direction; `in_degree`, `out_degree`: ties received and sent.
    - `betweenness`: shortest paths that run through the member (Freeman 1977), along the direction of ties where they
      have one; an estimate from 200 members beyond 2,000 members in the largest component, empty beyond 100,000 in the
      wave.
    - `burt_constraint`: Σⱼ(pᵢⱼ + Σ_q pᵢ_q p_qⱼ)² on the undirected graph (Burt 1992); empty without ties.
    - `clustering`: ties among partners over pairs of partners, undirected; empty below two partners.
    - `component_size`, `is_in_largest_component`: of the undirected graph; of components as large the first member's.
    - `community`: Leiden on modularity, seeded; 1 is the largest; empty without ties.

    Betweenness and constraint are empty in waves in which fewer than 65 % answered. Reads `arcs`, `frames`, `waves` and
    `ties`; the same data give the same table.
    """
    rows = query(_NODES)
    parts = []
    for wave in rows["wave_id"].drop_duplicates():
        for network in read_wave(query, str(wave)).networks.values():
            parts.append(measure_positions(network))
    if not parts:
        parts.append(measure_positions(make_network(0, *np.zeros((2, 0), dtype=np.int64))))
    table = pd.concat([rows, pd.concat(parts, ignore_index=True)], axis=1)
    table.loc[table["is_withheld"], ["betweenness", "burt_constraint"]] = np.nan
    return table.drop(columns="is_withheld")


def measure_positions(network: Network) -> pd.DataFrame:
    """The positions of every member of a network in order, one row a member, as `make_nodes` describes them."""
    graph, degrees = network.undirected, network.degrees
    sizes = np.bincount(network.components)
    largest = int(sizes.argmax()) if len(network.pairs) else -1
    is_tied = degrees > 0
    return pd.DataFrame(
        {
            "is_directed": network.is_directed,
            "has_responded": network.has_responded,
            "is_missing": network.is_missing,
            "degree": degrees,
            "in_degree": np.bincount(network.receivers, minlength=network.size),
            "out_degree": np.bincount(network.senders, minlength=network.size),
            "betweenness": network.betweenness[0],
            "burt_constraint": np.where(is_tied, np.array(graph.constraint(), dtype=np.float64), np.nan),
            "clustering": np.array(graph.transitivity_local_undirected(mode="nan"), dtype=np.float64),
            "component_size": sizes[network.components],
            "is_in_largest_component": network.components == largest,
            "community": pd.array(_number_communities(network.communities), dtype="Int64"),
        }
    ).assign(community=lambda table: table["community"].where(is_tied))


def _number_communities(communities: Any) -> Ints:
    """Each member's community, numbered from 1 by size, of equal sizes by the first member."""
    membership = np.array(communities.membership, dtype=np.int64)
    kinds, first, sizes = np.unique(membership, return_index=True, return_counts=True)
    number = np.empty(len(kinds), dtype=np.int64)
    number[np.lexsort((first, -sizes))] = np.arange(1, len(kinds) + 1)
    return number[np.searchsorted(kinds, membership)]


def make_places(query: Query) -> pd.DataFrame:
    """The table `network_places`: one row a `survey_id`, `relation` and `member_id` of any wave, with `x` and `y`.

    A place on the map within 1.2 of the origin, the same in every wave of the survey: Fruchterman–Reingold on the ties of
    all waves together, seeded; members without any tie stand on a ring around. Empty beyond 20,000 members. Reads
    `arcs`, `frames` and `waves`; the same data give the same places.
    """
    table = query(_MEMBERS)
    ties = query(_TIES)
    ends = dict(list(ties.groupby(["survey_id", "relation"], sort=False)))
    places = [
        np.column_stack(
            place_nodes(
                len(members), *(ends[key][side].to_numpy(np.int64) for side in ("sender", "receiver"))
            )
        )
        for key, members in table.groupby(["survey_id", "relation"], sort=False)
    ]
    x, y = np.concatenate(places).T if places else np.zeros((2, 0))
    return table.assign(x=x, y=y)


def place_nodes(size: int, senders: Ints, receivers: Ints) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coordinates of `size` members by the ties of all waves: within 1 of the origin, without ties on a ring at 1.15.

    NaN for all beyond 20,000 members, a map of whom nobody could read.
    """
    if size > MOST_PLACED:
        return np.full(size, np.nan), np.full(size, np.nan)
    nodes, ends = np.unique(np.concatenate((senders, receivers)), return_inverse=True)
    places = np.empty((size, 2))
    if len(nodes):
        network = make_network(len(nodes), *np.split(ends, 2))
        with seed_igraph():
            layout = network.undirected.layout_fruchterman_reingold(niter=ITERATIONS)
        spots = np.array(layout.coords)
        spots -= spots.mean(axis=0)
        places[nodes] = spots / max(float(np.hypot(*spots.T).max()), 1e-9)
    alone = np.setdiff1d(np.arange(size), nodes)
    angles = 2 * np.pi * np.arange(len(alone)) / max(len(alone), 1)
    places[alone] = RING * np.column_stack((np.cos(angles), np.sin(angles)))
    places = places.round(DECIMALS) + 0.0
    return places[:, 0], places[:, 1]


register(Made(NODES, ("arcs", "frames", "waves", "ties"), make_nodes))
register(Made(PLACES, ("arcs", "frames", "waves"), make_places))
