"""Guards on what must be the same on both sides: protected pieces, and the values of numbers."""

from __future__ import annotations

from egiz.translate.guards.case import CONTROL, Case
from egiz.translate.numbers import Number, missing_numbers
from egiz.translate.protected import missing_pieces, protected


def pieces(case: Case) -> bool | None:
    """Whether a protected piece was lost, changed or made up: on FLORES-200 dev people do none of it."""
    if not protected(case.source) and not protected(case.output):
        return None
    if missing_pieces(case.source, case.output):
        return True
    return any(not CONTROL.search(piece.text) for piece in missing_pieces(case.output, case.source))


_COUNTED = frozenset({"number", "date", "time", "code"})
_LONG = 3
"""Digits from which a number is missed even where nothing stands in its place: people leave out a short one
now and then ("a 4x4" is a car with all-wheel drive)."""


def numbers(case: Case) -> bool | None:
    """Whether a number in digits was lost, or another stands in its place.

    Numbers are compared by value and in every format, see `egiz.translate.numbers`. Numerals in words, months
    and units are left to the scores.
    """
    lost = _lost(case.source, case.output, case.source_language, case.target_language)
    if any(sum(map(str.isdigit, item.text)) >= _LONG for item in lost):
        return True
    return bool(lost and _lost(case.output, case.source, case.target_language, case.source_language))


def _lost(text: str, other: str, language: str, other_language: str) -> list[Number]:
    missing = missing_numbers(text, other, language, other_language)
    return [item for item in missing if item.kind in _COUNTED]
