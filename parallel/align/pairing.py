"""From how much words stand for each other to which do."""

from __future__ import annotations

from collections.abc import Sequence

Pairs = tuple[tuple[int, int], ...]
"""Source word, target word, numbered from 0."""
Weights = Sequence[Sequence[float]]
"""How much each target word stands for each source word, 0 to 1: ``[target words][source words]``."""

LEAST = 0.1
"""Attention or probability below which a word stands for none."""


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
        if table[j][i] >= LEAST:
            linked.add((i, j))
    for i in set(range(width)) - {i for i, _ in linked}:
        j = max(range(height), key=lambda at: (table[at][i], -off(i, at)))
        if table[j][i] >= 2 * LEAST:
            linked.add((i, j))
    return tuple(sorted(linked))


def sure(table: Weights, least: float) -> Pairs:
    """Only pairs of words that are each other's best, and `least` at least."""
    if not table or not table[0]:
        return ()
    columns = list(zip(*table, strict=True))
    found = []
    for j, row in enumerate(table):
        top = max(row)
        i = row.index(top)
        if top >= least and max(columns[i]) == top:
            found.append((i, j))
    return tuple(sorted(found))
