"""One sentence under examination, and the words in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_](?:\S*[^\W_])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A source sentence and one output for it; what every guard looks at.

    `tokens` and `complete` are those of the hypothesis; languages are BCP-47 tags.
    """

    source: str
    output: str
    tokens: tuple[str, ...]
    complete: bool
    source_language: str
    target_language: str


@lru_cache(maxsize=256)
def words(text: str) -> tuple[str, ...]:
    """What stands between spaces, without the punctuation at its edges, in its own case.

    A hyphenated pair ("өзін-өзі") is one word. Scripts without spaces give whole clauses.

    >>> words("— Өзін-өзі, 5 «Тың» игеру!")
    ('Өзін-өзі', '5', 'Тың', 'игеру')
    """
    return tuple(_WORD.findall(text))


def letters(text: str) -> int:
    """The number of letters."""
    return sum(map(str.isalpha, text))


def namelike(word: str) -> bool:
    """Whether a word may be a name or a code: it has a capital letter or a digit."""
    return any(char.isupper() or char.isdigit() for char in word)


def headline(text: str) -> bool:
    """Whether a text of several words is set in capitals, so that capitals mark no names."""
    return text.isupper() and len(words(text)) > 1
