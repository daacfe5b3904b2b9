"""In which language a text is, told from a sample of it."""

from __future__ import annotations

from collections.abc import Sequence

from egiz.translate.errors import LanguageError
from egiz.translate.guards.case import letters, namelike, words
from egiz.translate.guards.language import DENIED, SURE, identifier
from egiz.translate.languages import alphabets, language

SAMPLE = 40
"""Texts, spread over a document, from which its language is told."""
_LEAST_LETTERS = 40
"""Texts with fewer letters are not identified."""


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
    if tag not in known or known[tag] > DENIED or ranking[0][1] < SURE:
        return None
    return ranking[0][0]


def named(tag: str) -> str:
    """The English name of a language; the tag itself where it is not known here."""
    try:
        return language(tag).name
    except LanguageError:
        return tag


_LEAST_WORDS = 4
"""Words of a sentence whose language is told; shorter ones are names and titles."""
_LEAST_SENTENCE = 25
_CLEARLY = 0.9
"""The least probability of the target's language for a sentence to be taken over. Of 4,452 Kazakh, Russian
and English sentences (FLORES-200 dev, prose, a corpus) none was taken for another's; of those given in the
wrong language 95 to 99 in a hundred are recognised."""


def is_in(text: str, wanted: str, instead_of: str) -> bool:
    """Whether a sentence is clearly in the language `wanted`, and not in the one that it should be in.

    So it is with a Russian sentence that a Kazakh schoolbook quotes, where Russian is the target. Words in
    small letters with a letter that only the other alphabet has speak against it, whatever the rest says.
    """
    found = words(text)
    if len(found) < _LEAST_WORDS or letters(text) < _LEAST_SENTENCE:
        return False
    target, source = language(wanted), language(instead_of)
    own, other = alphabets().get(target.tag), alphabets().get(source.tag)
    if own is not None and other is not None:
        strange = other - own
        if any(not namelike(word) and not strange.isdisjoint(word) for word in found):
            return False
    ranking = dict(identifier().rank(text))
    label, rival = target.tag.split("-")[0], source.tag.split("-")[0]
    return ranking.get(label, 0.0) >= _CLEARLY and ranking.get(rival, 0.0) <= DENIED
