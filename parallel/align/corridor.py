"""The corridor: which points of the plane of two documents are looked at at all.

Long documents are divided where both sides share something rare: the longest chain of such places, none of
which crosses another, cuts the plane, and only points near the line through them are conquered. A corridor
may be wide in some rows (a chapter that one side lacks) and narrow in others; what it holds grows with the
documents and not with their product.
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
"""Units of one side that have a feature at most, for it to mark a place."""
_SHARE = 0.15
"""How far the way may stray from the straight line between two places, as a share of their distance. Where
one side lacks 4 % of its sentences and joins 12 %, it strays by the square root; chapters are cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """For i units of the source, the numbers of units of the target that are looked at: ``low[i]:high[i]``.

    Both grow with i; the first row holds 0 and the last one all units.
    """

    low: Ints
    high: Ints

    def row(self, i: int) -> tuple[int, int]:
        """The bounds of one row."""
        return int(self.low[i]), int(self.high[i])


def around(points: Sequence[tuple[int, int]], shape: tuple[int, int], radius: int) -> Corridor:
    """The corridor about the line through `points`, which must not fall; wider where they are far apart."""
    rows, columns = shape
    corners = [(0, 0), *points, (rows, columns)]
    lowest = np.full(rows + 1, columns, dtype=np.int64)
    highest = np.zeros(rows + 1, dtype=np.int64)
    for (i, j), (below, beside) in pairwise(corners):
        slack = radius + int(_SHARE * max(below - i, beside - j))
        along = np.arange(i, below + 1)
        line = (
            np.rint(j + (along - i) * ((beside - j) / (below - i)))
            if below > i
            else np.array([j], dtype=float)
        )
        ends = line.astype(np.int64)
        lowest[i : below + 1] = np.minimum(lowest[i : below + 1], ends - slack)
        highest[i : below + 1] = np.maximum(highest[i : below + 1], ends + slack)
        if below == i:
            lowest[i] = min(lowest[i], j - slack)
            highest[i] = max(highest[i], beside + slack)
    low = np.minimum.accumulate(lowest[::-1])[::-1].clip(0, columns)
    high = np.maximum.accumulate(highest).clip(0, columns) + 1
    low[0], high[-1] = 0, columns + 1
    return Corridor(low=low, high=high)


def points_of(steps: Sequence[tuple[Span, Span]]) -> list[tuple[int, int]]:
    """The points that a path passes."""
    return [(source[1], target[1]) for source, target in steps]


def touches(corridor: Corridor, steps: Sequence[tuple[Span, Span]], shape: tuple[int, int]) -> bool:
    """Whether a path runs along a wall of the corridor, so that a better one may lie outside."""
    near = 0
    for i, j in points_of(steps):
        low, high = corridor.row(i)
        near += (j - low < 2 and low > 0) or (high - 1 - j < 2 and high <= shape[1])
    return near > max(3, len(steps) // 200)


def places(layers: Sequence[Layer], shape: tuple[int, int]) -> list[tuple[int, int]]:
    """The longest chain of places where both sides share rare features: pairs of units, both growing."""
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
    """Add the weights of features that few units of each side have to the pairs of units that share them."""
    own, other = _rare(layer.source), _rare(layer.target)
    for key in own.keys() & other.keys():
        for i, first in own[key]:
            for j, second in other[key]:
                weights[i, j] = weights.get((i, j), 0.0) + first * second


def _rare(side: Vectors) -> dict[int, list[tuple[int, float]]]:
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
    """The pairs that are the heaviest of both their units."""
    rows = np.zeros(shape[0])
    columns = np.zeros(shape[1])
    np.maximum.at(rows, pairs[:, 0], values)
    np.maximum.at(columns, pairs[:, 1], values)
    return np.flatnonzero((values >= rows[pairs[:, 0]]) & (values >= columns[pairs[:, 1]]))


def _heaviest_chain(pairs: list[tuple[int, int]], values: list[float]) -> list[tuple[int, int]]:
    """The heaviest chain of pairs, sorted by unit of the source, in which both units grow.

    Kept is, for ever heavier chains, the least unit of the target that one ends in (Fredman 1975).
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
