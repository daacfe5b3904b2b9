"""Roman numerals, in Latin letters and in the Cyrillic ones that look alike."""

from __future__ import annotations

import re
from decimal import Decimal

from egiz.translate.numbers.values import Number, number
from egiz.translate.numbers.words import Words, is_century

_LIKE = str.maketrans({"І": "I", "Х": "X", "С": "C", "М": "M"})
_ROMAN = re.compile(r"[IVXLCDMІХС](?<![\w'’.].)[IVXLCDMІХСМ]{0,14}(?=$|\W)")
"""Candidates. The letter comes before the look-behind, because a search can skip only to a set."""

_FORM = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_SMALL = frozenset("IVXL")
_LONG = 4
"""Fewest letters of a numeral with C, D or M; shorter ones are abbreviations ("CD", "MD")."""

_NEXT = re.compile(r"[^\W\d_]+")


def romans(text: str, known: Words, *, certain: bool) -> list[Number]:
    """The Roman numerals of a text. `certain` allows a single letter only before "century", and C, D and M
    only in long numerals.

    >>> from egiz.translate.numbers.words import know
    >>> [(item.text, *item.readings) for item in romans("ХХІ ғасыр, XIV тарау", know("kk"), certain=True)]
    [('ХХІ', Decimal('21')), ('XIV', Decimal('14'))]
    """
    found: list[Number] = []
    for match in _ROMAN.finditer(text):
        letters = match.group().translate(_LIKE)
        if not _FORM.fullmatch(letters) or (certain and not _certain(letters, text, match.end(), known)):
            continue
        values = [_VALUES[letter] for letter in letters]
        following = [*values[1:], 0]
        total = sum(-one if one < two else one for one, two in zip(values, following, strict=True))
        found.append(Number(match.group(), *match.span(), "roman", frozenset({number(Decimal(total))})))
    return found


def _certain(letters: str, text: str, stop: int, known: Words) -> bool:
    if len(letters) == 1:
        after = _NEXT.search(text, stop, stop + 24)
        return after is not None and is_century(after.group().casefold(), known.language)
    return _SMALL.issuperset(letters) or len(letters) >= _LONG
