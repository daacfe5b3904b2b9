"""Which words of a translation stand for some words of its source, by links that no engine makes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

Weights = Sequence[Sequence[float]]
"""How much each word of a target text stands for each word of its source, 0 to 1, as attention has it:
``[target words][source words]``, words being those of `egiz.glossary.correct.attention.word_places`."""
Links = Callable[[Sequence[tuple[str, str]]], Sequence[Weights]]
"""Gives the weights of pairs of source and target text. For languages without an engine."""

SURE = 0.3
"""Weight from which on a word is said to stand for another."""
LIKELY = 0.1
"""Weight from which on a word may stand for another, so that it must not stay where that is replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The numbers of the words of a target text that stand for some words of its source.

    `sure` stand for them and for no other as much, `likely` may. `reached` has for each word of the source
    those that may stand for it.
    """

    sure: frozenset[int] = frozenset()
    likely: frozenset[int] = frozenset()
    reached: tuple[frozenset[int], ...] = ()

    def may_go(self, words: Collection[int]) -> bool:
        """Whether words may give way to the term: some stand for it, and it has nothing left elsewhere."""
        own = frozenset(words)
        return bool(own & self.sure) and own >= self.likely and all(own & some for some in self.reached)


def standing(table: Weights, asked: Sequence[int]) -> Standing:
    """What stands for the words `asked` of the source, by their numbers."""
    sure, likely = set(), set()
    for word, row in enumerate(table):
        own = max((row[at] for at in asked), default=0.0)
        if own >= LIKELY and own > max((row[at] for at in range(len(row)) if at not in asked), default=0.0):
            likely.add(word)
            if own >= SURE:
                sure.add(word)
    reached = tuple(
        frozenset(word for word, row in enumerate(table) if row[at] >= LIKELY) for at in asked
    )
    return Standing(sure=frozenset(sure), likely=frozenset(likely), reached=reached)
