"""One sentence under examination, its words, and whether there is anything in it to translate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from egiz.translate.protected import without_pieces

_WORD = re.compile(r"[^\W_](?:\S*[^\W_])?")

CONTROL = re.compile(r"<unk>|</?s>|<pad>|[⁇▁\ufffd]|\b[a-z]{3}_[A-Z][a-z]{3}\b")
"""What only models write: unknown and control pieces, language codes."""


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


_ROMAN = re.compile(r"(?<!\w)(?=[IVXL]{2})(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?!\w)")


def translatable(text: str) -> bool:
    """Whether there is anything to translate: a letter outside of protected pieces and Roman numbers.

    Numbers, rules, addresses and numerals such as XIX are the same in every language, and a model
    invents things when it is shown nothing else. Roman numbers of one letter, or with C, D or M, count as
    letters.

    >>> [translatable(text) for text in ("70—80", "— * —", "https://egov.kz", "XIX–XX", "1985 ж.")]
    [False, False, False, False, True]
    """
    return any(map(str.isalpha, _ROMAN.sub(" ", without_pieces(text))))
