"""In which language a text is, told from a sample of it."""

from __future__ import annotations

from collections.abc import Sequence

from egiz.translate.errors import LanguageError
from egiz.translate.guards.language import identifier
from egiz.translate.languages import language

SAMPLE = 40
"""Texts, spread over a document, from which its language is told."""
_LEAST_LETTERS = 40
"""Texts with fewer letters are not identified."""
_SURE, _DENIED = 0.6, 0.05
"""As in the wrong-language guard: the least probability of another language, the most of the expected one."""


def other_language(texts: Sequence[str], expected: str) -> str | None:
    """The language that texts are clearly in, by its label in py3langid, if it is not the expected one.

    At most `SAMPLE` of them are looked at, from all parts.
    """
    step = max(1, len(texts) // SAMPLE)
    sample = " ".join(texts[::step][:SAMPLE])
    if sum(map(str.isalpha, sample)) < _LEAST_LETTERS:
        return None
    ranking = identifier().rank(sample)
    known = dict(ranking)
    tag = language(expected).tag.split("-")[0]
    if tag not in known or known[tag] > _DENIED or ranking[0][1] < _SURE:
        return None
    return ranking[0][0]


def named(tag: str) -> str:
    """The English name of a language; the tag itself where it is not known here."""
    try:
        return language(tag).name
    except LanguageError:
        return tag
