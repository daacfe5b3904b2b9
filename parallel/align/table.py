"""A table of words learned from the documents themselves: which stems of one side answer those of the other.

Model 1 of Brown et al. (1993), "The Mathematics of Statistical Machine Translation", on linked units, by
expectation maximisation, with counts discounted so that words seen once or twice prove little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from egiz.parallel.align.records import Span
from egiz.parallel.align.vectors import Floats, Ints, Vectors

Table = tuple[Ints, Ints, Floats]
"""A sparse matrix: for each source key, ``starts[key]:starts[key + 1]`` of target keys and probabilities."""

ROUNDS = 4
"""Rounds of expectation maximisation; further ones sharpen rare words to what they happened to stand by."""
DISCOUNT = 1.0
"""Added to the count of every source word: a word seen once has half of its probability unspoken for."""
LEAST = 0.02
"""Probabilities below are left out of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Every pair of words that stand in one link: each sort of pair once, and where which stands.

    The word that stands for nothing belongs to each source side; its key is one more than the last.
    `owners` and `answers` are the words of each sort; `sorts`, `occurrences` and `links` say for every pair
    that stands somewhere of which sort it is, in which occurrence of a target word, and in which link.
    """

    owners: Ints
    answers: Ints
    sorts: Ints
    occurrences: Ints
    links: Ints
    sizes: tuple[int, int]


def pairs(
    source: Vectors, target: Vectors, links: Sequence[tuple[Span, Span]], sizes: tuple[int, int]
) -> Pairs:
    """Collect the pairs of linked units; `sizes` are those of the vocabularies."""
    lefts, rights, groups, places = [], [], [], []
    count = 0
    for place, ((start, stop), (first, last)) in enumerate(links):
        own = np.append(source.keys[source.starts[start] : source.starts[stop]], sizes[0])
        other = target.keys[target.starts[first] : target.starts[last]]
        size = len(own) * len(other)
        lefts.append(np.broadcast_to(own, (len(other), len(own))).ravel())
        rights.append(np.repeat(other, len(own)))
        groups.append(np.repeat(np.arange(count, count + len(other)), len(own)))
        places.append(np.full(size, place, dtype=np.int64))
        count += len(other)
    empty = [np.zeros(0, dtype=np.int64)]
    left, right = np.concatenate(lefts or empty), np.concatenate(rights or empty)
    joint, sorts = np.unique(left * np.int64(sizes[1]) + right, return_inverse=True)
    return Pairs(
        owners=joint // max(1, sizes[1]),
        answers=joint % max(1, sizes[1]),
        sorts=sorts,
        occurrences=np.concatenate(groups or empty),
        links=np.concatenate(places or empty),
        sizes=sizes,
    )


def learn(found: Pairs, kept: NDArray[np.bool_] | None = None) -> Table:
    """Learn the probability of target stems for each source stem, from all pairs or from those `kept`."""
    sorts, occurrences = found.sorts, found.occurrences
    if kept is not None:
        sorts, occurrences = sorts[kept], occurrences[kept]
    nothing, count = found.sizes[0], len(found.owners)
    chance = np.ones(count)
    for _ in range(ROUNDS):
        given = chance[sorts]
        share = given / np.bincount(occurrences, weights=given)[occurrences]
        counts = np.bincount(sorts, weights=share, minlength=count)
        totals = np.bincount(found.owners, weights=counts, minlength=nothing + 1) + DISCOUNT
        chance = counts / totals[found.owners]
    likely = (chance >= LEAST) & (found.owners < nothing)
    sizes = np.bincount(found.owners[likely], minlength=nothing)
    starts = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    return starts, found.answers[likely], chance[likely].astype(np.float32)


FOLDS = 5
"""Tables that are learned, each without a fifth of the links."""
_RUN = 6
"""Neighbouring links that go into one fold."""


def through_others(
    source: Vectors, target: Vectors, steps: Sequence[tuple[Span, Span]], sizes: tuple[int, int]
) -> Vectors:
    """Source units in the words of the target, each by a table that was learned without its own link.

    A table that had seen the link would find in it what it learned from it, right or wrong, and hold every
    error fast.
    """
    folds = [place // _RUN % FOLDS for place in range(len(steps))]
    linked = [
        (step, fold)
        for step, fold in zip(steps, folds, strict=True)
        if step[0][0] < step[0][1] and step[1][0] < step[1][1]
    ]
    own = np.zeros(len(source), dtype=np.int64)
    for step, fold in zip(steps, folds, strict=True):
        own[step[0][0] : step[0][1]] = fold
    found = pairs(source, target, [step for step, _ in linked], sizes)
    held_out = np.array([fold for _, fold in linked], dtype=np.int64)[found.links]
    tables = [learn(found, held_out != fold) for fold in range(FOLDS)]
    return _spread(source, own, _stacked(tables), sizes)


def _stacked(tables: Sequence[Table]) -> Table:
    """Tables one under the other."""
    offsets = accumulate((len(keys) for _, keys, _ in tables), initial=0)
    starts = [starts[:-1] + offset for (starts, _, _), offset in zip(tables, offsets, strict=False)]
    keys = np.concatenate([keys for _, keys, _ in tables])
    return (
        np.concatenate([*starts, np.array([len(keys)], dtype=np.int64)]),
        keys,
        np.concatenate([values for _, _, values in tables]),
    )


def _spread(source: Vectors, folds: Ints, table: Table, sizes: tuple[int, int]) -> Vectors:
    """The expected counts of target words, each unit by the table of its fold."""
    starts, keys, values = table
    unit = np.repeat(np.arange(len(source)), np.diff(source.starts))
    asked = source.keys + folds[unit] * sizes[0]
    answers = starts[asked + 1] - starts[asked]
    owner = np.repeat(unit, answers)
    begun = np.cumsum(answers) - answers
    places = np.arange(len(owner)) + np.repeat(starts[asked] - begun, answers)
    given = np.repeat(source.values, answers) * values[places]
    joint, where = np.unique(owner * np.int64(sizes[1]) + keys[places], return_inverse=True)
    summed = np.bincount(where, weights=given, minlength=len(joint)).astype(np.float32)
    counts = np.bincount(joint // sizes[1], minlength=len(source))
    return Vectors(
        starts=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        keys=joint % sizes[1],
        values=summed,
    )
