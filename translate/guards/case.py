"""The input record of the guards, and what they measure: words, letters, names, capitals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from egiz.translate.protected import without_pieces

_WORD = re.compile(r"[^\W_](?:\S*[^\W_])?")

CONTROL = re.compile(r"<unk>|</?s>|<pad>|[⁇▁\ufffd]|\b[a-z]{3}_[A-Z][a-z]{3}\b")
"""A pattern for text that only a model writes: unknown pieces, control pieces, language codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A source sentence and one output for it: the input of every guard.

    `tokens` and `complete` are taken from the `Hypothesis` of the output; languages are BCP-47 tags.
    """

    source: str
    output: str
    tokens: tuple[str, ...]
    complete: bool
    source_language: str
    target_language: str


@lru_cache(maxsize=256)
def words(text: str) -> tuple[str, ...]:
    """The words of a text, in their own case: the parts between spaces, without punctuation at the ends.

    A hyphenated pair ("өзін-өзі") is one word. In scripts without spaces, whole clauses are words.

    >>> words("— Өзін-өзі, 5 «Тың» игеру!")
    ('Өзін-өзі', '5', 'Тың', 'игеру')
    """
    return tuple(_WORD.findall(text))


def letters(text: str) -> int:
    """The number of letters in a text."""
    return sum(map(str.isalpha, text))


def namelike(word: str) -> bool:
    """Whether a word may be a name or a code: it has a capital letter or a digit."""
    return any(char.isupper() or char.isdigit() for char in word)


def headline(text: str) -> bool:
    """Whether a text has two or more words and is all in capitals.

    In such a text a capital letter does not show that a word is a name.
    """
    return text.isupper() and len(words(text)) > 1


LONGEST = 5_000
"""The most characters of a sentence; a longer text is `endless`. The longest sentences of laws have 3,000."""
_LONGEST_WORD = 2_000
"""The most characters of a word; a text with a longer one is `endless`. Text in scripts without spaces
between words is not checked."""
_LONG_WORD = re.compile(rf"[\x21-\u2fff]{{{_LONGEST_WORD + 1}}}")


def endless(text: str) -> bool:
    """Whether a text has more than `LONGEST` characters, or a word of more than `_LONGEST_WORD`.

    Such texts are lists, data or transcripts without full stops, not sentences. A model takes minutes for
    each and returns nonsense.
    """
    return len(text) > LONGEST or (len(text) > _LONGEST_WORD and _LONG_WORD.search(text) is not None)


_ROMAN = re.compile(r"(?<!\w)(?=[IVXL]{2})(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?!\w)")


def translatable(text: str) -> bool:
    """Whether a text has anything to translate: a letter outside of protected pieces and Roman numerals.

    Numbers, lines of dashes, addresses and numerals such as XIX are the same in every language, and a model
    invents text if its input has nothing else. Roman numerals of one letter, or with C, D or M, count as
    letters.

    >>> [translatable(text) for text in ("70—80", "— * —", "https://egov.kz", "XIX–XX", "1985 ж.")]
    [False, False, False, False, True]
    """
    return any(map(str.isalpha, _ROMAN.sub(" ", without_pieces(text))))
