"""Ties across groups against random mixing: chance is no more than chance, and what rewiring makes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from indicators.network.graphs import Ints, Network, make_network
from indicators.network.mixing import Mixing, compare_mixing, measure_assortativity
from tests.oracles.drawn_networks import draw_network, rewire_shares


def compare(network: Network, groups: Ints) -> list[Mixing]:
    """Mixing by each column of groups, for which every tie has both."""
    found = [compare_mixing(network, column) for column in groups.T]
    return [mixing for mixing in found if mixing is not None]


@pytest.mark.parametrize("is_directed", [True, False])
def test_random_groups_are_found_unusual_no_more_often_than_chance(is_directed: bool) -> None:
    network = draw_network(1, 60, 180, is_directed=is_directed)
    groups = np.random.default_rng(2).integers(3, size=(60, 400))
    found = sum(mixing.p <= 0.05 for mixing in compare(network, groups))
    assert found <= stats.binom.ppf(0.999, 400, 0.05)


@pytest.mark.parametrize("sign", [-1, 1])
def test_planted_mixing_is_found(sign: int) -> None:
    random = np.random.default_rng(3)
    group = np.repeat([0, 1], 30)
    senders, receivers = random.integers(60, size=(2, 1000))
    is_within = group[senders] == group[receivers]
    kept = random.random(1000) < np.where(is_within == (sign < 0), 0.25, 0.05)
    network = make_network(60, senders[kept], receivers[kept])
    (mixing,) = compare(network, group[:, None])
    assert mixing.p <= 0.01
    assert np.sign(mixing.observed - mixing.expected) == sign
    assert np.sign(measure_assortativity(network, group)) == -sign


def test_rewiring_keeps_what_everybody_sends_and_receives() -> None:
    network = draw_network(4, 12, 40)
    # One attribute a member: in that group, or not. Ties across then are the member's ties, whatever is swapped.
    groups = np.eye(12, dtype=np.int64)
    shares = rewire_shares(network, groups, 100)
    expected = (groups[network.senders] != groups[network.receivers]).mean(axis=0)
    assert shares.shape == (100, 12)
    assert np.allclose(shares, expected)


@pytest.mark.parametrize("is_directed", [True, False])
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_random_mixing_is_what_rewiring_makes(seed: int, is_directed: bool) -> None:
    """Rewiring goes through the networks of the same degrees without a tie to oneself or a second one.

    Means within four standard errors of the draws, sds within 15 %. Second ties, which dealing leaves in, fall between
    members of many ties: by number of partners (the second attribute) it expects fewer ties across, by a third of an sd.
    """
    random = np.random.default_rng(seed)
    chance = random.gamma(2, size=250)
    ends = random.choice(250, (2, 750), p=chance / chance.sum())
    network = make_network(250, *ends, is_directed=is_directed)
    groups = np.column_stack([random.integers(kinds, size=250) for kinds in (2, 4, 12, 80)])
    groups[:, 1] = np.digitize(network.degrees, [3, 6, 9])
    groups[random.random(250) < 0.2, 2] = -1
    draws = rewire_shares(network, groups, 300)
    for place, mixing in enumerate(compare(network, groups)):
        mean, sd = draws[:, place].mean(), draws[:, place].std(ddof=1)
        assert abs(mixing.expected - mean) <= (0.5 if place == 1 else 4 / np.sqrt(300)) * sd
        assert 0.85 <= mixing.sd / sd <= 1.15


def test_a_network_that_cannot_be_dealt_otherwise_is_as_chance_makes_it() -> None:
    star = make_network(4, np.array([0, 0, 0]), np.array([1, 2, 3]))
    (mixing,) = compare(star, np.array([[0], [0], [1], [1]]))
    assert (mixing.p, mixing.observed, mixing.limits) == (1.0, 2 / 3, (2 / 3, 2 / 3))


def test_p_is_that_of_the_normal_on_both_sides() -> None:
    for external in (3, 7):
        mixing = Mixing(external, 10, 9, expected=0.5, sd=0.2 / 1.959964)
        assert mixing.p == pytest.approx(2 * stats.norm.sf(1.959964))
        assert mixing.p == pytest.approx(0.05, abs=1e-6)
    assert Mixing(5, 10, 9, 0.5, 0.1).p == 1
    assert Mixing(5, 10, 9, 0.05, 0.1).limits == (0, pytest.approx(0.246))
