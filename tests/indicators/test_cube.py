"""The cube and the rows give the same figures, and both those of a slow, obvious second implementation."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from math import isnan

import networkx as nx
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators import compute
from indicators.catalogue import list_indicators
from indicators.compute import compute_result
from indicators.disclosure import SCOPES
from indicators.result import FIGURES
from indicators.selection import Selection, list_attributes
from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.indicators.random_community import (
    ATTRIBUTES,
    COMPLETE_TO,
    RELATIONS,
    WAVES,
    Community,
    make_community,
)
from warehouse.engine import Engine

Arcs = set[tuple[str, str]]


@pytest.fixture(scope="module")
def engine(make_release: MakeRelease) -> Engine:
    return make_release(make_community(seed=2015, size=14).tables, complete_to=COMPLETE_TO)


def check_both_paths(
    engine: Engine, selections: Iterable[tuple[str, Selection]], monkeypatch: pytest.MonkeyPatch
) -> int:
    """Compare every figure of the selections by cube and by rows; returns how many figures there were."""
    known = list_indicators(list_attributes(engine))
    count = 0
    for name, selection in selections:
        by_cube = compute_result(engine, known[name], selection, SCOPES["evaluator"])
        with monkeypatch.context() as patch:
            patch.setattr(compute, "_holds_periods", lambda *given: False)
            by_rows = compute_result(engine, known[name], selection, SCOPES["evaluator"])
        words = [column for column in by_cube.table.columns if column not in FIGURES]
        asked = f"{name} {selection}"
        assert by_cube.table[words].equals(by_rows.table[words]), asked
        pd.testing.assert_frame_equal(
            by_cube.table[list(FIGURES)], by_rows.table[list(FIGURES)], rtol=1e-9, atol=1e-9, obj=asked
        )
        count += int((by_cube.table["status"] == "ok").sum())
    return count


def list_dimensions(engine: Engine, name: str) -> list[str]:
    indicator = list_indicators(list_attributes(engine))[name]
    return [*indicator.breakdowns, *ATTRIBUTES]


def test_every_indicator_by_every_dimension_and_pair(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    selections = [
        (name, Selection(by=by))
        for name in list_indicators(list_attributes(engine))
        for dimensions in [list_dimensions(engine, name)]
        for by in [(), *((one,) for one in dimensions), *combinations(dimensions, 2)]
    ]
    assert check_both_paths(engine, selections, monkeypatch) > 1000


def test_every_series_and_filter(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    known = list_indicators(list_attributes(engine))
    selections = [
        (name, Selection(grain=grain, by=("profession",), where=(("hub", "North"),)))
        for name, indicator in known.items()
        for grain in indicator.grains
        if grain not in ("all", "week")
    ]
    selections += [(name, Selection(where=(("profession", "Nurse"), ("region", "Wales")))) for name in known]
    assert check_both_paths(engine, selections, monkeypatch) > 200


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), size=st.integers(1, 9), chosen=st.randoms(use_true_random=False))
def test_small_communities_by_cube_by_rows_and_by_hand(
    make_release: MakeRelease, monkeypatch: pytest.MonkeyPatch, seed: int, size: int, chosen: object
) -> None:
    community = make_community(seed, size)
    engine = make_release(community.tables, complete_to=COMPLETE_TO)
    known = list_indicators(list_attributes(engine))
    selections = [
        (name, Selection(by=tuple(chosen.sample(ATTRIBUTES, place % 3))))  # type: ignore[attr-defined]
        for place, name in enumerate(known)
    ]
    check_both_paths(engine, selections, monkeypatch)
    check_membership(engine, community)
    check_network(engine, community)


def check_membership(engine: Engine, community: Community) -> None:
    for period, last in {"2015-03": "2015-03-31", "2015-Q2": "2015-06-30", "all": "2015-10-20"}.items():
        day = pd.Timestamp(last).date()
        expected = sum(community.is_member(name, day) for name in community.spells)
        assert read_cells(engine, "members", period=period) == {(period,): expected}


def check_network(engine: Engine, community: Community) -> None:
    arcs = {
        (wave, relation): draw_arcs(community, wave, relation) for wave in WAVES for relation in RELATIONS
    }
    nodes = {wave: find_nodes(community, wave) for wave in WAVES}
    check_graphs(engine, arcs, nodes)
    check_changes(engine, arcs, nodes)
    check_mixing(engine, community, arcs)


def check_graphs(
    engine: Engine, arcs: dict[tuple[str, str], Arcs], nodes: dict[str, dict[str, tuple[bool, bool]]]
) -> None:
    """Degree, density and reciprocity by networkx."""
    expected: dict[str, dict[tuple[str, str], float]] = {
        "ties_per_member": {},
        "density": {},
        "reciprocity": {},
    }
    for (wave, relation), ties in arcs.items():
        if not ties:
            continue
        graph = nx.DiGraph()
        graph.add_nodes_from(nodes[wave])
        graph.add_edges_from(ties)
        answered = [name for name, (_, has_responded) in nodes[wave].items() if has_responded]
        partners = dict(graph.to_undirected().degree())
        expected["ties_per_member"][wave, relation] = sum(partners.values()) / len(partners)
        among = graph.subgraph(answered)
        if among.number_of_edges():
            expected["reciprocity"][wave, relation] = nx.overall_reciprocity(among)
        if len(answered) == len(nodes[wave]):
            expected["density"][wave, relation] = nx.density(graph)
        elif answered:
            sent = sum(degree for _, degree in graph.out_degree(answered))
            expected["density"][wave, relation] = sent / (len(answered) * (len(graph) - 1))
    for name, figures in expected.items():
        check_figures(engine, name, figures)


def check_changes(
    engine: Engine, arcs: dict[tuple[str, str], Arcs], nodes: dict[str, dict[str, tuple[bool, bool]]]
) -> None:
    """Kept, new and lost ties counted one by one."""
    kept: dict[tuple[str, str], float] = {}
    new, lost, stability = dict(kept), dict(kept), dict(kept)
    for then, now in (("w1", "w2"), ("w2", "w3")):
        asked = [
            name
            for name, (is_asked, _) in nodes[now].items()
            if is_asked and nodes[then].get(name, (False,))[0]
        ]
        senders = [name for name in asked if nodes[now][name][1] and nodes[then][name][1]]
        for relation in RELATIONS:
            before, after = arcs[then, relation], arcs[now, relation]
            if not before or not after or not senders:
                continue
            ties = {(a, b) for a, b in before | after if a in senders and b in asked}
            counts = [len(ties & before & after), len(ties & after - before), len(ties & before - after)]
            kept[now, relation], new[now, relation], lost[now, relation] = (
                count / len(senders) for count in counts
            )
            if ties:
                stability[now, relation] = counts[0] / len(ties)
    for name, figures in {
        "ties_kept": kept,
        "ties_new": new,
        "ties_lost": lost,
        "tie_stability": stability,
    }.items():
        check_figures(engine, name, figures)


def check_mixing(engine: Engine, community: Community, arcs: dict[tuple[str, str], Arcs]) -> None:
    professions = {row["member_id"]: row["profession"] for row in community.tables["members"]}
    share, index = {}, {}
    for cell, ties in arcs.items():
        pairs = [(professions[a], professions[b]) for a, b in ties if professions[a] and professions[b]]
        if pairs:
            external = sum(a != b for a, b in pairs)
            share[cell] = external / len(pairs)
            index[cell] = (external - (len(pairs) - external)) / len(pairs)
    check_figures(engine, "cross_profession", share)
    check_figures(engine, "ei_profession", index)


def check_figures(engine: Engine, name: str, expected: dict[tuple[str, str], float]) -> None:
    records = [record for record in read_records(engine, name) if record["status"] == "ok"]
    figures = {(record["period"], record["dimensions"]["relation"]): record["value"] for record in records}
    assert figures == pytest.approx(expected, abs=1e-9), name
    assert not any(isnan(value) for value in figures.values())


def draw_arcs(community: Community, wave: str, relation: str) -> Arcs:
    """Ties of a wave and relation, an undirected one both ways."""
    ties = [
        row
        for row in community.tables.get("ties", [])
        if (row["wave_id"], row["relation"]) == (wave, relation)
    ]
    there = {(row["from_member_id"], row["to_member_id"]) for row in ties}
    return there | {(row["to_member_id"], row["from_member_id"]) for row in ties if row["directed"] is False}


def find_nodes(community: Community, wave: str) -> dict[str, tuple[bool, bool]]:
    """Everybody in a wave: who was asked, and who responded."""
    answers = [row for row in community.tables.get("answers", []) if row["wave_id"] == wave]
    ties = [row for row in community.tables.get("ties", []) if row["wave_id"] == wave]
    answered = {row["respondent_id"] for row in answers} | {row["from_member_id"] for row in ties}
    invited = {
        row["member_id"]: row["disposition"]
        for row in community.tables.get("invitations", [])
        if row["wave_id"] == wave
    }
    nodes = {}
    for name, disposition in invited.items():
        nodes[name] = (True, disposition in ("complete", "partial") if disposition else name in answered)
    if not invited:
        for name in community.spells:
            if community.is_member(name, WAVES[wave]):
                nodes[name] = (True, True)
    for name in answered | {row["to_member_id"] for row in ties}:
        nodes.setdefault(name, (False, name in answered))
    return nodes


def test_distinct_members_are_never_summed_over_groups(make_release: MakeRelease) -> None:
    # Both members were there for both kinds: two by kind, and still two people in all.
    engine = make_release(
        {
            "members": "member_id,region,joined_on\nann,Wales,2015-01-01\nbob,Wales,2015-01-01\n",
            "events": "event_id,title,kind,starts_at\n"
            "e1,One,call,2015-02-01T10:00:00Z\ne2,Two,workshop,2015-02-02T10:00:00Z\n",
            "attendance": "event_id,member_id,attended\ne1,ann,yes\ne2,ann,yes\ne1,bob,yes\n",
        },
        complete_to=COMPLETE_TO,
    )
    by_kind = read_cells(engine, "attendance_rate", "n", by=("event_kind",))
    assert by_kind == {("all", "call"): 2, ("all", "workshop"): 2}
    assert read_cells(engine, "attendance_rate", "n", "denominator") == {("all",): (2, 4)}
    assert read_cells(engine, "attendance_rate", "n", by=("region",)) == {("all", "Wales"): 2}
    several = (("event_kind", "call"), ("event_kind", "workshop"))
    assert read_cells(engine, "attendance_rate", "n", "denominator", where=several) == {("all",): (2, 4)}


def test_a_dimension_of_many_values_is_read_from_the_rows(make_release: MakeRelease) -> None:
    members = "".join(f"m{number},Trust {number // 2},2015-01-01\n" for number in range(140))
    engine = make_release({"members": "member_id,organisation,joined_on\n" + members})
    by_organisation = read_cells(engine, "members", by=("organisation",))
    assert by_organisation == {("all", f"Trust {number}"): 2 for number in range(70)}
    assert read_cells(engine, "members", where=(("organisation", "Trust 3"),)) == {("all",): 2}
    curve = read_cells(engine, "membership_retention", "denominator", where=(("organisation", "Trust 3"),))
    assert curve == {("all", "0"): 2}
