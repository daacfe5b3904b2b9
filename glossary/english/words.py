"""English words: their inflected forms, their American spelling, and variants of a headword.

Exceptions to the rules are in `data/en.toml`. The variants are needed because people write compounds as one
word, with a hyphen or as two words, and because term bases list verbs with "to".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from egiz.glossary.morphology.base import Word
from egiz.glossary.morphology.spelling import cut_words, fold, is_acronym, with_abbreviation
from egiz.glossary.records import Wording


@cache
def knowledge() -> Mapping[str, Any]:
    """Return all tables of `data/en.toml`."""
    source = files("egiz.glossary.english").joinpath("data", "en.toml")
    table: Mapping[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
    return table


@cache
def words_of(section: str, name: str) -> frozenset[str]:
    """Return the words of the list `name` in a section of `data/en.toml`."""
    return frozenset(knowledge()[section][name].split())


_PLURAL_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), ending)
    for pattern, ending in (
        (r"(?<=[a-z])man$", "men"),  # chairman
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
"""Patterns of singular endings with the plural ending of each; the first pattern that matches applies. The
exceptions are in `_NO_MEN` and in `data/en.toml`."""
_NO_MEN = re.compile(r"(?:hu|ro|ger|otto|shah?|talis|sha|norm|brah|cay|dol|tur[ck])man$")
_DOUBLED = re.compile(r"^[^aeiou]*[aeiou][^aeiouwxy]$")
_SHORTEST = 1
"""The fewest letters before an ending: "d" in "dying" is enough."""


@cache
def _irregular_plurals() -> Mapping[str, str]:
    pairs = (pair.split("/") for pair in knowledge()["plural"]["irregular"].split())
    return {pair[0]: pair[1] for pair in pairs}


@cache
def irregular_verbs() -> Mapping[str, tuple[str, ...]]:
    """Return the irregular verbs: for each dictionary form, its past tense and past participle."""
    sets = (forms.split("/") for forms in knowledge()["verb"]["irregular"].split())
    return {base: tuple(forms) for base, *forms in sets}


@cache
def _bases() -> Mapping[str, tuple[str, ...]]:
    """Return the dictionary forms of each irregular plural and verb form."""
    found: dict[str, list[str]] = {}
    for singular, plural in _irregular_plurals().items():
        found.setdefault(plural, []).append(singular)
    for base, forms in irregular_verbs().items():
        for form in forms:
            found.setdefault(form, []).append(base)
    return {form: tuple(bases) for form, bases in found.items()}


@lru_cache(maxsize=1 << 14)
def plurals(word: str) -> tuple[str, ...]:
    """Return the plurals of a lower-case noun, the usual one first.

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
    """Return all forms of a lower-case verb, the dictionary form first."""
    if word.endswith("ie"):
        return (word, word + "s", word[:-2] + "ying", word + "d")
    stem = word[:-1] if word.endswith("e") and not word.endswith(("ee", "oe", "ye")) else word
    double = word + word[-1] if _DOUBLED.search(word) else stem
    third = word + "es" if word.endswith("o") else _regular_plural(word)
    regular = word[:-1] + "ied" if third.endswith("ies") else double + "ed"
    if word.endswith("e"):
        regular = word + "d"
    past = irregular_verbs().get(word, (regular, stem + "ed"))
    return tuple(dict.fromkeys((word, third, double + "ing", stem + "ing", *past)))


@lru_cache(maxsize=1 << 17)
def bases(word: str) -> tuple[str, ...]:
    """Return the possible dictionary forms of a folded running word without 's, the word itself first.

    Some results are no words, or not the right dictionary form. A result is right if `plurals` or
    `verb_forms` gives the running word as one of its forms.
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
"""Endings of running words, each with the endings that may replace it in the dictionary form."""


@cache
def _spellings() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), instead) for pattern, instead in knowledge()["spelling"]["american"])


@lru_cache(maxsize=1 << 17)
def spelt(word: str) -> str:
    """Return a lower-case word in American spelling, the spelling in which words are compared.

    Some results are not words ("advize"). This is harmless as long as no two different words become equal.

    >>> spelt("labour"), spelt("organisations"), spelt("programmes"), spelt("crises")
    ('labor', 'organizations', 'programs', 'crises')
    """
    if word in _bases():
        return word
    for pattern, instead in _spellings():
        word = pattern.sub(instead, word)
    return word


_SHORTEST_PART = 3
"""The fewest letters of each part of a compound that is written as two words: "work place" for "workplace",
but not "car go" for "cargo"."""
_SHORTEST_COMPOUND = 7
_LONGEST = 4
"""The most words of a wording whose compounds are also searched for in other spellings."""


def readings(wording: Wording) -> tuple[Wording, ...]:
    """Return the variants of a wording. The first is the wording itself, or a verb without its "to"."""
    if wording.exact:
        return (wording,)
    found: dict[Wording, None] = {}
    for headword in map(_without_to, with_abbreviation(wording)):
        texts = (
            headword.text,
            *_written_otherwise(headword.text),
            *_with_article(headword.text),
            *_dotted(headword.text),
        )
        found.update(
            dict.fromkeys(
                headword if text == headword.text else replace(headword, text=text) for text in texts
            )
        )
    return tuple(found)


def _without_to(wording: Wording) -> Wording:
    """Return a verb without its "to" (protect for "to protect"), and any other wording unchanged."""
    start, _, rest = wording.text.partition(" ")
    if start.lower() != "to" or not rest or wording.part_of_speech not in ("", "verb"):
        return wording
    if fold(rest.split()[0]) in words_of("determiner", "all"):
        return wording
    return replace(wording, text=rest, part_of_speech="verb")


@lru_cache(maxsize=1 << 16)
def _written_otherwise(text: str) -> tuple[str, ...]:
    """Return the variants of a text with one of its compounds joined or split.

    >>> _written_otherwise("health care"), _written_otherwise("email"), _written_otherwise("cargo")
    (('healthcare',), ('e-mail',), ())
    """
    words = cut_words(text, hyphens=False)
    if len(words) > _LONGEST or not text.isascii():
        return ()
    made = []
    for place, word in enumerate(words):
        if not word.text.isalpha() or not (word.text.islower() or word.text.istitle()):
            continue
        made += [f"{text[: word.start]}{split}{text[word.stop :]}" for split in _split(word.text)]
        following = words[place + 1] if place + 1 < len(words) else None
        if following is not None and _may_join(text, word, following):
            made.append(text[: word.stop] + following.text.lower() + text[following.stop :])
    return tuple(made)


def _may_join(text: str, word: Word, following: Word) -> bool:
    gap = text[word.stop : following.start]
    if not following.text.isalpha() or following.text.isupper():
        return False
    joined = len(word.text) + len(following.text) >= _SHORTEST_COMPOUND
    long = min(len(word.text), len(following.text)) >= _SHORTEST_PART and joined
    return gap == "-" or (gap == " " and long)


def _split(word: str) -> list[str]:
    """Return the ways to write a compound with a hyphen after its prefix, or as two words."""
    known = _vocabulary()
    lower = word.lower()
    made = [
        f"{word[: len(prefix)]}-{word[len(prefix) :]}"
        for prefix in knowledge()["phrase"]["prefixes"].split()
        if lower.startswith(prefix) and lower[len(prefix) :] in known
    ]
    if len(word) >= _SHORTEST_COMPOUND:
        cuts = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
        made += [
            f"{word[:cut]} {word[cut:]}" for cut in cuts if lower[:cut] in known and lower[cut:] in known
        ]
    return made


@cache
def _vocabulary() -> frozenset[str]:
    """Return the words of the English background list, at least `_SHORTEST_PART` letters long."""
    place = files("egiz.glossary").joinpath("data", "background", "en.tsv")
    lines = place.read_text(encoding="utf-8").splitlines()
    words = (line.partition("\t")[0] for line in lines if not line.startswith("#"))
    return frozenset(word for word in words if len(word) >= _SHORTEST_PART)


def _dotted(text: str) -> tuple[str, ...]:
    """Return an abbreviation with full stops (U.S. for US); nothing for any other text."""
    return (".".join(text),) if text.isalpha() and text.isascii() and is_acronym(text) else ()


def _with_article(text: str) -> tuple[str, ...]:
    """Return the variant of a wording that ends in a plural attribute, with this attribute in the singular.

    "person with disabilities" gives "person with a disability". The result is empty for any other wording.
    """
    words = text.split(" ")
    if len(words) < _SHORTEST_PART or words[-2] not in words_of("phrase", "owning"):
        return ()
    last = words[-1]
    if not last.endswith("s") or last.endswith(("ss", "us", "is")):
        return ()
    singular = last[:-3] + "y" if last.endswith("ies") else last[:-1]
    article = "an" if singular[0] in "aeiou" else "a"
    return (" ".join([*words[:-1], article, singular]),)
