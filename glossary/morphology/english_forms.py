"""The forms of English words: plurals of nouns, and what verbs take. Exceptions are `data/en.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

_VOWELS = "aeiou"
_PLURAL_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), ending)
    for pattern, ending in (
        (r"(?<=[a-z])man$", "men"),  # chairman; "human" and the like are listed below
        (r"(?<=[a-z])woman$", "women"),
        (r"(?<=[a-z])child$", "children"),
        (r"(?<=[a-z])foot$", "feet"),
        (r"(?<=[^aeiou])y$", "ies"),
        (r"(?<=qu)y$", "ies"),
        (r"(?<=[a-z])sis$", "ses"),
        (r"(?:s|x|z|sh|ch|ss)$", r"\g<0>es"),
        (r"$", "s"),
    )
)
"""Endings in order, the first that fits is taken; what they catch wrongly stands in the tables."""
_NO_MEN = re.compile(r"(?:hu|ro|ger|otto|shah?|talis|sha|norm|brah|cay|dol|tur[ck])man$")
_DOUBLED = re.compile(r"^[^aeiou]*[aeiou][^aeiouwxy]$")
_SHORTEST = 1
"""Letters that must stand before an ending: "d" in "dying"."""


@cache
def knowledge() -> Mapping[str, Any]:
    """The tables of `data/en.toml`."""
    source = files("egiz.glossary.morphology").joinpath("data", "en.toml")
    table: Mapping[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
    return table


@cache
def words_of(section: str, name: str) -> frozenset[str]:
    """The words of one list."""
    return frozenset(knowledge()[section][name].split())


@cache
def _irregular_plurals() -> Mapping[str, str]:
    pairs = (pair.split("/") for pair in knowledge()["plural"]["irregular"].split())
    return {pair[0]: pair[1] for pair in pairs}


@cache
def _irregular_verbs() -> Mapping[str, tuple[str, ...]]:
    sets = (forms.split("/") for forms in knowledge()["verb"]["irregular"].split())
    return {base: tuple(forms) for base, *forms in sets}


@cache
def _bases() -> Mapping[str, tuple[str, ...]]:
    """Irregular form → dictionary forms."""
    found: dict[str, list[str]] = {}
    for singular, plural in _irregular_plurals().items():
        found.setdefault(plural, []).append(singular)
    for base, forms in _irregular_verbs().items():
        for form in forms:
            found.setdefault(form, []).append(base)
    return {form: tuple(bases) for form, bases in found.items()}


@lru_cache(maxsize=1 << 14)
def plurals(word: str) -> tuple[str, ...]:
    """The plurals of a noun in small letters, the usual one first.

    >>> plurals("party"), plurals("wife"), plurals("human"), plurals("chairman"), plurals("series")
    (('parties',), ('wives',), ('humans',), ('chairmen',), ('series',))
    """
    irregular = _irregular_plurals().get(word)
    regular = _regular_plural(word)
    if word in words_of("plural", "invariant") or word.endswith(("ics", "news")):
        return (word,)
    if irregular is None:
        return (
            (regular, word + "s")
            if word in words_of("plural", "both") and regular != word + "s"
            else (regular,)
        )
    return (irregular, regular) if word in words_of("plural", "both") else (irregular,)


def _regular_plural(word: str) -> str:
    if word in words_of("plural", "voiced"):
        return re.sub(r"fe?$", "ves", word)
    if word in words_of("plural", "sibilant_o"):
        return word + "es"
    if word in words_of("plural", "hard_ch") or _NO_MEN.search(word):
        return word + "s"
    for pattern, ending in _PLURAL_RULES:
        if pattern.search(word):
            return pattern.sub(ending, word, count=1)
    raise AssertionError("the last rule fits every word")


@lru_cache(maxsize=1 << 14)
def verb_forms(word: str) -> tuple[str, ...]:
    """All forms of a verb in small letters, itself first: -s, -ing, and -ed or the irregular ones."""
    if word.endswith("ie"):
        return (word, word + "s", word[:-2] + "ying", word + "d")
    stem = word[:-1] if word.endswith("e") and not word.endswith(("ee", "oe", "ye")) else word
    double = word + word[-1] if _DOUBLED.search(word) else stem
    third = word + "es" if word.endswith("o") else _regular_plural(word)
    regular = word[:-1] + "ied" if third.endswith("ies") else double + "ed"
    if word.endswith("e"):
        regular = word + "d"
    past = _irregular_verbs().get(word, (regular, stem + "ed"))
    return tuple(dict.fromkeys((word, third, double + "ing", stem + "ing", *past)))


@lru_cache(maxsize=1 << 17)
def bases(word: str) -> tuple[str, ...]:
    """What a running word in small letters, without 's, may be a form of, itself first.

    Generous: `plurals` and `verb_forms` have the last word.
    """
    found = [word, *_bases().get(word, ())]
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            stem = word[: len(word) - len(ending)]
            found += [stem + letter for letter in instead]
            if ending in ("ed", "ing") and stem[-1:] == stem[-2:-1]:
                found.append(stem[:-1])
    return tuple(dict.fromkeys(found))


_ENDINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("s", ("",)),
    ("es", ("", "is")),
    ("ies", ("y", "ie")),
    ("ves", ("f", "fe")),
    ("men", ("man",)),
    ("children", ("child",)),
    ("feet", ("foot",)),
    ("ied", ("y",)),
    ("d", ("",)),
    ("ed", ("", "e")),
    ("ing", ("", "e")),
    ("ying", ("ie",)),
)
"""Ending of a running word → what may stand in its place in the dictionary form."""
