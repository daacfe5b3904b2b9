"""Link target words to source words, by attention between subword pieces or by other weights."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from egiz.translate.engine.protocol import Attention

_WORD = re.compile(r"\w+")


def word_places(text: str) -> list[tuple[int, int]]:
    """Return start and stop of each run of word characters.

    The index of a word in this list is its number.
    """
    return [found.span() for found in _WORD.finditer(text)]


def changed_words(text: str, changes: Collection[tuple[int, int, str]]) -> frozenset[int]:
    """Return the indices, in `word_places`, of the words that `changes` (start, stop and new text) touch."""
    return frozenset(
        at
        for at, (begin, end) in enumerate(word_places(text))
        if any(begin < stop and start < end for start, stop, _ in changes)
    )


def word_attention(attention: Attention, source: str, target: str) -> list[list[float]]:
    """Return the attention of each target word to each source word: ``[target words][source words]``.

    The values, 0 to 1, are the share of the attention of the pieces of the target word that goes to the
    pieces of the source word.
    """
    columns = [_inside(attention.source, place) for place in word_places(source)]
    table = []
    for place in word_places(target):
        rows = [attention.weights[at] for at in _inside(attention.target, place)]
        table.append(
            [sum(row[at] for row in rows for at in column) / len(rows) if rows else 0.0 for column in columns]
        )
    return table


def _inside(pieces: tuple[tuple[int, int], ...], place: tuple[int, int]) -> list[int]:
    start, stop = place
    return [at for at, (begin, end) in enumerate(pieces) if begin < stop and start < end]


Weights = Sequence[Sequence[float]]
"""Strength of the link from each target word to each source word, 0 to 1: ``[target words][source words]``,
where words are those of `egiz.glossary.correct.links.word_places`."""
Links = Callable[[Sequence[tuple[str, str]]], Sequence[Weights]]
"""A function that computes the weights for pairs of source and target text. It is used instead of attention
if there is no engine."""

SURE = 0.3
"""The least weight of a sure link. With 0.2 instead, there are a few more right links and even more wrong
ones (`benchmarks/linked_terms.py`)."""
LIKELY = 0.1
"""The least weight of a possible link. All words with such a link must be replaced when the term is put
in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The target words that are linked to a term in the source, as indices of `word_places`.

    `sure` words are linked to the term and to no other word. `likely` words are linked more strongly to the
    term than to any other word. `reached` has, for each source word of the term, the target words that may be
    linked to it.
    """

    sure: frozenset[int] = frozenset()
    likely: frozenset[int] = frozenset()
    reached: tuple[frozenset[int], ...] = ()

    def may_go(self, words: Collection[int]) -> bool:
        """Whether the term may replace exactly these target words.

        They must be exactly the likely ones, one of them must be sure, and each source word of the term must
        be linked to one of them. Otherwise a part of the old rendering would remain, or words with another
        meaning would be lost.
        """
        own = frozenset(words)
        return bool(own & self.sure) and own == self.likely and all(own & some for some in self.reached)


def standing(table: Weights, source: str, text: str, start: int, stop: int) -> Standing:
    """Return the words of `text` linked to ``source[start:stop]``; `table` has the weights of this pair."""
    table, asked = asked_words(table, source, text, start, stop)
    sure, likely = set(), set()
    for word, row in enumerate(table):
        own = max((row[at] for at in asked), default=0.0)
        other = max((row[at] for at in range(len(row)) if at not in asked), default=0.0)
        if own >= LIKELY and own > other:
            likely.add(word)
            if own >= SURE and other < LIKELY:
                sure.add(word)
    reached = (frozenset(word for word, row in enumerate(table) if row[at] >= LIKELY) for at in asked)
    return Standing(sure=frozenset(sure), likely=frozenset(likely), reached=tuple(reached))


def asked_words(
    table: Weights, source: str, text: str, start: int, stop: int
) -> tuple[Weights, tuple[int, ...]]:
    """Return the weights of a pair of texts, and the indices of the words of ``source[start:stop]``.

    The weights are empty if their shape does not fit the numbers of words. This happens with soft hyphens,
    which separate words in `word_places`, but not in the engine.
    """
    places = word_places(source)
    asked = tuple(at for at, (begin, end) in enumerate(places) if begin < stop and start < end)
    fits = len(table) == len(word_places(text)) and all(len(row) == len(places) for row in table)
    return table if fits else (), asked
