"""Links of words in few characters, as source maps write their places: mostly two a link.

Every number is the difference from the one before, signed, in base64 digits of five bits (Source Map format,
ECMA-426, "base64 VLQ").
"""

from __future__ import annotations

from collections.abc import Iterable

from egiz.parallel.reader.records import Reading

_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def word_codes(reading: Reading) -> list[str]:
    """The links of all rows as one text for each target language; semicolons stand between rows."""
    rows = [[""] * len(reading.rows) for _ in reading.rows[0].targets]
    for links in reading.words:
        rows[links.target][links.row] = word_code(links.pairs)
    return [";".join(codes) for codes in rows]


def word_code(pairs: Iterable[tuple[int, int]]) -> str:
    """The pairs of one row in order, source before target.

    >>> word_code([(0, 0), (1, 2), (20, 1)])
    'AACEmBD'
    """
    source = target = 0
    digits = []
    for own, other in sorted(pairs):
        digits += [_signed(own - source), _signed(other - target)]
        source, target = own, other
    return "".join(digits)


def _signed(number: int) -> str:
    """The sign in the lowest bit; of each digit but the last the highest bit says that another follows."""
    rest, text = abs(number) << 1 | (number < 0), ""
    while rest > 31:
        text, rest = text + _DIGITS[rest & 31 | 32], rest >> 5
    return text + _DIGITS[rest]
