"""Kazakh in Latin or Arabic letters: recognise the alphabet of a text, and write its words in Cyrillic.

The alphabets are the official Latin ones of 2017 (apostrophes), 2018 (acutes) and 2021, and the Arabic one of
the Kazakhs in China (töte jazu). A foreign word, with a letter that the alphabet lacks, is left alone.
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
"""The share of Cyrillic letters above which a text counts as written in Cyrillic."""
_LEAST_KNOWN = 0.05
"""The least share of words that are certainly Kazakh, for an alphabet that other languages use, too."""
_SAMPLE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Alphabet:
    """One alphabet for Kazakh; `letters` maps each spelling, in small letters, to the Cyrillic letter.

    `signs` are the spellings by which it is recognised. `glide` is the spelling of both и and й (й after a
    vowel). `told_apart` is False if the text writes і as "i", too (2021, without "ı"). A word with a letter
    of `front` has front vowels, to which `fronted` maps the other vowels; "а" is fronted, too, if the word
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
    """The alphabet of a Kazakh text; None if it is Cyrillic or uncertain.

    The alphabet is certain if the text has letters that only this alphabet has and, for Latin letters, words
    that only Kazakh has. If `script` (``Latn`` or ``Arab``) is given, the result is the likeliest alphabet of
    that script, or the newest one if no letter decides.
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
    """Yield the words of a text that the alphabet can spell: start, stop and the word in Cyrillic.

    >>> latin = alphabet_of("Bügin aua raiy jaqsy bolady, jäne kün ystyq.")
    >>> [word for _, _, word in transliterated("Bügin aua raiy jaqsy", latin)]
    ['Бүгін', 'ауа', 'райы', 'жақсы']
    """
    for match in _WORD.finditer(text):
        found = _cyrillic(match.group(), alphabet)
        if found:
            yield match.start(), match.end(), found


def _cyrillic(word: str, alphabet: Alphabet) -> str:
    """One word in Cyrillic; empty if a letter is not in the alphabet."""
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
    """Words that only Kazakh has, and the alphabets, newest first, from `data/kazakh_scripts.toml`."""
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
    """A mapping from ``key=value`` pairs that spaces separate."""
    return dict(pair.split("=") for pair in text.split())
