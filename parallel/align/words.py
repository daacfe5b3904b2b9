"""The words of linked texts linked in turn: which word of a translation stands for which of its source.

Words are runs of letters and digits, counted from 0 on each side; pairs are source word, target word, as in
the Pharaoh format. Three ways: the attention of the model while it is made to say the translation, a table of
words learned from all rows, and sil-thot.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from egiz.glossary.correct.attention import word_attention, word_places
from egiz.parallel.align.evidence import STEM
from egiz.parallel.align.layers import index
from egiz.parallel.align.records import Span
from egiz.parallel.align.table import Table, learn, pairs
from egiz.translate.forcing import Forcing
from egiz.translate.punctuation import normalise

Pairs = tuple[tuple[int, int], ...]
Method = Literal["attention", "table", "thot"]
Texts = Sequence[tuple[str, str]]

_LEAST = 0.1
"""Attention or probability below which a word stands for none; `egiz.glossary.correct` has the same bound."""


def words(text: str) -> list[str]:
    """The words of a text.

    >>> words("Бұл — «Егіз», 2-нұсқа.")
    ['Бұл', 'Егіз', '2', 'нұсқа']
    """
    return [text[start:stop] for start, stop in word_places(text)]


def pharaoh(pairs: Pairs) -> str:
    """Pairs as ``0-0 1-2``."""
    return " ".join(f"{source}-{target}" for source, target in pairs)


def by_attention(texts: Texts, forcing: Forcing, *, source: str, target: str) -> list[Pairs]:
    """Link words by the model's attention. Nothing for texts longer than it reads.

    A target word goes with the source word it looks at most, and so does a source word that is looked at by
    none: with the target word that looks at it most.
    """
    plain = [(normalise(left), normalise(right)) for left, right in texts]
    found = forcing.align(plain, source=source, target=target)
    return [
        _best(word_attention(attention, left, right)) if attention.weights else ()
        for (left, right), attention in zip(plain, found, strict=True)
    ]


def by_table(texts: Texts) -> list[Pairs]:
    """Link words by a table of stems learned from these texts themselves, both ways at once."""
    own: dict[str, int] = {}
    other: dict[str, int] = {}
    left = index((_counted(text) for text, _ in texts), own)
    right = index((_counted(text) for _, text in texts), other)
    links: list[tuple[Span, Span]] = [((at, at + 1), (at, at + 1)) for at in range(len(texts))]
    there = _chances(learn(pairs(left, right, links, (len(own), len(other)))))
    back = _chances(learn(pairs(right, left, links, (len(other), len(own)))))

    def chance(source: str, target: str) -> float:
        pair = own[_stem(source)], other[_stem(target)]
        return math.sqrt(there.get(pair, 0.0) * back.get(pair[::-1], 0.0))

    return [
        _best([[chance(source, target) for source in words(text)] for target in words(answer)])
        for text, answer in texts
    ]


def by_thot(texts: Texts) -> list[Pairs]:
    """Link words by the hidden Markov models of sil-thot, one a direction, joined by growing diagonals.

    Raises ModuleNotFoundError where sil-thot is not installed.
    """
    from thot.alignment import (  # type: ignore[import-not-found,unused-ignore]
        HmmAlignmentModel,
        SymmetrizationHeuristic,
        SymmetrizedAligner,
    )

    sides = [
        ([_stem(word) for word in words(text)] for text in column) for column in zip(*texts, strict=True)
    ]
    sentences = list(zip(*sides, strict=True))
    there, back = HmmAlignmentModel(), HmmAlignmentModel()
    for left, right in sentences:
        there.add_sentence_pair(left, right)
        back.add_sentence_pair(right, left)
    for model in (there, back):
        model.start_training()
        for _ in range(_THOT_ROUNDS):
            model.train()
        model.end_training()
    both = SymmetrizedAligner(there, back)
    both.heuristic = SymmetrizationHeuristic.GROW_DIAG_FINAL_AND
    found: list[Pairs] = []
    for left, right in sentences:
        matrix = both.get_best_alignment(left, right)[1] if left and right else None
        found.append(
            tuple((i, j) for i in range(len(left)) for j in range(len(right)) if matrix[i, j])
            if matrix is not None
            else ()
        )
    return found


_THOT_ROUNDS = 5


def _stem(word: str) -> str:
    return word.lower()[:STEM]


def _counted(text: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in words(text):
        counts[_stem(word)] = counts.get(_stem(word), 0) + 1
    return counts


def _chances(table: Table) -> dict[tuple[int, int], float]:
    starts, keys, values = (part.tolist() for part in table)
    return {
        (word, keys[place]): values[place]
        for word in range(len(starts) - 1)
        for place in range(starts[word], starts[word + 1])
    }


def _best(table: Sequence[Sequence[float]]) -> Pairs:
    """Each target word with its best source word, and each source word left over with its best target word.

    `table` is target word by source word. Of equals the one nearest to the diagonal is best.
    """
    if not table or not table[0]:
        return ()
    height, width = len(table), len(table[0])

    def off(i: int, j: int) -> float:
        return abs((i + 0.5) / width - (j + 0.5) / height)

    linked = set()
    for j in range(height):
        i = max(range(width), key=lambda at: (table[j][at], -off(at, j)))
        if table[j][i] >= _LEAST:
            linked.add((i, j))
    for i in set(range(width)) - {i for i, _ in linked}:
        j = max(range(height), key=lambda at: (table[at][i], -off(i, at)))
        if table[j][i] >= 2 * _LEAST:
            linked.add((i, j))
    return tuple(sorted(linked))
