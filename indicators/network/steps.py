"""How far members are from one another: breadth first from many at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_WORD = 64
_MOST_BITS = 1 << 26


def count_steps(size: int, pairs: NDArray[np.int64], sources: NDArray[np.int64]) -> NDArray[np.int64]:
    """Nodes first reached after 1, 2, … steps from each source: one row a step, one column a source.

    `pairs` are the ties of nodes 0 … size − 1, one row a pair, each in one direction; every node has one. A source is a
    bit, so that one pass over the ties takes a step from many of them (Then et al. 2014, multi-source BFS).
    """
    if not len(pairs):
        return np.zeros((0, len(sources)), dtype=np.int64)
    ends = np.concatenate((pairs, pairs[:, ::-1]))
    others = ends[np.argsort(ends[:, 0], kind="stable"), 1]
    starts = np.concatenate(([0], np.cumsum(np.bincount(ends[:, 0], minlength=size))[:-1]))
    at_once = max(1, _MOST_BITS // (size * _WORD)) * _WORD
    parts = [
        _count_part(size, others, starts, sources[first : first + at_once])
        for first in range(0, len(sources), at_once)
    ]
    longest = max(map(len, parts))
    return np.hstack([np.pad(part, ((0, longest - len(part)), (0, 0))) for part in parts])


def _count_part(
    size: int, others: NDArray[np.int64], starts: NDArray[np.int64], sources: NDArray[np.int64]
) -> NDArray[np.int64]:
    words, bits = np.divmod(np.arange(len(sources)), _WORD)
    seen = np.zeros((size, words[-1] + 1), dtype="<u8")
    seen[sources, words] |= np.uint64(1) << bits.astype(np.uint64)
    front = seen
    counts: list[NDArray[np.int64]] = []
    while True:
        front = np.bitwise_or.reduceat(front[others], starts, axis=0) & ~seen
        if not front.any():
            return np.array(counts, dtype=np.int64)
        seen = seen | front
        reached = np.unpackbits(front.view(np.uint8), axis=1, count=len(sources), bitorder="little")
        counts.append(reached.sum(axis=0, dtype=np.int64))
