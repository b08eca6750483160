"""The shape of the network and places in it, mixing against chance, and brokerage, worked out."""

from __future__ import annotations

from math import erfc, isclose, sqrt

import pytest

from indicators.catalogue import find_indicator
from indicators.gate.disclosure import SCOPES
from indicators.published.show import compute_result
from indicators.selection import Selection
from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_formulas import settle, work_out_mean, work_out_proportion, work_out_share
from tests.hand_networks import (
    count_crossing,
    list_dealings,
    list_pairings,
    list_same_degrees,
    list_same_partners,
    work_out_mixing,
)
from warehouse.engine import Engine

# A kite: triangle ann–bob–cat, dan on a string behind cat, eve and fay a pair, gus alone.
MEMBERS = """
member_id | profession | organisation | joined_on
ann       | Nurse      | One          | 2015-01-01
bob       | Nurse      | One          | 2015-01-01
cat       | Nurse      | Two          | 2015-01-01
dan       | Doctor     | Two          | 2015-01-01
eve       | Doctor     | Two          | 2015-01-01
fay       | Doctor     | One          | 2015-01-01
gus       | Doctor     | One          | 2015-01-01
"""
TIES = """
wave_id | from_member_id | to_member_id | relation
w1      | ann            | bob          | advice
w1      | bob            | ann          | advice
w1      | bob            | cat          | advice
w1      | ann            | cat          | advice
w1      | cat            | dan          | advice
w1      | eve            | fay          | advice
"""
TABLES = {
    "members": MEMBERS,
    "waves": "wave_id,survey_id,opened_on\nw1,net,2015-03-01\n",
    "ties": TIES,
}


@pytest.fixture(scope="module")
def kite(make_release: MakeRelease) -> Engine:
    return make_release(TABLES)


def read_one(engine: Engine, indicator_id: str, **settings: str) -> dict[str, object]:
    (record,) = read_records(engine, indicator_id, settings=tuple(settings.items()))
    assert record["status"] == "ok"
    return record


def check(record: dict[str, object], expected: tuple[float, float, float]) -> None:
    assert (record["value"], record["low"], record["high"]) == pytest.approx(expected, abs=1e-12)


@pytest.mark.spec("isolates", "in_largest_component")
def test_who_is_tied_at_all_and_who_to_most(kite: Engine) -> None:
    check(read_one(kite, "isolates"), work_out_proportion(1, 7))  # gus
    check(read_one(kite, "in_largest_component"), work_out_proportion(4, 7))  # ann, bob, cat, dan
    assert read_cells(kite, "isolates", by=("profession",)) == {
        ("w1", "advice", "Doctor"): 1 / 4,
        ("w1", "advice", "Nurse"): 0,
    }


@pytest.mark.spec("in_degree")
def test_in_degree_counts_who_names_a_member(kite: Engine) -> None:
    # ann 1, bob 1, cat 2, dan 1, eve 0, fay 1, gus 0.
    check(read_one(kite, "in_degree"), work_out_mean([1, 1, 2, 1, 0, 1, 0]))


@pytest.mark.spec("clustering")
def test_clustering_is_the_share_of_a_members_partners_who_are_tied(kite: Engine) -> None:
    # ann: bob–cat are tied, 1 of 1; bob the same; cat has ann, bob, dan: 1 pair of 3. The others have one partner or none.
    check(read_one(kite, "clustering"), settle(work_out_mean([1, 1, 1 / 3, 0, 0, 0, 0]), 0, 1))
    check(read_one(kite, "clustering", few_partners="left out"), settle(work_out_mean([1, 1, 1 / 3]), 0, 1))


@pytest.mark.spec("constraint")
def test_constraint_is_high_where_partners_know_one_another(kite: Engine) -> None:
    # p = 1/partners. ann: on bob 1/2 + 1/2·1/3 (by cat), on cat 1/2 + 1/2·1/2 (by bob). bob the same.
    side = (1 / 2 + 1 / 6) ** 2 + (1 / 2 + 1 / 4) ** 2
    # cat: on ann 1/3 + 1/3·1/2 (by bob), on bob the same, on dan 1/3. Those with one partner: 1.
    middle = 2 * (1 / 3 + 1 / 6) ** 2 + (1 / 3) ** 2
    check(read_one(kite, "constraint"), work_out_mean([side, side, middle, 1, 1, 1]))


@pytest.mark.spec("transitivity")
def test_transitivity_has_two_definitions(kite: Engine) -> None:
    # Undirected: pairs of partners around ann 1, bob 1, cat 3: 5, of which the triangle closes 3.
    record = read_one(kite, "transitivity")
    assert record["value"] == pytest.approx(3 / 5, abs=1e-12)
    assert (record["low"], record["high"], record["n"]) == (None, None, 7)
    # Directed paths between three members: ann→bob→cat (closed by ann→cat), bob→ann→cat (closed by bob→cat),
    # ann→cat→dan and bob→cat→dan (open).
    assert read_one(kite, "transitivity", direction="directed")["value"] == 2 / 4


@pytest.mark.spec("components", "diameter", "path_length")
def test_parts_and_paths(kite: Engine) -> None:
    assert read_one(kite, "components")["value"] == 3  # the kite, the pair, gus
    assert read_one(kite, "diameter")["value"] == 2  # ann to dan
    # Pairs of the kite: ann–bob, ann–cat, bob–cat, cat–dan 1; ann–dan, bob–dan 2.
    assert read_one(kite, "path_length")["value"] == (4 * 1 + 2 * 2) / 6
    # Nurses among themselves: the triangle. Doctors: eve–fay, dan and gus alone.
    assert read_cells(kite, "components", by=("profession",)) == {
        ("w1", "advice", "Doctor"): 3,
        ("w1", "advice", "Nurse"): 1,
    }


@pytest.mark.spec("centralisation")
def test_centralisation_compares_with_a_star(kite: Engine) -> None:
    # Partners 2, 2, 3, 1, 1, 1, 0: differences from 3 are 1, 1, 0, 2, 2, 2, 3; a star of seven has 6 × 5.
    assert read_one(kite, "centralisation")["value"] == 11 / 30


@pytest.mark.spec("modularity", "communities")
def test_communities_are_the_kite_and_the_pair(kite: Engine) -> None:
    # Five pairs are tied. The best partition: {ann, bob, cat, dan} with 4 ties and degree sum 8, {eve, fay} with 1 and 2.
    assert read_one(kite, "communities")["value"] == 2
    expected = 4 / 5 - (8 / 10) ** 2 + 1 / 5 - (2 / 10) ** 2
    assert read_one(kite, "modularity")["value"] == pytest.approx(expected, abs=1e-12)


@pytest.mark.spec("degree_assortativity")
def test_assortativity_by_ties_is_a_correlation_over_both_sides_of_ties(kite: Engine) -> None:
    # ann–bob 2,2; ann–cat 2,3; bob–cat 2,3; cat–dan 3,1; eve–fay 1,1: each both ways.
    sides = [(2, 2), (2, 3), (2, 3), (3, 1), (1, 1)]
    both = sides + [(b, a) for a, b in sides]
    mean = sum(a for a, _ in both) / 10
    covariance = sum((a - mean) * (b - mean) for a, b in both)
    variance = sum((a - mean) ** 2 for a, _ in both)
    record = read_one(kite, "degree_assortativity")
    assert record["value"] == pytest.approx(covariance / variance, abs=1e-12)


@pytest.mark.spec("betweenness_highest")
def test_betweenness_follows_the_direction_of_ties(kite: Engine) -> None:
    # ann→dan and bob→dan run through cat; nobody else lies between.
    assert read_one(kite, "betweenness_highest")["value"] == 2
    assert read_cells(kite, "betweenness_highest", by=("profession",)) == {
        ("w1", "advice", "Doctor"): 0,
        ("w1", "advice", "Nurse"): 2,
    }


@pytest.mark.spec("ties_if_all_answered")
def test_with_everybody_answering_nothing_is_made_up(kite: Engine) -> None:
    record = read_one(kite, "ties_if_all_answered")
    assert (record["value"], record["low"], record["high"]) == (2 * 5 / 7, None, None)


INVITED = "wave_id,member_id,disposition\n" + "".join(
    f"w1,{name},{'refused' if name == 'dan' else 'complete'}\n"
    for name in ("ann", "bob", "cat", "dan", "eve", "fay", "gus")
)


@pytest.mark.spec("ties_if_all_answered", "transitivity")
def test_what_a_missing_respondent_would_have_named_is_a_definition_of_its_own(
    make_release: MakeRelease,
) -> None:
    engine = make_release({**TABLES, "invitations": INVITED})
    # dan names as many as one of ann 2, bob 2, cat 1, eve 1, fay 0, gus 0. At most two new partners, at least none:
    # cat, who named him, is a partner already. Five pairs are tied without him.
    (record,) = read_records(engine, "ties_if_all_answered")
    assert 2 * 5 / 7 <= record["low"] <= record["value"] <= record["high"] <= 2 * 7 / 7
    assert record["low"] < record["high"]
    (record,) = read_records(engine, "transitivity")
    assert record["value"] == pytest.approx(3 / 5, abs=1e-12)
    assert (record["low"], record["high"]) == (None, None)
    made_up = (("missing", "made up"),)
    (record,) = read_records(engine, "transitivity", settings=made_up)
    assert 0 <= record["low"] <= record["value"] <= record["high"] <= 1
    assert record["low"] < record["high"]
    groups = read_cells(engine, "transitivity", "low", by=("profession",), settings=made_up)
    assert set(groups.values()) == {None}


@pytest.mark.spec("constraint", "betweenness_highest")
def test_under_65_per_cent_places_that_cannot_be_relied_on_are_withheld(make_release: MakeRelease) -> None:
    invited = "wave_id,member_id,disposition\n" + "".join(
        f"w1,{name},{'complete' if name in ('ann', 'bob', 'cat', 'eve') else 'refused'}\n"
        for name in ("ann", "bob", "cat", "dan", "eve", "fay", "gus")
    )
    engine = make_release({**TABLES, "invitations": invited})
    for name in ("constraint", "betweenness_highest"):
        for by in ((), ("profession",)):
            result = compute_result(
                engine, find_indicator(engine, name), Selection(by=by), SCOPES["evaluator"]
            )
            (row,) = result.table.to_dict(orient="records")
            assert (row["period"], row["relation"], row["status"]) == ("w1", "advice", "no_data")
            assert row["reason"] == (
                "Withheld: 57 % of everybody asked answered (with partial answers), and it cannot be relied on below 65 %."
            )
    result = compute_result(engine, find_indicator(engine, "in_degree"), Selection(), SCOPES["evaluator"])
    assert list(result.table["status"]) == ["ok"]
    assert result.passport.warnings == (
        "57 % of everybody asked answered in w1 (with partial answers): ties of the others are known from one side only.",
    )
    held = engine.query("SELECT burt_constraint FROM network_nodes")
    assert held.isna().all(axis=None)


@pytest.mark.spec("brokerage")
def test_brokers_by_role(kite: Engine) -> None:
    # Open paths: ann→cat→dan and bob→cat→dan. Organisations One, Two, Two: cat lets them into Two, a gatekeeper.
    cells = read_cells(kite, "brokerage", "value", "low", "high", "numerator", "denominator", "n")
    assert cells["w1", "advice", "Gatekeeper"] == (1, None, None, 2, 2, 1)
    assert [role for _, _, role in cells] == [
        "Coordinator",
        "Consultant",
        "Gatekeeper",
        "Representative",
        "Liaison",
    ]
    assert sum(figures[0] for figures in cells.values()) == 1
    # By profession: Nurse, Nurse, Doctor: cat represents the nurses.
    settings = (("attribute", "profession"),)
    assert read_cells(kite, "brokerage", settings=settings)["w1", "advice", "Representative"] == 1


@pytest.mark.spec("brokerage")
def test_every_role_and_the_broker_as_the_cluster(make_release: MakeRelease) -> None:
    # Groups: a1 a2 a3, b1 b2, c1. Paths (none closed):
    # a1→a2→a3 coordinator, a1→a2→b1 representative, b2→a2→a3 gatekeeper, b2→a2→b1 consultant by a2;
    # a3→b1→c1 liaison by b1; a2→a3→b1 is closed by a2→b1; a2→b1→c1 is a liaison by b1.
    names = ("a1", "a2", "a3", "b1", "b2", "c1")
    arcs = (("a1", "a2"), ("a2", "a3"), ("a2", "b1"), ("b2", "a2"), ("a3", "b1"), ("b1", "c1"))
    engine = make_release(
        {
            "members": "member_id,organisation,joined_on\n"
            + "".join(f"{name},{name[0]},2015-01-01\n" for name in names),
            "waves": "wave_id,survey_id,opened_on\nw1,net,2015-03-01\n",
            "ties": "wave_id,from_member_id,to_member_id,relation\n"
            + "".join(f"w1,{a},{b},advice\n" for a, b in arcs),
        }
    )
    for role, clusters in {
        "Coordinator": [(1, 4), (0, 2)],
        "Representative": [(1, 4), (0, 2)],
        "Gatekeeper": [(1, 4), (0, 2)],
        "Consultant": [(1, 4), (0, 2)],
        "Liaison": [(0, 4), (2, 2)],
    }.items():
        (record,) = read_records(engine, "brokerage", where=(("role", role),))
        check(record, work_out_share(clusters))


MIXED = (
    ("ann", "bob"),
    ("bob", "cat"),
    ("cat", "ann"),
    ("ann", "dan"),
    ("dan", "eve"),
    ("eve", "dan"),
    ("bob", "ann"),
)
PEOPLE = ("ann", "bob", "cat", "dan", "eve")
GROUP = {"ann": "x", "bob": "x", "cat": "x", "dan": "y", "eve": "y"}
EVERY_ATTRIBUTE = ("profession", "region", "cohort", "organisation", "organisation_type", "hub")


def make_mixed(make_release: MakeRelease, arcs: tuple[tuple[str, str], ...], directed: str) -> Engine:
    columns = ",".join(EVERY_ATTRIBUTE)
    rows = "".join(f"{name},2015-01-01,{','.join([GROUP[name]] * 6)}\n" for name in PEOPLE)
    return make_release(
        {
            "members": f"member_id,joined_on,{columns}\n{rows}",
            "waves": "wave_id,survey_id,opened_on\nw1,net,2015-03-01\n",
            "ties": "wave_id,from_member_id,to_member_id,relation,directed\n"
            + "".join(f"w1,{a},{b},advice,{directed}\n" for a, b in arcs),
        }
    )


@pytest.mark.spec("mixing_profession", "mixing_region", "mixing_cohort", "mixing_organisation")
@pytest.mark.spec("mixing_organisation_type", "mixing_hub", "mixing_p_profession", "mixing_p_region")
@pytest.mark.spec("mixing_p_cohort", "mixing_p_organisation", "mixing_p_organisation_type", "mixing_p_hub")
@pytest.mark.spec(
    "mixing_cross_profession", "mixing_cross_region", "mixing_cross_cohort", "mixing_cross_organisation"
)
@pytest.mark.spec("mixing_cross_organisation_type", "mixing_cross_hub")
@pytest.mark.parametrize("directed", ["yes", "no"])
def test_random_mixing_deals_the_ends_of_ties(make_release: MakeRelease, directed: str) -> None:
    # Every way of dealing them is listed one by one. So is every network in which everybody has as many ties and
    # nobody names the same member twice, which random mixing comes near.
    pairs = (("ann", "bob"), ("bob", "cat"), ("ann", "cat"), ("cat", "dan"), ("dan", "eve"))
    if directed == "yes":
        arcs, others = MIXED, list(list_same_degrees(MIXED, PEOPLE))
        mean, sd = work_out_mixing(list_dealings(arcs), GROUP)
    else:
        arcs, others = pairs, list(list_same_partners(pairs, PEOPLE))
        mean, sd = work_out_mixing(list_pairings(arcs), GROUP)
    assert len(others) > 5
    engine = make_mixed(make_release, arcs, directed)
    shares = [crossing / total for crossing, total in (count_crossing(other, GROUP) for other in others)]
    expected = sum(shares) / len(shares)
    observed = count_crossing(arcs, GROUP)[0] / len(arcs)
    as_far = sum(abs(share - expected) >= abs(observed - expected) - 1e-9 for share in shares) / len(shares)
    for attribute in EVERY_ATTRIBUTE:
        cells = read_cells(engine, f"mixing_{attribute}")
        crossing = read_cells(engine, f"mixing_cross_{attribute}")
        assert [part for _, _, part in cells] == ["Observed", "Expected at random", "Observed less expected"]
        own, chance, rest = cells.values()
        assert own == pytest.approx(2 * observed - 1, abs=1e-12)
        assert own == read_cells(engine, f"ei_{attribute}")["w1", "advice"]
        assert chance == pytest.approx(2 * mean - 1, abs=1e-12)
        assert chance == pytest.approx(2 * expected - 1, abs=0.05)
        assert rest == pytest.approx(own - chance, abs=1e-12)
        assert [2 * share - 1 for share in list(crossing.values())[:2]] == pytest.approx(
            [own, chance], abs=1e-12
        )
        p = read_cells(engine, f"mixing_p_{attribute}")["w1", "advice"]
        assert p == pytest.approx(erfc(abs(observed - mean) / sd / sqrt(2)), abs=1e-12)
        assert p == pytest.approx(as_far, abs=0.06 if directed == "yes" else 0.1)
    records = read_records(engine, "mixing_cross_hub")
    assert [record["unit"] for record in records] == ["share", "share", "net"]
    limits = {record["dimensions"]["part"]: (record["low"], record["high"]) for record in records}
    low, high = limits["Expected at random"]
    assert (low, high) == pytest.approx((max(mean - 1.96 * sd, 0), min(mean + 1.96 * sd, 1)), abs=1e-12)
    assert limits["Observed less expected"] == pytest.approx((observed - high, observed - low), abs=1e-12)
    inside = sum(low - 1e-9 <= share <= high + 1e-9 for share in shares) / len(shares)
    assert inside >= 0.9


@pytest.mark.spec("assortativity_profession", "assortativity_region", "assortativity_cohort")
@pytest.mark.spec("assortativity_organisation", "assortativity_organisation_type", "assortativity_hub")
def test_assortativity_is_what_stays_within_beyond_chance(make_release: MakeRelease) -> None:
    engine = make_mixed(make_release, MIXED, "yes")
    # Within: all but ann→dan, 6 of 7. Sent by x 5, y 2; received by x 4 (bob, cat, ann, ann), y 3 (dan, eve, dan).
    by_chance = 5 / 7 * 4 / 7 + 2 / 7 * 3 / 7
    for attribute in EVERY_ATTRIBUTE:
        value = read_cells(engine, f"assortativity_{attribute}")["w1", "advice"]
        assert isclose(value, (6 / 7 - by_chance) / (1 - by_chance), abs_tol=1e-12)


@pytest.mark.spec("dyad_census", "triad_census")
def test_pairs_and_triples_by_their_ties(kite: Engine) -> None:
    # ann–bob both ways; bob→cat, ann→cat, cat→dan, eve→fay one way; 21 pairs of seven.
    counts = read_cells(kite, "dyad_census", "numerator", "denominator")
    assert counts == {("w1", "advice", part): (count, 21) for part, count in (("Mutual", 1), ("Asymmetric", 4), ("Null", 16))}  # fmt: skip
    # abc: mutual, two to cat: 120U. bcd and acd: a chain: 021C. ab with each of d, e, f, g: 102. One one-way tie and somebody
    # apart: bc with e f g, ac with e f g, cd with e f g, ef with a b c d g: 012. The rest of 35 without ties.
    kinds = {part: count for (_, _, part), count in read_cells(kite, "triad_census", "numerator").items()}
    assert len(kinds) == 16
    assert {part: count for part, count in kinds.items() if count} == {
        "120U": 1,
        "021C": 2,
        "102": 4,
        "012": 14,
        "003": 14,
    }
