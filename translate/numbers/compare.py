"""Finds the numbers of a source that its translation lacks, compared by value in any format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from egiz.translate.numbers.digits import in_digits
from egiz.translate.numbers.values import Number, Value, code, number
from egiz.translate.numbers.words import Words, is_century, know, said, spelled
from egiz.translate.protected import Piece, protected

_CODES = ("ip", "version")
_SAYABLE = 100
"""Smaller numbers may be spelt out in a language without a table of numerals."""


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


@lru_cache(maxsize=256)
def numbers(text: str, language: str) -> tuple[Number, ...]:
    """The numbers of a text that a translation must have: digits, Roman numerals, months and units.

    Numbers in URLs, placeholders and other protected pieces are left out; versions and IP addresses are
    codes. `language` is a BCP-47 tag; without a table in ``data/numbers.toml`` no words are recognised.

    >>> [(item.text, item.kind) for item in numbers("1971—1989жж. 1,2 млн, 15.30-да", "kk")]
    [('1971', 'number'), ('1989', 'number'), ('1,2 млн', 'number'), ('15.30', 'number')]
    """
    pieces = protected(text)
    known = know(language)
    found = in_digits(text, known, [(piece.start, piece.stop) for piece in pieces])
    found += [_code(piece) for piece in pieces if piece.kind in _CODES]
    found += romans(text, known, certain=True)
    return tuple(found)


def _code(piece: Piece) -> Number:
    return Number(piece.text, piece.start, piece.stop, "code", frozenset({code(piece.text)}))


def missing_numbers(
    source: str, target: str, source_language: str, target_language: str
) -> tuple[Number, ...]:
    """The numbers of `source` that `target` has in no form; swap the sides to find added numbers.

    Digits, Roman numerals and words are compared by value: ``2 200 112`` and ``2.200.112``, ``ХХІ`` and
    "21st", ``31.12.2020`` and "31 December 2020". An ambiguous number matches by any complete reading.
    Numerals of several words must be in the target ("екі жүз елу"); single ones, which languages use
    differently, are reported only if the target has another number instead.

    >>> [item.text for item in missing_numbers("ХХ ғасырда 1,2млн", "20th century, 1.3 million", "kk", "en")]
    ['1,2млн']
    """
    asked = numbers(source, source_language)
    words = _apart(spelled(source, source_language), asked)
    if not asked and not words:
        return ()
    found = numbers(target, target_language)
    offered = {value for item in found for value in (*item.readings, *item.offers)}
    open_ = [item for item in asked if not _held(item, offered)]
    open_ += [item for item in words if not _held(item, offered)]
    if not open_:
        return ()
    offered |= _spoken(target, target_language)
    open_ = [item for item in open_ if not _held(item, offered)]
    if not know(target_language).known:
        open_ = [item for item in open_ if not _sayable(item)]
    certain = [item for item in open_ if item.kind != "word"]
    doubtful = [item for item in open_ if item.kind == "word"]
    if doubtful and _replaced(source, source_language, found, target, target_language):
        certain += doubtful
    return tuple(sorted(certain, key=lambda item: item.start))


def _apart(words: Sequence[Number], found: Sequence[Number]) -> list[Number]:
    """The numerals in words that are not part of a number in digits (``12 мың``)."""
    return [word for word in words if not any(item.start <= word.start < item.stop for item in found)]


def _spoken(text: str, language: str) -> set[Value]:
    values = {value for item in romans(text, know(language), certain=False) for value in item.readings}
    return values | said(text, language)


def _held(item: Number, offered: set[Value]) -> bool:
    if not offered.isdisjoint(item.readings):
        return True
    return any(offered.issuperset(parts) for parts in item.parts)


def _sayable(item: Number) -> bool:
    """Whether a language without a table may express the number in words, which cannot be recognised."""
    if item.kind in ("month", "unit", "word", "compound", "date", "time", "roman"):
        return True
    return any(isinstance(value, Decimal) and abs(value) < _SAYABLE for value in item.readings)


def _replaced(
    source: str, source_language: str, found: Sequence[Number], target: str, target_language: str
) -> bool:
    """Whether the target has a number that the source lacks."""
    held = {value for item in numbers(source, source_language) for value in (*item.readings, *item.offers)}
    held |= _spoken(source, source_language)
    theirs = [
        item for item in (*found, *spelled(target, target_language)) if item.kind not in ("month", "unit")
    ]
    return any(not _held(item, held) for item in theirs)
