"""What is the same sentence twice: copies of test sentences, and rows that say again what another one says.

Transcribed news come twice, once with digits and once with numbers in words, or a little trimmed. So
sentences are compared without their numbers, too.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from itertools import chain

from egiz.translate.numbers.words import factor, numeral

_GRAM = 5
_SHARED_GRAMS = 1 / 3
_SHORT_GRAM = 4
_CONTAINED = 0.8
"""Of the 4-grams of the shorter of two rows, in the longer one: they differ at an end, if at all."""
_COMMON = 50  # rows that a 4-gram stands in; one more frequent tells nothing
_LEAST = 12  # letters of a sentence that is compared whole
_FEWEST = 3  # 4-grams of a row that is compared with others
_WORD = re.compile(r"\w+")


class HeldOut:
    """The sentences no training row may resemble; `without_numbers` compares so, too."""

    def __init__(self, sentences: Iterable[str], *, without_numbers: bool = False) -> None:
        self._ways = (_whole, numberless) if without_numbers else (_whole,)
        self._keys: set[str] = set()
        self._grams: set[int] = set()
        for sentence in sentences:
            for way in self._ways:
                self._keys.add(letters(way(sentence)))
                self._grams |= _grams(way(sentence))

    def resembles(self, text: str) -> bool:
        """Tell whether `text` is a test sentence or a near copy of one."""
        return any(self._near(way(text)) for way in self._ways)

    def _near(self, text: str) -> bool:
        key = letters(text)
        if len(key) >= _LEAST and key in self._keys:
            return True
        grams = _grams(text)
        return bool(grams) and len(grams & self._grams) >= len(grams) * _SHARED_GRAMS


class Seen:
    """Texts taken so far, to know a text that comes again: without its numbers, or cut at an end."""

    def __init__(self) -> None:
        self._sizes: list[int] = []
        self._places: dict[int, list[int]] = {}

    def again(self, text: str) -> bool:
        """Tell whether `text` says what an earlier one says; take it in, if not. Short ones never do."""
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
    """Reduce a text to its letters and digits, lower-case: what copies share however they are typeset."""
    return "".join(_WORD.findall(text.lower())).replace("_", "")


def numberless(text: str) -> str:
    """The words of a text without numbers, in digits or in Kazakh words with any ending.

    >>> numberless("2012 жылы, екі мың он екінші жылы")
    'жылы жылы'
    """
    return " ".join(word for word in _WORD.findall(text) if not _is_number(word.lower()))


def _is_number(word: str) -> bool:
    said = numeral(word, "kk") is not None or factor(word, "kk") is not None
    return said or any(map(str.isdigit, word))


def _whole(text: str) -> str:
    return text


def _grams(text: str) -> set[int]:
    words = _WORD.findall(text.lower())
    return {hash_gram(words[at : at + _GRAM]) for at in range(len(words) - _GRAM + 1)}


def hash_gram(words: list[str]) -> int:
    """A hash that is the same in every run, unlike Python's own of strings."""
    return int.from_bytes(hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest(), "big")
