"""Sparse vectors of units, and the dot products of blocks of them, with numpy alone.

A vector has few of very many possible entries. Whatever is asked of joined units (two sentences against one)
follows from dot products of single ones, because the vector of joined units is the sum of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vectors:
    """One sparse vector a unit: those of unit i are ``starts[i]:starts[i + 1]`` of `keys` and `values`.

    Keys are numbers that both sides of a layer share; each occurs once in a vector.
    """

    starts: Ints
    keys: Ints
    values: Floats

    def __len__(self) -> int:
        return len(self.starts) - 1

    def rows(self, start: int, stop: int) -> tuple[Ints, Ints, Floats]:
        """Row numbers (from 0 at `start`), keys and values of some units."""
        low, high = self.starts[start], self.starts[stop]
        numbers = np.repeat(np.arange(stop - start), np.diff(self.starts[start : stop + 1]))
        return numbers, self.keys[low:high], self.values[low:high]

    def scaled(self, weights: Floats) -> Vectors:
        """The vectors with each entry multiplied by the weight of its key."""
        return Vectors(starts=self.starts, keys=self.keys, values=self.values * weights[self.keys])


def vectors(units: Iterable[Mapping[int, float]]) -> Vectors:
    """Pack one mapping of key to value a unit."""
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
    """The dot products of units ``rows`` of the source with units ``columns`` of the target."""
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
    """Squared lengths of the sums of 1 to `most` units, from each unit on; nothing beyond the last unit.

    ``lengths(units, 2)[1][i]`` is that of unit i and unit i + 1 joined.
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
    """Squared lengths of sums from the products of units that stand 0, 1, 2 … apart."""
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
