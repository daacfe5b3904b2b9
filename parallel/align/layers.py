"""The layers of evidence: for each, both documents as sparse vectors whose products say how alike units are.

Every layer works alone. Rare features say more than frequent ones, so each is weighted by how few units of
the two documents have it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from egiz.parallel.align.evidence import groups, marks, names, numbers
from egiz.parallel.align.vectors import Floats, Vectors, vectors

Evidence = Callable[[str], Counter[str]]

LAYERS = ("mt", "lexical", "names", "numbers", "marks", "length")
"""All layers by name: machine translation, the table of words learned from the documents, sounds of names and
loan words, numbers, punctuation, length."""
_OWN: dict[str, Evidence] = {"names": names, "numbers": numbers, "marks": marks}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Both documents as one layer of evidence sees them, with keys in common."""

    name: str
    source: Vectors
    target: Vectors


def own_layers(source: Sequence[str], target: Sequence[str], wanted: Sequence[str]) -> list[Layer]:
    """The layers that need neither a model nor learning, among those wanted."""
    return [_layer(name, source, target, _OWN[name]) for name in LAYERS if name in _OWN and name in wanted]


def translation_layer(translated: Sequence[str], target: Sequence[str]) -> Layer:
    """The layer of machine translation: the source as a machine put it into the target's language."""
    return _layer("mt", translated, target, groups)


def _layer(name: str, source: Sequence[str], target: Sequence[str], evidence: Evidence) -> Layer:
    vocabulary: dict[str, int] = {}
    read = index((evidence(text) for text in source), vocabulary)
    written = index((evidence(text) for text in target), vocabulary)
    weights = rarity((read, written), len(vocabulary))
    return Layer(name=name, source=_damped(read).scaled(weights), target=_damped(written).scaled(weights))


def index(units: Iterable[Mapping[str, int]], vocabulary: dict[str, int]) -> Vectors:
    """Counts of features as vectors; features that are new get the next number of the vocabulary."""
    packed = []
    for unit in units:
        packed.append(
            {vocabulary.setdefault(feature, len(vocabulary)): count for feature, count in unit.items()}
        )
    return vectors(packed)


def rarity(sides: Sequence[Vectors], size: int) -> Floats:
    """For each of `size` keys the logarithm of how few units have it: the usual inverse frequency."""
    units = sum(len(side) for side in sides)
    having = sum((np.bincount(side.keys, minlength=size) for side in sides), np.zeros(size, dtype=np.int64))
    return np.log((1 + units) / (1 + having)).astype(np.float32)


def _damped(units: Vectors) -> Vectors:
    """Counts as their square roots: a second occurrence says less than the first."""
    return Vectors(starts=units.starts, keys=units.keys, values=np.sqrt(units.values))
