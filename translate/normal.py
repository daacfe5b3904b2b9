"""NFC in time that grows with the text, whatever the text.

Canonical ordering sorts the marks above and below a letter, and takes time that grows with the square of
their number: a letter with 30,000 marks took 0.2 seconds, and a file of them hours. No script puts more than
a few on a letter. Unicode's Stream-Safe Text Format (UAX #15, section 13) is the answer: after thirty marks
without a break comes a combining grapheme joiner, U+034F, which shows nothing and which marks do not pass.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache

JOINER = "\u034f"
_MOST = 30
"""Marks in a row, from UAX #15."""
_SHORT = 1000
"""Characters below which a text need not be looked at: sorting a thousand marks takes no time."""
_PLANE = 0xFFFF
"""The last character of the first plane; a set of such is looked up at once, one of others piece by piece."""


def nfc(text: str) -> str:
    """The text in NFC, with a joiner after every thirty marks in a row where there are more.

    >>> nfc("и\u0306")
    'й'
    """
    while len(text) > _SHORT and has_long_runs(text):
        text = _normalised(_pattern(text).sub(lambda found: found[0] + JOINER, text))
    made = _normalised(text)
    return made if len(made) <= len(text) else nfc(made)  # some marks are two when they are taken apart


def _normalised(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def is_nfc(text: str) -> bool:
    """Whether the text is what `nfc` makes of it."""
    if len(text) > _SHORT and has_long_runs(text):
        return False
    return unicodedata.is_normalized("NFC", text)


def has_long_runs(text: str) -> bool:
    """Whether more marks stand in a row than any script has."""
    return not text.isascii() and _pattern(text).search(text) is not None


def _pattern(text: str) -> re.Pattern[str]:
    return _long_runs(sys.maxunicode if ord(max(text)) > _PLANE else _PLANE)


@cache
def _long_runs(last: int) -> re.Pattern[str]:
    """Thirty marks that another one follows, of the characters up to `last`, by Unicode's own data."""
    mark = "".join(f"{chr(first)}-{chr(stop - 1)}" for first, stop in _runs(last))
    return re.compile(f"[{mark}]{{{_MOST}}}(?=[{mark}])")


def _runs(last: int) -> Iterator[tuple[int, int]]:
    """Ranges of marks, half-open."""
    first = None
    for number in range(last + 2):
        is_mark = number <= last and unicodedata.combining(chr(number)) > 0
        if is_mark and first is None:
            first = number
        elif not is_mark and first is not None:
            yield first, number
            first = None
