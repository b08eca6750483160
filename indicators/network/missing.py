"""What those who did not answer would have named: made up many times over, so that a figure gets a range had they answered.

Hot-deck imputation of sent ties (after Huisman 2009, and Krause et al. 2018 on making up missing network data): each
missing respondent gets the number of ties of a respondent drawn at random; returns the ties of those who named them
with the reciprocity observed among respondents; the further ties go to members at random in proportion to how
often they are named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from indicators.network.graphs import NAN, Bools, Floats, Ints, Network, are_in, make_network, sort_codes
from indicators.network.seeding import SEED
from indicators.network.shape import ON_PATHS, QUICK

DRAWS, FEWER_DRAWS = 200, 50
MANY_ARCS, MOST_ARCS = 5_000, 100_000
MOST_PATH_WORK = 2_000_000
_ROUNDS = 20
_ARCS_AT_ONCE = 200_000
MEAN, LOW, HIGH = 0, 1, 2
Bounds = dict[str, tuple[float, float, float]]


def count_draws(arcs: int) -> int:
    """200 draws up to 5,000 arcs, 50 beyond."""
    return DRAWS if arcs <= MANY_ARCS else FEWER_DRAWS


def bound_missing(network: Network, statistic: str) -> tuple[float, float, float]:
    """Mean, 2.5 and 97.5 percentile of a statistic over the draws, as far as the mean at least; NaN where nobody is missing.

    It is the range of the figure had everybody answered, and not of the figure of the ties that were named, which it
    need not hold: ties that are missing make paths longer and networks looser.

    Given for the network of everybody only, up to 100,000 arcs, and for figures on paths up to 2,000,000 members ×
    pairs, beyond which the draws would take too long.
    """
    if not network.is_everybody or not network.is_missing.any() or not network.has_responded.any():
        return NAN, NAN, NAN
    is_path = statistic in ON_PATHS
    is_long = is_path and network.size * len(network.pairs) > MOST_PATH_WORK
    if len(network.senders) > MOST_ARCS or is_long:
        return NAN, NAN, NAN
    make = _bound_betweenness if statistic == "betweenness" else _bound_paths if is_path else _bound_quick
    return network.keep(make.__name__, make).get(statistic, (NAN, NAN, NAN))


def _bound_quick(network: Network) -> Bounds:
    found: dict[str, list[Floats]] = {name: [] for name in QUICK}
    for drawn in _draw_together(network):
        for name, measure in QUICK.items():
            found[name].append(measure(drawn))
    return {name: _bound(np.concatenate(values)) for name, values in found.items()}


def _bound_paths(network: Network) -> Bounds:
    return _bound_each(network, "diameter", "path_length")


def _bound_betweenness(network: Network) -> Bounds:
    return _bound_each(network, "betweenness")


def _bound_each(network: Network, *statistics: str) -> Bounds:
    found: dict[str, list[float]] = {name: [] for name in statistics}
    for codes in _draw_codes(network):
        drawn = make_network(
            network.size, codes // network.size, codes % network.size, is_directed=network.is_directed
        )
        for name in statistics:
            found[name].append(ON_PATHS[name](drawn))
    return {name: _bound(np.array(values)) for name, values in found.items()}


def _bound(values: Floats) -> tuple[float, float, float]:
    known = values[~np.isnan(values)]
    if not len(known):
        return NAN, NAN, NAN
    mean = float(known.mean())
    low, high = np.quantile(known, (0.025, 0.975))
    return mean, min(float(low), mean), max(float(high), mean)


def _draw_codes(network: Network) -> Iterator[Ints]:
    random, known = np.random.default_rng(SEED), _know(network)
    for _ in range(count_draws(len(network.senders))):
        yield _impute(known, random)


def _draw_together(network: Network) -> Iterator[Network]:
    """The draws as networks of many copies, of about 200,000 arcs each."""
    draws = list(_draw_codes(network))
    size = network.size
    step = max(1, _ARCS_AT_ONCE // max(map(len, draws)))
    for first in range(0, len(draws), step):
        some = draws[first : first + step]
        offsets = np.repeat(np.arange(len(some)) * size, [len(codes) for codes in some])
        codes = np.concatenate(some)
        senders, receivers = codes // size + offsets, codes % size + offsets
        if not network.is_directed:
            nodes = size * len(some)
            both = sort_codes(np.concatenate((senders * nodes + receivers, receivers * nodes + senders)))
            senders, receivers = both // nodes, both % nodes
        yield Network(
            size,
            senders,
            receivers,
            network.is_directed,
            network.has_responded,
            network.is_missing,
            copies=len(some),
        )


def impute_ties(network: Network, random: np.random.Generator) -> Network:
    """The network with the ties of its missing respondents made up once; ties that are known are kept."""
    codes = _impute(_know(network), random)
    return make_network(
        network.size, codes // network.size, codes % network.size, is_directed=network.is_directed
    )


@dataclass(frozen=True, eq=False)
class _Known:
    """What every draw starts from; an arc is its code, sender × size + receiver."""

    size: int
    codes: Ints
    sent: Ints
    missing: Ints
    donors: Ints
    returned: Ints
    is_new: Bools
    return_rate: float
    weights: Floats


def _know(network: Network) -> _Known:
    size, senders, receivers = network.size, network.senders, network.receivers
    codes = np.sort(senders * size + receivers)
    sent = np.bincount(senders, minlength=size)
    to_missing = network.is_missing[receivers]
    returned = receivers[to_missing] * size + senders[to_missing]
    between = network.has_responded[senders] & network.has_responded[receivers]
    back = receivers[between] * size + senders[between]
    return _Known(
        size,
        codes,
        sent,
        np.flatnonzero(network.is_missing),
        sent[network.has_responded],
        returned,
        ~are_in(returned, codes),
        float(are_in(back, codes).mean()) if len(back) else 0.0,
        np.cumsum(np.bincount(receivers, minlength=size), dtype=np.float64),
    )


def _impute(known: _Known, random: np.random.Generator) -> Ints:
    """The codes of the arcs of one draw.

    Further receivers are drawn in proportion to how often they are named until everybody sends what is wanted; repeats
    are drawn again, for twenty rounds: then those are given up who have hardly anybody left to name.
    """
    size = known.size
    wanted = np.zeros(size, dtype=np.int64)
    wanted[known.missing] = random.choice(known.donors, len(known.missing))
    is_returned = random.random(len(known.returned)) < known.return_rate
    made = np.sort(known.returned[is_returned & known.is_new])
    for _ in range(_ROUNDS if known.weights[-1] > 0 else 0):
        short = np.maximum(wanted - known.sent - np.bincount(made // size, minlength=size), 0)
        senders = np.repeat(np.arange(size), short)
        if not len(senders):
            break
        chance = random.random(len(senders)) * known.weights[-1]
        receivers = np.searchsorted(known.weights, chance, side="right")
        drawn = (senders * size + receivers)[senders != receivers]
        made = sort_codes(np.concatenate((made, drawn[~are_in(drawn, known.codes)])))
    return np.concatenate((known.codes, made))
