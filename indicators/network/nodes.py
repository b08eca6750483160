"""Tables of members in networks: `network_nodes` (ties), `network_communities`, and `network_places` on the map."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from indicators.gate.reliability import RESPONSE_RATES, TOO_FEW_ANSWERED
from indicators.network.graphs import Ints, Network, make_network
from indicators.network.reading import Query, read_wave
from indicators.network.seeding import seed_igraph
from warehouse.derived import Made, register

NODES, COMMUNITIES, PLACES = "network_nodes", "network_communities", "network_places"
MOST_PLACED = 20_000
ITERATIONS = 100
RING = 1.15
DECIMALS = 4

_NODES = f"""
WITH rates AS ({RESPONSE_RATES})
SELECT f.wave_id, r.relation, f.member_id,
  coalesce(q.rate, 1.0) < {TOO_FEW_ANSWERED} AS is_withheld
FROM (SELECT DISTINCT wave_id, relation FROM arcs) r JOIN frames f ON f.wave_id = r.wave_id
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

    - `has_responded`: answered.
    - `degree`: partners in either direction; `in_degree`, `out_degree`: ties received and sent.
    - `burt_constraint`: Σⱼ(pᵢⱼ + Σ_q pᵢ_q p_qⱼ)² on the undirected graph (Burt 1992); empty without ties, and in waves
      in which fewer than 65 % answered.
    - `clustering`: ties among partners over pairs of partners, undirected; empty below two partners.
    - `is_in_largest_component`: of the undirected graph; of components as large the first member's.

    Reads `arcs`, `frames`, `waves` and `ties`; the same data give the same table.
    """
    table = _measure_waves(query, measure_positions)
    table.loc[table["is_withheld"], "burt_constraint"] = np.nan
    return table.drop(columns="is_withheld")


def make_communities(query: Query) -> pd.DataFrame:
    """The table `network_communities`: one row a wave, `relation` and member with ties, with the number of the `community`.

    Leiden on modularity, seeded; 1 is the largest. Reads what `network_nodes` does; the same data give the same table.
    """
    table = _measure_waves(query, number_communities)
    return table[table["community"] > 0].drop(columns="is_withheld")


def _measure_waves(query: Query, measure: Callable[[Network], pd.DataFrame]) -> pd.DataFrame:
    """Every member of every wave and relation in order, with what `measure` says of the members of a network."""
    rows = query(_NODES)
    networks = [
        network
        for wave in rows["wave_id"].drop_duplicates()
        for network in read_wave(query, str(wave)).networks.values()
    ]
    parts = [measure(network) for network in networks or [make_network(0, *np.zeros((2, 0), dtype=np.int64))]]
    return pd.concat([rows, pd.concat(parts, ignore_index=True)], axis=1)


def measure_positions(network: Network) -> pd.DataFrame:
    """The positions of every member of a network in order, one row a member, as `make_nodes` describes them."""
    degrees, is_tied = network.degrees, network.degrees > 0
    is_largest, constraint, clustering = np.zeros(network.size, bool), *np.full((2, network.size), np.nan)
    if is_tied.any():
        parts = np.array(network.undirected.connected_components().membership)
        is_largest = parts == np.bincount(parts).argmax()
        constraint = np.where(is_tied, np.array(network.undirected.constraint(), dtype=np.float64), np.nan)
        clustering = np.array(network.undirected.transitivity_local_undirected(mode="nan"), dtype=np.float64)
    return pd.DataFrame(
        {
            "has_responded": network.has_responded,
            "degree": degrees,
            "in_degree": np.bincount(network.receivers, minlength=network.size),
            "out_degree": np.bincount(network.senders, minlength=network.size),
            "burt_constraint": constraint,
            "clustering": clustering,
            "is_in_largest_component": is_largest,
        }
    )


def number_communities(network: Network) -> pd.DataFrame:
    """The `community` of every member of a network in order: from 1 by size, of equal sizes by the first member; 0 without ties."""
    number = np.zeros(network.size, dtype=np.int64)
    if len(network.pairs):
        membership = np.array(network.communities.membership, dtype=np.int64)
        _, first, kind, sizes = np.unique(
            membership, return_index=True, return_inverse=True, return_counts=True
        )
        places = np.argsort(np.lexsort((first, -sizes)))
        number = np.where(network.degrees > 0, places[kind] + 1, 0)
    return pd.DataFrame({"community": number})


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
register(Made(COMMUNITIES, ("arcs", "frames", "waves", "ties"), make_communities))
register(Made(PLACES, ("arcs", "frames", "waves"), make_places))
