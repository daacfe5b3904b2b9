"""What words of two languages stand for each other, learned from texts and then asked about any text.

What was learned is kept, not the texts: a translation may be asked about again after it has changed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from egiz.glossary.correct.links import Weights, word_places
from egiz.parallel.align.evidence import STEM
from egiz.parallel.align.layers import index
from egiz.parallel.align.pairing import Pairs, best
from egiz.parallel.align.records import Span
from egiz.parallel.align.table import Table, learn, pairs

Texts = Sequence[tuple[str, str]]
_THOT_ROUNDS = 5


def words(text: str) -> list[str]:
    """The words of a text.

    >>> words("Бұл — «Егіз», 2-нұсқа.")
    ['Бұл', 'Егіз', '2', 'нұсқа']
    """
    return [text[start:stop] for start, stop in word_places(text)]


def stems(text: str) -> list[str]:
    """The words of a text, small and cut, so that the forms of one are one."""
    return [word.lower()[:STEM] for word in words(text)]


class LearnedTable:
    """A table of stems, both ways at once: the geometric mean of the two probabilities."""

    def __init__(self, texts: Texts) -> None:
        self._own: dict[str, int] = {}
        self._other: dict[str, int] = {}
        left = index((_counted(text) for text, _ in texts), self._own)
        right = index((_counted(text) for _, text in texts), self._other)
        links: list[tuple[Span, Span]] = [((at, at + 1), (at, at + 1)) for at in range(len(texts))]
        sizes = len(self._own), len(self._other)
        self._there = _chances(learn(pairs(left, right, links, sizes)))
        self._back = _chances(learn(pairs(right, left, links, sizes[::-1])))

    def weights(self, source: str, target: str) -> Weights:
        """The geometric mean of how probable each is of the other."""
        asked = [self._own.get(stem, -1) for stem in stems(source)]
        return [[self._chance(own, other) for own in asked] for other in self._numbers(target)]

    def pairs(self, source: str, target: str) -> Pairs:
        """Each word with its best."""
        return best(self.weights(source, target))

    def _numbers(self, target: str) -> list[int]:
        return [self._other.get(stem, -1) for stem in stems(target)]

    def _chance(self, own: int, other: int) -> float:
        return math.sqrt(self._there.get((own, other), 0.0) * self._back.get((other, own), 0.0))


class LearnedThot:
    """The hidden Markov models of sil-thot, one a direction.

    Raises ModuleNotFoundError where sil-thot is not installed.
    """

    def __init__(self, texts: Texts) -> None:
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
        """The geometric mean of how probable each is of the other; half of it where one model links them."""
        left, right = stems(source), stems(target)
        table = [[0.0] * len(left) for _ in right]
        common = set(_linked(self._common, left, right))
        for i, j in _linked(self._either, left, right):
            there = _probability(self._there, left[i], right[j])
            chance = math.sqrt(there * _probability(self._back, right[j], left[i]))
            table[j][i] = chance if (i, j) in common else chance / 2
        return table

    def pairs(self, source: str, target: str) -> Pairs:
        """The links of both models, joined by growing diagonals."""
        return _linked(self._grown, stems(source), stems(target))


def _probability(model: Any, word: str, other: str) -> float:
    known = model.src_word_exists(word) and model.trg_word_exists(other)
    if not known:
        return 0.0
    found: float = model.translation_prob(model.get_src_word_index(word), model.get_trg_word_index(other))
    return found


def _linked(aligner: Any, left: list[str], right: list[str]) -> Pairs:
    if not left or not right:
        return ()
    matrix = aligner.get_best_alignment(left, right)[1]
    return tuple((i, j) for i in range(len(left)) for j in range(len(right)) if matrix[i, j])


def _counted(text: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for stem in stems(text):
        counts[stem] = counts.get(stem, 0) + 1
    return counts


def _chances(table: Table) -> dict[tuple[int, int], float]:
    starts, keys, values = (part.tolist() for part in table)
    return {
        (word, keys[place]): values[place]
        for word in range(len(starts) - 1)
        for place in range(starts[word], starts[word + 1])
    }
