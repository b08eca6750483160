"""Networks worked out a second time, slow and obvious, from pairs (from, to): what specs and oracles compare with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, permutations, product
from math import sqrt

Arc = tuple[str, str]
ROLES = ("Coordinator", "Consultant", "Gatekeeper", "Representative", "Liaison")


def list_same_degrees(arcs: Iterable[Arc], members: Sequence[str]) -> Iterator[tuple[Arc, ...]]:
    """Every network of directed ties in which everybody sends and receives as many ties as in this one."""
    arcs = set(arcs)
    sent, received = Counter(sender for sender, _ in arcs), Counter(receiver for _, receiver in arcs)
    choices = [
        combinations([other for other in members if other != member], sent[member]) for member in members
    ]
    for chosen in product(*(tuple(choice) for choice in choices)):
        if Counter(other for others in chosen for other in others) == received:
            yield tuple(
                (member, other) for member, others in zip(members, chosen, strict=True) for other in others
            )


def list_same_partners(pairs: Iterable[Arc], members: Sequence[str]) -> Iterator[tuple[Arc, ...]]:
    """Every network of undirected ties in which everybody has as many partners as in this one."""
    pairs = set(pairs)
    degrees = Counter(member for pair in pairs for member in pair)
    for chosen in combinations(list(combinations(members, 2)), len(pairs)):
        if Counter(member for pair in chosen for member in pair) == degrees:
            yield chosen


def list_dealings(arcs: Sequence[Arc]) -> Iterator[tuple[Arc, ...]]:
    """The ends received dealt to the ends sent in every way, ties to oneself and equal ones among them."""
    for dealt in permutations([receiver for _, receiver in arcs]):
        yield tuple((sender, receiver) for (sender, _), receiver in zip(arcs, dealt, strict=True))


def list_pairings(pairs: Sequence[Arc]) -> Iterator[tuple[Arc, ...]]:
    """The ends of undirected ties paired in every way, ties to oneself and equal ones among them."""

    def pair(ends: tuple[str, ...]) -> Iterator[tuple[Arc, ...]]:
        if not ends:
            yield ()
        for place in range(1, len(ends)):
            for rest in pair(ends[1:place] + ends[place + 1 :]):
                yield ((ends[0], ends[place]), *rest)

    yield from pair(tuple(member for ends in pairs for member in ends))


def work_out_mixing(ways: Iterable[Sequence[Arc]], group: Mapping[str, str]) -> tuple[float, float]:
    """Mean and standard deviation of the share of ties across groups, all ways as likely, given that none is to oneself.

    Given, that is, by the straight line through the ties within groups against those to oneself.
    """
    drawn = [
        (sum(group[a] == group[b] for a, b in way), sum(a == b for a, b in way), len(way)) for way in ways
    ]
    within, own, ties = (sum(column) / len(drawn) for column in zip(*drawn, strict=True))
    both = sum((t - within) * (s - own) for t, s, _ in drawn) / len(drawn)
    spread, alone = (
        sum((way[place] - mean) ** 2 for way in drawn) / len(drawn)
        for place, mean in enumerate((within, own))
    )
    slope = both / alone if alone else 0.0
    return 1 - (within - slope * own) / ties, sqrt(max(spread - slope * both, 0.0)) / ties


def count_crossing(arcs: Iterable[Arc], group: Mapping[str, str | None]) -> tuple[int, int]:
    """Ties across groups, and ties with both groups known."""
    known = [(group[a], group[b]) for a, b in arcs if group[a] is not None and group[b] is not None]
    return sum(a != b for a, b in known), len(known)


def count_roles(arcs: Iterable[Arc], group: Mapping[str, str | None]) -> dict[str, Counter[str]]:
    """By broker how many open paths i → broker → k have each role (Gould & Fernandez 1989)."""
    arcs = set(arcs)
    counts: dict[str, Counter[str]] = {}
    for i, j in arcs:
        for start, k in arcs:
            if start != j or k == i or (i, k) in arcs:
                continue
            a, b, c = group.get(i), group.get(j), group.get(k)
            if a is None or b is None or c is None:
                continue
            if a == b == c:
                role = "Coordinator"
            elif a == b:
                role = "Representative"
            elif b == c:
                role = "Gatekeeper"
            elif a == c:
                role = "Consultant"
            else:
                role = "Liaison"
            counts.setdefault(j, Counter())[role] += 1
    return counts


def measure_directed_transitivity(arcs: Iterable[Arc]) -> float | None:
    """Of the paths i → j → k, i ≠ k, the share with a tie i → k; None without a path."""
    arcs = set(arcs)
    paths = [(i, k) for i, j in arcs for start, k in arcs if start == j and k != i]
    return sum(path in arcs for path in paths) / len(paths) if paths else None
