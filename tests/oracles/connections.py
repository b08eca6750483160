"""Connections a second time: networkx where it has the measure, else slow Python over pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from itertools import combinations
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


@lru_cache(maxsize=64)
def _list_random(arcs: frozenset[tuple[str, str]], is_directed: bool) -> list[list[tuple[str, str]]]:
    """Random networks with the same degrees: one swap after the other; a swap that cannot be is a swap tried."""

    def name(tie: tuple[str, str]) -> object:
        return tie if is_directed else frozenset(tie)

    random = Random(1)
    ties = sorted(arcs) if is_directed else sorted({(min(arc), max(arc)) for arc in arcs})
    taken = {name(tie) for tie in ties}
    found = []
    for draw in range(2001 if len(ties) <= 24 else 301):
        for _ in range(4 * len(ties) if draw else 20 * len(ties)):
            one, two = random.randrange(len(ties)), random.randrange(len(ties))
            (a, b), (c, d) = ties[one], ties[two]
            if not is_directed and random.random() < 0.5:
                c, d = d, c
            fresh = {name((a, d)), name((c, b))}
            if a == d or c == b or one == two or len(fresh) < 2 or fresh & taken:
                continue
            taken -= {name(ties[one]), name(ties[two])}
            taken |= fresh
            ties[one], ties[two] = (a, d), (c, b)
        if draw:
            found.append(list(ties))
    return found


def _mixing(attribute: str, slope: int, start: int, community: Community) -> Cells:
    figures: dict[tuple[str, ...], float] = {}
    for net in list_networks(community):
        groups = find_groups(community, net.wave, attribute)
        external, total = count_crossing(sorted(net.arcs), groups)
        if not total:
            continue
        counted = [
            count_crossing(ties, groups) for ties in _list_random(frozenset(net.arcs), net.is_directed)
        ]
        shares = [crossing / known for crossing, known in counted if known]
        expected, observed = sum(shares) / len(shares), external / total
        cell = (net.wave, net.relation)
        figures[(*cell, "Observed")] = slope * observed + start
        figures[(*cell, "Expected at random")] = slope * expected + start
        figures[(*cell, "Observed less expected")] = slope * (observed - expected)
    return figures


def _count_senders(attribute: str, community: Community) -> Cells:
    figures = {}
    for net in list_networks(community):
        groups = find_groups(community, net.wave, attribute)
        senders = {a for a, b in net.arcs if groups[a] is not None and groups[b] is not None}
        if senders:
            figures[net.wave, net.relation] = len(senders)
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
            "slow Python, its own draws",
            partial(_mixing, name, slope, start),
            tolerance=0.2,
        )
        for name in ATTRIBUTES
        for suffix, slope, start in (("", 2, -1), ("_cross", 1, 0))
    ),
    # With few possible values a p value from draws jumps by the probability of one of them: here only which there are
    # and of how many members; tests/spec/test_network_shape.py holds p against every network listed one by one.
    *(
        Oracle(f"mixing_p_{name}", "slow Python", partial(_count_senders, name), ("n",))
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
