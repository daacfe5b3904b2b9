"""Learns word translation tables from pairs of texts, in both directions, and links words by them.

The tables are those of Model 1 of Brown et al. (1993), "The Mathematics of Statistical Machine Translation",
trained on linked units by expectation maximisation. The probabilities of rare words are reduced (`DISCOUNT`),
because words seen once or twice prove little.

The texts are not kept, only the learned tables; so a translation that was changed later can be linked by the
same tables.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from egiz.glossary.correct.links import LIKELY, Weights, word_places
from egiz.parallel.align.layers import STEM, Floats, Ints, Vectors, index
from egiz.parallel.align.records import Span

Table = tuple[Ints, Ints, Floats]
"""A sparse matrix as ``(starts, keys, probabilities)``: the target keys of source key k, and their
probabilities, are at ``starts[k]:starts[k + 1]``.
"""

ROUNDS = 4
"""Rounds of expectation maximisation. With more rounds, rare words overfit to the words that they occur
with.
"""
DISCOUNT = 1.0
"""Added to the total count of every source word. The translation probabilities of a word that was seen once
therefore add up to only one half.
"""
MIN_PROBABILITY = 0.02
"""Entries with a lower probability are not kept in the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cooccurrences:
    """The pairs of a source word and a target word that occur in the same link.

    `owners` and `answers` have an entry for each distinct pair: its source key and its target key. `sorts`,
    `occurrences` and `links` have an entry for each occurrence of a pair: the index of its distinct pair, the
    number of the occurrence of its target word, and the index of its link. `sizes` are the sizes of the
    source and target vocabularies. Each source side also contains the null word, with the key ``sizes[0]``.
    """

    owners: Ints
    answers: Ints
    sorts: Ints
    occurrences: Ints
    links: Ints
    sizes: tuple[int, int]


def cooccurrences(
    source: Vectors, target: Vectors, links: Sequence[tuple[Span, Span]], sizes: tuple[int, int]
) -> Cooccurrences:
    """Collect the word pairs of linked units; `sizes` are the sizes of the source and target vocabularies."""
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
    return Cooccurrences(
        owners=joint // max(1, sizes[1]),
        answers=joint % max(1, sizes[1]),
        sorts=sorts,
        occurrences=np.concatenate(groups or empty),
        links=np.concatenate(places or empty),
        sizes=sizes,
    )


def learn(found: Cooccurrences, kept: NDArray[np.bool_] | None = None) -> Table:
    """Learn the probability of each target stem given a source stem, by expectation maximisation.

    `kept` is a mask over the occurrences of pairs; only the occurrences in it are used. With None, all
    occurrences are used.
    """
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
    likely = (chance >= MIN_PROBABILITY) & (found.owners < nothing)
    sizes = np.bincount(found.owners[likely], minlength=nothing)
    starts = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    return starts, found.answers[likely], chance[likely].astype(np.float32)


FOLDS = 5
"""The number of folds in cross-validation. For each fold a table is learned from the links of the other
folds.
"""
_RUN = 6
"""The number of consecutive links that belong to the same fold."""


def cross_translated(
    source: Vectors, target: Vectors, steps: Sequence[tuple[Span, Span]], sizes: tuple[int, int]
) -> Vectors:
    """Return, for each source unit, the expected counts of target stems. They are computed by a table that
    was learned without the links of the unit's own fold.

    A table that was learned from a wrong link would support this link; cross-validation prevents that.
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
    found = cooccurrences(source, target, [step for step, _ in linked], sizes)
    held_out = np.array([fold for _, fold in linked], dtype=np.int64)[found.links]
    tables = [learn(found, held_out != fold) for fold in range(FOLDS)]
    return _spread(source, own, _stacked(tables), sizes)


def _stacked(tables: Sequence[Table]) -> Table:
    """Return one table with the rows of all tables, one table after the other."""
    offsets = accumulate((len(keys) for _, keys, _ in tables), initial=0)
    starts = [starts[:-1] + offset for (starts, _, _), offset in zip(tables, offsets, strict=False)]
    keys = np.concatenate([keys for _, keys, _ in tables])
    return (
        np.concatenate([*starts, np.array([len(keys)], dtype=np.int64)]),
        keys,
        np.concatenate([values for _, _, values in tables]),
    )


def _spread(source: Vectors, folds: Ints, table: Table, sizes: tuple[int, int]) -> Vectors:
    """Return the expected counts of target stems for each source unit. `folds` has the fold of each unit,
    `table` the tables of all folds (`_stacked`).
    """
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


WordPairs = tuple[tuple[int, int], ...]
"""Pairs of a source word and a target word, both as indices from 0."""


def best_links(table: Weights) -> WordPairs:
    """Return word links from an association matrix (two-way argmax), sorted.

    `table` has a row for each target word and a column for each source word. First each target word is linked
    to its best source word if the weight of the two is at least `LIKELY`. Then each source word without a
    link is linked to its best target word if the weight of the two is at least twice `LIKELY`. If several
    words have the same highest weight, the one nearest to the diagonal of the matrix is taken.
    """
    if not table or not table[0]:
        return ()
    height, width = len(table), len(table[0])

    def skew(i: int, j: int) -> float:
        """Return the distance of the cell of source word i and target word j from the diagonal of the
        matrix.
        """
        return abs((i + 0.5) / width - (j + 0.5) / height)

    linked = set()
    for j in range(height):
        i = max(range(width), key=lambda at: (table[j][at], -skew(at, j)))
        if table[j][i] >= LIKELY:
            linked.add((i, j))
    for i in set(range(width)) - {i for i, _ in linked}:
        j = max(range(height), key=lambda at: (table[at][i], -skew(i, at)))
        if table[j][i] >= 2 * LIKELY:
            linked.add((i, j))
    return tuple(sorted(linked))


TextPairs = Sequence[tuple[str, str]]
"""Pairs of a source and a target text."""
_THOT_ROUNDS = 5


def words(text: str) -> list[str]:
    """Return the words of a text.

    >>> words("Бұл — «Егіз», 2-нұсқа.")
    ['Бұл', 'Егіз', '2', 'нұсқа']
    """
    return [text[start:stop] for start, stop in word_places(text)]


def stems(text: str) -> list[str]:
    """Return the words of a text in lower case, cut to `STEM` letters, so that most inflected forms of a word
    become equal.
    """
    return [word.lower()[:STEM] for word in words(text)]


@dataclass(frozen=True, slots=True, kw_only=True)
class BothWays:
    """Translation probabilities of words in both directions.

    `own` maps source words to numbers, and `other` maps target words to numbers. `there` maps (source number,
    target number) to the probability of the target word given the source word. `back` maps (target number,
    source number) to the probability of the source word given the target word.
    """

    own: dict[str, int]
    other: dict[str, int]
    there: dict[tuple[int, int], float]
    back: dict[tuple[int, int], float]


def learn_both_ways(texts: Sequence[tuple[Sequence[str], Sequence[str]]]) -> BothWays:
    """Learn translation probabilities of words from pairs of texts; each text is the sequence of its
    words.
    """
    own: dict[str, int] = {}
    other: dict[str, int] = {}
    left = index((Counter(words) for words, _ in texts), own)
    right = index((Counter(words) for _, words in texts), other)
    links: list[tuple[Span, Span]] = [((at, at + 1), (at, at + 1)) for at in range(len(texts))]
    sizes = len(own), len(other)
    return BothWays(
        own=own,
        other=other,
        there=_chances(learn(cooccurrences(left, right, links, sizes))),
        back=_chances(learn(cooccurrences(right, left, links, sizes[::-1]))),
    )


class LearnedTable:
    """Links words by stem tables that are learned from `texts` in both directions."""

    def __init__(self, texts: TextPairs) -> None:
        learned = learn_both_ways([(stems(source), stems(target)) for source, target in texts])
        self._own, self._other = learned.own, learned.other
        self._there, self._back = learned.there, learned.back

    def weights(self, source: str, target: str) -> Weights:
        """Return a matrix ``[target word][source word]``: for each pair of words, the geometric mean of its
        translation probabilities in both directions.
        """
        asked = [self._own.get(stem, -1) for stem in stems(source)]
        return [[self._chance(own, other) for own in asked] for other in self._numbers(target)]

    def entries(self) -> Iterator[tuple[str, str, float]]:
        """Yield every pair of a source and a target stem with a weight above 0, and that weight."""
        left, right = list(self._own), list(self._other)
        for (own, other), there in self._there.items():
            if back := self._back.get((other, own), 0.0):
                yield left[own], right[other], math.sqrt(there * back)

    def pairs(self, source: str, target: str) -> WordPairs:
        """Return the word links of a pair of texts, as `best_links` chooses them."""
        return best_links(self.weights(source, target))

    def _numbers(self, target: str) -> list[int]:
        return [self._other.get(stem, -1) for stem in stems(target)]

    def _chance(self, own: int, other: int) -> float:
        return math.sqrt(self._there.get((own, other), 0.0) * self._back.get((other, own), 0.0))


class LearnedThot:
    """Links words by the hidden Markov models of sil-thot, one per direction, trained on `texts`.

    Raises ModuleNotFoundError if sil-thot is not installed.
    """

    def __init__(self, texts: TextPairs) -> None:
        from thot.alignment import (  # type: ignore[import-not-found,unused-ignore]
            HmmAlignmentModel,
            SymmetrizationHeuristic,
            SymmetrizedAligner,
        )

        self._there, self._back = HmmAlignmentModel(), HmmAlignmentModel()
        for text, answer in texts:
            left, right = stems(text), stems(answer)
            self._there.add_sentence_pair(left, right)
            self._back.add_sentence_pair(right, left)
        for model in (self._there, self._back):
            model.start_training()
            for _ in range(_THOT_ROUNDS):
                model.train()
            model.end_training()
        self._grown = SymmetrizedAligner(self._there, self._back)
        self._grown.heuristic = SymmetrizationHeuristic.GROW_DIAG_FINAL_AND
        self._common = SymmetrizedAligner(self._there, self._back)
        self._common.heuristic = SymmetrizationHeuristic.INTERSECTION
        self._either = SymmetrizedAligner(self._there, self._back)
        self._either.heuristic = SymmetrizationHeuristic.UNION

    def weights(self, source: str, target: str) -> Weights:
        """Return a matrix ``[target word][source word]``: for each pair of words, the geometric mean of its
        translation probabilities in both directions.

        The mean is halved if the model of only one direction links the words. It is 0 if neither model links
        them.
        """
        left, right = stems(source), stems(target)
        table = [[0.0] * len(left) for _ in right]
        common = set(_linked(self._common, left, right))
        for i, j in _linked(self._either, left, right):
            there = _probability(self._there, left[i], right[j])
            chance = math.sqrt(there * _probability(self._back, right[j], left[i]))
            table[j][i] = chance if (i, j) in common else chance / 2
        return table

    def pairs(self, source: str, target: str) -> WordPairs:
        """Return the word links of a pair of texts. The links of both directions are combined by the method
        grow-diag-final-and.
        """
        return _linked(self._grown, stems(source), stems(target))


def _probability(model: Any, word: str, other: str) -> float:
    known = model.src_word_exists(word) and model.trg_word_exists(other)
    if not known:
        return 0.0
    found: float = model.translation_prob(model.get_src_word_index(word), model.get_trg_word_index(other))
    return found


def _linked(aligner: Any, left: list[str], right: list[str]) -> WordPairs:
    if not left or not right:
        return ()
    matrix = aligner.get_best_alignment(left, right)[1]
    return tuple((i, j) for i in range(len(left)) for j in range(len(right)) if matrix[i, j])


def _chances(table: Table) -> dict[tuple[int, int], float]:
    starts, keys, values = (part.tolist() for part in table)
    return {
        (word, keys[place]): values[place]
        for word in range(len(starts) - 1)
        for place in range(starts[word], starts[word + 1])
    }
