"""From attention between pieces to attention between words."""

from __future__ import annotations

import re

from egiz.translate.forcing import Attention

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
