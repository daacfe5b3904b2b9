"""Training batches: which examples an epoch holds, the noise put on them, and their packing by length.

Batches come in few shapes only: lengths are rounded up to a bucket and each bucket has one batch size.
Free shapes make the CPU kernels be rebuilt at every step, which runs several times slower.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from egiz.translate.train.corpus import Row
from egiz.translate.train.pieces import END, Pieces
from egiz.translate.train.recipe import LONGEST, Noise, Recipe

BUCKETS = (10, 14, 18, 22, 26, 30, 36, 42, 50, 60, 72, 86, 102, LONGEST)
"""Lengths of the batches, in tokens; a longer pair is left out of the epoch."""

_CHUNK = 40_000
_SHORT = 120  # characters


@dataclass(frozen=True, slots=True)
class Example:
    """A pair as identifiers: `source` is code, pieces, end; `target` likewise."""

    source: list[int]
    target: list[int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples of one bucket; all are to be padded to `length`."""

    length: int
    examples: list[Example]


def epoch(recipe: Recipe, rows: Sequence[Row], pieces: Pieces, number: int) -> Iterator[Batch]:
    """Yield the batches of one epoch, in an order that depends on the recipe's seed and `number` alone."""
    chance = random.Random(recipe.schedule.seed * 1000 + number)
    plan = _plan(recipe, rows, chance)
    waiting: dict[int, list[Example]] = {length: [] for length in BUCKETS}
    for start in range(0, len(plan), _CHUNK):
        ready: list[Batch] = []
        for item in plan[start : start + _CHUNK]:
            example = _example(recipe, rows, pieces, item, chance)
            length = _bucket(example)
            if length is None:
                continue
            waiting[length].append(example)
            if len(waiting[length]) == recipe.schedule.tokens // length:
                ready.append(Batch(length, waiting[length]))
                waiting[length] = []
        chance.shuffle(ready)
        yield from ready


def fixed(
    recipe: Recipe, pairs: Sequence[tuple[str, str]], pieces: Pieces, direction: str
) -> Iterator[Batch]:
    """Batches of given pairs in one direction, without noise; the last of a bucket may be short."""
    source, target = _ends(recipe, direction)
    held: dict[int, list[Example]] = {length: [] for length in BUCKETS}
    for first, second in pairs:
        example = _encode(pieces, first, second, source, target)
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
        weight = recipe.sources[row.source].weight
        for source, target, share in ends:
            if row.cells[source] and row.cells[target]:
                times = int(weight * share + chance.random())
                plan.extend([(place, source, target)] * times)
    chance.shuffle(plan)
    return plan


def _example(
    recipe: Recipe, rows: Sequence[Row], pieces: Pieces, item: tuple[int, int, int], chance: random.Random
) -> Example:
    place, source, target = item
    noise = recipe.noise
    first, second = rows[place].cells[source], rows[place].cells[target]
    following = rows[place + 1] if place + 1 < len(rows) else None
    if following and _joinable(rows[place], following, source, target) and chance.random() < noise.joined:
        gap = "" if chance.random() < noise.glued and first.endswith(".") else " "
        first, second = first + gap + following.cells[source], f"{second} {following.cells[target]}"
    first, second = _untidy(first, second, noise, chance)
    return _encode(pieces, first, second, source, target, chance)


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


def _encode(
    pieces: Pieces,
    source: str,
    target: str,
    source_language: int,
    target_language: int,
    chance: random.Random | None = None,
) -> Example:
    return Example(
        [pieces.codes[source_language], *pieces.encode(source, chance), END],
        [pieces.codes[target_language], *pieces.encode(target, chance), END],
    )


def _bucket(example: Example) -> int | None:
    longest = max(len(example.source), len(example.target))
    return next((length for length in BUCKETS if longest <= length), None)
