"""The table `network_nodes`: who stands where in each network of a release, and a place on the map for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from indicators.gate.reliability import RESPONSE_RATES, TOO_FEW_ANSWERED
from indicators.network.graphs import MOST_EXACT, Ints, make_network
from indicators.network.seeding import seed_igraph
from warehouse.derived import Made, register

NETWORK_NODES = "network_nodes"

MOST_PLACED = 20_000
MOST_GROUPED = 100_000
RING = 1.15
DECIMALS = 4

_MEMBERS = """
CREATE TEMP TABLE network_members AS
SELECT *, row_number() OVER (PARTITION BY survey_id, relation ORDER BY member_id) - 1 AS node FROM (
  SELECT DISTINCT w.survey_id, r.relation, f.member_id
  FROM (SELECT DISTINCT wave_id, relation FROM arcs) r
  JOIN waves w ON w.wave_id = r.wave_id JOIN frames f ON f.wave_id = r.wave_id
)"""

_NETWORKS = """
SELECT n.survey_id, n.relation, n.size, d.is_directed FROM (
  SELECT survey_id, relation, count(*) AS size FROM network_members GROUP BY survey_id, relation
) n JOIN network_directions d ON d.survey_id = n.survey_id AND d.relation = n.relation
ORDER BY n.survey_id, n.relation"""

_WAVES = """
SELECT DISTINCT a.wave_id FROM arcs a JOIN waves w ON w.wave_id = a.wave_id
WHERE w.survey_id = ? AND a.relation = ? ORDER BY a.wave_id"""

_ARCS = """
SELECT s.node AS sender, t.node AS receiver FROM arcs a
JOIN network_members s ON s.survey_id = $1 AND s.relation = $2 AND s.member_id = a.from_id
JOIN network_members t ON t.survey_id = $1 AND t.relation = $2 AND t.member_id = a.to_id
WHERE a.wave_id = $3 AND a.relation = $2"""

_DIRECTIONS = """
CREATE TEMP TABLE network_directions AS
SELECT w.survey_id, t.relation, bool_or(coalesce(t.directed, true)) AS is_directed
FROM ties t JOIN waves w ON w.wave_id = t.wave_id GROUP BY w.survey_id, t.relation"""

_TEMPORARY = """
CREATE TEMP TABLE network_places (survey_id VARCHAR, relation VARCHAR, node BIGINT, x DOUBLE, y DOUBLE);
CREATE TEMP TABLE network_positions (wave_id VARCHAR, relation VARCHAR, node BIGINT, degree BIGINT, in_degree BIGINT,
  out_degree BIGINT, betweenness DOUBLE, burt_constraint DOUBLE, clustering DOUBLE, component_size BIGINT,
  is_in_largest_component BOOLEAN, community BIGINT)"""

_NODES = f"""
CREATE TABLE {NETWORK_NODES} AS
WITH rates AS ({RESPONSE_RATES}),
exact AS (SELECT wave_id, relation FROM network_positions GROUP BY wave_id, relation HAVING count(betweenness) > 0)
SELECT f.wave_id, m.relation, f.member_id, m.node, d.is_directed, f.has_responded,
  f.is_asked AND NOT f.has_responded AND f.disposition IS DISTINCT FROM 'ineligible' AS is_missing,
  coalesce(p.degree, 0) AS degree, coalesce(p.in_degree, 0) AS in_degree, coalesce(p.out_degree, 0) AS out_degree,
  CASE WHEN coalesce(q.rate, 1.0) < {TOO_FEW_ANSWERED} OR e.wave_id IS NULL THEN NULL
    ELSE coalesce(p.betweenness, 0.0) END AS betweenness,
  CASE WHEN coalesce(q.rate, 1.0) < {TOO_FEW_ANSWERED} THEN NULL ELSE p.burt_constraint END AS burt_constraint,
  p.clustering, coalesce(p.component_size, 1) AS component_size,
  coalesce(p.is_in_largest_component, false) AS is_in_largest_component, p.community, l.x, l.y
FROM (SELECT DISTINCT wave_id, relation FROM arcs) r
JOIN waves w ON w.wave_id = r.wave_id
JOIN network_directions d ON d.survey_id = w.survey_id AND d.relation = r.relation
JOIN frames f ON f.wave_id = r.wave_id
JOIN network_members m ON m.survey_id = w.survey_id AND m.relation = r.relation AND m.member_id = f.member_id
LEFT JOIN network_positions p ON p.wave_id = f.wave_id AND p.relation = m.relation AND p.node = m.node
LEFT JOIN exact e ON e.wave_id = f.wave_id AND e.relation = m.relation
LEFT JOIN rates q ON q.wave_id = f.wave_id
LEFT JOIN network_places l ON l.survey_id = m.survey_id AND l.relation = m.relation AND l.node = m.node
ORDER BY f.wave_id, m.relation, f.member_id"""


def build_nodes(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the table `network_nodes`: one row a wave, relation and member in the wave, tied or not.

    - `node`: the member's number in the survey's relation, in order of member_id, the same in every wave.
    - `is_directed`: false where every tie of the relation in the survey is marked as undirected.
    - `has_responded`, `is_missing`: answered; was asked, could answer and did not.
    - `degree`: partners in either direction; `in_degree`, `out_degree`: ties received and sent.
    - `betweenness`: shortest paths that run through the member (Freeman 1977), along the direction of ties where they
      have one; NULL beyond 10,000 members with ties in a wave, where it would take too long.
    - `burt_constraint`: Σⱼ(pᵢⱼ + Σ_q pᵢ_q p_qⱼ)² on the undirected graph (Burt 1992); NULL without ties.
    - `clustering`: ties among partners over pairs of partners, undirected; NULL below two partners.
    - `component_size`, `is_in_largest_component`: of the undirected graph.
    - `community`: Leiden on modularity, seeded; 1 is the largest; NULL without ties and beyond 100,000.
    - `x`, `y`: a place on the map, within 1.2 of the origin, the same in every wave of the survey: Fruchterman–Reingold
      on the ties of all waves together, seeded; members without any tie stand on a ring around. NULL beyond 20,000.

    Betweenness and constraint are NULL in waves in which fewer than 65 % answered. Reads `arcs`, `frames`, `waves`
    and `ties`; the same data give the same bytes.
    """
    connection.execute(_MEMBERS)
    connection.execute(_DIRECTIONS)
    connection.execute(_TEMPORARY)
    for survey, relation, size, is_directed in connection.execute(_NETWORKS).fetchall():
        waves = [wave for (wave,) in connection.execute(_WAVES, [survey, relation]).fetchall()]
        ends = {wave: _read_ends(connection, survey, relation, wave) for wave in waves}
        x, y = place_nodes(size, *(np.concatenate(side) for side in zip(*ends.values(), strict=True)))
        places = pd.DataFrame({"node": np.arange(size), "x": x, "y": y})
        _add_rows(connection, "network_places", places.assign(survey_id=survey, relation=relation))
        for wave, (senders, receivers) in ends.items():
            positions = measure_positions(senders, receivers, is_directed=is_directed)
            _add_rows(connection, "network_positions", positions.assign(wave_id=wave, relation=relation))
    connection.execute(_NODES)
    for name in ("network_members", "network_directions", "network_places", "network_positions"):
        connection.execute(f"DROP TABLE {name}")


def _read_ends(
    connection: duckdb.DuckDBPyConnection, survey: str, relation: str, wave: str
) -> tuple[Ints, Ints]:
    columns = connection.execute(_ARCS, [survey, relation, wave]).fetchnumpy()
    return np.asarray(columns["sender"], np.int64), np.asarray(columns["receiver"], np.int64)


def _add_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: pd.DataFrame) -> None:
    connection.register("network_part", rows)
    connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM network_part")
    connection.unregister("network_part")


def measure_positions(senders: Ints, receivers: Ints, *, is_directed: bool) -> pd.DataFrame:
    """The positions of every member with a tie, one row a `node`, as `build_nodes` describes them."""
    nodes, ends = np.unique(np.concatenate((senders, receivers)), return_inverse=True)
    network = make_network(len(nodes), *np.split(ends, 2), is_directed=is_directed)
    graph = network.undirected
    parts = graph.connected_components()
    part_sizes = np.array(parts.sizes())
    membership = np.array(parts.membership)
    is_exact = len(nodes) <= MOST_EXACT
    return pd.DataFrame(
        {
            "node": nodes,
            "degree": network.degrees,
            "in_degree": np.bincount(network.receivers, minlength=len(nodes)),
            "out_degree": np.bincount(network.senders, minlength=len(nodes)),
            "betweenness": network.graph.betweenness() if is_exact else np.nan,
            "burt_constraint": graph.constraint(),
            "clustering": graph.transitivity_local_undirected(mode="nan"),
            "component_size": part_sizes[membership],
            "is_in_largest_component": membership == part_sizes.argmax(),
            "community": _number_communities(network.communities) if len(nodes) <= MOST_GROUPED else None,
        }
    )


def _number_communities(communities: Any) -> Ints:
    """Each member's community, numbered from 1 by size, of equal sizes by the first member."""
    membership = np.array(communities.membership)
    kinds, first, sizes = np.unique(membership, return_index=True, return_counts=True)
    number = np.empty(len(kinds), dtype=np.int64)
    number[np.lexsort((first, -sizes))] = np.arange(1, len(kinds) + 1)
    return number[np.searchsorted(kinds, membership)]


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
            layout = network.undirected.layout_fruchterman_reingold(niter=500)
        spots = np.array(layout.coords)
        spots -= spots.mean(axis=0)
        places[nodes] = spots / max(float(np.hypot(*spots.T).max()), 1e-9)
    alone = np.setdiff1d(np.arange(size), nodes)
    angles = 2 * np.pi * np.arange(len(alone)) / max(len(alone), 1)
    places[alone] = RING * np.column_stack((np.cos(angles), np.sin(angles)))
    places = places.round(DECIMALS) + 0.0
    return places[:, 0], places[:, 1]


def make_nodes(query: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """The rows of `network_nodes`."""
    with duckdb.connect() as connection:
        for name in ("arcs", "frames", "waves", "ties"):
            connection.register(name, query(f"SELECT * FROM {name}"))
        build_nodes(connection)
        return connection.execute(f"SELECT * FROM {NETWORK_NODES}").df()


register(Made(NETWORK_NODES, ("arcs", "frames", "waves", "ties"), make_nodes))
