"""Two documents in, the links between their units out.

The first pass sees what needs no learning. Its links teach a table of words, with which the next pass sees
more; the last looks for all kinds of links and says how probable each is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from egiz.parallel.align.beads import ALL_BEADS, SMALL_BEADS, Features, side
from egiz.parallel.align.corridor import around, places, points_of, touches
from egiz.parallel.align.evidence import stems
from egiz.parallel.align.layers import LAYERS, Layer, index, own_layers, rarity, translation_layer
from egiz.parallel.align.program import Posterior, Scores, Step, best_path
from egiz.parallel.align.records import Link, Unit, has_paragraphs
from egiz.parallel.align.table import through_others
from egiz.parallel.align.vectors import Vectors
from egiz.parallel.align.weights import Weights, weights_for
from egiz.parallel.align.witness import witness

_FIRST_RADIUS, _RADIUS = 40, 14
"""Units on either side of the line through shared rare features, and later of the path found before, that
are looked at. Twice as much changed no link of the benchmark's documents."""
_LEARNING = 3
"""Passes after which the table of words is learned anew."""
_UNSURE = 0.5
"""Links below are flagged: more likely wrong than right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two documents ready to be aligned: `translated` is the source by a machine, unit by unit, or None."""

    source: Sequence[Unit]
    target: Sequence[Unit]
    translated: Sequence[str] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Units of both sides."""
        return len(self.source), len(self.target)


@dataclass(slots=True)
class Words:
    """The stems of both documents, and the tables learned so far: where they are, and what they answer."""

    source: Vectors
    target: Vectors
    sizes: tuple[int, int]
    layers: list[Layer] = field(default_factory=list)

    @classmethod
    def of(cls, pair: Pair) -> Words:
        """Count the stems of a pair."""
        own: dict[str, int] = {}
        other: dict[str, int] = {}
        read = index((stems(unit.text) for unit in pair.source), own)
        written = index((stems(unit.text) for unit in pair.target), other)
        return cls(source=read, target=written, sizes=(len(own), len(other)))

    def learn(self, steps: Sequence[Step]) -> None:
        """Learn tables in both directions from linked units, and see both documents through them."""
        rare = rarity((self.target,), self.sizes[1])
        rare_back = rarity((self.source,), self.sizes[0])
        there = through_others(self.source, self.target, steps, self.sizes)
        swapped = [(target, source) for source, target in steps]
        back = through_others(self.target, self.source, swapped, self.sizes[::-1])
        self.layers = [
            Layer(name="lexical", source=there.scaled(rare), target=self.target.scaled(rare)),
            Layer(name="lexical back", source=self.source.scaled(rare_back), target=back.scaled(rare_back)),
        ]


def align(pair: Pair, layers: Sequence[str] = LAYERS) -> tuple[Link, ...]:
    """Link two documents by these layers; that of machine translation is left out where there is none.

    Every unit is in exactly one link, the links are in order on both sides, and those of a unit alone have
    an empty side.
    """
    found = Aligning(pair, layers)
    return found.links(found.run())


class Aligning:
    """One run over a pair of documents; the layer of machine translation is left out where there is none."""

    def __init__(self, pair: Pair, layers: Sequence[str], weights: Weights | None = None) -> None:
        layers = [name for name in layers if name != "mt" or pair.translated is not None]
        self.pair = pair
        self.weights = weights or weights_for(layers)
        self._wanted = tuple(layers)
        self._fixed = own_layers(
            [unit.text for unit in pair.source], [unit.text for unit in pair.target], layers
        )
        if pair.translated is not None and "mt" in layers:
            self._fixed.append(translation_layer(pair.translated, [unit.text for unit in pair.target]))
        self._words = Words.of(pair) if "lexical" in layers else None
        divided = has_paragraphs(pair.source) and has_paragraphs(pair.target)
        self._sides = tuple(
            side([unit.text for unit in units], [unit.paragraph for unit in units] if divided else None)
            for units in (pair.source, pair.target)
        )
        self.corridor = around([], pair.shape, _FIRST_RADIUS)

    def run(self) -> list[Step]:
        """All passes; the corridor of the last one stays."""
        first = [name for name in self._wanted if name != "lexical"] or ["length"]
        begun = weights_for(first) if self._words else self.weights
        marked = [layer for layer in self._fixed if layer.name != "marks"]
        self.corridor = around(places(marked, self.pair.shape), self.pair.shape, _FIRST_RADIUS)
        steps = self._pass(begun.features, SMALL_BEADS, _FIRST_RADIUS)
        if self._words:
            for _ in range(_LEARNING):
                self._words.learn(steps)
                self.corridor = around(points_of(steps), self.pair.shape, _RADIUS)
                steps = self._pass(self.weights.features, SMALL_BEADS, _RADIUS)
        self.corridor = around(points_of(steps), self.pair.shape, _RADIUS)
        return self._pass(self.weights.features, ALL_BEADS, _RADIUS)

    def witness(self, links: Sequence[Link]) -> float:
        """How much the content of linked units speaks for them; see `egiz.parallel.align.witness`."""
        learned = self._words.layers if self._words else []
        return witness([*self._fixed, *learned], links, self.weights.features)

    def features(self) -> Features:
        """The features as far as they are learned."""
        learned = self._words.layers if self._words else []
        return Features(
            self._sides[0], self._sides[1], [*self._fixed, *learned], length="length" in self._wanted
        )

    def _pass(
        self, weights: Mapping[str, float], beads: Sequence[tuple[int, int]], radius: int
    ) -> list[Step]:
        """The best path in the corridor, which is widened as long as the path runs along its walls."""
        features = self.features()
        while True:
            self._scores = Scores(features, self.corridor, beads, weights)
            steps = best_path(self._scores)
            if not touches(self.corridor, steps, self.pair.shape):
                return steps
            radius *= 2
            self.corridor = around(points_of(steps), self.pair.shape, radius)

    def posterior(self) -> Posterior:
        """The probability of every step in the corridor of the last pass of `run`."""
        return Posterior(self._scores)

    def links(self, steps: Sequence[Step]) -> tuple[Link, ...]:
        """The steps as links, each with its probability."""
        posterior = self.posterior()
        return tuple(self._link(step, posterior.probability(step)) for step in steps)

    def _link(self, step: Step, probability: float) -> Link:
        score = calibrated(probability, self.weights)
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


def calibrated(probability: float, weights: Weights) -> float:
    """The probability that was measured for links that the programme gives this one."""
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    odds = weights.slope * math.log(bounded / (1 - bounded)) + weights.intercept
    return 1 / (1 + math.exp(-odds))
