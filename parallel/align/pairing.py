"""From how much words stand for each other to which do."""

from __future__ import annotations

from egiz.glossary.correct.links import LIKELY, Weights

Pairs = tuple[tuple[int, int], ...]
"""Source word, target word, numbered from 0."""


def best(table: Weights) -> Pairs:
    """Each target word with its best source word, and each source word left over with its best target word.

    `table` is target word by source word. Of equals the one nearest to the diagonal is best.
    """
    if not table or not table[0]:
        return ()
    height, width = len(table), len(table[0])

    def off(i: int, j: int) -> float:
        return abs((i + 0.5) / width - (j + 0.5) / height)

    linked = set()
    for j in range(height):
        i = max(range(width), key=lambda at: (table[j][at], -off(at, j)))
        if table[j][i] >= LIKELY:
            linked.add((i, j))
    for i in set(range(width)) - {i for i, _ in linked}:
        j = max(range(height), key=lambda at: (table[at][i], -off(i, at)))
        if table[j][i] >= 2 * LIKELY:
            linked.add((i, j))
    return tuple(sorted(linked))
