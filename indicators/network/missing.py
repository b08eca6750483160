"""What those who did not answer would have named: made up many times over, so that a figure gets an interval.

Hot-deck imputation of sent ties (after Huisman 2009, and Krause et al. 2018 on making up missing network data): each
missing respondent gets the number of ties of a respondent drawn at random; returns the ties of those who named them
with the reciprocity observed among respondents; the further ties go to members at random in proportion to how
often they are named.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from indicators.network.graphs import NAN, ON_PATHS, QUICK, Ints, Network, make_network
from indicators.network.seeding import SEED

DRAWS = 200
MOST_ARCS = 100_000
MOST_PATH_WORK = 2_000_000
_ROUNDS = 20
MEAN, LOW, HIGH = 0, 1, 2


def bound_missing(network: Network, statistic: str) -> tuple[float, float, float]:
    """Mean, 2.5 and 97.5 percentile of a statistic over the draws; NaN where nobody is missing.

    Given for the network of everybody only, up to 100,000 arcs, and for figures on paths up to 2,000,000 members ×
    pairs, beyond which 200 draws would take too long.
    """
    if not network.is_everybody or not network.is_missing.any() or not network.has_responded.any():
        return NAN, NAN, NAN
    if len(network.senders) > MOST_ARCS:
        return NAN, NAN, NAN
    return _bound_all(*network.key).get(statistic, (NAN, NAN, NAN))


@lru_cache(maxsize=64)
def _bound_all(
    size: int, senders: bytes, receivers: bytes, is_directed: bool, responded: bytes, missing: bytes
) -> dict[str, tuple[float, float, float]]:
    network = Network(
        size,
        np.frombuffer(senders, dtype=np.int64),
        np.frombuffer(receivers, dtype=np.int64),
        is_directed,
        np.frombuffer(responded, dtype=bool),
        np.frombuffer(missing, dtype=bool),
    )
    has_paths = size * len(network.pairs) <= MOST_PATH_WORK
    statistics = QUICK | (ON_PATHS if has_paths else {})
    random = np.random.default_rng(SEED)
    found: dict[str, list[float]] = {name: [] for name in statistics}
    for _ in range(DRAWS):
        drawn = impute_ties(network, random)
        for name, measure in statistics.items():
            found[name].append(measure(drawn))
    bounds = {}
    for name, values in found.items():
        known = np.array([value for value in values if value == value])
        if len(known):
            low, high = np.quantile(known, (0.025, 0.975))
            bounds[name] = (float(known.mean()), float(low), float(high))
    return bounds


def impute_ties(network: Network, random: np.random.Generator) -> Network:
    """The network with the ties of its missing respondents made up once; ties that are known are kept."""
    size, senders, receivers = network.size, network.senders, network.receivers
    missing = np.flatnonzero(network.is_missing)
    sent = np.bincount(senders, minlength=size)
    donors = sent[network.has_responded]
    wanted = np.zeros(size, dtype=np.int64)
    wanted[missing] = random.choice(donors, len(missing))
    known = senders * size + receivers
    to_missing = network.is_missing[receivers]
    returned = receivers[to_missing] * size + senders[to_missing]
    returned = returned[random.random(len(returned)) < _measure_return(network, known)]
    codes = np.union1d(known, returned)
    weights = np.cumsum(np.bincount(receivers, minlength=size), dtype=np.float64)
    if weights[-1] > 0:
        codes = _add_ties(codes, wanted, size, weights, random)
    return make_network(size, codes // size, codes % size, is_directed=network.is_directed)


def _measure_return(network: Network, known: Ints) -> float:
    """Of the arcs between respondents, the share returned; 0 where there is none."""
    between = network.has_responded[network.senders] & network.has_responded[network.receivers]
    back = network.receivers[between] * network.size + network.senders[between]
    return float(np.isin(back, known).mean()) if len(back) else 0.0


def _add_ties(codes: Ints, wanted: Ints, size: int, weights: np.ndarray, random: np.random.Generator) -> Ints:
    """Draw receivers in proportion to the weights until everybody sends what is wanted; repeats are drawn again.

    Gives up after twenty rounds on those who have hardly anybody left to name.
    """
    for _ in range(_ROUNDS):
        short = np.maximum(wanted - np.bincount(codes // size, minlength=size), 0)
        senders = np.repeat(np.arange(size), short)
        if not len(senders):
            break
        receivers = np.searchsorted(weights, random.random(len(senders)) * weights[-1], side="right")
        drawn = (senders * size + receivers)[senders != receivers]
        codes = np.union1d(codes, drawn)
    return codes
