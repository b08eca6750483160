"""Ties across groups against random mixing: everybody's ties sent and received kept, and dealt anew."""

from __future__ import annotations

from math import erfc, sqrt
from typing import NamedTuple

import numpy as np

from indicators.network.graphs import NAN, Floats, Ints, Network

_TOLERANCE = 1e-12


class Mixing(NamedTuple):
    """Ties across groups as observed, and as random mixing makes them, of the ties with both groups recorded.

    `expected` and `sd` are of the share of ties across groups.
    """

    external: int
    total: int
    members: int
    expected: float
    sd: float

    @property
    def observed(self) -> float:
        return self.external / self.total

    @property
    def limits(self) -> tuple[float, float]:
        """Expected ± 1.96 sd, within 0 and 1."""
        reach = 1.96 * self.sd
        return max(self.expected - reach, 0.0), min(self.expected + reach, 1.0)

    @property
    def p(self) -> float:
        """Probability of a share at least as far from the expected, two-sided, of the normal with this mean and sd.

        1 where dealing can give no other share.
        """
        return erfc(abs(self.observed - self.expected) / self.sd / sqrt(2)) if self.sd else 1.0


def compare_mixing(network: Network, groups: Ints) -> Mixing | None:
    """Mixing by each member's group (a number, −1 where not recorded); None without a tie that has both recorded.

    Random mixing deals the ends of ties anew. Directed: the ends received are dealt to the ends sent, every way as
    likely. Undirected: the ends are paired, every way as likely (the pairing model, Bollobás 1980). T, the ties
    within groups, and L, the ties to oneself that dealing makes by chance, have their means, variances and covariance
    in closed form (`_deal` after Hoeffding 1951, `_pair`). No survey has ties to oneself, so that T is taken given
    L = 0, by linear regression: E T − E L · Cov(T, L) / Var L, with the variance Var T − Cov(T, L)² / Var L. Time and
    memory grow as the ties do. Two equal ties are left in, of which there are few where networks are sparse.
    """
    own, others = groups[network.senders], groups[network.receivers]
    is_known = (own >= 0) & (others >= 0)
    total = int(is_known.sum())
    if not total:
        return None
    senders, receivers = network.senders[is_known], network.receivers[is_known]
    sent, received = (np.bincount(side, minlength=network.size) for side in (senders, receivers))
    if network.is_directed:
        ties, means, (within, both, alone) = total, *_deal(sent, received, groups)
    else:
        ties, means, (within, both, alone) = total // 2, *_pair(sent, groups)
    slope = both / alone if alone > _TOLERANCE else 0.0
    expected = means[0] - slope * means[1]
    variance = max(within - slope * both, 0.0)
    return Mixing(
        external=int((own != others)[is_known].sum()),
        total=total,
        members=int((sent > 0).sum()),
        expected=min(max((ties - expected) / ties, 0.0), 1.0),
        sd=sqrt(variance) / ties if variance > _TOLERANCE * ties else 0.0,
    )


Moments = tuple[tuple[float, float], tuple[float, float, float]]


def _deal(sent: Ints, received: Ints, groups: Ints) -> Moments:
    """E T, E L; Var T, Cov(T, L), Var L, where the m ends received are dealt to the m ends sent.

    For Σᵢ a(i, π(i)) and Σᵢ b(i, π(i)) over a random permutation π the means are Σa / m and the covariance is
    Σ a d / (m − 1), where d is b less its means of rows and of columns and with the mean of all added (Hoeffding 1951,
    theorem 2, for a = b; the covariance follows from a + b). Here a = 1 for two ends of one group, b = 1 for
    two ends of one member, and both are constant over the ends of a member.
    """
    ties = int(sent.sum())
    by_group = [_sum_groups(ends, groups)[np.maximum(groups, 0)] for ends in (sent, received)]
    own = sent.astype(np.float64) * received
    in_groups = sent * by_group[1]  # the ends received in the group of each end sent

    def centre(rows: Floats, columns: Floats, mean: float) -> Floats:
        """d of two ends of the same member: 1 − row mean − column mean + mean."""
        return 1 - rows / ties - columns / ties + mean / ties

    means = float(in_groups.sum() / ties), float(own.sum() / ties)
    of_group = centre(by_group[1], by_group[0], means[0])
    of_member = centre(received.astype(np.float64), sent.astype(np.float64), means[1])
    if ties == 1:
        return means, (0.0, 0.0, 0.0)
    return means, (
        float((in_groups * of_group).sum() / (ties - 1)),
        float((own * of_group).sum() / (ties - 1)),
        float((own * of_member).sum() / (ties - 1)),
    )


def _pair(ends: Ints, groups: Ints) -> Moments:
    """E T, E L; Var T, Cov(T, L), Var L, where N ends are paired at random.

    A pair of ends is joined with probability 1 / (N − 1), two pairs without a common end with 1 / ((N − 1)(N − 3)),
    two with one end in common never. With A pairs of ends in one group and B ⊆ A of one member, and S the ordered
    choices of a pair of A and one of B that share one end,
    Cov = B / (N − 1) + (AB − B − S) / ((N − 1)(N − 3)) − AB / (N − 1)², and AB cancels but for
    2AB / ((N − 1)²(N − 3)). Var is the same with B = A. S = Σ e (e − 1)(g − 2) over the e ends of a member, g ends in
    their group, or with e = g over the groups.
    """
    number = int(ends.sum())
    in_group = _sum_groups(ends, groups)
    around = in_group[np.maximum(groups, 0)]
    own = ends.astype(np.float64)
    pairs = float((in_group * (in_group - 1)).sum() / 2), float((own * (own - 1)).sum() / 2)

    def vary(fine: Floats, coarse: Floats, one: float, other: float) -> float:
        sharing = float((fine * (fine - 1) * (coarse - 2)).sum())
        rest = (number - 1) * (number - 3)
        return one / (number - 1) - (one + sharing) / rest + 2 * one * other / rest / (number - 1)

    means = pairs[0] / (number - 1), pairs[1] / (number - 1)
    return means, (
        vary(in_group, in_group, pairs[0], pairs[0]),
        vary(own, around, pairs[1], pairs[0]),
        vary(own, own, pairs[1], pairs[1]),
    )


def _sum_groups(ends: Ints, groups: Ints) -> Floats:
    """Ends in each group."""
    is_known = groups >= 0
    return np.bincount(groups[is_known], ends[is_known]).astype(np.float64)


def measure_assortativity(network: Network, groups: Ints) -> float:
    """(Σeᵢᵢ − Σaᵢbᵢ) / (1 − Σaᵢbᵢ) over the ties with both groups recorded (Newman 2003); NaN with one group only."""
    own, others = groups[network.senders], groups[network.receivers]
    is_known = (own >= 0) & (others >= 0)
    own, others = own[is_known], others[is_known]
    if not len(own):
        return NAN
    kinds = int(groups.max()) + 1
    sent, received = (np.bincount(side, minlength=kinds) / len(own) for side in (own, others))
    by_chance = float(sent @ received)
    return (float((own == others).mean()) - by_chance) / (1 - by_chance) if by_chance < 1 else NAN
