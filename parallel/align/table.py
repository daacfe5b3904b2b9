"""A table of words learned from the documents themselves: which stems of one side answer those of the other.

Model 1 of Brown et al. (1993), "The Mathematics of Statistical Machine Translation", on linked units, by
expectation maximisation, with counts discounted so that words seen once or twice prove little.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

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


def learn(source: Vectors, target: Vectors, links: Sequence[tuple[Span, Span]], sizes: tuple[int, int]) -> Table:
    """Learn the probability of target stems for each source stem from linked units.

    `sizes` are those of the vocabularies. A word of the target may also answer nothing, as the word before
    the first of the source.
    """
    left, right, groups = _pairs(source, target, links, sizes[0])
    nothing = sizes[0]
    joint, where = np.unique(left * np.int64(sizes[1]) + right, return_inverse=True)
    owner, answer = joint // sizes[1], joint % sizes[1]
    chance = np.ones(len(joint)) / sizes[1]
    for _ in range(ROUNDS):
        given = chance[where]
        share = given / np.bincount(groups, weights=given)[groups]
        counts = np.bincount(where, weights=share, minlength=len(joint))
        totals = np.bincount(owner, weights=counts, minlength=nothing + 1) + DISCOUNT
        chance = counts / totals[owner]
    kept = (chance >= LEAST) & (owner < nothing)
    starts = np.concatenate(([0], np.cumsum(np.bincount(owner[kept], minlength=nothing)))).astype(np.int64)
    return starts, answer[kept], chance[kept].astype(np.float32)


def _pairs(
    source: Vectors, target: Vectors, links: Sequence[tuple[Span, Span]], words: int
) -> tuple[Ints, Ints, Ints]:
    """Every pair of words that stand in one link, and for each the number of its target occurrence.

    The word that stands for nothing is added to each source side; its key is `words`.
    """
    nothing = np.int64(words)
    lefts, rights, groups = [], [], []
    count = 0
    for (start, stop), (first, last) in links:
        own = np.append(source.keys[source.starts[start] : source.starts[stop]], nothing)
        other = target.keys[target.starts[first] : target.starts[last]]
        lefts.append(np.tile(own, len(other)))
        rights.append(np.repeat(other, len(own)))
        groups.append(np.repeat(np.arange(count, count + len(other)), len(own)))
        count += len(other)
    empty = [np.zeros(0, dtype=np.int64)]
    return tuple(np.concatenate(parts or empty) for parts in (lefts, rights, groups))  # type: ignore[return-value]


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
    tables = [
        learn(source, target, [step for step, other in linked if other != fold], sizes)
        for fold in range(FOLDS)
    ]
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
