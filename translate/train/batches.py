"""Training batches: the examples of an epoch, their noise, and their grouping by length.

Batches have few shapes: the length of an example is rounded up to that of a bucket, and all batches of a
bucket have the same size. With arbitrary shapes the CPU kernels would be rebuilt at every step, which is
several times slower. If one process cannot make batches as fast as the device trains on them, worker
processes make them in advance.
"""

from __future__ import annotations

import multiprocessing
import queue
import random
import signal
import threading
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from egiz.translate.engine.protocol import Hint
from egiz.translate.engine.tokenizer import BACK
from egiz.translate.train.corpus import Hints, TrainingRow
from egiz.translate.train.pieces import END, Pieces
from egiz.translate.train.recipe import MAX_TOKENS, Noise, Recipe

BUCKETS = (10, 14, 18, 22, 26, 30, 36, 42, 50, 60, 72, 86, 102, MAX_TOKENS)
"""The lengths, in tokens, that examples are padded to. A pair that is longer than the last is left out."""

_PART = 2_000  # examples per part of an epoch
_PARTS = 20  # parts whose batches are shuffled together
_SHORT = 120  # characters of the first of two joined rows, at most


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence pair as token ids; each side has its language code, its pieces and an end token."""

    source: Sequence[int]
    target: Sequence[int]


@dataclass(frozen=True, slots=True)
class TrainingBatch:
    """Examples of one bucket; the sources and targets of all are padded to `length` tokens."""

    length: int
    examples: list[Example]


EpochPart = tuple[int, int, Sequence[tuple[int, int, int]]]
"""A part of an epoch: the number of the epoch, the index of the part's first example in the epoch, and the
items, one per example. An item has the indices of row, source language and target language. All count from
0."""
MapParts = Callable[[Iterable[EpochPart]], Iterable[list[Example]]]
"""A function that applies an `ExampleMaker` to parts of an epoch; the results are in order."""


@dataclass(frozen=True, slots=True)
class ExampleMaker:
    """A function that takes a part of an epoch and returns the examples of this part.

    The examples depend only on the part and on the fields of this class. So a worker process makes the same
    examples as the main process.
    """

    recipe: Recipe
    rows: Sequence[TrainingRow]
    pieces: Pieces
    hints: Hints = field(default_factory=dict)

    def __call__(self, job: EpochPart) -> list[Example]:
        """The examples of one part, with noise and hints drawn by the recipe's seed."""
        number, place, items = job
        chance = random.Random(f"{self.recipe.schedule.seed} {number} {place}")
        return [self._example(item, chance) for item in items]

    def _example(self, item: tuple[int, int, int], chance: random.Random) -> Example:
        """The example of an item (see `EpochPart`), with hints or, if it has none, with noise."""
        place, source, target = item
        noise, rows = self.recipe.noise, self.rows
        first, second = rows[place].cells[source], rows[place].cells[target]
        hints = self.hints.get(item)
        if hints and chance.random() < noise.hinted:
            return self._encode(first, second, source, target, chance, _some_hints(hints, chance))
        following = rows[place + 1] if place + 1 < len(rows) else None
        if following and _joinable(rows[place], following, source, target) and chance.random() < noise.joined:
            gap = "" if chance.random() < noise.glued and first.endswith(".") else " "
            first, second = first + gap + following.cells[source], f"{second} {following.cells[target]}"
        first, second = _with_noise(first, second, noise, chance)
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
        """The token ids of a pair; with `back`, the source is marked as back-translated."""
        codes, mark = self.pieces.codes, self.pieces.mark(BACK)
        given = (
            self.pieces.encode_hinted(first, hints, chance) if hints else self.pieces.encode(first, chance)
        )
        marked = [mark] if back and mark is not None else []
        return Example(
            array("i", (codes[source], *marked, *given, END)),
            array("i", (codes[target], *self.pieces.encode(second, chance), END)),
        )


def epoch(maker: ExampleMaker, number: int, each: MapParts | None = None) -> Iterator[TrainingBatch]:
    """Yield the batches of epoch `number`; the same number and seed of the recipe give the same batches.

    `each` applies `maker` to the parts of the epoch, for example in other processes; without it this process
    does. Examples that fill no batch at the end of the epoch are left out.
    """
    recipe = maker.recipe
    chance = random.Random(recipe.schedule.seed * 1000 + number)
    plan = _plan(recipe, maker.rows, chance)
    parts = [(number, start, plan[start : start + _PART]) for start in range(0, len(plan), _PART)]
    waiting: dict[int, list[Example]] = {length: [] for length in BUCKETS}
    ready: list[TrainingBatch] = []
    made = each(parts) if each else map(maker, parts)
    for place, examples in enumerate(made, start=1):
        for example in examples:
            length = _bucket(example)
            if length is None:
                continue
            waiting[length].append(example)
            if len(waiting[length]) == recipe.schedule.tokens // length:
                ready.append(TrainingBatch(length, waiting[length]))
                waiting[length] = []
        if place % _PARTS == 0 or place == len(parts):
            chance.shuffle(ready)
            yield from ready
            ready = []


def fixed(
    recipe: Recipe, pairs: Sequence[tuple[str, str]], pieces: Pieces, direction: str
) -> Iterator[TrainingBatch]:
    """Yield batches of given pairs in one direction, in order of length and without noise.

    The last batch of each length may be smaller than the others. Pairs that are too long are left out.
    """
    source, target = _language_numbers(recipe, direction)
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
            yield TrainingBatch(length, examples[start : start + size])


def _language_numbers(recipe: Recipe, direction: str) -> tuple[int, int]:
    """The indices in `Recipe.languages` of source and target language of a direction (``kk-ru``)."""
    source, _, target = direction.partition("-")
    return recipe.languages.index(source), recipe.languages.index(target)


def _plan(recipe: Recipe, rows: Sequence[TrainingRow], chance: random.Random) -> list[tuple[int, int, int]]:
    """The items of an epoch (see `EpochPart`), shuffled.

    In each direction, a row gives as many items as the weight of its table times the share of the direction,
    rounded up or down at random. It gives none if a text is missing or the target text is synthetic.
    """
    ends = [(*_language_numbers(recipe, direction), share) for direction, share in recipe.directions.items()]
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


def _some_hints(hints: Sequence[Hint], chance: random.Random) -> list[Hint]:
    """A random selection of a sentence's hints, in order: at least one; small selections are likelier."""
    count = 1 + int(chance.random() ** 2 * len(hints))
    return sorted(chance.sample(list(hints), min(count, len(hints))))


def _joinable(row: TrainingRow, following: TrainingRow, source: int, target: int) -> bool:
    """Whether a row and the next one may be joined into one example.

    They must be from the same table, the first must be short (`_SHORT`), and the second must have both texts.
    """
    return (
        following.source == row.source
        and len(row.cells[source]) < _SHORT
        and bool(following.cells[source] and following.cells[target])
    )


def _with_noise(source: str, target: str, noise: Noise, chance: random.Random) -> tuple[str, str]:
    """Remove the final stops of both texts, and lower the first letter of the source, each at random."""
    if source.endswith(".") and target.endswith(".") and chance.random() < noise.lost_stop:
        source, target = source.rstrip("."), target.rstrip(".")
    if chance.random() < noise.lower_case:
        source = source[:1].lower() + source[1:]
    return source, target


def _bucket(example: Example) -> int | None:
    """The length of the smallest bucket that an example fits in; None if it is too long for all."""
    longest = max(len(example.source), len(example.target))
    return next((length for length in BUCKETS if longest <= length), None)


T = TypeVar("T")
_AHEAD = 64  # batches
_function: Callable[[Any], Any] | None = None  # set in worker processes


@contextmanager
def map_in_workers(
    function: Callable[[Any], T], workers: int
) -> Iterator[Callable[[Iterable[Any]], Iterable[T]]]:
    """Yield a version of `map` for `function` that works in `workers` processes; results are in order.

    The processes are forks of this one and share the data that `function` holds. Enter the block before torch
    does any work, because torch's threads do not survive a fork. With 0 workers, this process does the work.
    """
    if not workers:
        yield partial(map, function)
        return
    with multiprocessing.get_context("fork").Pool(workers, _initialise, (function,)) as pool:
        yield partial(pool.imap, _apply)


def _initialise(function: Callable[[Any], Any]) -> None:
    """Initialise a worker: it exits silently when it is terminated, and ignores Ctrl-C."""
    global _function
    _function = function
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _apply(job: Any) -> Any:
    """Apply the function of this worker process to a job."""
    assert _function is not None
    return _function(job)


def ahead(batches: Iterator[T]) -> Iterator[T]:
    """Yield the batches of an iterator, which a thread reads in advance; its errors are raised here."""
    waiting: queue.Queue[T | BaseException] = queue.Queue(_AHEAD)

    def fill() -> None:
        try:
            for batch in batches:
                waiting.put(batch)
        except BaseException as error:
            waiting.put(error)

    threading.Thread(target=fill, daemon=True).start()
    while True:
        found = waiting.get()
        if isinstance(found, BaseException):
            raise found
        yield found
