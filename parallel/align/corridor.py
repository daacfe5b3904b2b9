"""The corridor: the band of the alignment matrix (source by target units) that the aligner searches.

Its centre line runs through anchors. These are pairs of units with common rare features. Of all such pairs,
the aligner takes those that form the chain with the highest weight in which no two pairs cross. The corridor
may be wide in some rows (at a chapter that one document lacks) and narrow in others. Its area grows with the
length of the documents, not with the product of their lengths.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from egiz.parallel.align.layers import Floats, Ints, Layer, Vectors
from egiz.parallel.align.records import Span

_RARE = 3
"""A feature counts as rare in a document if at most this many units have it. Only rare features
give anchors.
"""
_SHARE = 0.15
"""How far the path may stray from the straight line between two anchors, as a share of the distance between
them. If a translation leaves out 4 % of the sentences and joins 12 %, the path strays by about the square
root of the distance. A missing chapter needs more, and this share allows it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """The points of the alignment matrix that are searched. In row i, i source units are consumed; the points
    of the row are those with ``low[i]`` to ``high[i]`` (exclusive) target units consumed.

    From row to row, neither bound decreases. Row 0 contains the point with 0 target units; the last row
    contains the point with all target units.
    """

    low: Ints
    high: Ints

    def row(self, i: int) -> tuple[int, int]:
        """Return the bounds of row i, half-open."""
        return int(self.low[i]), int(self.high[i])


def corridor_around(points: Sequence[tuple[int, int]], shape: tuple[int, int], radius: int) -> Corridor:
    """Return the corridor around the line through `points`. It extends `radius` units to each side of the
    line, and further between points that are far apart (`_SHARE`).

    `points` are pairs of consumed source and target units; neither number may decrease. `shape` is the number
    of source units and of target units.
    """
    rows, columns = shape
    corners = [(0, 0), *points, (rows, columns)]
    lowest = np.full(rows + 1, columns, dtype=np.int64)
    highest = np.zeros(rows + 1, dtype=np.int64)
    for (i, j), (next_i, next_j) in pairwise(corners):
        slack = radius + int(_SHARE * max(next_i - i, next_j - j))
        along = np.arange(i, next_i + 1)
        line = (
            np.rint(j + (along - i) * ((next_j - j) / (next_i - i)))
            if next_i > i
            else np.array([j], dtype=float)
        )
        ends = line.astype(np.int64)
        lowest[i : next_i + 1] = np.minimum(lowest[i : next_i + 1], ends - slack)
        highest[i : next_i + 1] = np.maximum(highest[i : next_i + 1], ends + slack)
        if next_i == i:
            lowest[i] = min(lowest[i], j - slack)
            highest[i] = max(highest[i], next_j + slack)
    low = np.minimum.accumulate(lowest[::-1])[::-1].clip(0, columns)
    high = np.maximum.accumulate(highest).clip(0, columns) + 1
    low[0], high[-1] = 0, columns + 1
    return Corridor(low=low, high=high)


def points_of(steps: Sequence[tuple[Span, Span]]) -> list[tuple[int, int]]:
    """Return the points of a path: the numbers of source and target units consumed after each step."""
    return [(source[1], target[1]) for source, target in steps]


def touches_edge(corridor: Corridor, steps: Sequence[tuple[Span, Span]], shape: tuple[int, int]) -> bool:
    """Whether a path runs along the edge of the corridor, so that a better path may lie outside.

    It does if more than 3 of its points, and more than one in 200, are on an edge or next to one. Where the
    corridor reaches the first or last target unit, nothing lies outside, so there is no edge.
    """
    near = 0
    for i, j in points_of(steps):
        low, high = corridor.row(i)
        near += (j - low < 2 and low > 0) or (high - 1 - j < 2 and high <= shape[1])
    return near > max(3, len(steps) // 200)


def anchors(layers: Sequence[Layer], shape: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the anchors. The candidates are pairs of units with common rare features. The anchors are the
    chain of candidates with the highest weight in which both indices grow from pair to pair.
    """
    weights: dict[tuple[int, int], float] = {}
    for layer in layers:
        _shared(layer, weights)
    if not weights:
        return []
    pairs = np.array(list(weights), dtype=np.int64)
    values = np.array(list(weights.values()))
    best = _mutual(pairs, values, shape)
    order = np.lexsort((-pairs[best][:, 1], pairs[best][:, 0]))
    return _heaviest_chain(pairs[best][order].tolist(), values[best][order].tolist())


def _shared(layer: Layer, weights: dict[tuple[int, int], float]) -> None:
    """For each rare feature that both documents have, add its weight to all pairs of units that have it."""
    own, other = _rare(layer.source), _rare(layer.target)
    for key in own.keys() & other.keys():
        for i, first in own[key]:
            for j, second in other[key]:
                weights[i, j] = weights.get((i, j), 0.0) + first * second


def _rare(side: Vectors) -> dict[int, list[tuple[int, float]]]:
    """Return, for each rare feature, the units that have it, with their values."""
    counts = np.bincount(side.keys) if len(side.keys) else np.zeros(0, dtype=np.int64)
    units, keys, values = side.rows(0, len(side))
    kept = counts[keys] <= _RARE
    found: dict[int, list[tuple[int, float]]] = {}
    for unit, key, value in zip(
        units[kept].tolist(), keys[kept].tolist(), values[kept].tolist(), strict=True
    ):
        found.setdefault(key, []).append((unit, value))
    return found


def _mutual(pairs: Ints, values: Floats, shape: tuple[int, int]) -> Ints:
    """Return the indices of pairs that have the highest weight for both of their units: no other pair with
    the same source unit, and none with the same target unit, weighs more. `values` are the weights.
    """
    rows = np.zeros(shape[0])
    columns = np.zeros(shape[1])
    np.maximum.at(rows, pairs[:, 0], values)
    np.maximum.at(columns, pairs[:, 1], values)
    return np.flatnonzero((values >= rows[pairs[:, 0]]) & (values >= columns[pairs[:, 1]]))


def _heaviest_chain(pairs: list[tuple[int, int]], values: list[float]) -> list[tuple[int, int]]:
    """Return the chain of pairs with the highest total weight in which both indices grow from pair to pair.
    `pairs` are sorted by source unit, `values` are their weights.

    `ends`, `totals` and `owners` describe the best chains found so far, by growing weight: the last target
    unit of each, its weight, and its last pair. A chain is dropped if another chain is at least as heavy and
    ends no later (Fredman 1975).
    """
    ends: list[int] = []
    totals: list[float] = []
    owners: list[int] = []
    before: list[int] = []
    for place, ((_, j), value) in enumerate(zip(pairs, values, strict=True)):
        at = bisect_left(ends, j)
        total = value + (totals[at - 1] if at else 0.0)
        before.append(owners[at - 1] if at else -1)
        if at < len(ends) and ends[at] == j and totals[at] >= total:
            continue
        stop = at
        while stop < len(ends) and totals[stop] <= total:
            stop += 1
        ends[at:stop], totals[at:stop], owners[at:stop] = [j], [total], [place]
    chain: list[tuple[int, int]] = []
    place = owners[-1] if owners else -1
    while place >= 0:
        chain.append((pairs[place][0], pairs[place][1]))
        place = before[place]
    return chain[::-1]
