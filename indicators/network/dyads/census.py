"""Censuses: how many pairs and triples of members have which ties (Holland & Leinhardt 1970; Davis & Leinhardt 1972)."""

from __future__ import annotations

from indicators.network.graphs import Network

DYADS = ("Mutual", "Asymmetric", "Null")
TRIADS = (
    "003",
    "012",
    "102",
    "021D",
    "021U",
    "021C",
    "111D",
    "111U",
    "030T",
    "030C",
    "201",
    "120D",
    "120U",
    "120C",
    "210",
    "300",
)


def count_dyads(network: Network) -> dict[str, int]:
    """Pairs tied both ways, one way, and not at all."""
    tied = len(network.pairs)
    mutual = len(network.senders) - tied
    return dict(
        zip(DYADS, (mutual, tied - mutual, network.size * (network.size - 1) // 2 - tied), strict=True)
    )


def count_triads(network: Network) -> dict[str, int]:
    """Triples by the 16 classes of Davis & Leinhardt; that without ties is what the others leave of all."""
    import igraph

    arcs = list(zip(network.senders.tolist(), network.receivers.tolist(), strict=True))
    found = igraph.Graph(network.size, arcs, directed=True).triad_census()
    counts = dict(zip(TRIADS, map(int, found), strict=True))
    n = network.size
    tied = sum(count for name, count in counts.items() if name != TRIADS[0])
    return counts | {TRIADS[0]: n * (n - 1) * (n - 2) // 6 - tied}
