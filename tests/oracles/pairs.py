"""Pairs of members between two waves a second time, pair by pair; what is computed of them is `tests.hand_dyads`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import combinations, product
from typing import Any
from zoneinfo import ZoneInfo

import networkx as nx
import numpy as np

from indicators.network.dyads.figures import DRAWS
from indicators.network.seeding import SEED
from tests.hand_dyads import HandPanel, Pair, permute_by_matrices, work_out_odds
from tests.indicators.random_community import WAVES, Community
from tests.oracles.drawn_networks import Drawn, find_groups, list_networks
from tests.oracles.oracle import Cells, Oracle
from tests.oracles.record import FIGURES, add_up, give_share
from warehouse.contracts import MEMBER_DIMENSIONS

ATTRIBUTES = (*MEMBER_DIMENSIONS, "hub")
ALIKE = ("organisation", "region", "profession", "cohort")
WORDS = ("The same event", "Other events", "One of the two attended", "Neither attended")
LARGER = ("24-1",)
LONDON = ZoneInfo("Europe/London")


def list_panels(community: Community) -> Iterator[tuple[str, str, HandPanel]]:
    """Each wave and relation with the panel of the wave before."""
    networks = {(net.wave, net.relation): net for net in list_networks(community)}
    for then, now in zip(list(WAVES), list(WAVES)[1:], strict=False):
        for relation in sorted({name for wave, name in networks if wave == now}):
            if (then, relation) in networks:
                panel = _make_panel(community, networks[then, relation], networks[now, relation])
                if len(panel.members) > 1:
                    yield now, relation, panel


def _make_panel(community: Community, then: Drawn, now: Drawn) -> HandPanel:
    asked = (then.asked & (then.responded | then.missing)) & (now.asked & (now.responded | now.missing))
    members = tuple(sorted(asked & then.responded & now.responded))
    came: dict[str, set[str]] = {name: set() for name in members}
    days = {
        row["event_id"]: datetime.fromisoformat(row["starts_at"]).astimezone(LONDON).date()
        for row in community.tables.get("events", [])
    }
    for row in community.tables.get("attendance", []):
        if row["attended"] and WAVES[then.wave] < days[row["event_id"]] < WAVES[now.wave]:
            came.get(row["member_id"], set()).add(row["event_id"])
    groups = [find_groups(community, then.wave, name) for name in ALIKE]
    before, after = (_list_pairs(net, members) for net in (then, now))
    columns = {}
    for one, other in combinations(members, 2):
        partners = [set(then.graph[name]) for name in (one, other)]
        columns[one, other] = [
            float(bool(came[one] & came[other])),
            1.0,
            *(float(group[one] is not None and group[one] == group[other]) for group in groups),
            math.log1p(len(partners[0])) + math.log1p(len(partners[1])),
            float(bool(partners[0] & partners[1])),
            len(came[one]) + len(came[other]),
        ]
    return HandPanel(members, len(asked), columns, after - before, before, after, came)


def _list_pairs(net: Drawn, members: tuple[str, ...]) -> set[Pair]:
    return {pair for pair in combinations(members, 2) if net.graph.has_edge(*pair)}


def _each(measure: Callable[[HandPanel], dict[tuple[str, ...], Any]], community: Community) -> Cells:
    return {
        (wave, relation, *key): figure
        for wave, relation, panel in list_panels(community)
        for key, figure in measure(panel).items()
    }


def measure_odds(panel: HandPanel) -> dict[tuple[str, ...], Any]:
    rows, outcome = panel.design()
    figures = {
        (part,): work_out_odds(chosen, outcome, panel.at_risk, len(panel.members))
        for part, chosen in (("Adjusted", rows), ("Unadjusted", rows[:, :2]))
    }
    return {key: figure for key, figure in figures.items() if figure is not None}


def measure_p(panel: HandPanel) -> dict[tuple[str, ...], Any]:
    p = permute_by_matrices(panel, DRAWS, SEED)
    return {} if p is None else {(): p}


def measure_shares(panel: HandPanel) -> dict[tuple[str, ...], Any]:
    if not any(panel.came.values()):
        return {}
    counts: dict[str, list[bool]] = {}
    for one, other in panel.at_risk:
        number = bool(panel.came[one]) + bool(panel.came[other])
        word = WORDS[3 - number] if number < 2 else WORDS[0 if panel.came[one] & panel.came[other] else 1]
        counts.setdefault(word, []).append((one, other) in panel.new)
    return {(word,): (float(np.mean(ties)), sum(ties), len(ties)) for word, ties in counts.items()}


def measure_adequacy(panel: HandPanel) -> dict[tuple[str, ...], Any]:
    either = panel.before | panel.after
    size = len(panel.members)
    figures = {
        ("Answered both waves",): size / panel.asked,
        ("Partners before",): 2 * len(panel.before) / size,
        ("Partners now",): 2 * len(panel.after) / size,
    }
    if either:
        figures["Jaccard between the waves",] = len(panel.before & panel.after) / len(either)
    return figures


def _oracle(
    id: str,
    by: str,
    measure: Callable[[HandPanel], dict[tuple[str, ...], Any]],
    names: tuple[str, ...] = ("value",),
    tolerance: float = 1e-9,
    also: tuple[str, ...] = (),
) -> Oracle:
    return Oracle(id, by, lambda community: _each(measure, community), names, tolerance=tolerance, also=also)


def _new_by(attribute: str, community: Community) -> Cells:
    networks = {(net.wave, net.relation): net for net in list_networks(community)}
    figures = {}
    for (now, relation), after in networks.items():
        then = dict(zip(list(WAVES)[1:], list(WAVES), strict=False)).get(now, "")
        before = networks.get((then, relation))
        if before is None:
            continue
        asked, groups = before.asked & after.asked, find_groups(community, now, attribute)
        senders = asked & before.responded & after.responded
        new = [(groups[a], groups[b]) for a, b in after.arcs - before.arcs if a in senders and b in asked]
        known = [own != other for own, other in new if own is not None and other is not None]
        for part, count in (("Across", sum(known)), ("Within", len(known) - sum(known))):
            if senders:
                figures[now, relation, part] = count / len(senders), count, len(senders)
    return figures


def _census(is_of_triads: bool, community: Community) -> Cells:
    figures = {}
    for net in list_networks(community):
        graph = nx.DiGraph([arc for arc in net.arcs if set(arc) <= net.responded])
        graph.add_nodes_from(net.responded)
        if is_of_triads:
            counts = nx.triadic_census(graph)
        else:
            mutual = sum(graph.has_edge(b, a) for a, b in graph.edges) // 2
            apart = graph.number_of_edges() - 2 * mutual
            pairs = len(graph) * (len(graph) - 1) // 2
            counts = {"Mutual": mutual, "Asymmetric": apart, "Null": pairs - mutual - apart}
        whole = sum(counts.values())
        for name, count in counts.items() if whole else ():
            figures[net.wave, net.relation, name] = count / whole, count, whole
    return figures


def _matrix(attribute: str, community: Community) -> Cells:
    figures: dict[tuple[str, ...], Any] = {}
    for net in list_networks(community):
        groups = find_groups(community, net.wave, attribute)
        named = [(a, groups[a], groups[b]) for a, b in net.arcs if groups[a] and groups[b]]
        for own, other in product({own for _, own, _ in named}, {other for _, _, other in named}):
            mine = [(a, to) for a, group, to in named if group == own]
            cell = add_up((a, float(to == other), 1.0) for a, to in mine)
            figures[net.wave, net.relation, str(own), str(other)] = give_share(cell)
    return figures


# A release orders its members by their pseudonyms, so that the draws of the test are others.
ORACLES: tuple[Oracle, ...] = (
    _oracle("event_ties_share", "slow Python", measure_shares, ("value", "numerator", "denominator")),
    _oracle("event_ties_odds", "scipy.optimize.root", measure_odds, ("value", "low", "high"), 1e-6, LARGER),
    _oracle("event_ties_p", "slow Python over matrices", measure_p, tolerance=0.1, also=LARGER),
    _oracle("tie_change_adequacy", "slow Python", measure_adequacy),
    *(
        Oracle(
            f"ties_new_by_{name}",
            "slow Python",
            partial(_new_by, name),
            ("value", "numerator", "denominator"),
        )
        for name in ATTRIBUTES
    ),
    *(Oracle(f"mixing_matrix_{name}", "slow Python", partial(_matrix, name), FIGURES) for name in ATTRIBUTES),
    *(
        Oracle(name, by, partial(_census, name == "triad_census"), ("value", "numerator", "denominator"))
        for name, by in (("dyad_census", "networkx"), ("triad_census", "networkx.triadic_census"))
    ),
)
