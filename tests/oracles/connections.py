"""Connections a second time: networkx where it has the measure, else slow Python over pairs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations, product
from random import Random
from typing import Any

import networkx as nx

from tests.hand_networks import ROLES, count_crossing, count_roles
from tests.indicators.random_community import WAVES, Community
from tests.oracles.drawn_networks import Drawn, find_groups, list_networks
from tests.oracles.oracle import Cells, Oracle
from warehouse.contracts import MEMBER_DIMENSIONS

ATTRIBUTES = (*MEMBER_DIMENSIONS, "hub")
TRUST = ("reliability", "openness", "shared mission")
VALUE = ("influence", "involvement", "resources")
FEW = 0.65
Table = list[list[float]]


def _each(measure: Callable[[Drawn], Any], community: Community) -> Cells:
    figures = {(net.wave, net.relation): measure(net) for net in list_networks(community)}
    return {key: value for key, value in figures.items() if value is not None}


def _of_network(
    id: str,
    by: str,
    measure: Callable[[Drawn], Any],
    tolerance: float = 1e-9,
    names: tuple[str, ...] = ("value",),
) -> Oracle:
    return Oracle(id, by, partial(_each, measure), names, tolerance=tolerance)


def _share(part: float, whole: float) -> tuple[float, float, float] | None:
    return (part / whole, part, whole) if whole else None


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _density(net: Drawn) -> Any:
    sent = sum(sender in net.responded for sender, _ in net.arcs)
    return _share(sent, len(net.responded) * (len(net.nodes) - 1))


def _reciprocity(net: Drawn) -> Any:
    among = nx.DiGraph([arc for arc in net.arcs if set(arc) <= net.responded])
    return nx.overall_reciprocity(among) if among.number_of_edges() else None


def _in_degrees(net: Drawn) -> Any:
    return sum(1 for _ in net.arcs) / len(net.nodes)


def _list_paths(net: Drawn) -> list[int]:
    """Length of the shortest path of every pair in the largest component, or in all that are as large."""
    graph = net.graph
    parts = [sorted(part) for part in nx.connected_components(graph)]
    size = max(map(len, parts))
    return [
        nx.shortest_path_length(graph, a, b)
        for part in parts
        if len(part) == size
        for a, b in combinations(part, 2)
    ]


def _constraint(net: Drawn) -> float | None:
    if net.rate < FEW:
        return None
    graph = net.graph
    tied = [name for name in graph if graph.degree(name)]
    found = nx.constraint(graph, nodes=tied)
    return _mean([found[name] for name in tied])


def _clustering(net: Drawn) -> float:
    return float(nx.average_clustering(net.graph))


def _transitivity(net: Drawn) -> float | None:
    has_triple = any(degree >= 2 for _, degree in net.graph.degree())
    return float(nx.transitivity(net.graph)) if has_triple else None


def _centralisation(net: Drawn) -> float | None:
    degrees = [degree for _, degree in net.graph.degree()]
    n = len(degrees)
    return sum(max(degrees) - degree for degree in degrees) / ((n - 1) * (n - 2)) if n > 2 else None


def _degree_assortativity(net: Drawn) -> float | None:
    graph = net.graph
    ends = {degree for edge in graph.edges for degree in (graph.degree(edge[0]), graph.degree(edge[1]))}
    return float(nx.degree_assortativity_coefficient(graph)) if len(ends) > 1 else None


def _betweenness(net: Drawn) -> float | None:
    if net.rate < FEW:
        return None
    return float(max(nx.betweenness_centrality(net.as_asked, normalized=False).values()))


def _partition(net: Drawn) -> tuple[list[Any], float]:
    graph = net.graph
    tries = [nx.community.louvain_communities(graph, seed=seed) for seed in range(20)]
    best = max(tries, key=lambda parts: nx.community.modularity(graph, parts))
    return best, float(nx.community.modularity(graph, best))


def _imputed_degree(net: Drawn) -> float | None:
    """Ties per member with those of missing respondents made up, 200 times, one tie after the other."""
    if not net.missing:
        return 2 * net.graph.number_of_edges() / len(net.nodes)
    if not net.responded:
        return None
    random = Random(1)
    sent = Counter(sender for sender, _ in net.arcs)
    named = Counter(receiver for _, receiver in net.arcs)
    between = [(a, b) for a, b in net.arcs if {a, b} <= net.responded]
    returned = sum((b, a) in net.arcs for a, b in between) / len(between) if between else 0.0
    donors = sorted(net.responded)
    degrees = []
    for _ in range(200):
        arcs = set(net.arcs)
        for name in sorted(net.missing):
            wanted = sent[random.choice(donors)]
            arcs |= {(name, a) for a, b in sorted(net.arcs) if b == name and random.random() < returned}
            while sum(a == name for a, _ in arcs) < wanted:
                left = [one for one in sorted(named) if one != name and (name, one) not in arcs]
                if not left:
                    break
                arcs.add((name, random.choices(left, [named[one] for one in left])[0]))
        degrees.append(2 * len({frozenset(arc) for arc in arcs}) / len(net.nodes))
    return sum(degrees) / len(degrees)


def _changes(word: str, community: Community) -> Cells:
    networks = {(net.wave, net.relation): net for net in list_networks(community)}
    figures = {}
    for then, now in zip(list(WAVES), list(WAVES)[1:], strict=False):
        for relation in {relation for _, relation in networks}:
            before, after = networks.get((then, relation)), networks.get((now, relation))
            if before is None or after is None:
                continue
            asked = before.asked & after.asked
            senders = asked & before.responded & after.responded
            ties = {(a, b) for a, b in before.arcs | after.arcs if a in senders and b in asked}
            counts = {
                "kept": len(ties & before.arcs & after.arcs),
                "new": len(ties & after.arcs - before.arcs),
                "lost": len(ties & before.arcs - after.arcs),
            }
            if word == "stability":
                if ties:
                    figures[now, relation] = counts["kept"] / len(ties)
            elif senders:
                figures[now, relation] = counts[word] / len(senders)
    return figures


def _quality(relations: tuple[str, ...], community: Community) -> Cells:
    strengths: dict[tuple[str, ...], list[float]] = {}
    for row in community.tables.get("ties", []):
        plain = row["relation"].lower().replace("_", " ")
        if row.get("strength") is None or (relations and plain not in relations):
            continue
        key = (row["wave_id"],) if relations else (row["wave_id"], row["relation"])
        strengths.setdefault(key, []).append(float(row["strength"]))
    return {key: sum(values) / len(values) for key, values in strengths.items()}


def _crossing(attribute: str, kind: str, community: Community) -> Cells:
    figures = {}
    for net in list_networks(community):
        external, total = count_crossing(sorted(net.arcs), find_groups(community, net.wave, attribute))
        if total:
            share = external / total
            figures[net.wave, net.relation] = share if kind == "cross" else 2 * share - 1
    return figures


def _deal(net: Drawn, groups: dict[str, str | None]) -> tuple[float, float, float, float] | None:
    """Observed share of ties across, its mean and sd where ends are dealt, and p: from a table of all pairs of ends.

    Directed: the end received j falls to the end sent i. Undirected: the ends i and j are paired.
    """
    arcs = sorted((a, b) for a, b in net.arcs if groups[a] is not None and groups[b] is not None)
    if not arcs:
        return None
    if net.is_directed:
        rows, columns = [a for a, _ in arcs], [b for _, b in arcs]
    else:
        arcs = [(a, b) for a, b in arcs if a < b]
        rows = columns = [name for arc in arcs for name in arc]
    tables = [
        [[float(same(a, b)) for b in columns] for a in rows]
        for same in (lambda a, b: groups[a] == groups[b], lambda a, b: a == b)
    ]
    vary = _vary_dealt if net.is_directed else _vary_paired
    within, own = (vary(table, table) for table in tables)
    both = vary(*tables)
    size = len(arcs)
    mean = [sum(map(sum, table)) / size for table in tables]
    if not net.is_directed:
        mean = [
            (sum(map(sum, table)) - len(rows)) / 2 / (len(rows) - 1) for table in tables
        ]  # an end is not paired with itself
    slope = both / own if own > 1e-12 else 0.0
    expected = 1 - (mean[0] - slope * mean[1]) / size
    variance = within - slope * both
    sd = math.sqrt(variance) / size if variance > 1e-12 * size else 0.0
    observed = sum(groups[a] != groups[b] for a, b in arcs) / size
    return observed, expected, sd, math.erfc(abs(observed - expected) / sd / math.sqrt(2)) if sd else 1.0


def _vary_dealt(one: Table, other: Table) -> float:
    """Covariance of Σ one[i][π(i)] and Σ other[i][π(i)] over all permutations: Σ of both, centred by rows and columns."""
    size = len(one)
    if size == 1:
        return 0.0
    centred = []
    for table in (one, other):
        rows = [sum(row) / size for row in table]
        columns = [sum(column) / size for column in zip(*table, strict=True)]
        mean = sum(rows) / size
        centred.append([table[i][j] - rows[i] - columns[j] + mean for i, j in product(range(size), repeat=2)])
    return sum(a * b for a, b in zip(*centred, strict=True)) / (size - 1)


def _vary_paired(one: Table, other: Table) -> float:
    """Covariance of Σ one[i][j] and Σ other[i][j] over the pairs of a random pairing, each way of sharing ends apart."""
    size = len(one)
    pairs = list(combinations(range(size), 2))
    sums = [sum(table[i][j] for i, j in pairs) for table in (one, other)]
    same = sum(one[i][j] * other[i][j] for i, j in pairs)
    sharing = sum(
        (sum(one[i]) - one[i][i]) * (sum(other[i]) - other[i][i])
        - sum(one[i][j] * other[i][j] for j in range(size) if j != i)
        for i in range(size)
    )
    apart = sums[0] * sums[1] - same - sharing
    joint = same / (size - 1) + (apart / (size - 1) / (size - 3) if size > 3 else 0.0)
    return joint - sums[0] * sums[1] / (size - 1) ** 2


def _mixing(attribute: str, slope: int, start: int, community: Community) -> Cells:
    figures: dict[tuple[str, ...], tuple[float, ...]] = {}
    for net in list_networks(community):
        found = _deal(net, find_groups(community, net.wave, attribute))
        if found is None:
            continue
        observed, expected, sd, _ = found
        low, high = max(expected - 1.96 * sd, 0), min(expected + 1.96 * sd, 1)
        cell, none = (net.wave, net.relation), math.nan
        figures[(*cell, "Observed")] = slope * observed + start, none, none
        figures[(*cell, "Expected at random")] = tuple(
            slope * share + start for share in (expected, low, high)
        )
        figures[(*cell, "Observed less expected")] = tuple(
            slope * (observed - share) for share in (expected, high, low)
        )
    return figures


def _mixing_p(attribute: str, community: Community) -> Cells:
    figures = {}
    for net in list_networks(community):
        groups = find_groups(community, net.wave, attribute)
        found = _deal(net, groups)
        if found is not None:
            senders = {a for a, b in net.arcs if groups[a] is not None and groups[b] is not None}
            figures[net.wave, net.relation] = found[3], len(senders)
    return figures


def _assortativity(attribute: str, community: Community) -> Cells:
    figures = {}
    for net in list_networks(community):
        groups = find_groups(community, net.wave, attribute)
        graph = nx.DiGraph([(a, b) for a, b in net.arcs if groups[a] is not None and groups[b] is not None])
        nx.set_node_attributes(graph, {name: groups[name] for name in graph}, "group")
        if len({groups[name] for name in graph}) > 1:
            figures[net.wave, net.relation] = float(nx.attribute_assortativity_coefficient(graph, "group"))
    return figures


def _brokerage(community: Community) -> Cells:
    figures = {}
    for net in list_networks(community):
        counts = sum(
            count_roles(net.arcs, find_groups(community, net.wave, "organisation")).values(), Counter[str]()
        )
        for role in ROLES if counts else ():
            figures[net.wave, net.relation, role] = counts[role] / counts.total()
    return figures


ORACLES: tuple[Oracle, ...] = (
    _of_network("ties_per_member", "networkx", lambda net: 2 * net.graph.number_of_edges() / len(net.nodes)),
    _of_network("density", "slow Python", _density, names=("value", "numerator", "denominator")),
    _of_network("reciprocity", "networkx.overall_reciprocity", _reciprocity),
    *(Oracle(f"ties_{word}", "slow Python", partial(_changes, word)) for word in ("kept", "new", "lost")),
    Oracle("tie_stability", "slow Python", partial(_changes, "stability")),
    Oracle("tie_strength", "slow Python", partial(_quality, ())),
    Oracle("tie_trust", "slow Python", partial(_quality, TRUST)),
    Oracle("tie_value", "slow Python", partial(_quality, VALUE)),
    _of_network(
        "isolates", "networkx.isolates", lambda net: nx.number_of_isolates(net.graph) / len(net.nodes)
    ),
    _of_network(
        "in_largest_component",
        "networkx.connected_components",
        lambda net: max(map(len, nx.connected_components(net.graph))) / len(net.nodes),
    ),
    _of_network("in_degree", "slow Python", _in_degrees),
    _of_network("constraint", "networkx.constraint", _constraint),
    _of_network("clustering", "networkx.average_clustering", _clustering),
    _of_network("transitivity", "networkx.transitivity", _transitivity),
    _of_network(
        "components",
        "networkx.number_connected_components",
        lambda net: nx.number_connected_components(net.graph),
    ),
    _of_network("diameter", "networkx.shortest_path_length", lambda net: max(_list_paths(net))),
    _of_network(
        "path_length",
        "networkx.shortest_path_length",
        lambda net: _mean(_list_paths(net)),
    ),
    _of_network("centralisation", "slow Python", _centralisation),
    # Leiden and the best of twenty runs of Louvain need not find the same partition, but one as good.
    _of_network("modularity", "networkx.louvain_communities", lambda net: _partition(net)[1], tolerance=0.06),
    _of_network(
        "communities",
        "networkx.louvain_communities",
        lambda net: sum(len(part) > 1 for part in _partition(net)[0]),
        tolerance=2,
    ),
    _of_network("degree_assortativity", "networkx.degree_assortativity_coefficient", _degree_assortativity),
    _of_network("betweenness_highest", "networkx.betweenness_centrality", _betweenness),
    _of_network("ties_if_all_answered", "slow Python, its own draws", _imputed_degree, tolerance=0.3),
    Oracle("brokerage", "slow Python", _brokerage),
    *(
        Oracle(f"{kind}_{name}", "slow Python", partial(_crossing, name, kind))
        for name in ATTRIBUTES
        for kind in ("cross", "ei")
    ),
    *(
        Oracle(
            f"mixing{suffix}_{name}",
            "slow Python, over all pairs of ends",
            partial(_mixing, name, slope, start),
            ("value", "low", "high"),
        )
        for name in ATTRIBUTES
        for suffix, slope, start in (("", 2, -1), ("_cross", 1, 0))
    ),
    *(
        Oracle(
            f"mixing_p_{name}",
            "slow Python, over all pairs of ends",
            partial(_mixing_p, name),
            ("value", "n"),
        )
        for name in ATTRIBUTES
    ),
    *(
        Oracle(
            f"assortativity_{name}",
            "networkx.attribute_assortativity_coefficient",
            partial(_assortativity, name),
        )
        for name in ATTRIBUTES
    ),
)
