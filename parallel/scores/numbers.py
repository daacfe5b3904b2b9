"""The features for missing and added numbers; what a number is and when two are equal is known elsewhere."""

from __future__ import annotations

from egiz.parallel.scores.records import Evidence
from egiz.translate.numbers import missing_numbers

_MOST = 2
"""Numbers that a feature counts: more make a translation no worse."""


def missing(evidence: Evidence) -> list[str]:
    """The numbers of the source, as written, that the translation has in no form."""
    return _lost(evidence.source, evidence.target, evidence.source_language, evidence.target_language)


def added(evidence: Evidence) -> list[str]:
    """The numbers of the translation, as written, that the source has in no form."""
    return _lost(evidence.target, evidence.source, evidence.target_language, evidence.source_language)


def _lost(text: str, other: str, language: str, other_language: str) -> list[str]:
    return [item.text for item in missing_numbers(text, other, language, other_language)]


def numbers_missing(evidence: Evidence) -> float | None:
    """How many numbers of the source the translation lacks, at most 2."""
    return float(min(_MOST, len(missing(evidence))))


def numbers_added(evidence: Evidence) -> float | None:
    """How many numbers of the translation the source lacks, at most 2."""
    return float(min(_MOST, len(added(evidence))))
