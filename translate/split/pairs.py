"""Which quotation marks and brackets of a paragraph belong together, and which stand alone."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

_MARKS = re.compile(r'[«»“”„‟"(){}\[\]（）]')
_FAMILY = {"«": "«", "»": "«", "“": "“", "”": "“", "„": "“", "‟": "“", '"': '"'}
_OPENS, _CLOSES = "«„‟", "»”"
_BRACKETS = {")": "(", "]": "[", "}": "{", "）": "（"}
_BEFORE_OPENING = "([{（—–-/"
_AFTER_CLOSING = ".,;:!?)]}）…—–-/"
_DEPTH = 4
"""How many open marks a closing one looks through for its like; bounds the work on broken text."""

LONGEST_ASIDE = 300
"""Code points a bracket may hold and still keep the stops inside it from ending the sentence."""
LONGEST_QUOTE = 200
"""The same for a quotation in the middle of a sentence: titles, mottos, exclamations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """`closers` are the offsets of closing quotes, `stray` of quotes without a partner, opening or closing.

    `asides` are the outermost short pairs as (opening, closing) offsets, in order.
    """

    closers: frozenset[int]
    stray: frozenset[int]
    asides: tuple[tuple[int, int], ...]

    def around(self, offset: int) -> tuple[int, int] | None:
        """Give the short pair that `offset` lies inside."""
        at = bisect_left(self.asides, (offset, -1)) - 1
        if at >= 0 and self.asides[at][0] < offset < self.asides[at][1]:
            return self.asides[at]
        return None


def pair(text: str) -> Pairs:
    """Match quotes and brackets by stack, in one pass.

    A quote's side is told by the spaces around it first and by its shape second, as people mistype
    the shape more often than the space. An inch or second sign (5") is left out.
    """
    quotes: list[int] = []
    brackets: list[int] = []
    spans: list[tuple[int, int]] = []
    closers: set[int] = set()
    stray: set[int] = set()
    for match in _MARKS.finditer(text):
        offset, mark = match.start(), match.group()
        if mark in _FAMILY:
            if _opens(text, offset, quotes):
                quotes.append(offset)
            elif quotes:
                opening = _partner(text, mark, quotes, stray)
                spans.append((opening, offset))
                closers.add(offset)
            elif mark != '"' or not text[offset - 1 : offset].isdigit():
                stray.add(offset)
                closers.add(offset)
        elif mark not in _BRACKETS:
            brackets.append(offset)
        elif brackets and text[brackets[-1]] == _BRACKETS[mark]:
            spans.append((brackets.pop(), offset))
    stray.update(quotes)
    return Pairs(closers=frozenset(closers), stray=frozenset(stray), asides=_outermost(text, spans))


def _opens(text: str, offset: int, quotes: list[int]) -> bool:
    mark = text[offset]
    before, after = text[offset - 1 : offset], text[offset + 1 : offset + 2]
    loose_before = not before or before.isspace() or before in _BEFORE_OPENING
    loose_after = not after or after.isspace() or after in _AFTER_CLOSING
    if mark in _CLOSES and quotes:
        return False
    if loose_before != loose_after and not (mark == '"' and before.isdigit()):
        return loose_before
    if mark in _OPENS:
        return True
    if mark in _CLOSES or (mark == '"' and before.isdigit()):
        return False
    if mark == "“":
        return not (quotes and text[quotes[-1]] == "„")
    return not (quotes and text[quotes[-1]] == mark)


def _partner(text: str, mark: str, quotes: list[int], stray: set[int]) -> int:
    """Take the nearest open quote of the same family, else the nearest one; those jumped over are stray."""
    for back in range(1, min(_DEPTH, len(quotes)) + 1):
        if _FAMILY[text[quotes[-back]]] == _FAMILY[mark]:
            stray.update(quotes[len(quotes) - back + 1 :])
            del quotes[len(quotes) - back + 1 :]
            break
    return quotes.pop()


def _outermost(text: str, spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    kept: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        longest = LONGEST_QUOTE if text[start] in _FAMILY else LONGEST_ASIDE
        if stop - start <= longest and (not kept or start > kept[-1][1]):
            kept.append((start, stop))
    return tuple(kept)
