"""Dynamic programming: finds the best alignment path of two documents and the probabilities of its steps.

Row i of the corridor (`egiz.parallel.align.corridor`) holds the points (i, j) that are searched: i source
units and j target units are consumed. A row is computed at once, for all beads that end in it. Memory grows
with the area of the corridor, so linearly with the length of the documents.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from egiz.parallel.align.beads import Features
from egiz.parallel.align.corridor import Corridor
from egiz.parallel.align.layers import Floats
from egiz.parallel.align.records import MAX_UNITS, Span

Doubles = NDArray[np.float64]
Step = tuple[Span, Span]
"""The spans of source and target units that one step of a path consumes."""

NULL = "bead 0:1"
"""The name of a weight. It is added to the score of a path for each unit without a counterpart."""
_CELLS = 60_000
"""The number of starting points whose scores are computed at once: tens of megabytes for sixteen beads."""


_HELD = 100_000_000
"""The most bytes of block scores that are kept in memory. If all blocks need more, only those next to the
current block are kept, and the others are computed again when needed.
"""


class Scores:
    """The scores of beads by the row in which they start, computed on demand in blocks of rows.

    `by_height` maps a number of source units to all beads with this number. Each bead is a pair of its index
    and its number of target units. An unlinked source unit counts as the bead (1, 0); its index follows that
    of the last bead.
    """

    def __init__(
        self,
        features: Features,
        corridor: Corridor,
        beads: Sequence[tuple[int, int]],
        weights: Mapping[str, float],
    ) -> None:
        self.beads = tuple(beads)
        self.by_height: dict[int, list[tuple[int, int]]] = {}
        for place, (tall, wide) in enumerate((*self.beads, (1, 0))):
            self.by_height.setdefault(tall, []).append((place, wide))
        self.corridor = corridor
        self.null = float(weights.get(NULL, 0.0))
        self._features, self._weights = features, weights
        self._firsts = _blocks(corridor)
        self._blocks: dict[int, Floats] = {}

    def row(self, i: int) -> Floats:
        """Return the scores of the beads that start in row i of the corridor, as an array ``[bead, column]``.
        A column stands for a point (i, j) of the row.
        """
        place = bisect_right(self._firsts, i) - 1
        if place not in self._blocks:
            if sum(block.nbytes for block in self._blocks.values()) > _HELD:
                self._blocks = {at: block for at, block in self._blocks.items() if abs(at - place) == 1}
            self._blocks[place] = self._load(place)
        start = self._firsts[place]
        (low, high), first = self.corridor.row(i), int(self.corridor.low[start])
        return self._blocks[place][:, i - start, low - first : high - first]

    def _load(self, place: int) -> Floats:
        start, stop = self._firsts[place], self._firsts[place + 1]
        first, last = int(self.corridor.low[start]), int(self.corridor.high[stop - 1])
        columns = (first, min(last, self._features.shape[1]))
        inner = self._features.scores((start, stop), columns, self.beads, self._weights)
        padded = np.zeros((len(self.beads), stop - start, last - first), dtype=np.float32)
        padded[:, :, : inner.shape[2]] = inner
        return padded


def _blocks(corridor: Corridor) -> list[int]:
    """Return the first row of each block, then the end of the last block.

    A block has at most `_CELLS` points. If `MAX_UNITS` rows have more points than that, a block has
    `MAX_UNITS` rows.
    """
    count = len(corridor.low) - 1
    firsts = [0]
    for i in range(1, count):
        start = firsts[-1]
        if i - start >= MAX_UNITS and (i + 1 - start) * (corridor.high[i] - corridor.low[start]) > _CELLS:
            firsts.append(i)
    return [*firsts, count]


def best_path(scores: Scores) -> list[Step]:
    """Return the steps of the highest-scoring path; an unlinked unit is a step with an empty side."""
    rows: list[Doubles] = []
    chosen: list[NDArray[np.int8]] = []
    for i in range(len(scores.corridor.low)):
        candidates = _arrivals(scores, rows, i)
        choice = np.argmax(candidates, axis=0).astype(np.int8)
        gaps = np.arange(candidates.shape[1]) * scores.null
        level = np.max(candidates, axis=0) - gaps
        reached = np.maximum.accumulate(level)
        choice[reached > level] = len(scores.beads) + 1
        rows.append(reached + gaps)
        chosen.append(choice)
        if i >= MAX_UNITS:
            rows[i - MAX_UNITS] = np.zeros(0)
    return _trace(scores, chosen)


def _arrivals(scores: Scores, rows: Sequence[Doubles], i: int) -> Doubles:
    """Return the values of paths that arrive at the points of row i by a bead, as an array ``[bead,
    column]``.

    Such a value is the value at the point where the bead starts, plus the score of the bead. It is minus
    infinity if this point is not in the corridor. `rows` has the values at the points of earlier rows. The
    last bead stands for an unlinked source unit. Unlinked target units are not considered here, but by the
    caller.
    """
    low, high = scores.corridor.row(i)
    found = np.full((len(scores.beads) + 1, high - low), -np.inf)
    if i == 0:
        found[-1, 0] = 0.0
        return found
    for start in range(max(0, i - MAX_UNITS), i):
        first, last = scores.corridor.row(start)
        given = scores.row(start)
        for place, wide in scores.by_height.get(i - start, ()):
            begin, end = max(first, low - wide), min(last, high - wide)
            if begin < end:
                inside = slice(begin - first, end - first)
                step = given[place, inside] if wide else scores.null
                found[place, begin + wide - low : end + wide - low] = rows[start][inside] + step
    return found


def _trace(scores: Scores, chosen: Sequence[NDArray[np.int8]]) -> list[Step]:
    steps: list[Step] = []
    i, j = len(chosen) - 1, int(scores.corridor.high[-1]) - 1
    sizes = (*scores.beads, (1, 0), (0, 1))
    while i or j:
        tall, wide = sizes[chosen[i][j - int(scores.corridor.low[i])]]
        steps.append(((i - tall, i), (j - wide, j)))
        i, j = i - tall, j - wide
    return steps[::-1]


class Posterior:
    """The posterior probabilities of all steps over all paths of the corridor (forward-backward).

    For every point, two log-sums are held (eight bytes each): one over all paths to the point, and one over
    all paths from it.
    """

    def __init__(self, scores: Scores) -> None:
        self._scores = scores
        self._before = _forward(scores)
        self._behind = _backward(scores)
        self.total = float(self._behind[0][0])
        """The log-sum over all paths."""

    def probability(self, step: Step) -> float:
        """Return the probability of one step; its start and end must lie in the corridor."""
        (i, i_stop), (j, j_stop) = step
        low = self._scores.corridor.low
        if i_stop == i or j_stop == j:
            value = self._scores.null * (i_stop - i + j_stop - j)
        else:
            place = self._scores.beads.index((i_stop - i, j_stop - j))
            value = float(self._scores.row(i)[place, j - int(low[i])])
        start = self._before[i][j - int(low[i])]
        end = self._behind[i_stop][j_stop - int(low[i_stop])]
        return float(np.exp(min(0.0, start + value + end - self.total)))

    def row(self, i: int) -> Doubles:
        """Return the probabilities of all beads that start in row i, as an array ``[bead, column]``. If a
        bead ends outside the corridor, its probability is 0.
        """
        corridor = self._scores.corridor
        low, high = corridor.row(i)
        found = np.zeros((len(self._scores.beads), high - low))
        if i == len(corridor.low) - 1:
            return found
        given = self._scores.row(i)
        for place, (tall, wide) in enumerate(self._scores.beads):
            inside, arrival = _departure(corridor, i, tall, wide)
            if arrival is not None:
                values = self._before[i][inside] + given[place, inside] + self._behind[i + tall][arrival]
                found[place, inside] = np.exp(np.minimum(values - self.total, 0.0))
        return found


def _forward(scores: Scores) -> list[Doubles]:
    rows: list[Doubles] = []
    for i in range(len(scores.corridor.low)):
        values = _total(_arrivals(scores, rows, i))
        gaps = np.arange(len(values)) * scores.null
        rows.append(np.logaddexp.accumulate(values - gaps) + gaps)
    return rows


def _backward(scores: Scores) -> list[Doubles]:
    corridor = scores.corridor
    count = len(corridor.low)
    rows: list[Doubles] = [np.zeros(0)] * count
    for i in range(count - 1, -1, -1):
        low, high = corridor.row(i)
        found = np.full((len(scores.beads) + 1, high - low), -np.inf)
        if i == count - 1:
            found[-1, -1] = 0.0
        given = scores.row(i) if i < count - 1 else None
        for place, (tall, wide) in enumerate((*scores.beads, (1, 0)) if i < count - 1 else ()):
            inside, arrival = _departure(corridor, i, tall, wide)
            if arrival is not None:
                step = given[place, inside] if given is not None and wide else scores.null
                found[place, inside] = rows[i + tall][arrival] + step
        values = _total(found)[::-1]
        gaps = np.arange(len(values)) * scores.null
        rows[i] = (np.logaddexp.accumulate(values - gaps) + gaps)[::-1]
    return rows


def _departure(corridor: Corridor, i: int, tall: int, wide: int) -> tuple[slice, slice | None]:
    """Return two ranges of columns for a bead that starts in row i: those in which it can start, and those in
    which it then ends. If the bead cannot start in this row, the second range is None.
    """
    if i + tall >= len(corridor.low):
        return slice(0, 0), None
    (low, high), (first, last) = corridor.row(i), corridor.row(i + tall)
    begin, end = max(low, first - wide), min(high, last - wide)
    if begin >= end:
        return slice(0, 0), None
    return slice(begin - low, end - low), slice(begin + wide - first, end + wide - first)


def _total(values: Doubles) -> Doubles:
    """Return the log of the sum of the exponentials (log-sum-exp) of each column."""
    most = values.max(axis=0)
    known = np.where(np.isfinite(most), most, 0.0)
    with np.errstate(divide="ignore"):
        summed: Doubles = np.log(np.exp(values - known).sum(axis=0)) + known
    return summed
