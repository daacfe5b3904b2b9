"""The feature for missing names: names are compared across alphabets by the sounds of their consonants."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

from egiz.parallel.scores.records import Evidence
from egiz.translate.guards.case import headline

_SENTENCE = re.compile(r"[.!?…:]\s*[\"«“„'—–-]*\s*$")
_LEAST = 2
"""Fewest consonants of a name that is looked for: a single one is found anywhere."""

_COMPARED = 4
"""Number of first consonants that are compared: later ones belong to endings or vary in spelling."""


def names_missing(evidence: Evidence) -> float | None:
    """The share of the source's names without a similar word in the translation; None without names.

    A name is a capitalised word that does not begin a sentence. Names that languages translate (Жерорта
    теңізі, the Mediterranean Sea) count as missing in sound translations too, so a low share says nothing and
    a full one says much.
    """
    asked = names(evidence.source, evidence.source_words)
    if not asked:
        return None
    return len(missing(evidence, asked)) / len(asked)


def missing(evidence: Evidence, asked: list[str]) -> list[str]:
    """The names among `asked` without a similar word in the translation."""
    held = {sound for word in evidence.target_words for sound in _keys(word)}
    return [name for name in asked if held.isdisjoint(_keys(name))]


def names(text: str, words: tuple[str, ...]) -> list[str]:
    """The names in a text, each once, in order; none in a headline. `words` are the words of the text.

    >>> from egiz.translate.guards.case import words
    >>> text = "Ол кезде Мәскеуде Горбачев билік етті. Соғыс та болды."
    >>> names(text, words(text))
    ['Мәскеуде', 'Горбачев']
    """
    if headline(text):
        return []
    found: dict[str, None] = {}
    at = 0
    for word in words:
        start = text.find(word, at)
        at = start + len(word)
        if word[0].isupper() and any(map(str.islower, word)) and len(word) > 2:
            before = text[max(0, start - 6) : start]
            if before.strip("\"«“„'—–- (") and not _SENTENCE.search(before) and _sounds(word):
                found[word] = None
    return list(found)


@lru_cache(maxsize=8192)
def _keys(word: str) -> tuple[str, ...]:
    """The keys by which words match: the sounds of the first consonants, with and without the last of them,
    which may belong to an ending; none if there are too few.
    """
    sounds = _sounds(word)
    if len(sounds) < _LEAST:
        return ()
    whole = sounds[:_COMPARED]
    return (whole, whole[:-1]) if len(whole) > _LEAST else (whole,)


def _sounds(word: str) -> str:
    text = word.casefold()
    for letters, sound in _several():
        if letters in text:
            text = text.replace(letters, sound.upper())
    made: list[str] = []
    for letter in text:
        for sound in letter.lower() if letter.isupper() else _single().get(letter, ""):
            if not made or made[-1] != sound:
                made.append(sound)
    return "".join(made)


@cache
def _single() -> dict[str, str]:
    return dict(_rows("letters.tsv"))


@cache
def _several() -> tuple[tuple[str, str], ...]:
    return tuple(_rows("sounds.tsv"))


def _rows(name: str) -> list[tuple[str, str]]:
    text = files("egiz.parallel.scores").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return [(cells[0], cells[1]) for line in text.splitlines()[1:] for cells in [line.split("\t")]]
