"""Links between source and target words, from attention between pieces or from a table without a model."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from egiz.translate.engine.protocol import Attention

_WORD = re.compile(r"\w+")


def word_places(text: str) -> list[tuple[int, int]]:
    """The runs of letters and digits of a text; the same in number and order however it is punctuated."""
    return [found.span() for found in _WORD.finditer(text)]


def word_attention(attention: Attention, source: str, target: str) -> list[list[float]]:
    """How much each word of `target` looks at each word of `source`: ``[target words][source words]``.

    The share of its pieces' attention that goes to the pieces of the other, a number between 0 and 1.
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
"""How much each word of a target text stands for each word of its source, 0 to 1, as attention has it:
``[target words][source words]``, words being those of `egiz.glossary.correct.links.word_places`."""
Links = Callable[[Sequence[tuple[str, str]]], Sequence[Weights]]
"""Gives the weights of pairs of source and target text. For languages without an engine."""

SURE = 0.3
"""Weight from which on a word is said to stand for another. From 0.2 on there are a few more right ones and
more wrong ones (`benchmarks/linked_terms.py`)."""
LIKELY = 0.1
"""Weight from which on a word may stand for another, so that it must not stay where that is replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The numbers of the words of a target text that stand for some words of its source.

    `sure` stand for them and for no other word, `likely` may stand for them rather. `reached` has for
    each word of the source those that may stand for it.
    """

    sure: frozenset[int] = frozenset()
    likely: frozenset[int] = frozenset()
    reached: tuple[frozenset[int], ...] = ()

    def may_go(self, words: Collection[int]) -> bool:
        """Whether words may give way to the term.

        They may if they are all that stand for it and nothing more, one of them surely, and each word of the
        term has its part in them: what is left over of a rendering, or goes with it, makes nonsense.
        """
        own = frozenset(words)
        return bool(own & self.sure) and own == self.likely and all(own & some for some in self.reached)


def standing(table: Weights, source: str, text: str, start: int, stop: int) -> Standing:
    """Which words of `text` stand for ``source[start:stop]``, by the weights of this pair."""
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
    """The weights of a pair of texts, and the numbers of the words of ``source[start:stop]``.

    The weights are empty where they are not those of these words: soft hyphens part words here, and none as
    an engine reads them.
    """
    places = word_places(source)
    asked = tuple(at for at, (begin, end) in enumerate(places) if begin < stop and start < end)
    fits = len(table) == len(word_places(text)) and all(len(row) == len(places) for row in table)
    return table if fits else (), asked
