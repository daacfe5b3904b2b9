"""Words that look like a form of a shorter word and are none, by themselves or by what follows them.

басқа "other" is no dative of бас, nor жүзім "grape" a form of жүз: kind ``word`` of ``data/kk_words.tsv``.
заңды is "lawful" or the accusative of заң, тапты "found" or that of тап: kind ``object``. An object mostly
stands right before a verb, and only there is such a word taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

from egiz.glossary.morphology.base import Word
from egiz.glossary.morphology.kazakh_endings import all_endings, table
from egiz.glossary.morphology.kazakh_heads import readings
from egiz.glossary.morphology.kazakh_sounds import fold

_NEXT = re.compile(r"\s+([^\W\d_]+)\s*(\w?)")
_HYPHENS = ("-", "\u2010", "\u2011")
WINDOW = 64
"""Characters of the following text that are enough to see the next word."""
_MANY = 65536


@lru_cache(maxsize=_MANY)
def own_word(folded: str) -> str:
    """The longest word of its own that a running word is, with or without endings; empty if it is none."""
    own = _words()["word"]
    stems = (folded[:stop] for stop in range(len(folded), 1, -1))
    return next((stem for stem in stems if stem in own and readings(stem, folded)), "")


def rather_other(folded: str) -> bool:
    """Whether a running word in -ды is an adjective or a past tense rather than an accusative."""
    return folded in _words()["object"]


def before_verb(following: str) -> bool:
    """Whether the text that follows begins with a verb, as it does behind most objects."""
    found = _NEXT.match(following)
    if found is None:
        return False
    rules, word = _rules(), found[1].lower()
    if word.startswith(rules["no_verbs"]) or word.endswith(rules["objects"]):
        return False
    return word.endswith(rules["verbs"]) or (not found[2] and word.endswith(rules["past"]))


def compound(text: str, words: Sequence[Word], other: int, at: int) -> bool:
    """Whether the word ``words[other]`` makes a compound with its neighbour ``words[at]``, tied by a hyphen.

    A particle, a number, or a name before or behind a name makes none: тарап-ақ, 1-съезд, Алматы-Астана.
    """
    if not 0 <= other < len(words):
        return False
    one, two = (words[other], words[at]) if other < at else (words[at], words[other])
    if text[one.stop : two.start] not in _HYPHENS:
        return False
    neighbour = words[other].text
    if neighbour.isdigit() or (other > at and fold(neighbour) in _rules()["particles"]):
        return False
    return not (one.text[0].isupper() and two.text[0].isupper())


def derived(gap: str, ending: str) -> bool:
    """Whether what stands behind a quote makes another word of the stem: “партия”шыл, «КСРО»-лық."""
    if gap[:1] in _HYPHENS:
        return False
    folded = fold(ending)
    return any(folded.startswith(end) and folded[len(end) :] in all_endings() for end in _rules()["derived"])


@cache
def _rules() -> dict[str, tuple[str, ...]]:
    return {name: tuple(words.split()) for name, words in table()["context"].items()}


@cache
def _words() -> dict[str, frozenset[str]]:
    source = files("egiz.glossary.morphology").joinpath("data", "kk_words.tsv")
    rows = [row.split("\t") for row in source.read_text(encoding="utf-8").splitlines()[1:]]
    return {kind: frozenset(word for word, of in rows if of == kind) for kind in ("word", "object")}
