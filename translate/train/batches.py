"""Training batches: which examples an epoch holds, the noise put on them, and their packing by length.

Batches come in few shapes only: lengths are rounded up to a bucket and each bucket has one batch size.
Free shapes make the CPU kernels be rebuilt at every step, which runs several times slower.
"""

from __future__ import annotations

import random
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from egiz.translate.train.corpus import Row
from egiz.translate.train.hints import Hint, Hints
from egiz.translate.train.pieces import BACK, END, Pieces
from egiz.translate.train.recipe import MAX_TOKENS, Noise, Recipe

BUCKETS = (10, 14, 18, 22, 26, 30, 36, 42, 50, 60, 72, 86, 102, MAX_TOKENS)
"""Lengths of the batches, in tokens; a longer pair is left out of the epoch."""

_PART = 2_000  # examples that one process makes at a time
_PARTS = 20  # whose batches are shuffled together
_SHORT = 120  # characters


@dataclass(frozen=True, slots=True)
class Example:
    """A pair as identifiers: `source` is code, pieces, end; `target` likewise."""

    source: Sequence[int]
    target: Sequence[int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples of one bucket; all are to be padded to `length`."""

    length: int
    examples: list[Example]


EpochPart = tuple[int, int, Sequence[tuple[int, int, int]]]
"""A part of an epoch: its epoch, its place there, and (row, source, target language) of each example."""
MapParts = Callable[[Callable[[EpochPart], list[Example]], Iterable[EpochPart]], Iterable[list[Example]]]
"""How parts are made: one after the other as `map` does, or by several processes, in order too."""


@dataclass(frozen=True, slots=True)
class ExampleMaker:
    """What examples are made of; a part comes out the same in whatever process it is made."""

    recipe: Recipe
    rows: Sequence[Row]
    pieces: Pieces
    hints: Hints = field(default_factory=dict)

    def __call__(self, job: EpochPart) -> list[Example]:
        """The examples of one part."""
        number, place, items = job
        chance = random.Random(f"{self.recipe.schedule.seed} {number} {place}")
        return [self._example(item, chance) for item in items]

    def _example(self, item: tuple[int, int, int], chance: random.Random) -> Example:
        place, source, target = item
        noise, rows = self.recipe.noise, self.rows
        first, second = rows[place].cells[source], rows[place].cells[target]
        told = self.hints.get(item)
        if told and chance.random() < noise.hinted:
            return self._encode(first, second, source, target, chance, _drawn(told, chance))
        following = rows[place + 1] if place + 1 < len(rows) else None
        if following and _joinable(rows[place], following, source, target) and chance.random() < noise.joined:
            gap = "" if chance.random() < noise.glued and first.endswith(".") else " "
            first, second = first + gap + following.cells[source], f"{second} {following.cells[target]}"
        first, second = _untidy(first, second, noise, chance)
        back = self.recipe.sources[rows[place].source].synthetic == self.recipe.languages[source]
        return self._encode(first, second, source, target, chance, back=back)

    def _encode(
        self,
        first: str,
        second: str,
        source: int,
        target: int,
        chance: random.Random,
        hints: Sequence[Hint] = (),
        *,
        back: bool = False,
    ) -> Example:
        codes, mark = self.pieces.codes, self.pieces.mark(BACK)
        given = (
            self.pieces.encode_hinted(first, hints, chance) if hints else self.pieces.encode(first, chance)
        )
        marked = [mark] if back and mark is not None else []
        return Example(
            array("i", (codes[source], *marked, *given, END)),
            array("i", (codes[target], *self.pieces.encode(second, chance), END)),
        )


def epoch(maker: ExampleMaker, number: int, each: MapParts = map) -> Iterator[Batch]:
    """Yield the batches of one epoch, in an order that depends on the recipe's seed and `number` alone."""
    recipe = maker.recipe
    chance = random.Random(recipe.schedule.seed * 1000 + number)
    plan = _plan(recipe, maker.rows, chance)
    parts = [(number, start, plan[start : start + _PART]) for start in range(0, len(plan), _PART)]
    waiting: dict[int, list[Example]] = {length: [] for length in BUCKETS}
    ready: list[Batch] = []
    for place, examples in enumerate(each(maker, parts), start=1):
        for example in examples:
            length = _bucket(example)
            if length is None:
                continue
            waiting[length].append(example)
            if len(waiting[length]) == recipe.schedule.tokens // length:
                ready.append(Batch(length, waiting[length]))
                waiting[length] = []
        if place % _PARTS == 0 or place == len(parts):
            chance.shuffle(ready)
            yield from ready
            ready = []


def fixed(
    recipe: Recipe, pairs: Sequence[tuple[str, str]], pieces: Pieces, direction: str
) -> Iterator[Batch]:
    """Batches of given pairs in one direction, without noise; the last of a bucket may be short."""
    source, target = _ends(recipe, direction)
    held: dict[int, list[Example]] = {length: [] for length in BUCKETS}
    for first, second in pairs:
        example = Example(
            [pieces.codes[source], *pieces.encode(first), END],
            [pieces.codes[target], *pieces.encode(second), END],
        )
        length = _bucket(example)
        if length is not None:
            held[length].append(example)
    for length, examples in held.items():
        size = recipe.schedule.tokens // length
        for start in range(0, len(examples), size):
            yield Batch(length, examples[start : start + size])


def _ends(recipe: Recipe, direction: str) -> tuple[int, int]:
    source, _, target = direction.partition("-")
    return recipe.languages.index(source), recipe.languages.index(target)


def _plan(recipe: Recipe, rows: Sequence[Row], chance: random.Random) -> list[tuple[int, int, int]]:
    """Draw (row, source language, target language) by the weights of sources and directions, shuffled."""
    ends = [(*_ends(recipe, direction), share) for direction, share in recipe.directions.items()]
    plan = []
    for place, row in enumerate(rows):
        kind = recipe.sources[row.source]
        made = recipe.languages.index(kind.synthetic) if kind.synthetic else None
        for source, target, share in ends:
            if row.cells[source] and row.cells[target] and target != made:
                times = int(kind.weight * share + chance.random())
                plan.extend([(place, source, target)] * times)
    chance.shuffle(plan)
    return plan


def _drawn(hints: Sequence[Hint], chance: random.Random) -> list[Hint]:
    """One to all of a sentence's hints, in order; few more often than many."""
    count = 1 + int(chance.random() ** 2 * len(hints))
    return sorted(chance.sample(list(hints), min(count, len(hints))))


def _joinable(row: Row, following: Row, source: int, target: int) -> bool:
    """Whether two rows may be learnt as one: neighbours of one source, both complete, the first short."""
    return (
        following.source == row.source
        and len(row.cells[source]) < _SHORT
        and bool(following.cells[source] and following.cells[target])
    )


def _untidy(source: str, target: str, noise: Noise, chance: random.Random) -> tuple[str, str]:
    """Lose the source's final stop (and the target's with it) or the source's capital now and then."""
    if source.endswith(".") and target.endswith(".") and chance.random() < noise.lost_stop:
        source, target = source.rstrip("."), target.rstrip(".")
    if chance.random() < noise.lower_case:
        source = source[:1].lower() + source[1:]
    return source, target


def _bucket(example: Example) -> int | None:
    longest = max(len(example.source), len(example.target))
    return next((length for length in BUCKETS if longest <= length), None)
