"""Features of what has a form rather than a meaning: protected pieces and numbers, asked for on the other
side."""

from __future__ import annotations

from functools import lru_cache

from egiz.parallel.scores.records import Evidence
from egiz.translate.numbers import Number, missing_numbers
from egiz.translate.protected import Piece, missing_pieces

_MOST = 2


def pieces_missing(evidence: Evidence) -> float | None:
    """How many protected pieces of the source the translation lacks or has changed, 2 at most."""
    return float(min(_MOST, len(pieces_lost(evidence))))


def pieces_added(evidence: Evidence) -> float | None:
    """How many protected pieces of the translation the source lacks, 2 at most."""
    return float(min(_MOST, len(pieces_found(evidence))))


def numbers_missing(evidence: Evidence) -> float | None:
    """How many numbers of the source the translation lacks, 2 at most."""
    return float(min(_MOST, len(numbers_lost(evidence))))


def numbers_added(evidence: Evidence) -> float | None:
    """How many numbers of the translation the source lacks, 2 at most."""
    return float(min(_MOST, len(numbers_found(evidence))))


def pieces_lost(evidence: Evidence) -> tuple[Piece, ...]:
    """The protected pieces of the source that the translation lacks; versions and the like count as
    numbers."""
    return _pieces(evidence.source, evidence.target)


def pieces_found(evidence: Evidence) -> tuple[Piece, ...]:
    """The protected pieces of the translation that the source lacks."""
    return _pieces(evidence.target, evidence.source)


def numbers_lost(evidence: Evidence) -> tuple[Number, ...]:
    """The numbers of the source that the translation lacks."""
    return _numbers(evidence.source, evidence.target, evidence.source_language, evidence.target_language)


def numbers_found(evidence: Evidence) -> tuple[Number, ...]:
    """The numbers of the translation that the source lacks."""
    return _numbers(evidence.target, evidence.source, evidence.target_language, evidence.source_language)


_pieces = lru_cache(maxsize=16)(missing_pieces)
_numbers = lru_cache(maxsize=16)(missing_numbers)
