"""The searched text, compactly: every word an integer, so that it can be gone over several times."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence

BREAK = 0
"""Stands for whatever is no word and no space between words: no candidate reaches over it."""

_WORD = re.compile(r"[^\W\d_]+(?:[-'’ʼ][^\W\d_]+)*|\S")
_PLAIN = str.maketrans(
    {**dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u0301"), "‐": "-", "‑": "-"}
)
_GLUED = re.compile(r"(?<=[»”])[^\W\d_]+")


def tokens(text: str) -> list[str]:
    """Cut a text into words and single other marks; a hyphen or apostrophe inside a word is part of it.

    An ending that stands behind a closing quote («…»дың) is left out.

    >>> tokens("КОКП-ның «қайта құру» саясаты, 1985")
    ['КОКП-ның', '«', 'қайта', 'құру', '»', 'саясаты', ',', '1', '9', '8', '5']
    """
    return _WORD.findall(_GLUED.sub("", text.translate(_PLAIN)))


class Corpus:
    """Passages as they were added: each a run of word numbers with `BREAK` where something else stands.

    Words are numbered from 1 in the order of their first occurrence, capitals told apart. Takes about 4
    bytes a word, and the passages' own cost is that of their ids.
    """

    def __init__(self) -> None:
        self.forms: list[str] = [""]
        self._numbers: dict[str, int] = {}
        self._words = array("I")
        self._starts = array("Q", [0])

    def add(self, text: str) -> None:
        """Add the words of the next passage."""
        numbers, before = self._numbers, BREAK
        for token in tokens(text):
            if not token[0].isalpha():
                number = BREAK
            elif (number := numbers.get(token, 0)) == 0:
                number = numbers[token] = len(self.forms)
                self.forms.append(token)
            if number != BREAK or before != BREAK:
                self._words.append(number)
            before = number
        self._starts.append(len(self._words))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, passage: int) -> Sequence[int]:
        return self._words[self._starts[passage] : self._starts[passage + 1]]

    def __iter__(self) -> Iterator[Sequence[int]]:
        return (self[passage] for passage in range(len(self)))

    def counts(self) -> Counter[str]:
        """How often each word occurs, in the order of first occurrence."""
        found = Counter(self._words)
        return Counter({form: found[number] for number, form in enumerate(self.forms) if number})

    def runs(self, passage: int) -> Iterator[Sequence[int]]:
        """The stretches of words of a passage without a break in between."""
        run: list[int] = []
        for number in self[passage]:
            if number != BREAK:
                run.append(number)
            elif run:
                yield run
                run = []
        if run:
            yield run
