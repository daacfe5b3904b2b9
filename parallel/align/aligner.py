"""The aligner: links the units (sentences or lines) of two documents and gives each link a probability.

A layer is one kind of evidence that two units translate each other (`egiz.parallel.align.layers`). The first
pass searches for the best path with the layers that need no learning. Word tables are learned from the links
of this path. Each further pass uses these tables, and they are then learned again from its links. The last
pass tries links of all sizes and computes the probability of each.

``python benchmarks/align_weights.py`` makes `data/weights.json`. Each set of layers has its own weights,
because what a layer adds depends on the other layers.

`win_rate` measures whether two documents are versions of one text. It compares the similarity of the two
sides of each link with the similarities of the link's source units to the targets of other links. In versions
of one text, the link's own target is nearly always the most similar one. In two different works this is
hardly more frequent than by chance, even if the lengths fit.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from egiz.parallel.align.beads import ALL_BEADS, SMALL_BEADS, Features, document_features
from egiz.parallel.align.corridor import anchors, corridor_around, points_of, touches_edge
from egiz.parallel.align.layers import (
    LAYERS,
    Floats,
    Ints,
    Layer,
    Vectors,
    fixed_layers,
    heading,
    index,
    products,
    rarity,
    stems,
    translation_layer,
    vectors,
)
from egiz.parallel.align.learned import cross_translated
from egiz.parallel.align.program import Posterior, Scores, Step, best_path
from egiz.parallel.align.records import Link, Span, TextUnit, has_paragraphs
from egiz.translate.errors import OptionError, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerWeights:
    """The parameters of one set of layers: the feature weights, and the slope and intercept that calibrate
    the log-odds of a link (Platt scaling, Platt 1999)."""

    features: Mapping[str, float]
    slope: float
    intercept: float


@cache
def _data() -> dict[str, Any]:
    text = files("egiz.parallel.align").joinpath("data/weights.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def signature() -> str:
    """Return the name of the method and the version of its weights, for provenance."""
    return f"beads|crf|{_data()['version']}"


def set_name(layers: Collection[str]) -> str:
    """Return the name of a set of layers: their names in the order of `LAYERS`, joined by ``+``.

    Raises OptionError for an unknown layer or an empty set.
    """
    for name in layers:
        if name not in LAYERS:
            raise OptionError(f"no layer {name!r}", expected=", ".join(LAYERS), action=nearest(name, LAYERS))
    if not layers:
        raise OptionError("no layer", expected=", ".join(LAYERS))
    return "+".join(name for name in LAYERS if name in layers)


def weights_for(layers: Collection[str]) -> LayerWeights:
    """Return the weights of a set of layers.

    If the weights file does not have this set, the weights of the smallest set that contains it are returned.
    The weights of the layers that were not asked for are then not used.
    """
    name, sets = set_name(layers), _data()["sets"]
    if name not in sets:
        holding = [own for own in sets if set(name.split("+")) <= set(own.split("+"))]
        name = min(holding, key=lambda own: own.count("+"))
    found = sets[name]
    return LayerWeights(features=found["features"], slope=found["slope"], intercept=found["intercept"])


_SAMPLE = 300
"""The largest number of links that `win_rate` compares with each other."""


def win_rate(layers: Sequence[Layer], links: Sequence[Link], weights: Mapping[str, float]) -> float:
    """Return how often linked targets are more similar to their source units than other targets are: 0 to 1.

    For each sampled link, the similarity of its two sides (the weighted sum over all layers) is compared with
    the similarities of its source units to the targets of all other sampled links. Links chosen by chance
    give 0.5. With fewer than two links the result is 0.5 too.
    """
    linked = [link for link in links if not link.is_null]
    step = max(1, len(linked) // _SAMPLE)
    chosen = linked[::step][:_SAMPLE]
    if len(chosen) < 2:
        return 0.5
    total = np.zeros((len(chosen), len(chosen)), dtype=np.float32)
    for layer in layers:
        left = _joined(layer.source, [link.source for link in chosen])
        right = _joined(layer.target, [link.target for link in chosen])
        alike = products(left, right, (0, len(left)), (0, len(right)))
        scale = _norms(left)[:, None] * _norms(right)[None, :]
        total += np.float32(weights.get(f"{layer.name} alike", 0.0)) * alike / (scale + 1e-6)
    own = np.diagonal(total)[:, None]
    wins = (own > total).sum() + 0.5 * ((own == total).sum() - len(chosen))
    return float(wins / (len(chosen) * (len(chosen) - 1)))


_SHORT = 40
"""A document with fewer units than this is short. If the shorter document is short, a high probability does
not suffice to take a link as sure (`guessed`), because the weights were fitted on documents of about 150
units.
"""
_SUPPORT = 0.05
"""A link counts as supported if the similarity of its two sides in words, names, numbers or machine
translation is above this.
"""


def guessed(layers: Sequence[Layer], links: Sequence[Link]) -> frozenset[int]:
    """Return the indices of links that are only guessed: they rest on lengths and punctuation alone, and are
    not certain.

    Between two supported links there may be a sequence of unsupported ones. If such a sequence contains an
    unlinked unit, its links with units on both sides count as guessed. The reason: if both sides of the
    sequence have equally many units, these can be linked in order. If one side has more units, any of them
    may be the unlinked one, and lengths do not tell which.
    """
    content = [layer for layer in layers if layer.name != "marks"]
    found: set[int] = set()
    run: list[int] = []
    for place, link in enumerate(links):
        if not link.is_null and _supported(content, link):
            run = []
            continue
        run.append(place)
        if any(links[at].is_null for at in run):
            found.update(at for at in run if not links[at].is_null)
    return frozenset(found)


def _supported(content: Sequence[Layer], link: Link) -> bool:
    """Whether a layer of `content` has a similarity above `_SUPPORT` between the two sides of the link."""
    for layer in content:
        left, right = _joined(layer.source, [link.source]), _joined(layer.target, [link.target])
        shared = products(left, right, (0, 1), (0, 1))[0, 0]
        if shared > _SUPPORT * _norms(left)[0] * _norms(right)[0]:
            return True
    return False


def _joined(units: Vectors, spans: Sequence[Span]) -> Vectors:
    """Return one vector for each span: the sum of the vectors of its units."""
    joined = []
    for start, stop in spans:
        low, high = units.starts[start], units.starts[stop]
        keys, values = units.keys[low:high].tolist(), units.values[low:high].tolist()
        sums: dict[int, float] = {}
        for key, value in zip(keys, values, strict=True):
            sums[key] = sums.get(key, 0.0) + value
        joined.append(sums)
    return vectors(joined)


def _norms(units: Vectors) -> Floats:
    """Return the Euclidean norm of each vector."""
    owners: Ints = np.repeat(np.arange(len(units)), np.diff(units.starts))
    squares = np.bincount(owners, weights=units.values**2, minlength=len(units))
    return np.sqrt(squares).astype(np.float32)


_FIRST_RADIUS, _RADIUS = 40, 14
"""How far the corridor (the band of the alignment matrix that is searched) extends to each side of its centre
line, in units. In the first pass (`_FIRST_RADIUS`) the centre line runs through the anchors; in later passes
(`_RADIUS`) it is the path of the previous pass. Doubling these numbers changed no link of the benchmark's
documents.
"""
_LEARNING = 3
"""How many times word tables are learned, each time from the links of the previous pass."""
_UNSURE = 0.5
"""Links with a lower score are flagged ``unsure``, because they are more likely wrong than right."""


_GUESSED = 0.4
"""The highest score of a `guessed` link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPair:
    """Two documents to align. `translated` has the machine translation of each source unit; it is None if
    there is no machine translation.
    """

    source: Sequence[TextUnit]
    target: Sequence[TextUnit]
    translated: Sequence[str] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """The number of source units and of target units."""
        return len(self.source), len(self.target)


@dataclass(slots=True)
class WordLayers:
    """The stems of both documents, and the layers made from the word tables that were learned last.

    `sizes` are two numbers: how many different stems the source document has, and how many the target
    document has.
    """

    source: Vectors
    target: Vectors
    sizes: tuple[int, int]
    layers: list[Layer] = field(default_factory=list)

    @classmethod
    def of(cls, pair: DocumentPair) -> WordLayers:
        """Count the stems of both documents."""
        own: dict[str, int] = {}
        other: dict[str, int] = {}
        read = index((stems(unit.text) for unit in pair.source), own)
        written = index((stems(unit.text) for unit in pair.target), other)
        return cls(source=read, target=written, sizes=(len(own), len(other)))

    def learn(self, steps: Sequence[Step]) -> None:
        """Learn word tables in both directions from linked units, and make a layer from each."""
        rare = rarity((self.target,), self.sizes[1])
        rare_back = rarity((self.source,), self.sizes[0])
        there = cross_translated(self.source, self.target, steps, self.sizes)
        swapped = [(target, source) for source, target in steps]
        back = cross_translated(self.target, self.source, swapped, self.sizes[::-1])
        self.layers = [
            Layer(name="lexical", source=there.scaled(rare), target=self.target.scaled(rare)),
            Layer(name="lexical back", source=self.source.scaled(rare_back), target=back.scaled(rare_back)),
        ]


def align(pair: DocumentPair, layers: Sequence[str] = LAYERS) -> tuple[Link, ...]:
    """Link the units of two documents. If the pair has no machine translation, the ``mt`` layer is ignored.

    Every unit is in exactly one link, and the links are in order on both sides. A unit without counterpart is
    in a link whose other side is empty.
    """
    found = Aligning(pair, layers)
    return found.links(found.run())


class Aligning:
    """The state of aligning one pair of documents; see `align`.

    `weights` defaults to the shipped weights of the layers.
    """

    def __init__(
        self, pair: DocumentPair, layers: Sequence[str], weights: LayerWeights | None = None
    ) -> None:
        layers = [name for name in layers if name != "mt" or pair.translated is not None]
        self.pair = pair
        self.weights = weights or weights_for(layers)
        self._wanted = tuple(layers)
        self._fixed = fixed_layers(
            [unit.text for unit in pair.source], [unit.text for unit in pair.target], layers
        )
        if pair.translated is not None and "mt" in layers:
            self._fixed.append(translation_layer(pair.translated, [unit.text for unit in pair.target]))
        self._words = WordLayers.of(pair) if "lexical" in layers else None
        divided = has_paragraphs(pair.source) and has_paragraphs(pair.target)
        headings = [{heading(unit.text) for unit in units} for units in (pair.source, pair.target)]
        shared = sorted(headings[0] & headings[1] - {""}) if "numbers" in layers else []
        self._sides = tuple(
            document_features(
                [unit.text for unit in units],
                [unit.paragraph for unit in units] if divided else None,
                shared,
            )
            for units in (pair.source, pair.target)
        )
        self.corridor = corridor_around([], pair.shape, _FIRST_RADIUS)

    def run(self) -> list[Step]:
        """Run all passes and return the path of the last one. The corridor of the last pass stays in the
        attribute `corridor`.
        """
        first = [name for name in self._wanted if name != "lexical"] or ["length"]
        begun = weights_for(first) if self._words else self.weights
        anchoring = [layer for layer in self._fixed if layer.name != "marks"]
        self.corridor = corridor_around(anchors(anchoring, self.pair.shape), self.pair.shape, _FIRST_RADIUS)
        steps = self._pass(begun.features, SMALL_BEADS, _FIRST_RADIUS)
        if self._words:
            for _ in range(_LEARNING):
                self._words.learn(steps)
                self.corridor = corridor_around(points_of(steps), self.pair.shape, _RADIUS)
                steps = self._pass(self.weights.features, SMALL_BEADS, _RADIUS)
        self.corridor = corridor_around(points_of(steps), self.pair.shape, _RADIUS)
        return self._pass(self.weights.features, ALL_BEADS, _RADIUS)

    def win_rate(self, links: Sequence[Link]) -> float:
        """Return the win rate of links over all layers of this run; see the function `win_rate`."""
        learned = self._words.layers if self._words else []
        return win_rate([*self._fixed, *learned], links, self.weights.features)

    def features(self) -> Features:
        """Return the `Features` of beads over the fixed layers and the word tables learned so far."""
        learned = self._words.layers if self._words else []
        return Features(
            self._sides[0], self._sides[1], [*self._fixed, *learned], length="length" in self._wanted
        )

    def _pass(
        self, weights: Mapping[str, float], beads: Sequence[tuple[int, int]], radius: int
    ) -> list[Step]:
        """Return the best path in the corridor. As long as the path runs along an edge of the corridor, the
        radius is doubled and the search repeated.
        """
        features = self.features()
        while True:
            self._scores = Scores(features, self.corridor, beads, weights)
            steps = best_path(self._scores)
            if not touches_edge(self.corridor, steps, self.pair.shape):
                return steps
            radius *= 2
            self.corridor = corridor_around(points_of(steps), self.pair.shape, radius)

    def posterior(self) -> Posterior:
        """Return the posterior probabilities of all steps in the corridor of the last pass."""
        return Posterior(self._scores)

    def links(self, steps: Sequence[Step]) -> tuple[Link, ...]:
        """Return the steps as links, each with its probability as score.

        If one of the documents is short (`_SHORT`), the score of a `guessed` link is lowered to `_GUESSED`,
        so that the link is flagged unsure.
        """
        posterior = self.posterior()
        scores = [calibrated(posterior.probability(step), self.weights) for step in steps]
        plain = [Link(source=step[0], target=step[1], score=0.0) for step in steps]
        learned = self._words.layers if self._words else []
        doubtful = guessed([*self._fixed, *learned], plain) if min(self.pair.shape) < _SHORT else frozenset()
        return tuple(
            self._link(step, min(score, _GUESSED) if place in doubtful else score)
            for place, (step, score) in enumerate(zip(steps, scores, strict=True))
        )

    def _link(self, step: Step, score: float) -> Link:
        link = Link(source=step[0], target=step[1], score=score)
        flags = [
            code
            for code, holds in (
                ("unaligned", link.is_null),
                ("unsure", score < _UNSURE),
                ("merged", max(link.sizes) > 1),
            )
            if holds
        ]
        return Link(source=step[0], target=step[1], score=score, flags=tuple(flags))


def calibrated(probability: float, weights: LayerWeights) -> float:
    """Return the calibrated probability of a link: Platt scaling, with the slope and intercept in
    `weights`.
    """
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    odds = weights.slope * math.log(bounded / (1 - bounded)) + weights.intercept
    return 1 / (1 + math.exp(-odds))
