"""Negation that is there on one side only."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from egiz.parallel.scores.records import Evidence

_WORD = re.compile(r"\w+")


def negation_lost(evidence: Evidence) -> float | None:
    """1 where the source says no and the translation does not; None where a language's way is not known."""
    return _only_one(evidence.source, evidence.source_language, evidence.target, evidence.target_language)


def negation_added(evidence: Evidence) -> float | None:
    """1 where the translation says no and the source does not; None as for `negation_lost`."""
    return _only_one(evidence.target, evidence.target_language, evidence.source, evidence.source_language)


def _only_one(text: str, language: str, other: str, other_language: str) -> float | None:
    known = _known()
    if language not in known or other_language not in known:
        return None
    return float(negated(text, language, surely=True) and not negated(other, other_language, surely=False))


def negated(text: str, language: str, *, surely: bool) -> bool:
    """Whether a text says no: `surely` by a word for it, or else also by what may be one.

    >>> negated("Ол келген жоқ.", "kk", surely=True), negated("It is unlikely.", "en", surely=False)
    (True, True)
    """
    words, pattern, sure = _known()[language]
    folded = text.casefold()
    if not words.isdisjoint(_WORD.findall(folded)):
        return True
    return bool((sure if surely else pattern).search(folded))


@cache
def _known() -> dict[str, tuple[frozenset[str], re.Pattern[str], re.Pattern[str]]]:
    text = files("egiz.parallel.scores").joinpath("data/negation.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return {
        language: (frozenset(entry["words"]), re.compile(entry["pattern"]), re.compile(entry["sure"]))
        for language, entry in table.items()
    }


def remove(text: str, language: str) -> str | None:
    """The text without the first word that says no; None where there is none, or the language is not known.

    >>> remove("It did not come.", "en")
    'It did come.'
    """
    if language not in _known():
        return None
    words = _known()[language][0]
    match = next((found for found in _WORD.finditer(text) if found.group().casefold() in words), None)
    if match is None:
        return None
    return " ".join((text[: match.start()] + text[match.end() :]).split())
