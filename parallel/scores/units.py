"""Units out of what other stages have: translations, and rows with their corrected texts."""

from __future__ import annotations

from collections.abc import Sequence

from egiz.parallel.rows import Row, Target, source_text, target_text
from egiz.parallel.scores.records import Side, Unit
from egiz.translate.records import Translation

_RIGHT = frozenset(("applied", "variant", "corrected"))


def units_of(source_language: str, translations: Sequence[Translation]) -> Unit:
    """The translations of a sentence as they would be published, uncorrected."""
    return Unit(
        source_language=source_language,
        source=source_text(translations[0].sentence.text, source_language),
        sides=tuple(_side(item, target_text(item.text, item.language), None) for item in translations),
    )


def unit_of_row(row: Row, translations: Sequence[Translation]) -> Unit:
    """A row as it will be published, with what its engine knew of it."""
    return Unit(
        source_language=row.source_language,
        source=row.source,
        sides=tuple(
            _side(found, target.text, _terms(target))
            for target, found in zip(row.targets, translations, strict=True)
        ),
    )


def _side(translation: Translation, text: str, terms: tuple[int, int] | None) -> Side:
    """One translation as `text`, which is its first hypothesis typeset, or that with its terms corrected."""
    first = translation.hypotheses[0] if translation.hypotheses else None
    others = (target_text(item.text, translation.language) for item in translation.hypotheses[1:])
    made = first is not None and bool(first.tokens)
    own = made and text == target_text(translation.text, translation.language)
    return Side(
        language=translation.language,
        text=text if made else "",
        generated=made,
        logprob=first.logprob if first and own and first.logprob == first.logprob else None,
        alternatives=tuple(filter(None, others)),
        terms=terms,
    )


def _terms(target: Target) -> tuple[int, int] | None:
    if not target.terms:
        return None
    return sum(use.outcome not in _RIGHT for use in target.terms), len(target.terms)
