"""Detect near copies: of test sentences, and of earlier training rows.

Transcribed news contains many sentences twice: once with digits and once with number words, or the second
time slightly shortened. So sentences are also compared without their numbers.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from itertools import chain

from egiz.translate.numbers.words import factor, numeral

_GRAM = 5  # words of an n-gram, in the comparison with test sentences
_SHARED_GRAMS = 1 / 3  # of a text's 5-grams that also occur in test sentences
_SHORT_GRAM = 4  # words of an n-gram, in the comparison with other rows
_CONTAINED = 0.8
"""Rows are near copies if the longer one has this share of the word 4-grams of the shorter one."""
_COMMON = 50  # rows that are stored for a 4-gram at most; a more frequent one does not identify copies
_LEAST = 12  # letters of a sentence that is compared as a whole
_FEWEST = 3  # 4-grams of a row that is compared with others
_WORD = re.compile(r"\w+")


class HeldOut:
    """The held-out sentences, such as those of test sets, which no training row may resemble.

    With `without_numbers`, sentences are compared a second time without their numbers.
    """

    def __init__(self, sentences: Iterable[str], *, without_numbers: bool = False) -> None:
        self._ways = (_unchanged, numberless) if without_numbers else (_unchanged,)
        self._keys: set[str] = set()
        self._grams: set[int] = set()
        for sentence in sentences:
            for way in self._ways:
                self._keys.add(letters(way(sentence)))
                self._grams |= _grams(way(sentence))

    def resembles(self, text: str) -> bool:
        """Whether `text` is a held-out sentence or a near copy of one."""
        return any(self._near(way(text)) for way in self._ways)

    def _near(self, text: str) -> bool:
        """Whether a text equals a held-out sentence, or shares a third of its word 5-grams with such
        sentences.

        Texts are equal if they have the same letters and digits.
        """
        key = letters(text)
        if len(key) >= _LEAST and key in self._keys:
            return True
        grams = _grams(text)
        return bool(grams) and len(grams & self._grams) >= len(grams) * _SHARED_GRAMS


class NearCopies:
    """Recognises texts that repeat an earlier text with other numbers, or shortened at an end."""

    def __init__(self) -> None:
        self._sizes: list[int] = []
        self._places: dict[int, list[int]] = {}

    def is_repeat(self, text: str) -> bool:
        """Whether `text` is a near copy of an earlier text; if it is not, it is remembered for later calls.

        A text of fewer than `_FEWEST` different word 4-grams is not a copy and is not remembered.
        """
        words = numberless(text).lower().split()
        grams = {hash(tuple(words[at : at + _SHORT_GRAM])) for at in range(len(words) - _SHORT_GRAM + 1)}
        if len(grams) < _FEWEST:
            return False
        shared = Counter(chain.from_iterable(self._places.get(gram, ()) for gram in grams))
        if any(count >= _CONTAINED * min(len(grams), self._sizes[place]) for place, count in shared.items()):
            return True
        for gram in grams:
            places = self._places.setdefault(gram, [])
            if len(places) < _COMMON:
                places.append(len(self._sizes))
        self._sizes.append(len(grams))
        return False


def letters(text: str) -> str:
    """The letters and digits of a text, in lower case; texts that differ only in punctuation have the
    same."""
    return "".join(_WORD.findall(text.lower())).replace("_", "")


def numberless(text: str) -> str:
    """The words of a text, joined by spaces, without numbers in digits and without Kazakh number words.

    Number words are removed with any ending. A few other words that begin like a number word are removed,
    too; this does not harm the comparison.

    >>> numberless("2012 жылы, екі мың он екінші жылы")
    'жылы жылы'
    """
    return " ".join(word for word in _WORD.findall(text) if not _is_number(word.lower()))


def _is_number(word: str) -> bool:
    is_numeral = numeral(word, "kk") is not None or factor(word, "kk") is not None
    return is_numeral or any(map(str.isdigit, word))


def _unchanged(text: str) -> str:
    return text


def _grams(text: str) -> set[int]:
    """The hashes of the word 5-grams of a text."""
    words = _WORD.findall(text.lower())
    return {hash_gram(words[at : at + _GRAM]) for at in range(len(words) - _GRAM + 1)}


def hash_gram(words: list[str]) -> int:
    """A hash of the words that is the same in every process, unlike Python's hash of strings."""
    return int.from_bytes(hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest(), "big")
