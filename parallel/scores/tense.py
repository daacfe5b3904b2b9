"""The feature for a changed tense: one side is in the past, the other in the present or future.

Only finite verbs with a clear tense count (``data/tense.toml``): in Kazakh the last word of the text; in
Russian words whose likeliest reading in pymorphy3 is such a verb. If a side has verbs of both kinds or none,
the feature is 0.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from egiz.parallel.scores.lexicon import folded
from egiz.parallel.scores.records import Evidence
from egiz.translate.text import PerWord

_READINGS = {"past": frozenset({"past"}), "other": frozenset({"pres", "futr"})}
"""For each kind of tense, pymorphy3's tags."""


@dataclass(frozen=True, slots=True)
class Verbs:
    """The verb forms of a language: `patterns` of whole words; `last` if only a text's last word counts.

    A text with a word that matches `doubt`, whose tense is ambiguous, gives no result. A word that matches
    `weak` is a past form only if no other word is a verb or may be one (`present`).
    """

    last: bool
    patterns: dict[str, re.Pattern[str]]


def tense_changed(evidence: Evidence) -> float | None:
    """1 if one side is in the past and the other is not; None for languages without data."""
    if {evidence.source_language, evidence.target_language} - verbs().keys():
        return None
    ours = tenses(evidence.source, evidence.source_language)
    if len(ours) != 1:
        return 0.0
    theirs = tenses(evidence.target, evidence.target_language)
    return float(len(theirs) == 1 and theirs != ours)


@lru_cache(maxsize=64)
def tenses(text: str, language: str) -> frozenset[str]:
    """The tenses of the finite verbs of a text: ``past``, ``other``, both or neither.

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
    """For a word, the names of the patterns that it matches."""
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
    """The data by language."""
    text = files("egiz.parallel.scores").joinpath("data/tense.toml").read_text(encoding="utf-8")
    return {
        language: Verbs(entry.pop("last"), {name: re.compile(pattern) for name, pattern in entry.items()})
        for language, entry in tomllib.loads(text).items()
    }
