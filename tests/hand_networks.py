"""Networks worked out a second time, slow and obvious, from pairs (from, to): what specs and oracles compare with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product

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
