"""Names that a translation must keep: found by how their consonants sound in either alphabet."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

from egiz.parallel.scores.records import Evidence
from egiz.translate.guards.case import headline

_SENTENCE = re.compile(r"[.!?…:]\s*[\"«“„'—–-]*\s*$")
_LEAST = 2
"""Consonants that a name needs to be looked for: one alone is found anywhere."""

_COMPARED = 4
"""Consonants that are compared, from the first one: what follows is endings, or spelt in too many ways."""


def names_missing(evidence: Evidence) -> float | None:
    """The share of the source's names that the translation has nothing like; None where it has no names.

    A name is a word with a capital letter that does not begin a sentence. Those that languages translate
    (Жерорта теңізі, the Mediterranean Sea) count as missing in sound translations too, so a low share says
    nothing and a full one says much.
    """
    asked = names(evidence.source, evidence.source_words)
    if not asked:
        return None
    return len(missing(evidence, asked)) / len(asked)


def missing(evidence: Evidence, asked: list[str]) -> list[str]:
    """The names among `asked` that the translation has nothing like."""
    held = {sound for word in evidence.target_words for sound in _keys(word)}
    return [name for name in asked if held.isdisjoint(_keys(name))]


def names(text: str, words: tuple[str, ...]) -> list[str]:
    """The names of a text, each once, in order.

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
    """What a word is found by: how its first consonants sound, and without the last of them, for endings."""
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
