"""Find the numbers of a text, and the numbers of a source that its translation lacks, compared by value."""

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
_SPELT_OUT = 100
"""In a language without a table of numerals, numbers below this may be spelt out and so cannot be found."""


_LIKE = str.maketrans({"І": "I", "Х": "X", "С": "C", "М": "M"})
_ROMAN = re.compile(r"[IVXLCDMІХС](?<![\w'’.].)[IVXLCDMІХСМ]{0,14}(?=$|\W)")
"""A pattern for possible Roman numerals. Its look-behind comes after the first letter, because a search is
fast only if the pattern begins with a set of characters."""

_FORM = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_SMALL = frozenset("IVXL")
_LONG = 4
"""The fewest letters of a certain Roman numeral with C, D or M. Shorter ones are abbreviations ("CD",
"MD")."""

_NEXT = re.compile(r"[^\W\d_]+")


def romans(text: str, known: Words, *, certain: bool) -> list[Number]:
    """Return the Roman numerals of a text, in Latin letters or in Cyrillic ones that look alike.

    With `certain`, a single letter counts only before a word for "century", and a numeral with C, D or M only
    if it has at least `_LONG` letters.

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
        total = sum(
            -value if value < right else value for value, right in zip(values, following, strict=True)
        )
        found.append(Number(match.group(), *match.span(), "roman", frozenset({number(Decimal(total))})))
    return found


def _certain(letters: str, text: str, stop: int, known: Words) -> bool:
    """Whether the letters before the offset `stop` of `text` are certainly a Roman numeral; see `romans`."""
    if len(letters) == 1:
        after = _NEXT.search(text, stop, stop + 24)
        return after is not None and is_century(after.group().casefold(), known.language)
    return _SMALL.issuperset(letters) or len(letters) >= _LONG


@lru_cache(maxsize=256)
def numbers(text: str, language: str) -> tuple[Number, ...]:
    """Return the numbers of a text that its translation must have.

    These are numbers in digits, with the months and units beside them, and Roman numerals.

    Numbers in URLs, placeholders and other protected pieces are left out; versions and IP addresses have the
    kind ``code``. `language` is a BCP-47 tag; for a language without a table in ``data/numbers.toml``, no
    words are recognised.

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
    """Return a version or an IP address as a `Number` of the kind ``code``."""
    return Number(piece.text, piece.start, piece.stop, "code", frozenset({code(piece.text)}))


def missing_numbers(
    source: str, target: str, source_language: str, target_language: str
) -> tuple[Number, ...]:
    """Return the numbers of `source` that `target` has in no form.

    To find the numbers that `target` has and `source` lacks, exchange the two.

    Digits, Roman numerals and words are compared by value: ``2 200 112`` and ``2.200.112``, ``ХХІ`` and
    "21st", ``31.12.2020`` and "31 December 2020". An ambiguous number is found if the target has any of its
    possible values. A missing numeral of several words ("екі жүз елу") is always reported. One of a single
    word is reported only if the target has a number that the source lacks, because languages use such words
    differently.

    >>> [item.text for item in missing_numbers("ХХ ғасырда 1,2млн", "20th century, 1.3 million", "kk", "en")]
    ['1,2млн']
    """
    required = numbers(source, source_language)
    words = _not_in_digits(spelled(source, source_language), required)
    if not required and not words:
        return ()
    found = numbers(target, target_language)
    offered = {value for item in found for value in (*item.readings, *item.offers)}
    missing = [item for item in (*required, *words) if not _is_offered(item, offered)]
    if not missing:
        return ()
    offered |= _values_in_words(target, target_language)
    missing = [item for item in missing if not _is_offered(item, offered)]
    if not know(target_language).known:
        missing = [item for item in missing if not _may_be_spelt_out(item)]
    certain = [item for item in missing if item.kind != "word"]
    doubtful = [item for item in missing if item.kind == "word"]
    if doubtful and _replaced(source, source_language, found, target, target_language):
        certain += doubtful
    return tuple(sorted(certain, key=lambda item: item.start))


def _not_in_digits(words: Sequence[Number], found: Sequence[Number]) -> list[Number]:
    """Return the numerals in words that are not part of a number in digits (мың in ``12 мың``)."""
    return [word for word in words if not any(item.start <= word.start < item.stop for item in found)]


def _values_in_words(text: str, language: str) -> set[Value]:
    """Return all values that the words and the possible Roman numerals of a text may mean."""
    values = {value for item in romans(text, know(language), certain=False) for value in item.readings}
    return values | said(text, language)


def _is_offered(item: Number, offered: set[Value]) -> bool:
    """Whether `offered`, the values in the other text, has a value of a number.

    Also true if `offered` has all values of one of `Number.parts`: day, month and year of a date, for
    example.
    """
    if not offered.isdisjoint(item.readings):
        return True
    return any(offered.issuperset(parts) for parts in item.parts)


def _may_be_spelt_out(item: Number) -> bool:
    """Whether a language without a table may express a number in words, which then cannot be recognised."""
    if item.kind in ("month", "unit", "word", "compound", "date", "time", "roman"):
        return True
    return any(isinstance(value, Decimal) and abs(value) < _SPELT_OUT for value in item.readings)


def _replaced(
    source: str, source_language: str, found: Sequence[Number], target: str, target_language: str
) -> bool:
    """Whether the target has a number that the source lacks, perhaps instead of another."""
    held = {value for item in numbers(source, source_language) for value in (*item.readings, *item.offers)}
    held |= _values_in_words(source, source_language)
    theirs = [
        item for item in (*found, *spelled(target, target_language)) if item.kind not in ("month", "unit")
    ]
    return any(not _is_offered(item, held) for item in theirs)
