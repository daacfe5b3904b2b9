"""The feature for a changed tense: one side tells of what is over, the other of what is not.

Only finite verbs that show it count (``data/tense.toml``): in Kazakh the last word of the text; in Russian
words whose likeliest reading in pymorphy3 is such a verb. Where a side has verbs of both kinds, or none,
nothing is said.
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
"""By kind, pymorphy3's tags of the tense of a verb."""


@dataclass(frozen=True, slots=True)
class Verbs:
    """How the verbs of a language look: `patterns` of whole words; `last` if only a text's last word counts.

    Beside a `doubt`, which may be of any tense, nothing is sure. `weak` is the past if nothing else is a
    verb, nor a word that may be one (`present`).
    """

    last: bool
    patterns: dict[str, re.Pattern[str]]


def tense_changed(evidence: Evidence) -> float | None:
    """1 if one side tells of what is over and the other of what is not; None for languages without data."""
    if {evidence.source_language, evidence.target_language} - verbs().keys():
        return None
    ours = tenses(evidence.source, evidence.source_language)
    if len(ours) != 1:
        return 0.0
    theirs = tenses(evidence.target, evidence.target_language)
    return float(len(theirs) == 1 and theirs != ours)


@lru_cache(maxsize=64)
def tenses(text: str, language: str) -> frozenset[str]:
    """What the finite verbs of a text show: ``past``, ``other``, both or neither.

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
    """By word, the patterns of the data that it fits."""
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
