"""Kazakh in Latin or Arabic letters: recognise the alphabet of a text, and spell its words in Cyrillic.

The alphabets are the official Latin ones of 2017 (apostrophes), 2018 (acutes) and 2021, and the Arabic one of
the Kazakhs in China (töte jazu). A word with a letter that the alphabet lacks is foreign, and is not changed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

_LETTER = re.compile(r"[^\W\d_]")
_CYRILLIC = re.compile(r"[Ѐ-ԯ]")
_WORD = re.compile(r"[\w'’ʼء]+")
_APOSTROPHES = str.maketrans("’ʼ", "''")
_VOWELS = "аәеёиоөуұүыіэюя"
_GLIDES = {"йа": "я", "йу": "ю"}
_MOST_CYRILLIC = 0.2
"""If the share of Cyrillic letters is above this, a text counts as written in Cyrillic."""
_LEAST_KNOWN = 0.05
"""The least share of words that are certainly Kazakh, for an alphabet that other languages use too."""
_SAMPLE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Alphabet:
    """An alphabet for Kazakh; `letters` maps its letters, in lower case, to Cyrillic ones.

    A letter may consist of two characters. `signs` are letters by which the alphabet is recognised. `glide`
    is the letter for both и and й; it is й after a vowel. `told_apart` is False if the text uses "i" for both
    и and і, that is, in the alphabet of 2021 without "ı". In the Arabic alphabet, a word with a letter of
    `front` has front vowels: `fronted` maps the other vowels to these, and "а" becomes "ә" if the word also
    has a letter of `open` and none of `back`.
    """

    name: str
    script: str
    signs: tuple[str, ...]
    letters: dict[str, str]
    glide: str
    told_apart: bool
    front: frozenset[str]
    open: frozenset[str]
    back: frozenset[str]
    fronted: dict[str, str]


def alphabet_of(text: str, script: str = "") -> Alphabet | None:
    """Return the alphabet of a Kazakh text; None if it is Cyrillic, or if it is uncertain.

    The alphabet is certain if the text has letters that only this alphabet has and, for Latin letters, words
    that only Kazakh has. If `script` (``Latn`` or ``Arab``) is given, certainty is not required: the result
    is the likeliest alphabet of that script, or the newest one if no letter decides.
    """
    sample = text[:_SAMPLE].translate(_APOSTROPHES).lower()
    letters = _LETTER.findall(sample)
    if not letters or len(_CYRILLIC.findall(sample)) > _MOST_CYRILLIC * len(letters):
        return None
    known, alphabets = _tables()
    counts = [
        (sum(map(sample.count, alphabet.signs)), alphabet)
        for alphabet in alphabets
        if script in ("", alphabet.script)
    ]
    most, best = max(counts, key=lambda item: item[0])
    if not script:
        words = _WORD.findall(sample)
        kazakh = sum(word in known for word in words)
        if most == 0 or (not best.front and kazakh <= _LEAST_KNOWN * len(words)):
            return None
    return replace(best, told_apart=best.glide != "i" or "ı" in sample)


def transliterated(text: str, alphabet: Alphabet) -> Iterator[tuple[int, int, str]]:
    """Yield the words of a text whose letters are all in the alphabet: start, stop, the word in Cyrillic.

    >>> latin = alphabet_of("Bügin aua raiy jaqsy bolady, jäne kün ystyq.")
    >>> [word for _, _, word in transliterated("Bügin aua raiy jaqsy", latin)]
    ['Бүгін', 'ауа', 'райы', 'жақсы']
    """
    for match in _WORD.finditer(text):
        found = _cyrillic(match.group(), alphabet)
        if found:
            yield match.start(), match.end(), found


def _cyrillic(word: str, alphabet: Alphabet) -> str:
    """Return a word in Cyrillic; an empty string if one of its letters is not in the alphabet."""
    small = word.translate(_APOSTROPHES).replace("İ", "i").lower()
    front = not alphabet.front.isdisjoint(small)
    open_front = not alphabet.open.isdisjoint(small) and alphabet.back.isdisjoint(small)
    found: list[str] = []
    at = 0
    while at < len(small):
        size = 2 if small[at : at + 2] in (alphabet.glide, *alphabet.letters) else 1
        spelt = small[at : at + size]
        at += size
        if spelt == "ء":
            continue
        if spelt == alphabet.glide:
            vowel = "и" if alphabet.told_apart else "і"
            letter = "й" if found and found[-1] in _VOWELS else vowel
        elif spelt in alphabet.letters:
            letter = alphabet.letters[spelt]
        else:
            return ""
        if front:
            letter = alphabet.fronted.get(letter, "ә" if letter == "а" and open_front else letter)
        if found and found[-1] + letter in _GLIDES:
            letter = _GLIDES[found.pop() + letter]
        found.append(letter)
    result = "".join(found)
    if word.isupper() and len(word) > 1:
        return result.upper()
    return result[:1].upper() + result[1:] if word[:1].isupper() else result


@cache
def _tables() -> tuple[frozenset[str], tuple[Alphabet, ...]]:
    """Return the words that only Kazakh has, and the alphabets, newest first (`data/kazakh_scripts.toml`)."""
    source = files("egiz.translate.split").joinpath("data", "kazakh_scripts.toml")
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    alphabets = tuple(
        Alphabet(
            name=name,
            script=entry["script"],
            signs=tuple(entry["signs"].split()),
            letters=_mapping(entry["letters"]),
            glide=entry["glide"],
            told_apart=True,
            front=frozenset(entry.get("front", "").split()),
            open=frozenset(entry.get("open", "").split()),
            back=frozenset(entry.get("back", "").split()),
            fronted=_mapping(entry.get("fronted", "")),
        )
        for name, entry in table.items()
        if name != "words"
    )
    return frozenset(table["words"].split()), alphabets


def _mapping(text: str) -> dict[str, str]:
    """Return a mapping from a text of ``key=value`` pairs that spaces separate."""
    return dict(pair.split("=") for pair in text.split())
