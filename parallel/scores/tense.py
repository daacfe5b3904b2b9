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
from itertools import repeat

from egiz.parallel.scores.lexicon import folded
from egiz.parallel.scores.records import Evidence

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
    if len(ours) != 1 or _show(next(iter(ours)), evidence.target, evidence.target_language):
        return 0.0
    theirs = tenses(evidence.target, evidence.target_language)
    return float(len(theirs) == 1 and theirs != ours)


@lru_cache(maxsize=64)
def tenses(text: str, language: str) -> frozenset[str]:
    """What the finite verbs of a text show: ``past``, ``other``, both or neither.

    >>> [sorted(tenses(text, "kk")) for text in ("Ол келді.", "Ол келеді.")]
    [['past'], ['other']]
    """
    found = frozenset(kind for kind in _READINGS if _show(kind, text, language))
    if found and _show("doubt", text, language):
        return frozenset()
    if not found and _show("weak", text, language) and not _show("present", text, language):
        return frozenset({"past"})
    return found


def _show(kind: str, text: str, language: str) -> bool:
    """Whether any word of a text that is looked at fits a pattern of the data."""
    words = folded(text)[-1:] if verbs()[language].last else folded(text)
    return any(map(_shows, repeat(kind), words, repeat(language)))


@lru_cache(maxsize=1 << 15)
def _shows(kind: str, word: str, language: str) -> bool:
    pattern = verbs()[language].patterns.get(kind)
    if pattern is None or not pattern.fullmatch(word):
        return False
    return language != "ru" or kind not in _READINGS or _is_verb(word, kind)


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
