"""Layers of evidence: both documents as sparse vectors whose dot products measure how similar units are.

A vector has few of very many possible entries. The vector of joined units (two sentences against one) is the
sum of their vectors, so its dot products follow from those of the single units.

Every layer works alone. Rare features prove more than frequent ones, so each is weighted by its inverse
document frequency over the units of both documents (`rarity`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egiz.parallel.align.evidence import groups, marks, names, numbers

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vectors:
    """One sparse vector per unit; that of unit i is ``starts[i]:starts[i + 1]`` of `keys` and `values`.

    Both sides of a layer number their features (`keys`) alike; a key occurs once in a vector.
    """

    starts: Ints
    keys: Ints
    values: Floats

    def __len__(self) -> int:
        return len(self.starts) - 1

    def rows(self, start: int, stop: int) -> tuple[Ints, Ints, Floats]:
        """Row numbers (0 for unit `start`), keys and values of units ``start:stop``."""
        low, high = self.starts[start], self.starts[stop]
        numbers = np.repeat(np.arange(stop - start), np.diff(self.starts[start : stop + 1]))
        return numbers, self.keys[low:high], self.values[low:high]

    def scaled(self, weights: Floats) -> Vectors:
        """The vectors with each entry multiplied by the weight of its key."""
        return Vectors(starts=self.starts, keys=self.keys, values=self.values * weights[self.keys])


def vectors(units: Iterable[Mapping[int, float]]) -> Vectors:
    """Pack mappings of key to value, one per unit."""
    starts = [0]
    keys: list[int] = []
    values: list[float] = []
    for unit in units:
        keys.extend(unit.keys())
        values.extend(unit.values())
        starts.append(len(keys))
    return Vectors(
        starts=np.array(starts, dtype=np.int64),
        keys=np.array(keys, dtype=np.int64),
        values=np.array(values, dtype=np.float32),
    )


def products(source: Vectors, target: Vectors, rows: tuple[int, int], columns: tuple[int, int]) -> Floats:
    """The dot products of source units ``rows`` with target units ``columns`` (half-open ranges)."""
    read, own, mine = source.rows(*rows)
    written, other, theirs = target.rows(*columns)
    shared = np.intersect1d(own, other)
    left = np.zeros((rows[1] - rows[0], len(shared)), dtype=np.float32)
    right = np.zeros((columns[1] - columns[0], len(shared)), dtype=np.float32)
    for matrix, rows_of, keys, values in ((left, read, own, mine), (right, written, other, theirs)):
        places = np.searchsorted(shared, keys)
        places[places == len(shared)] = 0
        known = shared[places] == keys if len(shared) else np.zeros(len(keys), dtype=bool)
        matrix[rows_of[known], places[known]] = values[known]
    return left @ right.T


def lengths(units: Vectors, most: int) -> list[Floats]:
    """Squared norms of the sums of 1 to `most` vectors from each unit on; 0 where a sum passes the last unit.

    ``lengths(units, 2)[1][i]`` is that of units i and i + 1 joined.
    """
    count = len(units)
    apart = [np.zeros(count, dtype=np.float32) for _ in range(most)]
    step = 256
    for start in range(0, count, step):
        stop, last = min(start + step, count), min(start + step + most - 1, count)
        numbers, keys, values = units.rows(start, last)
        own, places = np.unique(keys, return_inverse=True)
        matrix = np.zeros((last - start, len(own)), dtype=np.float32)
        matrix[numbers, places] = values
        for distance in range(most):
            size = min(stop, count - distance) - start
            if size > 0:
                upper, lower = matrix[:size], matrix[distance : distance + size]
                apart[distance][start : start + size] = np.einsum("ij,ij->i", upper, lower)
    return _joined(apart, count, most)


def _joined(apart: list[Floats], count: int, most: int) -> list[Floats]:
    """Squared norms of sums, from the dot products of units that are 0, 1, 2 … apart."""
    sums = [apart[0].copy()]
    for size in range(2, most + 1):
        grown = np.zeros(count, dtype=np.float32)
        reach = count - size + 1
        if reach > 0:
            grown[:reach] = sums[-1][:reach] + apart[0][size - 1 : size - 1 + reach]
            for distance in range(1, size):
                first = size - 1 - distance
                grown[:reach] += 2 * apart[distance][first : first + reach]
        sums.append(grown)
    return sums


FeatureCounter = Callable[[str], Counter[str]]
"""Gives the features of a text with their counts."""

LAYERS = ("mt", "lexical", "names", "numbers", "marks", "length")
"""All layers by name: machine translation, word tables learned from the documents, romanised names and loan
words, numbers, punctuation, length."""
_OWN: dict[str, FeatureCounter] = {"names": names, "numbers": numbers, "marks": marks}
"""The layers that need neither a model nor learning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Both documents as vectors of one kind of evidence, with common keys."""

    name: str
    source: Vectors
    target: Vectors


def fixed_layers(source: Sequence[str], target: Sequence[str], wanted: Sequence[str]) -> list[Layer]:
    """The wanted layers that need neither a model nor learning."""
    return [_layer(name, source, target, _OWN[name]) for name in LAYERS if name in _OWN and name in wanted]


def translation_layer(translated: Sequence[str], target: Sequence[str]) -> Layer:
    """The ``mt`` layer: compares the machine translation of the source with the target."""
    return _layer("mt", translated, target, groups)


def _layer(name: str, source: Sequence[str], target: Sequence[str], evidence: FeatureCounter) -> Layer:
    vocabulary: dict[str, int] = {}
    read = index((evidence(text) for text in source), vocabulary)
    written = index((evidence(text) for text in target), vocabulary)
    weights = rarity((read, written), len(vocabulary))
    return Layer(name=name, source=_damped(read).scaled(weights), target=_damped(written).scaled(weights))


def index(units: Iterable[Mapping[str, int]], vocabulary: dict[str, int]) -> Vectors:
    """Turn counts of features into vectors; a new feature is added to `vocabulary` with the next number."""
    packed = []
    for unit in units:
        packed.append(
            {vocabulary.setdefault(feature, len(vocabulary)): count for feature, count in unit.items()}
        )
    return vectors(packed)


def rarity(sides: Sequence[Vectors], size: int) -> Floats:
    """The inverse document frequency of each of `size` keys: ``log((1 + units) / (1 + units with it))``."""
    units = sum(len(side) for side in sides)
    having = sum((np.bincount(side.keys, minlength=size) for side in sides), np.zeros(size, dtype=np.int64))
    return np.log((1 + units) / (1 + having)).astype(np.float32)


def _damped(units: Vectors) -> Vectors:
    """The square roots of counts: a second occurrence counts less than the first."""
    return Vectors(starts=units.starts, keys=units.keys, values=np.sqrt(units.values))
