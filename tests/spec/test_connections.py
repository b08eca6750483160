"""Connections: ties in, degrees, change, density, reciprocity, mixing and E-I worked out."""

from __future__ import annotations

from math import sqrt

import duckdb
import pytest
from scipy.stats import t

from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_formulas import work_out_mean, work_out_share, work_out_variance
from warehouse.engine import Engine

MEMBERS = """
member_id | profession | hub   | joined_on  | left_on
ann       | Nurse      | North | 2015-01-01 |
bob       | Nurse      | South | 2015-01-01 |
cat       | Doctor     | North | 2015-01-01 |
dan       | Doctor     |       | 2015-01-01 |
eve       | Nurse      | South | 2015-01-01 | 2015-05-01
fay       | Doctor     | South | 2015-05-01 |
"""
# eve left before w2; fay joined for it. dan did not answer in w2.
INVITATIONS = """
wave_id | member_id | disposition
w1      | ann       | complete
w1      | bob       | complete
w1      | cat       | complete
w1      | dan       | complete
w1      | eve       | complete
w2      | ann       | complete
w2      | bob       | complete
w2      | cat       | complete
w2      | dan       | refused
w2      | fay       | complete
"""
TIES = """
wave_id | from_member_id | to_member_id | relation
w1      | ann            | bob          | advice
w1      | bob            | ann          | advice
w1      | ann            | cat          | advice
w1      | ann            | cat          | advice
w1      | cat            | dan          | advice
w1      | dan            | cat          | advice
w1      | dan            | dan          | advice
w1      | bob            | eve          | advice
w2      | ann            | bob          | advice
w2      | ann            | dan          | advice
w2      | bob            | ann          | advice
w2      | bob            | cat          | advice
w2      | cat            | fay          | advice
w2      | fay            | cat          | advice
"""
TABLES = {
    "members": MEMBERS,
    "waves": "wave_id,survey_id,opened_on\nw1,net,2015-03-01\nw2,net,2015-06-01\n",
    "invitations": INVITATIONS,
    "ties": TIES,
}


@pytest.fixture(scope="module")
def network(make_release: MakeRelease) -> Engine:
    return make_release(TABLES)


def read_wave(engine: Engine, indicator_id: str, wave: str) -> dict[str, object]:
    (record,) = read_records(engine, indicator_id, period=wave)
    assert record["dimensions"] == {"wave": record["period"], "relation": "advice"}
    return record


def check_interval(record: dict[str, object], expected: tuple[float, float, float]) -> None:
    assert (record["value"], record["low"], record["high"]) == pytest.approx(expected, abs=1e-12)


@pytest.mark.spec("ties_per_member")
def test_degree_counts_different_partners_in_either_direction(network: Engine) -> None:
    # Pairs of w1: ann–bob, ann–cat (named twice), cat–dan, bob–eve. Partners: ann 2, bob 2, cat 2, dan 1, eve 1.
    check_interval(read_wave(network, "ties_per_member", "w1"), work_out_mean([2, 2, 2, 1, 1]))
    assert read_cells(network, "ties_per_member", period="w1", by=("profession",)) == {
        ("w1", "advice", "Doctor"): 3 / 2,  # cat, dan
        ("w1", "advice", "Nurse"): 5 / 3,  # ann, bob, eve
    }


@pytest.mark.spec("ties_per_member")
def test_the_interval_does_not_go_below_no_ties(make_release: MakeRelease) -> None:
    names = ("ann", "bob", "cat", "dan", "eve")
    engine = make_release(
        {
            "members": "member_id,joined_on\n" + "".join(f"{name},2015-01-01\n" for name in names),
            "waves": "wave_id,survey_id,opened_on\nw1,net,2015-03-01\n",
            "ties": "wave_id,from_member_id,to_member_id,relation\nw1,ann,bob,advice\n",
        }
    )
    value, low, high = work_out_mean([1, 1, 0, 0, 0])
    assert low < 0
    check_interval(read_wave(engine, "ties_per_member", "w1"), (value, 0, high))


@pytest.mark.spec("ties_per_member")
def test_a_tie_to_oneself_is_set_aside_and_a_repeated_tie_counts_once(network: Engine) -> None:
    path = network.release.path / "quarantine.parquet"
    rows = duckdb.execute(f"SELECT line, reason FROM '{path}' WHERE file = 'ties.csv'").fetchall()
    assert rows == [(8, "from_member_id and to_member_id are the same: take the line out")]
    (ties,) = [file for file in network.release.manifest["files"] if file["name"] == "ties.csv"]
    assert (ties["read"], ties["loaded"], ties["quarantined"], ties["duplicates"]) == (14, 12, 1, 1)


@pytest.mark.spec("density")
def test_density_is_over_what_respondents_could_name(network: Engine) -> None:
    # w1: 6 different ties of 5 × 4. By member: ann 2, bob 2, cat 1, dan 1, eve 0 of 4 each.
    check_interval(
        read_wave(network, "density", "w1"), work_out_share([(2, 4), (2, 4), (1, 4), (1, 4), (0, 4)])
    )
    # w2: five members, dan did not answer: 6 ties of 4 × 4.
    record = read_wave(network, "density", "w2")
    assert (record["numerator"], record["denominator"], record["n"]) == (6, 4 * 4, 4)


@pytest.mark.spec("reciprocity")
def test_reciprocity_is_over_ties_between_respondents(network: Engine) -> None:
    # w1: ann↔bob and cat↔dan are mutual, ann→cat and bob→eve are not: 4 of 6. By sender: ann 1/2, bob 1/2, cat, dan.
    check_interval(read_wave(network, "reciprocity", "w1"), work_out_share([(1, 2), (1, 2), (1, 1), (1, 1)]))
    # w2: without ann→dan, as dan could not return it: ann↔bob, cat↔fay are mutual, bob→cat is not: 4 of 5.
    assert read_wave(network, "reciprocity", "w2")["value"] == 4 / 5


@pytest.mark.spec("ties_kept", "ties_new", "ties_lost", "tie_stability")
def test_change_is_among_those_asked_in_both_waves(network: Engine) -> None:
    # Senders who answered in both waves: ann, bob, cat. Receivers asked in both: ann, bob, cat, dan.
    # ann: bob kept, dan new, cat lost. bob: ann kept, cat new; eve left, so her tie is not lost. cat: dan lost; fay is new to Q.
    by_member = {"kept": [1, 1, 0], "new": [1, 1, 0], "lost": [1, 0, 1]}
    for word, counts in by_member.items():
        record = read_wave(network, f"ties_{word}", "w2")
        assert (record["numerator"], record["n"]) == (sum(counts), 3)
        value, low, high = work_out_mean(counts)
        check_interval(record, (value, max(low, 0), high))
    record = read_wave(network, "tie_stability", "w2")
    assert (record["numerator"], record["denominator"]) == (2, 2 + 2 + 2)
    check_interval(record, work_out_share([(1, 3), (1, 2), (0, 1)]))


@pytest.mark.spec("ties_kept", "ties_new", "ties_lost", "tie_stability")
def test_the_first_wave_has_no_change(network: Engine) -> None:
    for name in ("ties_kept", "ties_new", "ties_lost", "tie_stability"):
        (record,) = read_records(network, name, period="w1")
        assert (record["value"], record["status"]) == (None, "no_data")


@pytest.mark.spec("cross_profession", "ei_profession")
def test_ties_across_professions(network: Engine) -> None:
    # w1 across: ann→cat. Within: ann↔bob, cat↔dan, bob→eve. By sender: ann 1/2, bob 0/2, cat 0/1, dan 0/1.
    clusters = [(1, 2), (0, 2), (0, 1), (0, 1)]
    share = work_out_share(clusters)
    check_interval(read_wave(network, "cross_profession", "w1"), share)
    record = read_wave(network, "ei_profession", "w1")
    assert (record["numerator"], record["denominator"]) == (1 - 5, 6)
    check_interval(record, (2 * share[0] - 1, 2 * share[1] - 1, 2 * share[2] - 1))


@pytest.mark.spec("cross_hub", "ei_hub")
def test_ties_across_a_further_attribute_leave_out_what_is_not_recorded(network: Engine) -> None:
    # dan has no hub: his ties count nowhere. ann↔bob across, ann→cat within, bob→eve within.
    share = work_out_share([(1, 2), (1, 2)])
    check_interval(read_wave(network, "cross_hub", "w1"), share)
    record = read_wave(network, "ei_hub", "w1")
    assert (record["numerator"], record["denominator"], record["value"]) == (0, 4, 0)


@pytest.mark.spec("cross_region", "cross_cohort", "cross_organisation", "cross_organisation_type")
@pytest.mark.spec("ei_region", "ei_cohort", "ei_organisation", "ei_organisation_type")
def test_every_fixed_dimension_has_a_boundary(make_release: MakeRelease) -> None:
    # ann to bob and cat, bob to ann, cat to bob: groups as below, E and I counted by hand.
    members = """
    member_id | region | cohort | organisation | organisation_type | joined_on
    ann       | Wales  | First  | Trust one    | Trust             | 2015-01-01
    bob       | Wales  | Second | Trust two    | Trust             | 2015-01-01
    cat       | London | First  | Trust one    | Trust             | 2015-01-01
    """
    ties = "w1,ann,bob,advice\nw1,ann,cat,advice\nw1,bob,ann,advice\nw1,cat,bob,advice\n"
    engine = make_release(
        {
            "members": members,
            "waves": "wave_id,survey_id,opened_on\nw1,net,2015-03-01\n",
            "ties": "wave_id,from_member_id,to_member_id,relation\n" + ties,
        }
    )
    external = {
        "region": 2,  # ann→cat, cat→bob
        "cohort": 3,  # ann→bob, bob→ann, cat→bob
        "organisation": 3,  # the same three
        "organisation_type": 0,
    }
    for name, count in external.items():
        assert read_wave(engine, f"cross_{name}", "w1")["value"] == count / 4
        assert read_wave(engine, f"ei_{name}", "w1")["value"] == (count - (4 - count)) / 4


@pytest.mark.spec("ties_per_member", "density", "reciprocity")
def test_undirected_ties_run_both_ways(make_release: MakeRelease) -> None:
    ties = """
    wave_id | from_member_id | to_member_id | relation | directed
    w1      | ann            | bob          | works    | no
    w1      | bob            | ann          | works    | no
    w1      | bob            | cat          | works    | no
    """
    engine = make_release(
        {
            "members": "member_id,joined_on\nann,2015-01-01\nbob,2015-01-01\ncat,2015-01-01\n",
            "waves": "wave_id,survey_id,opened_on\nw1,net,2015-03-01\n",
            "ties": ties,
        }
    )
    expected = {
        "ties_per_member": (1 + 2 + 1) / 3,
        "density": 2 * 2 / (3 * 2),  # 2m / (n (n − 1))
        "reciprocity": 1,
    }
    assert {name: read_cells(engine, name)["w1", "works"] for name in expected} == pytest.approx(expected)


@pytest.mark.spec("reciprocity")
def test_reciprocity_by_pairs(network: Engine) -> None:
    # w1: ann–bob and cat–dan mutual, ann→cat and bob→eve one-way: 2 of 4 pairs, a mutual one half with each side.
    settings = (("definition", "dyads"),)
    record = read_records(network, "reciprocity", period="w1", settings=settings)[0]
    assert (record["numerator"], record["denominator"], record["value"]) == (2, 4, 2 / 4)
    share = work_out_share([(0.5, 1.5), (0.5, 1.5), (0.5, 0.5), (0.5, 0.5)])
    check_interval(record, share)


@pytest.mark.spec("tie_strength", "tie_trust", "tie_value")
def test_the_quality_of_ties_is_the_mean_of_their_strength(make_release: MakeRelease) -> None:
    ties = """
    wave_id | from_member_id | to_member_id | relation       | strength
    w1      | ann            | bob          | Reliability    | 4
    w1      | ann            | cat          | Reliability    | 2
    w1      | ann            | bob          | openness       | 3
    w1      | bob            | ann          | shared_mission | 1
    w1      | bob            | cat          | Shared mission |
    w1      | cat            | ann          | influence      | 2
    w1      | cat            | ann          | resources      | 3
    w1      | bob            | ann          | involvement    | 4
    w1      | cat            | bob          | advice         | 9
    """
    engine = make_release(
        {
            "members": "member_id,joined_on\nann,2015-01-01\nbob,2015-01-01\ncat,2015-01-01\n",
            "waves": "wave_id,survey_id,opened_on\nw1,net,2015-03-01\n",
            "ties": ties,
        }
    )
    strength = read_cells(engine, "tie_strength", "value", "denominator", "n")
    assert strength["w1", "Reliability"] == (3, 2, 1)
    assert strength["w1", "advice"] == (9, 1, 1)
    assert ("w1", "Shared mission") not in strength
    # Trust: ann 4, 2, 3 and bob 1. Value: cat 2, 3 and bob 4. The naming member is the cluster.
    (trust,) = read_records(engine, "tie_trust")
    check_interval(trust, work_out_ratio([(4 + 2 + 3, 3), (1, 1)]))
    (value,) = read_records(engine, "tie_value")
    check_interval(value, work_out_ratio([(2 + 3, 2), (4, 1)]))
    assert read_cells(engine, "tie_trust", by=("relation",)) == {
        ("w1", "Reliability"): 3,
        ("w1", "openness"): 3,
        ("w1", "shared_mission"): 1,
    }


def work_out_ratio(clusters: list[tuple[float, float]]) -> tuple[float, float, float]:
    ratio = sum(x for x, _ in clusters) / sum(w for _, w in clusters)
    half = float(t.ppf(0.975, len(clusters) - 1)) * sqrt(work_out_variance(clusters))
    return ratio, ratio - half, ratio + half


@pytest.mark.spec(
    "ties_new_by_profession",
    "ties_new_by_hub",
    "ties_new_by_cohort",
    "ties_new_by_region",
    "ties_new_by_organisation",
    "ties_new_by_organisation_type",
)
def test_new_ties_across_and_within(network: Engine) -> None:
    # Of ann, bob and cat, who answered both: ann newly named dan (a doctor, without a hub), bob newly named cat (a doctor, in
    # another hub); fay was not asked before. Nothing is recorded of organisations, regions and cohorts.
    for attribute, across in (("profession", 2), ("hub", 1), ("cohort", 0), ("region", 0), ("organisation", 0), ("organisation_type", 0)):  # fmt: skip
        assert read_cells(network, f"ties_new_by_{attribute}", "numerator", "denominator") == {
            ("w2", "advice", "Across"): (across, 3),
            ("w2", "advice", "Within"): (0, 3),
        }
    (mixed, _) = read_records(network, "ties_new_by_profession")
    value, _, high = work_out_mean([1, 1, 0])
    assert (mixed["value"], mixed["low"], mixed["high"]) == pytest.approx((value, 0, high)), (
        "no fewer than none"
    )


@pytest.mark.spec(
    "mixing_matrix_profession",
    "mixing_matrix_hub",
    "mixing_matrix_cohort",
    "mixing_matrix_region",
    "mixing_matrix_organisation",
    "mixing_matrix_organisation_type",
)
def test_whom_each_group_names(network: Engine) -> None:
    # w1, without ties to oneself, the same tie once: nurses ann and bob name bob, cat; ann, eve. Doctors cat and dan name each other.
    # w2: ann names bob and dan, bob ann and cat; cat and fay name each other.
    assert read_cells(network, "mixing_matrix_profession", "numerator", "denominator", "n") == {
        ("w1", "advice", "Doctor", "Doctor"): (2, 2, 2),
        ("w1", "advice", "Doctor", "Nurse"): (0, 2, 2),
        ("w1", "advice", "Nurse", "Doctor"): (1, 4, 2),
        ("w1", "advice", "Nurse", "Nurse"): (3, 4, 2),
        ("w2", "advice", "Doctor", "Doctor"): (2, 2, 2),
        ("w2", "advice", "Doctor", "Nurse"): (0, 2, 2),
        ("w2", "advice", "Nurse", "Doctor"): (2, 4, 2),
        ("w2", "advice", "Nurse", "Nurse"): (2, 4, 2),
    }
    # Hubs in w1: ann in North names bob in South and cat in North; bob in South names ann and eve; dan has none.
    cells = read_cells(network, "mixing_matrix_hub", "numerator", "denominator", period="w1")
    assert cells == {
        ("w1", "advice", "North", "North"): (1, 2),
        ("w1", "advice", "North", "South"): (1, 2),
        ("w1", "advice", "South", "North"): (1, 2),
        ("w1", "advice", "South", "South"): (1, 2),
    }
    one = next(
        record
        for record in read_records(network, "mixing_matrix_profession", period="w1")
        if (record["dimensions"]["group"], record["dimensions"]["part"]) == ("Nurse", "Doctor")
    )
    check_interval(one, work_out_share([(1, 2), (0, 2)]))
    for attribute in ("cohort", "region", "organisation", "organisation_type"):
        records = read_records(network, f"mixing_matrix_{attribute}")
        assert {record["status"] for record in records} == {"no_data"}, "nothing is recorded of it"
