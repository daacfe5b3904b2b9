"""The features of beads. A bead is the shape of a link: its number of source units and its number of target
units, for example 1:2.

A starting point (i, j) of a bead is the index of its first source unit and of its first target unit. The
score of a bead at a starting point is a weighted sum of its features there. Scores are computed for whole
blocks of starting points at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from egiz.parallel.align.layers import Floats, Layer, heading, lengths, products
from egiz.parallel.align.records import MAX_UNITS

Bead = tuple[int, int]
ALL_BEADS: tuple[Bead, ...] = tuple(product(range(1, MAX_UNITS + 1), range(1, MAX_UNITS + 1)))
"""All beads with at least one unit on each side."""
SMALL_BEADS = tuple(bead for bead in ALL_BEADS if sum(bead) <= 4)
"""The beads that all passes but the last try. Larger beads are rare, so only the last pass tries them."""
FORM = frozenset(("numbers", "marks"))
"""These layers also have difference features (``apart``), because every number and punctuation mark of the
source should be in the translation.
"""
_FARTHEST = 4.0
"""The highest value of a difference feature (``apart``)."""
_TINY = 1e-6
"""Added to denominators to avoid division by zero."""


def kind(bead: tuple[int, int]) -> str:
    """Return the kind of a bead. Each kind has one weight; 2:1 and 1:2 are the same kind.

    >>> kind((2, 1)), kind((3, 4))
    ('1:2', '3:4')
    """
    low, high = sorted(bead)
    return f"{low}:{high}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFeatures:
    """What bead features need of one document besides its layers: lengths, paragraphs, numbered headings.

    `sizes` are the lengths of the units in characters. `opens` is 1 for a unit that begins a paragraph, else
    0; if paragraphs are not used, it is 0 for every unit. `headings` is an array ``[unit, heading]``. It has
    a column for each numbered heading that both documents have, with 1 for the unit that is this heading and
    0 for all other units.
    """

    sizes: Floats
    opens: Floats
    headings: Floats

    def numbered(self, size: int) -> Floats:
        """Return, for each unit, which headings are among the `size` units from this unit on, as an array
        ``[first unit, heading]``. At the end of the document there are fewer units.
        """
        padded = np.concatenate(
            [self.headings, np.zeros((MAX_UNITS, self.headings.shape[1]), dtype=np.float32)]
        )
        found: Floats = np.sum([padded[at : at + len(self.headings)] for at in range(size)], axis=0)
        return found

    def joined(self, size: int) -> Floats:
        """Return, for each unit, the number of characters of the `size` units from this unit on. At the end
        of the document there are fewer units.
        """
        padded = np.concatenate([self.sizes, np.zeros(MAX_UNITS, dtype=np.float32)])
        joined: Floats = np.sum(
            [padded[at : at + len(self.sizes)] for at in range(size)], axis=0, dtype=np.float32
        )
        return joined

    def crossed(self, size: int) -> Floats:
        """Return, for each unit, how many of the `size` units from this unit on begin a paragraph. The first
        of these units is not counted.
        """
        padded = np.concatenate([self.opens, np.zeros(MAX_UNITS, dtype=np.float32)])
        found = np.zeros(len(self.opens), dtype=np.float32)
        for at in range(1, size):
            found += padded[at : at + len(self.opens)]
        return found


class Features:
    """Computes the features of beads for a pair of documents."""

    def __init__(
        self,
        source: DocumentFeatures,
        target: DocumentFeatures,
        layers: Sequence[Layer],
        *,
        length: bool = True,
    ) -> None:
        self._source, self._target = source, target
        self._layers = tuple(layers)
        self._length = length
        self._norms = [
            (_roots(lengths(layer.source, MAX_UNITS)), _roots(lengths(layer.target, MAX_UNITS)))
            for layer in layers
        ]
        self._ratio = float(target.sizes.sum() / max(1.0, source.sizes.sum()))
        self._numbered = source.headings.shape[1] > 0
        self._paragraphs = bool(source.opens.any() and target.opens.any())

    @property
    def shape(self) -> tuple[int, int]:
        """The number of source units and of target units."""
        return len(self._source.sizes), len(self._target.sizes)

    def block(
        self, rows: tuple[int, int], columns: tuple[int, int], beads: Sequence[tuple[int, int]]
    ) -> dict[tuple[int, int], dict[str, Floats | float]]:
        """Return, for each bead, its features by name. A feature is a matrix over starting points, or one
        number for all of them.

        `rows` and `columns` are half-open ranges of source and target units; every pair of a row and a column
        is a starting point. If a bead from a starting point would run past the end of a document, its
        features there are meaningless.
        """
        found: dict[tuple[int, int], dict[str, Floats | float]] = {
            bead: {f"bead {kind(bead)}": 1.0} for bead in beads
        }
        for layer, norms in zip(self._layers, self._norms, strict=True):
            _LayerBlock(layer, norms, rows, columns).add(found)
        for bead, features in found.items():
            if self._length:
                features.update(self._lengths(bead, rows, columns))
            if self._paragraphs:
                features.update(self._breaks(bead, rows, columns))
            if self._numbered:
                features["heading apart"] = self._headings(bead, rows, columns)
        return found

    def scores(
        self,
        rows: tuple[int, int],
        columns: tuple[int, int],
        beads: Sequence[tuple[int, int]],
        weights: Mapping[str, float],
    ) -> Floats:
        """Return the scores of beads, as an array ``[bead, row, column]``. A feature that has no weight in
        `weights` is ignored.
        """
        shape = (len(beads), rows[1] - rows[0], columns[1] - columns[0])
        totals = np.zeros(shape, dtype=np.float32)
        for place, features in enumerate(self.block(rows, columns, beads).values()):
            for name, value in features.items():
                weight = weights.get(name, 0.0)
                if weight:
                    totals[place] += np.float32(weight) * value
        return totals

    def _lengths(
        self, bead: tuple[int, int], rows: tuple[int, int], columns: tuple[int, int]
    ) -> dict[str, Floats | float]:
        """Return features for how far the lengths of both sides deviate from the length ratio of the
        documents.

        There are two features, both limited to a highest value: the squared log ratio, and the squared
        deviation of Gale and Church (1993), with their variance of 6.8 per character.
        """
        read = self._source.joined(bead[0])[rows[0] : rows[1], None] * np.float32(self._ratio) + 1
        written = self._target.joined(bead[1])[None, columns[0] : columns[1]] + 1
        ratio = np.minimum(np.log(written / read) ** 2, 2.0)
        deviation = np.minimum((written - read) ** 2 / (6.8 * (written + read) / 2), 16.0) / 4
        return {"length ratio": ratio, "length deviation": deviation}

    def _headings(self, bead: tuple[int, int], rows: tuple[int, int], columns: tuple[int, int]) -> Floats:
        """Return the number of numbered headings that are on only one side of the bead, as a matrix over
        starting points.
        """
        read = self._source.numbered(bead[0])[rows[0] : rows[1]]
        written = self._target.numbered(bead[1])[columns[0] : columns[1]]
        apart: Floats = read.sum(axis=1)[:, None] + written.sum(axis=1)[None, :] - 2 * read @ written.T
        return apart

    def _breaks(
        self, bead: tuple[int, int], rows: tuple[int, int], columns: tuple[int, int]
    ) -> dict[str, Floats | float]:
        """Return the features of paragraph breaks. There are three: whether both sides begin a paragraph,
        whether exactly one side does, and the number of paragraphs that begin inside the bead.
        """
        own, other = slice(*rows), slice(*columns)
        opens, begins = self._source.opens[own, None], self._target.opens[None, other]
        crossed = self._source.crossed(bead[0])[own, None] + self._target.crossed(bead[1])[None, other]
        return {
            "paragraph both": opens * begins,
            "paragraph one": opens + begins - 2 * opens * begins,
            "paragraph crossed": crossed,
        }


class _LayerBlock:
    """Computes the bead features of one layer for a block of starting points, from the dot products of its
    vectors.
    """

    def __init__(
        self,
        layer: Layer,
        norms: tuple[list[Floats], list[Floats]],
        rows: tuple[int, int],
        columns: tuple[int, int],
    ) -> None:
        self._name = layer.name
        self._shape = rows[1] - rows[0], columns[1] - columns[0]
        reach = (
            min(rows[1] + MAX_UNITS - 1, len(layer.source)),
            min(columns[1] + MAX_UNITS - 1, len(layer.target)),
        )
        inner = products(layer.source, layer.target, (rows[0], reach[0]), (columns[0], reach[1]))
        padded = np.zeros((self._shape[0] + MAX_UNITS - 1, self._shape[1] + MAX_UNITS - 1), dtype=np.float32)
        padded[: inner.shape[0], : inner.shape[1]] = inner
        self._inner = padded
        self._left = [_slice(norm, rows[0], padded.shape[0]) for norm in norms[0]]
        self._right = [_slice(norm, columns[0], padded.shape[1]) for norm in norms[1]]

    def add(self, found: dict[tuple[int, int], dict[str, Floats | float]]) -> None:
        """Add the features of the layer to those that each bead in `found` already has.

        Every bead gets the similarity of its sides (``alike``). If the layer is in `FORM`, the difference
        (``apart``) is added. For any other layer, a bead of more than two units gets the lowest similarity
        that one of its units has to the other side (``weakest``).
        """
        height, width = self._shape
        over_rows = _windows(self._inner, 0)
        over_columns = _windows(self._inner, 1)
        for (tall, wide), features in found.items():
            total = np.zeros(self._shape, dtype=np.float32)
            for at in range(wide):
                total += over_rows[tall - 1][:height, at : at + width]
            left, right = self._left[tall - 1][:height, None], self._right[wide - 1][None, :width]
            features[f"{self._name} alike"] = total / (left * right + _TINY)
            if self._name in FORM:
                distance = left**2 + right**2 - 2 * total
                features[f"{self._name} apart"] = np.minimum(distance / _FORM_SCALE, _FARTHEST)
            elif tall + wide > 2:
                features[f"{self._name} weakest"] = self._weakest(tall, wide, over_rows, over_columns)

    def _weakest(self, tall: int, wide: int, over_rows: list[Floats], over_columns: list[Floats]) -> Floats:
        """Return a matrix over starting points: the lowest similarity that any unit of the bead has to the
        whole other side.
        """
        height, width = self._shape
        parts = []
        if tall > 1:
            right = self._right[wide - 1][None, :width]
            for at in range(tall):
                rows = slice(at, at + height)
                parts.append(
                    over_columns[wide - 1][rows, :width] / (self._left[0][rows, None] * right + _TINY)
                )
        if wide > 1:
            left = self._left[tall - 1][:height, None]
            for at in range(wide):
                columns = slice(at, at + width)
                parts.append(
                    over_rows[tall - 1][:height, columns] / (left * self._right[0][None, columns] + _TINY)
                )
        weakest: Floats = np.minimum.reduce(parts)
        return weakest


_FORM_SCALE = 20.0
"""A difference feature (``apart``) is the squared distance of both sides' vectors divided by this."""


def _windows(inner: Floats, axis: int) -> list[Floats]:
    """Return a list of matrices, for the sizes 1 to `MAX_UNITS`. The matrix for a size has, in each row
    (`axis` 0) or column (`axis` 1), the sum of that many rows or columns of `inner`, from this one on.

    Where `inner` ends earlier, fewer rows or columns are summed.
    """
    sums = [inner]
    for size in range(1, MAX_UNITS):
        grown = sums[-1].copy()
        if axis == 0:
            grown[:-size] += inner[size:]
        else:
            grown[:, :-size] += inner[:, size:]
        sums.append(grown)
    return sums


def _roots(squares: list[Floats]) -> list[Floats]:
    return [np.sqrt(np.maximum(square, 0)) for square in squares]


def _slice(values: Floats, start: int, size: int) -> Floats:
    """Return an array of `size` values, from the index `start` of `values` on. If `values` ends earlier,
    zeros follow.
    """
    found = np.zeros(size, dtype=np.float32)
    part = values[start : start + size]
    found[: len(part)] = part
    return found


def document_features(
    texts: Sequence[str], paragraphs: Sequence[int] | None, shared: Sequence[str] = ()
) -> DocumentFeatures:
    """Compute the features of a document from the texts of its units.

    `paragraphs` has the paragraph number of each unit; with None, paragraphs are ignored. `shared` are the
    numbers of the headings that both documents have.
    """
    headings = np.zeros((len(texts), len(shared)), dtype=np.float32)
    for at, text in enumerate(texts if shared else ()):
        if (number := heading(text)) in shared:
            headings[at, shared.index(number)] = 1
    opens = np.zeros(len(texts), dtype=np.float32)
    if paragraphs is not None and len(texts):
        numbers = np.array(paragraphs)
        opens[0] = 1
        opens[1:] = numbers[1:] != numbers[:-1]
    sizes = np.array([len(text) for text in texts], dtype=np.float32)
    return DocumentFeatures(sizes=sizes, opens=opens, headings=headings)
