"""The words of a language and their translations: tables of stems learned from parallel text.

`benchmarks/stem_tables.py` makes the tables, ``data/words.SOURCE-TARGET.tsv``. A stem is the first `STEM`
letters of a word in lower case, so most endings of Kazakh, Russian and English are cut off.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from egiz.translate.protected import without_pieces
from egiz.translate.text import PerWord, letter_words, lower_words

STEM = 5
NAME = "n"
"""Marks a stem that is usually written with a capital."""

_WORD = re.compile(r"[^\W\d_]+")
_ENDING = re.compile(r"(?<=\d)[-–][^\W\d_]{1,4}(?![^\W_])")
_PAIRS = (("kk", "ru"), ("kk", "en"), ("en", "ru"))
_SUREST = 0.97
"""A higher reliability of a stem is lowered to this, because no word must always be translated by one
particular word.
"""


def stem(word: str) -> str:
    """Return the stem of a word.

    >>> stem("Ёлкалар")
    'елкал'
    """
    return word.lower().replace("ё", "е")[:STEM]


def stems(text: str) -> list[str]:
    """Return the stems of all words of a text, in order."""
    return [word[:STEM] for word in _WORD.findall(text.lower().replace("ё", "е"))]


@lru_cache(maxsize=64)
def worded(text: str) -> str:
    """Remove protected pieces (`egiz.translate.protected`) and endings attached to digits (``15:30-да``) from
    a text."""
    return _ENDING.sub(" ", without_pieces(text))


@lru_cache(maxsize=64)
def plain_words(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are written; what `worded` removes is left out."""
    return letter_words(worded(text))


@lru_cache(maxsize=64)
def folded(text: str) -> tuple[str, ...]:
    """Return the words of `plain_words` in lower case, with ё replaced by е."""
    words = lower_words(worded(text))
    return tuple([word.replace("ё", "е") for word in words]) if "ё" in text or "Ё" in text else words


@lru_cache(maxsize=64)
def stemmed(text: str) -> tuple[str, ...]:
    """Return the stems of the words of `plain_words`, in order."""
    return tuple([word[:STEM] for word in folded(text)])


@lru_cache(maxsize=64)
def stem_set(text: str) -> frozenset[str]:
    """Return the distinct stems of the words of `plain_words`."""
    return frozenset(stemmed(text))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The table of one direction: `entries` maps a source stem to its surprise and to the stems of its
    translations.

    The surprise says, in nats, how unusual it is that a translation has none of these translation stems.
    """

    entries: dict[str, tuple[float, frozenset[str]]]


@cache
def lexicon(source: str, target: str) -> Lexicon | None:
    """Return the table of a direction; None if it is not shipped."""
    if (source, target) in _PAIRS:
        return Lexicon(
            {one: (entry.surprise, entry.links) for one, entry in _read((source, target))[0].items()}
        )
    if (target, source) in _PAIRS:
        return Lexicon(
            {one: (entry.surprise, entry.links) for one, entry in _read((target, source))[1].items()}
        )
    return None


@cache
def vocabulary(language: str) -> frozenset[str]:
    """Return all stems of a language in the tables; an empty set if no table has the language."""
    return frozenset(one for side in _sides(language) for one in side)


@cache
def name_stems(language: str) -> frozenset[str]:
    """Return the stems of a language that are usually written with a capital."""
    return frozenset(one for side in _sides(language) for one, entry in side.items() if entry.name)


def is_word(word: str, language: str) -> bool:
    """Whether a word belongs to a language: the tables have its stem or, for Russian, the dictionary of
    pymorphy3 has the form.

    >>> is_word("телефоны", "ru"), is_word("жүрмейді", "ru")
    (True, False)
    """
    return _is_word(language)[word]


@cache
def _is_word(language: str) -> PerWord[bool]:
    known = vocabulary(language)
    return PerWord(lambda word: stem(word) in known or (language == "ru" and _in_dictionary(word)))


def is_form(word: str, language: str) -> bool:
    """Whether a language has this form of a word.

    The tables are asked as in `is_word`. But a Russian form that is longer than a stem must be in the
    dictionary of pymorphy3.

    >>> is_form("площадке", "ru"), is_form("площадката", "ru")
    (True, False)
    """
    if language == "ru" and len(word) > STEM:
        return _russian_forms()[word]
    return is_word(word, language)


@cache
def _russian_forms() -> PerWord[bool]:
    return PerWord(_in_dictionary)


def _in_dictionary(word: str) -> bool:
    from egiz.glossary.russian.lexicon import lemmas

    return bool(lemmas(word))


@dataclass(frozen=True, slots=True)
class _Entry:
    surprise: float
    name: bool
    links: frozenset[str]


def _sides(language: str) -> list[dict[str, _Entry]]:
    return [_read(pair)[place] for pair in _PAIRS for place, tag in enumerate(pair) if tag == language]


def path_of(pair: tuple[str, str]) -> str:
    """Return the file name of the table of a language pair."""
    return f"words.{'-'.join(pair)}.tsv"


@cache
def _read(pair: tuple[str, str]) -> tuple[dict[str, _Entry], dict[str, _Entry]]:
    """Return the entries of both directions of a file: of the first language, then of the second."""
    text = files("egiz.parallel.scores").joinpath(f"data/{path_of(pair)}").read_text(encoding="utf-8")
    forward, backward = (part.splitlines() for part in text.split("\n\n"))
    there: dict[str, _Entry] = {}
    back: dict[str, list[str]] = {}
    for line in forward[1:]:
        one, trust, links = line.split("\t")
        there[one] = _entry(trust, links.split())
        for other in there[one].links:
            back.setdefault(other, []).append(one)
    entries = (line.split("\t") for line in backward)
    return there, {one: _entry(trust, back[one]) for one, trust in entries}


def _entry(trust: str, links: list[str]) -> _Entry:
    return _Entry(*_trusted(trust), frozenset(links))


@cache
def _trusted(trust: str) -> tuple[float, bool]:
    """Return two facts from the reliability cell of a line: the surprise of its stem, and whether the stem is
    a name. Results are cached, because there are only some 200 different cells.
    """
    reliable = min(_SUREST, int(trust.removesuffix(NAME)) / 100)
    return -math.log(1 - reliable), trust.endswith(NAME)
