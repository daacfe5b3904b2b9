"""Features of the language of source and translation: wrong language, foreign letters, untranslated words,
changed tense.

Some findings of the guards of `egiz.translate` are features here. The language recogniser is unreliable on
short text. So it is run only if a text has words that are unknown in its language
(`egiz.parallel.scores.lexicon`); unknown words and recogniser together are reliable even for a few words.

Only finite verbs with a clear tense count (``data/tense.toml``): in Kazakh only the last word of the text, in
Russian words whose likeliest analysis by pymorphy3 is such a verb. If source or translation has verbs of both
tenses or none, the tense feature is 0.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from egiz.parallel.scores.lexicon import (
    folded,
    is_form,
    is_word,
    lexicon,
    plain_words,
    stem,
    stem_set,
    vocabulary,
)
from egiz.parallel.scores.records import Evidence
from egiz.translate.guards.case import Case
from egiz.translate.guards.language import families, foreign, recognised
from egiz.translate.guards.rules import GUARDS
from egiz.translate.languages import alphabets
from egiz.translate.protected import without_pieces
from egiz.translate.text import PerWord, letter_words

_GUARDS = dict(GUARDS)
_UNKNOWN = 0.25
_DENIED = 0.3
"""A text counts as in another language under three conditions: at least the share `_UNKNOWN` of its words is
unknown in its stated language, the recogniser gives the stated language a probability of at most `_DENIED`,
and it gives another language a higher probability.

Of 10,000 sentences in the right language (FLORES-200 dev, everyday text, help texts and literature in the
three languages), only three nonsense verses count as in another language.
"""

_LEAST_WORDS = 2
_FEW_WORDS = 8
"""In a text of at most this many words, full forms of words are looked up instead of stems. Bulgarian and
Russian have most stems in common, so a short Bulgarian text has few stems that are not Russian.
"""


def source_language(evidence: Evidence) -> float | None:
    """Return 1 if the source is not in its stated language, or has letters that this language does
    not use."""
    if in_other_language(evidence.source, evidence.source_language):
        return 1.0
    return _strange_letters(
        evidence.source, evidence.source_language, evidence.target, evidence.target_language
    )


def other_language(evidence: Evidence) -> float | None:
    """Return 1 if the translation is in another language; see `in_other_language`."""
    found = in_other_language(evidence.target, evidence.target_language)
    return None if found is None else float(found)


def script(evidence: Evidence) -> float | None:
    """Return 1 if the translation has letters that its language does not use, else 0; the guard ``script``
    decides.
    """
    return _strange_letters(
        evidence.target, evidence.target_language, evidence.source, evidence.source_language
    )


def copied(evidence: Evidence) -> float | None:
    """Return the share of the translation's words that were copied from the source and do not belong to the
    target language.

    It is None if the translation has fewer than two words.
    """
    words = _running(evidence.target)
    return len(untranslated(evidence)) / len(words) if len(words) >= _LEAST_WORDS else None


def untranslated(evidence: Evidence) -> list[str]:
    """Return the words of the translation that occur in the source and that the target language lacks.

    Names and protected pieces are left out. A word that both languages have (телефон) counts as translated.
    """
    both = _plain_set(evidence.target) & frozenset(folded(evidence.source))
    if not both:
        return []
    return [word for word in _running(evidence.target) if word in both and not _shared(word, evidence)]


@lru_cache(maxsize=16)
def _plain_set(text: str) -> frozenset[str]:
    return frozenset(_running(text))


def _shared(word: str, evidence: Evidence) -> bool:
    """Whether a word that occurs in the source also belongs to the target language."""
    language = evidence.target_language
    if not vocabulary(language):
        return False
    if language == "ru":
        return is_word(word, language)
    table = lexicon(evidence.source_language, language)
    links = table.entries.get(stem(word), (0.0, frozenset()))[1] if table else frozenset()
    return stem(word) in links


@lru_cache(maxsize=64)
def _running(text: str) -> tuple[str, ...]:
    """Return the words of a text that are written in lower case and have more than one letter."""
    return tuple([word for word in plain_words(text) if len(word) > 1 and word.islower()])


@lru_cache(maxsize=64)
def in_other_language(text: str, language: str) -> bool | None:
    """Whether a text is in another language than `language`; None if the text does not show this.

    >>> in_other_language("Атам айылда мал багат.", "kk"), in_other_language("Әкем ауылда мал бағады.", "kk")
    (True, False)
    """
    if not vocabulary(language):
        return foreign(text, language)
    words = _running(text)
    short = len(words) <= _FEW_WORDS
    if not short and len(stem_set(text) - vocabulary(language)) < _UNKNOWN * len(words):
        return False
    known = is_form if short else is_word
    unknown = sum(not known(word, language) for word in words)
    if len(words) < _LEAST_WORDS or unknown < _UNKNOWN * len(words):
        return False
    found = recognised(text, language)
    if found is None:
        return None
    own, other = found
    return own <= _DENIED and own < other


def _strange_letters(text: str, language: str, other: str, other_language: str) -> float | None:
    """Return 1 if a text has letters that its language does not use, else 0; the guard ``script`` decides.

    The guard is run only if a letter of the text is not among the letters of the language. `other` is the
    text of the other side, in `other_language`.
    """
    if _letters(language) and _spelt(text, language):
        return 0.0
    case = Case(
        source=without_pieces(other),
        output=without_pieces(text),
        tokens=(),
        complete=True,
        source_language=other_language,
        target_language=language,
    )
    found = _GUARDS["script"](case)
    return None if found is None else float(found)


def _spelt(text: str, language: str) -> bool:
    """Whether all letters of a text are among those of its language."""
    return all(map(_spelling(language).__getitem__, letter_words(text)))


@cache
def _spelling(language: str) -> PerWord[bool]:
    """Return a map from a word to whether all its letters are among the letters of a language."""
    letters = _letters(language)
    return PerWord(lambda word: not any(map(str.isalpha, frozenset(word.lower()) - letters)))


@cache
def _letters(tag: str) -> frozenset[str]:
    """Return the lower-case letters of a language. They are its alphabet if the alphabet is known, else a to
    z for a Latin script; the result is empty for any other language.
    """
    if families(tag) == ("LATIN",):
        return alphabets().get(tag, frozenset("abcdefghijklmnopqrstuvwxyz"))
    return alphabets().get(tag, frozenset())


_READINGS = {"past": frozenset({"past"}), "other": frozenset({"pres", "futr"})}
"""For each tense that is distinguished, the tags that pymorphy3 gives to verbs in this tense."""


@dataclass(frozen=True, slots=True)
class Verbs:
    """The verb forms of a language, from ``data/tense.toml``. `last` says that only the last word of a text
    is examined.

    `patterns` are matched against whole words. The patterns ``past`` and ``other`` are the tenses. If a word
    matches ``doubt``, the tense of the text is ambiguous, so no tense is reported. If a word matches
    ``weak``, the text counts as past, unless it has a clear verb or a word that may be one (``present``).
    """

    last: bool
    patterns: dict[str, re.Pattern[str]]


def tense_changed(evidence: Evidence) -> float | None:
    """Return 1 if one of source and translation is in the past and the other in another tense, else 0.

    None if there are no data for one of the languages.
    """
    if {evidence.source_language, evidence.target_language} - verbs().keys():
        return None
    ours = tenses(evidence.source, evidence.source_language)
    if len(ours) != 1:
        return 0.0
    theirs = tenses(evidence.target, evidence.target_language)
    return float(len(theirs) == 1 and theirs != ours)


@lru_cache(maxsize=64)
def tenses(text: str, language: str) -> frozenset[str]:
    """Return the tenses of the finite verbs of a text: ``past``, ``other`` (present or future), both, or
    neither of them.

    >>> [sorted(tenses(text, "kk")) for text in ("Ол келді.", "Ол келеді.")]
    [['past'], ['other']]
    """
    words = folded(text)[-1:] if verbs()[language].last else folded(text)
    kinds = frozenset().union(*map(_kinds(language).__getitem__, words))
    found = kinds & _READINGS.keys()
    if found:
        return frozenset() if "doubt" in kinds else found
    return frozenset({"past"}) if "weak" in kinds and "present" not in kinds else found


@cache
def _kinds(language: str) -> PerWord[frozenset[str]]:
    """Return a map from a word to the names of the patterns that the word matches."""
    patterns = verbs()[language].patterns.items()

    def kinds(word: str) -> frozenset[str]:
        fitting = (kind for kind, pattern in patterns if pattern.fullmatch(word))
        return frozenset(
            kind for kind in fitting if language != "ru" or kind not in _READINGS or _is_verb(word, kind)
        )

    return PerWord(kinds)


def _is_verb(word: str, kind: str) -> bool:
    from egiz.glossary.russian.lexicon import readings

    likeliest = readings(word)[0]
    return likeliest.part == "VERB" and not _READINGS[kind].isdisjoint(likeliest.flags)


@cache
def verbs() -> dict[str, Verbs]:
    """Return the verb forms by language, from ``data/tense.toml``."""
    text = files("egiz.parallel.scores").joinpath("data/tense.toml").read_text(encoding="utf-8")
    return {
        language: Verbs(entry.pop("last"), {name: re.compile(pattern) for name, pattern in entry.items()})
        for language, entry in tomllib.loads(text).items()
    }
