"""A sentence at its place in a document, and division of a translation in given proportions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A sentence at `start:stop` of the document's text (code points), and its translations; failed ones are
    empty."""

    start: int
    stop: int
    paragraph: int
    texts: tuple[str, ...]


_PAUSES = tuple(",;:—–.!?…»”)")
_PULL = 0.12
"""Farthest that a cut is moved to come after a comma or another pause, as a share of the text."""


def shared_out(text: str, shares: Sequence[int]) -> list[str]:
    """Cut a text at spaces into as many pieces as there are shares, with lengths in that proportion.

    A cut near a pause of the text is made at the pause. Every piece has a word if there are enough words.

    >>> shared_out("Сегодня мы поговорим о хане Абылае.", [25, 15])
    ['Сегодня мы поговорим', 'о хане Абылае.']
    """
    words = text.split(" ")
    ends = [0]
    for word in words:
        ends.append(ends[-1] + len(word) + 1)
    total, cuts, taken = sum(shares) or 1, [0], 0
    for number, share in enumerate(shares[:-1], start=1):
        taken += share
        ideal = ends[-1] * taken / total
        first = min(cuts[-1] + 1, len(words))
        last = max(first, len(words) - (len(shares) - number))
        cuts.append(min(range(first, last + 1), key=lambda at: _distance(words, ends, at, ideal)))
    cuts.append(len(words))
    return [" ".join(words[start:stop]) for start, stop in pairwise(cuts)]


def _distance(words: Sequence[str], ends: Sequence[int], at: int, ideal: float) -> float:
    pull = _PULL * ends[-1] if words[at - 1].endswith(_PAUSES) else 0.0
    return abs(ends[at] - ideal) - pull
