"""Chance that comes out the same every time: igraph has one generator for the whole program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from threading import Lock

SEED = 2015
_LOCK = Lock()


@contextmanager
def seed_igraph(seed: int = SEED) -> Iterator[None]:
    """Let igraph draw from a generator of its own, seeded afresh; one thread at a time."""
    import igraph  # takes a second to import: only where a network is computed

    with _LOCK:
        igraph.set_random_number_generator(Random(seed))  # noqa: S311 (nothing secret is drawn)
        try:
            yield
        finally:
            igraph.set_random_number_generator(None)
