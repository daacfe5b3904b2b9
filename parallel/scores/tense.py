"""The feature for a changed tense: one side tells of what is over, the other of what is not.

Only finite verbs that show it count (``data/tense.toml``): in Kazakh the last word of the text; in Russian
words whose
likeliest reading in pymorphy3 is such a verb. Where a side has verbs of both kinds, or none, nothing is said.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from egiz.parallel.scores.lexicon import folded
from egiz.parallel.scores.records import Evidence

_READINGS = {"past": frozenset({"past"}), "other": frozenset({"pres", "futr"})}
"""By kind, pymorphy3's tags of the tense of a verb."""


@dataclass(frozen=True, slots=True)
class Verbs:
    """How the verbs of a language look; `last` if only the last word of a text is looked at.

    Beside a `doubt`, which may be of any tense, nothing is sure. `weak` is the past if nothing else is a
    verb, nor a
    word that may be one (`present`).
    """

    last: bool
    past: re.Pattern[str]
    other: re.Pattern[str]
    weak: re.Pattern[str]
    doubt: re.Pattern[str]
    present: re.Pattern[str]


def tense_changed(evidence: Evidence) -> float | None:
    """1 if one side tells of what is over and the other of what is not; None for languages without data."""
    if {evidence.source_language, evidence.target_language} - verbs().keys():
        return None
    ours = tenses(evidence.source, evidence.source_language)
    if len(ours) != 1:
        return 0.0
    theirs = tenses(evidence.target, evidence.target_language)
    return float(len(theirs) == 1 and ours != theirs)


@lru_cache(maxsize=64)
def tenses(text: str, language: str) -> frozenset[str]:
    """What the finite verbs of a text show: ``past``, ``other``, both or neither.

    >>> [sorted(tenses(text, "kk")) for text in ("Ол келді.", "Ол келеді.")]
    [['past'], ['other']]
    """
    known, words = verbs()[language], folded(text)
    if known.last:
        return frozenset(kind for kind in ("past", "other") if getattr(known, kind).fullmatch(words[-1]))
    line = " ".join(words)
    found = {kind for kind in ("past", "other") if _shown(line, language, kind, getattr(known, kind))}
    if found and known.doubt.search(line):
        return frozenset()
    if not found and known.weak.search(line) and not known.present.search(line):
        found.add("past")
    return frozenset(found)


def _shown(line: str, language: str, kind: str, pattern: re.Pattern[str]) -> bool:
    if language != "ru":
        return bool(pattern.search(line))
    return any(_is_verb(match.group(), kind) for match in pattern.finditer(line))


@lru_cache(maxsize=1 << 16)
def _is_verb(word: str, kind: str) -> bool:
    from egiz.glossary.russian.lexicon import readings

    likeliest = readings(word)[0]
    return likeliest.part == "VERB" and not _READINGS[kind].isdisjoint(likeliest.flags)


@cache
def verbs() -> dict[str, Verbs]:
    """The data by language."""
    text = files("egiz.parallel.scores").joinpath("data/tense.toml").read_text(encoding="utf-8")
    return {
        language: Verbs(
            entry["last"],
            *(_words(entry.get(name)) for name in ("past", "other", "weak", "doubt", "present")),
        )
        for language, entry in tomllib.loads(text).items()
    }


def _words(pattern: str | None) -> re.Pattern[str]:
    """A pattern of the data as one of whole words; without one, a pattern that nothing matches."""
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)" if pattern else "(?!)")
